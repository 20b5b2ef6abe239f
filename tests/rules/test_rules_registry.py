"""The registry finds, selects and tunes rules, and names every mistake at once."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any

import pytest

from lantu.errors import LantuError, RuleError
from lantu.rules import build, catalogue, families, mistakes, parameters_of, path_parameters, rule

if TYPE_CHECKING:
    from pathlib import Path


def codes(select: list[str], ignore: list[str] | None = None) -> list[str]:
    return [one.code for one in build(select, ignore or [], {})]


def test_all_selects_every_rule_sorted() -> None:
    everything = codes(["ALL"])
    assert everything == sorted(everything)
    assert everything == [one.code for one in catalogue()]
    assert {"DA01", "LU01", "BD01"} <= set(everything)


def test_families_and_codes_combine_and_ignore_wins() -> None:
    assert codes(["CR", "LU02"]) == ["CR01", "CR02", "CR03", "CR04", "CR05", "LU02"]
    assert codes(["CR", "LU02"], ["CR02", "LU"]) == ["CR01", "CR03", "CR04", "CR05"]
    assert codes([]) == []
    assert "LU" in families()


def test_parameters_tune_a_rule_and_leave_the_others() -> None:
    tuned, other = build(["LU02", "LU08"], [], {"LU02": {"min_area_m2": 20, "severity": "info"}})
    assert parameters_of(type(tuned))["min_area_m2"] == 50.0
    assert tuned.relation.min_area_m2 == 20  # type: ignore[attr-defined]
    assert tuned.severity == "info"
    assert other.severity == "critical"


@pytest.mark.parametrize(
    ("select", "parameters", "expected"),
    [
        (["LU2"], {}, ["LU2", "LU02"]),
        (["LU"], {"LU22": {}}, ["LU22", "LU02"]),
        (["LU"], {"LU02": {"min_area": 5.0}}, ["min_area", "min_area_m2"]),
        (["LU"], {"LU02": {"min_area_m2": "5"}}, ["min_area_m2", "'5'"]),
        (["LU"], {"LU02": {"min_area_m2": True}}, ["min_area_m2", "True"]),
        (["LU"], {"LU02": {"severity": "bad"}}, ["severity", "critical"]),
        (["LU"], {"LU02": {"min_area_m2": -1.0}}, ["min_area_m2", "≥ 0"]),
        (["LU"], {"LU02": {"min_area_m2": float("nan")}}, ["min_area_m2", "≥ 0"]),
        (["LU"], {"LU07": {"min_share": 1.5}}, ["min_share", "0 … 1"]),
        (["LU"], {"LU01": {"matrix": 5}}, ["matrix", "5"]),
    ],
)
def test_a_mistake_is_named_with_what_is_near(
    select: list[str], parameters: dict[str, dict[str, Any]], expected: list[str]
) -> None:
    (mistake,) = mistakes(select, [], parameters)
    assert all(word in mistake.message.text("en") for word in expected)
    with pytest.raises(RuleError) as raised:
        build(select, [], parameters)
    assert all(word in raised.value.text("zh") for word in expected[:1])


def test_all_mistakes_are_listed_at_once_with_their_place() -> None:
    found = mistakes(["LU2"], ["XX"], {"LU02": {"min_area": 1.0, "severity": "bad"}, "ZZ01": {}})
    places = [mistake.place for mistake in found]
    assert places == [("select",), ("ignore",), ("LU02", "min_area"), ("LU02", "severity"), ("ZZ01",)]
    with pytest.raises(RuleError) as raised:
        build(["LU2"], ["XX"], {})
    assert "LU2" in str(raised.value)
    assert "XX" in str(raised.value)


def test_an_unknown_rule_has_a_suggestion() -> None:
    assert rule("LU02").code == "LU02"
    with pytest.raises(RuleError, match="did you mean 'LU0"):
        rule("LU20")


def test_paths_are_known_as_such() -> None:
    assert path_parameters(rule("LU01")) == ("matrix",)
    assert path_parameters(rule("LU02")) == ()


def test_a_citys_matrix_is_read_when_the_rule_is_built(tmp_path: Path) -> None:
    own = tmp_path / "matrix.csv"
    own.write_text(
        "current,planned,verdict,severity,reason,source\ncropland,industrial,consistent,0,agreed,city\n",
        encoding="utf-8",
    )
    (tuned,) = build(["LU01"], [], {"LU01": {"matrix": str(own)}})
    assert tuned.matrix == own  # type: ignore[attr-defined]
    with pytest.raises(LantuError, match="nowhere"):
        build(["LU01"], [], {"LU01": {"matrix": str(tmp_path / "nowhere.csv")}})


def test_rules_can_be_sent_to_workers() -> None:
    for one in build(["ALL"], [], {}):
        assert pickle.loads(pickle.dumps(one)) == one  # noqa: S301  # our own bytes
