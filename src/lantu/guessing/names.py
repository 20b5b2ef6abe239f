"""What names say: words of layers and folders, and fields by their spellings and observed aliases.

A field is looked up as it stands, without its separators (``LOT_AREA``, ``LotArea``), without a unit at
its end (``限高_米``, ``AREA_HA``), as a Shapefile cuts it, after ten bytes (``建筑高`` of 建筑高度), and,
where the tables do not have it, as the letters of a Chinese name that they have (``jianzhugaodu``,
``JZGD``). A spelling with ``*`` in the tables is a pattern over the words of the name.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from lantu.guessing.pinyin import contains_written_out, initials, written_out
from lantu.standards import reference_table
from lantu.standards.enumeration import normal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ANY = "*"
"""Stands for every standard: ``NAME`` is a name wherever it occurs."""

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Za-z])(?=[0-9])|(?<=[0-9])(?=[A-Za-z])")
_ALIAS = re.compile(r"(?P<name>[^|]+?)\s*\((?P<count>\d+)\)")
_SPLIT = re.compile(r"[^0-9a-z\u3400-\u9fff]+")
_WIDE = re.compile(r"[\u3400-\u9fff]")
_SEPARATORS = re.compile(r"[_\-.:]+")
_REPEATED = re.compile(r"_\d{1,2}$")
"""What is put behind a name that occurs twice in a table: ``ZONE_1``."""

ALIAS_SHARE = 0.8

CUT_AT = 10
"""Bytes that a Shapefile keeps of a field's name; a Chinese character is two in GBK and three in UTF-8."""

CUT_SHARE = 0.8
"""A name that was cut says this much of the whole one."""

WRITTEN_OUT_SHARE, INITIALS_SHARE = 0.9, 0.7
"""So do the syllables of a Chinese name in letters, and their initials."""

DRAWN = ("shape_", "st_area", "st_length", "shape.")
"""Fields that a database fills in from the geometry itself: they record nothing."""

GENERIC_WEIGHT = 0.45
"""A spelling that means a name or a number anywhere speaks for no standard, even if one lists it."""

FOLDER_SHARE = 0.34
"""A word of a folder's name counts this much of the same word in the layer's own name."""


@dataclass(frozen=True, kw_only=True)
class Meaning:
    """One reading of a field's name; ``alias`` is the name by which it was recognised, if another.

    ``unit`` is the unit that the name states. An empty ``column`` says that the field speaks for the
    standard without holding any column of it: a table with a year of construction is one of buildings.
    """

    standard: str
    column: str
    weight: float
    alias: str | None = None
    unit: str | None = None


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
    if normal(name).startswith(DRAWN):
        return ()
    found = _looked_up(name)
    bare, unit = split_unit(name)
    if unit is not None:
        found += [replace(one, unit=unit) for one in _looked_up(bare)]
    for alias, share in _observed().get(normal(name), ()):
        found += [
            replace(one, weight=one.weight * share, alias=alias) for one in _spelled().get(_key(alias), ())
        ]
    best: dict[tuple[str, str], Meaning] = {}
    for one in found:
        held = best.get((one.standard, one.column))
        if held is None or one.weight > held.weight:
            best[one.standard, one.column] = one
    return tuple(sorted(best.values(), key=lambda one: (-one.weight, one.standard, one.column)))


def split_unit(name: str) -> tuple[str, str | None]:
    """Return a field's name without the unit at its end, and that unit: ``限高(米)`` is 限高 in ``m``."""
    text = unicodedata.normalize("NFKC", name).strip()
    for word, unit in _unit_words():
        bracketed = next((end for end in (f"({word})", f"[{word}]") if text.casefold().endswith(end)), None)
        if bracketed is not None:
            return text.removesuffix(text[-len(bracketed) :]).rstrip(" _-"), unit
        if not text.casefold().endswith(word):
            continue
        bare = text[: -len(word)]
        if bare and (bare[-1] in "_- /" or _WIDE.search(word) or _WIDE.search(bare[-1])):
            return bare.rstrip(" _-/"), unit
    return name, None


def is_known(name: str) -> bool:
    """Say whether a field's name has a meaning of its own in the tables, of ours or not."""
    return _key(name) in _spelled() or _key(name) in _named_fields()


