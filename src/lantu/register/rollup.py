"""Totals by district, town and village that reconcile, and how far they are closed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pandas as pd
import shapely

from lantu.model import SEVERITIES, in_threads

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from lantu.model import BoolArray, FloatArray, IntArray, Layer, ObjectArray, Run
    from lantu.register.presence import Presence

    AreasOf: TypeAlias = Callable[[ObjectArray], dict[str, ObjectArray]]

DISTRICT, TOWN, VILLAGE = "district", "town", "village"

STRADDLING, OUTSIDE, NO_PLACE = "~several", "~outside", "~no_place"
"""Rows beside the areas of one level: what lies in several of them, in none, and what has no place."""

SHARED = 0.01
"""Square metres, or metres, of a finding that must lie in an area before it lies there."""

PAIRS = 500
"""Findings and areas that a thread cuts at a time: a street has a thousand corners."""

PREPARED = 1_500
"""Most areas that are kept ready to be asked, so that a province has room."""

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


def areas_of(run: Run) -> AreasOf:
    """Return what says the town and the village of each finding, or why it lies in none or in several."""
    towns = _town_layer(run)
    areas = {"town": _Areas.of(towns, TOWN), "village": _Areas.of(towns, VILLAGE)}

    def named(shapes: ObjectArray) -> dict[str, ObjectArray]:
        return {level: some.names_of(shapes) for level, some in areas.items()}

    return named


def _town_layer(run: Run) -> Layer | None:
    return next((layer for layer in run.facts.layers if layer.name == run.facts.town_layer), None)


def _told(run: Run, presence: Presence | None) -> pd.DataFrame:
    """Return the findings, each with town, village, status, whether it is overdue or back, and its age."""
    table = pd.DataFrame(run.findings.drop(columns=run.findings.geometry.name))
    shapes = np.asarray(run.findings.geometry.to_numpy(), dtype=object)
    table = table.assign(**areas_of(run)(shapes))
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


@dataclass(frozen=True)
class _Areas:
    """The areas of one level and what they are called; none where the blueprint has no towns.

    ``prepared`` are those that GEOS keeps ready to be asked, a tenth of a megabyte each.
    """

    shapes: ObjectArray
    labels: ObjectArray
    prepared: set[int] = field(default_factory=set)

    @classmethod
    def of(cls, towns: Layer | None, level: str) -> _Areas:
        """Return the areas of a level."""
        if towns is None or towns.refusal is not None:
            return cls(np.empty(0, dtype=object), np.empty(0, dtype=object))
        rows = np.flatnonzero(_levels(towns) == level)
        labels = [str(name) for name in np.asarray(towns.values("name"), dtype=object)[rows]]
        return cls(towns.geometry[rows], np.array(labels, dtype=object))

    def names_of(self, shapes: ObjectArray) -> ObjectArray:
        """Return the name of the area that each finding lies in, or why it is in none or in several."""
        names = np.full(len(shapes), OUTSIDE, dtype=object)
        names[shapely.is_missing(shapes) | shapely.is_empty(shapes)] = NO_PLACE
        finding, area = shapely.STRtree(self.shapes).query(shapes)
        inside = np.zeros(len(area), dtype=np.bool_)
        for pairs in _of_few(area):
            self._prepare(set(area[pairs].tolist()))
            inside[pairs] = _lies_in(shapes[finding[pairs]], self.shapes[area[pairs]])
        finding, area = finding[inside], area[inside]
        code, labels = pd.factorize(self.labels)  # of one name are several areas, as a town of two parts is
        pairs = np.unique(finding * max(len(labels), 1) + code[area])
        finding, code = np.divmod(pairs, max(len(labels), 1))
        one, first, count = np.unique(finding, return_index=True, return_counts=True)
        names[one] = np.where(count == 1, labels[code[first]], STRADDLING)
        return names

    def _prepare(self, areas: set[int]) -> None:
        """Prepare areas in place, which no other thread may ask meanwhile; those before them go if many."""
        if len(self.prepared | areas) > PREPARED:
            shapely.destroy_prepared(self.shapes)
            self.prepared.clear()
        shapely.prepare(self.shapes[sorted(areas - self.prepared)])
        self.prepared.update(areas)


def _of_few(area: IntArray) -> Iterator[IntArray]:
    """Yield the places of pairs in parts that are about no more than PREPARED areas each."""
    _, number = np.unique(area, return_inverse=True)
    part = number // PREPARED
    yield from (np.flatnonzero(part == one) for one in range(int(part.max(initial=0)) + 1))


def _lies_in(shapes: ObjectArray, areas: ObjectArray) -> BoolArray:
    """Say whether more of a finding than its mere edge lies in an area; a point lies where it is."""
    dimension = shapely.get_dimensions(shapes)
    whole = _measure(shapes, dimension)
    inside = (whole > 0) & shapely.covers(areas, shapes)
    met = np.flatnonzero(~inside)  # by their boxes, most of them not otherwise
    met = met[shapely.intersects(areas[met], shapes[met])]
    inside[met] = dimension[met] == 0
    left = met[~inside[met]]  # the few on an edge
    shared = in_threads(_shared, shapes[left], areas[left], dimension[left], piece=PAIRS)
    inside[left] = shared > np.minimum(SHARED, whole[left] / 2)
    return np.asarray(inside, dtype=np.bool_)


def _shared(shapes: ObjectArray, areas: ObjectArray, dimension: IntArray) -> FloatArray:
    """Return how much of each finding lies in an area, in square metres or metres."""
    return _measure(shapely.intersection(shapes, areas), dimension)


def _measure(shapes: ObjectArray, dimension: IntArray) -> FloatArray:
    """Return the areas of polygons and the lengths of lines."""
    areal = dimension == 2  # noqa: PLR2004  # polygons
    return np.asarray(np.where(areal, shapely.area(shapes), shapely.length(shapes)), dtype=np.float64)
