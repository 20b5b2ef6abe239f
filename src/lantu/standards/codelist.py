"""Code lists of land use: from a code (or a name) to one canonical class, or honestly to none."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from lantu.errors import StandardError
from lantu.messages import message
from lantu.standards.distinct import distinct
from lantu.standards.enumeration import normal, use_classes
from lantu.standards.mistakes import StandardMistakes
from lantu.standards.suggestion import closest, did_you_mean
from lantu.standards.tables import RECALLED, reference_table
from lantu.standards.user_table import UserRow, read_user_table, repeated_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from lantu.messages import Language, Message
    from lantu.model import ObjectArray

Status = Literal["known", "unknown", "ambiguous", "empty"]

CODE_LISTS: tuple[str, ...] = (
    "gbt21010-2017",
    "third-survey",
    "spatial-2023",
    "spatial-2020-trial",
    "gb50137-2011",
)
"""The shipped code lists."""

SCHEMES = {"spatial-2020-trial": "spatial_2020"}
"""Name of a list in the crosswalk where it is not the name of the list itself."""

SINGLE = frozenset({"exact", "narrower"})
"""Relations of the crosswalk under which a code has one canonical class and no other."""


@dataclass(frozen=True, kw_only=True)
class Code:
    """One code: its names, and its classes.

    Where ``single`` does not hold, ``classes`` are those that it touches, and may be one (in part) or none.
    """

    code: str
    name_zh: str
    name_en: str
    classes: tuple[str, ...]
    single: bool
    recalled: bool


class Reading(NamedTuple):
    """What a column of codes means, shape (n,) each: the code in the list, its class, and the status."""

    codes: ObjectArray
    classes: ObjectArray
    status: ObjectArray


class Classification(NamedTuple):
    """Canonical classes (None where there is no single one) and ``Status`` words, shape (n,) each."""

    classes: ObjectArray
    status: ObjectArray


@dataclass(frozen=True, kw_only=True)
class CodeList:
    """A code list by normalised code and by name; ``source`` is its own name or the user's path."""

    name: str
    source: str
    entries: Mapping[str, Code]
    names: Mapping[str, tuple[Code, ...]]

    def find(self, text: str) -> tuple[Code, ...]:
        """Return the entries that ``text`` means: by code, by code that lost its leading zero, by name."""
        key = code_key(text)
        if key.endswith(".0") and key.removesuffix(".0").isdigit():
            key = key.removesuffix(".0")
        found = self.entries.get(key) or (self.entries.get("0" + key) if key.isdigit() else None)
        return (found,) if found is not None else self.names.get(normal(text), ())

    def parent(self, text: str) -> Code | None:
        """Return the longest code of the list that begins ``text``, for suggestions only."""
        key = code_key(text)
        parents = (self.entries.get(key[:length]) for length in range(len(key) - 1, 0, -1))
        return next((parent for parent in parents if parent is not None), None)

    def read(self, values: ObjectArray) -> Reading:
        """Return codes as the list writes them, classes and status; unknown values keep their own text."""
        kinds = distinct(values)
        found = [self.find(text) for text in kinds.texts]
        codes = [
            entries[0].code if len(entries) == 1 else text
            for entries, text in zip(found, kinds.texts, strict=True)
        ]
        status = kinds.spread([_status(entries) for entries in found])
        status[kinds.empty] = "empty"
        return Reading(kinds.spread(codes), kinds.spread([_class(entries) for entries in found]), status)

    def classify(self, codes: ObjectArray) -> Classification:
        """Return the canonical class of each code and whether it is known, unknown, ambiguous or empty."""
        reading = self.read(codes)
        return Classification(reading.classes, reading.status)

    def labels(self, codes: ObjectArray, language: Language) -> ObjectArray:
        """Return the list's own names of the codes; a code that is not in the list stands for itself."""
        kinds = distinct(codes)
        named = []
        for text in kinds.texts:
            found = self.find(text)
            name = (found[0].name_zh if language == "zh" else found[0].name_en) if found else ""
            named.append(name or text)
        return kinds.spread(named)


def code_list(name: str | Path, *, base: Path | None = None) -> CodeList:
    """Return a shipped code list by name, or a user's own from a CSV file (code, name, class).

    A relative path is taken from ``base``. ``class`` is a canonical class, empty where the code has
    none, or several separated by ``|``; codes without a single class are ambiguous, never guessed.

    Raises
    ------
    StandardError
        No such list or file; StandardMistakes lists all its bad rows with their lines.
    """
    if isinstance(name, str) and name in CODE_LISTS:
        return _shipped(name)
    path = Path(name)
    located = path if base is None else base / path
    if isinstance(name, str) and path.suffix.lower() != ".csv" and not located.is_file():
        raise StandardError(
            message("standards.codelist.unknown", name=name, hint=did_you_mean(name, CODE_LISTS))
        )
    return _from_file(located, shown=str(name))


