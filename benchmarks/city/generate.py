"""Write a city and its blueprint: ``python benchmarks/city/generate.py SIZE FOLDER`` (2k, 20k, 200k, 1M, 3M).

The same size gives the same layers, district by district, whatever the machine.
"""

from __future__ import annotations

import json
import shutil
import sys
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import pyproj
import shapely

sys.path.insert(0, str(Path(__file__).parents[1]))

from city.built import buildings, pipes, roads
from city.ground import ground
from city.land import block_uses, parcels, survey
from city.plan import control_lines, plots
from city.zones import areas, monuments, rivers

SIZES = {"2k": (2, 2), "20k": (7, 6), "200k": (22, 20), "1M": (50, 43), "3M": (80, 80)}
"""Columns and rows of districts, of about 470 parcels each."""

FILES = {
    "parcels": ("land/parcels.gpkg", 4490),
    "housing_parcels": ("housing/parcels.parquet", 4490),
    "survey": ("land/survey.parquet", 4490),
    "plots": ("planning/plots.gpkg", 4527),
    "control_lines": ("planning/control_lines.gpkg", 4527),
    "roads_plan": ("planning/roads.parquet", 4527),
    "buildings": ("housing/buildings.gpkg", 4548),
    "pipes": ("municipal/pipes.parquet", 4527),
    "nodes": ("municipal/nodes.parquet", 4527),
    "heritage_sites": ("heritage/sites.gpkg", 4548),
    "heritage_zones": ("heritage/zones.gpkg", 4548),
    "roads": ("road/roads.parquet", 4527),
    "water_zones": ("water/zones.gpkg", 4548),
    "towns": ("civil/towns.gpkg", 4548),
}
"""File and EPSG code of each layer."""

DRAWN_IN = 4527
BATCH = 200
"""Districts that are drawn before they are written, so that no city needs more memory than another."""


def layers_of(number: int, column: int, row: int, columns: int, rows: int) -> dict[str, pd.DataFrame]:
    """Return every layer of one district, in EPSG:4527."""
    here = ground(number, column, row)
    uses, split = block_uses(here)
    first, second = parcels(here, uses, split)
    sites, zones = monuments(here)
    streets, planned = roads(here)
    mains, manholes = pipes(here)
    core = zones.loc[zones["FWLX"] == "protection", "geometry"].to_numpy()
    return {
        "parcels": first, "housing_parcels": second, "survey": survey(here, uses),
        "plots": plots(here, uses, split), "control_lines": control_lines(here, core),
        "roads_plan": planned, "buildings": buildings(here),
        "pipes": mains, "nodes": manholes, "heritage_sites": sites, "heritage_zones": zones, "roads": streets,
        "water_zones": rivers(here), "towns": areas(here, columns, rows),
    }  # fmt: skip


@dataclass
class Writer:
    """Appends batches to the files of a city."""

    folder: Path
    open: dict[str, pq.ParquetWriter] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def add(self, name: str, table: pd.DataFrame) -> None:
        """Append features to a layer, in its own CRS."""
        if table.empty:
            return
        file, epsg = FILES[name]
        path = self.folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        frame = gpd.GeoDataFrame(
            table.drop(columns="geometry"),
            geometry=_moved(table["geometry"].to_numpy(dtype=object), epsg),
            crs=epsg,
        )
        if path.suffix == ".gpkg":
            pyogrio.write_dataframe(frame, path, layer=name, append=path.exists())
        else:
            self._add_parquet(name, path, frame)
        self.counts[name] += len(table)

    def _add_parquet(self, name: str, path: Path, frame: gpd.GeoDataFrame) -> None:
        plain = pd.DataFrame(frame.drop(columns="geometry")).assign(
            geometry=shapely.to_wkb(frame.geometry.to_numpy())
        )
        table = pa.Table.from_pandas(plain, preserve_index=False)
        if name not in self.open:
            about = {
                "version": "1.1.0",
                "primary_column": "geometry",
                "columns": {
                    "geometry": {"encoding": "WKB", "geometry_types": [], "crs": frame.crs.to_json_dict()}
                },
            }
            self.open[name] = pq.ParquetWriter(path, table.schema.with_metadata({"geo": json.dumps(about)}))
        self.open[name].write_table(table.cast(self.open[name].schema), row_group_size=50_000)

    def close(self) -> None:
        """Finish the files."""
        for writer in self.open.values():
            writer.close()


def _moved(shapes: np.ndarray, epsg: int) -> np.ndarray:
    """Bring geometries to a layer's CRS: degrees to 1e-11, metres to a tenth of a millimetre."""
    if epsg == DRAWN_IN:
        return shapes
    transformer = pyproj.Transformer.from_crs(DRAWN_IN, epsg, always_xy=True)
    decimals = 11 if pyproj.CRS.from_epsg(epsg).is_geographic else 4
    xy = np.column_stack(transformer.transform(*shapely.get_coordinates(shapes).T))
    return shapely.set_coordinates(shapes.copy(), np.round(xy, decimals))


def write_city(size: str, folder: Path) -> dict[str, int]:
    """Write all layers of a city and its blueprint; return the number of features by layer."""
    columns, rows = SIZES[size]
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    writer = Writer(folder)
    places = [(column, row) for row in range(rows) for column in range(columns)]
    for start in range(0, len(places), BATCH):
        drawn = [
            layers_of(number, *places[number], columns, rows)
            for number in range(start, min(start + BATCH, len(places)))
        ]
        for name in FILES:
            filled = [tables[name] for tables in drawn if len(tables[name])]
            if filled:
                writer.add(name, pd.concat(filled, ignore_index=True))
    writer.close()
    shutil.copy(Path(__file__).with_name("blueprint.toml"), folder / "blueprint.toml")
    return dict(writer.counts)


def main(size: str, folder: str) -> None:
    """Write a city and say what it has."""
    started = time.perf_counter()
    counts = write_city(size, Path(folder))
    spent = time.perf_counter() - started
    print(f"{folder}: {', '.join(f'{name} {count:,}' for name, count in counts.items())} in {spent:.0f} s")


if __name__ == "__main__":
    main(*sys.argv[1:])
