"""``lantu.testing`` finds what is wrong with a rule: a check that cannot fail proves nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from lantu.rules import rule, verdict
from lantu.testing import cases_of, rule_checks, run_case

if TYPE_CHECKING:
    from lantu.rules import Rule

SHIPPED = rule("LU02")


def variant(**members: Any) -> type[Rule]:
    """Return LU02 with other members."""
    same = {"__module__": SHIPPED.__module__, "__doc__": SHIPPED.__doc__, "code": "LU02"}
    made: type[Rule] = dataclass(frozen=True, kw_only=True)(type("Variant", (SHIPPED,), same | members))
    return made


def told(rule_type: type[Rule]) -> dict[str, str]:
    """Return what each failing check says, by its name."""
    found = {}
    for check in rule_checks(rule_type):
        try:
            check()
        except AssertionError as error:
            found[check.name] = str(error)
    return found


def test_a_good_rule_passes_everything_and_every_case_is_a_check() -> None:
    assert told(variant()) == {}
    names = [str(check) for check in rule_checks(SHIPPED)]
    assert {"LU02-form", "LU02-texts"} < set(names)
    assert {f"LU02-{case.name}" for case in cases_of(SHIPPED)} < set(names)


@pytest.mark.parametrize(
    ("members", "check", "reason"),
    [
        ({"__doc__": "Nothing is said."}, "docstring", "the headings are"),
        ({"__doc__": (SHIPPED.__doc__ or "").replace("*Trap*", "*Traps*")}, "english", "the English trap"),
        ({"__doc__": (SHIPPED.__doc__ or "").replace(".\n", "\n", 1)}, "docstring", "no sentence"),
        ({"name": "Not Kebab"}, "form", "kebab-case"),
        ({"severity": "grave", "__annotations__": {"severity": "str"}}, "form", "severity 'grave'"),
    ],
)
def test_what_is_wrong_with_its_form_is_told(members: dict[str, Any], check: str, reason: str) -> None:
    assert reason in told(variant(**members))[check]


def test_a_rule_that_finds_nothing_fails_its_cases() -> None:
    def judge(self: Any, pairs: Any) -> Any:  # noqa: ARG001  # a rule's method
        return verdict(np.empty(0, dtype=np.int64), severity="minor")

    failed = told(variant(judge=judge))
    reporting = {case.name for case in cases_of(SHIPPED) if case.expected}
    assert set(failed) == reporting
    assert all("missing" in text for text in failed.values())
    assert all(run_case(case).found for case in cases_of(SHIPPED) if case.expected)
