# ruff: noqa: PLR2004, E501, RUF028  # shares of an invented run, its rows each on one line
"""A large run, invented: parcels and plots that fill a district, findings on them, the same for a seed."""

from __future__ import annotations

import datetime as dt

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from lantu.model import (
    FINDING_COLUMNS,
    TRANSLATION_COLUMNS,
    BlueprintFacts,
    CrsUse,
    Department,
    Layer,
    Outcome,
    Provenance,
    Run,
    finding_id,
)
from lantu.rules import catalogue

CRS = "EPSG:4548"
ORIGIN_M = (560_000.0, 4_060_000.0)
SIDE_M = 60.0
USES = np.array(
    ["cropland", "orchard", "forest", "residential_rural", "industrial", "road", "water"], dtype=object
)
RULES = np.array(["LU01", "GE02", "BD01", "PI06"], dtype=object)
SEVERITIES = np.array(["critical", "major", "minor", "info"], dtype=object)
TOWNS = np.array([f"第{number}镇" for number in range(1, 13)], dtype=object)
OUTLINE = 12
"""Corners of a finding."""

Floats = NDArray[np.float64]
Shapes = NDArray[np.object_]


def tiling(rows: int, columns: int, *, seed: int) -> Shapes:
    """Return ``rows * columns`` parcels of 8 corners that share their edges, in metres."""
    rng = np.random.default_rng(seed)
    nodes = np.stack(np.meshgrid(np.arange(2 * columns + 1), np.arange(2 * rows + 1)), axis=-1) / 2
    nodes = ORIGIN_M + SIDE_M * (nodes + rng.uniform(-0.16, 0.16, nodes.shape))
    row, column = np.divmod(np.arange(rows * columns), columns)
    around = [(0, 0), (0, 1), (0, 2), (1, 2), (2, 2), (2, 1), (2, 0), (1, 0)]
    corners = np.stack([nodes[2 * row + dy, 2 * column + dx] for dy, dx in around], axis=1)
    return np.asarray(shapely.polygons(corners), dtype=object)


def blots(centres: Floats, *, seed: int) -> Shapes:
    """Return a star-shaped polygon of ``OUTLINE`` corners and 2 to 30 m reach on each centre."""
    rng = np.random.default_rng(seed)
    angles = np.linspace(0, 2 * np.pi, OUTLINE, endpoint=False)
    reach = 2.0 + 28.0 * rng.beta(1.2, 3.0, (len(centres), 1))
    radii = reach * rng.uniform(0.6, 1.0, (len(centres), OUTLINE))
    steps = np.stack([radii * np.cos(angles), radii * np.sin(angles)], axis=-1)
    return np.asarray(shapely.polygons(centres[:, None, :] + steps), dtype=object)


def layer(name: str, standard: str, department: str, shapes: Shapes, *, seed: int) -> Layer:
    """Return one department's layer, complete in every field that the report shows."""
    rng = np.random.default_rng(seed)
    ids = np.array([f"370306{number:09d}" for number in range(len(shapes))], dtype=object)
    uses = USES[rng.integers(0, len(USES), len(shapes))]
    frame = gpd.GeoDataFrame(
        {"id": ids, "use_class": uses, "record": np.arange(1, len(ids) + 1)}, geometry=shapes, crs=CRS
    )
    use = CrsUse(
        source=CRS, stated_by="source", working=CRS, operation="", definition="", accuracy_m=0.0
    )  # fmt: skip
    source = Provenance(
        path=f"{department}/{name}.gpkg", layer=None, driver="GPKG", sha256="0" * 64, count_in=len(ids),
        count_out=len(ids), count_listed=0, encoding="UTF-8", encoding_how="format", crs=use,
        issued=dt.date(2026, 3, 1), update="P1Y", fields_matched={"id": "ZDDM", "use_code": "DLBM"},
        fields_missed=(),
    )  # fmt: skip
    return Layer(
        name=name, standard=standard, department=department, frame=frame, accuracy_m=0.3, level="internal",
        provenance=source,
    )  # fmt: skip


