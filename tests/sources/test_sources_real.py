"""Public data as its publishers deliver it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyogrio.raw
import pytest
import shapely
from pyproj import Transformer

from lantu.model import JoinSpec
from lantu.sources import filter_where, join_table, notes_of, open_source, read_table, sha256_of

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.real

BLOCKS = "BlockBoundaries_2016_12"


@pytest.mark.parametrize("suffix", ["shp.zip", "geojson", "topojson", "kml"])
def test_the_blocks_are_the_same_in_every_format(real_data: Path, suffix: str) -> None:
    raw = open_source(real_data / "zaatari_camp" / f"{BLOCKS}.{suffix}").read()
    assert raw.layer == BLOCKS
    assert raw.count_in == len(raw.geometry) == 193
    assert not len(raw.problems)
    key = "name" if suffix == "kml" else "BLOCK_CODE"
    assert raw.attributes[key].iloc[0] == "B-01-01"
    epsg = {"shp.zip": 32637, "topojson": None}.get(suffix, 4326)
    assert (raw.crs and raw.crs.to_epsg()) == epsg
    if suffix != "kml":
        assert raw.attributes["NAME_AR"].iloc[0] == "حارة 1"
    reference = open_source(real_data / "zaatari_camp" / f"{BLOCKS}.shp.zip").read()
    utm = Transformer.from_crs(4326, 32637, always_xy=True)
    shapes = raw.geometry
    if epsg != 32637:
        shapes = shapely.transform(
            shapely.force_2d(shapes), lambda place: np.column_stack(utm.transform(*place.T))
        )
    apart_m = shapely.hausdorff_distance(shapely.force_2d(reference.geometry), shapely.force_2d(shapes))
    assert apart_m.max() < (0.2 if suffix == "topojson" else 0.1)


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_the_block_tables_have_the_same_attributes(real_data: Path, suffix: str) -> None:
    table = read_table(real_data / "zaatari_camp" / f"{BLOCKS}.{suffix}")
    shapes = open_source(real_data / "zaatari_camp" / f"{BLOCKS}.shp.zip").read()
    assert len(table.attributes) == 193
    assert table.attributes["NAME_AR"].tolist() == shapes.attributes["NAME_AR"].tolist()
    assert table.attributes["BLOCK_CODE"].tolist() == shapes.attributes["BLOCK_CODE"].tolist()


@pytest.mark.parametrize(
    ("name", "count"),
    [("Pipes_Septic_2017_03", 19638), ("Pipes_SolidFree_2017_03", 2096), ("CampFacilities_2017_02", 208)],
)
def test_counts_agree_with_the_index(real_data: Path, name: str, count: int) -> None:
    raw = open_source(real_data / "zaatari_camp" / f"{name}.shp.zip").read()
    assert raw.count_in == len(raw.geometry) == count
    assert raw.encoding == "UTF-8"


def test_zhoucun_without_cpg(real_data: Path) -> None:
    raw = open_source(real_data / "zibo_gcj02" / "淄博市_district.shp").read()
    assert raw.attributes["name"].tolist()[-1] == "周村区"
    assert raw.attributes["adcode"].tolist()[-1] == "370306"
    assert (raw.encoding, raw.encoding_how) == ("UTF-8", "detected")
    assert raw.crs is None
    kept, left_out = filter_where(raw, "name = '周村区'")
    assert (len(kept.geometry), left_out) == (1, 7)


def test_french_tables_in_every_encoding(real_data: Path) -> None:
    folder = real_data / "france_plu_ign"
    detected = read_table(folder / "encodings_and_geometry/data/dbf_latin1/ACTE_SUP.dbf")
    assert (detected.encoding, detected.encoding_how) == ("windows-1252", "detected")
    latin, utf8 = (
        open_source(folder / f"encodings_and_geometry/data/shp_{name}/PRESCRIPTION_PCT.shp").read()
        for name in ("latin1", "utf8")
    )
    assert (latin.encoding, latin.encoding_how) == ("ISO-8859-1", "cpg")
    assert (utf8.encoding, utf8.encoding_how) == ("UTF-8", "detected")
    pd.testing.assert_frame_equal(latin.attributes, utf8.attributes)
    everything = " ".join(value for value in detected.attributes.to_numpy().ravel() if isinstance(value, str))
    assert "\ufffd" not in everything
    assert "é" in everything
    assert not any("\u4e00" <= character <= "\u9fff" for character in everything)


def test_french_latin_shapefile_without_its_cpg(real_data: Path, tmp_path: Path) -> None:
    folder = real_data / "france_plu_ign/encodings_and_geometry/data/shp_latin1"
    for suffix in ("shp", "shx", "dbf"):
        (tmp_path / f"a.{suffix}").write_bytes((folder / f"PRESCRIPTION_PCT.{suffix}").read_bytes())
    raw = open_source(tmp_path / "a.shp").read()
    stated = open_source(folder / "PRESCRIPTION_PCT.shp").read()
    assert raw.encoding == "windows-1252"  # GB18030 decodes these bytes too, but not to Chinese
    pd.testing.assert_frame_equal(raw.attributes, stated.attributes)


def test_french_tables_have_the_records_that_the_validator_counts(real_data: Path) -> None:
    folder = real_data / "france_plu_ign"
    compared = 0
    for info in sorted(folder.glob("documents-expected/*/document-info.json")):
        for entry in json.loads(info.read_text("utf-8"))["files"]:
            path = folder / "documents" / info.parent.name / entry["path"]
            if (
                entry["type"] != "table"
                or not path.is_file()
                or path.suffix.casefold() not in {".dbf", ".csv"}
                or not entry["totalFeatures"]  # a national table of 844 documents, none of them this one
            ):
                continue
            shapes = path.with_suffix(".shp")
            raw = open_source(shapes).read() if shapes.is_file() else read_table(path)
            assert raw.count_in == len(raw.geometry) == entry["totalFeatures"], path.name
            assert not len(raw.problems), path.name
            assert not notes_of(raw), path.name
            compared += 1
    assert compared == 32


def test_null_and_empty_geometries(real_data: Path) -> None:
    null = open_source(real_data / "messy_mix/geopandas_null_geom.geojson").read()
    assert null.geometry[0] is None
    assert null.geometry[1].geom_type == "LineString"
    empty = open_source(real_data / "messy_mix/qgis_polygon_layer_empty_geometries.geojson").read()
    assert [shape.is_empty for shape in empty.geometry] == [True, True, True, False]
    assert not len(null.problems)
    assert not len(empty.problems)


def test_broken_wkt_of_the_french_validator(real_data: Path) -> None:
    folder = real_data / "france_plu_ign/encodings_and_geometry/geometry"
    broken = open_source(folder / "broken_geometries.csv").read()
    assert broken.problems["record"].tolist() == [2]
    assert broken.count_in == 2
    assert open_source(folder / "ZONE_URBA.csv").read().count_in == 27


@pytest.fixture(scope="module")
def parcels_path(real_data: Path) -> Path:
    return real_data / "cambridge_ma/assessing/ASSESSING_ParcelsFY2014.topojson"


def test_parcels_agree_with_gdal(parcels_path: Path) -> None:
    raw = open_source(parcels_path).read()
    meta, table = pyogrio.raw.read_arrow(parcels_path)
    reference = shapely.from_wkb(table.column(meta["geometry_name"] or "wkb_geometry").to_pylist())
    assert raw.count_in == len(raw.geometry) == len(reference) == 13_116
    assert raw.crs is None
    assert raw.attributes["ML"].tolist() == table.column("ML").to_pylist()
    same = shapely.equals_exact(raw.geometry, reference, tolerance=1e-9)
    # Two rings collapsed to a line when the coordinates were rounded: GDAL drops them without a word.
    assert np.flatnonzero(~same).tolist() == [1895, 8634]
    assert reference[1895].is_empty
    assert not raw.geometry[1895].is_empty
    assert raw.geometry[8634].area == reference[8634].area


def test_parcels_join_their_tax_table(real_data: Path, parcels_path: Path) -> None:
    tax_path = real_data / "cambridge_ma/assessing/TaxFY14.csv"
    raw = open_source(parcels_path).read()
    joined, count, problems = join_table(raw, JoinSpec(path=tax_path, on="ML", table_key="ML"))
    # The oracle: sets and dictionaries over the files themselves.
    members = json.loads(parcels_path.read_text("utf-8"))["objects"]["ASSESSING_ParcelsFY2014"]["geometries"]
    ours = [member["properties"].get("ML") for member in members]
    tax = pd.read_csv(tax_path, dtype=str, keep_default_na=False)
    theirs = set(tax["ML"])
    assert count.without_row == sum(key not in theirs for key in ours) == 134
    assert count.joined == 13_116 - 134
    assert len(theirs - set(ours)) == 47
    assert count.rows_unused == int((~tax["ML"].isin(set(ours))).sum()) == 51
    assert count.keys_repeated == int((tax["ML"].value_counts() > 1).sum()) == 2_165
    first = tax.drop_duplicates("ML").set_index("ML")["UseCode"]
    assert joined.attributes["UseCode"].tolist() == [first.get(key) for key in ours]
    assert problems["kind"].value_counts().to_dict() == {
        "join_key_repeated": 2_165,
        "join_without_partner": 134,
    }


def test_every_cambridge_layer_is_read_whole(real_data: Path) -> None:
    for path in sorted((real_data / "cambridge_ma").glob("*/*.geojson")):
        raw = open_source(path).read()
        features = json.loads(path.read_text("utf-8"))["features"]
        assert raw.count_in == len(raw.geometry) == len(features), path.name
        assert not len(raw.problems), path.name


def test_bubenec_layers(real_data: Path) -> None:
    source = open_source(real_data / "momepy_bubenec_prague/bubenec.gpkg")
    assert {name: source.read(name).count_in for name in source.layers()} == {
        "tessellation": 144,
        "buildings": 144,
        "streets": 35,
        "plots": 407,
    }


def test_fingerprint_is_stable(real_data: Path) -> None:
    raw = open_source(real_data / "zibo_gcj02" / "淄博市_district.shp").read()
    assert [path.suffix for path in raw.files] == [".dbf", ".shp", ".shx"]
    assert sha256_of(raw.files) == sha256_of(reversed(raw.files))
