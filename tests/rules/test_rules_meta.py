"""Every registered rule keeps the house form: documented, translated, tested by its own cases."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from lantu.messages import LANGUAGES, catalogue
from lantu.rules import catalogue as rules
from lantu.rules.explanation import HEADINGS, IN_CATALOGUE, rule_data
from lantu.testing import rule_checks

if TYPE_CHECKING:
    from lantu.rules import Rule
    from lantu.testing import RuleCheck

ALL_RULES = rules()

each_rule = pytest.mark.parametrize("rule", ALL_RULES, ids=lambda rule: rule.code)


@pytest.mark.parametrize("check", rule_checks(*ALL_RULES), ids=str)
def test_rule(check: RuleCheck) -> None:
    """What third parties check of their rules too: the form, the texts, and each known answer."""
    check()


@each_rule
def test_code_is_of_the_catalogue(rule: type[Rule]) -> None:
    assert re.fullmatch(r"[A-Z]{2}\d{2}", rule.code)


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
def test_texts_of_reports_stand_in_the_catalogue_and_the_rest_beside_the_rule(rule: type[Rule]) -> None:
    assert {f"rules.{rule.code}.{part}" for part in ("title", "message", *IN_CATALOGUE)} <= set(catalogue())
    assert set(rule_data(rule)["zh"]) == set(HEADINGS) - set(IN_CATALOGUE)
    assert not set(LANGUAGES) & set(rule_data(rule)) - {"zh"}


@each_rule
def test_further_sentences_of_a_rule_fill_the_same_values_in_both_languages(rule: type[Rule]) -> None:
    for key, texts in catalogue().items():
        if key.startswith(f"rules.{rule.code}."):
            used = [set(re.findall(r"{(\w+)", texts[language])) for language in LANGUAGES]
            assert used[0] == used[1], key
