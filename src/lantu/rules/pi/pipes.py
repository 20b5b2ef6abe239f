"""What the rules about pipes ask of pipes: what the tables need to know of them, how thick, how deep."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from lantu.relations import Columns
from lantu.rules.identity import has_own_id
from lantu.standards import Pipes, standard
from lantu.standards.clearance import take
from lantu.standards.distinct import is_word

if TYPE_CHECKING:
    from lantu.model import BoolArray, FloatArray, IntArray, Layer, ObjectArray
    from lantu.relations import Pairs

PIPE = "utility.pipe"
MEDIUM = "medium"
DIAMETER = "diameter_mm"
DEPTHS = ("start_depth_m", "end_depth_m")
ELEVATIONS = ("start_elevation_m", "end_elevation_m")

DEPTH_ERROR_SHARE = 0.075
"""Standard error of a detected depth, as a share of it (CJJ 61-2017, tolerance.md section 1)."""

DEPTH_ERROR_FROM_M = 1.0
"""Shallower pipes have the error of this depth."""


def pipes_of(side: Columns) -> Pipes:
    """Return one side of pairs as the pipeline tables look at pipes.

    How a pipe is laid, its material and the ground above it are used where a layer has such columns.
    """
    return Pipes(
        medium=side[MEDIUM],
        raw_medium=side.raw(MEDIUM),
        diameter_mm=side.numbers(DIAMETER),
        pressure=side["pressure"],
        voltage_kv=side.numbers("voltage_kv"),
        laying=side["laying"],
        material=side["material"],
        surface=side["surface"],
    )


@dataclass(frozen=True, kw_only=True)
class Kinds:
    """The different pipes of one side, by all that the tables ask, and which of them each pipe is.

    A city has some hundred kinds of pipe: what a table says is looked up once for each.
    """

    pipes: Pipes
    of: IntArray

    @property
    def objects(self) -> ObjectArray:
        """Return the object of the tables that each pipe is, None where its medium is unknown."""
        return np.asarray(self.pipes.objects[self.of], dtype=object)


def kinds_of(side: Columns) -> Kinds:
    """Return the kinds of pipe on one side of pairs."""
    rows, place = np.unique(side.rows, return_inverse=True)
    pipes = pipes_of(Columns(side.layer, rows))
    kind = np.zeros(len(rows), dtype=np.int64)
    for attribute in fields(pipes):
        code, found = pd.factorize(getattr(pipes, attribute.name))
        kind = pd.factorize(kind * (len(found) + 1) + code)[0]
    first = np.unique(kind, return_index=True)[1]
    return Kinds(pipes=take(pipes, first), of=kind[place])


def one_pipe(pairs: Pairs) -> BoolArray:
    """Return which pairs are one pipe that two layers hold: one delivered id, one medium; shape (n,).

    The id alone does not say so: the water company and the gas company both count 1, 2, 3.
    """
    if pairs.b is None or pairs.b is pairs.a:
        return np.zeros(len(pairs), dtype=np.bool_)
    named = has_own_id(pairs.a)[pairs.rows_a] & has_own_id(pairs.b)[pairs.rows_b]
    alike = (pairs.subject.ids == pairs.other.ids) & (pairs.subject[MEDIUM] == pairs.other[MEDIUM])
    return np.asarray(named & alike, dtype=np.bool_)


def diameter_m(side: Columns, *, unknown_mm: float) -> FloatArray:
    """Return the outer diameter of each pipe, ``unknown_mm`` where it is not known."""
    diameter_mm = side.numbers(DIAMETER)
    return np.where(np.isnan(diameter_mm), unknown_mm, diameter_mm) / 1000.0


def largest_radius_m() -> float:
    """Return half the largest diameter that the standard accepts."""
    largest_mm = standard(PIPE).columns[DIAMETER].maximum
    return (largest_mm or 0.0) / 2000.0


def depth_error_m(depth_m: FloatArray, accuracy_m: float | None) -> FloatArray:
    """Return the standard error of each depth: the stated one, or what CJJ 61 allows at that depth."""
    if accuracy_m is not None:
        return np.full(len(depth_m), accuracy_m)
    return DEPTH_ERROR_SHARE * np.fmax(depth_m, DEPTH_ERROR_FROM_M)


def place_columns(layer: Layer) -> tuple[str, str]:
    """Return the columns that say how deep the pipes of a layer lie: elevations where depths are missing."""
    if all(layer.has(column) for column in ELEVATIONS) and not all(layer.has(column) for column in DEPTHS):
        return ELEVATIONS
    return DEPTHS


def is_drain(side: Columns) -> BoolArray:
    """Return which pipes flow by gravity, so that their elevation is that of the invert."""
    return is_word(kinds_of(side).objects, "sewer")


def at_fraction(side: Columns, columns: tuple[str, str], fraction: FloatArray) -> FloatArray:
    """Return what is given at both ends of each pipe, at a place between them; NaN where an end is."""
    start, end = (side.numbers(column) for column in columns)
    return start + (end - start) * fraction


def raw_ends(side: Columns, columns: tuple[str, str]) -> ObjectArray:
    """Return both ends' values as delivered, ``1.2 / 1.5``; None where both are empty."""
    said = np.full(len(side.rows), None, dtype=object)
    start, end = (side.raw(column) for column in columns)
    said[:] = [
        None if one is None and other is None else f"{one or '—'} / {other or '—'}"
        for one, other in zip(start, end, strict=True)
    ]
    return said
