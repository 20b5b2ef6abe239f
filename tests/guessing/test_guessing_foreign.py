"""Small folders as other departments and portals give them: right, or left out, never surely wrong."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pytest
from shapely import LineString, Point, box

from lantu.guessing import blueprint_text, survey_folder
from lantu.guessing.names import field_meanings, is_known, split_unit, tokens
from lantu.guessing.pinyin import contains_written_out, initials, written_out

if TYPE_CHECKING:
    from pathlib import Path

    from lantu.guessing import GuessedLayer

DISTRICT = (512_000.0, 3_912_000.0)
BOSTON = (234_000.0, 900_000.0)


def squares(origin: tuple[float, float], count: int, side: float = 100.0) -> list[Any]:
    x, y = origin
    return [box(x + side * at, y, x + side * (at + 1), y + side) for at in range(count)]


def write(path: Path, crs: str, geometries: list[Any], **columns: list[Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    gpd.GeoDataFrame(columns, geometry=geometries, crs=crs).to_file(path)


def guessed(folder: Path) -> dict[str, GuessedLayer]:
    return {layer.name: layer for layer in survey_folder(folder).layers}


def fields(layer: GuessedLayer) -> dict[str, str]:
    return {column: guess.value for column, guess in layer.fields.items()}


@pytest.mark.parametrize(
    ("name", "bare", "unit"),
    [
        ("限高_米", "限高", "m"),
        ("地块面积_公顷", "地块面积", "ha"),
        ("用地面积（亩）", "用地面积", "mu"),
        ("管径mm", "管径", "mm"),
        ("AREA_HA", "AREA", "ha"),
        ("LOT_SQFT", "LOT", "ft2"),
        ("MAP", "MAP", None),
        ("宗地代码", "宗地代码", None),
    ],
)
def test_a_unit_at_the_end_of_a_name_is_read(name: str, bare: str, unit: str | None) -> None:
    assert split_unit(name) == (bare, unit)


@pytest.mark.parametrize(
    ("name", "standard", "column"),
    [
        ("建筑高", "housing.building", "height_m"),  # 建筑高度, cut by a Shapefile in UTF-8
        ("规划用地性", "plan.plot", "use_code"),  # 规划用地性质, cut in GBK
        ("LotArea", "land.parcel", "area_registered_m2"),
        ("LOT_AREA", "land.parcel", "area_registered_m2"),
        ("Watermain_Diameter", "utility.pipe", "diameter_mm"),
        ("numberOfFloorsAboveGround", "housing.building", "floors"),
        ("building:levels", "housing.building", "floors"),
        ("ZONE_CODE_1", "plan.plot", "use_code"),
    ],
)
def test_a_name_is_known_in_the_forms_it_is_delivered_in(name: str, standard: str, column: str) -> None:
    assert (standard, column) in {(one.standard, one.column) for one in field_meanings(name)}


def test_areas_drawn_by_a_database_record_nothing() -> None:
    assert field_meanings("Shape_Area") == ()


def test_a_field_known_for_something_else_is_not_taken_for_its_values() -> None:
    assert is_known("CZ")  # the material of a pipe: 光纤 would pass for telecommunication
    assert not is_known("qqq")


def test_numbers_part_the_words_of_a_name() -> None:
    assert tokens("MasterPlan2019 ZoneDist1") == ("master", "plan", "2019", "zone", "dist", "1")


def test_layers_of_control_lines_are_not_taken_for_the_survey_they_were_cut_from(tmp_path: Path) -> None:
    write(
        tmp_path / "永久基本农田保护图斑.gpkg",
        "EPSG:4548",
        squares(DISTRICT, 4),
        TBBH=["T1", "T2", "T3", "T4"],
        DLBM=["0101"] * 4,
        TBMJ=[10_000.0] * 4,
    )
    (layer,) = guessed(tmp_path).values()
    assert layer.standard is not None
    assert layer.standard.value == "plan.control_line"
    assert fields(layer)["kind"] == "=permanent_basic_farmland"


def test_a_layer_of_both_heritage_zones_is_not_said_to_be_of_one(tmp_path: Path) -> None:
    write(tmp_path / "保护范围及建设控制地带.gpkg", "EPSG:4548", squares(DISTRICT, 3), 名称=["a", "b", "c"])
    (layer,) = guessed(tmp_path).values()
    assert layer.standard is not None
    assert layer.standard.value == "heritage.zone"
    assert "kind" not in layer.fields
    assert [question.key for question in layer.field_questions] == ["kind"]


def test_pipes_and_their_points_are_told_by_the_initials_of_what_they_carry(tmp_path: Path) -> None:
    x, y = DISTRICT
    lines = [LineString([(x, y + 50 * at), (x + 200, y + 50 * at)]) for at in range(4)]
    write(tmp_path / "DL_LINE.gpkg", "EPSG:4548", lines, QDMS=[1.0] * 4, ZDMS=[1.1] * 4, CZ=["光纤"] * 4)
    write(tmp_path / "DL_POINT.gpkg", "EPSG:4548", [Point(x, y), Point(x, y + 50)], GXDH=["DL1", "DL2"])
    layers = guessed(tmp_path)
    found = {name: layer.standard.value for name, layer in layers.items() if layer.standard is not None}
    assert found == {"DL_LINE": "utility.pipe", "DL_POINT": "utility.node"}
    assert fields(layers["DL_LINE"]) == {
        "medium": "=power",
        "start_depth_m": "QDMS",
        "end_depth_m": "ZDMS",
    }


def test_chinese_code_lists_are_not_read_into_the_zones_of_another_country(tmp_path: Path) -> None:
    columns = {"ZONING": ["R1", "R2", "B1", "M1"]}
    write(tmp_path / "us" / "zoning.gpkg", "EPSG:26986", squares(BOSTON, 4), **columns)
    write(tmp_path / "cn" / "zoning.gpkg", "EPSG:4548", squares(DISTRICT, 4), **columns)
    (abroad,) = guessed(tmp_path / "us").values()
    (at_home,) = guessed(tmp_path / "cn").values()
    assert abroad.codelist is None
    assert [question.key for question in abroad.questions] == ["codelist"]
    assert at_home.codelist is not None
    assert at_home.codelist.value == "gb50137-2011"


@pytest.mark.parametrize(("m2", "unit"), [(4046.8564224, "acre"), (0.09290341, "ft2"), (10_000.0, "ha")])
def test_areas_are_recorded_in_the_unit_in_which_they_agree(tmp_path: Path, m2: float, unit: str) -> None:
    areas = [10_000.0 / m2] * 4
    write(
        tmp_path / "parcels.gpkg", "EPSG:26986", squares(BOSTON, 4), PIN=["a", "b", "c", "d"], LOTAREA=areas
    )
    (layer,) = guessed(tmp_path).values()
    assert layer.units["area_registered_m2"].value == unit


def test_areas_that_agree_in_no_unit_are_asked_about(tmp_path: Path) -> None:
    areas = [317.0, 41.0, 950.0, 77.0]
    write(
        tmp_path / "parcels.gpkg", "EPSG:26986", squares(BOSTON, 4), PIN=["a", "b", "c", "d"], LOTAREA=areas
    )
    (layer,) = guessed(tmp_path).values()
    assert "area_registered_m2" not in layer.fields
    assert ("area_registered_m2", "LOTAREA") in {(one.key, one.value) for one in layer.field_questions}


def test_a_list_of_some_parcels_is_not_a_second_cadastre(tmp_path: Path) -> None:
    parcels = squares(BOSTON, 12)
    keys = [f"185-{at}" for at in range(12)]
    write(tmp_path / "parcels.gpkg", "EPSG:26986", parcels, PIN=keys, OWNER=["x"] * 12)
    write(tmp_path / "flood_parcels.gpkg", "EPSG:26986", parcels[:3], PIN=keys[:3])
    survey = survey_folder(tmp_path)
    assert [layer.name for layer in survey.usable] == ["parcels"]
    text = blueprint_text(survey, "en")
    assert '# standard = "land.parcel"' in text
    assert "an extract" in text
    assert list(tomllib.loads(text)["layers"]) == ["parcels"]


def test_running_numbers_of_two_files_are_not_one_numbering(tmp_path: Path) -> None:
    for number in (1, 2):
        x, y = DISTRICT
        origin = (x, y + 1000.0 * number)
        write(tmp_path / f"宗地{number}.gpkg", "EPSG:4548", squares(origin, 3), 宗地号=["1", "2", "3"])
    for layer in guessed(tmp_path).values():
        assert layer.standard is not None
        assert "id" not in layer.fields
        assert ("id", "宗地号") in {(one.key, one.value) for one in layer.field_questions}


@pytest.mark.parametrize(
    ("name", "standard", "column"),
    [
        ("jianzhugaodu", "housing.building", "height_m"),
        ("jianzhugao", "housing.building", "height_m"),  # as a Shapefile cuts it
        ("RongJiLv", "plan.plot", "far_max"),
        ("rongjilu", "plan.plot", "far_max"),
        ("yongdixingzhi", "plan.plot", "use_code"),
        ("zongdimianji", "land.parcel", "area_registered_m2"),
        ("FWBM", "housing.building", "id"),
        ("dengjimianji", "land.parcel", "area_registered_m2"),
        ("hongxiankuandu", "transport.road", "red_line_width_m"),
        ("qidianmaishen", "utility.pipe", "start_depth_m"),
    ],
)
def test_chinese_names_in_letters(name: str, standard: str, column: str) -> None:
    assert any(one.standard == standard and one.column == column for one in field_meanings(name))
    assert not is_known(name)  # so that values may still say otherwise


def test_a_name_cut_within_its_unit_is_known() -> None:
    assert field_meanings("登记面积(")[0].column == "area_registered_m2"


def test_letters_of_chinese_names() -> None:
    assert written_out("绿地率") == ("lvdilv", "ludilu")
    assert written_out("宗地1") == written_out("𠮷祥") == written_out("区") == ()
    assert initials("宗地面积") == "zdmj"
    assert initials("宗地") is None
    assert contains_written_out("DiXiaGuanXian_2020", "管线")
    assert not contains_written_out("relief", "热力")  # reli


def test_a_city_that_writes_in_pinyin(tmp_path: Path) -> None:
    shapes = squares(DISTRICT, 4)
    ids = [f"F{number}" for number in range(4)]
    write(tmp_path / "fangguan/fangwu.shp", "EPSG:4549", shapes, fangwubian=ids, zongcengsh=[3, 4, 5, 6])
    write(tmp_path / "guihua/konggui.shp", "EPSG:4549", shapes, dikuaibian=ids, rongjilv=[1.5, 2, 2.5, 3])
    found = guessed(tmp_path)
    assert fields(found["fangwu"]) == {"id": "fangwubian", "floors": "zongcengsh"}
    assert fields(found["konggui"]) == {"id": "dikuaibian", "far_max": "rongjilv"}
    assert [found[name].standard.value for name in ("fangwu", "konggui")] == ["housing.building", "plan.plot"]
    assert [found[name].department.value for name in ("fangwu", "konggui")] == ["housing", "planning"]


def test_heights_beside_coordinates_in_feet_are_feet(tmp_path: Path) -> None:
    feet = squares((980_000.0, 200_000.0), 3)
    write(tmp_path / "buildings.shp", "EPSG:2263", feet, BLDG_ID=["a", "b", "c"], HEIGHT=[30.0, 60.0, 90.0])
    mains = [LineString(box.exterior) for box in feet]
    write(tmp_path / "water_mains.shp", "EPSG:2263", mains, DIAMETER=[6.0, 8.0, 12.0])
    found = guessed(tmp_path)
    assert {column: unit.value for column, unit in found["buildings"].units.items()} == {"height_m": "ft"}
    assert {column: unit.value for column, unit in found["water_mains"].units.items()} == {
        "diameter_mm": "in"
    }


def test_a_geodatabase_that_lost_its_suffix_is_one_source(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame({"ZDDM": ["a", "b"]}, geometry=squares(DISTRICT, 2), crs="EPSG:4549")
    frame.to_file(tmp_path / "made.gdb", driver="OpenFileGDB", engine="pyogrio")
    (tmp_path / "made.gdb").rename(tmp_path / "宗地库")
    found = survey_folder(tmp_path)
    assert [(layer.path, layer.features) for layer in found.layers] == [("宗地库", 2)]
    assert not found.unused


def test_what_lantu_wrote_itself_is_no_delivery(tmp_path: Path) -> None:
    write(tmp_path / "zd.gpkg", "EPSG:4549", squares(DISTRICT, 2), ZDDM=["a", "b"])
    write(tmp_path / "out" / "findings.gpkg", "EPSG:4549", squares(DISTRICT, 1), rule=["LU01"])
    for name in ("out/run.json", "out/timings.json", "register.sqlite"):
        (tmp_path / name).write_text("{}", encoding="utf-8")
    found = survey_folder(tmp_path)
    assert [layer.path for layer in found.layers] == ["zd.gpkg"]
    assert not found.unused


def test_a_layer_without_a_place_lies_where_the_others_do(tmp_path: Path) -> None:
    write(tmp_path / "parcels.gpkg", "EPSG:26986", squares(BOSTON, 3), PARCEL_ID=["a", "b", "c"])
    (tmp_path / "zoning.csv").write_text(
        'ZONE_CODE,wkt\nR2,"POLYGON ((0 0, 1 0, 1 1, 0 0))"\nB1,"POLYGON ((0 0, 2 0, 2 1, 0 0))"\n',
        encoding="utf-8",
    )
    assert guessed(tmp_path)["zoning"].codelist is None  # R2 and B1 are classes in China, too
