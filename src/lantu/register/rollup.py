"""Totals by district, town and village that reconcile, and how far they are closed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from lantu.model import SEVERITIES

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd

    from lantu.model import BoolArray, FloatArray, IntArray, Layer, ObjectArray, Run
    from lantu.register.presence import Presence

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


def rollup(run: Run, presence: Presence | None = None) -> pd.DataFrame:
    """Return totals, one row an area, and beside each level what straddles its areas: COLUMNS.

    The rows of the towns add up to the district, those of the villages of a town to the town; a finding
    that lies in several is counted once, in the row ``~several``. ``presence`` is what the register knows of
    earlier runs. ``resolved`` are findings that were there before and are gone, where they lay; without a
    register those of the run that this one is compared with, for the district alone. ``closing_rate`` is what
    is resolved, waived or a false alarm, of all that was ever open; ``age_days`` the median number of days
    since the first run that had it, over findings that are not closed; ``reopened`` counts what was decided
    and has changed since, and what was gone and is back.
    """
    table = _told(run, presence)
    gone = None if presence is None else presence.resolved
    rows = [_row(DISTRICT, "", "", table, _compared(run) if gone is None else len(gone))]
    towns = _town_layer(run)
    for town in _names(table, gone, "town"):
        here, gone_here = _in(table, "town", town), _in(gone, "town", town)
        rows.append(_row(TOWN, town, "", here, None if gone_here is None else len(gone_here)))
        if _has(towns, VILLAGE) and town not in {STRADDLING, OUTSIDE, NO_PLACE}:
            for name in _names(here, gone_here, "village"):
                left = _in(gone_here, "village", name)
                resolved = None if left is None else len(left)
                rows.append(_row(VILLAGE, town, name, _in(here, "village", name), resolved))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def areas_of(run: Run, findings: gpd.GeoDataFrame) -> dict[str, ObjectArray]:
    """Return the town and the village of each finding, or why it lies in none or in several."""
    towns = _town_layer(run)
    shapes = np.asarray(findings.geometry.to_numpy(), dtype=object)
    return {"town": _area_of(shapes, towns, TOWN), "village": _area_of(shapes, towns, VILLAGE)}


def _town_layer(run: Run) -> Layer | None:
    return next((layer for layer in run.facts.layers if layer.name == run.facts.town_layer), None)


def _told(run: Run, presence: Presence | None) -> pd.DataFrame:
    """Return the findings, each with town, village, status, whether it is overdue or back, and its age."""
    table = pd.DataFrame(run.findings.drop(columns=run.findings.geometry.name))
    table = table.assign(**areas_of(run, run.findings))
    decided: Mapping[str, Any] = (run.decisions or {}).get("findings", {})
    told = [decided.get(one, {}) for one in table["finding_id"]]
    table["status"] = [one.get("status", "open") for one in told]
    table["overdue"] = [bool(one.get("overdue")) for one in told]
    first = {} if presence is None else presence.first_seen
    days = [(run.facts.as_of - first[one]).days if one in first else np.nan for one in table["finding_id"]]
    table["age_days"] = np.array(days, dtype=np.float64)
    returned = table["finding_id"].isin([] if presence is None else list(presence.returned))
    table["reopened"] = returned | (table["status"] == "reopened")
    return table


def _names(table: pd.DataFrame, gone: pd.DataFrame | None, area: str) -> list[str]:
    there = set(table[area]) | (set() if gone is None else set(gone[area]))
    return sorted(str(name) for name in there)


def _in(table: Any, area: str, name: str) -> Any:  # noqa: ANN401  # a table, or None
    """Return the rows of one town or village; None of no table."""
    return None if table is None else table[table[area] == name]


def _compared(run: Run) -> int | None:
    if run.comparison is None:
        return None
    return int((run.comparison["status"] == "resolved").sum())


def _row(level: str, town: str, village: str, table: pd.DataFrame, resolved: int | None) -> dict[str, Any]:
    conflicts = table[table["verdict"] == "conflict"]
    states = table["status"].value_counts()
    shut = table["status"].isin(CLOSED)
    closed, decided, gone = int(shut.sum()), int(states.get("decided", 0)), resolved or 0
    ever = len(table) + gone
    ages = table.loc[~shut, "age_days"].dropna()
    return {
        "level": level, "town": town, "village": village, "findings": len(table), "conflict": len(conflicts),
        "undecidable": len(table) - len(conflicts),
        **{name: int((conflicts["severity"] == name).sum()) for name in SEVERITIES},
        "closed": closed, "decided": decided, "open": len(table) - closed - decided,
        "reopened": int(table["reopened"].sum()), "overdue": int(table["overdue"].sum()),
        "resolved": resolved, "closing_rate": (closed + gone) / ever if ever else np.nan,
        "age_days": float(ages.median()) if len(ages) else np.nan,
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
    finding, area = shapely.STRtree(areas).query(shapes)
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
    whole = _measure(shapes, dimension)
    shapely.prepare(areas)  # in place: they are the towns' own, a few
    inside = (whole > 0) & shapely.covers(areas, shapes)
    met = np.flatnonzero(~inside)  # by their boxes, most of them not otherwise
    met = met[shapely.intersects(areas[met], shapes[met])]
    inside[met] = dimension[met] == 0
    left = met[~inside[met]]  # the few on an edge
    shared = _measure(shapely.intersection(shapes[left], areas[left]), dimension[left])
    inside[left] = shared > np.minimum(SHARED, whole[left] / 2)
    return np.asarray(inside, dtype=np.bool_)


def _measure(shapes: ObjectArray, dimension: IntArray) -> FloatArray:
    """Return the areas of polygons and the lengths of lines."""
    areal = dimension == 2  # noqa: PLR2004  # polygons
    return np.asarray(np.where(areal, shapely.area(shapes), shapely.length(shapes)), dtype=np.float64)
