"""Severities and parameters as the catalogue of rules gives them, written down here once more on purpose."""

from __future__ import annotations

from typing import Any

import pytest

from lantu.rules.registry import parameters_of, shipped

CATALOGUE: dict[str, dict[str, Any]] = {
    "critical": {
        "CR01": {}, "CR02": {}, "CR03": {}, "CR04": {"min_pairs": 30}, "LU03": {"min_area_m2": 10},
        "LU04": {"min_area_m2": 10}, "LU08": {"min_area_m2": 50}, "HE01": {"min_area_m2": 1},
        "PI01": {"min_length_m": 0.5}, "SW01": {"min_area_m2": 10},
    },
    "major": {
        "DA05": {}, "DA08": {}, "DA10": {}, "CR05": {}, "GE02": {"min_area_m2": 1.0},
        "LU02": {"min_area_m2": 50}, "LU05": {"min_area_m2": 100}, "LU09": {"min_area_m2": 10}, "BD01": {},
        "BD03": {"min_iou": 0.90}, "AT01": {}, "HE02": {"min_area_m2": 1}, "HE03": {"min_area_m2": 10},
        "HE04": {"min_length_m": 1}, "HE06": {"min_area_m2": 10}, "PI02": {},
        "PI03": {"max_angle_deg": 30, "min_length_m": 2}, "PI04": {},
        "RO01": {"max_m": 2.0, "min_length_m": 20}, "RO02": {"tolerance_m": 0.5}, "RO03": {"min_area_m2": 1},
        "BU02": {"min_share": 0.5}, "BU03": {"tolerance_ratio": 0.05}, "SW03": {"min_area_m2": 400},
    },
    "minor": {
        "DA01": {}, "DA02": {}, "DA04": {}, "DA06": {}, "DA09": {}, "GE01": {}, "GE03": {"max_width_m": 1.0},
        "GE04": {}, "GE05": {}, "GE07": {}, "LU07": {"min_share": 0.10}, "BD02": {}, "HE05": {}, "PI05": {},
        "PI07": {}, "PI08": {"max_m": 0.5}, "RO04": {"min_area_m2": 5},
        "BU01": {"min_area_m2": 2, "min_share": 0.05}, "BU04": {"tolerance_ratio": 0.05},
        "TE02": {"min_area_m2": 50},
    },
    "info": {
        "DA03": {}, "DA07": {}, "GE06": {"max_angle_deg": 1.0}, "LU06": {"min_area_m2": 50, "min_share": 0.1},
        "AT02": {}, "HE07": {"min_area_m2": 10}, "PI06": {"min_length_m": 5}, "SW02": {"min_area_m2": 100},
        "TE01": {},
    },
    "from the matrix": {"LU01": {"min_area_m2": 50, "min_share": 0.05, "min_severity": "info"}},
}  # fmt: skip

EVERY = [(code, severity, given) for severity, rules in CATALOGUE.items() for code, given in rules.items()]


def test_the_catalogue_has_64_rules() -> None:
    assert sorted(code for code, _, _ in EVERY) == [rule_type.code for rule_type in shipped()]
    assert len(EVERY) == 64


@pytest.mark.parametrize(("code", "severity", "given"), EVERY, ids=lambda value: str(value)[:4])
def test_defaults_are_those_of_the_catalogue(code: str, severity: str, given: dict[str, Any]) -> None:
    (rule_type,) = (one for one in shipped() if one.code == code)
    parameters = parameters_of(rule_type)
    assert parameters["severity"] == (None if code == "LU01" else severity)
    assert {name: parameters[name] for name in given} == given
