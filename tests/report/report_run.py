"""A run made by hand: five departments, every kind of geometry, both verdicts, gaps, causes and waivers.

The district lies in 周村 (EPSG:4548). Parcels and plots are 100 m squares; a plot is shifted by 20 m
against its parcel, so an overlap is 80 m x 100 m = 8 000 m2 by construction.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from lantu.messages import message
from lantu.model import (
    FINDING_COLUMNS,
    TRANSLATION_COLUMNS,
    BlueprintFacts,
    CrsUse,
    Department,
    JoinCount,
    Layer,
    Outcome,
    Provenance,
    Refusal,
    Run,
    finding_id,
)
from lantu.rules import catalogue

CRS = "EPSG:4548"
X, Y = 575_000.0, 4_074_000.0
SIDE = 6
USES = ("cropland", "residential_urban", "industrial", "green_open", "forest", "commercial", "water")

HOSTILE = (
    "{{7*7}}",
    "{{ cycler.__init__.__globals__.os.environ.setdefault('LANTU_OWNED', 'yes') }}",
    "{% x %}",
    "{# gone #}",
    "</script><script>window.owned=1</script>",
    "<img src=x onerror=window.owned=2>",
    "`${window.owned=3}`",
    "=cmd|'/c calc'!A0",
    "%s {0} {name}",
    "'; DROP TABLE cause; --",
    "\u202e\u0007tail\t",
)


def squares(size: int, *, shift_m: float = 0.0) -> list[shapely.Polygon]:
    return [
        shapely.box(X + shift_m + 100 * c, Y + 100 * r, X + shift_m + 100 * c + 100, Y + 100 * r + 100)
        for r in range(size)
        for c in range(size)
    ]


def layer(name: str, standard: str, department: str, geometry: list[Any], /, **columns: Any) -> Layer:
    ids = [f"{name}-{number:03d}" for number in range(len(geometry))]
    frame = gpd.GeoDataFrame(
        {"id": ids, **columns, "record": np.arange(1, len(ids) + 1)}, geometry=geometry, crs=CRS
    )
    frame["id"] = frame["id"].astype(object)
    use = CrsUse(
        source="EPSG:4527", stated_by="source", working=CRS,
        operation="Inverse of 3-degree Gauss-Kruger zone 39 + 3-degree Gauss-Kruger CM 117E",
        definition="+proj=pipeline", accuracy_m=0.0,
    )  # fmt: skip
    return Layer(
        name=name, standard=standard, department=department, frame=frame, accuracy_m=0.3, level="internal",
        provenance=Provenance(
            path=f"{department}/{name}.shp", layer=None, driver="ESRI Shapefile",
            sha256="ab" * 32, count_in=len(ids) + 1, count_out=len(ids), count_listed=1, encoding="GB18030",
            encoding_how="detected", crs=use, issued=dt.date(2026, 3, 1), update="P1Y",
            fields_matched={"id": "ZDDM", "use_code": "DLBM"}, fields_missed=("location",),
            join=JoinCount(joined=30, without_row=6, rows_unused=2, keys_repeated=1),
        ),
    )  # fmt: skip


def layers(size: int = SIDE) -> tuple[Layer, ...]:
    width = 100 * size
    uses = np.array([USES[number * 5 // 3 % len(USES)] for number in range(size * size)], dtype=object)
    pipes = [
        shapely.LineString([(X, Y + 100 * row + 50), (X + width, Y + 100 * row + 62)]) for row in range(size)
    ]
    sites = [shapely.Point(X + 150 * n, Y + 80 * n) for n in range(4)]
    towns = [
        shapely.box(X - 100, Y - 100, X + width / 2, Y + width + 100),
        shapely.box(X + width / 2, Y - 100, X + width + 100, Y + width + 100),
    ]
    names = np.array(["北郊镇", "南郊镇"], dtype=object)
    refusal = Refusal(reason=message("report.no_folder", folder="铁路", reason="坐标系未声明"), code="CR01")
    return (
        layer("宗地", "land.parcel", "land", squares(size), use_class=uses),
        layer("规划地块", "plan.plot", "planning", squares(size, shift_m=20.0), use_class=np.roll(uses, 1)),
        layer("给水管线", "utility.pipe", "housing", pipes),
        layer("文物点", "heritage.site", "culture", sites),
        layer("乡镇", "admin.area", "land", towns, name=names),
        replace(layer("铁路安全区", "plan.control_line", "transport", []), refusal=refusal),
    )


def finding(row: int, **given: Any) -> dict[str, Any]:
    """Return one finding; ``row`` tells apart the ids of findings with the same sides."""
    values: dict[str, Any] = dict.fromkeys(FINDING_COLUMNS)
    values |= dict.fromkeys(("measure", "required", "tolerance", "share_a"), np.nan)
    values |= {"verdict": "conflict", "severity": "major", "level": "internal", "geometry": None} | given
    sides = [values[name] for name in ("layer_a", "id_a", "layer_b", "id_b")]
    values["finding_id"] = finding_id(values["rule"], *sides, str(row))
    values["message"] = values["message"] or f"{sides[0]} {sides[1]} 与 {sides[2]} 不一致"
    return values


def overlap(n: int, parcels: Layer, plots: Layer) -> dict[str, Any]:
    shape = parcels.geometry[n].intersection(plots.geometry[n])
    return finding(
        n,
        rule="LU01",
        severity=("critical", "major", "minor", "info")[n % 4],
        verdict="undecidable" if n % 5 == 4 else "conflict",
        department_a="land",
        layer_a="宗地",
        id_a=parcels.ids[n],
        department_b="planning",
        layer_b="规划地块",
        id_b=plots.ids[n],
        field="use_class",
        value_a=parcels.frame["use_class"][n],
        value_b=plots.frame["use_class"][n],
        raw_a="0101",
        raw_b="0701",
        measure=shape.area,
        unit="m2",
        required=50.0,
        tolerance=0.85,
        share_a=shape.area / 1e4,
        town="北郊镇",
        village="东马村",
        message=f"宗地 {parcels.ids[n]} 与规划地块 {plots.ids[n]} 用途矛盾，重叠 {shape.area:.1f} m²",
        geometry=shape,
    )


def odd_shapes() -> tuple[Any, ...]:
    """Return a collection of a point and a thin polygon, a multipolygon, and a polygon with a hole."""
    mixed = shapely.GeometryCollection([shapely.Point(X, Y), shapely.box(X + 5, Y + 5, X + 6, Y + 30)])
    boxes = [
        shapely.box(X + 310, Y + 10, X + 330, Y + 30),
        shapely.box(X + 350, Y + 10, X + 352, Y + 12),
    ]
    outer, inner = (
        shapely.box(X + 410, Y + 310, X + 490, Y + 390),
        shapely.box(X + 430, Y + 330, X + 470, Y + 370),
    )
    return mixed, shapely.MultiPolygon(boxes), outer - inner


def rows(all_layers: tuple[Layer, ...], overlaps: int) -> list[dict[str, Any]]:
    parcels, plots, pipes, sites, _, _ = all_layers
    land = {"department_a": "land", "layer_a": "宗地"}
    found = [overlap(n, parcels, plots) for n in range(overlaps)]
    for n in range(4):
        line = shapely.LineString([(X, Y + 100 * n + 50), (X + 80, Y + 100 * n + 52)])
        pipe = {"department_a": "housing", "layer_a": "给水管线", "id_a": pipes.ids[n]}
        other = {"department_b": "land", "layer_b": "宗地", "id_b": parcels.ids[6 * n]}
        found.append(
            finding(n, rule="PI06", severity="info", **pipe, **other, measure=80.25, unit="m", geometry=line)
        )
        site = {"department_a": "culture", "layer_a": "文物点", "id_a": sites.ids[n]}
        found.append(finding(n, rule="HE05", severity="minor", **site, geometry=sites.geometry[n]))
    for n, shape in enumerate(odd_shapes()):
        other = {"department_b": "land", "layer_b": "宗地", "id_b": parcels.ids[n + 1]}
        found.append(
            finding(
                n, rule="GE02", **land, id_a=parcels.ids[n], **other, measure=25.0, unit="m2", geometry=shape
            )
        )
    plan = {"department_a": "planning", "layer_a": "规划地块", "field": "use_code", "raw_a": "R9"}
    found += [
        finding(n, rule="DA02", severity="minor", **plan, id_a=plots.ids[n], cause_id="C-DA02-1")
        for n in range(3)
    ]
    return [*found, finding(0, rule="DA08", department_a="transport", layer_a="", id_a="")]


def table(found: list[dict[str, Any]]) -> gpd.GeoDataFrame:
    plain = pd.DataFrame(found, columns=list(FINDING_COLUMNS)).astype(FINDING_COLUMNS)
    frame = gpd.GeoDataFrame(plain, geometry=[row["geometry"] for row in found], crs=CRS)
    text = [name for name, dtype in FINDING_COLUMNS.items() if dtype == "object"]
    frame[text] = frame[text].astype(object).where(frame[text].notna(), None)
    keys = ["rule", "layer_a", "id_a", "layer_b", "id_b", "finding_id"]
    return frame.sort_values(keys, na_position="first", ignore_index=True)


SIDES: dict[str, tuple[str | None, str | None]] = {
    "DA02": ("规划地块", None),
    "DA08": (None, None),
    "GE02": ("宗地", "宗地"),
    "HE05": ("文物点", None),
    "LU01": ("宗地", "规划地块"),
    "PI06": ("给水管线", "宗地"),
}


def outcomes(found: gpd.GeoDataFrame) -> tuple[Outcome, ...]:
    ran = []
    for rule, (a, b) in SIDES.items():
        verdicts = found.loc[found["rule"] == rule, "verdict"]
        outcome = Outcome(rule=rule, layer_a=a, layer_b=b, answer="conflict", matched=36, judged=38)
        number = {
            "found": int((verdicts == "conflict").sum()),
            "undecidable": int((verdicts != "conflict").sum()),
        }
        left = {"left_out": 3, "left_out_area_m2": 12.5} if rule == "LU01" else {}
        ran.append(replace(outcome, **number, **left))
    gap = message("engine.no_layer", standards="plan.control_line")
    return (
        *ran,
        Outcome(rule="BD01", layer_a="宗地", layer_b="规划地块", answer="none_found", matched=36, judged=36),
        Outcome(rule="LU03", layer_a="宗地", layer_b=None, answer="not_checked", reason=gap),
        Outcome(rule="RO03", layer_a="给水管线", layer_b="文物点, 宗地", answer="not_checked", reason=gap),
        Outcome(rule="SW01", layer_a=None, layer_b=None, answer="not_checked", reason=gap),
    )


DEPARTMENTS = {
    "land": "自然资源局",
    "planning": "规划编制中心",
    "housing": "住房和城乡建设局",
    "culture": "文物局",
    "transport": "交通运输局",
}

CAUSE = {
    "cause_id": "C-DA02-1",
    "rule": "DA02",
    "severity": "minor",
    "department": "planning",
    "layer": "规划地块",
    "title": "代码不在字典中",
    "message": "图层“规划地块”的代码 R9 不在字典中，涉及 3 处",
    "findings": 3,
    "scope": "layer",
    "kind": "code",
    "object": None,
    "level": "internal",
}


CAUSE_SAID = {
    "zh": ("代码不在字典中", CAUSE["message"]),
    "en": ("Code not in the list", "code R9 of 规划地块, 3 findings"),
}


def translations(found: gpd.GeoDataFrame, language: str) -> pd.DataFrame:
    """Return what the findings and the cause say in another language; those of DA08 say it in one only."""
    told = found[found["rule"] != "DA08"]
    sides = zip(told["id_a"], told["id_b"].fillna("—"), strict=True)
    said = [f"{language}: {a} differs from {b}" for a, b in sides]
    title, sentence = CAUSE_SAID[language]
    rows = [(one, "message", text) for one, text in zip(told["finding_id"], said, strict=True)]
    rows += [(CAUSE["cause_id"], "title", title), (CAUSE["cause_id"], "message", sentence)]
    return pd.DataFrame(rows, columns=list(TRANSLATION_COLUMNS), dtype=object)


def make_run(*, language: str = "zh", size: int = SIDE, overlaps: int = 16) -> Run:
    all_layers = layers(size)
    found = table(rows(all_layers, overlaps))
    facts = BlueprintFacts(
        name="周村区一张蓝图" if language == "zh" else "Zhoucun: one blueprint",
        as_of=dt.date(2026, 11, 23),
        language=language,
        level="internal",
        working_crs=CRS,
        departments={key: Department(key=key, name=name) for key, name in DEPARTMENTS.items()},
        layers=all_layers,
    )
    waived = found[found["rule"] == "LU01"].iloc[:2].reset_index(drop=True)
    waived["reason"], waived["decided_by"] = "历史遗留，已批复", "区政府办公室"
    waived["until"] = dt.date(2027, 6, 30)
    left = found[~found["finding_id"].isin(waived["finding_id"])].reset_index(drop=True)
    said = outcomes(left)
    return Run(
        facts=facts,
        findings=left,
        causes=pd.DataFrame([CAUSE]),
        outcomes=said,
        rules={outcome.rule: {"min_area_m2": 50.0, "severity": "major"} for outcome in said},
        texts={rule_type.code: rule_type().texts() for rule_type in catalogue()},
        waived=waived,
        translations=translations(found, "en" if language == "zh" else "zh"),
        waivers={"used": 1, "findings": 2, "unused": [], "lapsed": []},
        timings_s={"read": 1.23456, "judge": 0.5},
        versions={"lantu": "0.1.0", "shapely": "2.1.0"},
    )


TEXTS = ("id_a", "id_b", "value_a", "value_b", "raw_a", "raw_b", "town", "village", "message", "field")


def poisoned(run: Run) -> Run:
    """Return the run with hostile text in every text that comes from a department or a blueprint."""
    found = run.findings.copy()
    for offset, name in enumerate(TEXTS):
        found[name] = [HOSTILE[(row + offset) % len(HOSTILE)] for row in range(len(found))]
    facts = replace(
        run.facts,
        name="".join(HOSTILE),
        layers=tuple(poisoned_layer(entry) for entry in run.facts.layers),
        departments={
            key: replace(entry, name=HOSTILE[n])
            for n, (key, entry) in enumerate(run.facts.departments.items())
        },
    )
    causes = run.causes.assign(title=HOSTILE[4], message=HOSTILE[0] + HOSTILE[5])
    waived = run.waived.assign(reason=HOSTILE[7], decided_by=HOSTILE[4], message=HOSTILE[2])
    return replace(run, facts=facts, findings=found, causes=causes, waived=waived)


def poisoned_layer(entry: Layer) -> Layer:
    columns = {name: HOSTILE[0] for name in ("use_class", "name") if name in entry.frame}
    source = replace(entry.provenance, path=HOSTILE[4], encoding=HOSTILE[5])
    return replace(entry, frame=entry.frame.assign(**columns), provenance=source)
