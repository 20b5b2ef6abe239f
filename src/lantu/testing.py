"""Tests of rules, Lantu's own and those of plug-ins: one form, and known answers as data beside each rule.

With pytest::

    from lantu.testing import rule_checks

    @pytest.mark.parametrize("check", rule_checks(MyRule), ids=str)
    def test_rule(check):
        check()

How a case is written stands in ``lantu.rules.cases``.
"""

from __future__ import annotations

import dataclasses
import inspect
import re
import string
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lantu.messages import LANGUAGES
from lantu.model import SEVERITIES
from lantu.rules.cases import Case, CaseResult, cases, differences, run_case
from lantu.rules.explanation import (
    HEADINGS,
    IN_CATALOGUE,
    docstring_sections,
    explain,
    missing_texts,
    rule_text,
)
from lantu.rules.plugged import RULE_CODE
from lantu.rules.registry import parameters_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from lantu.rules.base import Rule

__all__ = ["Case", "CaseResult", "RuleCheck", "cases_of", "differences", "rule_checks", "run_case"]

SENTENCES = ("message", "undecidable", "cause")
SHORTEST_SECTION = 20
"""Characters; what is shorter says nothing."""

_NAME = re.compile(r"[a-z]+(-[a-z0-9]+)*")
_CHINESE = re.compile("[\u4e00-\u9fff]")

cases_of = cases
"""``cases_of(rule)``: the known answers of a rule in the order of its ``<CODE>.toml``."""


@dataclass(frozen=True)
class RuleCheck:
    """One thing that is checked of one rule; calling it raises an AssertionError that says what is wrong."""

    rule: type[Rule]
    name: str
    faults: Callable[[], list[str]]

    def __call__(self) -> None:
        """Check.

        Raises
        ------
        AssertionError
            Something is wrong; all of it is listed.
        """
        found = self.faults()
        if found:
            raise AssertionError("\n".join([f"{self}:", *found]))

    def __str__(self) -> str:
        """Return the rule's code and what is checked, e.g. ``LU02-texts``, as the id of a test."""
        return f"{self.rule.code}-{self.name}"


def rule_checks(*rules: type[Rule]) -> tuple[RuleCheck, ...]:
    """Return everything that is checked of each rule: its form, its texts, and each of its known answers."""
    checks = []
    for rule in rules:
        checks += [
            RuleCheck(rule, name, lambda check=check, rule=rule: check(rule))  # type: ignore[misc]
            for name, check in _CHECKS.items()
        ]
        checks += [
            RuleCheck(rule, case.name, lambda case=case: differences(case))  # type: ignore[misc]
            for case in cases(rule)
        ]
    return tuple(checks)


def _form(rule: type[Rule]) -> list[str]:
    """Return what keeps the class from being a rule of its own with parameters that can be tuned."""
    faults = []
    frozen = dataclasses.is_dataclass(rule) and vars(rule).get("__dataclass_params__")
    if not (frozen and frozen.frozen):
        faults.append("it is no @dataclass(frozen=True, kw_only=True) of its own")
    if "code" not in vars(rule) or not RULE_CODE.fullmatch(rule.code):
        faults.append(f"code {rule.code!r} is not capital letters and digits, or another rule's")
    if not _NAME.fullmatch(rule.name):
        faults.append(f"name {rule.name!r} is not in kebab-case")
    parameters = parameters_of(rule)
    if parameters["severity"] not in (*SEVERITIES, None):
        faults.append(f"severity {parameters['severity']!r} is not one of {', '.join(SEVERITIES)}")
    plain = {
        name: value is None or isinstance(value, str | int | float) for name, value in parameters.items()
    }
    return faults + [f"parameter {name} has no plain default" for name, good in plain.items() if not good]


def _docstring(rule: type[Rule]) -> list[str]:
    """Return what a docstring lacks: a summary sentence, and the headings in order, each with its text."""
    sections = docstring_sections(rule)
    if list(sections) != list(HEADINGS.values()):
        return [
            f"the headings are {', '.join(sections) or 'missing'}, expected {', '.join(HEADINGS.values())}"
        ]
    faults = [f"*{name}* says nothing" for name, text in sections.items() if len(text) <= SHORTEST_SECTION]
    summary = inspect.cleandoc(rule.__doc__ or "").splitlines()[0]
    return faults if summary.endswith(".") else [*faults, "the summary is no sentence"]


def _texts(rule: type[Rule]) -> list[str]:
    """Return which texts are missing, not Chinese, or say different values in the two languages."""
    missing = missing_texts(rule)
    if missing:
        return [f"there is no {name}" for name in missing]
    faults = [
        f"{part} is empty in {language}"
        for language in LANGUAGES
        for part, text in explain(rule, language).items()
        if not text.strip()
    ]
    said = _said(rule)
    for part, texts in ((name, said[name]) for name in SENTENCES if name in said):
        used = {language: _placeholders(texts[language]) for language in LANGUAGES}
        if used["zh"] != used["en"]:
            faults.append(f"{part} says {sorted(used['zh'])} in Chinese and {sorted(used['en'])} in English")
        if not all(name.isidentifier() for name in used["en"]):
            faults.append(f"{part} reaches into a value: {sorted(used['en'])}")
    if not _CHINESE.search(said["message"]["zh"]):
        faults.append("the Chinese message has no Chinese word")
    return faults


def _english(rule: type[Rule]) -> list[str]:
    """Return which English texts differ from the docstring, which says the same."""
    sections = docstring_sections(rule)
    return [
        f"the English {part} is not the docstring's: {texts['en']!r}"
        for part, texts in _said(rule).items()
        if part in IN_CATALOGUE and texts["en"] != sections.get(HEADINGS[part])
    ]


def _answers(rule: type[Rule]) -> list[str]:
    """Return which kind of case is missing: one with a finding, one without, one that is undecidable."""
    known = cases(rule)
    names = [case.name for case in known]
    faults = [f"two cases are called {name}" for name in sorted(set(names)) if names.count(name) > 1]
    faults += [f"{case.name} has no says_zh" for case in known if not case.data.get("says_zh")]
    expected = [one for case in known for one in case.expected]
    if not any(one.get("verdict") != "undecidable" for one in expected):
        faults.append("no case has a finding")
    if not any(not case.expected and not case.data.get("not_checked") for case in known):
        faults.append("no case has none")
    unsure = any(one.get("verdict") == "undecidable" for one in expected)
    if rule_text(rule, "undecidable") is not None and not unsure:
        faults.append("the rule can be undecidable, and no case shows it")
    return faults


def _told_apart(rule: type[Rule]) -> list[str]:
    """Return the cases in which two findings on one pair differ neither in part nor in field."""
    faults = []
    for case in cases(rule):
        keys = [
            (row.get("department_a"), row["id_a"], row["id_b"], row["part"] or row["field"])
            for row in run_case(case).found
        ]
        if len(keys) != len(set(keys)):
            faults.append(f"{case.name}: two findings would have one finding_id")
    return faults


_CHECKS: Mapping[str, Callable[[type[Rule]], list[str]]] = {
    "form": _form,
    "docstring": _docstring,
    "texts": _texts,
    "english": _english,
    "answers": _answers,
    "told-apart": _told_apart,
}


def _said(rule: type[Rule]) -> dict[str, Mapping[str, str]]:
    """Return all texts of a rule that are there, by part, in both languages."""
    found = {part: rule_text(rule, part) for part in ("title", *SENTENCES, *IN_CATALOGUE)}
    return {part: texts for part, texts in found.items() if texts is not None}


def _placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}
