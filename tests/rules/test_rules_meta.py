"""Every registered rule keeps the house form: documented, translated, tested by its own cases."""

from __future__ import annotations

import dataclasses
import inspect
import re
import string
from typing import TYPE_CHECKING

import pytest

from lantu.messages import LANGUAGES, catalogue, template
from lantu.model import SEVERITIES
from lantu.rules import catalogue as rules
from lantu.rules import explain, parameters_of
from lantu.rules.cases import Case, cases, differences, run_case
from lantu.rules.explanation import HEADINGS, IN_CATALOGUE, docstring_sections, rule_data

if TYPE_CHECKING:
    from lantu.rules import Rule

ALL_RULES = rules()
ALL_CASES = [case for rule in ALL_RULES for case in cases(rule)]

each_rule = pytest.mark.parametrize("rule", ALL_RULES, ids=lambda rule: rule.code)


@each_rule
def test_docstring_has_the_headings_in_order(rule: type[Rule]) -> None:
    sections = docstring_sections(rule)
    assert list(sections) == list(HEADINGS.values())
    assert all(len(text) > 20 for text in sections.values()), "a section says nothing"
    summary = inspect.cleandoc(rule.__doc__ or "").splitlines()[0]
    assert summary.endswith(".")


@each_rule
def test_is_a_frozen_dataclass_of_its_own(rule: type[Rule]) -> None:
    assert dataclasses.is_dataclass(rule)
    assert rule.__dataclass_params__.frozen  # type: ignore[attr-defined]
    assert "code" in vars(rule)
    assert re.fullmatch(r"[A-Z]{2}\d{2}", rule.code)
    assert re.fullmatch(r"[a-z]+(-[a-z0-9]+)*", rule.name)


@each_rule
def test_file_is_named_by_code_and_name(rule: type[Rule]) -> None:
    family, _, module = rule.__module__.rpartition(".")
    assert module == f"{rule.code.lower()}_{rule.name.replace('-', '_')}"
    assert family.rpartition(".")[2] == rule.code[:2].lower()


def test_codes_and_names_are_unique_and_sorted() -> None:
    codes = [rule.code for rule in ALL_RULES]
    assert codes == sorted(set(codes))
    assert len({rule.name for rule in ALL_RULES}) == len(ALL_RULES)


@each_rule
def test_texts_are_complete_in_both_languages(rule: type[Rule]) -> None:
    for language in LANGUAGES:
        texts = explain(rule, language)
        assert list(texts) == ["title", *HEADINGS]
        assert all(text.strip() for text in texts.values())
    assert set(rule_data(rule)["zh"]) == set(HEADINGS) - set(IN_CATALOGUE)
    assert re.search("[一-鿿]", template(f"rules.{rule.code}.message", "zh"))


@each_rule
def test_english_of_the_catalogue_is_the_docstring(rule: type[Rule]) -> None:
    sections = docstring_sections(rule)
    for part in IN_CATALOGUE:
        assert template(f"rules.{rule.code}.{part}", "en") == sections[HEADINGS[part]]


@each_rule
def test_both_languages_fill_the_same_values(rule: type[Rule]) -> None:
    keys = [key for key in catalogue() if key.startswith(f"rules.{rule.code}.")]
    for key in keys:
        used = {language: _placeholders(key, language) for language in LANGUAGES}
        assert used["zh"] == used["en"], key


@each_rule
def test_parameters_have_plain_defaults(rule: type[Rule]) -> None:
    parameters = parameters_of(rule)
    assert parameters["severity"] in (*SEVERITIES, None)
    for value in parameters.values():
        assert value is None or isinstance(value, (str, int, float))


@each_rule
def test_cases_report_and_stay_silent(rule: type[Rule]) -> None:
    known = cases(rule)
    names = [case.name for case in known]
    assert len(names) == len(set(names))
    assert any(expected.get("verdict") != "undecidable" for case in known for expected in case.expected)
    assert any(not case.expected and not case.data.get("not_checked") for case in known)
    assert all(case.data.get("says_zh") for case in known)
    if f"rules.{rule.code}.undecidable" in catalogue():
        assert any(
            expected.get("verdict") == "undecidable" for case in known for expected in case.expected
        ), "the rule can be undecidable, and no case shows it"


@pytest.mark.parametrize("case", ALL_CASES, ids=lambda case: f"{case.rule.code}-{case.name}")
def test_case_holds(case: Case) -> None:
    assert differences(case) == []


@each_rule
def test_entries_of_one_pair_are_told_apart(rule: type[Rule]) -> None:
    for case in cases(rule):
        keys = [
            (row.get("department_a"), row["id_a"], row["id_b"], row["part"] or row["field"])
            for row in run_case(case).found
        ]
        assert len(keys) == len(set(keys)), case.name


def _placeholders(key: str, language: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template(key, language)) if name}  # type: ignore[arg-type]
