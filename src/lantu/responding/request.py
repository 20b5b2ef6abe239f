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
from lantu.relations import Crosses, Near, Overlaps, Same
from lantu.responding.package import REQUEST, VERSION, RespondingError
from lantu.rules import PairRule
from lantu.rules.base import takes
from lantu.standards import standard, standard_names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lantu.model import Layer, Level, Run

PAIRED = (Overlaps, Near, Crosses, Same)
"""Relations that two objects settle between them; what is about a whole layer cannot be asked so."""

COMPARED = ("number", "integer", "class", "enum", "code", "date")
"""Kinds of columns that travel; free text (names, holders, places) never does."""

KEY_BYTES = 32


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A request and the key that its ids were hashed with, which stays with whoever asks."""

    content: dict[str, Any]
    key: bytes
    left_out: tuple[str, ...]  # rules that cannot be asked: own rules, and those with tables of a blueprint


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
    chosen, left_out = _rules(run, name, select)
    layers = [
        layer
        for layer in run.facts.layers
        if layer.refusal is None and len(layer) and at_most(layer.level, level, run.facts.levels)
        and any(_meets(rule, layer, name) for rule in chosen)
    ]  # fmt: skip
    if not layers:
        raise RespondingError(message("responding.nothing_to_ask", standard=name))
    return Asked(
        content={
            "schema": REQUEST,
            "version": VERSION,
            "crs": run.facts.working_crs,
            "as_of": run.facts.as_of.isoformat(),
            "standard": name,
            "department": department,
            "rules": [_rule(run, rule) for rule in chosen],
            "layers": [_layer(run, layer, level, secret) for layer in layers],
        },
        key=secret,
        left_out=left_out,
    )


def hashed(key: bytes, layer: str, id_: str) -> str:
    """Return the id under which an object travels: without the key nobody can try ids out."""
    return hmac.new(key, f"{layer}\x1f{id_}".encode("utf-8", "replace"), hashlib.sha256).hexdigest()[:32]


def _rules(run: Run, name: str, select: Sequence[str]) -> tuple[list[PairRule], tuple[str, ...]]:
    chosen, left = [], []
    for kind in rules.catalogue():
        if kind.code not in run.rules or (
            select and not {kind.code, kind.code.rstrip("0123456789")} & set(select)
        ):
            continue
        if not issubclass(kind, PairRule) or name not in (*kind.subjects, *kind.against):
            continue
        changed = _changed(kind, run.rules[kind.code])
        paths = set(rules.path_parameters(kind)) & set(changed)
        built = rules.build(
            [kind.code], (), {kind.code: {n: v for n, v in changed.items() if n not in paths}}
        )
        rule = built[0]
        if not isinstance(rule, PairRule) or paths:
            left.append(kind.code)
        elif isinstance(rule.relation, PAIRED):
            chosen.append(rule)
    own = [code for code in run.rules if code not in {kind.code for kind in rules.catalogue()}]
    return chosen, tuple(sorted({*left, *own}))


def _changed(kind: type[rules.Rule], used: Any) -> dict[str, Any]:  # noqa: ANN401  # a rule's parameters
    defaults = rules.parameters_of(kind)
    return {name: used[name] for name, default in defaults.items() if name in used and used[name] != default}


def _meets(rule: PairRule, layer: Layer, name: str) -> bool:
    if takes(rule.subjects, layer) and name in rule.against:
        return True
    return name in rule.subjects and takes(rule.against, layer)


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
