"""What names say: words of layers and folders, and fields by their spellings and observed aliases."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from lantu.standards import reference_table
from lantu.standards.enumeration import normal

if TYPE_CHECKING:
    from collections.abc import Mapping

ANY = "*"
"""Stands for every standard: ``NAME`` is a name wherever it occurs."""

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_ALIAS = re.compile(r"(?P<name>[^|]+?)\s*\((?P<count>\d+)\)")
_SPLIT = re.compile(r"[^0-9a-z\u3400-\u9fff]+")
_WIDE = re.compile(r"[\u3400-\u9fff]")

DRAWN = ("shape_", "st_area", "st_length", "shape.")
"""Fields that a database fills in from the geometry itself: they record nothing."""

GENERIC_WEIGHT = 0.45
"""A spelling that means a name or a number anywhere speaks for no standard, even if one lists it."""

FOLDER_SHARE = 0.34
"""A word of a folder's name counts this much of the same word in the layer's own name."""


@dataclass(frozen=True, kw_only=True)
class Meaning:
    """One reading of a field's name; ``alias`` is the name by which it was recognised, if another."""

    standard: str
    column: str
    weight: float
    alias: str | None = None


@dataclass(frozen=True, kw_only=True)
class LayerWord:
    """A word of a layer's or folder's name that speaks for a standard, or for one value in all of it."""

    word: str
    standard: str
    column: str
    value: str
    weight: float


def field_meanings(name: str) -> tuple[Meaning, ...]:
    """Return what a field of this name can hold, the likeliest first."""
    key = normal(name)
    if key.startswith(DRAWN):
        return ()
    found = [*_spelled().get(key, ())]
    for alias, share in _observed().get(key, ()):
        found += [
            Meaning(standard=one.standard, column=one.column, weight=one.weight * share, alias=alias)
            for one in _spelled().get(normal(alias), ())
        ]
    best: dict[tuple[str, str], Meaning] = {}
    for one in found:
        held = best.get((one.standard, one.column))
        if held is None or one.weight > held.weight:
            best[one.standard, one.column] = one
    return tuple(sorted(best.values(), key=lambda one: (-one.weight, one.standard, one.column)))


def layer_words(title: str, folders: tuple[str, ...] = ()) -> tuple[LayerWord, ...]:
    """Return the known words in a layer's name, and, with less weight, in the names of its folders."""
    own = [word for word in _layer_table() if _contains(title, word.word)]
    around = [
        replace(word, weight=word.weight * FOLDER_SHARE)
        for word in _layer_table()
        if word not in own and any(_contains(folder, word.word) for folder in folders)
    ]
    return (*own, *around)


def tokens(text: str) -> tuple[str, ...]:
    """Return the words of a name: ``DistrictBoundaries_2016`` is district, boundaries, 2016."""
    return tuple(part for part in _SPLIT.split(_CAMEL.sub("_", text).casefold()) if part)


def contains_word(text: str, word: str) -> bool:
    """Say whether a name contains a word: a Chinese one anywhere, any other as words of its own."""
    return _contains(text, word)


def _contains(text: str, word: str) -> bool:
    if _WIDE.search(word):
        return normal(word) in normal(text)
    wanted, present = tokens(word.casefold()), tokens(text)
    size = len(wanted)
    runs = [present[start : start + size] for start in range(len(present) - size + 1)]
    return wanted in runs or tokens(text.casefold()) == wanted


@cache
def _layer_table() -> tuple[LayerWord, ...]:
    return tuple(
        LayerWord(
            word=row["word"],
            standard=row["standard"],
            column=row["column"],
            value=row["value"],
            weight=float(row["weight"]),
        )
        for row in reference_table("guess_layers")
    )


@cache
def _spelled() -> Mapping[str, tuple[Meaning, ...]]:
    """Return the meanings of every spelling in the tables, aliases with a little less weight."""
    found: dict[str, list[Meaning]] = {}

    def add(spelling: str, row: Mapping[str, str], share: float) -> None:
        weight = float(row["weight"]) * share
        meaning = Meaning(standard=row["standard"], column=row["column"], weight=weight)
        if spelling.strip():
            found.setdefault(normal(spelling), []).append(meaning)

    columns: dict[tuple[str, str], list[Mapping[str, str]]] = {}
    for row in reference_table("guess_columns"):
        columns.setdefault((row["layer"], row["canonical"]), []).append(row)
    for field in reference_table("schema_fields"):
        for row in columns.get((field["layer"], field["canonical"]), ()):
            for spelling in (*field["field"].split("|"), field["zh_name"]):
                add(spelling, row, 1.0)
            for alias in field["aliases"].split("|"):
                add(alias, row, 0.8)
    for row in reference_table("guess_spellings"):
        add(row["spelling"], row, 1.0)
    return MappingProxyType({key: _levelled(meanings) for key, meanings in found.items()})


def _levelled(meanings: list[Meaning]) -> tuple[Meaning, ...]:
    """Return the meanings of one spelling, none of them weighty where it means something everywhere."""
    if all(one.standard != ANY for one in meanings):
        return tuple(meanings)
    return tuple(replace(one, weight=min(one.weight, GENERIC_WEIGHT)) for one in meanings)


@cache
def _observed() -> Mapping[str, tuple[tuple[str, float], ...]]:
    """Return the aliases of the fields counted in a real one-map, each with its share."""
    found: dict[str, tuple[tuple[str, float], ...]] = {}
    for row in reference_table("schema_observed_fields"):
        counted = [(one["name"], int(one["count"])) for one in _ALIAS.finditer(row["aliases"])]
        named = [(name, count) for name, count in counted if name != "(empty)"]
        total = sum(count for _, count in named)
        found[normal(row["field"])] = tuple((name, count / total) for name, count in named)
    return MappingProxyType(found)
