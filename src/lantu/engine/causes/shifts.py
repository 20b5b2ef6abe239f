"""Offsets as causes: which layer lies off, and which findings hang on that."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from lantu.engine.causes.ledger import Cause
from lantu.engine.causes.named import OFFSET_RULE
from lantu.relations import Overlaps
from lantu.relations.width import wide_polygons

if TYPE_CHECKING:
    from lantu.engine.causes.ledger import Ledger
    from lantu.model import BoolArray, IntArray

ONE_MOVEMENT_SHARE = 0.5
"""Offsets of one layer against others are one movement when they differ by less than this part of it."""

LEAST_PARTNERS = 2
"""Against so many others a layer has to lie off in the same way before the fault is said to be its own."""


class Shift(NamedTuple):
    """One finding of CR04: its row, both layers, and where the second lies as seen from the first."""

    row: int
    a: str
    b: str
    east_m: float
    north_m: float
    reach_m: float  # no overlap that the offset makes is wider


def add_offsets(ledger: Ledger) -> None:
    """Add one cause for each layer that lies off against several others alike, else one for each pair."""
    left = _shifts(ledger)
    while left:
        layer, group = _one_layer(left)
        if layer is None:
            group = left[:1]
        _add(ledger, layer, group)
        left = [shift for shift in left if shift not in group]


def _shifts(ledger: Ledger) -> list[Shift]:
    found = []
    for row in np.flatnonzero(ledger.of_rules([OFFSET_RULE])):
        entry = ledger.findings.iloc[row]
        arrow = shapely.get_coordinates(entry["geometry"])[:2]
        east_m, north_m = (arrow[1] - arrow[0]) / (shapely.length(shapely.linestrings(arrow)) or 1.0)
        length_m = float(entry["measure"])
        reach_m = length_m + 2.0 * float(entry["tolerance"])
        found.append(
            Shift(
                int(row), entry["layer_a"], entry["layer_b"], east_m * length_m, north_m * length_m, reach_m
            )
        )
    return found


def _one_layer(shifts: list[Shift]) -> tuple[str | None, list[Shift]]:
    """Return the layer that lies off in one way against most others, and the offsets that say so."""
    best: tuple[str | None, list[Shift]] = (None, [])
    for layer in sorted({name for shift in shifts for name in (shift.a, shift.b)}):
        own = [shift for shift in shifts if layer in (shift.a, shift.b)]
        signs = np.array([1.0 if shift.b == layer else -1.0 for shift in own])
        moves = signs[:, None] * np.array([[shift.east_m, shift.north_m] for shift in own])
        middle = np.median(moves, axis=0)
        alike = np.hypot(*(moves - middle).T) <= ONE_MOVEMENT_SHARE * np.hypot(*middle)
        group = [shift for shift, same in zip(own, alike, strict=True) if same]
        if len(group) >= LEAST_PARTNERS and len(group) > len(best[1]):
            best = (layer, group)
    return best


def _add(ledger: Ledger, layer: str | None, group: list[Shift]) -> None:
    first = group[0]
    others = [shift.a if shift.b == (layer or shift.a) else shift.b for shift in group]
    own = np.array([shift.row for shift in group])
    taken = [_by_ids(ledger, shift) for shift in group]
    reach_m = max(shift.reach_m for shift in group)
    taken.append(_slivers(ledger, _between(ledger, layer, first), reach_m))
    ledger.add(
        Cause(
            scope="layer",
            kind="offset" if layer is None else "shift",
            layer=layer or first.a,
            key=(first.a, first.b) if layer is None else (layer,),
            rows=np.unique(np.concatenate([own, *taken])),
            lead=OFFSET_RULE,
            facts={
                "others": ", ".join(sorted(set(others))),
                "length_m": float(np.median([np.hypot(shift.east_m, shift.north_m) for shift in group])),
            },
        )
    )


def _by_ids(ledger: Ledger, shift: Shift) -> IntArray:
    """Return the free findings that the rule itself says the offset explains: of the same two objects."""
    explains = ledger.findings["explains"].iloc[shift.row]
    if explains is None:
        return np.empty(0, dtype=np.int64)
    same = (ledger.text("layer_a") == shift.a) & (ledger.text("layer_b") == shift.b)
    same &= ledger.of_rules(explains.rules) & ledger.findings["cause_text"].isna().to_numpy()
    rows = np.flatnonzero(ledger.free & same)
    pairs = zip(ledger.text("id_a")[rows], ledger.text("id_b")[rows], strict=True)
    return rows[[pair in explains.ids for pair in pairs]] if len(rows) else rows


def _between(ledger: Ledger, layer: str | None, shift: Shift) -> BoolArray:
    """Return the findings between the layer at fault and any other; where that is not known, of the two."""
    a, b = ledger.text("layer_a"), ledger.text("layer_b")
    if layer is not None:
        return np.asarray(((a == layer) | (b == layer)) & (a != b) & (b != ""), dtype=np.bool_)
    return np.asarray(((a == shift.a) & (b == shift.b)) | ((a == shift.b) & (b == shift.a)), dtype=np.bool_)


def _slivers(ledger: Ledger, between: BoolArray, reach_m: float) -> IntArray:
    """Return the free overlaps that are nowhere wider than what the offset can make of a common line."""
    overlaps = ledger.of_rules(ledger.codes_with(Overlaps)) & (ledger.text("unit") == "m2")
    rows = np.flatnonzero(ledger.free & between & overlaps & ledger.findings["cause_text"].isna().to_numpy())
    shapes = ledger.findings["geometry"].to_numpy(dtype=object)[rows]
    narrow = (shapely.area(shapes) > 0) & ~wide_polygons(shapes, reach_m) if len(rows) else []
    return rows[np.asarray(narrow, dtype=np.bool_)]
