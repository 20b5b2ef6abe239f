"""``lantu sweep``: its table, its JSON, its page, and what it says of a parameter it cannot use."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pytest
import shapely
import shapely.affinity

import lantu
from lantu.cli import main
from lantu.cli.sweep import read_parameter
from lantu.cli.usage import OptionError
from lantu.errors import RuleError

if TYPE_CHECKING:
    from pathlib import Path

LAYER = """
[layers.{name}]
path = "{name}.gpkg"
standard = "{standard}"
department = "d"
codelist = "{codes}"
fields = {{ id = "id", use_code = "use" }}
"""


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a town of two parcels, homes planned as industry on 2,500 and 500 m², and stand in it."""
    head = '[blueprint]\nname = "T<b>"\ncrs = "EPSG:4548"\nas_of = 2026-11-23\nlanguage = "en"\n'
    head += "[departments.d]\n"
    tables = [
        LAYER.format(name="parcels", standard="land.parcel", codes="gbt21010-2017"),
        LAYER.format(name="plots", standard="plan.plot", codes="spatial-2023"),
    ]
    (tmp_path / "blueprint.toml").write_text(head + "".join(tables), encoding="utf-8")
    parcels = [shapely.box(x, 0, x + 50, 50) for x in (0, 100)]
    plots = [parcels[0], shapely.box(140, 0, 160, 50)]
    for name, shapes, use in (("parcels", parcels, "0701"), ("plots", plots, "1001")):
        moved = [shapely.affinity.translate(shape, 576_000, 4_075_000) for shape in shapes]
        frame = gpd.GeoDataFrame({"id": ["1", "2"], "use": use}, geometry=moved, crs="EPSG:4548")
        frame.to_file(tmp_path / f"{name}.gpkg")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LANTU_LANG", "en")
    return tmp_path


def run(*arguments: str) -> Any:
    with pytest.raises(SystemExit) as left:
        main(list(arguments))
    return left.value.code


def test_the_table_has_a_bar_for_each_value_and_marks_the_one_in_use(
    town: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("sweep", "lu01", "--param", "min_area_m2=50,1000,5000") == 0
    out, err = capsys.readouterr()
    lines = out.splitlines()
    assert lines[0] == "LU01 Use contradicts the plan: values of min_area_m2 (this blueprint uses 50.0)"
    assert lines[3].split() == ["50", "2", "0", "0%", "█" * 40, "←", "in", "use"]
    assert lines[4].split() == ["1000", "1", "0", "0%", "█" * 20]
    assert lines[5].split() == ["5000", "0", "0"]
    assert err == ""
    assert town.is_dir()


def test_json_and_the_page_say_the_same(town: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = town / "swept.html"
    assert run("sweep", "LU01", ".", "--param", "min_area_m2=0:1000:500", "--json", "--html", str(page)) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["rule"], told["parameter"], told["used"]) == ("LU01", "min_area_m2", 50.0)
    assert [(row["value"], row["conflict"]) for row in told["values"]] == [(0, 2), (500, 2), (1000, 1)]
    text = page.read_text(encoding="utf-8")
    assert re.findall(r'class="conflict" x=".*?" height="(.*?)"', text) == ["228.0", "228.0", "114.0"]
    assert "矛盾" in text
    assert "Undecidable" in text
    assert "<b>" not in text  # the blueprint's name is text
    assert not re.search(r"<script|https?://|src=", text)


def test_python_returns_a_table(town: Path) -> None:
    opened = lantu.open(town / "blueprint.toml")
    assert opened.sweep("LU01", min_area_m2=[50.0, 1000.0])["conflict"].tolist() == [2, 1]
    with pytest.raises(RuleError, match="did you mean"):
        opened.sweep("LU01", min_aera_m2=[1.0])
    with pytest.raises(TypeError, match="exactly one parameter"):
        opened.sweep("LU01")
    with pytest.raises(TypeError, match="at least one value"):
        opened.sweep("LU01", min_area_m2=[])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "the argument RULE is missing"),
        (["LU01"], "needs --param"),
        (["LU01", "--param", "min_area_m2"], "should be P=v1,v2"),
        (["LU01", "--param", "min_area_m2="], "should be P=v1,v2"),
        (["LU01", "--param", "min_area_m2=5:1:1"], "'5:1:1' is no range"),
        (["LU01", "--param", "min_area_m2=1:5:0"], "'1:5:0' is no range"),
        (["LU01", "--param", "min_area_m2=0:1e9:1"], "no more than 200 values"),
        (["LU01", "--param", "min_area_m2=1:x:1"], "'1:x:1' is no range"),
        (["LU01", "--param", "min_area_m2=wide"], "min_area_m2"),
        (["LU01", "--param", "min_share=0.1,2"], "0 … 1"),
        (["LU01", "--param", "min_aera_m2=5"], "did you mean 'min_area_m2'"),
        (["LU01", "--param", "jobs=5"], "no parameter 'jobs'"),
        (["LU0l", "--param", "min_area_m2=5"], "LU0"),
        (["LU01", "--param", "min_area_m2=5", "--html", "blueprint.toml"], "--html needs"),
    ],
)
def test_what_cannot_be_swept_is_said(
    town: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert run("sweep", *arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert said in err
    assert "Traceback" not in err
    assert (town / "blueprint.toml").is_file()


def test_ranges_are_counted_in_decimals() -> None:
    assert read_parameter("p=0.1:0.5:0.1") == ("p", [0.1, 0.2, 0.3, 0.4, 0.5])
    assert read_parameter(" p = 1:4:2 , true, major ") == ("p", [1, 3, True, "major"])
    with pytest.raises(OptionError):
        read_parameter("p=nan:1:1")
