"""Conditions of the pipeline tables, judged in three values: 1 holds, 0 unknown, -1 does not hold."""

from __future__ import annotations

import operator
import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lantu.errors import StandardError
from lantu.messages import message
from lantu.standards.distinct import is_none
from lantu.standards.pressure import possible_pressures, pressure_classes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lantu.model import ObjectArray
    from lantu.standards.pipes import Pipes

TriArray = NDArray[np.int8]

HOLDS, UNKNOWN, FAILS = 1, 0, -1

FORM = re.compile(r"(?P<key>[a-z_]+)(?P<operator><=|>=|<|>|=)(?P<value>.+)")
OPERATORS = {"<=": operator.le, ">=": operator.ge, "<": operator.lt, ">": operator.gt}

LAYING_NAMES: Mapping[str, str] = MappingProxyType({"duct": "conduit"})
"""The telecom rows say duct where the power rows say conduit."""


@dataclass(frozen=True, kw_only=True)
class Condition:
    """One condition on one side of a pair; ``values`` are the words of an ``=`` condition."""

    key: str
    operator: str
    values: tuple[str, ...]


def parse_condition(text: str, *, row: str) -> tuple[Condition, ...]:
    """Return the condition that a table cell states, none for an empty cell.

    Raises
    ------
    StandardError
        The cell of ``row`` cannot be read.
    """
    if not text:
        return ()
    found = FORM.fullmatch(text)
    if found is None:
        raise StandardError(message("standards.condition.unreadable", row=row, text=text))
    if found["key"] == "medium":  # medium=steam is the only condition on what flows
        return (Condition(key="steam", operator="=", values=("yes",)),)
    values = tuple(LAYING_NAMES.get(word, word) for word in found["value"].split("|"))
    return (Condition(key=found["key"], operator=found["operator"], values=values),)


def judge(condition: Condition, pipes: Pipes) -> TriArray:
    """Return for each pipe whether the condition holds, shape (n,)."""
    if condition.key == "pressure_class":
        return _judge_pressure(condition, pipes)
    if condition.operator == "=":
        return _judge_word(condition, pipes.words(condition.key))
    numbers = pipes.numbers(condition.key)
    holds = OPERATORS[condition.operator](numbers, float(condition.values[0]))
    return np.where(np.isnan(numbers), UNKNOWN, np.where(holds, HOLDS, FAILS)).astype(np.int8)


def _judge_pressure(condition: Condition, pipes: Pipes) -> TriArray:
    possible = possible_pressures(pipes.words("pressure"))
    wanted = np.array([one.word in condition.values for one in pressure_classes()])
    some = (possible & wanted).any(axis=1)
    others = (possible & ~wanted).any(axis=1)
    return np.where(some & ~others, HOLDS, np.where(some, UNKNOWN, FAILS)).astype(np.int8)


def _judge_word(condition: Condition, words: ObjectArray) -> TriArray:
    missing = is_none(words)
    holds = np.isin(words.astype(str), condition.values)
    return np.where(missing, UNKNOWN, np.where(holds, HOLDS, FAILS)).astype(np.int8)
