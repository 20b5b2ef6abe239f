"""One way to do one piece of work, in a process of its own: ``python ways.py WORK WAY FOLDER``.

Prints the answer and the seconds without imports and reading as JSON. A way that cannot run here says why.
"""

from __future__ import annotations

import json
import os
import sys
import time
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

LEAST_M2 = 0.01
"""Below, two numbers of the same overlap differ by rounding alone."""

MOST_VERTICES = 128
TILE = 10_000
THREADS = os.cpu_count() or 1


class CannotRunError(Exception):
    """Why a peer is not here."""


# ---- Lantu ------------------------------------------------------------------------------------------


def _layer(folder: Path, name: str, standard: str = "land.parcel") -> Any:
    import geopandas as gpd

    from lantu.model import Layer, Provenance

    frame = gpd.read_parquet(folder / f"{name}.parquet")
    source = Provenance(
        path=name, layer=None, driver=None, sha256=None,
        count_in=len(frame), count_out=len(frame), count_listed=0,
    )  # fmt: skip
    return Layer(
        name=name, standard=standard, department="bench", frame=frame,
        accuracy_m=0.05, level="public", provenance=source,
    )  # fmt: skip


def _related(relation: Any, a: Any, b: Any, *, kernels: bool) -> Any:
    """Return the measured pairs of each tile, as a check computes them."""
    from lantu.relations import candidates, measured

    everything = np.ones(len(a), dtype=np.bool_)

    def tile(rows: Any) -> Any:
        pairs = candidates(relation, a, b, rows_a=rows, chosen_a=everything, chosen_b=None, itself=a is b)
        return measured(relation, pairs, kernels=kernels)

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(tile, np.array_split(np.arange(len(a)), -(-len(a) // TILE))))


def _tables(folder: Path, needed: set[str], *names: str, ids: str | None = None) -> Any:
    """Read tables while the kernels load; as for every engine, they lie in memory when the work begins."""
    from lantu.relations import kernels_for, polygons_of

    with ThreadPoolExecutor(len(names)) as pool:
        reading = [pool.submit(polygons_of, folder / f"{name}.parquet", ids=ids) for name in names]
        kernels_for(1_000_000, needed)  # as the work does by itself where it is given files
        return [table.result() for table in reading]


def lantu_areas(folder: Path) -> Any:
    """Shared areas of two tables."""
    from lantu.relations import shared_areas

    a, b = _tables(folder, {"areas", "tables"}, "parcels", "plots")
    return lambda: _counted(shared_areas(a, b).area_m2)


def lantu_areas_geos(folder: Path) -> Any:
    """Areas, shares and widths of all overlaps by Lantu's relation, without kernels."""
    from lantu.relations import Overlaps

    a, b = _layer(folder, "parcels"), _layer(folder, "plots", "plan.plot")
    return lambda: _counted(_joined(_related(Overlaps(), a, b, kernels=False), "area_m2"))


def _joined(tiles: Any, measure: str) -> Any:
    return np.concatenate([pairs[measure] for pairs in tiles])


def lantu_coverage(folder: Path) -> Any:
    """Gaps and overlaps of the parcels."""
    from lantu.relations import coverage_faults

    (table,) = _tables(folder, {"areas", "balance", "tables"}, "parcels")

    def work() -> Any:
        faults = coverage_faults(table)
        return [*_counted(faults.gaps_m2), *_counted(faults.overlaps.area_m2)]

    return work


def lantu_same(folder: Path) -> Any:
    """IoU, areas, largest deviation and shift of all objects with one id."""
    from lantu.relations import boundary_differences

    needed = {"areas", "deviations", "tables"}
    a, b = _tables(folder, needed, "parcels", "housing_parcels", ids="id")

    def work() -> Any:
        found = boundary_differences(a, b, ids="id")
        both_m2 = found.area_a_m2 + found.area_b_m2
        return [len(found.iou), float((both_m2 * (1 - found.iou) / (1 + found.iou)).sum())]

    return work


# ---- geopandas and shapely -------------------------------------------------------------------------


def _shapes(folder: Path, name: str) -> Any:
    import geopandas as gpd

    return np.asarray(gpd.read_parquet(folder / f"{name}.parquet").geometry.to_numpy(), dtype=object)


def geopandas_overlay(folder: Path) -> Any:
    """The plain way: geopandas.overlay."""
    import geopandas as gpd

    parcels, plots = (gpd.read_parquet(folder / f"{name}.parquet") for name in ("parcels", "plots"))

    def work() -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of dropped lines and points
            found = gpd.overlay(parcels, plots, how="intersection", keep_geom_type=True)
        return _counted(found.area.to_numpy())

    return work


def shapely_best(folder: Path) -> Any:
    """The best that shapely alone gave: large polygons cut up, boxes joined, threads."""
    import shapely

    parcels, plots = _shapes(folder, "parcels"), _shapes(folder, "plots")

    def work() -> Any:
        (a, of_a), (b, of_b) = _cut_up(parcels), _cut_up(plots)
        i, j = shapely.STRtree(b).query(a)

        def areas(at: Any) -> Any:
            return shapely.area(shapely.intersection(a[i[at]], b[j[at]]))

        with ThreadPoolExecutor(THREADS) as pool:
            area_m2 = np.concatenate(list(pool.map(areas, np.array_split(np.arange(len(i)), 64))))
        _, pair = np.unique(of_b[j] * len(parcels) + of_a[i], return_inverse=True)
        return _counted(np.bincount(pair, weights=area_m2))

    return work


def _cut_up(shapes: Any) -> tuple[Any, Any]:
    """Halve polygons until none has more than MOST_VERTICES vertices; return pieces and whose they are."""
    import shapely

    done, owners = [], []
    owner = np.arange(len(shapes))
    while len(shapes):
        large = shapely.get_num_coordinates(shapes) > MOST_VERTICES
        done.append(shapes[~large])
        owners.append(owner[~large])
        shapes, owner = shapes[large], owner[large]
        low_x, low_y, high_x, high_y = shapely.bounds(shapes).T
        wide = high_x - low_x > high_y - low_y
        x, y = np.where(wide, (low_x + high_x) / 2, high_x), np.where(wide, high_y, (low_y + high_y) / 2)
        frames = [shapely.box(low_x, low_y, x, y)]
        frames.append(shapely.box(np.where(wide, x, low_x), np.where(wide, low_y, y), high_x, high_y))
        halves = np.concatenate([shapely.intersection(shapes, frame) for frame in frames])
        shapes, number = shapely.get_parts(halves, return_index=True)
        polygon = shapely.get_dimensions(shapes) == 2  # noqa: PLR2004
        shapes, owner = shapes[polygon], np.tile(owner, 2)[number[polygon]]
    return np.concatenate(done), np.concatenate(owners)


def shapely_invalid_edges(folder: Path) -> Any:
    """Shapely's own check of a coverage: it marks edges, and measures nothing."""
    import shapely

    shapes = _shapes(folder, "parcels")
    return lambda: int((~shapely.is_empty(shapely.coverage_invalid_edges(shapes))).sum())


def shapely_coverage(folder: Path) -> Any:
    """Gaps from the union, overlaps from a self join."""
    import shapely

    shapes = _shapes(folder, "parcels")

    def work() -> Any:
        union = shapely.union_all(shapes)
        rings = shapely.polygons(shapely.get_rings(shapely.get_parts(union)))
        holes = shapely.get_parts(shapely.difference(shapely.union_all(rings), union))
        i, j = shapely.STRtree(shapes).query(shapes)
        once = i < j
        shared = shapely.area(shapely.intersection(shapes[i[once]], shapes[j[once]]))
        return [*_counted(shapely.area(holes)), *_counted(shared)]

    return work


def shapely_same(folder: Path) -> Any:
    """One measure after another: intersection, union, symmetric difference, Hausdorff, centroids."""
    import geopandas as gpd
    import shapely

    first, second = (gpd.read_parquet(folder / f"{name}.parquet") for name in ("parcels", "housing_parcels"))

    def work() -> Any:
        both = first.merge(second, on="id")
        a, b = (np.asarray(both[f"geometry_{side}"], dtype=object) for side in "xy")
        iou = shapely.area(shapely.intersection(a, b)) / shapely.area(shapely.union(a, b))
        shapely.hausdorff_distance(a, b)
        shapely.distance(shapely.centroid(a), shapely.centroid(b))
        return [len(iou), float(shapely.area(shapely.symmetric_difference(a, b)).sum())]

    return work


# ---- other engines ---------------------------------------------------------------------------------

QUERY = (
    "select st_area(st_intersection(p.geometry, z.geometry)) as area_m2 "
    "from parcels p join plots z on st_intersects(p.geometry, z.geometry)"
)


def duckdb(folder: Path) -> Any:
    """DuckDB spatial, tables in memory."""
    try:
        import duckdb as engine
        from duckdb_extensions import import_extension
    except ImportError as error:
        raise CannotRunError(str(error)) from error
    import_extension("spatial")
    connection = engine.connect()
    connection.sql("load spatial")
    connection.sql(f"set threads={THREADS}")
    for name in ("parcels", "plots"):
        connection.read_parquet(str(folder / f"{name}.parquet")).to_table(name)
    return lambda: _counted(connection.sql(QUERY).fetchnumpy()["area_m2"])


def sedonadb(folder: Path) -> Any:
    """SedonaDB, tables in memory."""
    try:
        import sedonadb
    except ImportError as error:
        raise CannotRunError(str(error)) from error
    connection = sedonadb.connect()
    for name in ("parcels", "plots"):
        connection.read_parquet(str(folder / f"{name}.parquet")).to_memtable().to_view(name)
    return lambda: _counted(connection.sql(QUERY).to_pandas()["area_m2"].to_numpy())


def postgis(folder: Path) -> Any:
    """PostGIS at the address in LANTU_BENCH_POSTGIS, tables loaded and indexed before."""
    address = os.environ.get("LANTU_BENCH_POSTGIS")
    if not address:
        problem = "LANTU_BENCH_POSTGIS names no database"
        raise CannotRunError(problem)
    import psycopg
    import shapely

    connection = psycopg.connect(address, autocommit=True)
    connection.execute("create extension if not exists postgis")
    for name in ("parcels", "plots"):
        connection.execute(f"drop table if exists {name}")
        connection.execute(f"create unlogged table {name} (geometry geometry(Geometry, 4527))")
        texts = shapely.to_wkb(shapely.set_srid(_shapes(folder, name), 4527), hex=True, include_srid=True)
        with connection.cursor().copy(f"copy {name} from stdin") as copy:
            copy.write("\n".join(texts) + "\n")
        connection.execute(f"create index on {name} using gist(geometry)")
        connection.execute(f"alter table {name} set (parallel_workers = {THREADS})")
        connection.execute(f"analyze {name}")
    return lambda: _counted(np.array(connection.execute(QUERY).fetchall(), dtype=np.float64)[:, 0])


def _counted(area_m2: Any) -> list[float]:
    """Return how many areas exceed LEAST_M2, and their sum."""
    large = area_m2[area_m2 > LEAST_M2]
    return [len(large), float(large.sum())]


WORKS: dict[str, dict[str, Callable[[Path], Any]]] = {
    "overlap areas": {
        "lantu": lantu_areas,
        "geopandas.overlay": geopandas_overlay,
        "shapely, best": shapely_best,
        "DuckDB spatial": duckdb,
        "SedonaDB": sedonadb,
        "PostGIS": postgis,
        "lantu, LANTU_KERNELS=off": lantu_areas_geos,
    },
    "gaps and overlaps of a coverage": {
        "lantu": lantu_coverage,
        "coverage_invalid_edges": shapely_invalid_edges,
        "shapely, union and self join": shapely_coverage,
    },
    "same-id boundaries": {"lantu": lantu_same, "shapely, one by one": shapely_same},
}
"""Work, and the ways to do it; the first is ours, the second what goals are measured against."""


def main(work: str, way: str, folder: str) -> None:
    """Do the work and print what came of it."""
    try:
        do = WORKS[work][way](Path(folder))
    except CannotRunError as error:
        print(json.dumps({"skipped": str(error)}))
        return
    started, before = time.perf_counter(), time.process_time()
    answer = do()
    seconds, processor = time.perf_counter() - started, time.process_time() - before
    print(json.dumps({"answer": answer, "seconds": seconds, "work_cpu": processor}))


if __name__ == "__main__":
    main(*sys.argv[1:])
