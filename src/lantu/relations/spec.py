"""What a rule may ask for: how two layers, or a layer and itself, meet.

A relation names the meeting and its thresholds; the engine pairs and measures. Thresholds are what
a rule calls too small to report; accuracy is not among them: the tolerance of a pair comes from its
two layers and is applied by every relation alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, kw_only=True)
class Relation:
    """Base of the relations; ``kind`` names the computation that relations of one kind share.

    ``kernels`` are those that measure it (``kernels/choice.py`` lists them).
    """

    kind: ClassVar[str]
    kernels: ClassVar[tuple[str, ...]] = ()


@dataclass(frozen=True, kw_only=True)
class Alone(Relation):
    """Each feature by itself (``relation = "none"``); pairs have no other side."""

    kind: ClassVar[str] = "none"


@dataclass(frozen=True, kw_only=True)
class Overlaps(Relation):
    """Both share ground wider than the tolerance.

    Measures: ``area_m2``, ``share_a`` (of the subject's area), ``share_b`` for polygon on polygon;
    ``length_m``, ``share_a`` (of the line's length) for line in polygon. Shape: the shared part.
    A pair is kept when its measure reaches ``min_area_m2`` (or ``min_length_m`` for lines) and
    ``share_a`` reaches ``min_share``.
    """

    kind: ClassVar[str] = "overlaps"
    kernels: ClassVar[tuple[str, ...]] = ("areas", "widths")
    min_area_m2: float = 0.0
    min_length_m: float = 0.0
    min_share: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Near(Relation):
    """Both are closer than ``within_m`` (between geometries, not yet between outer surfaces).

    Measures: ``distance_m`` (0 where they touch or cross), ``angle_deg`` (between two lines where they
    are nearest, 0..90, NaN for other kinds), ``run_m`` (length of the subject that lies within
    ``within_m`` of the other, lines only). Shape: the nearest segment (a point where they meet).
    ``along=False`` leaves ``angle_deg`` and ``run_m`` out: they cost ten times as much as the distance.
    """

    kind: ClassVar[str] = "near"
    kernels: ClassVar[tuple[str, ...]] = ("lines",)
    within_m: float = 0.0
    along: bool = True


@dataclass(frozen=True, kw_only=True)
class Crosses(Relation):
    """Two lines cross in plan; one pair for each crossing point, numbered along the subject.

    Measures: ``part`` (0, 1, … along the subject), ``fraction_a`` and ``fraction_b`` (place along each
    line, 0 at its start, 1 at its end), ``angle_deg``. Shape: the point.
    """

    kind: ClassVar[str] = "crosses"
    kernels: ClassVar[tuple[str, ...]] = ("lines",)


@dataclass(frozen=True, kw_only=True)
class Same(Relation):
    """Both carry one id (ids compared without their ``~2``; a repeated id pairs with every bearer).

    ``key="geometry"`` pairs equal geometries within tolerance instead. ``unmatched=True`` gives the
    subjects whose id the other layer lacks, without another side, and only those.
    Measures: ``iou``, ``area_a_m2``, ``area_b_m2``, ``area_difference_m2`` (b - a), ``deviation_m``
    (largest distance between the boundaries, Hausdorff over vertices and edges), ``shift_m``
    (between centroids). Shape: what only one of the two covers (polygons), or the deviating part.
    """

    kind: ClassVar[str] = "same"
    kernels: ClassVar[tuple[str, ...]] = ("deviations", "areas")
    key: str = "id"
    unmatched: bool = False


@dataclass(frozen=True, kw_only=True)
class Uncovered(Relation):
    """What no feature of the other layer(s) covers: one row per subject, no other side.

    Measures: ``area_m2`` left over (wider than the tolerance somewhere), ``share_a``. Shape: the rest.
    Points: ``area_m2`` is 0 and ``share_a`` 1 where no feature contains the point within tolerance.
    """

    kind: ClassVar[str] = "uncovered"
    kernels: ClassVar[tuple[str, ...]] = ("remainders",)
    min_area_m2: float = 0.0
    min_share: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Coverage(Relation):
    """Gaps inside one coverage: holes between neighbours, one row per hole, subject = a neighbour.

    Measures: ``area_m2``, ``width_m`` (mean width, 2·area/perimeter). Shape: the hole.
    """

    kind: ClassVar[str] = "coverage"
    kernels: ClassVar[tuple[str, ...]] = ("balance",)
    max_width_m: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Alongside(Relation):
    """The line work of the other layer that runs along a line, found by direction and nearness, not by id.

    One row for each subject with a clear counterpart, whatever features the other layer cuts it into; the
    other side is the one that it deviates from most. A counterpart lies within half of ``reach_m`` or,
    where both bear one ``name`` (a column; None: no names), within ``reach_m``; never under another name.
    One of that name which never comes within half of it is not sure: a divided road has two lines.

    Measures, lengths to the metre and those of stretches only where the stretch is at least ``min_length_m``
    long: ``certain_m`` and ``possible_m`` (further apart than ``max_m`` plus, and less, the tolerance),
    ``apart_m`` (as ``certain_m``, unsure counterparts too), ``compared_m`` (with a clear counterpart),
    ``main_m`` (along the other side of the pair, where that is sure), ``deviation_m`` and ``x_m``, ``y_m``
    (the largest, and where on the subject), ``by_name`` (1 where the name says that the two are one). Shape:
    the certain stretches, else the possible ones.
    """

    kind: ClassVar[str] = "alongside"
    max_m: float = 0.0
    min_length_m: float = 0.0
    reach_m: float = 0.0
    name: str | None = None


@dataclass(frozen=True, kw_only=True)
class Displaced(Relation):
    """Objects that stand in both layers, matched over the two whole layers, and how far apart they lie.

    Matched by id; with fewer than ``min_pairs`` of those by nearest centroid (polygons that share more than
    half); with fewer of those too, and where both standards are among ``line_work``, by the corners of
    their lines; with fewer of all those, by centroids or corners where GCJ-02 or BD-09 taken back from one of
    the layers would put them. Ids count where a department delivered them and they stand once in each
    layer. Objects whose size differs by a tenth were redrawn and say nothing about an offset.
    Measures: ``x_m``, ``y_m`` (place in a), ``dx_m``, ``dy_m`` (b - a), ``way`` (0 by id, 1 by centroid,
    2 by corners). Fewer than ``min_pairs`` pairs prove no agreement: the rule is then not checked.
    """

    kind: ClassVar[str] = "displaced"
    kernels: ClassVar[tuple[str, ...]] = ("areas",)
    min_pairs: int = 30
    line_work: tuple[str, ...] = ()
