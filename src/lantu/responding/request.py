"""What is asked of an owner: places of our objects, their ids hashed, and the rules to run."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from lantu import rules
from lantu.messages import message
from lantu.model import at_most
from lantu.relations import Alone, Coverage, Crosses, Near, Overlaps, Same
from lantu.responding.package import REQUEST, VERSION, RespondingError
from lantu.rules import PairRule
from lantu.rules.base import ANY, takes
from lantu.standards import standard, standard_names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lantu.model import Layer, Level, Run

PAIRED = (Overlaps, Near, Crosses, Same)
"""Relations that two objects settle between them."""

ONE_LAYER = (Alone, Coverage)
"""Relations that need no second layer: nothing is to be asked of anybody."""

COMPARED = ("number", "integer", "class", "enum", "code", "date")
"""Kinds of columns that travel; free text (names, holders, places) never does."""

KEY_BYTES = 32


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A request and the key that its ids were hashed with, which stays with whoever asks."""

    content: dict[str, Any]
    key: bytes

    @property
    def not_asked(self) -> dict[str, list[str]]:
        """Return the codes of the rules that cannot be asked, by the key of the reason."""
        found: dict[str, list[str]] = {}
        for one in self.content["not_asked"]:
            found.setdefault(one["reason"], []).append(one["code"])
        return found


def make_request(
    run: Run,
    name: str,
    department: str,
    *,
    level: Level,
    select: Sequence[str] = (),
    key: bytes | None = None,
) -> Asked:
    """Ask what rules say of a run's layers against a layer of the standard ``name`` that stays away.

    Only layers and columns at or below ``level`` are in the request. ``select`` names rules, all that concern
    the standard by default.

    Raises
    ------
    RespondingError
        There is no such standard or department, or no rule compares it with any layer of the run.
    """
    if name not in standard_names():
        raise RespondingError(
            message("responding.no_standard", found=name, known=", ".join(standard_names()))
        )
    if department not in run.facts.departments:
        known = ", ".join(run.facts.departments)
        raise RespondingError(message("publishing.no_audience", found=department, known=known))
    secret = key or secrets.token_bytes(KEY_BYTES)
    shown = [
        layer
        for layer in run.facts.layers
        if layer.refusal is None and len(layer) and at_most(layer.level, level, run.facts.levels)
    ]
    chosen, not_asked = _rules(run, name, select, shown)
    if not any(_meets(rule, layer, name) for rule in chosen for layer in shown):
        raise RespondingError(message("responding.nothing_to_ask", standard=name))
    layers = [
        layer
        for layer in shown
        if any(_meets(rule, layer, name) or takes(rule.beside, layer) for rule in chosen)
    ]
    return Asked(
        content={
            "schema": REQUEST,
            "version": VERSION,
            "crs": run.facts.working_crs,
            "as_of": run.facts.as_of.isoformat(),
            "standard": name,
            "department": department,
            "rules": [_rule(run, rule) for rule in chosen],
            "not_asked": [{"code": code, "reason": reason} for code, reason in sorted(not_asked.items())],
            "layers": [_layer(run, layer, level, secret) for layer in layers],
        },
        key=secret,
    )


def hashed(key: bytes, layer: str, id_: str) -> str:
    """Return the id under which an object travels: without the key nobody can try ids out."""
    return hmac.new(key, f"{layer}\x1f{id_}".encode("utf-8", "replace"), hashlib.sha256).hexdigest()[:32]


def _rules(
    run: Run, name: str, select: Sequence[str], shown: Sequence[Layer]
) -> tuple[list[PairRule], dict[str, str]]:
    """Return the rules to ask, and those that cannot be asked, each with the key of the reason.

    Only rules that compare the standard with one of the layers ``shown``; of own rules nobody can say.
    """
    shipped = {kind.code: kind for kind in rules.catalogue()}
    chosen, left = [], {}
    for code in run.rules:
        if select and not {code, code.rstrip("0123456789")} & set(select):
            continue
        kind = shipped.get(code)
        if kind is None:
            left[code] = "responding.reason.own_rule"
        elif issubclass(kind, PairRule) and any(_meets(kind, layer, name) for layer in shown):
            rule, reason = _askable(run, kind)
            if reason is not None:
                left[code] = reason
            elif rule is not None:
                chosen.append(rule)
    return chosen, left


