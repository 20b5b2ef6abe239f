"""MapInfo TAB and MIF: character sets, coordinate systems, deleted rows, damage."""

from __future__ import annotations

import os
import struct
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lantu.errors import SourceError
from lantu.sources import notes_of, open_source

if TYPE_CHECKING:
    from pathlib import Path

NAMES = ["周村区", "淄博市", "路", "𠮷祥村"]
SHAPES = [shapely.box(500000 + x, 4000000, 500010 + x, 4000010) for x in range(3)]


def write(path: Path, *, charset: str | None = None, crs: int | None = 4548, **options: Any) -> Path:
    values = {"名称": NAMES[:3], "CODE": ["0101", "0102", "x"]}
    frame = gpd.GeoDataFrame(values, geometry=[*SHAPES[:2], None], crs=crs)
    frame.to_file(path, driver="MapInfo File", engine="pyogrio", ENCODING="CP936", **options)
    if charset is not None:
        path.write_bytes(path.read_bytes().replace(b"WindowsSimpChinese", charset.encode()))
    return path


def said(raw: Any) -> set[str]:
    return {note.key for note in notes_of(raw)}


@pytest.mark.parametrize("suffix", [".tab", ".mif", ".TAB"])
@pytest.mark.parametrize("charset", [None, "Neutral", "WindowsLatin1", "SomethingElse"])
def test_character_sets(tmp_path: Path, suffix: str, charset: str | None) -> None:
    path = write(tmp_path / f"a{suffix.lower()}", charset=charset)
    raw = open_source(path).read()
    assert raw.attributes["名称"].tolist() == NAMES[:3]
    assert raw.attributes["CODE"].tolist() == ["0101", "0102", "x"]
    assert raw.encoding in {"GBK", "GB18030"}
    assert ("sources.charset_contradicted" in said(raw)) == (charset == "WindowsLatin1")
    assert raw.record.tolist() == [1, 2, 3]
    assert raw.geometry[2] is None
    assert raw.geometry[0].symmetric_difference(SHAPES[0]).area < 3
    assert {part.suffix for part in raw.files} >= (
        {".mif", ".mid"} if suffix == ".mif" else {".tab", ".dat", ".map"}
    )


def test_a_declared_encoding_stands(tmp_path: Path) -> None:
    raw = open_source(write(tmp_path / "a.tab", charset="Neutral"), encoding="GBK").read()
    assert (raw.encoding, raw.encoding_how) == ("GBK", "declared")
    assert raw.attributes["名称"].tolist() == NAMES[:3]


def test_crs_and_step_of_the_bounds(tmp_path: Path) -> None:
    raw = open_source(write(tmp_path / "a.tab")).read()
    assert raw.crs is not None
    assert '"Longitude of natural origin",117' in raw.crs.to_wkt()
    note = next(note for note in notes_of(raw) if note.key == "sources.mapinfo_step")
    assert float(str(note.values["step_m"])) == pytest.approx(
        0.03
    )  # GDAL's default bounds are 60 000 km wide
    fine = open_source(write(tmp_path / "b.tab", BOUNDS="400000,3900000,600000,4100000")).read()
    assert "sources.mapinfo_step" not in said(fine)
    assert fine.geometry[0].symmetric_difference(SHAPES[0]).area < 0.01


def test_nonearth_is_undeclared(tmp_path: Path) -> None:
    path = write(tmp_path / "a.mif")
    text = path.read_bytes()
    line = next(line for line in text.splitlines() if line.startswith(b"CoordSys"))
    path.write_bytes(text.replace(line, b'CoordSys NonEarth Units "m" Bounds (0, 0) (1000000, 9000000)'))
    raw = open_source(path).read()
    assert raw.crs is None
    assert "sources.mapinfo_nonearth" in said(raw)


def test_deleted_rows_are_no_records(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tab")
    data = bytearray((tmp_path / "a.dat").read_bytes())
    start, width = struct.unpack("<HH", data[8:12])
    data[start + width] = ord("*")
    (tmp_path / "a.dat").write_bytes(bytes(data))
    raw = open_source(path).read()
    assert raw.record.tolist() == [1, 3]
    assert (raw.count_in, len(raw.problems)) == (2, 0)


def test_a_table_whose_data_lie_elsewhere_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.tab"
    path.write_bytes(b'!table\n!version 300\n\nDefinition Table\n  File "/etc/passwd"\n  Type "RASTER"\n')
    with pytest.raises(SourceError, match="RASTER"):
        open_source(path).read()
    path.write_bytes(b"<OGRVRTDataSource>")
    with pytest.raises(SourceError, match="MapInfo"):
        open_source(path).read()


@pytest.mark.parametrize("part", [".dat", ".map", ".tab"])
def test_a_truncated_part_is_an_error_or_accounts_for_itself(tmp_path: Path, part: str) -> None:
    path = write(tmp_path / "a.tab")
    file = tmp_path / f"a{part}"
    for share in (0.95, 0.5, 0.1):
        os.truncate(file, int(file.stat().st_size * share))
        try:
            raw = open_source(path).read()
        except SourceError:
            continue
        assert raw.count_in == len(raw.geometry) + len(raw.problems)


@settings(max_examples=60, deadline=5000, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.floats(0, 1), cut=st.integers(0, 40), put=st.binary(max_size=20))
@pytest.mark.parametrize("suffix", [".mif", ".tab"])
def test_any_damage_is_an_error_or_accounts_for_itself(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], suffix: str, place: float, cut: int, put: bytes
) -> None:
    path = tmp_path / f"a{suffix}"
    path.unlink(missing_ok=True)  # else what is damaged would be added to
    data = write(path).read_bytes()
    start = int(place * len(data))
    path.write_bytes(data[:start] + put + data[start + cut :])
    try:
        raw = open_source(path).read()
    except SourceError:
        pass
    else:
        assert raw.count_in == len(raw.geometry) + len(raw.problems)
    assert capfd.readouterr() == ("", "")  # no complaint of a library reaches the terminal
