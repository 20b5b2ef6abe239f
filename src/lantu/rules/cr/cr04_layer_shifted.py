"""CR04: one layer is offset against another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import shapely

from lantu.crs import web_map_between
from lantu.messages import message
from lantu.model import Severity  # noqa: TC001  # a dataclass field, read at run time
from lantu.relations import (
    BY_CENTROID,
    BY_CORNER,
    BY_ID,
    Displaced,
    by_neighbours,
    deviation_m,
    median_move,
    offset_between,
)
from lantu.rules.base import ANY, PairRule, Partner
from lantu.rules.verdict import Explained, verdict

if TYPE_CHECKING:
    from lantu.crs import WebMapTrace
    from lantu.model import BoolArray, FloatArray, IntArray, Layer
    from lantu.relations import Offset, Pairs, Relation
    from lantu.rules.verdict import Verdict

LINE_WORK = ("admin.area", "housing.building", "land.parcel", "land.survey", "plan.plot", "transport.road")
"""Standards whose lines are one object's, so that two drawings of them coincide. Pipes run side by side."""

ONE_GROUND = frozenset({"land.parcel", "land.survey", "plan.plot"})
"""Standards that divide the same ground along the same lines; all others coincide with their own only."""

EXPLAINED = ("BD01", "RO01")
"""Rules that find the same objects apart; their findings hang on the offset where it explains them."""

ARROW_SHARE = 0.1
"""Length of the arrow, of the diagonal of what was matched; the vector itself could not be seen."""

WEB_MAP_SAMPLE = 100
"""Matched objects looked at, evenly spread, to tell a web map's displacement."""

HEAD_SHARE = 0.2
"""Length of the arrow's head, of the arrow's."""


@dataclass(frozen=True, kw_only=True)
class LayerShifted(PairRule):
    """One layer is offset against another as a whole, or in a part.

    *What it finds*

    Two layers of one standard (or parcels, survey patches and plots) whose common objects lie apart by a
    nearly constant vector. The objects are matched by id, else by centroid, else by the corners of their
    lines; at least min_pairs of them. The vector is the median displacement. It is reported when it is
    longer than the joint standard error of both layers, sqrt(a² + b²), longer than the spread around it
    and than five standard errors of the median, and explains at least half of the objects. A rotation and
    scale are said where they fit better (F test at 0.001 and a fifth less spread), two populations where
    one part was moved and the rest was not, and GCJ-02 or BD-09 where three objects or more lie within 10 m
    of where their formula puts them; objects are matched, too, where the formula taken back would put them.

    *Why it matters*

    Every boundary of a shifted layer contradicts its neighbour's. Ten thousand findings then have one
    cause and one remedy, and none of them is a boundary dispute.

    *Basis*

    Geometry: median displacement of matched objects and its spread by the MAD; standard errors of the two
    layers (tolerance.md 1); known pitfalls of datum shifts (crs.csv).

    *Example*

    Layer tax lies 0.10 m east of layer parcels: 1,204 parcels matched by id, spread 0.03 m, 98 % of them
    explained.

    *How to resolve*

    Find out how each department came to its coordinates: datum, transformation, control points, projected
    zone. Correct the delivery or give a transform for the layer; never move single parcels.

    *Trap*

    The vector says how the two lie against each other, not which is wrong: compare with control points or
    a third layer. The arrow on the map is drawn a tenth as long as the matched area is wide.
    """

    code: ClassVar[str] = "CR04"
    name: ClassVar[str] = "layer-shifted"
    subjects: ClassVar[tuple[str, ...]] = ANY
    against: ClassVar[tuple[str, ...]] = ANY
    partner: ClassVar[Partner] = "siblings"
    severity: Severity = "critical"
    min_pairs: int = 30

    @property
    def relation(self) -> Relation:
        """Return the objects that both layers have, over the whole layers."""
        return Displaced(min_pairs=self.min_pairs, line_work=LINE_WORK)

    def compares(self, a: Layer, b: Layer) -> bool:
        """Say whether two layers should coincide."""
        return a.standard == b.standard or {a.standard, b.standard} <= ONE_GROUND

    def judge(self, pairs: Pairs) -> Verdict:
        """Return one finding on the two layers where an offset stands between them."""
        places = np.column_stack([pairs["x_m"], pairs["y_m"]])
        moves = np.column_stack([pairs["dx_m"], pairs["dy_m"]])
        web = _web_map(pairs, places, moves)
        offset = None
        if len(pairs) >= self.min_pairs or web is not None:
            offset = offset_between(places, moves, error_m=pairs.tolerance_m / 2.0)
        if offset is None and web is not None:  # the formula explains more than any one movement does
            offset = median_move(places, moves)
        if offset is None:
            return verdict(np.empty(0, dtype=np.int64), severity=self.severity)
        explains = np.empty(1, dtype=object)
        explains[0] = _explained(pairs, offset)
        return verdict(
            np.array([-1]),
            severity=self.severity,
            cause=f"{pairs.a.name} / {pairs.b.name if pairs.b is not None else ''}",
            explains=explains,
            measure=offset.length_m,
            unit="m",
            required=0.0,
            tolerance=pairs.tolerance_m / 2.0,
            share_a=offset.share,
            message=f"rules.CR04.{offset.kind}" if web is None else "rules.CR04.web",
            shape=_arrow(places, offset),
            facts={**_facts(pairs, offset), **_web_facts(pairs, web)},
        )


