"""Totals by district, town and village that reconcile, and how far they are closed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from lantu.model import SEVERITIES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lantu.model import BoolArray, Layer, ObjectArray, Run

DISTRICT, TOWN, VILLAGE = "district", "town", "village"

STRADDLING, OUTSIDE, NO_PLACE = "~several", "~outside", "~no_place"
"""Rows beside the areas of one level: what lies in several of them, in none, and what has no place."""

SHARED = 0.01
"""Square metres, or metres, of a finding that must lie in an area before it lies there."""

CLOSED = ("waived", "false_alarm")
COLUMNS = (
    "level", "town", "village", "findings", "conflict", "undecidable", *SEVERITIES, "closed", "decided",
    "open", "reopened", "overdue", "resolved", "closing_rate", "age_days",
)  # fmt: skip


def rollup(run: Run) -> pd.DataFrame:
    """Return totals, one row an area, and beside each level what straddles its areas: COLUMNS.

    The rows of the towns add up to the district, those of the villages of a town to the town; a finding
    that lies in several is counted once, in the row ``~several``. ``resolved`` are findings of the run that
    this one is compared with which are gone. ``closing_rate`` is what is resolved, waived or a false alarm,
    of all that was ever open; ``age_days`` the median age of the decisions.
    """
    towns = next((layer for layer in run.facts.layers if layer.name == run.facts.town_layer), None)
    table = pd.DataFrame(run.findings.drop(columns=run.findings.geometry.name))
    shapes = np.asarray(run.findings.geometry.to_numpy(), dtype=object)
    table["town"] = _area_of(shapes, towns, TOWN)
    table["village"] = _area_of(shapes, towns, VILLAGE)
    decided: Mapping[str, Any] = (run.decisions or {}).get("findings", {})
    told = [decided.get(one, {}) for one in table["finding_id"]]
    table["status"] = [one.get("status", "open") for one in told]
    table["overdue"] = [bool(one.get("overdue")) for one in told]
    table["age_days"] = [one.get("age_days", np.nan) for one in told]
    rows = [_row(DISTRICT, "", "", table, _resolved(run))]
    for town, here in table.groupby("town", sort=True):
        rows.append(_row(TOWN, str(town), "", here, None))
        if _has(towns, VILLAGE) and town not in {STRADDLING, OUTSIDE, NO_PLACE}:
            rows += [
                _row(VILLAGE, str(town), str(name), part, None) for name, part in here.groupby("village")
            ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _resolved(run: Run) -> int | None:
    if run.comparison is None:
        return None
    return int((run.comparison["status"] == "resolved").sum())


def _row(level: str, town: str, village: str, table: pd.DataFrame, resolved: int | None) -> dict[str, Any]:
    conflicts = table[table["verdict"] == "conflict"]
    states = table["status"].value_counts()
    closed = sum(int(states.get(name, 0)) for name in CLOSED)
    gone = resolved or 0
    ever = len(table) + gone
    age = table["age_days"].median() if table["age_days"].notna().any() else np.nan
    return {
        "level": level, "town": town, "village": village, "findings": len(table), "conflict": len(conflicts),
        "undecidable": len(table) - len(conflicts),
        **{name: int((conflicts["severity"] == name).sum()) for name in SEVERITIES},
        "closed": closed, "decided": int(states.get("decided", 0)),
        "open": len(table) - closed - int(states.get("decided", 0)),
        "reopened": int(states.get("reopened", 0)), "overdue": int(table["overdue"].sum()),
        "resolved": resolved, "closing_rate": (closed + gone) / ever if ever else np.nan, "age_days": age,
    }  # fmt: skip


def _has(towns: Layer | None, level: str) -> bool:
    return towns is not None and towns.refusal is None and bool((_levels(towns) == level).any())


def _levels(towns: Layer) -> ObjectArray:
    """Return the level of each area; one without is a town, as findings are placed."""
    given = towns.values("admin_level")
    return np.array([TOWN if one is None else one for one in given], dtype=object)


def _area_of(shapes: ObjectArray, towns: Layer | None, level: str) -> ObjectArray:
    """Return the name of the area that each finding lies in, or why it is in none or in several."""
    names = np.full(len(shapes), OUTSIDE, dtype=object)
    names[shapely.is_missing(shapes) | shapely.is_empty(shapes)] = NO_PLACE
    if towns is None or towns.refusal is not None:
        return names
    rows = np.flatnonzero(_levels(towns) == level)
    areas = towns.geometry[rows]
    finding, area = shapely.STRtree(areas).query(shapes, predicate="intersects")
    inside = _lies_in(shapes[finding], areas[area])
    labels = np.asarray(towns.values("name"), dtype=object)[rows]
    found: dict[int, set[str]] = {}
    for one, name in zip(finding[inside], labels[area[inside]], strict=True):
        found.setdefault(int(one), set()).add(str(name))
    for one, here in found.items():
        names[one] = next(iter(here)) if len(here) == 1 else STRADDLING
    return names


def _lies_in(shapes: ObjectArray, areas: ObjectArray) -> BoolArray:
    """Say whether more of a finding than its mere edge lies in an area; a point lies where it is."""
    dimension = shapely.get_dimensions(shapes)
    shared = shapely.intersection(shapes, areas)
    measure = np.where(dimension == 2, shapely.area(shared), shapely.length(shared))  # noqa: PLR2004  # polygons
    whole = np.where(dimension == 2, shapely.area(shapes), shapely.length(shapes))  # noqa: PLR2004  # as above
    return np.asarray((dimension == 0) | (measure > np.minimum(SHARED, whole / 2)), dtype=np.bool_)
