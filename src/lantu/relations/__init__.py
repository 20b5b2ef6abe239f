"""How two layers meet: the relations, the pairs they make, and the tolerance that all of them honour."""

from lantu.relations.alongside import alongside
from lantu.relations.candidates import candidates
from lantu.relations.coverage import gaps
from lantu.relations.deviation import deviation_at, deviation_m
from lantu.relations.displacement import BY_CENTROID, BY_CORNER, BY_ID, displaced
from lantu.relations.kernels import Kernels, kernels_for
from lantu.relations.left_out import LeftOut
from lantu.relations.measure import kept, measured
from lantu.relations.offset import Offset, median_move, offset_between
from lantu.relations.own_ids import ids_by_chance, numbered_apart
from lantu.relations.pairs import NO_ROW, Columns, Pairs
from lantu.relations.run import run_length_m
from lantu.relations.spec import (
    Alone,
    Alongside,
    Coverage,
    Crosses,
    Displaced,
    Near,
    Overlaps,
    Relation,
    Same,
    Uncovered,
)
from lantu.relations.subdivision import holders_of, new_ids_on, subdivided
from lantu.relations.tolerance import TOPOLOGY_M, pair_tolerance_m, tolerance_between
from lantu.relations.uncovered import uncovered

__all__ = [
    "BY_CENTROID",
    "BY_CORNER",
    "BY_ID",
    "NO_ROW",
    "TOPOLOGY_M",
    "Alone",
    "Alongside",
    "Columns",
    "Coverage",
    "Crosses",
    "Displaced",
    "Kernels",
    "LeftOut",
    "Near",
    "Offset",
    "Overlaps",
    "Pairs",
    "Relation",
    "Same",
    "Uncovered",
    "alongside",
    "candidates",
    "deviation_at",
    "deviation_m",
    "displaced",
    "gaps",
    "holders_of",
    "ids_by_chance",
    "kept",
    "kernels_for",
    "measured",
    "median_move",
    "new_ids_on",
    "numbered_apart",
    "offset_between",
    "pair_tolerance_m",
    "run_length_m",
    "subdivided",
    "tolerance_between",
    "uncovered",
]
