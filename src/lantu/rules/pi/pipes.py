"""What the rules about pipes ask of pipes: what the tables need to know of them, how thick, how deep."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lantu.rules.identity import has_own_id
from lantu.standards import Pipes, standard
from lantu.standards.distinct import is_word

if TYPE_CHECKING:
    from lantu.model import BoolArray, FloatArray, Layer, ObjectArray
    from lantu.relations import Columns, Pairs

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


def is_drain(pipes: Pipes) -> BoolArray:
    """Return which pipes flow by gravity, so that their elevation is that of the invert."""
    return is_word(pipes.objects, "sewer")


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
