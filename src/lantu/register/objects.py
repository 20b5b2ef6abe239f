"""What every object of a run was, as two numbers: so that the next run can say which of them changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from lantu.errors import OutputError
from lantu.messages import message
from lantu.model import ODD, mixed, shape_digests
from lantu.model.layer import SOURCE_PREFIX

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from lantu.model import Layer

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
    values = np.zeros(len(layer), dtype=np.uint64)
    for name in fields:
        values = mixed(values * ODD + _hashed_texts(layer.frame[name]))
    return pd.DataFrame(
        {
            "layer": layer.name,
            "id": layer.ids,
            "geometry": shape_digests(layer.geometry, decimals=DECIMALS),
            "attributes": values,
        }
    )


def _hashed_texts(series: pd.Series[str]) -> np.ndarray:
    """Return a hash of each value as text; most fields say few different things, so each is hashed once."""
    values = series.to_numpy(dtype=object)
    try:
        code, distinct = pd.factorize(values, use_na_sentinel=True)
    except TypeError:  # lists and tables, as GeoJSON may have them
        code, distinct = pd.factorize(np.array([None if value is None else str(value) for value in values]))
    texts = np.array([str(value) for value in distinct] + ["\x00"], dtype=object)  # the last for no value
    hashed = np.asarray(pd.util.hash_array(texts, categorize=False), dtype=np.uint64)
    return hashed[code]
