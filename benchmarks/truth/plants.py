"""All plants, and the district that holds each of them at every strength."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from truth import plant_built, plant_data, plant_heritage, plant_land, plant_pipes
from truth.background import lay
from truth.ground import Cell
from truth.strengths import STRENGTHS

if TYPE_CHECKING:
    from collections.abc import Callable

CLEAN = 100
"""Cells of each district in which everything agrees."""
ROOMS = (plant_land, plant_heritage, plant_built, plant_pipes, plant_data)


def district(seed: int) -> list[Cell]:
    """Return the cells of one district: each rule once at each strength, and CLEAN cells, in random order."""
    wanted: list[tuple[str | None, float | None]] = [(None, None)] * CLEAN
    for room in ROOMS:
        wanted += [(rule, strength) for rule in room.BY_STRENGTH for strength in STRENGTHS]
        wanted += [(rule, None) for rule in room.WHOLE]
    order = np.random.default_rng(seed).permutation(len(wanted))
    cells = []
    for number, place in enumerate(order):
        rule, strength = wanted[place]
        cell = Cell(number, rule, strength)
        lay(cell)
        if rule is not None:
            _plant(cell, rule, strength)
        cells.append(cell)
    return cells


def _plant(cell: Cell, rule: str, strength: float | None) -> None:
    for room in ROOMS:
        if strength is not None and rule in room.BY_STRENGTH:
            by_strength: Callable[[Cell, float], None] = room.BY_STRENGTH[rule]
            by_strength(cell, strength)
        elif strength is None and rule in room.WHOLE:
            room.WHOLE[rule](cell)
