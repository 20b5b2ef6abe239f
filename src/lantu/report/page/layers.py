"""The layers that the page carries: what it says of each, and which of their objects findings are about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from lantu.report.page.columns import texts
from lantu.report.palette import (
    LAND_USE_COLOURS,
    OTHER_LAND_USE,
    OTHER_OUTLINE,
    OUTLINE_COLOURS,
    dimmed,
    lightened,
    muted,
)
from lantu.report.wording import standard_texts, value_texts

if TYPE_CHECKING:
    from lantu.model import Layer, Run
    from lantu.report.page.context import Context

_BASE_STANDARDS = ("land.survey", "land.parcel", "plan.plot")


def layer_content(context: Context) -> dict[str, Any]:
    """Return what the page says of a layer."""
    layer = context.layer
    outline = OUTLINE_COLOURS.get(layer.standard, OTHER_OUTLINE)
    names = layer.frame["name"].to_numpy(dtype=object)[context.rows] if _is_area(layer) else ()
    return {
        "name": layer.name,
        "department": layer.department,
        "standard": standard_texts(layer.standard),
        "outline": outline,
        "outlineDark": lightened(outline),
        "boundary": _is_area(layer),
        "parcel": layer.standard == "land.parcel",
        "total": len(layer),
        "shown": len(context.rows),
        "names": [None if name is None or name != name else str(name) for name in names],  # noqa: PLR0124
        "file": layer.provenance.path,
        "sublayer": layer.provenance.layer,
        "fields": dict(layer.provenance.fields_matched),
        "issued": layer.provenance.issued.isoformat() if layer.provenance.issued else None,
        "accuracy": layer.accuracy_m,
    }


def _is_area(layer: Layer) -> bool:
    named = "name" in layer.frame.columns and "name" not in layer.levels
    return layer.standard == "admin.area" and named


def base_map(carried: list[Context]) -> dict[str, Any] | None:
    """Return the layer whose land use tints the map: survey, else parcels, else plan; the largest one."""
    usable = [
        (number, context)
        for number, context in enumerate(carried)
        if context.layer.standard in _BASE_STANDARDS
        and context.layer.has("use_class")
        and "use_class" not in context.layer.levels  # classified higher than its layer
        and len(context.rows)
    ]
    if not usable:
        return None
    number, context = min(
        usable, key=lambda e: (_BASE_STANDARDS.index(e[1].layer.standard), -len(e[1].rows), e[0])
    )
    classes = texts(context.layer.frame["use_class"].iloc[context.rows])
    colours = [LAND_USE_COLOURS.get(name, OTHER_LAND_USE) for name in classes["values"]]
    tints = {
        "standard": colours,
        "muted": [muted(colour) for colour in colours],
        "dark": [dimmed(colour) for colour in colours],
    }
    said = [value_texts("use_class", name) for name in classes["values"]]
    return {"layer": number, "codes": classes["codes"], "tints": tints, "labels": said}


def sides(run: Run, carried: list[Context]) -> dict[str, list[int]]:
    """Return for each side of each finding where its layer and object stand in the page, and its record.

    -1 stands for none: no such side, an object that the page does not carry, a record without number.
    """
    found: dict[str, list[int]] = {}
    for side in ("a", "b"):
        layer_place = np.full(len(run.findings), -1)
        object_place = np.full(len(run.findings), -1)
        record = np.full(len(run.findings), -1)
        names = run.findings[f"layer_{side}"].to_numpy(dtype=object)
        for number, context in enumerate(carried):
            layer_place[names == context.layer.name] = number
            findings, rows = context.sides[side]
            record[findings] = context.layer.frame["record"].to_numpy()[rows]
            places = np.searchsorted(context.rows, rows)
            inside = places < len(context.rows)
            inside[inside] = context.rows[places[inside]] == rows[inside]
            object_place[findings[inside]] = places[inside]
        found[f"place_{side}"] = layer_place.tolist()
        found[f"object_{side}"] = object_place.tolist()
        found[f"record_{side}"] = record.tolist()
    return found
