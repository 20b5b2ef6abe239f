"""What a parser of our own takes in memory stays within a stated factor of the file's size.

The files are the worst that is easily made: nothing but tiny features, where each byte of text becomes the
most objects. What the libraries take outside Python's own memory is not counted.
"""

from __future__ import annotations

import gc
import json
import re
import tracemalloc
import zipfile
from typing import TYPE_CHECKING

import geopandas as gpd
import openpyxl
import pytest
import shapely

from lantu.errors import SourceError
from lantu.sources import open_source

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from lantu.sources import NotedTable, Source

FEATURES = 6_000

FACTOR = {
    "geojson": 60, "topojson": 60, "kml": 60, "gml": 60, "csv": 40, "dxf": 200, "mif": 60, "rows": 100,
}  # fmt: skip
"""Bytes of memory at the peak for each byte of the file."""


def geojson() -> str:
    point = {"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [1, 2]}}
    return json.dumps({"type": "FeatureCollection", "features": [point] * FEATURES})


def topojson() -> str:
    point = {"type": "Point", "coordinates": [1, 2]}
    objects = {"a": {"type": "GeometryCollection", "geometries": [point] * FEATURES}}
    return json.dumps({"type": "Topology", "arcs": [], "objects": objects})


def kml() -> str:
    mark = "<Placemark><Point><coordinates>1,2</coordinates></Point></Placemark>"
    return f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{mark * FEATURES}</Document></kml>'


def gml() -> str:
    member = (
        "<gml:featureMember><a><g><gml:Point><gml:pos>1 2</gml:pos></gml:Point></g></a></gml:featureMember>"
    )
    head = '<c xmlns:gml="http://www.opengis.net/gml">'
    return f"{head}{member * FEATURES}</c>"


def csv() -> str:
    return "wkt\n" + "POINT (1 2)\n" * FEATURES


def dxf() -> str:
    line = "0\nLINE\n8\nA\n10\n0\n20\n0\n11\n1\n21\n1\n"
    return f"0\nSECTION\n2\nENTITIES\n{line * FEATURES}0\nENDSEC\n0\nEOF\n"


def mif() -> str:
    """Return nothing but damaged objects, each of which is listed."""
    head = 'Version 300\nCharset "WindowsSimpChinese"\nColumns 1\nA Integer\nData\n'
    return head + "Point 1 x\nPen (1,2,0)\n" * FEATURES


def rows() -> str:
    """Return boundary points one a row, in plots of three."""
    points = "".join(
        f"{plot},J{n},{x},{y}\n"
        for plot in range(FEATURES // 3)
        for n, (x, y) in enumerate([(0, 0), (0, 9), (9, 9)], start=1)
    )
    return f"地块号,界址点号,X,Y\n{points}"


@pytest.mark.parametrize(
    "make", [geojson, topojson, kml, gml, csv, dxf, mif, rows], ids=lambda make: make.__name__
)
def test_memory_stays_within_its_factor(make: Callable[[], str], tmp_path: Path) -> None:
    path = tmp_path / f"many.{'csv' if make is rows else make.__name__}"
    path.write_text(make(), encoding="utf-8")
    source = open_source(path)
    layers = source.layers()
    raw, peak = measured(source, layers[0])
    assert raw.count_in >= FEATURES // 3
    factor = peak / path.stat().st_size
    assert factor < FACTOR[make.__name__]


def measured(source: Source, layer: str | None = None, *, geometry: bool = True) -> tuple[NotedTable, int]:
    """Return what was read, and the most bytes that were taken at once meanwhile."""
    gc.collect()
    tracemalloc.start()
    try:
        return source.read(layer, geometry=geometry), tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_tab_stays_within_twenty_times_its_size(tmp_path: Path) -> None:
    points = gpd.GeoDataFrame({"a": range(FEATURES)}, geometry=[shapely.Point(1, 2)] * FEATURES, crs=4548)
    points.to_file(tmp_path / "a.tab", driver="MapInfo File", engine="pyogrio")
    size = sum(part.stat().st_size for part in tmp_path.iterdir())
    raw, peak = measured(open_source(tmp_path / "a.tab"))
    assert raw.count_in == FEATURES
    assert peak < 20 * size


SHEET = '<c r="A1" t="inlineStr"><is><t>code</t></is></c><c r="B1" t="inlineStr"><is><t>name</t></is></c>'


def workbook(path: Path, rows: str, dimension: str = "A1:B2") -> Path:
    """Write a workbook whose sheet is these rows, below a header of two columns, and states this size."""
    openpyxl.Workbook().save(path.with_suffix(".empty"))
    with (
        zipfile.ZipFile(path.with_suffix(".empty")) as empty,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed,
    ):
        for info in empty.infolist():
            text = empty.read(info).decode()
            if info.filename.endswith("sheet1.xml"):
                data = f'<sheetData><row r="1">{SHEET}</row>{rows}</sheetData>'
                before, _, after = re.sub("<sheetData ?/>", "<sheetData></sheetData>", text).partition(
                    "<sheetData></sheetData>"
                )
                text = before.replace("A1:A1", dimension) + data + after
                assert data in text
            packed.writestr(info.filename, text)
    return path


def test_a_workbook_takes_what_it_unpacks_to_not_what_it_states(tmp_path: Path) -> None:
    cells = '<c r="A{0}" t="n"><v>{0}</v></c><c r="B{0}" t="n"><v>1</v></c>'
    rows = "".join(f'<row r="{number}">{cells.format(number)}</row>' for number in range(2, FEATURES))
    path = workbook(tmp_path / "a.xlsx", rows, "A1:XFD1048576")
    raw, peak = measured(open_source(path), geometry=False)
    assert raw.count_in == FEATURES - 2
    assert peak < 20 * len(rows)
    path = workbook(tmp_path / "b.xlsx", '<row r="1048576"><c r="A1048576"><v>1</v></c></row>')
    raw, peak = measured(open_source(path), geometry=False)
    assert raw.count_in == 1
    assert peak < 1 << 20


def test_a_workbook_made_to_fill_the_memory_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", f'<row r="2"><c r="A2" t="str"><v>{"a" * (17 << 20)}</v></c></row>')
    assert path.stat().st_size < 50_000
    with pytest.raises(SourceError, match="suspiciously well packed"):
        open_source(path).read(geometry=False)
    path = workbook(tmp_path / "b.xlsx", '<row r="2"><c r="XFD2"><v>1</v></c></row>')
    with pytest.raises(SourceError, match="2000 columns or more"):
        open_source(path).read(geometry=False)


def shapefile(folder: Path, *, empty_index: bool) -> Path:
    """Write a shapefile of points; with an index of nothing, Lantu rebuilds it from the shapes."""
    points = gpd.GeoDataFrame({"a": ["x"] * FEATURES}, geometry=[shapely.Point(1, 2)] * FEATURES, crs=4548)
    points.to_file(folder / "a.shp", engine="pyogrio")
    if empty_index:
        (folder / "a.shx").unlink()
    return folder / "a.shp"


@pytest.mark.parametrize("empty_index", [False, True])
def test_a_shapefile_stays_within_its_factor(tmp_path: Path, *, empty_index: bool) -> None:
    path = shapefile(tmp_path, empty_index=empty_index)
    size = sum(part.stat().st_size for part in tmp_path.iterdir())
    raw, peak = measured(open_source(path))
    assert raw.count_in == FEATURES
    assert peak < 20 * size


def test_a_table_alone_and_a_damaged_shapefile_stay_within_it_too(tmp_path: Path) -> None:
    path = shapefile(tmp_path, empty_index=False)
    data = bytearray(path.read_bytes())
    for place in range(108, len(data), 28):  # every point's kind, so that each record is listed
        data[place : place + 4] = b"\xff\xff\xff\x7f"
    path.write_bytes(data)
    size = sum(part.stat().st_size for part in tmp_path.iterdir())
    raw, peak = measured(open_source(path))
    assert len(raw.problems) == FEATURES
    assert peak < 60 * size
    table = path.with_suffix(".dbf")
    raw, peak = measured(open_source(table), geometry=False)
    assert raw.count_in == FEATURES
    assert peak < 60 * table.stat().st_size


@pytest.mark.parametrize("alone", [False, True])
def test_a_header_that_states_a_milliard_rows_takes_no_memory_for_them(
    tmp_path: Path, *, alone: bool
) -> None:
    path = shapefile(tmp_path, empty_index=False)
    table = path.with_suffix(".dbf")
    data = bytearray(table.read_bytes())
    data[4:8] = b"\xff\xff\xff\x7f"
    table.write_bytes(data)
    raw, peak = measured(open_source(table if alone else path), geometry=not alone)
    assert raw.count_in == len(raw.geometry) == FEATURES
    assert any(note.key == "sources.dbf_overstated" for note in raw.notes)
    assert peak < 60 * table.stat().st_size
