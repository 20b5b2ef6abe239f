"""Write the reference pages of the standards, from the tables that the program itself reads.

``make reference`` runs this; a test fails where the pages are older than the tables.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pages import table, write_pages

from lantu.standards import (
    CODE_LISTS,
    STANDARDS,
    column_label,
    reference_table,
    standard,
    standard_label,
    units,
    value_label,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lantu.messages import Language
    from lantu.standards import Column


MOST_SPELLINGS = 12
"""Spellings of one word that a page lists; the table has all."""

WORDS: dict[str, dict[Language, str]] = {
    "title": {"zh": "数据标准参考", "en": "Standards reference"},
    "made": {
        "zh": (
            "本页由 `make reference` 根据程序所用的表生成，请勿手工修改。"
            "共 {count} 种数据标准；"
            "表在 `src/lantu/standards/data`，每行注明来源，"
            "标 `recalled` 的凭记忆录入，引用前请核对原文。"
        ),
        "en": (
            "Made by `make reference` from the tables that the program reads; do not edit. "
            "{count} standards; the tables stand in `src/lantu/standards/data`, each row with its source; "
            "rows marked `recalled` are to be checked before they are cited."
        ),
    },
    "geometry": {"zh": "几何类型", "en": "Geometry"},
    "accuracy": {
        "zh": "未声明时的平面中误差：{value:g} m（{confidence}）",
        "en": "Standard error where none is stated: {value:g} m ({confidence})",
    },
    "coverage": {"zh": "同层要素共边，不应重叠或留缝", "en": "Features of one layer share their boundaries"},
    "column": {"zh": "字段", "en": "Column"},
    "name": {"zh": "含义", "en": "Meaning"},
    "type": {"zh": "类型", "en": "Type"},
    "unit": {"zh": "单位", "en": "Unit"},
    "required": {"zh": "必填", "en": "Required"},
    "plausible": {"zh": "合理范围", "en": "Plausible"},
    "yes": {"zh": "是", "en": "yes"},
    "words": {"zh": "枚举取值", "en": "Words of enumerations"},
    "word": {"zh": "标准值", "en": "Word"},
    "spellings": {"zh": "可识别的写法（部分）", "en": "Spellings that are known (some)"},
    "classes": {"zh": "用地类别", "en": "Land-use classes"},
    "class": {"zh": "类别", "en": "Class"},
    "construction": {"zh": "建设用地", "en": "Construction"},
    "lists": {"zh": "用地编码表", "en": "Land-use code lists"},
    "list": {"zh": "编码表", "en": "Code list"},
    "codes": {"zh": "编码数", "en": "Codes"},
    "units": {"zh": "单位", "en": "Units"},
    "factor": {"zh": "换算为基本单位", "en": "In base units"},
}

TYPES: dict[str, dict[Language, str]] = {
    "text": {"zh": "文本", "en": "text"},
    "number": {"zh": "数值", "en": "number"},
    "integer": {"zh": "整数", "en": "whole number"},
    "code": {"zh": "用地编码", "en": "land-use code"},
    "class": {"zh": "用地类别", "en": "land-use class"},
    "enum": {"zh": "枚举", "en": "enumeration"},
    "date": {"zh": "日期", "en": "date"},
}


def page(language: Language) -> str:
    """Return the page of all shipped standards in a language, as Markdown."""
    lines = [f"# {_word('title', language)}", "", _word("made", language).format(count=len(STANDARDS))]
    for name in STANDARDS:
        lines += _standard(name, language)
    lines += ["", f"## {_word('words', language)}", *_enumerations(language)]
    lines += ["", f"## {_word('classes', language)}", "", *_classes(language)]
    lines += ["", f"## {_word('lists', language)}", "", *_lists(language)]
    lines += ["", f"## {_word('units', language)}", "", *_units(language)]
    return "\n".join(lines) + "\n"


def _standard(name: str, language: Language) -> list[str]:
    one = standard(name)
    accuracy = _word("accuracy", language).format(value=one.accuracy_m, confidence=one.accuracy_confidence)
    lines = ["", f"## `{name}` {standard_label(name, language)}", ""]
    lines += [f"- {_word('geometry', language)}: {', '.join(one.geometry)}", f"- {accuracy}"]
    lines += [f"- {_word('coverage', language)}"] if one.coverage else []
    heads = [_word(key, language) for key in ("column", "name", "type", "unit", "required", "plausible")]
    rows = [_column(column, language) for column in one.columns.values()]
    return [*lines, "", *_shown(heads, rows)]


def _column(column: Column, language: Language) -> list[str]:
    kind = TYPES[column.type][language]
    if column.enumeration is not None:
        kind += f" `{column.enumeration.name}`"
    ends = [f"{end:g}" if end is not None else "" for end in (column.minimum, column.maximum)]
    return [
        f"`{column.name}`",
        column_label(column.name, language),
        kind,
        column.unit.name if column.unit else "",
        _word("yes", language) if column.required else "",
        " … ".join(ends) if any(ends) else "",
    ]


def _enumerations(language: Language) -> list[str]:
    lines: list[str] = []
    named = {
        column.enumeration.name: (column.enumeration, f"{name}.{column.name}")
        for name in STANDARDS
        for column in standard(name).columns.values()
        if column.enumeration is not None
    }
    for name, (one, column) in sorted(named.items()):
        rows = []
        for word in one.words:
            known = [text for text, meant in one.spellings.items() if meant.word == word and text != word]
            rows.append([f"`{word}`", value_label(column, word, language), "、".join(known[:MOST_SPELLINGS])])
        heads = [_word(key, language) for key in ("word", "name", "spellings")]
        lines += ["", f"### `{name}`", "", *_shown(heads, rows)]
    return lines


def _classes(language: Language) -> list[str]:
    heads = [_word(key, language) for key in ("class", "name", "construction")]
    rows = [
        [
            f"`{row['canonical']}`",
            row["zh_name" if language == "zh" else "en_name"],
            _word("yes", language) if row["is_construction"] == "yes" else "",
        ]
        for row in reference_table("landuse_canonical")
    ]
    return _shown(heads, rows)


def _lists(language: Language) -> list[str]:
    heads = [_word(key, language) for key in ("list", "codes")]
    rows = [
        [f"`{name}`", str(len(reference_table(f"landuse_{name.replace('-', '_')}")))] for name in CODE_LISTS
    ]
    return _shown(heads, rows)


def _units(language: Language) -> list[str]:
    heads = [_word(key, language) for key in ("unit", "factor", "spellings")]
    rows = [
        [f"`{name}`", f"{float(one.si):.10g} ({one.dimension})", "、".join(one.spellings)]
        for name, one in units().items()
    ]
    return _shown(heads, rows)


def _shown(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    return table(heads, [[_plain(cell) for cell in row] for row in rows])


def _plain(text: str) -> str:
    """Return a cell that Markdown shows as it stands."""
    return " ".join(text.replace("|", "\\|").replace("*", "\\*").replace("<", "\\<").split())


def _word(name: str, language: Language) -> str:
    return WORDS[name][language]


if __name__ == "__main__":
    write_pages("standards", page)
