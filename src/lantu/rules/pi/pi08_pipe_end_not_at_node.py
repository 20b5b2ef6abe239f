"""PI08: pipe end without a node."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import shapely

from lantu.model import Severity  # noqa: TC001  # dataclass fields are read at run time
from lantu.relations import Uncovered, tolerance_between
from lantu.relations.index import index_of
from lantu.relations.nearest import reached
from lantu.rules.base import PairRule
from lantu.rules.pi.pipes import PIPE
from lantu.rules.verdict import verdict

if TYPE_CHECKING:
    from lantu.model import FloatArray, IntArray, Layer, ObjectArray
    from lantu.relations import Pairs, Relation
    from lantu.rules.verdict import Verdict

PIPES_AT_ONCE = 50_000

MOST = 0.5
"""Nodes belong to a network where they stand at this share of its ends, or this share of them at its ends."""


@dataclass(frozen=True, kw_only=True)
class PipeEndNotAtNode(PairRule):
    """A pipe ends where no manhole, valve or other node is.

    *What it finds*

    An end of a pipe that is further than max_m from every node of all node layers together; to max_m the
    tolerance of the two layers is joined, as the root of both squares. Node layers of another network take no
    part: one counts where nodes stand at half of the pipes' ends, or half of its nodes at an end. Without
    such a layer nothing is checked. One finding per end.

    *Why it matters*

    What is surveyed of a pipe, its depth above all, is measured at the nodes. An end without one was drawn,
    not surveyed, and a network with loose ends cannot be followed from valve to house.

    *Basis*

    CJJ 61-2017 (pipes are surveyed from point to point, every end and branch is a point of the record).

    *Example*

    One end of sewer WS-118 lies 6.4 m from the nearest node, WSG-0071.

    *How to resolve*

    Look for the node on site: a buried manhole cover is surveyed and added, an end drawn beside its node is
    drawn to it, and a pipe that goes on is drawn on.

    *Trap*

    Pipes cut off at the border of the delivery end without a node by nature, and house connections often end
    at the wall. Nodes and pipes surveyed in two campaigns are two states of one network.
    """

    code: ClassVar[str] = "PI08"
    name: ClassVar[str] = "pipe-end-not-at-node"
    subjects: ClassVar[tuple[str, ...]] = (PIPE,)
    sees_all_others: ClassVar[bool] = True
    against: ClassVar[tuple[str, ...]] = ("utility.node",)
    severity: Severity = "minor"
    max_m: float = 0.5

    @property
    def relation(self) -> Relation:
        """Return each pipe, with all node layers at once: nodes cover no line, so none is left out."""
        return Uncovered()

    def compares(self, a: Layer, b: Layer) -> bool:
        """Say whether the nodes belong to the pipes; of a layer without objects the engine says why."""
        if len(a) == 0 or len(b) == 0:
            return len(a) == 0
        limit_m, box = self._limit_m(tolerance_between(a, b)), b.bounds_m
        if bool((np.isnan(box[:, 0]) | (box[:, :2] == box[:, 2:]).all(axis=1)).all()):
            places = _end_places(a), box[:, :2]  # a point is its own box: no object is needed for any
            return max(_share_reached(*places, limit_m), _share_reached(*places[::-1], limit_m)) >= MOST
        ends, _ = _ends(a.geometry)
        ways = ((ends, index_of(b).tree), (b.geometry, shapely.STRtree(ends)))
        return any((_nearest(one, tree)[1] <= limit_m).mean() >= MOST for one, tree in ways if len(one))

    def judge(self, pairs: Pairs) -> Verdict:
        """Return the ends that no node is near enough to."""
        ends, owner = _ends(pairs.subject.geometry)
        nodes = [layer.geometry for layer in pairs.others]
        single = len(nodes) == 1
        tree = index_of(pairs.others[0]).tree if single else shapely.STRtree(_together(nodes))
        node, away_m = _nearest(ends, tree)
        loose = np.flatnonzero(away_m > self._limit_m(pairs.tolerance_m))
        pipe = owner[loose]
        return verdict(
            pairs.rows_a[pipe],
            severity=self.severity,
            value_a=pairs.subject["medium"][pipe],
            field="medium",
            raw_a=pairs.subject.raw("medium")[pipe],
            measure=away_m[loose],
            unit="m",
            required=self.max_m,
            tolerance=pairs.tolerance_m,
            part=[str(number) for number in loose - np.searchsorted(owner, pipe)],
            shape=ends[loose],
            facts={"node": _ids_of(pairs.others, node[loose])},
        )

    def _limit_m(self, tolerance_m: float) -> float:
        return float(np.hypot(self.max_m, tolerance_m))


def _ends(lines: ObjectArray) -> tuple[ObjectArray, IntArray]:
    """Return the ends of lines and each end's line, as positions, ascending; a ring has no ends."""
    plain = (shapely.get_type_id(lines) == shapely.GeometryType.LINESTRING) & ~shapely.is_empty(lines)
    if (plain & ~shapely.is_closed(lines)).all():
        both = np.column_stack([shapely.get_point(lines, 0), shapely.get_point(lines, -1)])
        return both.ravel(), np.repeat(np.arange(len(lines)), 2)
    ends, owner = shapely.get_parts(shapely.boundary(lines), return_index=True)
    return np.asarray(ends, dtype=object), np.asarray(owner, dtype=np.int64)


def _end_places(pipes: Layer) -> FloatArray:
    """Return where the ends of all pipes are, shape (n, 2), some thousand pipes looked at at a time."""
    starts = range(0, len(pipes), PIPES_AT_ONCE)
    ends = [_ends(pipes.geometry[start : start + PIPES_AT_ONCE])[0] for start in starts]
    return np.concatenate([shapely.get_coordinates(some) for some in ends])


def _share_reached(places: FloatArray, others: FloatArray, reach_m: float) -> float:
    """Return which part of all places has one of the others within reach; what lies nowhere has none."""
    some, every = (where[np.isfinite(where[:, 0])] for where in (places, others))
    return float(reached(some, every, reach_m=reach_m).sum()) / max(1, len(places))


def _together(columns: list[ObjectArray]) -> ObjectArray:
    return np.concatenate([np.empty(0, dtype=object), *columns])


def _ids_of(layers: tuple[Layer, ...], places: IntArray) -> ObjectArray:
    """Return the ids at places in the layers together, of no more objects than that."""
    ids = np.full(len(places), None, dtype=object)
    starts = np.cumsum([0, *(len(layer) for layer in layers)])
    for layer, start, stop in zip(layers, starts, starts[1:], strict=False):
        here = (places >= start) & (places < stop)
        ids[here] = layer.ids[places[here] - start]
    return ids


def _nearest(places: ObjectArray, tree: shapely.STRtree) -> tuple[IntArray, FloatArray]:
    """Return which in the tree is nearest to each place and how far it is; NaN where there is none."""
    nearest, away_m = np.zeros(len(places), dtype=np.int64), np.full(len(places), np.nan)
    there = np.flatnonzero(~shapely.is_missing(places))
    found, apart_m = tree.query_nearest(places[there], all_matches=False, return_distance=True)
    nearest[there[found[0]]], away_m[there[found[0]]] = found[1], apart_m
    return nearest, away_m
