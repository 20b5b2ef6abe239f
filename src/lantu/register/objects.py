"""What every object of a run was, as two numbers: so that the next run can say which of them changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from lantu.errors import OutputError
from lantu.messages import message
from lantu.model.layer import SOURCE_PREFIX

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from lantu.model import Layer, ObjectArray

OBJECTS_FILE = "objects.parquet"
COMPARISON_FILE = "comparison.csv"
OBJECT_COLUMNS = ("layer", "id", "geometry", "attributes")

_ACTIVE = ("=", "+", "-", "@", "\t", "\r")

DECIMALS = 4
"""Coordinates are compared to 0.1 mm: what a change of format alone may do to them is far below."""


def digests(layers: Iterable[Layer]) -> pd.DataFrame:
    """Return one row an object: layer, id, and digests (64 bits) of its geometry and of its values.

    Geometry is that of the working CRS, wherever its rings start. Values are those of every field as
    delivered, whatever the order of the fields. Refused layers have no objects.
    """
    tables = [_of(layer) for layer in layers if len(layer)]
    empty = pd.DataFrame({name: pd.Series(dtype=object) for name in OBJECT_COLUMNS})
    return pd.concat(tables, ignore_index=True) if tables else empty


def write_objects(layers: Iterable[Layer], path: Path) -> None:
    """Write the digests of all objects; equal layers give equal bytes."""
    table = digests(layers).astype({"layer": "string", "id": "string"})
    table.astype({"geometry": "uint64", "attributes": "uint64"}).to_parquet(path, index=False)


def write_beside(layers: Iterable[Layer], comparison: pd.DataFrame | None, folder: Path) -> None:
    """Write what the next run is compared by, and where there is one, the comparison with the last.

    Raises
    ------
    OutputError
        A file cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_objects(layers, folder / OBJECTS_FILE)
        if comparison is not None:
            write_table(comparison, folder / COMPARISON_FILE)
    except OSError as error:
        raise OutputError(message("report.no_folder", folder=str(folder), reason=str(error))) from error


def write_table(table: pd.DataFrame, path: Path) -> None:
    """Write findings as CSV (UTF-8 with a mark, as Excel wants it); no cell starts a formula."""
    guarded = table.apply(lambda column: column.map(_guarded))
    guarded.to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\n")


def _guarded(value: Any) -> Any:  # noqa: ANN401  # a cell of any type
    """Return a text that Excel would take for a formula with an apostrophe before it."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_ACTIVE) else value


def _of(layer: Layer) -> pd.DataFrame:
    fields = sorted(str(name) for name in layer.frame.columns if str(name).startswith(SOURCE_PREFIX))
    values = pd.DataFrame({name: _texts(layer.frame[name]) for name in fields}, index=layer.frame.index)
    return pd.DataFrame(
        {
            "layer": layer.name,
            "id": layer.ids,
            "geometry": _hashed(_shapes(layer.geometry)),
            "attributes": pd.util.hash_pandas_object(values, index=False).to_numpy(np.uint64)
            if fields
            else np.zeros(len(layer), dtype=np.uint64),
        }
    )


def _shapes(geometry: ObjectArray) -> ObjectArray:
    """Return WKB that does not depend on where a ring starts; empty bytes for no geometry."""
    rounded = shapely.transform(geometry, lambda points: np.round(points, DECIMALS) + 0.0)
    written = shapely.to_wkb(shapely.normalize(rounded), byte_order=1)
    return np.array([b"" if shape is None else shape for shape in written], dtype=object)


def _texts(series: pd.Series[str]) -> pd.Series[str]:
    return series.astype(object).where(series.notna(), "\x00").map(str)


def _hashed(values: ObjectArray) -> ObjectArray:
    return np.asarray(pd.util.hash_array(values, categorize=False), dtype=np.uint64)
