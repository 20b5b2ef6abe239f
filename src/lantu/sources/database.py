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
from lantu.model import empty_problems
from lantu.sources.damage import Damage
from lantu.sources.feature_by_feature import read_each
from lantu.sources.files import WAL_SUFFIX, files_of
from lantu.sources.gdal import (
    ARC_STEP_DEGREES,
    Rows,
    count_features,
    list_layers,
    read_bulk,
    read_pieces,
    reason_of,
)
from lantu.sources.gdbschema import LABEL_SUFFIX, FieldNames, field_names_of, outside, with_labels
from lantu.sources.pieces import FEATURES_AT_ONCE, NeedsWholeError, Pieces
from lantu.sources.source import NotedTable, choose_layer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lantu.model import BoolArray, IntArray, ProblemLog

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
        return self._table(name, rows, good, count=count, problems=damage.log())

    def pieces(self, layer: str | None) -> Pieces | None:
        """Return the layer piece by piece, None where fields or values have other names than the data."""
        if self.careful or self.driver not in {GEOPACKAGE, FLATGEOBUF}:
            return None
        name = choose_layer(self.path, layer, self.layers(), likely=self._likely(geometry=True))
        count = count_features(self.path, name)
        return Pieces(count=count, tables=lambda: self._tables(name, count)) if count >= 0 else None

    def _tables(self, layer: str, count: int) -> Iterator[NotedTable]:
        """Yield the layer piece by piece, as long as nothing in it needs care."""
        held, null_ids = self._inventory(layer)
        count, seen, last = count if held is None else len(held), 0, -1
        for rows in read_pieces(self.path, layer=layer, features=FEATURES_AT_ONCE):
            ids = rows.ids
            in_order = bool((np.diff(ids, prepend=last) > 0).all())
            known = held is None or np.array_equal(ids, held[seen : seen + len(ids)])
            nulls = null_ids is None or np.isin(ids[rows.without_geometry], null_ids).all()
            careless = rows.has_geometry and not (rows.curved or rows.failures or tuple(_notes(rows)))
            if not (in_order and known and nulls and careless):
                raise NeedsWholeError(self.path.name)
            seen, last = seen + len(ids), int(ids[-1]) if len(ids) else last
            yield self._table(layer, rows, np.ones(len(ids), dtype=np.bool_), count=count)
        if seen != count:
            raise NeedsWholeError(self.path.name)

    def _table(
        self, layer: str, rows: Rows, good: BoolArray, *, count: int, problems: ProblemLog | None = None
    ) -> NotedTable:
        names = field_names_of(self.path, layer) if self.driver == FILE_GEODATABASE else FieldNames()
        attributes = rows.attributes[good].reset_index(drop=True)
        return NotedTable(
            attributes=with_labels(attributes, names),
            geometry=rows.geometry_of(good),
            record=rows.ids[good] + 1 - _FIRST_ID[self.driver],
            crs=rows.crs,
            driver=self.driver,
            count_in=count,
            layer=layer,
            encoding="UTF-8",
            encoding_how="format",
            files=files_of(self.path),
            problems=empty_problems() if problems is None else problems,
            notes=(*_notes(rows, names), *outside(attributes, names)),
            aliases=names.aliases,
        )

    def _likely(self, *, geometry: bool) -> tuple[str, ...]:
        """Return the layers that may be meant where none is named: not styles and other plain tables."""
        return list_layers(self.path, plain_tables=False) if geometry else ()

    def _rows(self, layer: str) -> tuple[Rows, set[int], set[int] | None]:
        """Return what can be read, the ids that the source holds, and those without geometry if known."""
        held, null = self._inventory(layer)
        ids, null_ids = (None if some is None else set(some.tolist()) for some in (held, null))
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

    def _inventory(self, layer: str) -> tuple[IntArray | None, IntArray | None]:
        """Ask a GeoPackage itself which rows it holds, ascending, and which of them without geometry.

        GDAL gives null for a damaged geometry too.
        """
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


def _geopackage_ids(connection: sqlite3.Connection, layer: str) -> tuple[IntArray, IntArray | None]:
    """Return the rows of a table and those without geometry; of a view, whose rows are None, a TypeError."""
    found = connection.execute(
        "SELECT column_name FROM gpkg_geometry_columns WHERE table_name = ?", (layer,)
    ).fetchone()
    ids = f"SELECT rowid FROM {_quoted(layer)}"  # noqa: S608  # quoted
    held = _numbers(connection.execute(f"{ids} ORDER BY rowid"))
    if found is None:
        return held, None
    return held, _numbers(connection.execute(f"{ids} WHERE {_quoted(found[0])} IS NULL"))


def _numbers(rows: Iterable[tuple[int]]) -> IntArray:
    return np.fromiter((row[0] for row in rows), dtype=np.int64)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _notes(rows: Rows, names: FieldNames = FieldNames()) -> Iterator[Message]:  # noqa: B008  # frozen
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
