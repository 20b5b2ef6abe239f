"""What every object of a run was, in a few numbers: so that the next run can say which changed, and how."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from lantu.errors import OutputError
from lantu.messages import message
from lantu.model import ODD, give_memory_back, mixed, shape_digests
from lantu.model.layer import SOURCE_PREFIX
from lantu.relations.index import index_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from lantu.model import IntArray, Layer

OBJECTS_FILE = "objects.parquet"
COMPARISON_FILE = "comparison.csv"
OBJECT_COLUMNS = {
    "layer": "string", "id": "string", "geometry": "uint64", "attributes": "uint64", "fields": "object",
    "x_m": "float64", "y_m": "float64", "size": "float64",
}  # fmt: skip
FIELDS = "fields"
"""Name of the attribute that holds, by layer, the names of the fields that ``fields`` has marks of."""

AREAL = 2
CENTIMETRE = 2
"""Decimals of the numbers that say how an object changed."""

_ACTIVE = ("=", "+", "-", "@", "\t", "\r")

MARK = np.dtype("<u2")
"""Of one value: enough to name the field that changed; that one did at all, ``attributes`` tells."""

DECIMALS = 4
"""Coordinates are compared to 0.1 mm: what a change of format alone may do to them is far below."""


def digests(layers: Iterable[Layer]) -> pd.DataFrame:
    """Return one row an object: layer, id, and digests (64 bits) of its geometry and of its values.

    Geometry is that of the working CRS, wherever its rings start. Values are those of every field as
    delivered, whatever the order of the fields. Refused layers have no objects. ``fields`` has a mark (16
    bits) of each field's value, but not of fields that are classified higher than their layer; their names
    stand in ``attrs["fields"]``. ``x_m``, ``y_m`` is the centroid, ``size`` the area (m²) or length (m).
    """
    told = [layer for layer in layers if len(layer)]
    parts = [_of(layer, rows) for layer in told for rows in layer.parts()]
    table = pd.concat([_nothing(), *parts], ignore_index=True)
    table.attrs[FIELDS] = _names_of_fields(told)
    return table


def write_objects(layers: Iterable[Layer], path: Path) -> None:
    """Write the digests of all objects, part by part; equal layers give equal bytes where they lie alike."""
    told = [layer for layer in layers if len(layer)]
    sample = {"string": "", "object": b""}
    one = pd.DataFrame(
        {name: pd.Series([sample.get(dtype, 0)], dtype=dtype) for name, dtype in OBJECT_COLUMNS.items()}
    )
    one.attrs[FIELDS] = _names_of_fields(told)
    schema = pa.Schema.from_pandas(one, preserve_index=False)
    with pq.ParquetWriter(path, schema) as writer:
        for layer in told:
            for rows in layer.parts():
                part = pa.Table.from_pandas(_of(layer, rows), schema=schema, preserve_index=False)
                writer.write_table(part.replace_schema_metadata(schema.metadata))
            give_memory_back()


def _nothing() -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(dtype=dtype) for name, dtype in OBJECT_COLUMNS.items()})


def _names_of_fields(layers: Iterable[Layer]) -> dict[str, list[str]]:
    return {layer.name: [_plain(name) for name in _open_fields(layer)] for layer in layers}


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


def _fields(layer: Layer) -> list[str]:
    return sorted(str(name) for name in layer.frame.columns if str(name).startswith(SOURCE_PREFIX))


def _open_fields(layer: Layer) -> list[str]:
    """Return the fields of which marks are kept: none that is classified higher than its layer."""
    matched = layer.provenance.fields_matched
    closed = {*layer.levels, *(matched.get(name, name) for name in layer.levels)}
    return [name for name in _fields(layer) if _plain(name) not in closed]


def _plain(field: str) -> str:
    return field.removeprefix(SOURCE_PREFIX)


def _of(layer: Layer, rows: IntArray) -> pd.DataFrame:
    values = np.zeros(len(rows), dtype=np.uint64)
    opened, fields = _open_fields(layer), _fields(layer)
    marks = np.zeros((len(rows), len(opened)), dtype=MARK)
    delivered = layer.some(rows, fields)
    for name in fields:
        hashed = _hashed_texts(delivered[name])
        values = mixed(values * ODD + hashed)
        if name in opened:
            marks[:, opened.index(name)] = (hashed & np.uint64(0xFFFF)).astype(MARK)
    index = index_of(layer)
    size = np.where(index.dimension[rows] == AREAL, index.area_m2[rows], index.length_m[rows])
    columns = {
        "layer": np.full(len(rows), layer.name, dtype=object),
        "id": layer.ids[rows],
        "geometry": shape_digests(layer.geometry[rows], decimals=DECIMALS),
        "attributes": values,
        "fields": _rows_as_bytes(marks),
        "x_m": index.centre_m[rows, 0].round(CENTIMETRE),
        "y_m": index.centre_m[rows, 1].round(CENTIMETRE),
        "size": size.round(CENTIMETRE),
    }
    return pd.DataFrame(
        {name: pd.Series(columns[name], dtype=dtype) for name, dtype in OBJECT_COLUMNS.items()}
    )


def _rows_as_bytes(marks: np.ndarray) -> list[bytes]:
    """Return the marks of each object as they stand in memory."""
    width = marks.shape[1] * marks.itemsize
    content = marks.tobytes()
    return [content[row * width : (row + 1) * width] for row in range(len(marks))]


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
