"""Gas pressure: from what a department writes to the classes that it can mean."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from lantu.standards.distinct import distinct
from lantu.standards.enumeration import normal
from lantu.standards.tables import reference_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lantu.model import BoolArray, ObjectArray

PREFIX = "gas.pressure_class."
MEASURED = re.compile(r"([0-9]+(?:\.[0-9]+)?)(mpa|kpa|兆帕|千帕|)")
KILOPASCAL = {"kpa", "千帕"}
PLAUSIBLE_MPA = 10.0  # a bare number above this is no pressure in MPa: its unit is unknown


@dataclass(frozen=True, kw_only=True)
class PressureClass:
    """One class of gas pressure; ``above_mpa`` is exclusive, ``up_to_mpa`` inclusive."""

    word: str
    name_zh: str
    above_mpa: float
    up_to_mpa: float


@cache
def pressure_classes() -> tuple[PressureClass, ...]:
    """Return the classes of gas pressure, lowest first."""
    return tuple(
        PressureClass(
            word=row["key"].removeprefix(PREFIX),
            name_zh=row["zh"],
            above_mpa=float(row["min"]) if row["min"] else -np.inf,
            up_to_mpa=float(row["max"]),
        )
        for row in reference_table("pipeline_rules")
        if row["key"].startswith(PREFIX)
    )


def possible_pressures(values: ObjectArray) -> BoolArray:
    """Return which classes each value can mean, shape (n, number of classes).

    ``中压A`` and ``0.3`` (MPa) mean one class, ``中压`` two; an empty or unreadable value can mean
    every class, and a pressure above all classes means none.
    """
    kinds = distinct(values)
    every = np.ones(len(pressure_classes()), dtype=np.bool_)
    table = np.array([*(_possible(text) for text in kinds.texts), every])
    return np.asarray(table[kinds.positions], dtype=np.bool_)


def _possible(text: str) -> BoolArray:
    words = _spelled().get(normal(text))
    if words is not None:
        return np.array([one.word in words for one in pressure_classes()], dtype=np.bool_)
    found = MEASURED.fullmatch(normal(text))
    pressure_mpa = np.nan
    if found:
        pressure_mpa = float(found[1]) / (1000.0 if found[2] in KILOPASCAL else 1.0)
    if not pressure_mpa <= PLAUSIBLE_MPA:
        return np.ones(len(pressure_classes()), dtype=np.bool_)
    return np.array(
        [one.above_mpa < pressure_mpa <= one.up_to_mpa for one in pressure_classes()], dtype=np.bool_
    )


@cache
def _spelled() -> Mapping[str, frozenset[str]]:
    """Return what each spelling can mean: 中压A and medium_a one class, 中压 and medium both."""
    found: dict[str, frozenset[str]] = {}
    for one in pressure_classes():
        stem, letter = one.word.rpartition("_")[::2] if "_" in one.word else (one.word, "")
        name = one.name_zh.removesuffix(letter.upper())
        exact = (one.word, one.name_zh, f"{name}{letter}级", f"{name}({letter})")
        loose = (stem, name, name.removesuffix("压"), f"{name}管", f"{name}管道")
        for spelling in exact:
            found[normal(spelling)] = frozenset({one.word})
        for spelling in loose:
            found[normal(spelling)] = found.get(normal(spelling), frozenset()) | {one.word}
    return MappingProxyType(found)
