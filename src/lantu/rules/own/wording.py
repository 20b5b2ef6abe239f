"""What a finding of a planner's own rule says: the objects, their values, the condition in its own words."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from lantu.messages import Message, listed, message, say
from lantu.rules.own.condition import names_in
from lantu.rules.own.judging import of_pairs, value_of
from lantu.rules.own.scope import OTHER, SUBJECT, unit_of
from lantu.standards import column_label, label, standard_label

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pygeofilter import ast

    from lantu.messages import Language
    from lantu.model import BoolArray, ObjectArray
    from lantu.relations import Pairs
    from lantu.rules.own.scope import Scope


@dataclass(frozen=True)
class Object(Message):
    """What an object is, by its standard (``key``): plot, pipe; with a capital where it starts a sentence."""

    def text(self, language: Language) -> str:
        """Return the standard's name in ``language``."""
        said = standard_label(self.key, language)
        return said[:1].upper() + said[1:] if self.values.get("first") else said


@dataclass(frozen=True)
class Named(Message):
    """A column or a measure as people call it; ``key`` is its name in a condition."""

    def text(self, language: Language) -> str:
        """Return what it is called in ``language``."""
        side, _, column = self.key.partition(".")
        return column_label(column, language) if column else say(f"rules.own.measure.{side}", language)


@dataclass(frozen=True)
class Value(Message):
    """A value of a column; ``key`` is the column, and a word is said by its label."""

    def text(self, language: Language) -> str:
        """Return the value in ``language``, with its unit."""
        value, unit = self.values["value"], self.values["unit"]
        if value is None:
            return say("rules.own.no_value", language)
        if unit in UNITS:
            return say(f"rules.own.unit.{unit}", language, value=value)
        said = label(self.key.partition(".")[2], value, language)
        return said if said != value else say("rules.own.plain", language, value=value)


UNITS = frozenset({"m2", "m", "mm", "kv"})

LINE_BREAK = re.compile(r"\s*\n\s*")


def plain_text(value: Any) -> str | None:  # noqa: ANN401  # any value of a canonical column
    """Return a value as findings write it; None for a missing one."""
    if value is None or value is pd.NaT or (isinstance(value, float) and np.isnan(value)):
        return None
    if isinstance(value, dt.date):
        return value.isoformat()[:10]
    return f"{value:.10g}" if isinstance(value, int | float) else str(value)


def plain_texts(values: Iterable[Any]) -> ObjectArray:
    """Return values as findings write them, shape (n,), None for missing ones."""
    return column_of(plain_text(value) for value in values)


def column_of(values: Iterable[object]) -> ObjectArray:
    """Return values as an object array, whatever they are."""
    every = list(values)
    column = np.empty(len(every), dtype=object)
    column[:] = every
    return column


def told(pairs: Pairs, names: Sequence[str], condition: str | None, scope: Scope) -> ObjectArray:
    """Return the end of each sentence: whose values are what, and the condition as it was written."""
    on_one_line = LINE_BREAK.sub(" ", condition or "")
    of_sides = [
        (ids, [name for name in names if name.startswith(f"{side}.")])
        for side, ids in ((SUBJECT, pairs.subject.ids), (OTHER, pairs.other.ids))
    ]
    texts = {name: plain_texts(value_of(pairs, name)) for _, of_side in of_sides for name in of_side}
    said = []
    for row in range(len(pairs)):
        sides = [
            message(
                "rules.own.side",
                id=ids[row],
                values=listed([_stated(name, texts[name][row], scope) for name in of_side]),
            )
            for ids, of_side in of_sides
            if of_side
        ]
        with_values = message("rules.own.values", values=_together(sides)) if sides else ""
        with_condition = message("rules.own.condition", condition=on_one_line) if condition else ""
        said.append(message("rules.own.told", values=with_values, condition=with_condition))
    return column_of(said)


def _together(sides: Sequence[Message]) -> Message:
    """Return what is said of one object or of both."""
    return sides[0] if len(sides) == 1 else message("rules.own.both_sides", one=sides[0], two=sides[1])


def _stated(name: str, text: str | None, scope: Scope) -> Message:
    value = Value(name, {"value": text, "unit": unit_of(scope, name)})
    return message("rules.own.value", column=Named(name), value=value)


def reasons(
    pairs: Pairs, parts: Sequence[ast.Node], keys: Sequence[str], *, in_doubt: BoolArray
) -> ObjectArray:
    """Return why each pair cannot be decided: the values it lacks, or a distance too near its limit.

    ``in_doubt`` are the pairs for which a missing key of the table leaves several requirements.
    """
    lacks: dict[str, Any] = {}
    for part in parts:
        found = of_pairs(pairs, [part])
        for name in dict.fromkeys(names_in(part)):
            missing = ~(found.true | found.false) & pd.isna(value_of(pairs, name))
            lacks[name] = lacks.get(name, False) | missing
    lacks |= {name: in_doubt & pd.isna(value_of(pairs, name)) for name in keys}
    said = []
    for row in range(len(pairs)):
        names = [_whose(pairs, row, name) for name, missing in lacks.items() if missing[row]]
        within = message("rules.own.within", tolerance_m=pairs.tolerance_m)
        said.append(message("rules.own.lacking", names=listed(names)) if names else within)
    return column_of(said)


def _whose(pairs: Pairs, row: int, name: str) -> Message:
    """Return a missing column with the id of the object that lacks it; a measure by its name."""
    if "." not in name:
        return Named(name)
    layer, rows = (pairs.a, pairs.rows_a) if name.startswith(f"{SUBJECT}.") else (pairs.b, pairs.rows_b)
    owner = layer.ids[rows[row]] if layer is not None else ""
    return message("rules.own.whose", id=owner, column=Named(name))
