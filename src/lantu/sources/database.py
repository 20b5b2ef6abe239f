"""GeoPackage, FlatGeobuf and file geodatabase: formats that fix text, types and CRS, read with GDAL."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
import weakref
from contextlib import closing
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from lantu.errors import SourceError
from lantu.messages import Message, message
from lantu.sources.damage import Damage
from lantu.sources.files import WAL_SUFFIX, files_of
from lantu.sources.gdal import (
    ARC_STEP_DEGREES,
    Rows,
    count_features,
    list_layers,
    read_bulk,
    read_each,
    reason_of,
)
from lantu.sources.gdbschema import LABEL_SUFFIX, FieldNames, field_names_of, outside, with_labels
from lantu.sources.source import NotedTable, choose_layer

if TYPE_CHECKING:
    from collections.abc import Iterator

GEOPACKAGE = "GPKG"
FLATGEOBUF = "FlatGeobuf"
FILE_GEODATABASE = "OpenFileGDB"
MAPINFO = "MapInfo File"

_FIRST_ID = {GEOPACKAGE: 1, FILE_GEODATABASE: 1, FLATGEOBUF: 0, MAPINFO: 1}


@dataclass(frozen=True)
class DatabaseSource:
    """A source of one or more typed layers; record numbers are the format's own feature ids."""

    path: Path
    driver: str
    careful: bool = False  # feature by feature at once: MapInfo's bulk reading stops short of deleted rows

    def layers(self) -> tuple[str, ...]:
        """Return the names of all layers and plain tables, in source order.

        Raises
        ------
        SourceError
            The source cannot be opened at all.
        """
        try:
            return list_layers(self.path)
        except Exception as error:
            raise SourceError(
                message("sources.unreadable", path=self.path.name, reason=reason_of(error, self.path))
            ) from error

    def read(self, layer: str | None = None, *, geometry: bool = True) -> NotedTable:
        """Read one layer in bulk, or feature by feature where that fails or comes out short."""
        name = choose_layer(self.path, layer, self.layers(), likely=self._likely(geometry=geometry))
        rows, expected, null_ids = self._rows(name)
        first = _FIRST_ID[self.driver]
        damage = Damage()
        for number in sorted(expected - set(rows.ids.tolist())):
            damage.refuse(number + 1 - first, message("sources.record_refused"))
        for position in rows.without_geometry:
            number = int(rows.ids[position])
            if int(position) in rows.failures:
                damage.refuse(number + 1 - first, rows.failures[int(position)])
            elif null_ids is not None and number not in null_ids:
                damage.refuse(number + 1 - first, message("sources.geometry_corrupt"))
        # A damaged page of a GeoPackage gives rows under one number; they are rows all the same.
        count = len(rows.ids) + len(expected - set(rows.ids.tolist()))
        good = ~np.isin(rows.ids + 1 - first, sorted(damage.unreadable))
        if geometry and not rows.has_geometry and count:
            columns = ", ".join(rows.attributes.columns)
            raise SourceError(
                message("sources.no_geometry", path=f"{self.path.name}:{name}", columns=columns)
            )
        names = field_names_of(self.path, name) if self.driver == FILE_GEODATABASE else FieldNames()
        attributes = rows.attributes[good].reset_index(drop=True)
        return NotedTable(
            attributes=with_labels(attributes, names),
            geometry=rows.geometry_of(good),
            record=rows.ids[good] + 1 - first,
            crs=rows.crs,
            driver=self.driver,
            count_in=count,
            layer=name,
            encoding="UTF-8",
            encoding_how="format",
            files=files_of(self.path),
            problems=damage.log(),
            notes=(*_notes(rows, names), *outside(attributes, names)),
            aliases=names.aliases,
        )

    def _likely(self, *, geometry: bool) -> tuple[str, ...]:
        """Return the layers that may be meant where none is named: not styles and other plain tables."""
        return list_layers(self.path, plain_tables=False) if geometry else ()

    def _rows(self, layer: str) -> tuple[Rows, set[int], set[int] | None]:
        """Return what can be read, the ids that the source holds, and those without geometry if known."""
        ids, null_ids = self._inventory(layer)
        try:
            rows = self._rescue(layer) if self.careful else read_bulk(self.path, layer=layer, flat=True)
        except Exception:  # noqa: BLE001  # whatever it was, feature by feature may still give the rest
            rows = self._rescue(layer)
        if ids is None:
            ids = self._counted_ids(layer, rows)
        # GDAL repeats rows of a GeoPackage whose own feature count is out of date, as after deletions by SQL.
        repeated = len(set(rows.ids.tolist())) < len(rows.ids)
        if repeated or not ids <= set(rows.ids.tolist()):
            careful = self._rescue(layer)
            rows = careful if repeated or len(careful.ids) > len(rows.ids) else rows
        return rows, ids, null_ids

    def _rescue(self, layer: str) -> Rows:
        try:
            return read_each(self.path, layer=layer, driver=self.driver)
        except Exception as error:
            raise SourceError(
                message("sources.unreadable", path=self.path.name, reason=reason_of(error, self.path))
            ) from error

    def _inventory(self, layer: str) -> tuple[set[int] | None, set[int] | None]:
        """Ask a GeoPackage itself which rows it holds, since GDAL gives null for a damaged geometry."""
        if self.driver != GEOPACKAGE:
            return None, None
        # Without a write-ahead log beside it, nothing at all is written where the file lies.
        logged = self.path.with_name(self.path.name + WAL_SUFFIX).exists()
        uri = f"{self.path.resolve().as_uri()}?mode=ro{'' if logged else '&immutable=1'}"
        try:
            with closing(sqlite3.connect(uri, uri=True)) as connection:
                return _geopackage_ids(connection, layer)
        except (sqlite3.Error, TypeError):
            return None, None

    def _counted_ids(self, layer: str, rows: Rows) -> set[int]:
        """Return the ids read, and as many more as the source counts, the first gaps first."""
        present = set(rows.ids.tolist())
        missing = count_features(self.path, layer) - len(present)
        number = _FIRST_ID[self.driver]
        while missing > 0:
            if number not in present:
                present.add(number)
                missing -= 1
            number += 1
        return present


