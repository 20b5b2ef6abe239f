"""Standards that other packages bring: a table each, in the form of ``schema.toml``, with their labels.

The entry point's name is the standard's (``green.tree``), its value the package that holds the table as
``green.tree.toml``.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache, partial
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from lantu.errors import PluginError
from lantu.messages import Message, catalogue, message
from lantu.plugins import Plugged, attempt, entries, sorted_out
from lantu.standards.tables import reference_table, schema

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from importlib.metadata import EntryPoint

    from lantu.plugins import Skipped

_NAME = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")

Text = Annotated[str, StringConstraints(pattern=r"\S")]
Word = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Texts = Annotated[tuple[Text, ...], Field(strict=False)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class ColumnTable(_Table):
    """One column, as in ``schema.toml``, with what is plausible in it (``min``, ``max``, ``range_source``).

    ``zh`` and ``en`` are its labels; a column that Lantu knows has them already.
    """

    type: Literal["text", "number", "integer", "code", "class", "enum", "date"]
    unit: Text | None = None
    min: float | None = None
    max: float | None = None
    range_source: Text | None = None
    bound: Literal["max", "min"] | None = None
    prefixes: Texts = ()
    suffixes: Texts = ()
    enumeration: Word | None = None
    zh: Text | None = None
    en: Text | None = None


class WordTable(_Table):
    """One word of an enumeration: its labels, which are spellings of it too, and further spellings."""

    zh: Text
    en: Text
    spellings: Texts = ()


class StandardTable(_Table):
    """A standard, as in ``schema.toml``, its labels, and the enumerations of its columns."""

    zh: Text
    en: Text
    geometry: Annotated[tuple[Literal["polygon", "line", "point"], ...], Field(strict=False, min_length=1)]
    accuracy_m: Annotated[float, Field(gt=0)]
    accuracy_source: Text
    accuracy_confidence: Literal["verified", "recalled"]
    required: Texts = ()
    keeps_z: bool = False
    coverage: bool = False
    columns: dict[Word, ColumnTable]
    enumerations: dict[Word, Annotated[dict[Word, WordTable], Field(min_length=1)]] = Field(
        default_factory=dict
    )

    def schema_entry(self) -> Mapping[str, Any]:
        """Return the standard as ``schema.toml`` has it."""
        return self.model_dump(exclude_none=True, exclude={"zh", "en", "enumerations"})


@cache
def plugged_standards() -> Plugged[tuple[str, StandardTable]]:
    """Return the standards of plug-ins by name; one that does not fit is skipped."""
    taken = set(schema()["standards"])
    words = set(_shipped_enumerations())
    return sorted_out(
        attempt(entry, partial(_accepted, entry, taken, words)) for entry in entries("lantu.standards")
    )


def plugged_tables() -> Mapping[str, StandardTable]:
    """Return the tables of the standards that plug-ins bring, by name."""
    return dict(plugged_standards().found)


def lost_standard(name: str) -> Skipped | None:
    """Return the plug-in that was to bring a standard and is skipped, None where the standard is there."""
    if name in schema()["standards"] or name in plugged_tables():
        return None
    return next((one for one in plugged_standards().skipped if one.part == name), None)


@cache
def enumeration_rows() -> tuple[Mapping[str, str], ...]:
    """Return the words of all enumerations with their spellings, in the form of ``enumerations.csv``."""
    own = (
        {"enumeration": name, "word": word, "spelling": spelling, "code": ""}
        for table in plugged_tables().values()
        for name, words in table.enumerations.items()
        for word, said in words.items()
        for spelling in dict.fromkeys((word, said.zh, said.en, *said.spellings))
    )
    return (*reference_table("enumerations"), *own)


@cache
def label_texts() -> Mapping[str, Mapping[str, str]]:
    """Return labels in both languages by their key in the catalogue, those of plug-ins after the shipped."""
    found: dict[str, Mapping[str, str]] = {
        key: texts for key, texts in catalogue().items() if key.startswith("standards.")
    }
    for name, table in plugged_tables().items():
        for key, texts in _own_labels(name, table):
            found.setdefault(key, texts)
    return MappingProxyType(found)


def _own_labels(name: str, table: StandardTable) -> Iterator[tuple[str, Mapping[str, str]]]:
    yield f"standards.standard_label.{name.replace('.', '_')}", {"zh": table.zh, "en": table.en}
    for column, facts in table.columns.items():
        if facts.zh and facts.en:
            yield f"standards.column_label.{column}", {"zh": facts.zh, "en": facts.en}
    for enumeration, words in table.enumerations.items():
        for word, said in words.items():
            yield f"standards.label.{enumeration}.{word}", {"zh": said.zh, "en": said.en}


def _accepted(entry: EntryPoint, taken: set[str], words: set[str]) -> tuple[str, StandardTable]:
    """Return the name and table of a standard; what it takes is added to ``taken`` and ``words``.

    Raises
    ------
    PluginError
        The name does not fit or is taken, or the table is not there or has mistakes; all are listed.
    """
    name = entry.name
    if not _NAME.fullmatch(name):
        raise PluginError(message("plugins.name", name=name, expected="green.tree"))
    if name in taken:
        raise PluginError(message("plugins.taken", name=name))
    file = f"{name}.toml"
    try:
        text = (files(entry.module) / file).read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise PluginError(message("plugins.standard_file", package=entry.module, file=file)) from error
    try:
        table = StandardTable.model_validate(tomllib.loads(text))
        mistakes = tuple(_mistakes(table, words))
    except ValidationError as error:
        mistakes = tuple(
            message("plugins.standard_mistake", place=".".join(map(str, one["loc"])), detail=one["msg"])
            for one in error.errors(include_url=False)
        )
    if mistakes:
        raise PluginError(message("plugins.standard_table", file=file, count=len(mistakes)), mistakes)
    taken.add(name)
    words.update(table.enumerations)
    return name, table


def _mistakes(table: StandardTable, words: set[str]) -> Iterator[Message]:
    """Yield what the table names that is not there, and which labels it lacks."""
    for name in table.enumerations:
        if name in words:
            yield message("plugins.taken", name=f"enumerations.{name}")
    for name in table.required:
        if name not in (*table.columns, "id"):
            yield message("plugins.standard_word", place="required", name=name)
    for name, column in table.columns.items():
        place = f"columns.{name}"
        if column.unit is not None and column.unit not in schema()["units"]:
            yield message("plugins.standard_word", place=f"{place}.unit", name=column.unit)
        listed = column.enumeration in {*words, *table.enumerations}
        if (column.type == "enum" or column.enumeration is not None) and not listed:
            yield message("plugins.standard_word", place=f"{place}.enumeration", name=column.enumeration)
        stated = [given is not None for given in (column.min, column.max, column.range_source)]
        if any(stated) and not all(stated):
            yield message("plugins.standard_range", place=place)
        known = f"standards.column_label.{name}" in catalogue()
        if not known and not (column.zh and column.en):
            yield message("plugins.standard_label", place=place)


def _shipped_enumerations() -> frozenset[str]:
    return frozenset(row["enumeration"] for row in reference_table("enumerations"))
