"""Three parcels of 100 m by 100 m in a row, and what planning draws over them: areas to check by hand."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import shapely

import lantu

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

X, Y = 575_000.0, 4_074_000.0
CRS = "EPSG:4548"

BLUEPRINT = """
[blueprint]
name = "three parcels"
crs = "EPSG:4548"
as_of = 2026-11-23
language = "en"
town_layer = "towns"
[departments.land]
[departments.planning]
[departments.civil]
[layers.parcels]
path = "parcels.gpkg"
standard = "land.parcel"
department = "land"
accuracy_m = 0.05
codelist = "gbt21010-2017"
fields = {{ id = "no", use_code = "use", right_holder = "who" }}
[layers.plots]
path = "plots.gpkg"
standard = "plan.plot"
department = "planning"
accuracy_m = 0.05
codelist = "spatial-2023"
fields = {{ id = "no", use_code = "use" }}
[layers.towns]
path = "towns.gpkg"
standard = "admin.area"
department = "civil"
accuracy_m = 0.05
fields = {{ id = "no", name = "name" }}
[rules]
select = ["LU01", "DA03"]
[rules.LU01]
min_area_m2 = 1.0
min_share = 0.0
[authority]
"land.parcel.use_class" = [{authority}]
"""


def box(x_m: float, width_m: float) -> shapely.Polygon:
    return shapely.box(X + x_m, Y, X + x_m + width_m, Y + 100)


def write(folder: Path, name: str, rows: Sequence[tuple[Any, ...]], columns: Sequence[str]) -> None:
    table = {column: [row[place] for row in rows] for place, column in enumerate(columns)}
    frame = gpd.GeoDataFrame(table, geometry=[row[-1] for row in rows], crs=CRS)
    frame.to_file(folder / f"{name}.gpkg", layer=name)


def district(folder: Path, *, authority: Sequence[str] = ("land", "planning")) -> Path:
    """A is residential, planned so too; B is cropland, 30 m of it planned industrial; C says nothing.

    The plan covers A, the first 30 m of B and the whole of C. Towns meet in the middle of B.
    """
    folder.mkdir(parents=True, exist_ok=True)
    parcels = [
        ("A", "0701", "Li", box(0, 100)),
        ("B", "0101", "Wang", box(100, 100)),
        ("C", None, "Zhao", box(200, 100)),
    ]
    write(folder, "parcels", parcels, ("no", "use", "who"))
    plots = [("P1", "070101", box(0, 100)), ("P2", "1001", box(100, 30)), ("P3", "1001", box(200, 100))]
    write(folder, "plots", plots, ("no", "use"))
    towns = [("T1", "West", box(0, 150)), ("T2", "East", box(150, 150))]
    write(folder, "towns", towns, ("no", "name"))
    listed = ", ".join(f'"{name}"' for name in authority)
    file = folder / "blueprint.toml"
    file.write_text(BLUEPRINT.format(authority=listed), encoding="utf-8")
    return file


def checked(folder: Path, **given: Any) -> Any:
    return lantu.open(district(folder, **given)).check()


def decisions(run: Any, run_folder: Path, file: Path, decision: str, rule: str) -> Path:
    """A decisions file as the page saves it, about every finding of a rule."""
    summary = json.loads((run_folder / "run.json").read_text(encoding="utf-8"))
    sha256 = hashlib.sha256((run_folder / "findings.parquet").read_bytes()).hexdigest()
    ids = run.findings.loc[run.findings["rule"] == rule, "finding_id"]
    said = [
        {"finding_id": one, "decision": decision, "by": "Chen", "at": "2026-11-20T09:00:00+08:00"}
        for one in ids
    ]
    content = {
        "schema": "lantu.decisions", "version": 1, "run": summary["blueprint"]["name"],
        "findings_sha256": sha256, "decisions": said,
    }  # fmt: skip
    file.write_text(json.dumps(content), encoding="utf-8")
    return file
