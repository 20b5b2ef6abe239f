"""The records of a run as plain JSON and back: only the classes named here are ever made from a file."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from lantu.messages import Listed, Message
from lantu.model import (
    BlueprintFacts,
    ControlUse,
    CrsUse,
    Department,
    Ground,
    JoinCount,
    Outcome,
    Provenance,
    Publishing,
    Reduction,
    Refusal,
)
from lantu.plugins import Skipped
from lantu.standards import ColumnName, StandardName, Word

if TYPE_CHECKING:
    from collections.abc import Callable

KIND = "!"
"""The key that says what an object of the file stands for."""

PLAIN = frozenset({str, int, bool, type(None)})
"""Types that JSON has itself; of floats only some."""

CLASSES: dict[str, type[Any]] = {
    one.__name__: one
    for one in (
        BlueprintFacts, ColumnName, ControlUse, CrsUse, Department, Ground, JoinCount, Listed, Message,
        Outcome, Provenance, Publishing, Reduction, Refusal, Skipped, StandardName, Word,
    )
}  # fmt: skip

_TEXTS: dict[str, Callable[[str], Any]] = {"float": float, "date": dt.date.fromisoformat}


def to_plain(value: Any) -> Any:  # noqa: ANN401  # a record of a run, or a value in one
    """Return a value as JSON knows it; one of a class that is not named here becomes its text."""
    return value if type(value) in PLAIN else _told(value)  # most are, and the rest takes asking


def _told(value: Any) -> Any:  # noqa: ANN401  # as above
    if is_dataclass(value) and type(value).__name__ in CLASSES:
        given = {one.name: to_plain(getattr(value, one.name)) for one in fields(value)}
        return {KIND: type(value).__name__, **given}
    if isinstance(value, Mapping):
        return {KIND: "map", "items": [[to_plain(key), to_plain(one)] for key, one in value.items()]}
    if isinstance(value, list | np.ndarray):
        return [to_plain(one) for one in value]
    if isinstance(value, tuple):
        return {KIND: "tuple", "items": [to_plain(one) for one in value]}
    if isinstance(value, set | frozenset):
        return {KIND: "tuple", "items": sorted((to_plain(one) for one in value), key=str)}
    return _atom(value)


def _atom(value: Any) -> Any:  # noqa: ANN401  # as above
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return {KIND: "float", "text": repr(value)}
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return {KIND: "date", "text": value.isoformat()}
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def from_plain(value: Any) -> Any:  # noqa: ANN401  # whatever JSON holds
    """Return what ``to_plain`` was given.

    Raises
    ------
    ValueError
        An object of the file is of no known kind.
    TypeError
        A record lacks a field or has one too many.
    """
    if isinstance(value, list):
        return [from_plain(one) for one in value]
    if not isinstance(value, dict):
        return value
    kind = value.get(KIND)
    if kind == "map":
        return {from_plain(key): from_plain(one) for key, one in value["items"]}
    if kind == "tuple":
        return tuple(from_plain(one) for one in value["items"])
    if kind in _TEXTS:
        return _TEXTS[kind](value["text"])
    if kind not in CLASSES:
        problem = f"unknown kind {kind!r}"
        raise ValueError(problem)
    return CLASSES[kind](**{key: from_plain(one) for key, one in value.items() if key != KIND})
