"""Zip archives and folders: what is inside is found, what would get out is refused."""

from __future__ import annotations

import gc
import io
import os
import stat
import zipfile
from typing import TYPE_CHECKING

import geopandas as gpd
import pytest
import shapely

from lantu.errors import SourceError
from lantu.sources import archive, open_source

if TYPE_CHECKING:
    from pathlib import Path


def shapefile(folder: Path, name: str = "宗地", *, count: int = 2) -> dict[str, bytes]:
    """Return the files of a shapefile by suffix."""
    folder.mkdir(exist_ok=True)
    shapes = [shapely.box(number, 0, number + 1, 1) for number in range(count)]
    frame = gpd.GeoDataFrame({"名称": ["甲"] * count}, geometry=shapes, crs=4548)
    frame.to_file(folder / f"{name}.shp", encoding="GBK")
    return {path.suffix: path.read_bytes() for path in sorted(folder.glob(f"{name}.*"))}


def pack(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, data in members.items():
            opened.writestr(name, data)
    return path


def test_zip_with_nested_folders_and_documents(tmp_path: Path) -> None:
    parts = shapefile(tmp_path / "made")
    members = {f"成果/矢量/宗地{suffix}": data for suffix, data in parts.items()}
    members |= {"成果/说明.txt": b"x", "__MACOSX/成果/._宗地.shp": b"junk", "成果/图.pdf": b"%PDF-"}
    source = open_source(pack(tmp_path / "a.zip", members))
    raw = source.read()
    assert source.layers() == ("宗地",)
    assert raw.layer == "宗地"
    assert raw.attributes["名称"].tolist() == ["甲", "甲"]
    assert raw.files == (tmp_path / "a.zip",)


def test_member_names_in_gbk(tmp_path: Path) -> None:
    parts = shapefile(tmp_path / "made")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as opened:
        for suffix, data in parts.items():
            opened.writestr(f"XXXX{suffix}", data)
    path = tmp_path / "a.zip"
    path.write_bytes(buffer.getvalue().replace(b"XXXX", "宗地".encode("gbk")))
    assert open_source(path).layers() == ("宗地",)


@pytest.mark.parametrize(
    "name", ["../evil.shp", "a/../../evil.shp", "/evil.shp", "C:/evil.shp", "..\\evil.shp", "\\evil.shp"]
)
def test_members_that_would_land_outside_are_refused(tmp_path: Path, name: str) -> None:
    path = pack(
        tmp_path / "in" / "a.zip" if (tmp_path / "in").mkdir() is None else tmp_path,
        {name: b"x", "ok.shp": b"y"},
    )
    with pytest.raises(SourceError, match="outside"):
        open_source(path).layers()
    assert not list(tmp_path.rglob("evil.shp"))


def test_links_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as opened:
        link = zipfile.ZipInfo("a.shp")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        opened.writestr(link, "/etc/passwd")
    with pytest.raises(SourceError, match="outside"):
        open_source(path).layers()


def test_bomb_is_refused_before_unpacking(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "RATIO_MATTERS_BYTES", 1_000_000)
    path = pack(tmp_path / "a.zip", {"a.shp": bytes(4_000_000)})
    with pytest.raises(SourceError, match="unpacks to"):
        open_source(path).layers()
    monkeypatch.setattr(archive, "MOST_MEMBERS", 3)
    path = pack(tmp_path / "b.zip", {f"{number}.txt": b"x" for number in range(4)})
    with pytest.raises(SourceError, match="4 files"):
        open_source(path).layers()


def test_archives_within_archives_are_sources_like_any_other(tmp_path: Path) -> None:
    parts = shapefile(tmp_path / "made")
    inner = pack(tmp_path / "inner.zip", {f"宗地{suffix}": data for suffix, data in parts.items()})
    members = {"国土/宗地.zip": inner.read_bytes(), "坏.zip": b"PK\x03\x04junk", "图.zip": b""}
    members["说明.zip"] = pack(tmp_path / "other.zip", {"说明.pdf": b"%PDF-"}).read_bytes()
    source = open_source(pack(tmp_path / "a.zip", members))
    assert source.layers() == ("宗地", "图", "坏")
    assert source.read("宗地").attributes["名称"].tolist() == ["甲", "甲"]
    with pytest.raises(SourceError, match="damaged"):
        source.read("坏")


def test_archives_within_archives_without_end_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = pack(tmp_path / "0.zip", {"a.csv": b"x,y\n1,2\n"})
    for number in range(1, archive.DEEPEST + 1):
        path = pack(tmp_path / f"{number}.zip", {path.name: path.read_bytes()})
    with pytest.raises(SourceError, match="4 deep"):
        open_source(path).read()
    two = pack(tmp_path / "two.zip", {"1.zip": (tmp_path / "1.zip").read_bytes(), "b.csv": bytes(900)})
    monkeypatch.setattr(archive.Room, "__init__", lambda room: setattr(room, "left_bytes", 1100))
    assert open_source(two).layers() == ("1", "b")
    with pytest.raises(SourceError, match="unpacks to"):
        open_source(two).read("1")


def test_damaged_and_encrypted_archives(tmp_path: Path) -> None:
    path = pack(
        tmp_path / "a.zip", {f"a{suffix}": data for suffix, data in shapefile(tmp_path / "made").items()}
    )
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(SourceError, match="damaged"):
        open_source(path).layers()
    broken = bytearray(whole)
    broken[60:80] = bytes(20)
    path.write_bytes(bytes(broken))
    with pytest.raises(SourceError, match="damaged"):
        open_source(path).layers()
    locked = bytearray(whole)
    locked[6] |= 1
    central = locked.index(b"PK\x01\x02")
    locked[central + 8] |= 1
    path.write_bytes(bytes(locked))
    with pytest.raises(SourceError, match="encrypted"):
        open_source(path).layers()


def test_several_sources_are_layers_side_by_side(tmp_path: Path) -> None:
    parts, more = shapefile(tmp_path / "made"), shapefile(tmp_path / "made", "地块", count=3)
    members = {f"甲/宗地{suffix}": data for suffix, data in parts.items()}
    members |= {f"地块{suffix}": data for suffix, data in more.items()}
    source = open_source(pack(tmp_path / "a.zip", members))
    assert set(source.layers()) == {"宗地", "地块"}
    assert source.read("地块").count_in == 3
    with pytest.raises(SourceError, match="宗地"):
        source.read()


def test_a_table_beside_the_only_layer_is_not_meant(tmp_path: Path) -> None:
    parts = shapefile(tmp_path / "made")
    members = {f"宗地{suffix}": data for suffix, data in parts.items()}
    members |= {"权利人.dbf": parts[".dbf"], "说明.csv": b"a,b\n1,2\n"}
    source = open_source(pack(tmp_path / "a.zip", members))
    assert len(source.layers()) == 3
    assert source.read().layer == "宗地"
    assert source.read("权利人", geometry=False).count_in == 2


def test_a_damaged_part_costs_only_who_asks_for_it(tmp_path: Path) -> None:
    members = {f"宗地{suffix}": data for suffix, data in shapefile(tmp_path / "made").items()}
    members |= {"坏.gpkg": b"not a database"}
    source = open_source(pack(tmp_path / "a.zip", members))
    assert source.read("宗地").count_in == 2
    with pytest.raises(SourceError, match="GeoPackage"):
        source.read("坏")


def test_folder_of_a_shapefile_and_of_several(tmp_path: Path) -> None:
    shapefile(tmp_path / "made")
    raw = open_source(tmp_path / "made").read()
    assert (raw.layer, raw.driver) == ("宗地", "ESRI Shapefile")
    shapefile(tmp_path / "made", "地块")
    assert set(open_source(tmp_path / "made").layers()) == {"宗地", "地块"}
    (tmp_path / "none").mkdir()
    with pytest.raises(SourceError, match="nothing"):
        open_source(tmp_path / "none")


def test_kmz(tmp_path: Path) -> None:
    kml = (
        '<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark><name>a</name><Point>'
        "<coordinates>1,2</coordinates></Point></Placemark></Document></kml>"
    )
    raw = open_source(pack(tmp_path / "a.kmz", {"doc.kml": kml.encode(), "files/icon.png": b"x"})).read()
    assert raw.geometry[0].wkt == "POINT (1 2)"


def test_unpacked_files_go_with_the_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr("tempfile.tempdir", os.fspath(place))
    members = {f"a{suffix}": data for suffix, data in shapefile(tmp_path / "made").items()}
    source = open_source(pack(tmp_path / "a.zip", members))
    source.read()
    assert list(place.iterdir())
    del source
    gc.collect()
    assert not list(place.iterdir())
