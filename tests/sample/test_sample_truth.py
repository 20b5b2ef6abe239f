"""What Lantu reports on the sample district, against the truth that came with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from naive_overlay import compare_with_copy, compare_with_plan

if TYPE_CHECKING:
    from pathlib import Path

SUBJECT_ONLY = frozenset({
    "BD02", "BU01", "BU03", "BU04", "DA05", "DA08", "HE05", "HE06", "LU05", "LU06", "LU07", "PI08",
})  # fmt: skip
"""Rules with one finding for each subject: whom it meets may be named, and is not scored."""
SYMMETRIC = frozenset({
    "GE02", "GE04", "LU08", "BD01", "BD03", "AT01", "AT02", "RO01", "RO02", "PI03", "PI04", "TE02",
})  # fmt: skip
LEAST_PRECISION = 0.99

Key = tuple[str, str, str, str, str, str]


@pytest.fixture(scope="session")
def findings(district: Path) -> Any:
    import lantu

    return lantu.open(district / "blueprint.toml").check().findings


def keys(rows: pd.DataFrame) -> set[Key]:
    """Return what identifies each finding: rule, verdict, layers, ids; several fields of a pair are one."""
    columns = ["rule", "verdict", "layer_a", "id_a", "layer_b", "id_b"]
    plain = rows[columns].astype(object).where(rows[columns].notna(), "").astype(str)
    return {_key(*row) for row in plain.itertuples(index=False, name=None)}


def _key(rule: str, verdict: str, layer_a: str, id_a: str, layer_b: str, id_b: str) -> Key:
    if rule in SUBJECT_ONLY:
        both = rule in {"LU07", "BU01", "BU03", "BU04"}
        return rule, verdict, layer_a, id_a, layer_b if both else "", ""
    if rule in SYMMETRIC and (layer_b, id_b) < (layer_a, id_a):
        layer_a, id_a, layer_b, id_b = layer_b, id_b, layer_a, id_a
    return rule, verdict, layer_a, id_a, layer_b, id_b


def score(found: set[Key], expected: set[Key]) -> pd.DataFrame:
    """Return recall and precision of each rule of the truth."""
    rows = []
    for rule in sorted({key[0] for key in expected}):
        mine, true = ({key for key in keys if key[0] == rule} for keys in (found, expected))
        hits = len(mine & true)
        rows.append((rule, len(true), len(mine), hits / len(true), hits / len(mine) if mine else 0.0))
    return pd.DataFrame(rows, columns=["rule", "true", "found", "recall", "precision"]).set_index("rule")


def explain(rule: str, found: set[Key], expected: set[Key]) -> str:
    """List what is missing and what is too much, one finding a line."""
    mine, true = ({key for key in keys if key[0] == rule} for keys in (found, expected))
    lines = [f"missing: {' | '.join(key[1:])}" for key in sorted(true - mine)]
    lines += [f"extra:   {' | '.join(key[1:])}" for key in sorted(mine - true)]
    return "\n".join([f"{rule}: {len(true)} in the truth, {len(mine)} found", *lines])


RULES = [
    "AT01",
    "AT02",
    "BD01",
    "BD02",
    "BD03",
    "BU01",
    "BU02",
    "BU03",
    "BU04",
    "CR01",
    "CR02",
    "CR03",
    "DA01",
    "DA02",
    "DA03",
    "DA04",
    "DA05",
    "DA06",
    "DA07",
    "DA08",
    "DA09",
    "DA10",
    "GE01",
    "GE02",
    "GE04",
    "GE05",
    "GE06",
    "GE07",
    "HE01",
    "HE02",
    "HE03",
    "HE04",
    "HE05",
    "HE06",
    "HE07",
    "LU01",
    "LU02",
    "LU03",
    "LU04",
    "LU05",
    "LU06",
    "LU07",
    "LU08",
    "LU09",
    "PI01",
    "PI02",
    "PI03",
    "PI04",
    "PI05",
    "PI06",
    "PI08",
    "RO01",
    "RO02",
    "RO03",
    "RO04",
    "SW01",
    "SW02",
    "SW03",
    "TE01",
    "TE02",
]


def test_every_rule_is_planted_at_least_twice(truth: pd.DataFrame) -> None:
    counts = truth["rule"].value_counts()
    assert sorted(counts.index) == RULES
    assert counts.min() >= 2


@pytest.mark.slow
@pytest.mark.parametrize("rule", RULES)
def test_rule_finds_all_and_only_what_is_true(rule: str, findings: Any, truth: pd.DataFrame) -> None:
    found, expected = keys(findings), keys(truth)
    row = score(found, expected).loc[rule]
    assert row["recall"] == 1.0, explain(rule, found, expected)
    assert row["precision"] >= LEAST_PRECISION, explain(rule, found, expected)


def test_overlay_without_tolerance_drowns_in_slivers(district: Path, truth: pd.DataFrame) -> None:
    with_plan, with_copy = compare_with_plan(district, truth), compare_with_copy(district, truth)
    assert with_plan.real > 50
    assert with_plan.false_per_real > 10
    assert with_copy.false_per_real > 100


@pytest.mark.slow
def test_lantu_raises_no_false_alarm_where_the_overlay_raises_hundreds(
    district: Path, findings: Any, truth: pd.DataFrame
) -> None:
    found = {key for key in keys(findings) if key[0] == "LU01" and key[2] == "parcels" and key[4] == "plots"}
    false_alarms = found - keys(truth)
    assert len(false_alarms) <= 1
    assert compare_with_plan(district, truth).false > 500
