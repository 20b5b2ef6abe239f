"""The blueprint file of the contract, word for word, with the files that it names: nothing is wrong in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lantu.config import read_blueprint
from lantu.errors import BlueprintError

if TYPE_CHECKING:
    from pathlib import Path

CONTRACT = """
[blueprint]
name     = "周村区一张蓝图"
crs      = "EPSG:4548"
as_of    = 2026-11-23
language = "zh"
level    = "internal"
town_layer = "towns"

[departments.land]
name    = "自然资源局"
owes    = ["land.parcel", "land.survey"]
contact = "…"

[departments.planning]
name    = "规划局"

[layers.parcels]
path       = "land/parcels.shp"
layer      = "宗地"
standard   = "land.parcel"
department = "land"
crs        = "EPSG:4527"
encoding   = "GBK"
accuracy_m = 0.10
issued     = 2026-03-01
update     = "P1Y"
level      = "internal"
where      = "STATUS = '现势'"
codelist   = "gbt21010-2017"
fields     = { id = "ZDDM", use_code = "DLBM", area_registered_m2 = "ZDMJ" }
units      = { area_registered_m2 = "mu" }
levels     = { owner = "confidential" }
join       = { path = "land/tax.csv", on = "ML", table_key = "MapLot" }
transform  = { control_points = "land/control.csv" }

[layers.towns]
path       = "towns.gpkg"
standard   = "admin.area"
department = "land"

[rules]
select = ["ALL"]
ignore = ["GE06"]
[rules.LU01]
min_area_m2 = 50.0
severity    = "major"
matrix      = "city/compatibility.csv"

[[rule]]
code     = "ZC01"
name     = "plot-ratio-too-high-in-control-zone"
title    = "建设控制地带内容积率过高"
subject  = "plan.plot"
relation = { overlaps = "heritage.zone", min_area_m2 = 10.0 }
when     = "other.kind = 'control' AND subject.far_max > 1.0"
severity = "major"
basis    = "…"

[authority]
"land.parcel.use_class" = ["land", "planning"]

[waivers]
file = "waivers.csv"
[report]
formats = ["html", "gpkg", "xlsx", "parquet"]
"""

NAMED = (
    "land/parcels.shp",
    "land/tax.csv",
    "land/control.csv",
    "towns.gpkg",
    "city/compatibility.csv",
    "waivers.csv",
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in NAMED:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    return tmp_path


def test_the_contract_s_own_example_has_no_mistake(folder: Path) -> None:
    path = folder / "blueprint.toml"
    path.write_text(CONTRACT, encoding="utf-8")
    file = read_blueprint(path)
    assert file.rules.select == ("ALL",)
    assert [spec.name for spec in file.layer_specs()] == ["parcels", "towns"]


def test_selecting_a_rule_that_there_is_not_is_a_mistake(folder: Path) -> None:
    path = folder / "blueprint.toml"
    text = CONTRACT.replace('select = ["ALL"]', 'select = ["GE60"]').replace('ignore = ["GE06"]', "")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BlueprintError, match="GE60"):
        read_blueprint(path)