class RenamedGeodatabase:
    """A file geodatabase whose folder has lost its suffix, without which GDAL does not know it.

    GDAL is given a folder of hard links under the right name, of copies where the disk has no links.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.driver = FILE_GEODATABASE

    def layers(self) -> tuple[str, ...]:
        """Return the names of all layers and plain tables; raises a SourceError as `DatabaseSource`."""
        return self._named.layers()

    def read(self, layer: str | None = None, *, geometry: bool = True) -> NotedTable:
        """Read one layer, as `DatabaseSource` does."""
        return replace(self._named.read(layer, geometry=geometry), files=files_of(self.path))

    @cached_property
    def _named(self) -> DatabaseSource:
        outer = tempfile.mkdtemp(prefix="lantu-")
        weakref.finalize(self, shutil.rmtree, outer, ignore_errors=True)
        folder = Path(outer, f"{self.path.name}.gdb")
        folder.mkdir()
        for part in files_of(self.path):
            try:
                (folder / part.name).hardlink_to(part)
            except OSError:
                shutil.copyfile(part, folder / part.name)
        return DatabaseSource(folder, FILE_GEODATABASE)


def _geopackage_ids(connection: sqlite3.Connection, layer: str) -> tuple[set[int] | None, set[int] | None]:
    found = connection.execute(
        "SELECT column_name FROM gpkg_geometry_columns WHERE table_name = ?", (layer,)
    ).fetchone()
    table = _quoted(layer)
    ids = {row[0] for row in connection.execute(f"SELECT rowid FROM {table}")}  # noqa: S608  # quoted
    if None in ids:  # a view
        return None, None
    if found is None:
        return ids, None
    where = f"{_quoted(found[0])} IS NULL"
    return ids, {row[0] for row in connection.execute(f"SELECT rowid FROM {table} WHERE {where}")}  # noqa: S608


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _notes(rows: Rows, names: FieldNames) -> Iterator[Message]:
    for text in rows.warnings:
        if "ring" not in text:
            yield message("sources.gdal_says", text=text)
    if rows.curved:
        yield message("sources.curves", step_degrees=ARC_STEP_DEGREES)
    if names.aliases:
        pairs = ", ".join(f"{name} = {alias}" for name, alias in names.aliases.items())
        yield message("sources.gdb_aliases", pairs=pairs)
    labels = ", ".join(f"{name}{LABEL_SUFFIX}" for name in names.coded)
    if labels:
        yield message("sources.gdb_domains", labels=labels)
