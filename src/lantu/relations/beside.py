"""Alongside: the line work of another layer that runs along a line, where no id says which is which.

Across the line a transect is cast at the middle of every metre, and what it meets is looked at: the nearest
line of the other layer that runs the same way is the counterpart there, and how far along the transect
it lies is the deviation. So it does not matter how either side is cut into features. Where it is
not clear which line is meant (a second carriageway, a service road, two lines for one) nothing is compared.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely
from shapely.ops import substring

from lantu.relations.candidate_pairs import rows_that_meet
from lantu.relations.index import LINE, index_of
from lantu.relations.overlaps import KeptShapes
from lantu.relations.pairs import Pairs
from lantu.relations.segments import sums_of
from lantu.relations.tolerance import tolerance_between
from lantu.relations.transects import hits_of, stations_of, transects_of
from lantu.standards.plain_name import plain_names

if TYPE_CHECKING:
    from lantu.model import BoolArray, FloatArray, IntArray, Layer, ObjectArray
    from lantu.relations.spec import Alongside
    from lantu.relations.transects import Hits, Stations

PARALLEL_DEG = 15.0
"""A counterpart runs the same way within this; a redrawn bend stays below, a crossing road above."""

CLEARLY = 3.0
"""A counterpart is clear where every rival is more than this many times as far from it."""

UNNAMED = 0.5
"""Share of the reach within which a line counts whose name cannot be compared."""

LEAST_SHARE = 0.5
"""Share of a line that must have a counterpart where no name says that the two are one."""

ROUNDING_M = 1e-9
"""What adding up cells may take from a length that is exactly as long as it must be."""


def alongside(
    relation: Alongside, a: Layer, b: Layer, *, rows_a: IntArray, chosen_a: BoolArray, chosen_b: BoolArray
) -> Pairs:
    """Return the subjects with a clear counterpart in ``b``, each with what it deviates from most.

    Subjects without one are left away: the relation says nothing about them.
    """
    subjects = np.sort(np.asarray(rows_a, dtype=np.int64))
    subjects = subjects[chosen_a[subjects] & (index_of(a).dimension[subjects] == LINE)]
    stations = stations_of(a.geometry[subjects])
    names_a, names_b = _names(relation, a), _names(relation, b)
    reach_m = 2.0 * relation.reach_m  # rivals are looked for around the counterpart
    transects = transects_of(stations, names_a[subjects][stations.owner], reach_m=reach_m)
    theirs = hits_of(transects, b, names_b, _near(a, b, subjects, reach_m, chosen_b))
    ours = hits_of(transects, a, names_a, _near(a, a, subjects, reach_m, chosen_a))
    found = counterparts(relation, theirs, ours, count=len(stations), rank=index_of(b).rank)
    found = _sure(relation, _enough(found, stations, len(subjects)), stations)
    return _pairs(relation, a, b, subjects, stations, found)


def _names(relation: Alongside, layer: Layer) -> ObjectArray:
    """Return what is compared as the name of each feature, "" where there is none."""
    if relation.name is None or relation.name not in layer.frame.columns:
        return np.full(len(layer), "", dtype=object)
    return plain_names(layer.values(relation.name))


def _near(a: Layer, b: Layer, subjects: IntArray, reach_m: float, chosen: BoolArray) -> IntArray:
    """Return the chosen lines of ``b`` whose boxes come within reach of any subject's."""
    rows = np.unique(rows_that_meet(a, b, subjects, reach_m=reach_m)[1]).astype(np.int64)
    near: IntArray = rows[chosen[rows] & (index_of(b).dimension[rows] == LINE)]
    return near


@dataclass(frozen=True)
class Counterparts:
    """For each station the row of its counterpart (-1: none that is clear), how far left, and if by name.

    ``sure`` is false where it may be another line of one name: the other carriageway of a divided road.
    """

    row: IntArray
    offset_m: FloatArray
    by_name: BoolArray
    sure: BoolArray


