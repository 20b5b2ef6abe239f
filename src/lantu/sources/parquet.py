"""GeoParquet 1.x, and plain Parquet tables."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from pyproj import CRS

from lantu.errors import SourceError
from lantu.messages import message
from lantu.model import lazily
from lantu.sources.damage import Damage
from lantu.sources.gdal import arrow_frame, crs_of, geometries_of
from lantu.sources.geojson import WGS84
from lantu.sources.pieces import FEATURES_AT_ONCE, NeedsWholeError, Pieces
from lantu.sources.source import NotedTable, choose_layer
from lantu.sources.wkb import flat_geometry

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lantu.messages import Message
    from lantu.model import ObjectArray

DRIVER = "Parquet"
BUFFER_BYTES = 1 << 20
"""Bytes of a column that are read at a time, so that a file of one row group is not read whole."""


@dataclass(frozen=True)
class ParquetSource:
    """One Parquet file."""

    path: Path
    driver: str = DRIVER

    def layers(self) -> tuple[str, ...]:
        """Return the file's own name, the only layer."""
        return (self.path.stem,)

    def read(self, layer: str | None = None, *, geometry: bool = True) -> NotedTable:
        """Read the table; a geometry that is no valid WKB lists its record."""
        name = choose_layer(self.path, layer, self.layers())
        try:
            with self.path.open("rb") as file:
                table = pq.read_table(file)
        except (OSError, pa.ArrowException) as error:
            raise SourceError(
                message("sources.unreadable", path=self.path.name, reason=str(error))
            ) from error
        described = _described(table.schema)
        if geometry and described.get("primary_column") not in table.column_names:
            columns = ", ".join(table.column_names)
            raise SourceError(message("sources.no_geometry", path=self.path.name, columns=columns))
        return self._table(name, table, described)

    def pieces(self, layer: str | None) -> Pieces | None:
        """Return the table piece by piece, None where its geometry is no WKB."""
        name = choose_layer(self.path, layer, self.layers())
        try:
            about = pq.read_metadata(self.path)
        except (OSError, pa.ArrowException):
            return None
        described = _described(about.schema.to_arrow_schema())
        primary = described.get("primary_column")
        if described.get("columns", {}).get(primary, {}).get("encoding") != "WKB":
            return None
        if primary not in about.schema.to_arrow_schema().names:
            return None
        return Pieces(count=about.num_rows, tables=lambda: self._tables(name, described, about.num_rows))

    def _tables(self, layer: str, described: dict[str, Any], count: int) -> Iterator[NotedTable]:
        """Yield the table piece by piece, as long as all its geometries can be read."""
        first = 0
        try:
            with self.path.open("rb") as opened, pq.ParquetFile(opened, buffer_size=BUFFER_BYTES) as file:
                for batch in file.iter_batches(batch_size=FEATURES_AT_ONCE):
                    some = pa.Table.from_batches([batch])
                    table = self._table(layer, some, described, first=first, count_in=count)
                    if len(table.record) < some.num_rows:
                        raise NeedsWholeError(self.path.name)
                    first += some.num_rows
                    yield table
        except (OSError, pa.ArrowException) as error:
            raise NeedsWholeError(self.path.name) from error

    def _table(
        self,
        layer: str,
        table: pa.Table,
        described: dict[str, Any],
        *,
        first: int = 0,
        count_in: int | None = None,
    ) -> NotedTable:
        """Return what rows from ``first`` on hold; a geometry that is no valid WKB lists its record."""
        shapes, failures = self._geometries(table, described)
        damage = Damage()
        for position, reason in failures.items():
            damage.refuse(position + 1, reason)
        left_out = {described.get("primary_column"), *described.get("columns", {})} | _coverings(described)
        kept = [column for column in table.column_names if column not in left_out]
        good = np.array([number + 1 not in damage.unreadable for number in range(table.num_rows)], dtype=bool)
        attributes = arrow_frame(kept, [table.column(column) for column in kept], count=table.num_rows)
        return NotedTable(
            attributes=attributes[good].reset_index(drop=True),
            geometry=shapes if good.all() else shapes[good],  # flat ones are all good
            record=first + np.flatnonzero(good).astype(np.int64) + 1,
            crs=_crs(described),
            driver=self.driver,
            count_in=table.num_rows if count_in is None else count_in,
            layer=layer,
            encoding="UTF-8",
            encoding_how="format",
            files=(self.path,),
            problems=damage.log(),
        )

    def _geometries(
        self, table: pa.Table, described: dict[str, Any]
    ) -> tuple[ObjectArray, dict[int, Message]]:
        primary = described.get("primary_column")
        if primary not in table.column_names:
            return np.full(table.num_rows, None, dtype=object), {}
        if described["columns"].get(primary, {}).get("encoding") == "WKB":
            plain = flat_geometry(table.column(primary))
            if plain is not None:
                return lazily(plain), {}
            blobs = table.column(primary).to_numpy(zero_copy_only=False)
            return geometries_of(blobs)
        native = gpd.read_parquet(self.path, columns=[primary])
        return native.geometry.to_numpy(dtype=object), {}


def _described(schema: pa.Schema) -> dict[str, Any]:
    """Return the GeoParquet metadata, empty where there is none."""
    try:
        found = json.loads((schema.metadata or {})[b"geo"])
    except (KeyError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _crs(described: dict[str, Any]) -> CRS | None:
    """Return the CRS of the primary column: OGC:CRS84 where left out, None where it is null."""
    column = described.get("columns", {}).get(described.get("primary_column"))
    if column is None:
        return None
    if "crs" not in column:
        return CRS.from_user_input(WGS84)
    member = column["crs"]
    if member and member.get("id", {}).get("authority") == "OGC" and member["id"].get("code") == "CRS84":
        return CRS.from_user_input(WGS84)
    return crs_of(json.dumps(member) if member else None)


def _coverings(described: dict[str, Any]) -> set[str]:
    """Return the bounding-box columns that writers add beside a geometry: no attributes of anyone's."""
    columns = described.get("columns", {}).values()
    boxes = [column.get("covering", {}).get("bbox", {}) for column in columns]
    return {str(path[0]) for box in boxes for path in box.values() if path}