def code_key(text: str) -> str:
    """Return a code in half width and upper case, without spaces."""
    return "".join(unicodedata.normalize("NFKC", text).split()).upper()


@cache
def _shipped(name: str) -> CodeList:
    stem = name.replace("-", "_")
    scheme = SCHEMES.get(name, stem)
    crosswalk = {row["code"]: row for row in reference_table("landuse_crosswalk") if row["scheme"] == scheme}
    # CZCSXM qualifiers (201 城市 …) stand in the third survey's table but are no land-use codes
    rows = [row for row in reference_table(f"landuse_{stem}") if row["code"] in crosswalk]
    inside: dict[str, list[str]] = {}
    for row in reversed(rows):  # a code stands after the one above it
        own = [crosswalk[row["code"]]["canonical"], *inside.get(row["code"], [])]
        inside[row["parent"]] = [*own, *inside.get(row["parent"], [])]
    codes = [_shipped_code(row, crosswalk[row["code"]], inside.get(row["code"], [])) for row in rows]
    return _assemble(name, name, codes)


def _shipped_code(row: Mapping[str, str], crossing: Mapping[str, str], inside: list[str]) -> Code:
    single = crossing["relation"] in SINGLE
    return Code(
        code=row["code"],
        name_zh=row["zh_name"],
        name_en=row.get("en_name", ""),
        classes=tuple(dict.fromkeys([crossing["canonical"], *([] if single else inside)])),
        single=single,
        recalled=crossing["confidence"] == RECALLED,
    )


def _from_file(path: Path, *, shown: str) -> CodeList:
    rows = read_user_table(path, columns=("code", "name", "class"), shown=shown)
    mistakes = [mistake for row in rows for mistake in _row_mistakes(row, shown)]
    keys = [(row.line, code_key(row.values["code"])) for row in rows if row.values["code"]]
    mistakes += repeated_lines(keys, shown=shown)
    if mistakes:
        raise StandardMistakes(
            message("standards.codelist.mistakes", path=shown, count=len(mistakes)), tuple(mistakes)
        )
    return _assemble(shown, shown, [_user_code(row) for row in rows])


def _row_mistakes(row: UserRow, shown: str) -> list[Message]:
    """Return what is wrong with one row of a user's list: no code, or a class that does not exist."""
    words = use_classes().words
    mistakes = []
    if not row.values["code"]:
        mistakes.append(message("standards.codelist.no_code", path=shown, line=row.line))
    mistakes += [
        message(
            "standards.codelist.unknown_class",
            path=shown,
            line=row.line,
            name=name,
            hint=did_you_mean(name, words) if closest(name, words) else message("standards.hint.classes"),
        )
        for name in _class_names(row)
        if use_classes().find(name) is None
    ]
    return mistakes


def _user_code(row: UserRow) -> Code:
    found = (use_classes().find(name) for name in _class_names(row))
    classes = tuple(dict.fromkeys(spelling.word for spelling in found if spelling is not None))
    return Code(
        code=row.values["code"],
        name_zh=row.values["name"],
        name_en=row.values["name"],
        classes=classes,
        single=len(classes) == 1,
        recalled=False,
    )


def _class_names(row: UserRow) -> list[str]:
    return [name.strip() for name in row.values["class"].split("|") if name.strip()]


def _assemble(name: str, source: str, codes: Iterable[Code]) -> CodeList:
    entries = {code_key(code.code): code for code in codes}
    names: dict[str, tuple[Code, ...]] = {}
    for code in entries.values():
        for spelled in dict.fromkeys((normal(code.name_zh), normal(code.name_en))):
            if spelled:
                names[spelled] = (*names.get(spelled, ()), code)
    return CodeList(name=name, source=source, entries=entries, names=names)


def _class(entries: tuple[Code, ...]) -> str | None:
    """Return the one class of all entries, None where there is none or more than one."""
    classes = {name for entry in entries for name in entry.classes}
    single = len(classes) == 1 and all(entry.single for entry in entries)
    return classes.pop() if single else None


def _status(entries: tuple[Code, ...]) -> Status:
    if not entries:
        return "unknown"
    return "ambiguous" if _class(entries) is None else "known"
