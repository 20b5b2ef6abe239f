"""Layers and facts made from the data of a case."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from lantu.messages import message
from lantu.model import (
    PROBLEM_COLUMNS,
    SOURCE_PREFIX,
    BlueprintFacts,
    ControlUse,
    CrsUse,
    Department,
    Layer,
    Provenance,
    Refusal,
    empty_problems,
)
from lantu.standards import standard

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lantu.model import ObjectArray, ProblemLog

CRS = "EPSG:4548"
AS_OF = dt.date(2026, 11, 23)
DEFAULT_STANDARD = "land.parcel"
RAW_PREFIX = "raw:"


def case_layer(data: Mapping[str, Any], *, side: str) -> Layer:
    """Return the layer that a case describes; ``side`` (``a`` or ``b``) names it where the case does not."""
    wanted = standard(data.get("standard", DEFAULT_STANDARD))
    features = data.get("features", [])
    named = {name for feature in features for name in feature} - {"wkt"}
    columns: dict[str, Any] = {}
    for name, column in wanted.columns.items():
        values = [feature.get(name) for feature in features]
        columns[name] = pd.Series(values, dtype="float64" if column.is_numeric else "object")
    columns["record"] = pd.Series(np.arange(1, len(features) + 1), dtype="int64")
    delivered = {name for name in wanted.columns if name in named or RAW_PREFIX + name in named}
    for name in sorted(delivered):
        raw = [feature.get(RAW_PREFIX + name, feature.get(name)) for feature in features]
        columns[SOURCE_PREFIX + name] = pd.Series(raw, dtype="object")
    crs = data.get("crs", CRS)
    geometry = gpd.GeoSeries(_geometry(features, data.get("shift")), crs=crs)
    return Layer(
        name=data.get("name", f"layer_{side}"),
        standard=wanted.name,
        department=data.get("department", f"department_{side}"),
        frame=gpd.GeoDataFrame(columns, geometry=geometry, crs=crs, index=pd.RangeIndex(len(features))),
        accuracy_m=data.get("accuracy_m", wanted.accuracy_m),
        level=data.get("level", "internal"),
        provenance=Provenance(
            path=f"{side}.csv",
            layer=None,
            driver="CSV",
            sha256=None,
            count_in=len(features),
            count_out=len(features),
            count_listed=0,
            issued=data.get("issued"),
            update=data.get("update"),
            fields_matched={name: name for name in wanted.columns if name in delivered},
            fields_missed=tuple(data.get("missed", ())),
            crs=_crs_use(crs, data.get("control")),
        ),
        problems=_problems(data.get("problems", [])),
        refusal=_refusal(data.get("refusal")),
    )


def case_facts(data: Mapping[str, Any], layers: tuple[Layer, ...]) -> BlueprintFacts:
    """Return the blueprint's facts in a case: its day, its layers, and a department for each."""
    departments = {
        key: Department(key=key, name=entry["name"], owes=tuple(entry.get("owes", ())))
        for key, entry in data.get("departments", {}).items()
    }
    for layer in layers:
        departments.setdefault(layer.department, Department(key=layer.department, name=layer.department))
    return BlueprintFacts(
        name="case",
        as_of=data.get("as_of", AS_OF),
        language="en",
        level="internal",
        working_crs=CRS,
        departments=departments,
        layers=layers,
    )


def _geometry(features: list[Mapping[str, Any]], shift: list[float] | None) -> ObjectArray:
    shapes = np.empty(len(features), dtype=object)
    shapes[:] = [shapely.from_wkt(feature["wkt"]) if "wkt" in feature else None for feature in features]
    return shapes if shift is None else shapely.transform(shapes, lambda points: points + np.asarray(shift))


def _problems(rows: list[Mapping[str, Any]]) -> ProblemLog:
    if not rows:
        return empty_problems()
    defaults = {"row": -1, "record": -1}
    columns: dict[str, Any] = {}
    for name in PROBLEM_COLUMNS[:-1]:
        values = [row.get(name, defaults.get(name)) for row in rows]
        columns[name] = pd.Series(values, dtype="int64" if name in defaults else "object")
    columns["geometry"] = pd.Series(
        [shapely.from_wkt(row["wkt"]) if "wkt" in row else None for row in rows], dtype="object"
    )
    return pd.DataFrame(columns)


def _crs_use(crs: str, control: Mapping[str, Any] | None) -> CrsUse | None:
    """Return what the layer's provenance says of its control points, if the case gives any."""
    if control is None:
        return None
    given: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in control.items()
    }
    return CrsUse(
        source=None,
        stated_by="blueprint",
        working=crs,
        operation="blueprint: control points",
        definition=None,
        accuracy_m=control["accuracy_m"],
        control=ControlUse(**given),
    )


def _refusal(data: Mapping[str, Any] | None) -> Refusal | None:
    if data is None:
        return None
    suggestion = data.get("suggestion")
    return Refusal(
        reason=message("rules.as_given", text=data["reason"]),
        code=data.get("code"),
        suggestion=None if suggestion is None else message("rules.as_given", text=suggestion),
    )
