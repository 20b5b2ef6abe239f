"""Bad input: a clear message, the right consequence, and never the rest of the run."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING, Any

import fiona
import geopandas as gpd
import numpy as np
import pytest
import shapely
from bad_input import CRS, assert_the_rest_went_on, cell, found, layer_of, outcomes, parcels, refusal

import lantu
from lantu.errors import BlueprintError, SourceError

if TYPE_CHECKING:
    from bad_input import Delivery

FIELDS = {"id": "ZDDM", "use_code": "DLBM", "area_registered_m2": "ZDMJ"}
CODED = {"fields": FIELDS, "codelist": "gbt21010-2017"}


# What stops a run before any data is read: exit status 2, with file, line and help


def test_missing_file(delivery: Delivery, capsys: pytest.CaptureFixture[str]) -> None:
    delivery.write(bad={"path": "parcel.gpkg", "standard": "land.parcel", "department": "third"})
    with pytest.raises(BlueprintError) as stopped:
        lantu.open(delivery.file)
    line = delivery.file.read_text(encoding="utf-8").splitlines().index('path = "parcel.gpkg"') + 1
    assert f"blueprint.toml:{line}:" in str(stopped.value)
    assert "did you mean 'parcels.gpkg'?" in str(stopped.value)
    status, out, err = delivery.command(capsys, "check")
    assert (status, out) == (2, "")
    assert f"blueprint.toml:{line}:" in err


def test_missing_blueprint(delivery: Delivery, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(BlueprintError):
        lantu.open(delivery.file)
    status, _, err = delivery.command(capsys, "check")
    assert status == 2
    assert "blueprint.toml" in err


def test_code_list_that_does_not_exist(delivery: Delivery, capsys: pytest.CaptureFixture[str]) -> None:
    layer = {"path": "parcels.gpkg", "standard": "land.parcel", "department": "third"}
    delivery.write(bad=layer | {"codelist": "gbt21010-2007"})
    with pytest.raises(BlueprintError) as stopped:
        lantu.open(delivery.file)
    assert "gbt21010-2007" in str(stopped.value)
    assert "gbt21010-2017" in str(stopped.value)
    assert delivery.command(capsys, "check")[0] == 2


def test_all_mistakes_are_listed_at_once(delivery: Delivery) -> None:
    layer = {"path": "no.gpkg", "standard": "land.parsel", "department": "thrid", "fields": {"idd": "ZDDM"}}
    delivery.write(bad=layer)
    with pytest.raises(BlueprintError) as stopped:
        lantu.open(delivery.file)
    said = stopped.value.text("zh")
    assert all(word in said for word in ("no.gpkg", "land.parsel", "land.parcel", "thrid", "third"))


def test_no_layer_readable(delivery: Delivery, capsys: pytest.CaptureFixture[str]) -> None:
    delivery.write()
    for name in ("parcels.gpkg", "plots.gpkg"):
        (delivery.folder / name).write_bytes(b"this was a database once" * 99)
    with pytest.raises(SourceError):
        lantu.open(delivery.file).check()
    status, out, err = delivery.command(capsys, "check", "--out", str(delivery.folder / "out"))
    assert (status, out) == (2, "")
    assert "parcels" in err
    assert not (delivery.folder / "out").exists()


# What keeps one layer out of every comparison


def test_wrong_layer_name(delivery: Delivery) -> None:
    parcels().to_file(delivery.folder / "bad.gpkg", layer="宗地")
    run = delivery.check(path="bad.gpkg", layer="宗地面")
    said = refusal(run)
    assert "bad.gpkg" in said
    assert "Did you mean '宗地'?" in said
    assert "现有图层：宗地" in refusal(run, "zh")
    assert_the_rest_went_on(run)


def test_field_that_does_not_exist(delivery: Delivery) -> None:
    parcels().to_file(delivery.folder / "bad.gpkg")
    run = delivery.check(path="bad.gpkg", fields={"id": "ZDM", "use_code": "DLBM"})
    said = refusal(run)
    assert "'ZDM'" in said
    assert "ZDDM, DLBM, ZDMJ" in said
    assert_the_rest_went_on(run)


def test_where_with_a_field_that_does_not_exist(delivery: Delivery) -> None:
    parcels().to_file(delivery.folder / "bad.gpkg")
    run = delivery.check(path="bad.gpkg", where="ZDMY > 3")
    assert "ZDMJ" in refusal(run)
    assert_the_rest_went_on(run)


@pytest.mark.parametrize("how", ["garbage", "cut", "empty", "middle"])
def test_corrupt_geopackage(delivery: Delivery, how: str) -> None:
    path = delivery.folder / "bad.gpkg"
    parcels(300).to_file(path)
    whole = path.read_bytes()
    middle = len(whole) // 2
    damaged = {
        "garbage": b"SQLite format 3\x00" + bytes(range(256)) * 200,
        "cut": whole[: len(whole) // 3],
        "empty": b"",
        "middle": whole[:middle] + b"\xff" * 3000 + whole[middle + 3000 :],
    }
    path.write_bytes(damaged[how])
    run = delivery.check(path="bad.gpkg", **CODED)
    if layer_of(run).refusal is not None:
        assert "bad.gpkg" in refusal(run)
    else:  # rescued in part: then the rest is listed, record by record
        assert how == "middle"
        assert layer_of(run).provenance.count_listed > 0
        assert len(found(run, "GE07")) == layer_of(run).provenance.count_listed
    assert_the_rest_went_on(run)


def test_zip_with_a_path_outside_itself(delivery: Delivery) -> None:
    (delivery.folder / "made").mkdir()
    parcels().to_file(delivery.folder / "made" / "ZD.shp")
    with zipfile.ZipFile(delivery.folder / "bad.zip", "w") as opened:
        for part in sorted((delivery.folder / "made").iterdir()):
            opened.write(part, part.name)
        opened.writestr("../../outside.txt", "gotcha")
    run = delivery.check(path="bad.zip", **CODED)
    assert "outside.txt" in refusal(run)
    assert "安全" in refusal(run, "zh")
    assert not (delivery.folder.parent.parent / "outside.txt").exists()
    assert_the_rest_went_on(run)


def test_no_crs(delivery: Delivery) -> None:
    parcels().to_file(delivery.folder / "bad.shp", encoding="UTF-8")
    (delivery.folder / "bad.prj").unlink()
    run = delivery.check(path="bad.shp", **CODED)
    assert "declares no coordinate system" in refusal(run)
    row = found(run, "CR01").iloc[0]
    assert (row["verdict"], row["severity"], row["department_a"]) == ("conflict", "critical", "third")
    assert "EPSG:4548" in row["message"]
    assert len(found(run, "CR01")) == 1
    assert layer_of(run).provenance.count_in == 3
    assert_the_rest_went_on(run)


def test_xian_1980(delivery: Delivery) -> None:
    parcels().set_crs("EPSG:2384", allow_override=True).to_file(delivery.folder / "bad.gpkg")
    run = delivery.check(path="bad.gpkg", **CODED)
    assert "EPSG:2384" in refusal(run)
    row = found(run, "CR02").iloc[0]
    assert row["severity"] == "critical"
    assert "control_points" in row["message"]
    assert "大地基准不同" in refusal(run, "zh")
    assert_the_rest_went_on(run)


# What is reported feature by feature, while the good ones are checked


def test_empty_layer(delivery: Delivery) -> None:
    parcels().iloc[:0].to_file(delivery.folder / "bad.gpkg")
    run = delivery.check(path="bad.gpkg", **CODED)
    said = outcomes(run)
    assert {one.answer for one in said} == {"not_checked"}
    assert "layer 'bad' has no features" in {one.reason.text("en") for one in said if one.reason}
    assert_the_rest_went_on(run)


def test_null_and_empty_geometry(delivery: Delivery) -> None:
    shapes = [cell(0), None, shapely.Polygon()]
    parcels().set_geometry(shapes, crs=CRS).to_file(delivery.folder / "bad.gpkg")
    run = delivery.check(path="bad.gpkg", **CODED)
    assert found(run, "GE07")["id_a"].tolist() == ["P1", "P2"]
    assert len(layer_of(run)) == 3
    assert "P0" in set(found(run, "LU01")["id_a"])
    assert_the_rest_went_on(run)


def test_mixed_dimensions(delivery: Delivery) -> None:
    mixed = shapely.GeometryCollection([cell(0), cell(0).exterior, shapely.Point(cell(5).centroid)])
    shapes = [mixed, cell(1).exterior, cell(2).centroid]
    parcels().set_geometry(shapes, crs=CRS).to_file(delivery.folder / "bad.gpkg")
    run = delivery.check(path="bad.gpkg", **CODED)
    assert found(run, "GE07")["id_a"].tolist() == ["P0", "P1", "P2"]
    taken = layer_of(run).geometry
    assert [shapely.area(shape) if shape else 0.0 for shape in taken] == [10_000.0, 0.0, 0.0]
    assert "P0" in set(found(run, "LU01")["id_a"])
    assert_the_rest_went_on(run)


def test_invalid_geometry(delivery: Delivery) -> None:
    x, y = cell(0).bounds[:2]
    bow = shapely.Polygon([(x, y), (x + 100, y + 100), (x + 100, y), (x, y + 100)])
    parcels().set_geometry([bow, cell(1), cell(2)], crs=CRS).to_file(delivery.folder / "bad.gpkg")
    run = delivery.check(path="bad.gpkg", **CODED)
    assert found(run, "GE01")["id_a"].tolist() == ["P0"]
    assert shapely.is_valid(layer_of(run).geometry).all()
    assert shapely.area(layer_of(run).geometry[0]) == pytest.approx(5_000.0)
    assert_the_rest_went_on(run)


def test_areas_that_are_no_numbers(delivery: Delivery) -> None:
    areas = ["10000", "约3米", "—"]
    parcels(ZDMJ=areas).to_file(delivery.folder / "bad.gpkg")
    run = delivery.check(path="bad.gpkg", **CODED)
    unread = found(run, "DA04")
    assert unread["id_a"].tolist() == ["P1", "P2"]
    assert unread["raw_a"].tolist() == ["约3米", "—"]
    assert unread["field"].tolist() == ["area_registered_m2"] * 2
    area = layer_of(run).values("area_registered_m2")
    assert area[0] == 10_000.0
    assert np.isnan(area[1:].astype(float)).all()
    assert layer_of(run).raw("area_registered_m2", np.arange(3)).tolist() == areas
    assert_the_rest_went_on(run)


def test_truncated_shapefile(delivery: Delivery) -> None:
    path = delivery.folder / "bad.shp"
    parcels(20).to_file(path, encoding="UTF-8")
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) * 3 // 5])
    run = delivery.check(path="bad.shp", **CODED)
    counts = layer_of(run).provenance
    assert counts.count_in == 20
    assert counts.count_out == 11
    assert counts.count_listed == 9
    assert len(found(run, "GE07")) == 9
    reasons = {one.rule: one.reason.text("en") for one in outcomes(run) if one.reason is not None}
    assert "9 records of layer 'bad' could not be read" in reasons["GE02"]
    assert {"P0", "P10"} <= set(layer_of(run).ids)
    assert_the_rest_went_on(run)


def test_repeated_ids(delivery: Delivery) -> None:
    parcels(4, ZDDM=["P0", "P0", "P9", "P0"]).to_file(delivery.folder / "bad.gpkg")
    run = delivery.check(path="bad.gpkg", **CODED)
    assert layer_of(run).ids.tolist() == ["P0", "P0~2", "P9", "P0~3"]
    repeated = found(run, "DA05")
    assert repeated["id_a"].tolist() == ["P0"]
    assert "3" in repeated["message"].iloc[0]
    assert run.findings["finding_id"].is_unique
    assert_the_rest_went_on(run)


@pytest.mark.parametrize("cpg", [None, "GBK", "UTF-8"], ids=["no_cpg", "right_cpg", "wrong_cpg"])
def test_gbk_shapefile(delivery: Delivery, cpg: str | None) -> None:
    owners = ["张三丰", "周村区农业局", "李四"]
    parcels(QLR=owners).to_file(delivery.folder / "bad.shp", encoding="GBK")
    beside = delivery.folder / "bad.cpg"
    beside.unlink(missing_ok=True)
    table = delivery.folder / "bad.dbf"
    content = bytearray(table.read_bytes())
    assert "农业局".encode("gbk") in content
    content[29] = 0  # no language in the header either
    table.write_bytes(content)
    if cpg:
        beside.write_text(cpg, encoding="ascii")
    run = delivery.check(path="bad.shp", fields=FIELDS | {"right_holder": "QLR"}, codelist="gbt21010-2017")
    assert layer_of(run).values("right_holder").tolist() == owners
    assert (layer_of(run).provenance.encoding or "").upper() in {"GBK", "GB18030"}
    assert_the_rest_went_on(run)


def test_codes_that_are_in_no_list(delivery: Delivery) -> None:
    parcels(DLBM=["0103", "9999", None]).to_file(delivery.folder / "bad.gpkg")
    run = delivery.check(path="bad.gpkg", **CODED)
    assert found(run, "DA02")["raw_a"].tolist() == ["9999"]
    assert found(run, "DA01")["id_a"].tolist() == ["P2"]
    assert_the_rest_went_on(run)


# Coordinates that are not where they say: reported with what they look like, used as declared


def _swap(points: Any) -> Any:
    return points[:, ::-1]


def _feet(points: Any) -> Any:
    return points / 0.3048


@pytest.mark.parametrize(
    ("declared", "move", "looks"),
    [
        ("EPSG:4548", _swap, "turned round"),
        ("EPSG:4527", None, "lack the zone prefix"),
        ("EPSG:4548", "EPSG:4490", "degrees labelled as metres"),
        ("EPSG:4548", _feet, "feet labelled as metres"),
        ("EPSG:4548", "EPSG:4527", "carry a zone prefix"),
    ],
    ids=["swapped", "prefix_missing", "degrees", "feet", "prefix_extra"],
)
def test_coordinates_in_the_wrong_place(delivery: Delivery, declared: str, move: Any, looks: str) -> None:
    frame = parcels()
    if isinstance(move, str):
        frame = frame.to_crs(move)
    elif move is not None:
        frame = frame.set_geometry(shapely.transform(frame.geometry.to_numpy(), move))
    frame.set_crs(declared, allow_override=True).to_file(delivery.folder / "bad.gpkg")
    run = delivery.check(path="bad.gpkg", **CODED)
    outside = found(run, "CR03")
    assert len(outside) == 1, "the layer as a whole is one finding"
    assert outside["severity"].tolist() == ["critical"]
    assert looks in outside["message"].iloc[0]
    assert len(found(run, "GE07")) == 0, "a geometry in the wrong place is not missing"
    assert found(run, "LU01").empty
    assert_the_rest_went_on(run)


def test_one_feature_in_the_wrong_place(delivery: Delivery) -> None:
    shapes = [cell(0), cell(1), shapely.transform(cell(2), _swap)]
    parcels().set_geometry(shapes, crs=CRS).to_file(delivery.folder / "bad.gpkg")
    run = delivery.check(path="bad.gpkg", **CODED)
    assert found(run, "CR03")["id_a"].tolist() == ["P2"]
    assert "P0" in set(found(run, "LU01")["id_a"])
    assert_the_rest_went_on(run)


# All at once


def test_a_district_where_everything_is_wrong_still_gives_a_report(
    delivery: Delivery, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = delivery.folder
    parcels().iloc[:0].to_file(folder / "empty.gpkg")
    parcels().set_crs("EPSG:2384", allow_override=True).to_file(folder / "xian.gpkg")
    parcels(ZDMJ=["约3米"] * 3).to_file(folder / "text.gpkg")
    (folder / "broken.gpkg").write_bytes(b"\x00" * 5000)
    with fiona.open(
        folder / "points.shp", "w", driver="ESRI Shapefile", encoding="GBK",
        schema={"geometry": "Point", "properties": {"ZDDM": "str"}},
    ) as sink:  # fmt: skip
        point = {"type": "Point", "coordinates": (1.0, 2.0)}
        sink.write({"geometry": point, "properties": {"ZDDM": "点一"}})
    names = {"empty": "gpkg", "xian": "gpkg", "text": "gpkg", "broken": "gpkg", "points": "shp"}
    layer = {"standard": "land.parcel", "department": "third"}
    delivery.write(**{name: layer | {"path": f"{name}.{kind}"} for name, kind in names.items()})
    run = lantu.open(delivery.file).check()
    assert_the_rest_went_on(run)
    status, out, err = delivery.command(capsys, "check", "--out", str(folder / "out"), "--quiet")
    assert (status, err) == (0, "")
    assert out
    assert {path.name for path in (folder / "out").iterdir()} >= {
        "report.html",
        "findings.parquet",
        "run.json",
    }
    again = gpd.read_parquet(folder / "out" / "findings.parquet")
    assert again["finding_id"].tolist() == run.findings["finding_id"].tolist()
    assert delivery.command(capsys, "check", "--out", str(folder / "out"), "--fail-on", "critical")[0] == 1
    assert delivery.command(capsys, "layers")[0] == 0


def test_filtered_and_listed_records_add_up(delivery: Delivery) -> None:
    path = delivery.folder / "bad.shp"
    parcels(20).to_file(path, encoding="UTF-8")
    path.write_bytes(path.read_bytes()[:-136])
    run = delivery.check(path="bad.shp", where="ZDDM <> 'P0'", **CODED)
    counts = layer_of(run).provenance
    assert (counts.count_in, counts.count_out, counts.count_filtered, counts.count_listed) == (20, 18, 1, 1)
    assert_the_rest_went_on(run)
