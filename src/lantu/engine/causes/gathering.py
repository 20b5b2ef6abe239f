"""Gather findings under their causes: by layer, then by object, then by place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, get_args

import numpy as np
import pandas as pd
import pyarrow as pa

from lantu.engine.causes.clusters import add_places
from lantu.engine.causes.deliveries import add_deliveries, add_vintages
from lantu.engine.causes.ledger import Ledger, Scope
from lantu.engine.causes.named import add_named
from lantu.engine.causes.objects import add_objects
from lantu.engine.causes.shifts import add_offsets
from lantu.engine.ordering import ordered
from lantu.messages import catalogue, filled, say
from lantu.model import SEVERITIES, Coded
from lantu.standards import column_label

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lantu.engine.causes.ledger import Cause
    from lantu.messages import Language
    from lantu.model import IntArray, Outcome, StoredFindings
    from lantu.rules.base import Rule

CAUSE_COLUMNS = (
    "cause_id", "rule", "severity", "department", "layer", "title", "message", "findings", "scope", "kind",
    "object",
)  # fmt: skip

SCOPES = get_args(Scope)

WEIGHTY_SHARE = 0.05
"""A cause in a whole layer that explains such a share of all findings comes first."""

LEAST_WEIGHTY = 20
"""But not where so few findings make that share."""

MOST_TITLES = 3
"""Rules that a sentence names; the others are "and more"."""


def gather(
    findings: pd.DataFrame,
    rules: Mapping[str, Rule],
    language: Language,
    outcomes: Sequence[Outcome] = (),
) -> tuple[pd.Series[str], pd.DataFrame]:
    """Return the cause id of each finding (None for none) and the table of causes, first things first.

    ``findings`` are in the contract's order, with ``cause_text``, ``explains`` and ``geometry`` (metres)
    beside its columns. A finding has one cause at most, the first of these that explains it: an offset of
    layers; a wrong unit, a code without a class or a missing value (``named``); a delivery that
    contradicts as a whole, which the numbers in ``outcomes`` tell; one object that takes part in several;
    one place; and last the age of an overdue delivery.
    """
    said = findings if "translation" in findings else findings.assign(translation=None)
    ids, (causes,) = gather_in((language,), ordered([said], crs=None, given=True), rules, outcomes)
    return pd.Series(ids.to_objects(), index=findings.index, dtype="object"), causes


def gather_in(
    languages: Sequence[Language],
    findings: StoredFindings,
    rules: Mapping[str, Rule],
    outcomes: Sequence[Outcome] = (),
) -> tuple[Coded, tuple[pd.DataFrame, ...]]:
    """Return what ``gather`` does, with the table of causes in each of ``languages``.

    The first is that of ``message`` in ``findings``, the next that of ``translation``.
    """
    ledger = Ledger(findings, rules, outcomes)
    for add in (add_offsets, add_named, add_deliveries, add_objects, add_places, add_vintages):
        add(ledger)
    of = np.full(len(findings), -1, dtype=np.int32)
    for number, cause in enumerate(ledger.causes):
        of[cause.rows] = number
    names = Coded.of_chunks([pa.array([cause.cause_id for cause in ledger.causes], pa.string())])
    ids = Coded(names.texts, np.append(names.of, np.int32(-1))[of])
    facts = [_facts(cause, ledger) for cause in ledger.causes]
    return ids, tuple(_table(ledger, facts, language, place) for place, language in enumerate(languages))


class _Facts(NamedTuple):
    """What a cause's row says in any language: findings by rule, most first, severity and department."""

    counted: list[tuple[str, int]]
    severity: str
    department: str


def _facts(cause: Cause, ledger: Ledger) -> _Facts:
    counted = sorted(ledger.counted("rule", cause.rows).items(), key=lambda pair: (-pair[1], pair[0]))
    severity = min(ledger.counted("severity", cause.rows), key=SEVERITIES.index)
    return _Facts(counted, severity, _department(cause, ledger))


def _table(ledger: Ledger, facts: Sequence[_Facts], language: Language, place: int) -> pd.DataFrame:
    rows = [
        _row(cause, known, ledger, language, place) for cause, known in zip(ledger.causes, facts, strict=True)
    ]
    causes = pd.DataFrame(rows, columns=list(CAUSE_COLUMNS))
    causes["object"] = pd.Series([cause.object for cause in ledger.causes], dtype="object")  # None stays None
    return causes.iloc[_order(causes, len(ledger.findings))].reset_index(drop=True)


