"""Dividing parcels into parts of one state each; the parts of a parcel add up to it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from lantu.agreeing.base import CLASS, POLYGON, areas_m2
from lantu.agreeing.contests import GROUND, STATES
from lantu.relations.overlay import overlay
from lantu.relations.tolerance import tolerance_between
from lantu.relations.width import wide_parts

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from lantu.agreeing.base import Base
    from lantu.agreeing.contests import Contest, State
    from lantu.messages import Message
    from lantu.model import Layer, ObjectArray

SMALLEST_M2 = 1e-6
"""Pieces below a square millimetre are what arithmetic leaves; they stay with their neighbour."""

LOST = 1e-9
"""Share of a parcel's area by which its parts may miss it; where they miss it by more it stays whole."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """A piece of one parcel: its state, with whom it is contested, and the class that holds here.

    ``use_class`` is that of a decision where ``settled`` is given, else the parcel's own.
    """

    parcel: int
    shape: Any
    state: State
    departments: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()
    use_class: str | None = None
    department: str | None = None
    settled: Message | None = None


def parts(base: Base, own: Iterable[Any], found: Iterable[Contest], others: Sequence[Layer]) -> list[Part]:
    """Divide every parcel along the findings about its use or its ground, then by who else speaks there.

    ``own`` is the class of each parcel. ``others`` are the layers that were compared with the parcels: where
    none of them lies, by more than the tolerance, a part is ``not_covered``. A parcel without geometry has no
    parts.
    """
    classes = list(own)
    here: dict[int, list[Contest]] = defaultdict(list)
    for one in found:
        if one.column in {CLASS, GROUND} and shapely.get_dimensions(one.shape) == POLYGON:
            here[one.parcel].append(one)
    bare = uncovered(base, others)
    made = []
    for place, shape in enumerate(base.geometry):
        if shape is None or shape.is_empty:
            continue
        whole = Part(parcel=place, shape=shape, state="agreed", use_class=classes[place])
        pieces = _divided(whole, here.get(place, ()), bare[place])
        made += pieces if _conserved(shape, pieces) else [_undivided(whole, pieces)]
    return made


def uncovered(base: Base, others: Sequence[Layer]) -> ObjectArray:
    """Return what of each parcel no other layer covers, wider than the tolerance, None for nothing."""
    bare: ObjectArray = base.geometry.copy()
    for layer in others:
        tolerance_m = max(tolerance_between(own, layer) for own in base.layers)
        left = np.flatnonzero([shape is not None and not shape.is_empty for shape in bare])
        if not len(left):
            break
        parcel, object_ = shapely.STRtree(layer.geometry).query(bare[left], predicate="intersects")
        order = np.argsort(parcel, kind="stable")
        met, starts = np.unique(parcel[order], return_index=True)
        groups = np.split(layer.geometry[object_[order]], starts[1:]) if len(met) else []
        covers = np.array([shapely.union_all(group) for group in groups], dtype=object)
        rests = overlay(shapely.difference, bare[left[met]], covers)
        bare[left[met]] = _each([_wide(rest, tolerance_m) for rest in rests])
    return bare


def _each(shapes: Sequence[Any]) -> ObjectArray:
    """Return geometries as an array of objects; numpy would take a MultiPolygon apart."""
    made = np.empty(len(shapes), dtype=object)
    made[:] = shapes
    return made


def _wide(shape: Any, tolerance_m: float) -> Any:  # noqa: ANN401  # a geometry or None
    """Return the polygons of a shape in which the tolerance has room; narrower ones are honest error."""
    if shape is None or shape.is_empty:
        return None
    single = shapely.get_parts(np.array([shape], dtype=object))
    single = single[shapely.get_dimensions(single) == POLYGON]
    kept = single[wide_parts(single, tolerance_m)] if len(single) else single
    return shapely.multipolygons(list(kept)) if len(kept) else None


def _divided(whole: Part, found: Sequence[Contest], bare: Any) -> list[Part]:  # noqa: ANN401  # a geometry or None
    """Cut a parcel by each finding's ground, in order of state; then what is left by who covers it."""
    pieces = [whole]
    for one in sorted(found, key=lambda one: (STATES.index(one.state), one.finding_id)):
        pieces = [part for piece in pieces for part in _cut(piece, one.shape, one)]
    return [
        part for piece in pieces for part in (_by_cover(piece, bare) if piece.state == "agreed" else [piece])
    ]


def _by_cover(piece: Part, bare: Any) -> list[Part]:  # noqa: ANN401  # as above
    if bare is None or piece.settled is not None:
        return [piece]
    inside, outside = _halves(piece.shape, bare)
    found = [] if inside is None else [replace(piece, shape=inside, state="not_covered")]
    return found + ([] if outside is None else [replace(piece, shape=outside)])


def _cut(piece: Part, shape: Any, one: Contest) -> list[Part]:  # noqa: ANN401  # a geometry
    inside, outside = _halves(piece.shape, shape)
    if inside is None:
        return [piece]
    return [_marked(replace(piece, shape=inside), one)] + (
        [] if outside is None else [replace(piece, shape=outside)]
    )


def _halves(shape: Any, other: Any) -> tuple[Any, Any]:  # noqa: ANN401  # geometries
    """Return the polygons of a shape inside and outside another; None for what has no area."""
    pair = (np.array([shape], dtype=object), np.array([other], dtype=object))
    halves = [overlay(operation, *pair)[0] for operation in (shapely.intersection, shapely.difference)]
    return tuple(None if one is None or one.area <= SMALLEST_M2 else _polygons(one) for one in halves)  # type: ignore[return-value]


def _polygons(shape: Any) -> Any:  # noqa: ANN401  # a geometry
    if shape.geom_type in {"Polygon", "MultiPolygon"}:
        return shape
    single = shapely.get_parts(np.array([shape], dtype=object))
    return shapely.multipolygons(list(single[shapely.get_type_id(single) == 3]))  # noqa: PLR2004  # polygons


def _marked(piece: Part, one: Contest) -> Part:
    """Add a finding to a piece: the worst state stays, and so does the class of the first decision."""
    marked = replace(piece, findings=(*piece.findings, one.finding_id))
    if one.state != "agreed":
        state = min(piece.state, one.state, key=STATES.index)
        return replace(
            marked, state=state, departments=tuple(dict.fromkeys((*piece.departments, one.department)))
        )
    if one.column == CLASS and one.value is not None and piece.settled is None:
        return replace(marked, use_class=one.value, department=one.department, settled=one.settled)
    return replace(marked, settled=piece.settled or one.settled)


def _conserved(shape: Any, pieces: Sequence[Part]) -> bool:  # noqa: ANN401  # a geometry
    total = float(areas_m2(np.array([one.shape for one in pieces], dtype=object)).sum())
    return bool(abs(total - shape.area) <= max(SMALLEST_M2, LOST * shape.area))


def _undivided(whole: Part, pieces: Sequence[Part]) -> Part:
    """Return the parcel as one part in the worst state of its pieces, for shapes that no overlay divides."""
    return replace(
        whole,
        state=min((one.state for one in pieces), key=STATES.index, default="agreed"),
        departments=tuple(dict.fromkeys(name for one in pieces for name in one.departments)),
        findings=tuple(dict.fromkeys(name for one in pieces for name in one.findings)),
    )
