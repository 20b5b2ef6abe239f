"""What the pipeline tables need to know of pipes, as arrays, and which object of the tables each is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from lantu.standards.distinct import is_word
from lantu.standards.enumeration import enumeration, no_words
from lantu.standards.tables import reference_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lantu.model import FloatArray, ObjectArray

NOT_IN_TABLES = ""
"""The object of a pipe that the tables do not cover: industrial, overhead, on the ground."""

UNKNOWN_OBJECT = "unknown"
ABOVE_GROUND = ("overhead", "on_ground")


@dataclass(frozen=True, kw_only=True)
class Pipes:
    """Pipes by their attributes, shape (n,) each; an attribute that is left out is unknown for all.

    ``medium`` holds words of the standard. ``raw_medium`` holds the same as delivered and tells reclaimed
    water, steam and trenches apart, which the standard's words do not. ``pressure`` is text as delivered
    (``中压A``, ``0.3``: MPa), ``laying``, ``material`` and ``surface`` (of the ground) words or spellings
    of their enumerations.
    """

    medium: ObjectArray
    raw_medium: ObjectArray | None = None
    diameter_mm: FloatArray | None = None
    pressure: ObjectArray | None = None
    voltage_kv: FloatArray | None = None
    laying: ObjectArray | None = None
    material: ObjectArray | None = None
    surface: ObjectArray | None = None

    def __len__(self) -> int:
        """Return the number of pipes."""
        return len(self.medium)

    def words(self, key: str) -> ObjectArray:
        """Return a text attribute (pressure, laying, material, surface, steam), None where unknown."""
        if key == "steam":
            return self._kinds[1]
        if key == "pressure":
            return no_words(len(self)) if self.pressure is None else self.pressure
        values, name = {
            "laying": (self.laying, "pipe_laying"),
            "material": (self.material, "pipe_material"),
            "surface": (self.surface, "ground_surface"),
        }[key]
        return no_words(len(self)) if values is None else enumeration(name).read(values)[0]

    def numbers(self, key: str) -> FloatArray:
        """Return a number attribute (diameter_mm, voltage_kv), NaN where unknown."""
        values = {"diameter_mm": self.diameter_mm, "voltage_kv": self.voltage_kv}[key]
        return np.full(len(self), np.nan) if values is None else np.asarray(values, dtype=np.float64)

    @property
    def objects(self) -> ObjectArray:
        """Return the object of the tables that each pipe is, None where its medium is unknown.

        A pipe in a trench or utility tunnel is a ``trench`` whatever flows in it.
        """
        return self._kinds[0]

    @cached_property
    def _kinds(self) -> tuple[ObjectArray, ObjectArray]:
        medium = enumeration("pipe_medium")
        codes = no_words(len(self)) if self.raw_medium is None else medium.codes(self.raw_medium)
        known: dict[tuple[str | None, str | None], tuple[str | None, str | None]] = {}
        pairs = list(zip(self.medium, codes, strict=True))
        for word, code in dict.fromkeys(pairs):
            known[word, code] = _object(word, code)
        found = [known[pair] for pair in pairs]
        objects, steam = no_words(len(self)), no_words(len(self))
        objects[:] = [one for one, _ in found]
        steam[:] = [flows for _, flows in found]
        laying = self.words("laying")
        objects[is_word(laying, "trench") & ~is_word(objects, NOT_IN_TABLES)] = "trench"
        objects[np.isin(laying.astype(str), ABOVE_GROUND)] = NOT_IN_TABLES
        return objects, steam


def _object(word: str | None, code: str | None) -> tuple[str | None, str | None]:
    """Return the object of the tables and whether it carries steam (yes, no, or None for unknown)."""
    row = _objects().get((word, code or "")) or _objects().get((word, ""))
    if row is None or row["object"] == UNKNOWN_OBJECT:
        return None, None
    return row["object"], row["steam"] or (None if word == "heat" else "no")


@cache
def _objects() -> Mapping[tuple[str | None, str], Mapping[str, str]]:
    return MappingProxyType(
        {(row["medium"], row["code"]): row for row in reference_table("pipeline_objects")}
    )