def _looked_up(name: str) -> list[Meaning]:
    """Return the meanings of a name as it is spelled, and of the patterns that it fits."""
    key = _key(name)
    spelled = _spelled().get(key) or _spelled().get(_key(_REPEATED.sub("", name)), ())
    if not spelled and key not in _named_fields():
        spelled = _in_letters().get(key, ())
    words = "_".join(tokens(name))
    fitting = [meaning for pattern, meaning in _patterns() if fnmatchcase(words, pattern)]
    return [*spelled, *fitting]


def _key(name: str) -> str:
    """Return what two spellings of one name have in common: ``LOT_AREA`` and ``LotArea``."""
    return _SEPARATORS.sub("", normal(name)).rstrip("([")  # a Shapefile cuts 登记面积(亩) there


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
        return normal(word) in normal(text) or contains_written_out(text, word)
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
    """Return the meanings of every spelling in the tables, and of what a Shapefile leaves of it."""
    found: dict[str, list[Meaning]] = {}
    cut: dict[str, list[Meaning]] = {}
    for spelling, meaning in _listed():
        found.setdefault(_key(spelling), []).append(meaning)
        for short in _cut(spelling):
            cut.setdefault(_key(short), []).append(replace(meaning, weight=meaning.weight * CUT_SHARE))
    return MappingProxyType({key: _levelled(meanings) for key, meanings in (cut | found).items()})


@cache
def _in_letters() -> Mapping[str, tuple[Meaning, ...]]:
    """Return the meanings of the Chinese spellings in the tables, by their letters."""
    found: dict[str, list[Meaning]] = {}
    for spelling, meaning in _listed():
        letters = initials(spelling)
        shares = [(short, CUT_SHARE) for whole in written_out(spelling) for short in _cut(whole)]
        shares += [(whole, WRITTEN_OUT_SHARE) for whole in written_out(spelling)]
        shares += [(letters, INITIALS_SHARE)] if letters is not None else []
        for key, share in shares:
            found.setdefault(_key(key), []).append(replace(meaning, weight=meaning.weight * share))
    return MappingProxyType({key: _levelled(meanings) for key, meanings in found.items()})


def _listed() -> Iterator[tuple[str, Meaning]]:
    """Yield every spelling of the tables with its meaning, aliases with a little less weight."""
    columns: dict[tuple[str, str], list[Mapping[str, str]]] = {}
    for row in reference_table("guess_columns"):
        columns.setdefault((row["layer"], row["canonical"]), []).append(row)
    for field in reference_table("schema_fields"):
        for row in columns.get((field["layer"], field["canonical"]), ()):
            for spelling in (*field["field"].split("|"), field["zh_name"]):
                yield spelling, _meaning(row)
            for alias in filter(None, field["aliases"].split("|")):
                yield alias, _meaning(row, share=ALIAS_SHARE)
    for row in reference_table("guess_spellings"):
        if "*" not in row["spelling"]:
            yield row["spelling"], _meaning(row)


def _meaning(row: Mapping[str, str], *, share: float = 1.0) -> Meaning:
    return Meaning(standard=row["standard"], column=row["column"], weight=float(row["weight"]) * share)


def _cut(spelling: str) -> set[str]:
    """Return what a Shapefile leaves of a name that is too long for it."""
    cuts = {spelling.encode(code, "ignore")[:CUT_AT].decode(code, "ignore") for code in ("utf-8", "gbk")}
    return cuts - {spelling}


@cache
def _patterns() -> tuple[tuple[str, Meaning], ...]:
    """Return the patterns of the tables, over the words of a name joined by ``_``."""
    return tuple(
        (row["spelling"].casefold(), _meaning(row))
        for row in reference_table("guess_spellings")
        if "*" in row["spelling"]
    )


@cache
def _unit_words() -> tuple[tuple[str, str], ...]:
    """Return the words for units in names of fields, the longest first."""
    words = [(row["word"].casefold(), row["unit"]) for row in reference_table("guess_units")]
    return tuple(sorted(words, key=lambda pair: (-len(pair[0]), pair)))


@cache
def _named_fields() -> frozenset[str]:
    """Return every field of the data dictionaries, of which many hold nothing that a standard wants."""
    return frozenset(
        _key(spelling)
        for row in reference_table("schema_fields")
        for spelling in (*row["field"].split("|"), row["zh_name"])
    )


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