def _askable(run: Run, kind: type[PairRule]) -> tuple[PairRule | None, str | None]:
    """Return a rule as the run tunes it, or why not; neither where it needs no second layer."""
    changed = _changed(kind, run.rules[kind.code])
    paths = set(rules.path_parameters(kind)) & set(changed)
    built = rules.build([kind.code], (), {kind.code: {n: v for n, v in changed.items() if n not in paths}})
    rule = built[0]
    if not isinstance(rule, PairRule):
        return None, "responding.reason.own_rule"
    if isinstance(rule.relation, ONE_LAYER):
        return None, None
    if paths:
        return None, "responding.reason.own_table"
    if not isinstance(rule.relation, PAIRED):
        return None, "responding.reason.whole_layer"
    if rule.needs_shared_ids or (isinstance(rule.relation, Same) and rule.relation.key == "id"):
        return None, "responding.reason.by_id"
    return rule, None


def _changed(kind: type[rules.Rule], used: Any) -> dict[str, Any]:  # noqa: ANN401  # a rule's parameters
    defaults = rules.parameters_of(kind)
    return {name: used[name] for name, default in defaults.items() if name in used and used[name] != default}


def _meets(rule: PairRule | type[PairRule], layer: Layer, name: str) -> bool:
    """Say whether a rule compares a layer with one of the standard ``name``, either way round."""
    if takes(rule.subjects, layer) and _names(rule.against, name):
        return True
    return _names(rule.subjects, name) and takes(rule.against, layer)


def _names(standards: tuple[str, ...], name: str) -> bool:
    return standards == ANY or name in standards


def _rule(run: Run, rule: PairRule) -> dict[str, Any]:
    changed = _changed(type(rule), run.rules[rule.code])
    plain = {name: list(value) if isinstance(value, tuple) else value for name, value in changed.items()}
    reach_m = float(rule.relation.within_m) if isinstance(rule.relation, Near) else 0.0
    return {"code": rule.code, "parameters": plain, "reach_m": reach_m}


def columns_asked(run: Run, layer: Layer, level: Level) -> tuple[str, ...]:
    """Return the columns that travel: of a kind that rules compare, with values, not above the level."""
    order = run.facts.levels
    return tuple(
        name
        for name, column in standard(layer.standard).columns.items()
        if name != "id" and column.type in COMPARED and name in layer.frame.columns and layer.has(name)
        and at_most(layer.levels.get(name, layer.level), level, order)
    )  # fmt: skip


def _layer(run: Run, layer: Layer, level: Level, key: bytes) -> dict[str, Any]:
    names = columns_asked(run, layer, level)
    shapes = shapely.to_wkb(layer.geometry, hex=True)
    values = {name: layer.values(name) for name in names}
    return {
        "name": layer.name,
        "standard": layer.standard,
        "accuracy_m": layer.accuracy_m,
        "shift": layer.shift,
        "shift_accuracy_m": layer.shift_accuracy_m,
        "columns": list(names),
        "features": [
            {
                "id": hashed(key, layer.name, layer.ids[row]),
                "wkb": shapes[row],
                "values": {name: plain_value(given[row]) for name, given in values.items()},
            }
            for row in np.argsort([hashed(key, layer.name, one) for one in layer.ids])
        ],
    }


def plain_value(value: Any) -> Any:  # noqa: ANN401  # a cell of any type
    """Return a cell as JSON knows it; no value is None."""
    if value is None or pd.isna(value):
        return None
    if isinstance(value, int | float | np.number):
        return float(value)
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
