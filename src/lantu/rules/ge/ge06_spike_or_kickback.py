"""GE06: spike or kickback in a ring."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import shapely

from lantu.messages import message
from lantu.model import ProblemKind, Severity, parts_of, rings_of  # a dataclass field is read at run time
from lantu.relations import Alone
from lantu.relations.index import POLYGON, index_of
from lantu.rules.base import PairRule, first_of_each
from lantu.rules.verdict import verdict

if TYPE_CHECKING:
    from lantu.messages import Message
    from lantu.model import BoolArray, FloatArray, IntArray, Layer, ObjectArray
    from lantu.relations import Pairs, Relation
    from lantu.rules.verdict import Verdict


RIGHT_DEG = 90.0
ROUNDING = 1e-9


@dataclass(frozen=True)
class Corners:
    """Corners of all rings of several polygons, shape (n, 2) each, and the polygon of each corner."""

    owner: IntArray
    before: FloatArray
    here: FloatArray
    after: FloatArray

    def take(self, chosen: BoolArray) -> Corners:
        """Return the chosen corners."""
        return Corners(self.owner[chosen], self.before[chosen], self.here[chosen], self.after[chosen])


@dataclass(frozen=True, kw_only=True)
class SpikeOrKickback(PairRule):
    """A ring runs out to a point and back along nearly the same line.

    *What it finds*

    A corner of a polygon's ring whose angle is below max_angle_deg while both sides that meet in it are
    longer than min_arm_m, and than the tolerance of the layer. The finding's place is the spike. Polygons
    that repair took apart are not looked at: nobody drew their corners, and GE01 reports them.

    *Why it matters*

    A spike has hardly any area and a long boundary: it touches land of neighbours it has nothing to do
    with, and every overlay makes slivers of it.

    *Basis*

    topology of polygons: no spikes, no kickbacks (尖锐角、折返线), a usual check of survey acceptance; the
    limits are this rule's own.

    *Example*

    The ring of parcel P9 runs 20 m north from its corner and comes back 0.1 m beside: an angle of 0.29°.

    *How to resolve*

    Delete the point of the spike, or move it where it was measured. Points in a wrong order are put right
    from the list of boundary points.

    *Trap*

    The end of a strip between two roads, or a wedge along a canal, can be as sharp as this and right.
    """

    code: ClassVar[str] = "GE06"
    name: ClassVar[str] = "spike-or-kickback"
    subjects: ClassVar[tuple[str, ...]] = (
        "land.parcel", "land.survey", "plan.plot", "plan.control_line", "heritage.site", "heritage.zone",
        "housing.building", "transport.road", "water.zone", "admin.area",
    )  # fmt: skip
    severity: Severity = "info"
    max_angle_deg: float = 1.0
    min_arm_m: float = 0.5

    @property
    def relation(self) -> Relation:
        """Return each feature by itself."""
        return Alone()

    def selects_a(self, layer: Layer) -> BoolArray:
        """Return polygons, but for those that repair took apart: nobody drew their corners."""
        chosen = np.array(index_of(layer).dimension == POLYGON, dtype=np.bool_)
        chosen[_taken_apart(layer)] = False
        return chosen

    def passes_over(self, layer: Layer) -> Message | None:
        """Return how many polygons repair took apart."""
        count = len(_taken_apart(layer))
        return message("rules.GE06.taken_apart", layer=layer.name, count=count) if count else None

    def judge(self, pairs: Pairs) -> Verdict:
        """Return every spike; several of one feature are numbered along its rings."""
        corners = corners_of(pairs.subject.geometry, max_angle_deg=self.max_angle_deg)
        arm_a_m, arm_b_m = (_length(side - corners.here) for side in (corners.before, corners.after))
        angle_deg = angles_deg(corners)
        least_m = max(self.min_arm_m, pairs.tolerance_m)
        sharp = (angle_deg < self.max_angle_deg) & (np.minimum(arm_a_m, arm_b_m) > least_m)
        found, length_m = corners.take(sharp), np.minimum(arm_a_m, arm_b_m)[sharp]
        return verdict(
            pairs.rows_a[found.owner],
            severity=self.severity,
            part=_numbered(found.owner),
            measure=angle_deg[sharp],
            unit="deg",
            required=self.max_angle_deg,
            tolerance=pairs.tolerance_m,
            shape=_spikes(found, length_m),
            facts={"length_m": length_m},
        )


def _taken_apart(layer: Layer) -> IntArray:
    """Return the rows whose geometry was invalid and has several parts since it was repaired."""
    rows = layer.problems_of(ProblemKind.GEOMETRY_INVALID)["row"].to_numpy(dtype=np.int64)
    repaired = np.unique(rows[rows >= 0])
    apart: IntArray = repaired[shapely.get_num_geometries(layer.geometry[repaired]) > 1]
    return apart


def corners_of(polygons: ObjectArray, *, max_angle_deg: float) -> Corners:
    """Return the corners of all rings, in order, that may be as sharp as this: nearly all others are not.

    A point repeated in place makes no corner.
    """
    parts, part_owner = parts_of(polygons)
    rings, ring_part = rings_of(parts)
    owner = part_owner[ring_part]
    points, ring = shapely.get_coordinates(rings, return_index=True)
    kept = np.zeros(len(ring), dtype=np.bool_)  # the first point of a ring comes again as its last
    kept[1:] = (points[1:, 0] != points[:-1, 0]) | (points[1:, 1] != points[:-1, 1])
    kept[1:] &= ring[1:] == ring[:-1]
    points, ring = points[kept], ring[kept]
    first = first_of_each(ring)
    last = np.r_[first[1:], len(ring)][: len(first)] - 1
    after = np.arange(1, len(ring) + 1)
    after[last] = first
    before = np.arange(-1, len(ring) - 1)
    before[first] = last
    sharp = _may_be_sharp(points[after] - points, before, max_angle_deg)
    return Corners(owner[ring[sharp]], points[before[sharp]], points[sharp], points[after[sharp]])


def _may_be_sharp(step: FloatArray, before: IntArray, max_angle_deg: float) -> IntArray:
    """Return the corners whose side on, ``step``, turns back by the side ``before`` nearly this far."""
    x, y = np.ascontiguousarray(step[:, 0]), np.ascontiguousarray(step[:, 1])
    back_x, back_y = -x[before], -y[before]
    along, across = back_x * x + back_y * y, np.abs(back_x * y - back_y * x)
    if max_angle_deg >= RIGHT_DEG:
        return np.arange(len(step))
    limit = np.tan(np.radians(max_angle_deg)) * (1.0 + ROUNDING)
    return np.flatnonzero((along > 0) & (across <= along * limit + ROUNDING))


def angles_deg(corners: Corners) -> FloatArray:
    """Return the angle between the two sides that meet in each corner, 0..180."""
    one, two = corners.before - corners.here, corners.after - corners.here
    across = np.abs(one[:, 0] * two[:, 1] - one[:, 1] * two[:, 0])
    return np.asarray(np.degrees(np.arctan2(across, (one * two).sum(axis=1))), dtype=np.float64)


def _length(arms: FloatArray) -> FloatArray:
    return np.asarray(np.hypot(arms[:, 0], arms[:, 1]), dtype=np.float64)


def _spikes(corners: Corners, length_m: FloatArray) -> ObjectArray:
    """Return the line out to each corner and back, as long as the shorter of its sides."""
    sides = [
        corners.here + (side - corners.here) * (length_m / _length(side - corners.here))[:, None]
        for side in (corners.before, corners.after)
    ]
    lines = shapely.linestrings(np.stack([sides[0], corners.here, sides[1]], axis=1))
    return np.asarray(lines, dtype=object)


def _numbered(owner: IntArray) -> ObjectArray:
    """Return 0, 1, … for the spikes of each feature, as text; ``owner`` is sorted."""
    return (np.arange(len(owner)) - np.searchsorted(owner, owner)).astype(str).astype(object)
