"""A guard against losing an order of magnitude: work is counted, seconds belong to the benchmarks."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely

from lantu.relations import Overlaps, kept

if TYPE_CHECKING:
    from collections.abc import Callable

    from lantu.model import Layer
    from lantu.relations import Pairs


overlaps = importlib.import_module("lantu.relations.overlaps")


def _coverage(cells: int, *, noise: float, seed: int) -> Any:
    """Square cells with 24 vertices each, neighbours sharing theirs, then moved by noise."""
    random = np.random.default_rng(7)
    steps = np.linspace(0, 40, 7)[:-1]
    wave = random.uniform(-2, 2, (2, cells + 1, cells + 1, 6))
    wave[..., 0] = 0.0
    i, j = (grid.ravel() for grid in np.meshgrid(np.arange(cells), np.arange(cells), indexing="ij"))

    def level(i: Any, j: Any) -> Any:  # from corner (i, j) eastwards
        return np.stack([40.0 * i[:, None] + steps, 40.0 * j[:, None] + wave[0, i, j]], axis=-1)

    def upright(i: Any, j: Any) -> Any:  # from corner (i, j) northwards
        return np.stack([40.0 * i[:, None] + wave[1, i, j], 40.0 * j[:, None] + steps], axis=-1)

    def turned(edge: Any, i: Any, j: Any) -> Any:  # the same points from the far corner back
        far = np.stack([40.0 * i, 40.0 * j], axis=-1)[:, None]
        return np.concatenate([far, edge[:, :0:-1]], axis=1)

    ring = np.concatenate(
        [
            level(i, j),
            upright(i + 1, j),
            turned(level(i, j + 1), i + 1, j + 1),
            turned(upright(i, j), i, j + 1),
        ],
        axis=1,
    )
    ring = ring + np.random.default_rng(seed).normal(0, noise, ring.shape) + [431_386.0, 4_060_000.0]
    return shapely.polygons(ring)


@pytest.mark.slow
@pytest.mark.parametrize("related", [True], indirect=True, ids=["kernels"])
def test_twenty_thousand_parcels_on_twenty_thousand_plots(
    layer: Callable[..., Layer], related: Callable[..., Pairs], monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[int] = []
    overlay = overlaps.overlay

    def counted(operation: Any, a: Any, b: Any) -> Any:
        drawn.append(len(a))
        return overlay(operation, a, b)

    monkeypatch.setattr(overlaps, "overlay", counted)
    a = layer(_coverage(141, noise=0.0, seed=1), accuracy_m=0.1)
    b = layer(_coverage(141, noise=0.05, seed=2), accuracy_m=0.1)
    assert shapely.is_valid(a.geometry).all()
    found = related(Overlaps(), a, b)
    mask, out = kept(Overlaps(), found)
    assert mask.sum() == 141 * 141
    assert out.count > 50_000
    assert len(found) < 9.2 * len(a)
    assert sum(drawn) == found["by_geos"].sum() <= len(found) / 10_000
    found.shape(np.flatnonzero(mask)[:100])
    assert sum(drawn) == found["by_geos"].sum() + 100
