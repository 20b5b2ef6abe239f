"""Rules of the catalogue's second part against oracles of their own, and what stands behind their tables."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

import lantu
from lantu.engine import check
from lantu.rules import build
from lantu.rules.case_layers import case_facts, case_layer
from lantu.rules.coded_ids import followed
from lantu.rules.ge.ge06_spike_or_kickback import angles_deg, corners_of
from lantu.standards import STANDARDS, reference_table, standard
from lantu.standards.admin_code import codings
from lantu.standards.control_line import four_lines, line_uses
from lantu.standards.plain_name import plain_names

if TYPE_CHECKING:
    from pathlib import Path

SQUARE = "POLYGON ((0 0, 100 0, 100 100, 0 100, 0 0))"
SECOND = "POLYGON ((200 0, 300 0, 300 100, 200 100, 200 0))"


def layer(name: str, ids: list[str], *, of: str = "land.parcel", **values: Any) -> Any:
    places = [SQUARE, SECOND, *["POLYGON ((400 0, 500 0, 500 100, 400 100, 400 0))"] * (len(ids) - 2)]
    features = [{"id": one, "wkt": wkt, **values} for one, wkt in zip(ids, places, strict=False)]
    return case_layer({"standard": of, "name": name, "features": features}, side="a")


def outcomes(code: str, *layers: Any) -> list[tuple[str, str]]:
    checked = check(build([code], [], {}), case_facts({}, layers))
    return [(one.answer, one.reason.key if one.reason else "") for one in checked.outcomes]


def test_layers_that_share_no_id_are_numbered_apart_and_not_compared() -> None:
    ours, theirs = layer("ours", ["P1", "P2"]), layer("theirs", ["X1", "X2"])
    assert outcomes("BD03", ours, theirs) == [("not_checked", "engine.no_id_shared")]
    assert outcomes("BD03", ours, layer("tax", ["P1", "X2"])) == [("conflict", "")]


def test_ids_of_no_national_coding_are_not_checked_rather_than_fine() -> None:
    assert outcomes("DA06", layer("lots", ["1-12", "12A-4"])) == [("not_checked", "rules.DA06.no_coding")]
    whole = layer("parcels", ["370306001002GB00001", "370306001002GB00002"])
    assert outcomes("DA06", whole) == [("none_found", "")]


def test_a_layer_that_a_rule_does_not_concern_has_no_outcome() -> None:
    """Road ids follow no national coding, and none is due; parcels are still judged."""
    roads = layer("roads", ["R1", "R2"], of="transport.road")
    whole = layer("parcels", ["370306001002GB00001", "370306001002GB00002"])
    assert outcomes("DA06", roads, whole) == [("none_found", "")]
    lines = layer("lines", ["G1"], of="plan.control_line")
    assert outcomes("DA09", lines, layer("parcels", ["P1"], far_ratio=1.5)) == [("none_found", "")]


def test_a_rule_that_concerns_no_layer_at_all_says_so_once() -> None:
    roads, lines = layer("roads", ["R1"], of="transport.road"), layer("lines", ["G1"], of="plan.control_line")
    assert outcomes("DA06", roads, lines) == [("not_checked", "engine.concerns_no_layer")]
    assert outcomes("DA09", lines) == [("not_checked", "engine.concerns_no_layer")]


def test_numbers_that_are_only_lacking_are_not_checked() -> None:
    assert outcomes("DA09", layer("parcels", ["P1"])) == [("not_checked", "rules.DA09.no_range")]


def test_the_bulk_decides_the_coding() -> None:
    codes = ["370306001002GB00001", "370306001002GB00002F00010001", "370306001002GB00003F00010001"]
    ((mask, coding),) = followed(layer("units", codes), min_share=0.5)
    assert coding.name == "unit_code"
    assert mask.all()


def test_codings_are_those_of_the_reference() -> None:
    lengths = {one.name: one.length for one in codings("admin.area")}
    assert lengths == {
        "parcel_code": 19, "unit_code": 28, "county_code": 6, "town_code": 9, "village_code": 12,
    }  # fmt: skip
    parcel = codings("land.parcel")[0]
    known = re.compile(r"^\d{6}\d{3}\d{3}[GJZ][ABSXCDEFHGWY]\d{5}$")  # as admin_codes.md has it
    for text in ("370306001002GB00001", "370306001002ZY99999", "370306001002GQ00001", "37030600102GB00001"):
        assert bool(re.fullmatch(parcel.pattern, text)) == bool(known.match(text))
    assert not re.fullmatch(parcel.pattern, "370306001002GB00000")


@given(
    st.integers(3, 9),
    st.lists(st.tuples(st.floats(0.1, 1.0), st.floats(0.0, 0.9)), min_size=9, max_size=9),
)
def test_corners_have_the_angles_of_a_plain_loop(count: int, draws: list[tuple[float, float]]) -> None:
    turns = [2 * math.pi * (k + shift) / count for k, (_, shift) in enumerate(draws[:count])]
    ring = [
        (100 * r * math.cos(t), 100 * r * math.sin(t)) for (r, _), t in zip(draws[:count], turns, strict=True)
    ]
    polygon = shapely.Polygon([ring[0], *ring, ring[-1]])  # points given twice
    corners = corners_of(np.array([None, polygon], dtype=object), max_angle_deg=180.0)
    assert set(corners.owner.tolist()) == {1}
    assert sorted(map(tuple, corners.here.tolist())) == sorted(ring)
    for before, here, after in zip(corners.before, corners.here, corners.after, strict=True):
        at = ring.index(tuple(here.tolist()))
        assert {tuple(before.tolist()), tuple(after.tolist())} == {ring[at - 1], ring[(at + 1) % count]}


SPOT = st.tuples(st.integers(0, 5), st.integers(0, 3)).map(lambda xy: (xy[0] * 10.0, xy[1] * 0.1))


@given(st.lists(SPOT, min_size=3, max_size=7, unique=True), st.floats(0.0, 89.0), st.sampled_from([0.0, 4e6]))
def test_sharp_corners_are_those_of_all_corners(ring: Any, max_angle_deg: float, moved_m: float) -> None:
    polygon = shapely.Polygon(np.array(ring) + moved_m)
    shapes = np.array([polygon, shapely.MultiPolygon([polygon, polygon])], dtype=object)
    every, few = (corners_of(shapes, max_angle_deg=limit) for limit in (180.0, max_angle_deg))
    sharp = angles_deg(every) < max_angle_deg
    assert few.take(angles_deg(few) < max_angle_deg).here.tolist() == every.take(sharp).here.tolist()
    assert few.take(angles_deg(few) < max_angle_deg).owner.tolist() == every.take(sharp).owner.tolist()


BLUEPRINT = """
[blueprint]
name = "one strip"
crs = "EPSG:4548"
as_of = 2026-11-23

