"""GDAL by pyogrio: a layer in one go or in pieces; what it refuses, `feature_by_feature` reads by fiona.

Only ever called with a local file whose signature has been checked, so that GDAL cannot be led by a
file's content to another driver, to a virtual file or onto the network. Warnings of GDAL are collected,
never printed.
"""

from __future__ import annotations

import warnings
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyogrio
import pyogrio.raw
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from lantu.messages import Message, message
from lantu.model import LazyGeometry, flat_of, lazily
from lantu.sources.source import distinct_names
from lantu.sources.wkb import flat_geometry

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from lantu.model import BoolArray, IntArray, ObjectArray

_CURVES = frozenset(range(8, 13))
"""WKB codes of circular string, compound curve, curve polygon, multi-curve, multi-surface."""

ARC_STEP_DEGREES = 0.25
"""Chords of arcs: 1 cm from an arc of 4 km radius, where GDAL's own 4 degrees leave 2.4 m."""


@dataclass(frozen=True, kw_only=True)
class Rows:
    """What came out of a layer: feature ids, fields, geometries (None where null or in ``failures``)."""

    ids: IntArray
    attributes: pd.DataFrame
    geometry: LazyGeometry = LazyGeometry()  # noqa: RUF009  # a descriptor: got as objects, given flat too
    crs: CRS | None
    failures: Mapping[int, Message] = field(default_factory=dict)  # position -> why its geometry was refused
    warnings: tuple[str, ...] = ()
    has_geometry: bool = True  # whether the layer is one of features rather than a plain table
    curved: bool = False  # whether arcs were made chords of

    @property
    def without_geometry(self) -> IntArray:
        """Return the positions of rows whose geometry is null or was refused."""
        if flat_of(self) is not None:
            return np.empty(0, dtype=np.int64)
        return np.flatnonzero(shapely.is_missing(self.geometry))

    def geometry_of(self, chosen: BoolArray) -> ObjectArray:
        """Return the geometries of some rows, flat where all of them are and all rows are wanted."""
        flat = flat_of(self)
        return lazily(flat) if flat is not None and chosen.all() else self.geometry[chosen]


@contextmanager
def quiet() -> Iterator[list[str]]:
    """Collect the texts of warnings, distinct, in order, instead of letting them out."""
    texts: list[str] = []
    with warnings.catch_warnings(record=True) as caught, np.errstate(invalid="ignore"):
        warnings.simplefilter("always")
        try:
            yield texts
        finally:
            texts.extend(dict.fromkeys(str(warning.message) for warning in caught))


def list_layers(path: Path, *, plain_tables: bool = True) -> tuple[str, ...]:
    """Return the names of all layers, in source order, with or without those that have no geometry."""
    with quiet():
        found = pyogrio.list_layers(path)
    return tuple(str(name) for name, kind in found if plain_tables or kind is not None)


def count_features(path: Path, layer: str | None) -> int:
    """Return how many features the source says a layer has; -1 where it cannot say."""
    with quiet():
        return int(pyogrio.read_info(path, layer=layer, force_feature_count=True)["features"])


def read_bulk(path: Path, *, layer: str | None, flat: bool = False, **options: str) -> Rows:
    """Read a layer in one piece; raises whatever the libraries raise, for `read_each` to rescue.

    With ``flat`` geometry that is plain (see ``lantu.sources.wkb``) is left flat; then none is missing.
    """
    with quiet() as texts:
        meta, table = pyogrio.raw.read_arrow(path, layer=layer, return_fids=True, **options)
        content = _content(meta, table, flat=flat)
        if content["curved"]:
            content["geometry"], content["failures"] = geometries_of(_linear_blobs(path, layer, options))
    return Rows(**content, warnings=tuple(texts))


def read_pieces(path: Path, *, layer: str | None, features: int) -> Iterator[Rows]:
    """Read a layer as `read_bulk` does, some features at a time; arcs are only said to be there."""
    with ExitStack() as opened:
        with quiet():
            given = pyogrio.raw.open_arrow(
                path, layer=layer, return_fids=True, batch_size=features, use_pyarrow=True
            )
            meta, reader = opened.enter_context(given)
        more = True
        while more:
            with quiet() as texts:
                batch = next(reader, None)
                if batch is not None:
                    content = _content(meta, pa.Table.from_batches([batch]), flat=True)
            more = batch is not None
            if more:
                yield Rows(**content, warnings=tuple(texts))