def _facts(pairs: Pairs, offset: Offset) -> dict[str, Any]:
    way = float(pairs["way"][0])
    matched = "id" if way == BY_ID else "centroid" if way == BY_CENTROID else "corner"
    return {
        "dx_m": offset.dx_m,
        "dy_m": offset.dy_m,
        "spread_m": offset.spread_m,
        "pairs": len(pairs),
        "share": offset.share,
        "rotation": offset.rotation_arcsec,
        "scale_ppm": offset.scale_ppm,
        "rest_dx_m": offset.rest_dx_m,
        "rest_dy_m": offset.rest_dy_m,
        "rest_share": offset.rest_share,
        "matched": message(f"rules.CR04.by_{matched}"),
    }


def _web_map(pairs: Pairs, places: FloatArray, moves: FloatArray) -> WebMapTrace | None:
    """Return the web map whose formula explains the displacements; None where none does."""
    crs = pairs.a.frame.crs
    if crs is None or pairs.b is None or len(pairs) == 0:
        return None
    some = np.arange(0, len(pairs), max(1, -(-len(pairs) // WEB_MAP_SAMPLE)))
    if float(pairs["way"][0]) == BY_CORNER:
        one, other = shapely.points(places[some]), shapely.points((places + moves)[some])
    else:
        looked_at = pairs.take(some)
        one, other = looked_at.subject.geometry, looked_at.other.geometry
    return web_map_between(one, other, crs=crs)


def _web_facts(pairs: Pairs, trace: WebMapTrace | None) -> dict[str, Any]:
    if trace is None or pairs.b is None:
        return {}
    return {
        "web_map": trace.system,
        "web_layer": pairs.b.name if trace.in_other else pairs.a.name,
        "seen_east_m": trace.observed_m[0],
        "seen_north_m": trace.observed_m[1],
        "expected_east_m": trace.expected_m[0],
        "expected_north_m": trace.expected_m[1],
        "left_m": trace.left_m,
    }


def _explained(pairs: Pairs, offset: Offset) -> Explained | None:
    """Return the objects that agree within the tolerance once the offset is taken back, by their ids.

    Agreement is asked of whole boundaries, not of centroids: what stays apart is a finding of its own.
    """
    if float(pairs["way"][0]) != BY_ID:
        return None
    moved = pairs.take(offset.explained)

    def agrees(some: IntArray) -> BoolArray:
        near = moved.take(some)
        back = shapely.transform(near.other.geometry, lambda points: points - offset.at(points))
        return np.asarray(deviation_m(near.subject.geometry, back) <= pairs.tolerance_m)

    agree = by_neighbours(np.column_stack([moved["x_m"], moved["y_m"]]), agrees, np.bool_)
    ids = zip(moved.subject.ids[agree], moved.other.ids[agree], strict=True)
    return Explained(EXPLAINED, frozenset(ids))


def _arrow(places: FloatArray, offset: Offset) -> shapely.LineString:
    """Return an arrow from the middle of what was matched, in the direction of the vector."""
    size = float(np.hypot(*np.ptp(places, axis=0)))
    along = np.array([offset.dx_m, offset.dy_m]) / (offset.length_m or 1.0)
    across = np.array([-along[1], along[0]])
    start = np.array([offset.x_m, offset.y_m])
    length = max(ARROW_SHARE * size, 1.0)
    tip = start + along * length
    wings = [tip - length * HEAD_SHARE * (along + side * across / 2.0) for side in (1.0, -1.0)]
    return shapely.LineString([start, tip, wings[0], tip, wings[1]])
