"""From a layer as delivered to a layer on its standard: nothing lost, every change noted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd

from lantu.model import SOURCE_PREFIX, ProblemKind
from lantu.standards.date import read_dates
from lantu.standards.distinct import distinct, is_none
from lantu.standards.enumeration import no_words
from lantu.standards.land_use import read_land_use
from lantu.standards.mending import mend
from lantu.standards.number import read_numbers
from lantu.standards.problems import ProblemNotes, by_row
from lantu.standards.schema import Column, Standard, standard
from lantu.standards.unit import unit
from lantu.standards.whole import WholeSeen

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyproj import CRS

    from lantu.model import BoolArray, LayerSpec, ObjectArray, ProblemLog, RawTable
    from lantu.standards.whole import Whole

LAND_USE = ("use_code", "use_class")


class Standardised(NamedTuple):
    """A layer's frame as ``lantu.model.Layer`` documents it, its problems, and the matching of fields.

    ``fields_missed`` are the canonical columns that no source field fills; a ``use_class`` that comes
    out of ``use_code`` is not missed.
    """

    frame: gpd.GeoDataFrame
    problems: ProblemLog
    fields_matched: Mapping[str, str]
    fields_missed: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """One layer on its way: what was delivered, what the blueprint says of it, and where to note problems."""

    raw: RawTable
    spec: LayerSpec
    wanted: Standard
    matched: Mapping[str, str]
    notes: ProblemNotes

    def __len__(self) -> int:
        """Return the number of features."""
        return len(self.raw.record)

    def delivered(self, column: str) -> pd.Series | None:
        """Return the source values of a canonical column with a RangeIndex, None where it has none."""
        field = self.matched.get(column)
        if field is None:
            return None
        return self.raw.attributes[field].reset_index(drop=True)


def standardise(
    raw: RawTable,
    spec: LayerSpec,
    *,
    geometry: ObjectArray,
    crs: CRS | str,
) -> Standardised:
    """Bring a raw table to the standard of its layer.

    ``geometry`` stands in the working CRS ``crs``, shape (n,), None where missing. Every feature stays, in
    source order; a value that cannot be used becomes NaN or None and a problem that keeps it as
    delivered. The problems of ``raw`` itself are not repeated; others come by row, those of the layer first.
    Dates are ``datetime.date`` objects.

    Raises
    ------
    StandardError
        The blueprint names a standard, column, field, unit or code list that does not exist.
    """
    seen = WholeSeen(spec=spec)
    seen.add(raw)
    whole = seen.whole()
    done = standardise_piece(raw, spec, geometry=geometry, crs=crs, whole=whole, first=0)
    return done._replace(problems=by_row(whole.problems, done.problems))


def standardise_piece(
    raw: RawTable, spec: LayerSpec, *, geometry: ObjectArray, crs: CRS | str, whole: Whole, first: int
) -> Standardised:
    """Bring some features of a layer to its standard, those from row ``first`` on.

    The problems of ``whole`` are not repeated. ``fields_missed`` are those missed in the piece.
    """
    wanted = standard(spec.standard)
    notes = ProblemNotes(record=np.asarray(raw.record, dtype=np.int64), first=first)
    delivery = Delivery(raw=raw, spec=spec, wanted=wanted, matched=whole.matched, notes=notes)
    columns: dict[str, Any] = {"id": whole.ids[first : first + len(raw.record)]}
    if LAND_USE[0] in wanted.columns:
        columns |= _land_use(delivery, of_words=whole.of_words)
    for name, column in wanted.columns.items():
        if name not in columns:
            columns[name] = _values(delivery, column)
    columns = {name: columns[name] for name in wanted.columns}  # the order of the contract
    derived = {
        name for name in LAND_USE if name in columns and any(item is not None for item in columns[name])
    }
    mended = mend(geometry, standard=wanted, notes=notes)
    missed = tuple(name for name in wanted.columns if name not in whole.matched and name not in derived)
    return Standardised(_frame(delivery, columns, mended, crs), notes.log(), whole.matched, missed)


def _frame(
    delivery: Delivery, columns: Mapping[str, Any], geometry: ObjectArray, crs: CRS | str
) -> gpd.GeoDataFrame:
    """Return canonical columns, record, source fields and geometry, in this order."""
    series = {
        name: pd.Series(values, dtype="float64" if delivery.wanted.columns[name].is_numeric else "object")
        for name, values in columns.items()
    }
    series["record"] = pd.Series(delivery.notes.record, dtype="int64")
    for field in delivery.raw.attributes.columns:
        series[f"{SOURCE_PREFIX}{field}"] = delivery.raw.attributes[field].reset_index(drop=True)
    frame = pd.DataFrame(series, index=pd.RangeIndex(len(delivery)))
    return gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries(geometry, crs=crs), crs=crs)


def _land_use(delivery: Delivery, *, of_words: bool) -> dict[str, Any]:
    """Return use_code and use_class, and note codes without a class and required codes that are empty."""
    columns = read_land_use(
        delivery.delivered("use_code"),
        delivery.delivered("use_class"),
        count=len(delivery),
        codelist=delivery.spec.codelist,
        notes=delivery.notes,
        of_words=of_words,
    )
    if "use_code" in delivery.matched:
        empty = is_none(columns["use_code"])
        _note_empty(delivery, delivery.wanted.columns["use_code"], empty)
    return columns


def _values(delivery: Delivery, column: Column) -> Any:  # noqa: ANN401  # float64 or object array
    """Return one canonical column, and note what is unreadable, unknown, or required and empty."""
    delivered = delivery.delivered(column.name)
    if delivered is None:
        return np.full(len(delivery), np.nan) if column.is_numeric else no_words(len(delivery))
    values, bad = _read(delivery, column, delivered)
    unknown = column.type == "enum"
    rows = np.flatnonzero(bad)
    if len(rows):
        delivery.notes.rows(
            ProblemKind.CODE_UNKNOWN if unknown else ProblemKind.VALUE_UNREADABLE,
            rows,
            column=column.name,
            raw=np.array([str(value) for value in delivered.to_numpy(dtype=object)[rows]], dtype=object),
        )
    if column.required:
        _note_empty(delivery, column, pd.isna(values) & ~bad)
    return values


def _read(delivery: Delivery, column: Column, delivered: pd.Series) -> tuple[Any, BoolArray]:
    """Return the values of a column by its type, and which of them could not be understood."""
    if column.is_numeric:
        spelled = delivery.spec.units.get(column.name)
        dimension = column.unit.dimension if column.unit else None
        source_unit = None if spelled is None else unit(spelled, dimension=dimension)
        return read_numbers(delivered, column=column, source_unit=source_unit)
    if column.type == "date":
        return read_dates(delivered)
    if column.enumeration is not None:
        return column.enumeration.read(delivered.to_numpy(dtype=object))
    kinds = distinct(delivered.to_numpy(dtype=object))
    return kinds.spread(kinds.texts), np.zeros(len(delivered), dtype=np.bool_)


def _note_empty(delivery: Delivery, column: Column, empty: BoolArray) -> None:
    if column.required:
        delivery.notes.rows(ProblemKind.VALUE_MISSING, np.flatnonzero(empty), column=column.name)
