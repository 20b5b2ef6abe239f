"""Layers made by hand, and ways to compare pairs whatever the order of rows."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pytest
import shapely

from lantu.model import Layer, Provenance
from lantu.relations import Pairs, candidates, measured

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lantu.relations import Relation


def _geometry(value: Any) -> Any:
    return shapely.from_wkt(value) if isinstance(value, str) else value


def build_layer(
    geometries: Sequence[Any], *, ids: Sequence[str] | None = None, accuracy_m: float = 0.0, name: str = "a"
) -> Layer:
    """Return a layer of geometries (or WKT, or None); ids default to f000000, f000001, …"""
    shapes = np.empty(len(geometries), dtype=object)
    shapes[:] = [_geometry(value) for value in geometries]
    names = [f"f{number:06d}" for number in range(len(shapes))] if ids is None else list(ids)
    frame = gpd.GeoDataFrame(
        {"id": np.array(names, dtype=object)},
        geometry=gpd.GeoSeries(shapes, crs="EPSG:4548"),
        crs="EPSG:4548",
    )
    provenance = Provenance(
        path=f"{name}.gpkg",
        layer=None,
        driver="GPKG",
        sha256=None,
        count_in=len(frame),
        count_out=len(frame),
        count_listed=0,
    )
    return Layer(
        name=name,
        standard="land.parcel",
        department="land",
        frame=frame,
        accuracy_m=accuracy_m,
        level="internal",
        provenance=provenance,
    )


def relate(
    relation: Relation, a: Layer, b: Layer | None = None, *, itself: bool = False, kernels: bool = False
) -> Pairs:
    """Return the measured pairs of all subjects."""
    other = a if itself else b
    pairs = candidates(
        relation,
        a,
        other,
        rows_a=np.arange(len(a)),
        chosen_a=np.ones(len(a), dtype=np.bool_),
        chosen_b=None if other is None else np.ones(len(other), dtype=np.bool_),
        itself=itself,
    )
    return measured(relation, pairs, kernels=kernels)


def as_bytes(pairs: Pairs) -> dict[tuple[Any, ...], tuple[bytes, ...]]:
    """Return every measure and the shape of each pair as bytes, by the ids of the pair and its place."""
    ids_a, ids_b = pairs.subject.ids, pairs.other.ids
    shapes = shapely.to_wkb(pairs.shape())
    table: dict[tuple[Any, ...], tuple[bytes, ...]] = {}
    for number in range(len(pairs)):
        place = sum(1 for key in table if key[:2] == (ids_a[number], ids_b[number]))
        values = tuple(np.float64(values[number]).tobytes() for _, values in sorted(pairs.measures.items()))
        table[ids_a[number], ids_b[number], place] = (*values, shapes[number] or b"")
    return table


@pytest.fixture(scope="session")
def layer() -> Callable[..., Layer]:
    return build_layer


@pytest.fixture(scope="session", params=[False, True], ids=["geos", "kernels"])
def related(request: pytest.FixtureRequest) -> Callable[..., Pairs]:
    """Every known answer is asked of both ways to measure."""
    return functools.partial(relate, kernels=request.param)


@pytest.fixture(scope="session")
def relate_by() -> Callable[..., Pairs]:
    """Relate with ``kernels`` said in the call, to compare both ways."""
    return relate


@pytest.fixture(scope="session")
def bytes_of() -> Callable[[Pairs], dict[tuple[Any, ...], tuple[bytes, ...]]]:
    return as_bytes
