"""Overlap of parcels with plots: Lantu's relation beside geopandas.overlay, on the same layers in one run.

``make bench``, or ``python benchmarks/run.py [PARCELS]``. The sums are compared before the times: rows whose
answers differ are no race. The city is a seeded grid of parcels and plots, drawn apart by some centimetres.
"""

from __future__ import annotations

import statistics
import sys
import time
import warnings
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from lantu.model import Layer, Provenance
from lantu.relations import Overlaps, candidates, measured

if TYPE_CHECKING:
    from collections.abc import Callable

CRS = "EPSG:4548"
ROUNDS = 3
LEAST_M2 = 0.01
"""Below, two numbers of the same overlap differ by rounding alone."""
PARCEL_M = 25.0
PLOT_M = 90.0


def grid(count: int, side_m: float, *, noise_m: float, seed: int, name: str) -> Layer:
    """Return about ``count`` quadrilaterals that share their corners, moved by ``noise_m``."""
    across = round(count**0.5)
    random = np.random.default_rng(seed)
    corner = np.stack(np.meshgrid(np.arange(across + 1), np.arange(across + 1), indexing="ij"), axis=-1)
    points = corner * side_m + random.normal(0.0, noise_m, corner.shape)
    rings = np.stack(
        [points[:-1, :-1], points[1:, :-1], points[1:, 1:], points[:-1, 1:], points[:-1, :-1]], axis=2
    )
    shapes = shapely.polygons(rings.reshape(-1, 5, 2))
    frame = gpd.GeoDataFrame({"id": [f"{name}{row}" for row in range(len(shapes))]}, geometry=shapes, crs=CRS)
    source = Provenance(
        path=name, layer=None, driver=None, sha256=None,
        count_in=len(frame), count_out=len(frame), count_listed=0,
    )  # fmt: skip
    return Layer(
        name=name, standard="land.parcel", department="bench", frame=frame,
        accuracy_m=0.05, level="public", provenance=source,
    )  # fmt: skip


def by_relation(a: Layer, b: Layer) -> tuple[int, float]:
    """Return pairs that share more than LEAST_M2, and their area, by Lantu's relation."""
    rows = np.arange(len(a), dtype=np.int64)
    chosen = np.ones(len(a), dtype=np.bool_)
    pairs = candidates(Overlaps(), a, b, rows_a=rows, chosen_a=chosen, chosen_b=None)
    area_m2 = measured(Overlaps(), pairs)["area_m2"]
    return int((area_m2 > LEAST_M2).sum()), float(area_m2[area_m2 > LEAST_M2].sum())


def by_overlay(a: Layer, b: Layer) -> tuple[int, float]:
    """Return the same by geopandas.overlay."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of dropped lines and points, which we drop too
        area_m2 = gpd.overlay(a.frame[["geometry"]], b.frame[["geometry"]], how="intersection").area
    return int((area_m2 > LEAST_M2).sum()), float(area_m2[area_m2 > LEAST_M2].sum())


def timed(work: Callable[[Layer, Layer], tuple[int, float]], a: Layer, b: Layer) -> tuple[float, int, float]:
    """Return seconds and the answer of one call."""
    started = time.perf_counter()
    count, area_m2 = work(a, b)
    return time.perf_counter() - started, count, area_m2


def main(count: int) -> None:
    """Print a table: both ways, their answers, median seconds of interleaved rounds, and the ratio."""
    parcels = grid(count, PARCEL_M, noise_m=0.03, seed=1, name="parcel")
    plots = grid(round(count * (PARCEL_M / PLOT_M) ** 2), PLOT_M, noise_m=0.03, seed=2, name="plot")
    ways = {"lantu overlaps": by_relation, "geopandas.overlay": by_overlay}
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    answers: dict[str, tuple[int, float]] = {}
    for _ in range(ROUNDS):
        for name, way in ways.items():
            taken, pairs, area_m2 = timed(way, parcels, plots)
            seconds[name].append(taken)
            answers[name] = (pairs, area_m2)
    (n1, area1), (n2, area2) = answers.values()
    if n1 != n2 or abs(area1 - area2) > 1e-9 * area2:
        sys.exit(f"the answers differ: {answers}")
    print(f"{len(parcels):,} parcels x {len(plots):,} plots, {ROUNDS} interleaved rounds")
    print(f"{'way':<20}{'pairs':>10}{'area m2':>18}{'median s':>10}")
    for name, taken in seconds.items():
        print(f"{name:<20}{answers[name][0]:>10,}{answers[name][1]:>18,.3f}{statistics.median(taken):>10.2f}")
    ours, theirs = (statistics.median(taken) for taken in seconds.values())
    print(f"geopandas.overlay takes {theirs / ours:.1f} times as long")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
