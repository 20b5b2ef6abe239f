"""The leak test: a withheld value planted anywhere in any kind of file is found; clean editions pass."""

from __future__ import annotations

import base64
import datetime as dt
import gzip
import json
import re
import shutil
import sqlite3
import zipfile
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from browserless import packed_block

from lantu import report
from lantu.model import translated
from lantu.publishing import PublishingError, Sender, audience, edition, publish
from lantu.publishing.leaks import Leak, search
from lantu.publishing.secrets import secrets

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.slow
"""A check of the sample and editions of it take some seconds each."""


@pytest.fixture(scope="module")
def who(sample_run: Any) -> Any:
    return audience(sample_run.facts, "public", "internal")


@pytest.fixture(scope="module")
def hidden(sample_run: Any, who: Any) -> Any:
    return secrets(sample_run, who)


@pytest.fixture(scope="module")
def clean(sample_run: Any, who: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clean")
    report.write(edition(sample_run, who), folder)
    return folder


@pytest.fixture
def folder(clean: Path, tmp_path: Path) -> Path:
    return shutil.copytree(clean, tmp_path / "edition")


@pytest.fixture(scope="module")
def text(sample_run: Any) -> str:
    """The id of a confidential pipe."""
    pipes = next(layer for layer in sample_run.facts.layers if layer.name == "pipes")
    return str(pipes.ids[3])


@pytest.fixture(scope="module")
def holder(sample_run: Any, hidden: Any) -> str:
    """A right holder: confidential in a layer that is not."""
    parcels = next(layer for layer in sample_run.facts.layers if layer.name == "parcels")
    return next(str(name) for name in parcels.values("right_holder") if name in hidden.texts)


@pytest.fixture(scope="module")
def place(hidden: Any) -> tuple[float, float]:
    return tuple(hidden.points[7].tolist())


def kinds(folder: Path, hidden: Any, sample_run: Any, name: str) -> set[str]:
    found = search(folder, hidden, sample_run.facts.working_crs)
    assert all(leak.place.startswith(name) for leak in found.leaks)
    return {leak.kind for leak in found.leaks}


def edit(path: Path, change: Callable[[bytes], bytes]) -> None:
    path.write_bytes(change(path.read_bytes()))


def test_the_clean_edition_has_none_and_what_is_searched_is_not_nothing(
    clean: Path, hidden: Any, sample_run: Any, text: str
) -> None:
    found = search(clean, hidden, sample_run.facts.working_crs)
    assert found.leaks == ()
    assert text in hidden.texts
    assert found.texts > 500
    assert found.points > 300
    assert found.views > 100


def test_html_text(folder: Path, hidden: Any, sample_run: Any, text: str) -> None:
    edit(folder / "report.html", lambda page: page.replace(b"</body>", f"<!-- {text} --></body>".encode()))
    assert kinds(folder, hidden, sample_run, "report.html") == {"text"}


def test_html_entities(folder: Path, hidden: Any, sample_run: Any, holder: str) -> None:
    written = "".join(f"&#{ord(sign)};" for sign in holder)
    edit(folder / "report.html", lambda page: page.replace(b"</body>", f"<p>{written}</p></body>".encode()))
    assert kinds(folder, hidden, sample_run, "report.html") == {"text"}


def test_html_packed_columns(folder: Path, hidden: Any, sample_run: Any, holder: str) -> None:
    def plant(content: bytes) -> bytes:
        told = json.loads(content)
        told["planted"] = {"values": [holder]}
        return json.dumps(told).encode("ascii")  # every sign of the name becomes an escape

    packed_block(folder / "report.html", "data-content", plant)
    assert kinds(folder, hidden, sample_run, "report.html") == {"text"}


def test_html_sentences_in_the_other_language(sample_run: Any, who: Any, hidden: Any, tmp_path: Path) -> None:
    """Two findings say in English what two confidential ones do; the page carries that in pieces only."""
    above = sample_run.findings[~who.may_see(sample_run.findings)]
    told = above["finding_id"].map(translated(sample_run.translations, "message"))
    rule = above["rule"].value_counts().index[0]
    secret = told[above["rule"] == rule].iloc[:2].tolist()
    assert set(secret) <= hidden.texts
    made = edition(sample_run, who)
    shown = made.findings.groupby("rule").head(2)
    ids = shown[shown["rule"] == shown["rule"].iloc[0]]["finding_id"].tolist()
    english = made.translations.copy()
    for one, sentence in zip(ids, secret, strict=True):
        english.loc[(english["id"] == one) & (english["part"] == "message"), "text"] = sentence
    report.write(replace(made, translations=english), tmp_path, formats=["html"])
    found = search(tmp_path, hidden, sample_run.facts.working_crs)
    assert Leak(place="report.html: sentences", kind="text") in found.leaks


def test_html_packed_geometry(sample_run: Any, who: Any, hidden: Any, tmp_path: Path) -> None:
    """One vertex of a finding is moved to a place on a confidential pipe: only the packed payload has it."""
    made = edition(sample_run, who)
    row = int(np.flatnonzero(made.findings.geometry.geom_type == "Polygon")[0])
    shapes = made.findings.geometry.to_numpy().copy()
    points = shapely.get_coordinates(shapes[row])
    points[1] = hidden.points[7]
    shapes[row] = shapely.Polygon(points)
    made.findings[made.findings.geometry.name] = shapes
    report.write(made, tmp_path, formats=["html"])
    assert "coordinate" in kinds(tmp_path, hidden, sample_run, "report.html")


def test_geopackage_row_then_deleted(folder: Path, hidden: Any, sample_run: Any, text: str) -> None:
    """A deleted row stays in a free page until the file is vacuumed; SQL no longer sees it."""
    path = folder / "findings.gpkg"
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA secure_delete = OFF")
        database.execute("CREATE TABLE passing (note TEXT)")
        database.executemany("INSERT INTO passing VALUES (?)", [(f"{text} {n:0900d}",) for n in range(20)])
        database.commit()
        database.execute("DROP TABLE passing")
        database.commit()
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("SELECT count(*) FROM sqlite_schema WHERE name = 'passing'").fetchone() == (
            0,
        )
    assert kinds(folder, hidden, sample_run, "findings.gpkg") == {"text"}


def test_geopackage_text_over_several_pages(folder: Path, hidden: Any, sample_run: Any, text: str) -> None:
    """A long text is cut at page ends in the bytes; read through SQL it is whole."""
    with closing(sqlite3.connect(folder / "findings.gpkg")) as database:
        for size in range(3990, 4130, 3):
            database.execute("UPDATE cause SET message = message || ? WHERE fid = 1", (" " * size + text,))
        database.commit()
    assert kinds(folder, hidden, sample_run, "findings.gpkg") == {"text"}


@pytest.mark.parametrize("order", [0, 1])
def test_geopackage_geometry(
    folder: Path, hidden: Any, sample_run: Any, place: tuple[float, float], order: int
) -> None:
    wkb = shapely.to_wkb(shapely.Point(place), byte_order=order)
    with closing(sqlite3.connect(folder / "findings.gpkg")) as database:
        database.execute("CREATE TABLE planted (shape BLOB)")
        database.execute("INSERT INTO planted VALUES (?)", (wkb,))
        database.commit()
    assert kinds(folder, hidden, sample_run, "findings.gpkg") == {"coordinate"}


@pytest.fixture(scope="module")
def box(hidden: Any) -> list[float]:
    """xmin, xmax, ymin, ymax of something confidential that is no point."""
    wide = hidden.boxes[(hidden.boxes[:, 2] > hidden.boxes[:, 0]) & (hidden.boxes[:, 3] > hidden.boxes[:, 1])]
    return wide[3][[0, 2, 1, 3]].tolist()


def test_geopackage_spatial_index(folder: Path, hidden: Any, sample_run: Any, box: list[float]) -> None:
    """An entry of the index alone, as a row leaves it that was deleted without its trigger."""
    with closing(sqlite3.connect(folder / "findings.gpkg")) as database:
        database.execute("INSERT INTO rtree_finding_polygon_geom VALUES (987654, ?, ?, ?, ?)", box)
        database.commit()
    found = search(folder, hidden, sample_run.facts.working_crs)
    assert {(leak.place, leak.kind) for leak in found.leaks} == {
        ("findings.gpkg", "coordinate"),
        ("findings.gpkg: table rtree_finding_polygon_geom_node", "coordinate"),
    }


def test_geopackage_spatial_index_as_gdal_writes_it(
    sample_run: Any, hidden: Any, box: list[float], tmp_path: Path
) -> None:
    """A layer written by GDAL whose rows are gone, its index left behind."""
    xmin, xmax, ymin, ymax = box
    shapes = [shapely.box(xmin, ymin, xmax, ymax)]
    path = tmp_path / "planted.gpkg"
    gpd.GeoDataFrame(geometry=shapes, crs=sample_run.facts.working_crs).to_file(path, layer="planted")
    with closing(sqlite3.connect(path)) as database:
        node = database.execute("SELECT data FROM rtree_planted_geom_node").fetchall()
    (tmp_path / "planted.gpkg").unlink()
    (tmp_path / "index.bin").write_bytes(b"".join(data for (data,) in node))
    assert kinds(tmp_path, hidden, sample_run, "index.bin") == {"coordinate"}


@pytest.mark.parametrize("order", ["<f8", ">f8"])
def test_a_box_of_doubles(folder: Path, hidden: Any, sample_run: Any, box: list[float], order: str) -> None:
    """The envelope that stands before a geometry in a GeoPackage, and xmin, ymin, xmax, ymax elsewhere."""
    (folder / "envelope.bin").write_bytes(b"GP" + np.array(box, dtype=order).tobytes())
    (folder / "bounds.bin").write_bytes(b"GP" + np.array(box, dtype=order)[[0, 2, 1, 3]].tobytes())
    found = search(folder, hidden, sample_run.facts.working_crs)
    assert {leak.place for leak in found.leaks} == {"envelope.bin", "bounds.bin"}


def test_the_name_of_a_withheld_layer(sample_run: Any, tmp_path: Path) -> None:
    """A name that no sentence of a report uses; the sample's own names are words that they do use."""
    secret = next(layer for layer in sample_run.facts.layers if layer.name == "pipes")
    layers = [replace(one, name="hush-mains") if one is secret else one for one in sample_run.facts.layers]
    run = replace(sample_run, facts=replace(sample_run.facts, layers=tuple(layers)))
    hidden = secrets(run, audience(run.facts, "public", "internal"))
    assert "hush-mains" in hidden.texts
    (tmp_path / "run.json").write_text('{"layers": ["hush-mains"]}', encoding="utf-8")
    assert kinds(tmp_path, hidden, sample_run, "run.json") == {"text"}


@pytest.mark.parametrize("part", ["xl/sharedStrings.xml", "docProps/core.xml", "xl/worksheets/sheet2.xml"])
def test_excel_parts(folder: Path, hidden: Any, sample_run: Any, text: str, part: str) -> None:
    path = folder / "findings.xlsx"
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[part] = re.sub(rb"(</[\w:]+>)$", f"<!-- {text} -->".encode() + rb"\1", parts[part].strip())
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    assert kinds(folder, hidden, sample_run, f"findings.xlsx: {part}") == {"text"}


def test_excel_short_word_as_a_whole_cell(folder: Path, hidden: Any, sample_run: Any) -> None:
    word = min(hidden.words)
    path = folder / "findings.xlsx"
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    strings = parts["xl/sharedStrings.xml"]
    parts["xl/sharedStrings.xml"] = strings.replace(b"</sst>", f"<si><t>{word}</t></si></sst>".encode())
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    assert kinds(folder, hidden, sample_run, "findings.xlsx") == {"word"}


def rewrite(path: Path, change: Callable[[pa.Table], pa.Table], **options: Any) -> None:
    pq.write_table(change(pq.read_table(path)), path, **options)


def test_parquet_cell(folder: Path, hidden: Any, sample_run: Any, text: str) -> None:
    def plant(table: pa.Table) -> pa.Table:
        place = table.column_names.index("raw_b")
        return table.set_column(place, "raw_b", pa.array([*table["raw_b"].to_pylist()[:-1], text]))

    rewrite(folder / "findings.parquet", plant, compression="zstd")
    assert kinds(folder, hidden, sample_run, "findings.parquet") == {"text"}


def test_parquet_metadata(folder: Path, hidden: Any, sample_run: Any, text: str) -> None:
    def plant(table: pa.Table) -> pa.Table:
        return table.replace_schema_metadata({**table.schema.metadata, b"note": text.encode()})

    rewrite(folder / "findings.parquet", plant)
    assert kinds(folder, hidden, sample_run, "findings.parquet") == {"text"}


def test_parquet_dictionary_entry_that_no_row_uses(
    folder: Path, hidden: Any, sample_run: Any, text: str
) -> None:
    def plant(table: pa.Table) -> pa.Table:
        words = pa.DictionaryArray.from_arrays(pa.array([0] * len(table), pa.int32()), pa.array(["x", text]))
        return table.append_column("planted", words)

    rewrite(folder / "findings.parquet", plant, compression="zstd", write_statistics=False)
    assert set(pq.read_table(folder / "findings.parquet")["planted"].to_pylist()) == {"x"}
    assert kinds(folder, hidden, sample_run, "findings.parquet") == {"text"}


def test_parquet_geometry(folder: Path, hidden: Any, sample_run: Any, place: tuple[float, float]) -> None:
    def plant(table: pa.Table) -> pa.Table:
        at = table.column_names.index("geometry")
        shapes = [*table["geometry"].to_pylist()[:-1], shapely.to_wkb(shapely.Point(place))]
        return table.set_column(at, table.schema.field("geometry"), pa.array(shapes, pa.binary()))

    rewrite(folder / "findings.parquet", plant, compression="zstd")
    assert kinds(folder, hidden, sample_run, "findings.parquet") == {"coordinate"}


@pytest.mark.parametrize("code", ["utf-8", "utf-16-le", "utf-16-be"])
def test_any_other_file_in_any_encoding(
    folder: Path, hidden: Any, sample_run: Any, holder: str, code: str
) -> None:
    (folder / "notes.bin").write_bytes(b"\x01\x02" + holder.encode(code))
    assert kinds(folder, hidden, sample_run, "notes.bin") == {"text"}


@pytest.mark.parametrize("text_of", ["{x:.2f}, {y:.2f}", "{x:.3f} {y:.3f}", "POINT ({x!r} {y!r})"])
def test_a_place_as_text(
    folder: Path, hidden: Any, sample_run: Any, place: tuple[float, float], text_of: str
) -> None:
    (folder / "notes.csv").write_text(text_of.format(x=place[0], y=place[1]), encoding="utf-8")
    assert "coordinate" in kinds(folder, hidden, sample_run, "notes.csv")


def test_packed_within_packed(folder: Path, hidden: Any, sample_run: Any, text: str) -> None:
    filler = " ".join(str(number**5) for number in range(40))
    inner = base64.b64encode(gzip.compress(f"{text} {filler}".encode())).decode()
    (folder / "run.json").write_text(json.dumps({"a": inner}), encoding="utf-8")
    assert kinds(folder, hidden, sample_run, "run.json") == {"text"}


def test_a_file_name_can_leak_too(folder: Path, hidden: Any, sample_run: Any, text: str) -> None:
    (folder / f"{text}.txt").write_text("", encoding="utf-8")
    assert kinds(folder, hidden, sample_run, text) == {"text"}


@pytest.mark.parametrize("level", ["public", "internal", "confidential", "secret"])
def test_real_editions_of_the_sample_pass_at_every_level(sample_run: Any, tmp_path: Path, level: str) -> None:
    who = audience(sample_run.facts, "public", level)
    sender = Sender(by="test", now=dt.datetime(2026, 11, 23, tzinfo=dt.UTC), run_folder=tmp_path / "run")
    made = publish(sample_run, who, tmp_path / level, sender)
    assert made.searched.leaks == ()
    order = sample_run.facts.levels
    above = [one for one in sample_run.findings["level"] if order.index(one) > order.index(level)]
    assert made.findings == len(sample_run.findings) - len(above)
    assert (tmp_path / level / "report.html").is_file()


def test_a_leak_removes_the_edition_and_leaves_the_older_one(
    sample_run: Any, who: Any, tmp_path: Path, text: str
) -> None:
    sender = Sender(by="test", now=dt.datetime(2026, 11, 23, tzinfo=dt.UTC), run_folder=tmp_path / "run")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "run.json").write_text("older", encoding="utf-8")

    def plant(_: Any, folder: Path) -> None:
        (folder / "actions.csv").write_text(text, encoding="utf-8")

    with pytest.raises(PublishingError, match=r"actions\.csv: a text") as refused:
        publish(sample_run, who, tmp_path / "out", sender, formats=["parquet"], after=plant)
    assert text not in str(refused.value)  # the message must not leak what it is about
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["run.json"]
    assert (tmp_path / "out" / "run.json").read_text(encoding="utf-8") == "older"
    assert not (tmp_path / "audit.jsonl").exists()