def _content(meta: Mapping[str, Any], table: pa.Table, *, flat: bool) -> dict[str, Any]:
    """Return by the names of ``Rows`` what a table of GDAL's holds; no geometry where there are arcs."""
    fields, place = [str(name) for name in meta["fields"]], meta["geometry_name"] or "wkb_geometry"
    # By position, since a damaged source may repeat a name: id first, then fields, then geometry.
    columns = [table.column(position) for position in range(table.num_columns)]
    has_geometry = len(columns) > 1 + len(fields) and table.schema.names[-1] == place
    attributes = arrow_frame(fields, columns[1 : 1 + len(fields)], count=table.num_rows)
    curved, failures = False, dict[int, Message]()
    plain = flat_geometry(columns[-1]) if flat and has_geometry else None
    if plain is not None:
        geometry = lazily(plain)
    elif has_geometry:
        blobs = columns[-1].to_numpy(zero_copy_only=False)
        curved = _has_curves(blobs)
        geometry, failures = geometries_of(np.full_like(blobs, None) if curved else blobs)
    else:
        geometry = np.full(table.num_rows, None, dtype=object)
    return {
        "ids": columns[0].to_numpy().astype(np.int64),
        "attributes": attributes,
        "geometry": geometry,
        "crs": crs_of(meta["crs"]),
        "failures": failures,
        "has_geometry": has_geometry,
        "curved": curved,
    }


def geometries_of(blobs: ObjectArray) -> tuple[ObjectArray, dict[int, Message]]:
    """Return geometries from WKB, None where it is null or refused, and the reasons by position.

    M values are dropped: nothing measures along them, and GEOS operations treat them unevenly.
    """
    with np.errstate(invalid="ignore"):
        found = np.asarray(shapely.from_wkb(blobs, on_invalid="ignore"), dtype=object)
        present = np.array([blob is not None for blob in blobs], dtype=bool)
        refused = np.flatnonzero(shapely.is_missing(found) & present)
        failures = {int(position): _wkb_reason(blobs[position]) for position in refused}
        measured = shapely.has_m(found)
        raised = measured & shapely.has_z(found)
        found[measured & ~raised] = shapely.force_2d(found[measured & ~raised])
        # force_3d would set heights beside measures to 0; written with three numbers they stay.
        found[raised] = shapely.from_wkb(shapely.to_wkb(found[raised], output_dimension=3, include_srid=True))
    return found, failures


def arrow_frame(names: list[str], columns: list[pa.ChunkedArray], *, count: int) -> pd.DataFrame:
    """Return ``count`` rows as pandas columns: text as object with None, whole numbers never as floats."""
    series = [_arrow_series(column) for column in columns]
    frame = dict(zip(distinct_names(names), series, strict=True))
    return pd.DataFrame(frame, index=pd.RangeIndex(count))


def crs_of(text: object) -> CRS | None:
    """Return the CRS that a source declares; None where it declares none, an undefined or an unknown one."""
    if not text:
        return None
    try:
        crs = CRS.from_user_input(text)
    except CRSError:
        return None
    undefined = crs.is_engineering or crs.name.casefold().startswith(("undefined", "unknown"))
    return None if undefined else crs


def _arrow_series(column: pa.ChunkedArray) -> pd.Series:
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _arrow_series(
            pa.chunked_array([chunk.dictionary_decode() for chunk in column.chunks], kind.value_type)
        )
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        try:
            return pd.Series(column.to_numpy(zero_copy_only=False), dtype=object)
        except UnicodeDecodeError:
            blobs = column.cast(pa.binary() if pa.types.is_string(kind) else pa.large_binary()).to_pylist()
            texts = [None if blob is None else blob.decode("utf-8", errors="replace") for blob in blobs]
            return pd.Series(texts, dtype=object)
    mapped = {kind: pd.BooleanDtype() if pa.types.is_boolean(kind) else pd.Int64Dtype()}
    gaps = column.null_count and (pa.types.is_integer(kind) or pa.types.is_boolean(kind))
    found: pd.Series = column.to_pandas(types_mapper=mapped.get) if gaps else column.to_pandas()
    return found


def reason_of(error: Exception, path: Path) -> str:
    """Return what a library says of a file, without the folder it lies in and advice to programmers."""
    return str(error).partition(";")[0].replace(str(path), path.name).strip() or type(error).__name__


def _wkb_reason(blob: bytes) -> Message:
    try:
        shapely.from_wkb(blob)
    except Exception as error:  # noqa: BLE001  # whatever it is, it is the reason
        return message("sources.geometry_refused", reason=geos_reason(error))
    return message("sources.geometry_corrupt")


def geos_reason(error: Exception) -> str:
    """Return the reason that GEOS gives, without the name of its exception class."""
    return str(error).rpartition("Exception: ")[2].strip() or type(error).__name__


def _has_curves(blobs: ObjectArray) -> bool:
    codes = {bytes(blob[:5]) for blob in blobs if blob is not None}
    kinds = {int.from_bytes(code[1:], "little" if code[0] else "big") for code in codes}
    return any(kind % 0x10000000 % 1000 in _CURVES for kind in kinds)  # flags and thousands stand for Z and M


def _linear_blobs(path: Path, layer: str | None, options: Mapping[str, str]) -> ObjectArray:
    """Return the WKB of a layer with its arcs as chords."""
    before = pyogrio.get_gdal_config_option("OGR_ARC_STEPSIZE")
    pyogrio.set_gdal_config_options({"OGR_ARC_STEPSIZE": str(ARC_STEP_DEGREES)})
    try:
        return np.asarray(pyogrio.raw.read(path, layer=layer, columns=[], **options)[2], dtype=object)
    finally:
        pyogrio.set_gdal_config_options({"OGR_ARC_STEPSIZE": before})
