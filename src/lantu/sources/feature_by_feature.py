"""GDAL by fiona, feature by feature: what can still be read of a layer that pyogrio refuses.

Called as `gdal` is: with a local file whose signature has been checked.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from lantu.messages import Message, message
from lantu.sources.gdal import Rows, crs_of, geos_reason, quiet
from lantu.sources.records import series_of
from lantu.sources.source import distinct_names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

logging.getLogger("fiona").addHandler(logging.NullHandler())  # else its errors go to stderr unasked


def read_each(path: Path, *, layer: str | None, driver: str) -> Rows:
    """Read a layer feature by feature and keep all that can be read; the ids that are missing are damaged."""
    import fiona  # noqa: PLC0415  # few layers need it

    ids: list[int] = []
    records: list[Mapping[str, Any]] = []
    shapes: list[Any] = []
    failures: dict[int, Message] = {}
    with quiet() as texts, fiona.open(path, layer=layer, driver=driver) as collection:
        names = list(collection.schema["properties"])
        has_geometry = collection.schema["geometry"] != "None"
        crs = crs_of(collection.crs_wkt or None)
        for feature in _each(collection):
            shape, reason = _shape(feature.geometry)
            if reason is not None:
                failures[len(ids)] = reason
            ids.append(int(feature.id))
            records.append(dict(feature.properties))
            shapes.append(shape)
    columns = {
        unique: series_of([record.get(name) for record in records])
        for unique, name in zip(distinct_names(names), names, strict=True)
    }
    geometry = np.empty(len(shapes), dtype=object)
    geometry[:] = shapes
    return Rows(
        ids=np.array(ids, dtype=np.int64),
        attributes=pd.DataFrame(columns, index=pd.RangeIndex(len(ids))),
        geometry=geometry,
        crs=crs,
        failures=failures,
        warnings=tuple(texts),
        has_geometry=has_geometry,
    )


def _each(collection: Any) -> Iterator[Any]:  # noqa: ANN401  # fiona ships no types
    """Yield features in order; where that breaks off, ask for the remaining ids one by one."""
    count, read, last = len(collection), 0, -1
    features = iter(collection)
    while read < count:
        try:
            feature = next(features)
        except StopIteration:
            break
        except Exception:  # noqa: BLE001  # a damaged record may raise anything; the ids that follow are asked for
            break
        read, last = read + 1, int(feature.id)
        yield feature
    for number in range(last + 1, last + 1 + count - read):
        try:
            feature = collection[number]
        except Exception:  # noqa: BLE001, S112  # it stays missing, and missing ids are listed by the caller
            continue
        if feature is not None:
            yield feature


def _shape(geometry: Any) -> tuple[Any, Message | None]:  # noqa: ANN401  # fiona ships no types
    if geometry is None:
        return None, None
    try:
        return shapely.geometry.shape(geometry), None
    except Exception as error:  # noqa: BLE001  # whatever it is, it is the reason
        return None, message("sources.geometry_refused", reason=geos_reason(error))
