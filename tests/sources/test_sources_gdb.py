"""File geodatabases: aliases, coded-value domains, arcs, and the ways in which people pack them.

``data/domains.gdb.zip`` was written by ``data/make_domains_gdb.py``.
"""

from __future__ import annotations

import math
import zipfile
from pathlib import Path

import pandas as pd
import pytest
import shapely

from lantu.sources import notes_of, open_source
from lantu.sources.gdbschema import FieldNames, field_names_of, with_labels
from lantu.sources.source import with_aliases

PACKED = Path(__file__).parent / "data" / "domains.gdb.zip"


def test_domains_stand_beside_the_codes() -> None:
    raw = open_source(PACKED).read()
    assert list(raw.attributes.columns) == ["DLBM", "DLBM_label", "QSDWMC", "MJ"]
    assert raw.attributes["DLBM"].tolist() == ["0101", "0102", "9999"]
    assert raw.attributes["DLBM_label"].tolist() == ["水田", "水浇地", None]
    assert {note.key for note in notes_of(raw)} >= {"sources.gdb_aliases", "sources.gdb_domains"}


def test_a_column_may_be_asked_for_by_its_alias() -> None:
    raw = open_source(PACKED).read()
    assert raw.aliases == {"DLBM": "地类编码", "QSDWMC": "权属单位名称"}
    found = with_aliases(raw, ["地类编码", "MJ", "没有"])
    assert found.attributes["地类编码"].tolist() == ["0101", "0102", "9999"]
    assert list(found.attributes.columns) == [*raw.attributes.columns, "地类编码"]


def test_arcs_become_chords_within_a_centimetre() -> None:
    raw = open_source(PACKED).read()
    half = raw.geometry[0]
    assert half.area == pytest.approx(math.pi * 1000.0**2 / 2, rel=1e-5)
    exact = shapely.Point(1000, 0).buffer(1000, quad_segs=20000).intersection(shapely.box(0, 0, 2000, 1000))
    assert half.hausdorff_distance(exact) < 0.01
    assert "sources.curves" in {note.key for note in notes_of(raw)}


@pytest.mark.parametrize("folder", ["domains.gdb", "成果库", ""])
def test_renamed_and_flat_archives(tmp_path: Path, folder: str) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(PACKED) as packed, zipfile.ZipFile(path, "w") as again:
        for info in packed.infolist():
            if not info.is_dir():
                name = Path(info.filename).name
                again.writestr(f"{folder}/{name}" if folder else name, packed.read(info))
    raw = open_source(path).read()
    assert (raw.layer, raw.count_in) == ("DLTB", 3)


def test_codes_are_the_same_however_they_are_stored() -> None:
    names = FieldNames(codes={"k": {"1": "一", "2": "二"}})
    for codes in ([1, 2, 3], [1.0, 2.0, 3.0], ["1", "2", "3"]):
        assert with_labels(pd.DataFrame({"k": codes}), names)["k_label"].tolist() == ["一", "二", None]


def test_without_a_table_of_contents_there_are_no_names(tmp_path: Path) -> None:
    assert field_names_of(tmp_path, "DLTB") == FieldNames()
