"""Shapefiles, and .dbf tables that have no shapes."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from lantu.errors import SourceError
from lantu.messages import Message, message
from lantu.sources.damage import Damage
from lantu.sources.dbf import DbfTable, decide_dbf_coding, field_names, read_dbf, text_column
from lantu.sources.feature_by_feature import read_each
from lantu.sources.files import sibling, siblings
from lantu.sources.gdal import Rows, read_bulk, reason_of
from lantu.sources.shapes import HEADER_BYTES, ShapeIndex, read_shape_index
from lantu.sources.source import NotedTable, OneLayerFile, choose_layer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lantu.model import IntArray
    from lantu.sources.coding import Coding

DRIVER = "ESRI Shapefile"

_UNCONVERTED = "ISO-8859-1"  # text is decoded by lantu.sources.dbf; GDAL must only not choke on it


@dataclass(frozen=True)
class ShapefileSource(OneLayerFile):
    """One shapefile, .shp with its companions, or one .dbf alone."""

    driver: str = DRIVER

    def read(self, layer: str | None = None, *, geometry: bool = True) -> NotedTable:
        """Read the file; a record is damaged where shape or row is missing or makes no sense."""
        name = choose_layer(self.path, layer, self.layers())
        if geometry and self._shp is None:
            raise SourceError(message("sources.no_geometry", path=self.path.name, columns=""))
        damage = Damage()
        notes: list[Message] = []
        with self._complete(notes) as path:
            rows = _read_rows(path)
        rows, count = self._without_damaged(rows, damage)
        attributes, coding = self._decoded(rows, damage)
        if coding is not None and coding.note is not None:
            notes.append(coding.note)
        if self._shp is not None and self._table is None:
            notes.append(message("sources.dbf_missing", path=self.path.name))
        return NotedTable(
            attributes=attributes,
            geometry=rows.geometry_of(np.ones(len(rows.ids), dtype=np.bool_)),
            record=rows.ids + 1,
            crs=rows.crs,
            driver=self.driver,
            count_in=count,
            layer=name,
            encoding=coding.encoding if coding else None,
            encoding_how=coding.how if coding else "format",
            files=siblings(self.path),
            problems=damage.log(),
            notes=(*notes, *(message("sources.gdal_says", text=text) for text in _telling(rows.warnings))),
        )

    @cached_property
    def _shp(self) -> Path | None:
        return self.path if self.path.suffix.casefold() == ".shp" else None

    @cached_property
    def _table(self) -> DbfTable | None:
        dbf = sibling(self.path, ".dbf")
        return read_dbf(dbf) if dbf else None

    @cached_property
    def _index(self) -> ShapeIndex | None:
        if self._shp is None:
            return None
        if self._shp.stat().st_size < HEADER_BYTES:
            raise SourceError(message("sources.shp_header_damaged", path=self.path.name))
        return read_shape_index(self._shp, sibling(self.path, ".shx"))

    @contextmanager
    def _complete(self, notes: list[Message]) -> Iterator[Path]:
        """Yield the file to read: itself, or a copy with its index and the count of its rows put right."""
        rebuilt = self._index is not None and self._index.rebuilt
        overstated = self._table.overstated if self._table is not None else None
        if self._index is not None and rebuilt:
            notes.append(message("sources.shx_rebuilt", path=self.path.name, count=len(self._index)))
        if self._table is not None and overstated is not None:
            count = len(self._table.rows)
            notes.append(
                message("sources.dbf_overstated", path=self.path.name, stated=overstated, count=count)
            )
        if not rebuilt and overstated is None:
            yield self.path
            return
        with tempfile.TemporaryDirectory(prefix="lantu-") as folder:
            for suffix in (".shp", ".dbf", ".prj") if rebuilt else (".shp", ".dbf", ".prj", ".shx"):
                source = sibling(self.path, suffix)
                if source is not None:
                    shutil.copyfile(source, Path(folder, "layer" + suffix))
            if self._index is not None and rebuilt:
                with self.path.open("rb") as file:
                    header = file.read(HEADER_BYTES)
                Path(folder, "layer.shx").write_bytes(self._index.shx_bytes(header))
            if self._table is not None and overstated is not None:
                with Path(folder, "layer.dbf").open("r+b") as file:
                    file.seek(4)
                    file.write(len(self._table.rows).to_bytes(4, "little"))
            yield Path(folder, "layer" + self.path.suffix.casefold())

    def _without_damaged(self, rows: Rows, damage: Damage) -> tuple[Rows, int]:
        """Return the rows that were read well, and how many records there are; the others are listed."""
        table, index = self._table, self._index
        stated = max(table.count_stated if table else 0, len(index) if index else 0)
        live = np.ones(stated, dtype=bool)
        if table is not None:
            live[: len(table.rows)] &= ~table.deleted
        expected = np.flatnonzero(live)
        for number in np.setdiff1d(expected, rows.ids):
            damage.refuse(int(number) + 1, self._missing_reason(int(number) + 1))
        for position in rows.without_geometry:
            record = int(rows.ids[position]) + 1
            if position in rows.failures:
                damage.refuse(record, rows.failures[int(position)])
            elif index is not None and not index.is_null(record):
                damage.refuse(record, index.reason(record))
        if table is not None:
            for number in rows.ids[rows.ids >= len(table.rows)]:
                damage.refuse(int(number) + 1, message("sources.row_absent"))
        good = ~np.isin(rows.ids + 1, sorted(damage.unreadable))
        kept = replace(
            rows,
            ids=rows.ids[good],
            attributes=rows.attributes[good].reset_index(drop=True),
            geometry=rows.geometry_of(good),
        )
        return kept, len(expected)

    def _missing_reason(self, record: int) -> Message:
        if self._table is not None and record > len(self._table.rows):
            return message("sources.row_absent")
        if self._index is not None and record > len(self._index):
            return message("sources.shape_absent")
        return message("sources.record_refused")

    def _decoded(self, rows: Rows, damage: Damage) -> tuple[pd.DataFrame, Coding | None]:
        """Return the attributes with their text decoded from the bytes."""
        table = self._table
        if table is None:
            return rows.attributes, None
        cpg = sibling(self.path, ".cpg")
        stated = cpg.read_text(encoding="ascii", errors="ignore").strip() if cpg else None
        coding = decide_dbf_coding(table, cpg=stated, declared=self.encoding)
        records: IntArray = rows.ids + 1
        columns: dict[str, pd.Series] = {}
        for position, name in enumerate(field_names(table, coding)):
            if table.fields[position].kind == "C":
                texts = text_column(table, position, coding, records=records, damage=damage)
                columns[name] = pd.Series(texts, dtype=object)
            elif position < rows.attributes.shape[1]:
                columns[name] = rows.attributes.iloc[:, position]
        return pd.DataFrame(columns, index=pd.RangeIndex(len(records))), coding


def _read_rows(path: Path) -> Rows:
    try:
        return read_bulk(path, layer=None, flat=True, encoding=_UNCONVERTED)
    except Exception:  # noqa: BLE001  # whatever the bulk reader met, the careful one may still read the rest
        return _rescue(path)


def _rescue(path: Path) -> Rows:
    try:
        return read_each(path, layer=None, driver=DRIVER)
    except Exception as error:
        raise SourceError(
            message("sources.unreadable", path=path.name, reason=reason_of(error, path))
        ) from error


def _telling(warnings: tuple[str, ...]) -> tuple[str, ...]:
    """Leave out what is said better elsewhere: unclosed rings are listed record by record."""
    return tuple(text for text in warnings if "ring" not in text and "from_wkb" not in text)
