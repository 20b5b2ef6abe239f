"""What a parser of our own takes in memory stays within a stated factor of the file's size.

The files are the worst that is easily made: nothing but tiny features, where each byte of text becomes the
most objects. What the libraries take outside Python's own memory is not counted.
"""

from __future__ import annotations

import gc
import json
import tracemalloc
from typing import TYPE_CHECKING

import pytest

from lantu.sources import open_source

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FEATURES = 6_000

FACTOR = {"geojson": 60, "topojson": 60, "kml": 60, "gml": 60, "csv": 40, "dxf": 200}
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


@pytest.mark.parametrize("make", [geojson, topojson, kml, gml, csv, dxf], ids=lambda make: make.__name__)
def test_memory_stays_within_its_factor(make: Callable[[], str], tmp_path: Path) -> None:
    path = tmp_path / f"many.{make.__name__}"
    path.write_text(make(), encoding="utf-8")
    source = open_source(path)
    layers = source.layers()
    gc.collect()
    tracemalloc.start()
    try:
        raw = source.read(layers[0])
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(raw.geometry) > 0
    factor = peak / path.stat().st_size
    assert factor < FACTOR[make.__name__]