def counterparts(
    relation: Alongside, theirs: Hits, ours: Hits, *, count: int, rank: IntArray
) -> Counterparts:
    """Return the clear counterpart of each of ``count`` stations; of two as near, the lower in ``rank``.

    Where a line of the same name runs along, only lines of that name or of none are looked at, else all. The
    nearest is the counterpart unless another line, of either layer, is less than CLEARLY times as far
    from it. Lines no further apart than ``max_m`` are one road.
    """
    reach_m, max_m = relation.reach_m, relation.max_m
    parallel = theirs.angle_deg <= PARALLEL_DEG
    by_name = np.zeros(count, dtype=np.bool_)
    by_name[theirs.station[parallel & (theirs.named == 1) & (np.abs(theirs.offset_m) <= reach_m)]] = True
    theirs, parallel = _considered(theirs, by_name), parallel[_concerned(theirs, by_name)]
    ours = _considered(ours, by_name)
    limit_m = np.where(by_name, reach_m, reach_m * UNNAMED)[theirs.station]
    fit = parallel & (theirs.named == by_name[theirs.station]) & (np.abs(theirs.offset_m) <= limit_m)
    able = theirs.take(np.flatnonzero(fit))
    order = np.lexsort((rank[able.row], np.abs(able.offset_m), able.station))
    able = able.take(order[np.r_[True, np.diff(able.station[order]) > 0]] if len(order) else order)
    row, offset_m = np.full(count, -1, dtype=np.int64), np.full(count, np.nan)
    row[able.station], offset_m[able.station] = able.row, able.offset_m
    clear_m = CLEARLY * np.abs(offset_m)
    rival = np.zeros(count, dtype=np.bool_)
    away_m = np.abs(theirs.offset_m - offset_m[theirs.station])
    nearly = np.abs(theirs.offset_m) <= clear_m[theirs.station]
    rival[theirs.station[nearly & (away_m > max_m)]] = True
    away_m = np.abs(ours.offset_m - offset_m[ours.station])
    rival[ours.station[(away_m <= clear_m[ours.station]) & (np.abs(ours.offset_m) > max_m)]] = True
    row[rival], offset_m[rival] = -1, np.nan
    return Counterparts(row, offset_m, by_name & (row >= 0), row >= 0)


def _concerned(hits: Hits, by_name: BoolArray) -> BoolArray:
    """Return which hits are looked at: not those of another name where one of the same name runs along."""
    concerned: BoolArray = ~by_name[hits.station] | (hits.named >= 0)
    return concerned


def _considered(hits: Hits, by_name: BoolArray) -> Hits:
    return hits.take(_concerned(hits, by_name))


def _enough(found: Counterparts, stations: Stations, count: int) -> Counterparts:
    """Return the counterparts without those that no name confirms of lines that mostly have none."""
    there = sums_of(stations.owner, stations.cell_m * (found.row >= 0), count)
    length_m = sums_of(stations.owner, stations.cell_m, count)
    few = (there < LEAST_SHARE * length_m - ROUNDING_M)[stations.owner] & ~found.by_name
    row = np.where(few, -1, found.row)
    return Counterparts(row, np.where(few, np.nan, found.offset_m), found.by_name & ~few, row >= 0)


def _sure(relation: Alongside, found: Counterparts, stations: Stations) -> Counterparts:
    """Return the counterparts, sure only where they come within half the reach without a leap.

    Two lines of one name that stay further apart all along may be the two carriageways of a divided road, of
    which each layer lacks one. A line that leaves another and returns to it is that line.
    """
    offset_m = found.offset_m
    with np.errstate(invalid="ignore"):
        leaps = ~(np.abs(np.diff(offset_m, prepend=np.nan)) <= relation.max_m)
        near = np.abs(offset_m) <= UNNAMED * relation.reach_m
    stretch = np.cumsum(leaps | (np.diff(stations.part, prepend=-1) != 0)) - 1
    returns = np.bincount(stretch[near], minlength=len(stretch) + 1) > 0
    return replace(found, sure=found.sure & returns[stretch])


@dataclass(frozen=True)
class Stretches:
    """The stations of a line that tell most against its counterpart, and lengths in metres by measure."""

    part: BoolArray
    length_m: dict[str, FloatArray]


def _stretches(
    relation: Alongside, stations: Stations, found: Counterparts, *, tolerance_m: float, count: int
) -> Stretches:
    """Return the stretches of each of ``count`` lines that are apart: for certain, else perhaps."""
    with np.errstate(invalid="ignore"):
        apart = np.abs(found.offset_m) > relation.max_m + tolerance_m
        maybe = np.abs(found.offset_m) > max(relation.max_m - tolerance_m, 0.0)
    chosen = {
        "certain_m": _in_runs(apart & found.sure, stations, relation.min_length_m),
        "apart_m": _in_runs(apart, stations, relation.min_length_m),
        "possible_m": _in_runs(maybe, stations, relation.min_length_m),
        "compared_m": found.row >= 0,
    }
    length_m = {name: _length_m(stations, mask, count) for name, mask in chosen.items()}
    certain = (length_m["certain_m"] > 0)[stations.owner]
    return Stretches(np.where(certain, chosen["certain_m"], chosen["possible_m"]), length_m)


def _length_m(stations: Stations, chosen: BoolArray, count: int) -> FloatArray:
    """Return the length of the chosen cells of each of ``count`` lines."""
    return sums_of(stations.owner, stations.cell_m * chosen, count)


