"""A finding above the level of an edition, told as far as the blueprint allows: masked and generalised."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from lantu.messages import other_language, say
from lantu.model import FINDING_COLUMNS, TRANSLATION_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lantu.messages import Language
    from lantu.model import Reduction, Run
    from lantu.publishing.audience import Audience

KEPT = ("rule", "verdict", "severity", "department_a", "department_b")
"""What a reduced finding still says; everything else is masked."""

MOST_CELLS = 64
"""A finding that reaches over more cells of the grid has its whole box in their place."""


def reduced(run: Run, who: Audience, towns: Mapping[str, Any]) -> gpd.GeoDataFrame:
    """Return the findings above the audience's level that it may see reduced, in the contract's columns.

    Ids, values, numbers and the sentence are masked; the place is the cells of a grid or the town (of
    ``towns``, by name). Findings of a rule that share a place with fewer than ``min_count`` others lose it.
    """
    rules = run.facts.publishing.reduce
    rows: list[dict[str, Any]] = []
    table = pd.DataFrame(run.findings).rename(columns={run.findings.geometry.name: "geometry"})
    for given in table[who.concerns(run.findings)].to_dict(orient="records"):
        how = rules.get(given["level"])
        if how is not None and not who.sees(given["level"]) and who.sees(how.to):
            rows.append(_masked(given, how, run, towns))
    _crowded(rows, run.facts.publishing.min_count)
    rows.sort(key=lambda row: (*(str(row[name]) for name in KEPT), str(row["town"]), _text(row["geometry"])))
    for number, row in enumerate(rows, start=1):
        row["finding_id"] = (
            f"{row['rule']}-reduced-{number:05d}"  # an id of its own: the true one is a digest of ids
        )
    made = pd.DataFrame(rows, columns=[*FINDING_COLUMNS, "geometry"])
    geometry = gpd.GeoSeries(made.pop("geometry"), crs=run.findings.crs)
    for name, dtype in FINDING_COLUMNS.items():
        if dtype == "object":
            made[name] = made[name].astype(object).where(made[name].notna(), None)
        else:
            made[name] = made[name].astype(float)
    return gpd.GeoDataFrame(made, geometry=geometry, crs=run.findings.crs)


def _masked(row: Mapping[Any, Any], how: Reduction, run: Run, towns: Mapping[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {
        name: np.nan if dtype == "float64" else None for name, dtype in FINDING_COLUMNS.items()
    }
    made |= {name: row[name] for name in KEPT}
    made |= {"layer_a": "", "id_a": "", "level": how.to, "geometry": None}
    if how.geometry == "grid" and row["geometry"] is not None and not row["geometry"].is_empty:
        made["geometry"] = cells(row["geometry"], how.grid_m)
    elif how.geometry == "town" and row["town"] in towns:
        made["town"], made["geometry"] = row["town"], towns[row["town"]]
    made["message"] = _sentence(row, run, run.language)
    return made


def _sentence(row: Mapping[Any, Any], run: Run, language: Language) -> str:
    """Say what a reduced finding still says: the rule and whose it is."""
    names = {key: entry.name for key, entry in run.facts.departments.items()}
    sides = [names.get(key, key) for key in (row["department_a"], row["department_b"]) if key]
    title = run.texts.get(row["rule"], {}).get("title", {}).get(language, row["rule"])
    return say("publishing.reduced", language, title=title, departments=" · ".join(dict.fromkeys(sides)))


def reduced_translations(extra: gpd.GeoDataFrame, run: Run) -> pd.DataFrame:
    """Return the translations of reduced findings; like their sentences they say no value."""
    language = other_language(run.language)
    said = [
        {"id": row["finding_id"], "part": "message", "text": _sentence(row, run, language)}
        for row in pd.DataFrame(extra).to_dict(orient="records")
    ]
    return pd.DataFrame(said, columns=list(TRANSLATION_COLUMNS), dtype=object)


def cells(shape: Any, grid_m: float) -> Any:  # noqa: ANN401  # geometries
    """Return the cells of a grid of ``grid_m`` metres that a shape touches; of a very large one their box."""
    xmin, ymin, xmax, ymax = (np.array(shape.bounds) // grid_m).astype(int)
    if (xmax - xmin + 1) * (ymax - ymin + 1) > MOST_CELLS:
        return shapely.box(xmin * grid_m, ymin * grid_m, (xmax + 1) * grid_m, (ymax + 1) * grid_m)
    x, y = (axis.ravel() for axis in np.meshgrid(np.arange(xmin, xmax + 1), np.arange(ymin, ymax + 1)))
    squares = shapely.box(x * grid_m, y * grid_m, (x + 1) * grid_m, (y + 1) * grid_m)
    return shapely.union_all(squares[shapely.intersects(squares, shape)])


def _crowded(rows: list[dict[str, Any]], minimum: int) -> None:
    """Take the place from findings that are too few there to hide among each other."""
    places = [(row["rule"], row["town"], _text(row["geometry"])) for row in rows]
    counts = Counter(places)
    for row, where in zip(rows, places, strict=True):
        if counts[where] < minimum:
            row["geometry"], row["town"] = None, None


def _text(shape: Any) -> str:  # noqa: ANN401  # a geometry or None
    return "" if shape is None else str(shape.wkt)
