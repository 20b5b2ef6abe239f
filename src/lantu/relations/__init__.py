"""How two layers meet: the relations, the pairs they make, and the tolerance that all of them honour."""

from lantu.relations.candidates import candidates
from lantu.relations.coverage import gaps
from lantu.relations.left_out import LeftOut
from lantu.relations.measure import kept, measured
from lantu.relations.pairs import NO_ROW, Columns, Pairs
from lantu.relations.run import run_length_m
from lantu.relations.spec import Alone, Coverage, Crosses, Near, Overlaps, Relation, Same, Uncovered
from lantu.relations.tolerance import TOPOLOGY_M, pair_tolerance_m, tolerance_between
from lantu.relations.uncovered import uncovered

__all__ = [
    "NO_ROW",
    "TOPOLOGY_M",
    "Alone",
    "Columns",
    "Coverage",
    "Crosses",
    "LeftOut",
    "Near",
    "Overlaps",
    "Pairs",
    "Relation",
    "Same",
    "Uncovered",
    "candidates",
    "gaps",
    "kept",
    "measured",
    "pair_tolerance_m",
    "run_length_m",
    "tolerance_between",
    "uncovered",
]
