"""How two layers meet: the relations, the pairs they make, and the tolerance that all of them honour."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lantu.relations.areas import SharedAreas, shared_areas
    from lantu.relations.beside import alongside
    from lantu.relations.boundaries import BoundaryDifferences, boundary_differences
    from lantu.relations.candidate_pairs import candidates
    from lantu.relations.coverage import gaps
    from lantu.relations.deviation import deviation_at, deviation_m
    from lantu.relations.displacement import BY_CENTROID, BY_CORNER, BY_ID, by_neighbours, displaced
    from lantu.relations.faults import CoverageFaults, coverage_faults
    from lantu.relations.kernels import Kernels, kernels_for
    from lantu.relations.left_out import LeftOut
    from lantu.relations.measure import kept, measured
    from lantu.relations.offset import Offset, median_move, offset_between
    from lantu.relations.own_ids import ids_by_chance, numbered_apart, share_an_id
    from lantu.relations.pairs import NO_ROW, Columns, Pairs
    from lantu.relations.polygons import Polygons, polygons_of
    from lantu.relations.remains import uncovered
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

__all__ = [
    "BY_CENTROID",
    "BY_CORNER",
    "BY_ID",
    "NO_ROW",
    "TOPOLOGY_M",
    "Alone",
    "Alongside",
    "BoundaryDifferences",
    "Columns",
    "Coverage",
    "CoverageFaults",
    "Crosses",
    "Displaced",
    "Kernels",
    "LeftOut",
    "Near",
    "Offset",
    "Overlaps",
    "Pairs",
    "Polygons",
    "Relation",
    "Same",
    "SharedAreas",
    "Uncovered",
    "alongside",
    "boundary_differences",
    "by_neighbours",
    "candidates",
    "coverage_faults",
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
    "polygons_of",
    "run_length_m",
    "share_an_id",
    "shared_areas",
    "subdivided",
    "tolerance_between",
    "uncovered",
]

_MODULES = {
    "coverage_faults": "faults",
    "CoverageFaults": "faults",
    "boundary_differences": "boundaries",
    "BoundaryDifferences": "boundaries",
    "Alone": "spec",
    "Alongside": "spec",
    "BY_CENTROID": "displacement",
    "BY_CORNER": "displacement",
    "BY_ID": "displacement",
    "Columns": "pairs",
    "Coverage": "spec",
    "Crosses": "spec",
    "Displaced": "spec",
    "Kernels": "kernels",
    "LeftOut": "left_out",
    "NO_ROW": "pairs",
    "Near": "spec",
    "Offset": "offset",
    "Overlaps": "spec",
    "Pairs": "pairs",
    "Polygons": "polygons",
    "Relation": "spec",
    "Same": "spec",
    "SharedAreas": "areas",
    "TOPOLOGY_M": "tolerance",
    "Uncovered": "spec",
    "alongside": "beside",
    "candidates": "candidate_pairs",
    "deviation_at": "deviation",
    "deviation_m": "deviation",
    "by_neighbours": "displacement",
    "displaced": "displacement",
    "gaps": "coverage",
    "holders_of": "subdivision",
    "ids_by_chance": "own_ids",
    "kept": "measure",
    "kernels_for": "kernels",
    "measured": "measure",
    "median_move": "offset",
    "new_ids_on": "subdivision",
    "numbered_apart": "own_ids",
    "offset_between": "offset",
    "pair_tolerance_m": "tolerance",
    "polygons_of": "polygons",
    "run_length_m": "run",
    "share_an_id": "own_ids",
    "shared_areas": "areas",
    "subdivided": "subdivision",
    "tolerance_between": "tolerance",
    "uncovered": "remains",
}
"""Where each name stands: loaded when it is asked for. Who measures areas alone loads no standards."""


def __getattr__(name: str) -> Any:  # noqa: ANN401  # the module's own names, of any type
    """Load a name on first use."""
    if name not in _MODULES:
        problem = f"module 'lantu.relations' has no attribute '{name}'"
        raise AttributeError(problem)
    return getattr(import_module(f"lantu.relations.{_MODULES[name]}"), name)


def __dir__() -> list[str]:
    """List the names that are not loaded yet too."""
    return sorted({*globals(), *__all__})