[departments.land]
name = "land"

[layers.strips]
path = "strip.parquet"
standard = "land.parcel"
department = "land"
accuracy_m = 0.05
fields = { id = "ZDDM" }
"""

TWO_WEDGES = "MULTIPOLYGON (((0 0, 100 0.05, 0 0.1, 0 0)), ((200 0, 200 0.1, 100 0.05, 200 0)))"
ACROSS_ITSELF = "POLYGON ((0 0, 200 0.1, 200 0, 0 0.1, 0 0))"


@pytest.mark.parametrize(
    ("wkt", "expected"),
    [(TWO_WEDGES, ("conflict", "")), (ACROSS_ITSELF, ("not_checked", "rules.GE06.taken_apart"))],
)
def test_what_repair_took_apart_is_neither_reported_nor_said_to_be_fine(
    wkt: str, expected: tuple[str, str], tmp_path: Path
) -> None:
    """Both are the same two wedges, the second since it was repaired; a square stands beside them."""
    shapes = gpd.GeoSeries.from_wkt([wkt, SECOND], crs="EPSG:4548").translate(500_000, 4_000_000)
    strip = gpd.GeoDataFrame({"ZDDM": ["P1", "P2"]}, geometry=shapes)
    strip.to_parquet(tmp_path / "strip.parquet")
    (tmp_path / "blueprint.toml").write_text(BLUEPRINT, encoding="utf-8")
    run = lantu.open(tmp_path / "blueprint.toml").check(select=["GE06"], progress=lantu.Silent())
    assert [(one.answer, one.reason.key if one.reason else "") for one in run.outcomes] == [expected]


def test_names_lose_width_case_spaces_and_punctuation_only() -> None:
    given_names = np.array(["Ｇ２０５（淄博 段）", "O’Hara St.", "周村区", None, " "], dtype=object)
    assert plain_names(given_names).tolist() == ["g205淄博段", "oharast", "周村区", "", ""]


def test_every_line_says_something_of_classes_that_there_are() -> None:
    classes = {row["canonical"] for row in reference_table("landuse_canonical")}
    lines = {row["id"] for row in reference_table("control_lines")}
    for row in reference_table("control_line_uses"):
        assert set(row["planned"].split("|")) <= classes
        assert row["control_line"] in lines
    assert four_lines() == ("green", "blue_water", "heritage_purple", "yellow_infrastructure")
    kinds = np.array(["green", "green", "road_red", "green"], dtype=object)
    said = line_uses(kinds, planned=np.array(["commercial", "green_open", "commercial", None], dtype=object))
    assert said.verdict.tolist() == ["prohibited", None, None, None]
    assert said.recalled.tolist() == [True, False, False, False]


@pytest.mark.parametrize("row", reference_table("plausible_ranges"), ids=lambda row: row["column"])
def test_a_plausible_range_is_of_a_column_in_its_unit(row: dict[str, str]) -> None:
    column = standard(row["standard"]).column(row["column"])
    assert column.is_numeric
    assert (column.unit.name if column.unit else "") == row["unit"]
    assert (column.minimum, column.maximum) == (float(row["minimum"]), float(row["maximum"]))
    assert float(row["minimum"]) < float(row["maximum"])


def test_every_column_of_numbers_has_a_plausible_range() -> None:
    ranged = {(row["standard"], row["column"]) for row in reference_table("plausible_ranges")}
    numeric = {
        (name, column.name)
        for name in STANDARDS
        for column in standard(name).columns.values()
        if column.is_numeric
    }
    assert ranged == numeric