def found_on(parcels: Layer, plots: Layer, count: int, *, seed: int) -> gpd.GeoDataFrame:
    """Return ``count`` findings with the columns of the contract, each on a parcel and a plot."""
    rng = np.random.default_rng(seed)
    a = rng.integers(0, len(parcels), count)
    b = np.minimum(a, len(plots) - 1)
    shapes = blots(shapely.get_coordinates(shapely.centroid(parcels.geometry[a])), seed=seed)
    area = shapely.area(shapes)
    rules = RULES[rng.integers(0, len(RULES), count)]
    ids_a, ids_b = parcels.ids[a], plots.ids[b]
    given = {
        "finding_id": [
            finding_id(rule, parcels.name, one, plots.name, other, str(number))
            for number, (rule, one, other) in enumerate(zip(rules, ids_a, ids_b, strict=True))
        ],
        "rule": rules, "severity": SEVERITIES[rng.choice(4, count, p=[0.1, 0.3, 0.35, 0.25])],
        "verdict": np.where(rng.random(count) < 0.04, "undecidable", "conflict"), "level": "internal",
        "department_a": "land", "layer_a": parcels.name, "id_a": ids_a,
        "department_b": np.where(rng.random(count) < 0.7, "planning", "farming"),
        "layer_b": plots.name, "id_b": ids_b, "field": "use_class",
        "value_a": parcels.frame["use_class"].to_numpy()[a], "value_b": plots.frame["use_class"].to_numpy()[b],
        "raw_a": "0101", "raw_b": "0701", "measure": area, "unit": "m2", "required": 50.0, "tolerance": 0.85,
        "share_a": area / SIDE_M**2, "town": TOWNS[rng.integers(0, len(TOWNS), count)],
        "message": [
            f"宗地 {one} 与规划地块 {other} 用途矛盾，重叠 {size:.1f} m²"
            for one, other, size in zip(ids_a, ids_b, area, strict=True)
        ],
    }  # fmt: skip
    given["cause_id"] = np.where(
        given["severity"] == "major",
        [f"C-{rule}-{town}" for rule, town in zip(rules, given["town"], strict=True)],
        None,
    )
    plain = pd.DataFrame({name: given.get(name) for name in FINDING_COLUMNS}, index=range(count))
    return gpd.GeoDataFrame(plain.astype(FINDING_COLUMNS), geometry=shapes, crs=CRS)


def causes_of(found: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return the causes that the findings name, as the engine lists them, the largest first."""
    counted = found["cause_id"].value_counts()
    rows = [
        {
            "cause_id": cause, "rule": cause.split("-")[1], "severity": "major", "department": "planning",
            "layer": "规划地块", "title": "一地多处矛盾", "message": f"{cause}：{count} 处，先处理此项",
            "findings": int(count), "scope": "place", "kind": "place", "object": None,
        }
        for cause, count in counted.items()
    ]  # fmt: skip
    return pd.DataFrame(rows)


def translations_of(found: gpd.GeoDataFrame, causes: pd.DataFrame) -> pd.DataFrame:
    """Return what findings and causes say in English."""
    told = found[["finding_id", "id_a", "id_b", "measure"]].itertuples(index=False)
    rows = [
        (finding, "message", f"Parcel {one} and plot {other} contradict in use, overlapping by {size:.1f} m²")
        for finding, one, other, size in told
    ]
    rows += [(cause, "title", "several contradictions in one place") for cause in causes["cause_id"]]
    rows += [
        (cause, "message", f"{cause}: {n} findings, first of all")
        for cause, n in zip(causes["cause_id"], causes["findings"], strict=True)
    ]
    return pd.DataFrame(rows, columns=list(TRANSLATION_COLUMNS), dtype=object)


def invented_run(findings: int, parcels: int, *, seed: int = 1) -> Run:
    """Return a run of ``findings`` over ``parcels`` context parcels, half the cadastre's, half the plan's."""
    columns = int(np.sqrt(parcels / 2))
    rows = parcels // 2 // columns
    sides = (
        layer("宗地", "land.parcel", "land", tiling(rows, columns, seed=seed), seed=seed + 1),
        layer("规划地块", "plan.plot", "planning", tiling(rows, columns, seed=seed + 2), seed=seed + 3),
    )
    found = found_on(*sides, findings, seed=seed + 4)
    found = found.sort_values(["rule", "layer_a", "id_a", "finding_id"], ignore_index=True)
    counted = found.groupby(["rule", "verdict"]).size()
    outcomes = tuple(
        Outcome(
            rule=str(rule),
            layer_a="宗地",
            layer_b="规划地块",
            answer="conflict",
            matched=parcels,
            judged=parcels,
            found=int(counted.get((rule, "conflict"), 0)),
            undecidable=int(counted.get((rule, "undecidable"), 0)),
        )  # fmt: skip
        for rule in sorted(set(found["rule"]))
    )
    departments = {"land": "自然资源局", "planning": "规划编制中心", "farming": "农业农村局"}
    facts = BlueprintFacts(
        name=f"{findings} 处矛盾、{parcels} 个地块", as_of=dt.date(2026, 11, 23), language="zh", level="internal",
        working_crs=CRS, departments={key: Department(key=key, name=said) for key, said in departments.items()},
        layers=sides,
    )  # fmt: skip
    causes = causes_of(found)
    return Run(
        facts=facts, findings=found, causes=causes, translations=translations_of(found, causes), outcomes=outcomes,
        rules={outcome.rule: {} for outcome in outcomes},
        texts={rule.code: rule().texts() for rule in catalogue()},
        waived=found.iloc[:0], waivers={}, timings_s={}, versions={"lantu": "benchmark"},
    )  # fmt: skip