def _order(causes: pd.DataFrame, found: int) -> IntArray:
    """Return the order of the agenda: what explains much of all findings first, then by severity and scope.

    One act that clears a twentieth of the list goes before all others, however grave its findings are.
    """
    count = causes["findings"].to_numpy(dtype=np.int64)
    weighty = (causes["scope"] == "layer").to_numpy() & (count >= max(LEAST_WEIGHTY, WEIGHTY_SHARE * found))
    severity = np.array([SEVERITIES.index(word) for word in causes["severity"]], dtype=np.int64)
    scope = np.array([SCOPES.index(word) for word in causes["scope"]], dtype=np.int64)
    return np.lexsort((causes["cause_id"].astype(str), -count, scope, severity, ~weighty))


def _row(cause: Cause, facts: _Facts, ledger: Ledger, language: Language, place: int) -> tuple[Any, ...]:
    """Return what stands in CAUSE_COLUMNS."""
    rule = cause.lead or facts.counted[0][0]
    title = _title(rule, ledger, language)
    if cause.kind in {"object", "place"}:
        title = say(f"causes.title.{cause.kind}", language)
    sentence = _sentence(cause, ledger, rule, _listed(facts.counted, ledger, language), language)
    return (
        cause.cause_id,
        rule,
        facts.severity,
        facts.department,
        cause.layer,
        title,
        _with_evidence(sentence, cause, ledger, language, place),
        len(cause.rows),
        cause.scope,
        cause.kind,
        cause.object,
    )


def _title(code: str, ledger: Ledger, language: Language) -> str:
    return (ledger.rules[code].text("title") or {}).get(language, code)


def _listed(counted: list[tuple[str, int]], ledger: Ledger, language: Language) -> str:
    """Return what was found under a cause, by rule: ``Pipe under a building 4, …``."""
    parts = [f"{_title(code, ledger, language)} {count}" for code, count in counted[:MOST_TITLES]]
    more = say("causes.more", language) if len(counted) > MOST_TITLES else ""
    return say("causes.comma", language).join(parts) + more


def _department(cause: Cause, ledger: Ledger) -> str:
    """Return whose layer it is, by the first finding in which the layer takes part."""
    for side in ("a", "b"):
        kinds = ledger.kinds(f"layer_{side}")
        if cause.layer in kinds.names:
            own = kinds.of[cause.rows] == kinds.names.index(cause.layer)
            if own.any():
                return ledger.text(f"department_{side}", cause.rows[np.argmax(own)])
    return ledger.text("department_a", cause.rows[0])


def _sentence(cause: Cause, ledger: Ledger, rule: str, listed: str, language: Language) -> str:
    """Say what the cause is, how many findings it explains, and which act would clear them."""
    what = str(cause.facts.get("what", ""))
    values = {
        "layer": cause.layer,
        "object": cause.object,
        "count": len(cause.rows),
        "listed": listed,
        "title": _title(rule, ledger, language),
        **cause.facts,
        "cause": what,
        "column": column_label(what, language) if cause.kind == "missing" else what,
    }
    if cause.kind != "rule":
        return say(f"causes.{cause.sentence or cause.kind}", language, **values)
    own = (ledger.rules[rule].text("cause") or catalogue()["engine.cause"])[language]
    act = f"causes.act.{rule}" if f"causes.act.{rule}" in catalogue() else "causes.act.any"
    return say("causes.with_act", language, text=filled(own, language, **values), act=say(act, language))


def _with_evidence(sentence: str, cause: Cause, ledger: Ledger, language: Language, place: int) -> str:
    """Add to a cause that rests on findings about layers what the first of those says, with its numbers.

    ``place`` is 0 for the run's language and 1 for the other one.
    """
    if cause.kind not in {"offset", "shift", "rule"}:
        return sentence
    whole = cause.rows[~ledger.of_objects[cause.rows]]
    if len(whole) == 0 or (cause.kind == "rule" and len(whole) > 1):
        return sentence
    said = ledger.evidence[int(whole[0])]
    evidence = str(said[place] or said[0])
    return say("engine.cause_of_one", language, cause=sentence, message=evidence)
