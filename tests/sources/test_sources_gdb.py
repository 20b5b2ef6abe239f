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
from lantu.sources.gdbschema import FieldNames, field_names_in, field_names_of, outside, with_labels
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


@pytest.mark.parametrize("folder", ["成果库", "2024 成果.gdb.bak", "DOMAINS.GDB"])
def test_a_folder_is_known_by_what_it_holds(tmp_path: Path, folder: str) -> None:
    with zipfile.ZipFile(PACKED) as packed:
        packed.extractall(tmp_path)
    place = (tmp_path / "domains.gdb").rename(tmp_path / folder)
    source = open_source(place)
    raw = source.read()
    assert (source.path, source.layers(), raw.count_in) == (place, ("DLTB",), 3)
    assert {part.parent for part in raw.files} == {place}


DOMAIN = (
    "<t:{kind} xmlns:t='http://www.esri.com/schemas/ArcGIS/10.1'><DomainName>{name}</DomainName>{values}"
    "</t:{kind}>"
)
CODES = "<CodedValues><CodedValue><Name>{}</Name><Code>1</Code></CodedValue></CodedValues>"
LAYER = """<t:DEFeatureClassInfo xmlns:t='http://www.esri.com/schemas/ArcGIS/10.3'><Name>GX</Name>
<DatasetType>esriDTFeatureClass</DatasetType><GPFieldInfoExs>
<GPFieldInfoEx><Name>LX</Name></GPFieldInfoEx>
<GPFieldInfoEx><Name>CZ</Name><DomainName>CZ_D</DomainName></GPFieldInfoEx>
<GPFieldInfoEx><Name>MS</Name><DomainName>MS_D</DomainName></GPFieldInfoEx></GPFieldInfoExs>
<SubtypeFieldName>LX</SubtypeFieldName><DefaultSubtypeCode>1</DefaultSubtypeCode><Subtypes>
<Subtype><SubtypeName>给水</SubtypeName><SubtypeCode>1</SubtypeCode><FieldInfos/></Subtype>
<Subtype><SubtypeName>燃气</SubtypeName><SubtypeCode>2</SubtypeCode><FieldInfos>
<SubtypeFieldInfo><FieldName>CZ</FieldName><DomainName>RQ_D</DomainName></SubtypeFieldInfo>
<SubtypeFieldInfo><FieldName>MS</FieldName><DomainName>RQMS_D</DomainName></SubtypeFieldInfo>
</FieldInfos></Subtype></Subtypes></t:DEFeatureClassInfo>"""


def test_ranges_and_the_domains_of_subtypes() -> None:
    ends = "<MinValue>{}</MinValue><MaxValue>{}</MaxValue>"
    texts = [
        LAYER,
        None,
        "<broken",
        DOMAIN.format(kind="GPCodedValueDomain2", name="CZ_D", values=CODES.format("铸铁")),
        DOMAIN.format(kind="GPCodedValueDomain2", name="RQ_D", values=CODES.format("聚乙烯")),
        DOMAIN.format(kind="GPRangeDomain2", name="MS_D", values=ends.format(0.5, 4)),
        DOMAIN.format(kind="GPRangeDomain2", name="RQMS_D", values=ends.format(0, 1)),
    ]
    names = field_names_in(texts, "GX")
    frame = pd.DataFrame({"LX": [1, 2, 3], "CZ": ["1", "1", "7"], "MS": [2.0, 2.0, float("nan")]})
    labelled = with_labels(frame, names)
    assert labelled["LX_label"].tolist() == ["给水", "燃气", None]
    assert labelled["CZ_label"].tolist() == ["铸铁", "聚乙烯", None]
    assert labelled[["LX", "CZ", "MS"]].equals(frame)
    said = [note.text("en") for note in outside(frame, names)]
    assert [text.partition(" are")[0] for text in said] == [
        "1 values of LX",
        "1 values of CZ",
        "1 values of MS",
    ]
    assert [text.partition("such as ")[2][0] for text in said] == ["3", "7", "2"]
    assert list(outside(frame.iloc[:1], names)) == []


def test_codes_outside_the_domain_are_told() -> None:
    notes = [note for note in notes_of(open_source(PACKED).read()) if note.key == "sources.gdb_outside"]
    assert [note.text("zh")[:18] for note in notes] == ["字段 DLBM 有 1 个值不在数据"]
    assert "9999" in notes[0].text("zh")
