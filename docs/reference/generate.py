"""Write the reference pages of all shipped rules, from what the rules say of themselves.

``make reference`` runs this; a test fails where the pages are older than the rules. Everything about a rule
comes from the rule: only the headings of the page stand here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pages import table, write_pages

from lantu.cli.outcome import severity_name
from lantu.rules import BlueprintRule, PairRule, explain, parameters_of
from lantu.rules.explanation import HEADINGS, rule_data
from lantu.rules.registry import shipped

if TYPE_CHECKING:
    from lantu.messages import Language
    from lantu.rules import Rule


WORDS: dict[str, dict[Language, str]] = {
    "title": {"zh": "规则参考", "en": "Rule reference"},
    "made": {
        "zh": "本页由 `make reference` 根据规则自身的说明生成，请勿手工修改。共 {count} 条规则。",
        "en": "Made by `make reference` from what the rules say of themselves; do not edit. {count} rules.",
    },
    "code": {"zh": "规则", "en": "Rule"},
    "name": {"zh": "名称", "en": "Title"},
    "severity": {"zh": "严重程度", "en": "Severity"},
    "finds": {"zh": "检查内容", "en": "What it finds"},
    "why": {"zh": "为何重要", "en": "Why it matters"},
    "basis": {"zh": "依据", "en": "Basis"},
    "example": {"zh": "示例", "en": "Example"},
    "resolve": {"zh": "处理建议", "en": "How to resolve"},
    "trap": {"zh": "易误判之处", "en": "Trap"},
    "looks": {"zh": "检查对象", "en": "What it looks at"},
    "subjects": {"zh": "图层类型", "en": "Subjects"},
    "against": {"zh": "对照图层类型", "en": "Against"},
    "relation": {"zh": "空间或标识关系", "en": "Relation"},
    "any": {"zh": "任何图层", "en": "any layer"},
    "whole": {"zh": "整个蓝图", "en": "the blueprint as a whole"},
    "parameters": {"zh": "参数与默认值", "en": "Parameters and defaults"},
    "parameter": {"zh": "参数", "en": "Parameter"},
    "default": {"zh": "默认值", "en": "Default"},
    "cases": {"zh": "已知答案（随规则一起测试）", "en": "Known answers (tested with the rule)"},
}


def page(language: Language) -> str:
    """Return the page of all shipped rules in a language, as Markdown."""
    rules = sorted(shipped(), key=lambda rule_type: rule_type.code)
    lines = [f"# {_word('title', language)}", "", _word("made", language).format(count=len(rules))]
    for family in sorted({rule_type().family for rule_type in rules}):
        members = [rule_type for rule_type in rules if rule_type().family == family]
        lines += ["", f"**{family}**", "", *_contents(members, language)]
    for rule_type in rules:
        lines += _rule(rule_type, language)
    return "\n".join(lines) + "\n"


def _contents(rules: list[type[Rule]], language: Language) -> list[str]:
    rows = [
        (
            f"[{one.code}](#{_slug(_heading(one, language))})",
            _plain(explain(one, language)["title"]),
            _severity(one, language),
        )
        for one in rules
    ]
    return table([_word(name, language) for name in ("code", "name", "severity")], rows)


def _rule(rule_type: type[Rule], language: Language) -> list[str]:
    """Return the lines about one rule, beginning with a short anchor that links from outside may use."""
    told = explain(rule_type, language)
    code = rule_type.code
    lines = ["", f'<a id="{code.lower()}"></a>', "", f"## {_heading(rule_type, language)}", ""]
    lines += [f"`{rule_type.name}` · {_word('severity', language)}: {_severity(rule_type, language)}"]
    for part in HEADINGS:
        lines += ["", f"**{_word(part, language)}**", "", _plain(told[part])]
    lines += ["", f"**{_word('looks', language)}**", "", *_looks(rule_type, language)]
    rows = [(f"`{name}`", _default(value)) for name, value in parameters_of(rule_type).items()]
    heads = [_word("parameter", language), _word("default", language)]
    lines += ["", f"**{_word('parameters', language)}**", "", *table(heads, rows)]
    says = "says" if language == "en" else "says_zh"
    lines += ["", f"**{_word('cases', language)}**", ""]
    return [*lines, *(f"- {_plain(case[says])}" for case in rule_data(rule_type).get("case", ()))]


def _heading(rule_type: type[Rule], language: Language) -> str:
    return f"{rule_type.code} {_plain(explain(rule_type, language)['title'])}"


def _slug(heading: str) -> str:
    """Return the anchor of a heading as Git forges and the documentation's builder make it."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def _looks(rule_type: type[Rule], language: Language) -> list[str]:
    """Return what a rule looks at: its subjects and, for pairs, the other side and how they meet."""
    if issubclass(rule_type, BlueprintRule):
        return [f"- {_word('subjects', language)}: {_word('whole', language)}"]
    lines = [f"- {_word('subjects', language)}: {_standards(rule_type.subjects, language)}"]
    if issubclass(rule_type, PairRule):
        if rule_type.against:
            lines.append(f"- {_word('against', language)}: {_standards(rule_type.against, language)}")
        lines.append(f"- {_word('relation', language)}: `{rule_type().relation.kind}`")
    return lines


def _standards(names: tuple[str, ...], language: Language) -> str:
    shown = (_word("any", language) if name == "*" else f"`{name}`" for name in names)
    return ("、" if language == "zh" else ", ").join(shown)


def _severity(rule_type: type[Rule], language: Language) -> str:
    return severity_name(parameters_of(rule_type)["severity"]).text(language)


def _default(value: Any) -> str:  # noqa: ANN401  # a default of any type
    if isinstance(value, list | tuple):
        return ", ".join(_default(one) for one in value) or "-"
    return "-" if value is None else f"`{value}`"


def _plain(text: str) -> str:
    """Return a text that Markdown shows as it stands."""
    for sign in "\\`*_<[|":
        text = text.replace(sign, f"\\{sign}")
    return " ".join(text.split())


def _word(name: str, language: Language) -> str:
    return WORDS[name][language]


if __name__ == "__main__":
    write_pages("rules", page)
