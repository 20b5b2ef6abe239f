"""The planted benchmark on a single district: every rule finds what was planted, and nothing else."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "benchmarks"))

from truth.noise import Noise  # noqa: E402
from truth.run import measure  # noqa: E402
from truth.score import Score  # noqa: E402

from lantu.rules.registry import shipped  # noqa: E402  # the benchmark is no package of ours

if TYPE_CHECKING:
    from collections.abc import Mapping

SURE = 2.0
"""From so many tolerances on, nothing may be missed."""


@pytest.fixture(scope="module", params=[Noise("bounded", 1.0), Noise("normal", 1.0)], ids=str)
def measured(request: pytest.FixtureRequest) -> tuple[Noise, Score]:
    score = Score()
    measure(seed=3, noise=request.param, score=score)
    return request.param, score


def test_every_rule_is_planted(measured: tuple[Noise, Score]) -> None:
    planted = {rule for rule, _ in measured[1].planted}
    assert planted == {rule_type.code for rule_type in shipped()}


def test_nothing_of_two_tolerances_or_more_is_missed(measured: tuple[Noise, Score]) -> None:
    _, score = measured
    sure = {key: count for key, count in score.planted.items() if key[1] is None or key[1] >= SURE}
    assert sure
    assert {key: score.found[key] for key in sure} == sure


def test_what_stays_within_the_stated_accuracy_raises_no_false_alarm(measured: tuple[Noise, Score]) -> None:
    noise, score = measured
    if noise.kind == "normal":
        pytest.skip("a normal error leaves the tolerance once in a while; docs/truth.md says how often")
    wrong: Mapping[str, int] = {rule: count for rule, count in score.wrong.items() if count}
    assert wrong == {}, score.examples


def test_half_a_tolerance_is_no_conflict(measured: tuple[Noise, Score]) -> None:
    noise, score = measured
    if noise.kind == "normal":
        pytest.skip("as above")
    found = {rule for rule, strength in score.found if strength == 0.5 and score.found[rule, strength]}
    assert found <= {"GE02", "GE03", "BU01", "CR04"}, "rules that have a tolerance of their own"
