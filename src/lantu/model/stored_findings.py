"""The findings of a run where nobody needs all of them at a time: some columns, or some rows, are read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from lantu.model.finding import FINDING_COLUMNS
from lantu.model.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from lantu.model.arrays import BoolArray, FloatArray, IntArray, ObjectArray
    from lantu.model.coded import Coded

FINDINGS_AT_ONCE = 25_000
"""Findings in memory at a time, for whoever goes through all of them; and in a row group of a file."""

BYTES_AT_ONCE = 2**25
"""And of what they hold, geometry above all: what is shared with a street may have thousands of vertices."""

GEOMETRY = "geometry"

WITH_HEIGHTS = 8
"""Added to the number that Shapely has for a kind of geometry, of which there are eight."""


@dataclass(frozen=True, kw_only=True)
class StoredFindings:
    """Findings in the contract's order: what many ask for as numbers in memory, the rest on a shelf.

    ``coded`` are columns of texts that repeat, ``shelf`` has the others, ``translation`` and the geometry as
    WKB, ``bounds_m`` are the boxes (n, 4), ``type_ids`` the kinds of geometry (``type_ids_of``). ``left`` are
    those that no waiver took out, None for all.

    It answers as a table does where that needs some columns (``findings["rule"]``, ``findings[["rule",
    "level"]]``) or some rows (``findings[mask]``). ``whole`` is the table itself.
    """

    coded: Mapping[str, Coded]
    shelf: Shelf
    bounds_m: FloatArray
    type_ids: np.ndarray[Any, np.dtype[np.int8]]
    crs: Any
    left: BoolArray | None = None

    def __len__(self) -> int:
        """Return the number of findings."""
        return len(self.type_ids) if self.left is None else int(self.left.sum())

    def __getitem__(self, asked: str | list[str] | BoolArray | pd.Series[bool]) -> Any:  # noqa: ANN401  # as pandas does
        """Return a column, a table of some columns, or all columns of the rows that a mask marks."""
        if isinstance(asked, str):
            return pd.Series(self._column(asked), dtype=FINDING_COLUMNS.get(asked, "object"))
        if isinstance(asked, list):
            return pd.DataFrame({name: self[name] for name in asked}, copy=False)
        chosen = np.asarray(asked, dtype=np.bool_)
        return _frame(list(self.parts(rows=self._of_all(chosen))), self.crs)

    def whole(self) -> gpd.GeoDataFrame:
        """Return all findings as a table in memory."""
        table = pd.DataFrame({name: self[name] for name in FINDING_COLUMNS}, copy=False)
        shapes = np.concatenate([np.empty(0, dtype=object), *self.shapes()])
        return gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(shapes, crs=self.crs), crs=self.crs)

    def parts(
        self, columns: Sequence[str] = (*FINDING_COLUMNS, GEOMETRY), rows: BoolArray | None = None
    ) -> Iterator[pa.Table]:
        """Yield some columns of the findings, or of those that ``rows`` marks among all ever stored."""
        rows = self.left if rows is None else rows
        plain = [name for name in columns if name not in self.coded]
        for start, stop in self.shelf.stretches(len(self.type_ids), BYTES_AT_ONCE):
            span = np.arange(start, stop)
            here = span if rows is None else span[rows[span]]
            if not len(here):
                continue
            known = {name: self.coded[name].to_arrow(here) for name in columns if name in self.coded}
            if plain:
                table = self.shelf.take_up(start, stop, plain)
                table = table if len(here) == len(span) else table.take(pa.array(here - start))
                known |= {name: table.column(name) for name in plain}
            yield pa.table({name: known[name] for name in columns})
            pa.default_memory_pool().release_unused()

    def shapes(self) -> Iterator[ObjectArray]:
        """Yield the geometries of all findings, some ten thousand at a time."""
        for part in self.parts([GEOMETRY]):
            yield shapes_of(part.column(GEOMETRY))

    def shapes_in(self, order: IntArray) -> Iterator[ObjectArray]:
        """Yield the geometries of some findings in another order, some ten thousand at a time."""
        place = np.full(len(self.type_ids), -1, dtype=np.int64)
        place[order] = np.arange(len(order))
        marked = place >= 0
        at = place[marked]
        turned = Shelf(self.shelf.rows_each, self.shelf.folder)
        try:
            for part in self.parts([GEOMETRY], rows=marked):
                turned.put(part, at[: part.num_rows])
                at = at[part.num_rows :]
            for start, stop in turned.stretches(len(order), BYTES_AT_ONCE):
                yield shapes_of(turned.take_up(start, stop, [GEOMETRY]).column(GEOMETRY))
        finally:
            turned.clear()

    def without(self, taken: BoolArray) -> StoredFindings:
        """Return the findings that ``taken`` does not mark."""
        return replace(self, left=self._of_all(~taken))

    def translations(self) -> Iterator[pa.Table]:
        """Yield what findings say in the other language, waived ones too, as ``Run.translations`` has it."""
        every = np.ones(len(self.type_ids), dtype=np.bool_)
        for part in self.parts(["finding_id", "translation"], rows=every):
            said = part.filter(pc.greater(pc.binary_length(part.column("translation")), 0))
            ids, texts = said.columns
            yield pa.table({"id": ids, "part": pa.repeat("message", len(ids)), "text": texts})

    def _of_all(self, chosen: BoolArray) -> BoolArray:
        """Return a mask of the findings that are left as one of all that were ever stored."""
        if self.left is None:
            return chosen
        found = np.zeros(len(self.left), dtype=np.bool_)
        found[np.flatnonzero(self.left)[chosen]] = True
        return found

    def _column(self, name: str) -> ObjectArray | FloatArray:
        if name in self.coded:
            return self.coded[name].to_objects(slice(None) if self.left is None else self.left)
        empty = np.empty(0, dtype=FINDING_COLUMNS.get(name, "object"))
        return np.concatenate([empty, *(values_of(part.column(name)) for part in self.parts([name]))])


def finding_parts(
    findings: gpd.GeoDataFrame | StoredFindings, columns: Sequence[str] = (*FINDING_COLUMNS, GEOMETRY)
) -> Iterator[pa.Table]:
    """Yield some columns of findings as Arrow has them, FINDINGS_AT_ONCE in each table but the last."""
    if isinstance(findings, StoredFindings):
        yield from even(findings.parts(columns))
        return
    starts = range(0, len(findings), FINDINGS_AT_ONCE)
    some = (findings.iloc[start : start + FINDINGS_AT_ONCE] for start in starts)
    yield from even(pa.table({name: _to_arrow(part, name) for name in columns}) for part in some)


def _to_arrow(findings: gpd.GeoDataFrame, name: str) -> pa.Array:
    if name == GEOMETRY:
        return pa.array(shapely.to_wkb(findings.geometry.to_numpy(), flavor="iso"), type=pa.binary())
    kind = pa.float64() if FINDING_COLUMNS[name] == "float64" else pa.string()
    return pa.array(findings[name].to_numpy(dtype=FINDING_COLUMNS[name]), type=kind, from_pandas=True)


def even(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """Yield the rows of tables again, in each table but the last as many as a row group has.

    FINDINGS_AT_ONCE, or the fewest whose geometries have BYTES_AT_ONCE, however the tables were cut.
    """
    held: list[pa.Table] = []
    for table in tables:
        held.append(table)
        while (stop := _full_at(held)) is not None:
            together = pa.concat_tables(held)
            yield together.slice(0, stop).combine_chunks()
            held = [together.slice(stop)]
    if any(one.num_rows for one in held):
        yield pa.concat_tables(held).combine_chunks()


def _full_at(tables: Sequence[pa.Table]) -> int | None:
    """Return how many rows of some tables make a full one, None where they are too few."""
    rows = sum(table.num_rows for table in tables)
    stop = FINDINGS_AT_ONCE
    if GEOMETRY in tables[0].column_names:
        sizes = [pc.binary_length(chunk) for table in tables for chunk in table.column(GEOMETRY).chunks]
        nbytes = np.cumsum(np.concatenate([size.fill_null(0).to_numpy() for size in sizes]), dtype=np.int64)
        stop = min(stop, int(np.searchsorted(nbytes, BYTES_AT_ONCE)) + 1)
    return stop if stop <= rows else None


def shapes_of(column: pa.ChunkedArray | pa.Array) -> ObjectArray:
    """Return the geometries that a column holds as WKB, None where it has none."""
    return np.asarray(shapely.from_wkb(column.to_numpy(zero_copy_only=False)), dtype=object).reshape(-1)


def type_ids_of(shapes: ObjectArray) -> np.ndarray[Any, np.dtype[np.int8]]:
    """Return the kinds of geometries as Shapely numbers them, WITH_HEIGHTS more with heights, -1 for none."""
    return np.asarray(shapely.get_type_id(shapes) + WITH_HEIGHTS * shapely.has_z(shapes), dtype=np.int8)


def values_of(column: pa.ChunkedArray) -> ObjectArray | FloatArray:
    """Return numbers as float64 with NaN, texts as objects with None; of equal texts there is one object."""
    if pa.types.is_floating(column.type):
        return np.asarray(column.to_numpy(), dtype=np.float64)
    coded = pa.chunked_array(column.cast(pa.large_string())).combine_chunks().dictionary_encode()
    texts = np.empty(len(coded.dictionary) + 1, dtype=object)  # the last stays None
    texts[:-1] = coded.dictionary.to_pylist()
    found: ObjectArray = texts[coded.indices.fill_null(len(texts) - 1).to_numpy()]
    return found


def _frame(tables: Sequence[pa.Table], crs: Any) -> gpd.GeoDataFrame:  # noqa: ANN401  # what pyproj takes
    """Return tables of all columns as one table of findings in memory."""
    empty = {name: np.empty(0, dtype=kind) for name, kind in FINDING_COLUMNS.items()}
    columns = {
        name: pd.Series(
            np.concatenate([empty[name], *(values_of(one.column(name)) for one in tables)]),
            dtype=FINDING_COLUMNS[name],
        )
        for name in empty
    }
    shapes = [np.empty(0, dtype=object), *(shapes_of(one.column(GEOMETRY)) for one in tables)]
    return gpd.GeoDataFrame(columns, geometry=gpd.GeoSeries(np.concatenate(shapes), crs=crs), crs=crs)
