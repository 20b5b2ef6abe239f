"""Which reader opens what, what is refused, and what the refusal says."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from lantu.errors import SourceError
from lantu.messages import catalogue
from lantu.sources import files_of, open_source, sha256_of


def file(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def test_missing_file_names_the_nearest(tmp_path: Path) -> None:
    file(tmp_path / "parcels.geojson", b"{}")
    with pytest.raises(SourceError, match=r"Did you mean 'parcels\.geojson'"):
        open_source(tmp_path / "parcel.geojson")
    with pytest.raises(SourceError, match="no such file"):
        open_source(tmp_path / "nowhere" / "a.shp")


@pytest.mark.parametrize(
    "name", ["/vsicurl/http://127.0.0.1:9/a.geojson", "http://127.0.0.1:9/a.shp", "GPKG:a.gpkg"]
)
def test_virtual_and_remote_paths_are_no_files(name: str) -> None:
    with pytest.raises(SourceError, match=r"no such file|cannot connect"):
        open_source(Path(name))


@pytest.mark.parametrize("suffix", [".shp", ".gpkg", ".geojson", ".csv", ".kml", ".zip", ".dbf", ".parquet"])
def test_empty_file(tmp_path: Path, suffix: str) -> None:
    with pytest.raises(SourceError, match="empty"):
        open_source(file(tmp_path / f"a{suffix}", b""))


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.dwg", b"AC1027....", "DXF"),
        ("a.shp", b"AC1018....", "DXF"),
        ("a.mdb", b"\0\1\0\0Standard Jet DB\0", "file geodatabase"),
        ("a.accdb", b"\0\1\0\0Standard ACE DB\0", "file geodatabase"),
        ("地类.wp", b"WMAP`D22", "MapGIS"),
        ("a.wl", b"anything", "MapGIS"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ".xlsx"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ".xlsx"),
        ("a.rar", b"Rar!\x1a\x07\x00", "zip"),
        ("a.pdf", b"%PDF-1.4", "vector"),
        ("a.dxf", b"AC1032....", "Save it as DXF"),
        ("a.shp", b"WMAP`D22", "MapGIS"),
        ("a.gdb", b"\0\1\0\0Standard Jet DB\0", "file geodatabase"),
        ("a.csv", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ".xlsx"),
        ("a.dgn", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "MicroStation"),
        ("a.udbx", b"SQLite format 3\0", "SuperMap"),
        ("a.zip", b"\x1f\x8b\x08", "zip"),
        ("a.tab", b"II*\0", "picture"),
        ("a.xyz", b"something", "suffixes that can"),
        ("a.shp", b"<OGRVRTDataSource>", "Shapefile"),
        ("a.gpkg", b"<OGRVRTDataSource>", "GeoPackage"),
        ("a.fgb", b"<OGRVRTDataSource>", "FlatGeobuf"),
        ("a.xlsx", b"<OGRVRTDataSource>", "Excel"),
        ("a.dbf", b"<OGRVRTDataSource>", "dBASE"),
        ("a.zip", b"<OGRVRTDataSource>", "zip"),
    ],
)
def test_refused_kinds_say_what_to_do(tmp_path: Path, name: str, data: bytes, said: str) -> None:
    with pytest.raises(SourceError) as caught:
        open_source(file(tmp_path / name, data))
    assert said.casefold() in caught.value.text("en").casefold()
    assert name in caught.value.text("zh")


def test_folder_that_calls_itself_a_geodatabase(tmp_path: Path) -> None:
    (tmp_path / "a.gdb").mkdir()
    with pytest.raises(SourceError, match="Geodatabase"):
        open_source(tmp_path / "a.gdb")


def test_signature_opens_what_has_no_telling_suffix(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    gpd.GeoDataFrame({"a": [1]}, geometry=[shapely.Point(1, 2)], crs=4548).to_file(path)
    assert open_source(path.rename(tmp_path / "a.dat")).read().driver == "GPKG"


def test_fingerprint_depends_on_names_and_bytes_only(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        file(tmp_path / folder / "a.shp", b"shapes")
        file(tmp_path / folder / "a.dbf", b"table")
        file(tmp_path / folder / "a.txt", b"no part of it")
    one, two = (files_of(tmp_path / folder / "a.shp") for folder in ("one", "two"))
    assert [path.name for path in one] == ["a.dbf", "a.shp"]
    assert sha256_of(one) == sha256_of(reversed(two))
    assert len(sha256_of(one)) == 64
    before = sha256_of(two)
    file(tmp_path / "two" / "a.dbf", b"tablE")
    assert sha256_of(files_of(tmp_path / "two" / "a.shp")) != before


def test_all_messages_are_there_in_both_languages() -> None:
    import re

    import lantu.sources

    folder = Path(str(lantu.sources.__file__)).parent
    used = {
        key
        for path in folder.glob("*.py")
        for key in re.findall(r'"(sources\.[a-z_0-9]+)"', path.read_text("utf-8"))
    }
    known = {key for key in catalogue() if key.startswith("sources.")}
    assert used == known
