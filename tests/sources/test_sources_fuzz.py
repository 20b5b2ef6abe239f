"""Damaged bytes in every format that has no file of its own for it: never a crash, never a lost record.

Each sample is whole; a few of its bytes are overwritten or cut away, and whatever then comes is either read,
with counts that add up, or refused with a message.
"""

from __future__ import annotations

import json
import zipfile
from typing import TYPE_CHECKING

import ezdxf
import geopandas as gpd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lantu.errors import SourceError
from lantu.sources import open_source

if TYPE_CHECKING:
    from pathlib import Path

SQUARES = [shapely.box(east, 0, east + 1, 1) for east in range(3)]
FRAME = gpd.GeoDataFrame({"名称": ["周村", "张店", None], "N": [1, 2, 3]}, geometry=SQUARES, crs=4527)
KML = (
    '<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document><name>层</name>'
    "<Placemark><name>a</name><description><![CDATA[<table><tr><td>K</td><td>1</td></tr></table>]]></description>"
    "<Polygon><outerBoundaryIs><LinearRing><coordinates>0,0 1,0 1,1 0,0</coordinates></LinearRing>"
    "</outerBoundaryIs></Polygon></Placemark><Placemark><ExtendedData><Data name='x'><value>2</value></Data>"
    "</ExtendedData><Point><coordinates>1,2,3</coordinates></Point></Placemark></Document></kml>"
)
TOPOLOGY = {
    "type": "Topology",
    "transform": {"scale": [0.1, 0.1], "translate": [0, 0]},
    "arcs": [[[0, 0], [10, 0], [0, 10], [-10, -10]]],
    "objects": {"a": {"type": "GeometryCollection", "geometries": [{"type": "Polygon", "arcs": [[0]]}]}},
}


def shapefile(folder: Path) -> Path:
    FRAME.to_file(folder / "a.shp", encoding="GBK", engine="pyogrio")
    return folder / "a.shp"


def archive(folder: Path) -> Path:
    inner = shapefile(folder)
    with zipfile.ZipFile(folder / "a.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        for part in sorted(folder.glob("a.*")):
            if part.suffix != ".zip":
                packed.write(part, f"国土/{part.name}")
                part.unlink()
    assert not inner.exists()
    return folder / "a.zip"


def kml(folder: Path) -> Path:
    (folder / "a.kml").write_text(KML, encoding="utf-8")
    return folder / "a.kml"


def kmz(folder: Path) -> Path:
    with zipfile.ZipFile(folder / "a.kmz", "w") as packed:
        packed.writestr("doc.kml", KML)
    return folder / "a.kmz"


def topojson(folder: Path) -> Path:
    (folder / "a.topojson").write_text(json.dumps(TOPOLOGY), encoding="utf-8")
    return folder / "a.topojson"


def binary_dxf(folder: Path) -> Path:
    made = ezdxf.new("R2010")
    made.modelspace().add_lwpolyline([(0, 0), (9, 0), (9, 9)], close=True)
    made.saveas(folder / "a.dxf", fmt="bin")
    return folder / "a.dxf"


def table(folder: Path) -> Path:
    (folder / "a.csv").write_text('编号,经度,纬度\n1,117.5,36.5\n2,"117°30′",36.6\n3,,\n', encoding="utf-8")
    return folder / "a.csv"


def geopackage(folder: Path) -> Path:
    FRAME.to_file(folder / "a.gpkg", engine="pyogrio")
    return folder / "a.gpkg"


SAMPLES = (shapefile, geopackage, archive, kml, kmz, topojson, binary_dxf, table)
EDITS = st.lists(st.tuples(st.floats(0, 1), st.binary(min_size=1, max_size=8)), min_size=1, max_size=4)


@pytest.mark.parametrize("make", SAMPLES, ids=lambda make: make.__name__)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(which=st.integers(0, 5), edits=EDITS, keep=st.floats(0.3, 1.4))
def test_damaged_bytes_never_crash_and_lose_nothing(
    tmp_path_factory: pytest.TempPathFactory,
    make: object,
    which: int,
    edits: list[tuple[float, bytes]],
    keep: float,
) -> None:
    folder = tmp_path_factory.mktemp("fuzz")
    path = make(folder)  # type: ignore[operator]  # one of SAMPLES
    parts = sorted(folder.iterdir())
    hurt = parts[which % len(parts)]
    data = bytearray(hurt.read_bytes())
    for place, patch in edits:
        start = int(place * max(len(data) - len(patch), 0))
        data[start : start + len(patch)] = patch
    hurt.write_bytes(data[: max(int(len(data) * min(keep, 1.0)), 1)])
    try:
        source = open_source(path)
        tables = [source.read(name) for name in source.layers()]
    except SourceError:
        return
    for raw in tables:
        unreadable = raw.problems["record"][raw.problems["kind"] == "record_unreadable"].nunique()
        assert raw.count_in == len(raw.geometry) + unreadable
        assert len(raw.attributes) == len(raw.geometry) == len(raw.record)
