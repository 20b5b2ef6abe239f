"""Offsets as causes: which layer lies off, and which findings hang on that."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from lantu.engine.causes.ledger import Cause
from lantu.engine.causes.named import OFFSET_RULE
from lantu.engine.filed import EXPLAINS, GEOMETRY, explanation
from lantu.model import shapes_of
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
    rows = ledger.of_rules([OFFSET_RULE])
    told = ledger.findings.parts(["layer_a", "layer_b", "measure", "tolerance", GEOMETRY], rows=rows)
    entries = [entry for part in told for entry in part.to_pylist()]
    found = []
    for row, entry in zip(np.flatnonzero(rows).tolist(), entries, strict=True):
        arrow = shapely.get_coordinates(shapely.from_wkb(entry[GEOMETRY]))[:2]
        east_m, north_m = (arrow[1] - arrow[0]) / (shapely.length(shapely.linestrings(arrow)) or 1.0)
        length_m = entry["measure"]
        reach_m = length_m + 2.0 * entry["tolerance"]
        found.append(
            Shift(row, entry["layer_a"], entry["layer_b"], east_m * length_m, north_m * length_m, reach_m)
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
    kinds = ledger.findings.coded[EXPLAINS]
    if kinds.of[shift.row] < 0:
        return np.empty(0, dtype=np.int64)
    explains = explanation(kinds.texts[kinds.of[shift.row]].as_py())
    same = ledger.is_one_of("layer_a", [shift.a]) & ledger.is_one_of("layer_b", [shift.b])
    same &= ledger.of_rules(explains.rules) & ledger.unnamed
    rows: IntArray = np.flatnonzero(ledger.free & same)
    pairs = zip(*(ledger.kinds(name).to_objects(rows) for name in ("id_a", "id_b")), strict=True)
    return rows[np.array([pair in explains.ids for pair in pairs], dtype=np.bool_)]


def _between(ledger: Ledger, layer: str | None, shift: Shift) -> BoolArray:
    """Return the findings between the layer at fault and any other; where that is not known, of the two."""
    if layer is not None:
        a, b = ledger.is_one_of("layer_a", [layer]), ledger.is_one_of("layer_b", [layer])
        return (a ^ b) & ~ledger.is_one_of("layer_b", [""])
    ways = ((shift.a, shift.b), (shift.b, shift.a))
    one, other = (ledger.is_one_of("layer_a", [a]) & ledger.is_one_of("layer_b", [b]) for a, b in ways)
    return one | other


def _slivers(ledger: Ledger, between: BoolArray, reach_m: float) -> IntArray:
    """Return the free overlaps that are nowhere wider than what the offset can make of a common line."""
    overlaps = ledger.of_rules(ledger.codes_with(Overlaps)) & ledger.is_one_of("unit", ["m2"])
    asked = ledger.free & between & overlaps & ledger.unnamed
    narrow = [np.empty(0, dtype=np.bool_)]
    for part in ledger.findings.parts([GEOMETRY], rows=asked):
        shapes = shapes_of(part.column(GEOMETRY))
        narrow.append((shapely.area(shapes) > 0) & ~wide_polygons(shapes, reach_m))
    rows: IntArray = np.flatnonzero(asked)[np.concatenate(narrow)]
    return rows
