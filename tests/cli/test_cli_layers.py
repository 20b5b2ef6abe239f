"""``lantu layers`` as a page and its new columns on the terminal."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import shapely

from lantu.cli import main

if TYPE_CHECKING:
    from pathlib import Path


def lantu(arguments: list[str]) -> object:
    """Run the command line in this process and return its exit status."""
    with pytest.raises(SystemExit) as left:
        main(arguments)
    return left.value.code


BLUEPRINT = """\
[blueprint]
name = "小城"
crs = "EPSG:4548"
as_of = 2026-11-23
language = "zh"
[departments.land]
[layers.points]
path = "points.csv"
standard = "utility.node"
department = "land"
crs = "EPSG:4548"
issued = 2024-01-01
update = "P1Y"
"""


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "points.csv").write_text("id,x,y\nN1,500010,4070010\n", encoding="utf-8")
    (tmp_path / "blueprint.toml").write_text(BLUEPRINT, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_page_is_written_in_the_language_asked_for(
    town: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert lantu(["layers", "--html", "layers.html"]) == 0
    assert capsys.readouterr().out == "图层清单：layers.html\n"
    assert "小城：图层清单" in (town / "layers.html").read_text(encoding="utf-8")
    assert lantu(["--lang", "en", "layers", "--html", "layers.html"]) == 0
    assert "inventory of layers" in (town / "layers.html").read_text(encoding="utf-8")


def test_page_and_json_together(town: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert lantu(["layers", "--html", "layers.html", "--json"]) == 0
    (points,) = json.loads(capsys.readouterr().out)
    assert points["overdue"] is True
    assert points["offset"] == ""
    assert len(points["sha256"]) == 64
    assert points["sha256"] in (town / "layers.html").read_text(encoding="utf-8")


@pytest.mark.usefixtures("town")
def test_terminal_shows_overdue_and_the_head_of_the_hash(capsys: pytest.CaptureFixture[str]) -> None:
    assert lantu(["--lang", "en", "layers", "--json"]) == 0
    (points,) = json.loads(capsys.readouterr().out)
    assert lantu(["--lang", "en", "layers"]) == 0
    head, row, *_ = capsys.readouterr().out.splitlines()
    assert {"overdue", "SHA-256"} <= set(head.split())
    assert points["sha256"][:12] in row.split()
    assert "yes" in row.split()


def test_a_blueprint_is_never_written_over(town: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert lantu(["--lang", "en", "layers", "--html", "blueprint.toml"]) == 2
    assert "--html needs the name of an .html file, but was given 'blueprint.toml'" in capsys.readouterr().err
    assert (town / "blueprint.toml").read_text(encoding="utf-8") == BLUEPRINT


@pytest.mark.usefixtures("town")
def test_a_page_that_cannot_be_written(capsys: pytest.CaptureFixture[str]) -> None:
    assert lantu(["layers", "--html", "missing/layers.html"]) == 2
    assert "layers.html" in capsys.readouterr().err


def test_offsets_stand_below_the_table(town: Path, capsys: pytest.CaptureFixture[str]) -> None:
    corners = [(500_000 + 60 * (k % 8), 4_070_000 + 45 * (k // 8)) for k in range(48)]
    for name, shift in (("land", 0.0), ("tax", 0.4)):
        boxes = [shapely.box(x + shift, y, x + shift + 50, y + 35) for x, y in corners]
        text = "\n".join(f'P{k},"{box.wkt}"' for k, box in enumerate(boxes))
        (town / f"{name}.csv").write_text(f"id,wkt\n{text}\n", encoding="utf-8")
    layer = '[layers.{0}]\npath = "{0}.csv"\nstandard = "land.parcel"\ndepartment = "land"\n'
    layer += 'crs = "EPSG:4548"\nfields = {{ id = "id" }}\n'
    text = BLUEPRINT + layer.format("land") + layer.format("tax")
    (town / "blueprint.toml").write_text(text, encoding="utf-8")
    assert lantu(["--lang", "en", "layers"]) == 0
    assert capsys.readouterr().out.splitlines()[-2:] == [
        (
            "layer 'land' is offset: -0.400 m east and +0.000 m north of layer 'tax': 0.400 m, "
            "spread 0.000 m; 48 objects matched by id, 100% of them explained"
        ),
        (
            "layer 'tax' is offset: +0.400 m east and +0.000 m north of layer 'land': 0.400 m, "
            "spread 0.000 m; 48 objects matched by id, 100% of them explained"
        ),
    ]