def _pairs(
    relation: Alongside, a: Layer, b: Layer, subjects: IntArray, stations: Stations, found: Counterparts
) -> Pairs:
    """Return one pair for each subject with a counterpart, with its measures and stretches."""
    count, tolerance_m = len(subjects), tolerance_between(a, b)
    stretches = _stretches(relation, stations, found, tolerance_m=tolerance_m, count=count)
    main = _main(stations, found, stretches.part, index_of(b).rank, count)
    with_main = found.sure & (found.row == main[stations.owner])
    length_m = {**stretches.length_m, "main_m": _length_m(stations, with_main, count)}
    kept = np.flatnonzero(length_m["compared_m"] > 0)
    far_m = np.nan_to_num(np.abs(found.offset_m), nan=-1.0)
    farthest = _farthest(stations.owner, far_m, stretches.part)[kept]
    measures = {
        **{name: lengths[kept] for name, lengths in length_m.items()},
        "deviation_m": far_m[farthest],
        "x_m": stations.point[farthest, 0],
        "y_m": stations.point[farthest, 1],
        "by_name": found.by_name[farthest].astype(np.float64),
        "wide": np.ones(len(kept)),
    }
    shapes = KeptShapes(_drawn(stations, stretches.part, count)[kept])
    return Pairs(
        a=a, b=b, rows_a=subjects[kept], rows_b=main[kept],
        tolerance_m=tolerance_m, measures=measures, shapes=shapes,
    )  # fmt: skip


def _runs(chosen: BoolArray, part: IntArray) -> IntArray:
    """Return a number for each run of chosen stations that follow each other in one part; -1 elsewhere."""
    starts = chosen & np.r_[True, ~chosen[:-1] | (part[1:] != part[:-1])][: len(chosen)]
    return np.where(chosen, np.cumsum(starts) - 1, -1)


def _in_runs(chosen: BoolArray, stations: Stations, least_m: float) -> BoolArray:
    """Return which of the chosen stations stand in a run of at least ``least_m``."""
    run = _runs(chosen, stations.part)
    length_m = sums_of(run[chosen], stations.cell_m[chosen], int(run.max(initial=-1)) + 1)
    kept = chosen.copy()
    kept[chosen] = (length_m >= least_m - ROUNDING_M)[run[chosen]]
    return kept


def _farthest(owner: IntArray, far_m: FloatArray, part: BoolArray) -> IntArray:
    """Return the station where each line deviates most, in its stretches if it has any."""
    order = np.lexsort((-np.arange(len(owner)), far_m, part, owner))
    last = np.r_[np.diff(owner[order]) > 0, True][: len(order)]
    farthest: IntArray = order[last]
    return farthest


def _main(stations: Stations, found: Counterparts, part: BoolArray, rank: IntArray, count: int) -> IntArray:
    """Return the row that is counterpart along most of a line's stretches, else of the line; or -1."""
    there = np.flatnonzero(found.row >= 0)
    table = pd.DataFrame(
        {
            "owner": stations.owner[there], "row": found.row[there],
            "apart": part[there].astype(np.int64), "rank": rank[found.row[there]],
        }
    )  # fmt: skip
    sums = table.groupby(["owner", "row", "rank"], as_index=False).agg(
        apart=("apart", "sum"), all=("apart", "size")
    )
    sums = sums.sort_values(["owner", "apart", "all", "rank"], ascending=[True, False, False, True])
    first = sums.drop_duplicates("owner")
    main = np.full(count, -1, dtype=np.int64)
    main[first["owner"].to_numpy()] = first["row"].to_numpy()
    return main


def _drawn(stations: Stations, chosen: BoolArray, count: int) -> ObjectArray:
    """Return the chosen cells of each of ``count`` lines as one line or several, None for none."""
    shapes = np.full(count, None, dtype=object)
    run = _runs(chosen, stations.part)
    first = np.searchsorted(stations.owner, np.arange(count + 1))
    for one in np.unique(stations.owner[chosen]):
        cells = np.arange(first[one], first[one + 1])
        shapes[one] = _joined(stations, cells, run[cells])
    return shapes


def _joined(stations: Stations, cells: IntArray, run: IntArray) -> shapely.Geometry:
    """Return the cells of one line, one line for each run."""
    lines = []
    for number in np.unique(run[run >= 0]):
        at = cells[run == number]
        half_m = stations.cell_m[at[0]] / 2.0
        whole = stations.parts[stations.part[at[0]]]
        lines.append(substring(whole, stations.place_m[at[0]] - half_m, stations.place_m[at[-1]] + half_m))
    return lines[0] if len(lines) == 1 else shapely.multilinestrings(lines)
