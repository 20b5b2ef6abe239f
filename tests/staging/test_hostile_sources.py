"""What a hostile delivery may try beyond archives and entities: names of tables, and nesting without end."""

from __future__ import annotations

import json
import os
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import geopandas as gpd
import pytest
import shapely

from lantu.engine.reading import deliver
from lantu.model import LayerSpec

if TYPE_CHECKING:
    from pathlib import Path

NAMES = ('x"; DROP TABLE gpkg_contents; --', "x'); DELETE FROM gpkg_contents; --")


@pytest.mark.parametrize("name", NAMES)
def test_the_name_of_a_table_is_a_name(tmp_path: Path, name: str) -> None:
    path = tmp_path / "a.gpkg"
    frame = gpd.GeoDataFrame({"no": ["1"]}, geometry=[shapely.box(0, 0, 1, 1)], crs="EPSG:4548")
    frame.to_file(path, layer=name)
    spec = LayerSpec(
        name="l", path=path, standard="land.parcel", department="d", layer=name, fields={"id": "no"}
    )
    found = deliver(spec)
    assert found.refusal is None
    assert len(found.raw.record) == 1
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("SELECT count(*) FROM gpkg_contents").fetchone() == (1,)


@pytest.mark.parametrize("depth", [50, 5_000])
def test_geometry_nested_without_end_stops_nothing(tmp_path: Path, depth: int) -> None:
    inner = '{"type": "Point", "coordinates": [575000, 4074000]}'
    nested = '{"type": "GeometryCollection", "geometries": [' * depth + inner + "]}" * depth
    good = json.dumps({"type": "Point", "coordinates": [575_001, 4_074_000]})
    rows = [
        f'{{"type": "Feature", "properties": {{"no": "{n}"}}, "geometry": {shape}}}'
        for n, shape in enumerate((nested, good))
    ]
    path = tmp_path / "a.geojson"
    path.write_text(f'{{"type": "FeatureCollection", "features": [{", ".join(rows)}]}}', encoding="utf-8")
    spec = LayerSpec(
        name="l", path=path, standard="utility.node", department="d", crs="EPSG:4548", fields={"id": "no"}
    )
    found = deliver(spec)
    assert found.refusal is None
    assert "1" in [str(one) for one in found.raw.attributes["no"]]
    assert len(found.raw.record) + found.listed == 2
    if depth > 1_000:  # no reader of JSON goes so deep: that feature is listed, and no other
        assert found.listed == 1


def test_a_source_that_changes_while_it_is_read_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.csv"
    path.write_text("no,X,Y\n1,4074000,575000\n", encoding="utf-8")
    spec = LayerSpec(
        name="l", path=path, standard="utility.node", department="d", crs="EPSG:4548", fields={"id": "no"}
    )
    assert deliver(spec).refusal is None
    from lantu.engine import reading

    opened = reading.open_source

    def touched(*given: object, **named: object) -> object:
        source = opened(*given, **named)
        path.write_text("no,X,Y\n1,4074000,575000\n2,4074000,575000\n", encoding="utf-8")
        os.utime(path, (1, 1))
        return source

    monkeypatch.setattr(reading, "open_source", touched)
    refused = deliver(spec).refusal
    assert refused is not None
    assert refused.reason.key == "engine.changed_while_read"
