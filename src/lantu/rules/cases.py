"""Known answers of rules, written as data beside each rule, and the runner that checks them.

``<CODE>.toml`` lies in the folder of its rule's module::

    [zh]                                  # Chinese twins of the docstring's sections
    finds = "…"
    why = "…"
    example = "…"

    [[case]]
    name = "half_a_plot_is_reported"      # unique in the file
    says = "A plot of 100 m by 100 m …"   # one English sentence, printed in the documentation
    says_zh = "…"
    as_of = 2026-11-23                    # optional; this day by default
    parameters = { min_area_m2 = 50.0 }   # optional: tunes the rule
    not_checked = true                    # optional: a column of needs_a or needs_b is missing; no expect
    left_out = 1                          # optional: pairs that the tolerance leaves out

    [case.a]                              # the subject layer
    standard = "land.parcel"
    features = [                          # a column that is not named is empty
      { id = "P1", use_class = "cropland", use_code = "0103", wkt = "POLYGON ((0 0, …))" },
    ]

    [case.b]                              # the other layer; none where the rule looks at one layer or
    standard = "land.survey"              # the layer meets itself; [[case.b]] for several (uncovered)
    features = [ … ]

    [[case.beside]]                       # optional: layers that the rule looks at besides

    [[case.expect]]                       # one per finding, in any order; leave out where none is due
    id_a = "P1"                           # any columns of a Verdict, ids, and facts = { … };
    id_b = "S1"                           # only what is named is compared; "" is none
    verdict = "conflict"                  # the default; or "undecidable"
    measure = 5000.0
    message_en = "Parcel P1 …"            # optional: the whole sentence

A layer may also say ``name``, ``department``, ``accuracy_m``, ``issued``, ``update``, ``level``,
``problems = [{ kind, row, column, raw, detail, wkt }]``, ``refusal = { code, reason, suggestion }``,
``missed = ["far_max"]`` (canonical columns without a source field), ``control = { … }`` (a ControlUse) and
``crs``. A feature's values are
their own raw values; ``"raw:use_code" = "…"`` says otherwise. A case of a rule on the blueprint has
``[case.departments.land]`` with ``name`` and ``owes``. Coordinates are metres in EPSG:4548 by default;
``shift = [500000, 4000000]`` moves a whole layer there, where the projection's scale is 1.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from lantu.messages import LANGUAGES, Message, catalogue, filled
from lantu.relations import (
    Alone,
    Alongside,
    Coverage,
    Displaced,
    LeftOut,
    Uncovered,
    alongside,
    candidates,
    displaced,
    gaps,
    kept,
    measured,
    uncovered,
)
from lantu.rules.base import BlueprintRule, LayerRule, PairRule, Rule
from lantu.rules.case_layers import case_facts, case_layer
from lantu.rules.explanation import rule_data
from lantu.rules.registry import tuned

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lantu.model import BlueprintFacts, Layer
    from lantu.rules.verdict import Verdict

NUMBER_TOLERANCE = 1e-6
"""Relative; known answers are integers and exact shares."""

_UNNAMED = {"rows_a", "rows_b", "undecidable", "shape", "facts", "explains"}


@dataclass(frozen=True, kw_only=True)
class Case:
    """A known answer of one rule: the layers, and the findings that must come out."""

    rule: type[Rule]
    name: str
    says: str
    data: Mapping[str, Any]

    @property
    def expected(self) -> Sequence[Mapping[str, Any]]:
        """Return what must be found, one mapping per finding."""
        return tuple(self.data.get("expect", ()))


@dataclass(frozen=True, kw_only=True)
class CaseResult:
    """What the rule said: one mapping per finding, or that it was not checked."""

    found: tuple[Mapping[str, Any], ...]
    not_checked: bool = False
    left_out: int = 0


def cases(rule_type: type[Rule]) -> tuple[Case, ...]:
    """Return the known answers of a rule in file order."""
    return tuple(
        Case(rule=rule_type, name=data["name"], says=data["says"], data=data)
        for data in rule_data(rule_type).get("case", ())
    )


def run_case(case: Case) -> CaseResult:
    """Run the rule of a case on the layers of the case, with the relations that the engine uses."""
    rule = tuned(case.rule, case.data.get("parameters", {}))
    a = case_layer(case.data["a"], side="a") if "a" in case.data else None
    given = case.data.get("b", [])
    others = [case_layer(b, side="b") for b in (given if isinstance(given, list) else [given])]
    beside = tuple(case_layer(data, side="beside") for data in case.data.get("beside", []))
    facts = case_facts(case.data, tuple(layer for layer in (a, *others, *beside) if layer is not None))
    if isinstance(rule, BlueprintRule):
        judged, departments = rule.judge(facts)
        found = _rows(rule, judged, None, None, facts)
        pairs = zip(found, departments, strict=True)
        return CaseResult(found=tuple({**row, "department_a": key} for row, key in pairs))
    assert a is not None  # noqa: S101  # every other kind of rule has a subject layer
    if isinstance(rule, LayerRule):
        unfit = not rule.concerns(a) or rule.does_not_fit(a) is not None
        if unfit or rule.lacks(a) is not None or (a.refusal is not None and not rule.judges_refused):
            return CaseResult(found=(), not_checked=True)
        return CaseResult(found=_rows(rule, rule.judge(a, facts), a, None, facts))
    assert isinstance(rule, PairRule)  # noqa: S101  # there is no other kind
    return _run_pairs(rule, a, others, facts, beside)


def differences(case: Case) -> list[str]:
    """Return how the answer of a rule differs from the known one; empty where the case holds."""
    result = run_case(case)
    if result.not_checked != case.data.get("not_checked", False):
        return [f"not checked: {result.not_checked}"]
    problems = []
    if "left_out" in case.data and result.left_out != case.data["left_out"]:
        problems.append(f"left out: {result.left_out}, expected {case.data['left_out']}")
    rest = list(result.found)
    for expected in case.expected:
        match = next((row for row in rest if not _unlike(expected, row)), None)
        if match is None:
            nearest = min(rest, key=lambda row: len(_unlike(expected, row)), default=None)
            problems.append(f"missing: {expected}; nearest: {nearest and _unlike(expected, nearest)}")
        else:
            rest.remove(match)
    return problems + [f"not expected: {row}" for row in rest]


def _run_pairs(
    rule: PairRule, a: Layer, others: list[Layer], facts: BlueprintFacts, beside: tuple[Layer, ...]
) -> CaseResult:
    if len(others) == 1:
        rule = rule.between(a, others[0])
    others = [rule.derives_b(layer) for layer in others]
    lacking = [column for column in rule.columns_a(a) if not a.has(column)]
    lacking += [column for layer in others for column in rule.columns_b(layer) if not layer.has(column)]
    if lacking:
        return CaseResult(found=(), not_checked=True)
    rows = np.arange(len(a), dtype=np.int64)
    if isinstance(rule.relation, Uncovered):
        chosen = tuple((layer, rule.selects_b(layer)) for layer in others)
        pairs, left, _ = uncovered(rule.relation, a, rows_a=rows, chosen_a=rule.selects_a(a), others=chosen)
    elif isinstance(rule.relation, Coverage):
        pairs, left = gaps(rule.relation, a, chosen_a=rule.selects_a(a))
    elif isinstance(rule.relation, Alongside):
        chosen_a, chosen_b = rule.selects_a(a), rule.selects_b(others[0])
        pairs = alongside(rule.relation, a, others[0], rows_a=rows, chosen_a=chosen_a, chosen_b=chosen_b)
        left = LeftOut()
    elif isinstance(rule.relation, Displaced):
        chosen_a, chosen_b = rule.selects_a(a), rule.selects_b(others[0])
        pairs, left = displaced(rule.relation, a, others[0], chosen_a=chosen_a, chosen_b=chosen_b), LeftOut()
    else:
        itself = not others and not isinstance(rule.relation, Alone)
        b = a if itself else (others[0] if others else None)
        pairs = candidates(
            rule.relation,
            a,
            b,
            rows_a=rows,
            chosen_a=rule.selects_a(a),
            chosen_b=None if b is None else rule.selects_b(b),
            itself=itself,
        )
        pairs = replace(pairs, beside=beside)
        pairs = measured(rule.relation, pairs.take(rule.wants(pairs)))
        keep, left = kept(rule.relation, pairs)
        pairs = pairs.take(keep)
    found = _rows(rule, rule.judge(pairs), a, pairs.b, facts)
    if isinstance(rule.relation, Displaced) and not found and len(pairs) < rule.relation.min_pairs:
        return CaseResult(found=(), not_checked=True)
    return CaseResult(found=found, left_out=left.count)


def _rows(
    rule: Rule, judged: Verdict, a: Layer | None, b: Layer | None, facts: BlueprintFacts
) -> tuple[Mapping[str, Any], ...]:
    """Return the entries of a verdict as mappings, with ids and with the sentence in both languages."""
    found = []
    names = [name for name in vars(judged) if name not in _UNNAMED]
    for row in range(len(judged)):
        entry = {name: getattr(judged, name)[row] for name in names}
        entry["verdict"] = "undecidable" if judged.undecidable[row] else "conflict"
        entry["facts"] = {name: values[row] for name, values in judged.facts.items()}
        entry["wkt"] = None if judged.shape[row] is None else judged.shape[row].normalize().wkt
        for side, layer, rows in (("a", a, judged.rows_a), ("b", b, judged.rows_b)):
            entry[f"id_{side}"] = entry[f"id_{side}"] or _id(layer, int(rows[row]))
            entry[f"layer_{side}"] = None if layer is None else layer.name
            department = None if layer is None else facts.departments.get(layer.department)
            entry[f"department_{side}"] = None if department is None else department.name
        for language in LANGUAGES:
            entry[f"message_{language}"] = filled(
                _template(rule, entry)[language],
                language,
                **{name: _shown(entry[name]) for name in _IN_SENTENCES},
                column=_shown(entry["field"]),
                **{name: _shown(value) for name, value in entry["facts"].items()},
            )  # fmt: skip
        found.append(entry)
    return tuple(found)


_IN_SENTENCES = (
    "id_a", "id_b", "layer_a", "layer_b", "department_a", "department_b", "value_a", "value_b", "raw_a",
    "raw_b", "measure", "required", "tolerance", "share_a",
)  # fmt: skip


def _template(rule: Rule, entry: Mapping[str, Any]) -> Mapping[str, str]:
    if entry["message"] is not None:
        return catalogue()[entry["message"]]
    unsure = rule.text("undecidable") if entry["verdict"] == "undecidable" else None
    return unsure or rule.text("message") or {}


def _id(layer: Layer | None, row: int) -> str | None:
    return None if layer is None or row < 0 else str(layer.ids[row])


class _Blank:
    """Stands for a missing value: any number format prints a dash."""

    def __format__(self, spec: str) -> str:
        return "—"


def _shown(value: Any) -> Any:  # noqa: ANN401  # any printable value of a verdict
    missing = value is None or (isinstance(value, float) and np.isnan(value))
    return _Blank() if missing else value


def _unlike(expected: Mapping[str, Any], row: Mapping[str, Any]) -> list[str]:
    """Return in which named values a finding differs from an expected one."""
    wanted: dict[str, Any] = {"verdict": "conflict", **expected}
    facts = wanted.pop("facts", {})
    compared = [(name, value, row.get(name)) for name, value in wanted.items()]
    compared += [(f"facts.{name}", value, row["facts"].get(name)) for name, value in facts.items()]
    return [
        f"{name} is {found!r}, expected {value!r}"
        for name, value, found in compared
        if not _equal(value, found)
    ]


def _equal(expected: Any, found: Any) -> bool:  # noqa: ANN401  # numbers, text or messages
    if found is None:
        return bool(expected == "")
    if isinstance(found, Message):
        return bool(found.text("en") == expected)
    if isinstance(expected, int | float) and isinstance(found, int | float | np.number):
        return bool(np.isclose(found, expected, rtol=NUMBER_TOLERANCE, atol=NUMBER_TOLERANCE))
    return bool(expected == found)
