"""Every kind of mistake in a blueprint file, with its exact line; and all of them in one run."""

# ruff: noqa: E501  # one case is one line of a table
from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import pytest

from lantu.config import BlueprintFile, Vocabulary, read_blueprint
from lantu.errors import BlueprintError

AREA = ("m2", "ha", "mu", "km2")
VOCABULARY = Vocabulary(
    standards={
        "land.parcel": {"id": (), "use_code": (), "area_registered_m2": AREA, "right_holder": ()},
        "plan.plot": {"id": (), "use_code": (), "height_max_m": ("m", "cm", "mm")},
        "admin.area": {"id": (), "name": ()},
    },
    rules={
        "LU01": {
            "severity": Literal["critical", "major", "minor", "info"],
            "min_area_m2": float,
            "min_share": float,
            "matrix": Path | None,
        },
        "LU02": {"severity": str, "min_pairs": int},
        "GE06": {"severity": str, "kinds": tuple[str, ...]},
    },
    codelists=("gbt21010-2017", "third-survey"),
)

BASE = """\
[blueprint]
name = "Zhoucun"
crs = "EPSG:4548"

[departments.land]
name = "Land"
owes = ["land.parcel"]

[departments.planning]

[layers.parcels]
path = "parcels.shp"
standard = "land.parcel"
department = "land"
fields = { id = "ZDDM", use_code = "DLBM" }

[layers.towns]
path = "towns.gpkg"
standard = "admin.area"
department = "planning"
"""
END = BASE.count("\n") + 1  # the line on which what is added to the base starts


def write(folder: Path, text: str) -> Path:
    for name in ("parcels.shp", "towns.gpkg", "waivers.csv", "matrix.csv", "codes.csv", "land.zip"):
        (folder / name).touch()
    (folder / "folder").mkdir(exist_ok=True)
    file = folder / "blueprint.toml"
    file.write_text(text, encoding="utf-8")
    return file


def read(folder: Path, text: str, environment: dict[str, str] | None = None) -> BlueprintFile:
    return read_blueprint(write(folder, text), vocabulary=VOCABULARY, environment=environment or {})


def mistakes(folder: Path, text: str, environment: dict[str, str] | None = None) -> list[str]:
    """Return ``line: what | help`` for every mistake, and check that the Chinese says the same places."""
    with pytest.raises(BlueprintError) as caught:
        read(folder, text, environment)
    english = [one.text("en") for one in caught.value.mistakes]
    chinese = [one.text("zh") for one in caught.value.mistakes]
    place = f"{folder / 'blueprint.toml'}:"
    assert all(one.startswith(place) for one in english + chinese)
    assert [one.split(": ")[0] for one in english] == [one.split(": ")[0] for one in chinese]
    assert caught.value.text("en").splitlines()[1:] == "\n".join(english).splitlines()
    return [one.removeprefix(place).replace("\n  help: ", " | ") for one in english]


def test_the_base_has_no_mistake(tmp_path: Path) -> None:
    assert read(tmp_path, BASE).name == "Zhoucun"


LINES: list[tuple[str, str, str]] = [
    # what stands in the base, what stands there instead, the mistake
    # --- keys
    ('name = "Zhoucun"', 'nmae = "Zhoucun"', "2: [blueprint] has no key 'nmae' | did you mean 'name'?"),
    ("[departments.planning]", "[departments.planning]\nrow = 1", "10: [departments.planning] has no key 'row' | one of name, owes, contact"),
    ('standard = "land.parcel"', "", "11: [layers.parcels] lacks 'standard', which is required"),
    ('path = "towns.gpkg"\n', "", "17: [layers.towns] lacks 'path', which is required"),
    # --- types
    ('name = "Zhoucun"', "name = 3", "2: 'blueprint.name' should be text in quotes, but is the number 3"),
    ('name = "Zhoucun"', 'name = " "', "2: 'blueprint.name' is empty"),
    ('name = "Zhoucun"', "as_of = '2026-11-23'", "2: 'blueprint.as_of' should be a date, but is the text '2026-11-23' | write dates without quotes, e.g. as_of = 2026-11-23"),
    ('name = "Zhoucun"', "as_of = 2026-11-23T10:00:00", "2: 'blueprint.as_of' should be a date, but is the time 2026-11-23T10:00:00 | write dates without quotes, e.g. as_of = 2026-11-23"),
    ('name = "Zhoucun"', "as_of = 2026", "2: 'blueprint.as_of' should be a date, but is the number 2026 | e.g. as_of = 2026-11-23"),
    ('owes = ["land.parcel"]', 'owes = "land.parcel"', "7: 'departments.land.owes' should be a list, but is the text 'land.parcel' | write a list, e.g. owes = [\"land.parcel\"]"),
    ('owes = ["land.parcel"]', 'owes = [\n "land.parcel",\n true]', "9: 'departments.land.owes[2]' should be text in quotes, but is true"),
    ('fields = { id = "ZDDM"', "fields = { id = 4", "15: 'layers.parcels.fields.id' should be text in quotes, but is the number 4"),
    ('department = "land"', 'department = "land"\naccuracy_m = "0.1"', "15: 'layers.parcels.accuracy_m' should be a number, but is the text '0.1' | write numbers without quotes: accuracy_m = 0.1"),
    ('department = "land"', 'department = "land"\naccuracy_m = -0.1', "15: 'layers.parcels.accuracy_m' should be greater than 0, but is -0.1"),
    ('department = "land"', 'department = "land"\naccuracy_m = nan', "15: 'layers.parcels.accuracy_m' should be a number, but is the number nan"),
    ('department = "land"', 'department = "land"\njoin = "tax.csv"', "15: 'layers.parcels.join' should be a table, but is the text 'tax.csv'"),
    ("[departments.planning]", "[departments]\nplanning = 3", "10: 'departments.planning' should be a table, but is the number 3"),
    # --- words
    ('name = "Zhoucun"', 'language = "cn"', "2: 'blueprint.language' cannot be the text 'cn' | one of zh, en"),
    ('name = "Zhoucun"', 'level = "restricted"', "2: 'blueprint.level' cannot be the text 'restricted' | one of public, internal, confidential, secret"),
    ('name = "Zhoucun"', 'level = "internl"', "2: 'blueprint.level' cannot be the text 'internl' | did you mean 'internal'?"),
    ('name = "Zhoucun"', 'levels = ["open", "closed"]', "2: the levels of this file lack 'internal': state level in [blueprint]"),
    ('name = "Zhoucun"', 'levels = ["internal", "internal"]', "2: a level is named twice"),
    ('name = "Zhoucun"', "level = 1", "2: 'blueprint.level' should be text in quotes, but is the number 1"),
    ('department = "land"', 'department = "land"\nupdate = "1 year"', "15: 'layers.parcels.update' should be an ISO 8601 duration, but is the text '1 year' | e.g. P1Y (a year), P6M (six months), P30D (thirty days)"),
    ('department = "land"', 'department = "land"\nupdate = "P0D"', "15: 'layers.parcels.update' should be an ISO 8601 duration, but is the text 'P0D' | e.g. P1Y (a year), P6M (six months), P30D (thirty days)"),
    ('department = "land"', 'department = "land"\nencoding = "GB"', "15: 'layers.parcels.encoding' names no known text encoding: the text 'GB'"),
    ('department = "land"', 'department = "land"\nlevels.right_holder = "top"', "15: 'layers.parcels.levels.right_holder' cannot be the text 'top' | one of public, internal, confidential, secret"),
    # --- names
    ('department = "land"', 'department = "lnad"', "14: 'layers.parcels.department' names the department 'lnad', which is not in [departments] | did you mean 'land'?"),
    ('department = "land"', 'department = "water"', "14: 'layers.parcels.department' names the department 'water', which is not in [departments] | add [departments.water]"),
    ('standard = "land.parcel"', 'standard = "land.parcels"', "13: 'layers.parcels.standard' names the standard 'land.parcels', which does not exist | did you mean 'land.parcel'?"),
    ('standard = "land.parcel"', 'standard = "soil"', "13: 'layers.parcels.standard' names the standard 'soil', which does not exist | one of land.parcel, plan.plot, admin.area"),
    ('owes = ["land.parcel"]', 'owes = ["land.parcel", "plan.plots"]', "7: 'departments.land.owes[2]' names the standard 'plan.plots', which does not exist | did you mean 'plan.plot'?"),
    ('name = "Zhoucun"', 'town_layer = "town"', "2: 'blueprint.town_layer' names the layer 'town', which is not in [layers] | did you mean 'towns'?"),
    ('name = "Zhoucun"', 'town_layer = "parcels"', "2: 'blueprint.town_layer' should name a layer of admin.area, but 'parcels' is land.parcel"),
    ('fields = { id = "ZDDM"', 'fields = { usecode = "YT"', "15: the standard land.parcel has no column 'usecode' (in 'layers.parcels.fields') | did you mean 'use_code'?"),
    ('department = "land"', 'department = "land"\nlevels = { holder = "secret" }', "15: the standard land.parcel has no column 'holder' (in 'layers.parcels.levels') | did you mean 'right_holder'?"),
    ('department = "land"', 'department = "land"\nunits = { area_registered = "mu" }', "15: the standard land.parcel has no column 'area_registered' (in 'layers.parcels.units') | did you mean 'area_registered_m2'?"),
    ('department = "land"', 'department = "land"\nunits = { area_registered_m2 = "mm" }', "15: 'layers.parcels.units.area_registered_m2' cannot be in 'mm' | one of m2, ha, mu, km2"),
    ('department = "land"', 'department = "land"\nunits = { use_code = "mu" }', "15: 'layers.parcels.units.use_code' is about a column that has no unit"),
    ('department = "land"', 'department = "land"\ncodelist = "third_survey"', "15: 'layers.parcels.codelist' names the code list 'third_survey', which does not exist | did you mean 'third-survey'?"),
    # --- files
    ('path = "parcels.shp"', 'path = "parcel.shp"', "12: 'layers.parcels.path' names a file that does not exist: parcel.shp | did you mean 'parcels.shp'?"),
    ('path = "parcels.shp"', "path = 'nowhere\\deep\\x.shp'", "12: 'layers.parcels.path' names a file that does not exist: nowhere\\deep\\x.shp"),
    ('department = "land"', 'department = "land"\njoin = { path = "tax.csv", on = "A", table_key = "B" }', "15: 'layers.parcels.join.path' names a file that does not exist: tax.csv"),
    ('department = "land"', 'department = "land"\njoin = { path = "folder", on = "A", table_key = "B" }', "15: 'layers.parcels.join.path' should name a file, but folder is a folder"),
    ('department = "land"', 'department = "land"\ntransform = { control_points = "x/points.csv" }', "15: 'layers.parcels.transform.control_points' names a file that does not exist: x/points.csv"),
    ('department = "land"', 'department = "land"\ncodelist = "code.csv"', "15: 'layers.parcels.codelist' names a file that does not exist: code.csv | did you mean 'codes.csv'?"),
    # --- transforms and coordinate systems
    ('department = "land"', 'department = "land"\ntransform = {}', "15: 'layers.parcels.transform' needs exactly one of control_points, pipeline and helmert7"),
    ('department = "land"', 'department = "land"\ntransform = { helmert7 = [1, 2, 3] }', "15: 'layers.parcels.transform.helmert7' should have 7 values, but has 3"),
    ('department = "land"', 'department = "land"\ntransform = { pipeline = "+proj=nowhere" }', "15: 'layers.parcels.transform.pipeline' is no transformation that PROJ can run"),
    ('crs = "EPSG:4548"', 'crs = "EPSG:45480"', "3: 'blueprint.crs' is no coordinate system that PROJ knows: the text 'EPSG:45480'"),
    ('crs = "EPSG:4548"', 'crs = "EPSG:4490"', "3: 'blueprint.crs' should be a projected coordinate system in metres, but China Geodetic Coordinate System 2000 is not"),
    ('crs = "EPSG:4548"', 'crs = "EPSG:2263"', "3: 'blueprint.crs' should be a projected coordinate system in metres, but NAD83 / New York Long Island (ftUS) is not"),
    ('department = "land"', 'department = "land"\ncrs = "nowhere"', "15: 'layers.parcels.crs' is no coordinate system that PROJ knows: the text 'nowhere'"),
    # --- addresses
    ('path = "parcels.shp"', 'path = "postgresql://me:${PGPASSWORD}@db/land?table=x"', "12: 'layers.parcels.path' takes PGPASSWORD from the environment, where it is not set | set PGPASSWORD before you run Lantu"),
    ('path = "parcels.shp"', 'path = "postgresql://me:open-sesame@db/land?table=x"', "12: the address in 'layers.parcels.path' has a secret written out (password); secrets never stand in the file | write ${PARCELS_PASSWORD} and set that variable before you run Lantu"),
    ('path = "parcels.shp"', 'path = "https://maps.example/wfs?service=WFS&token=open-sesame"', "12: the address in 'layers.parcels.path' has a secret written out (token); secrets never stand in the file | write ${PARCELS_TOKEN} and set that variable before you run Lantu"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "expected"), LINES, ids=[case[2][:60] for case in LINES])
def test_mistake_in_a_line_of_the_base(tmp_path: Path, old: str, new: str, expected: str) -> None:
    assert old in BASE
    found = mistakes(tmp_path, BASE.replace(old, new, 1))
    assert found == [expected]
    assert "open-sesame" not in found[0]


ADDED: list[tuple[str, list[str]]] = [
    # what is added to the base, the mistakes with lines counted from the first one that is added
    ("[layer.x]\npath = 'y'", ["0: the file has no key 'layer' | did you mean 'layers'?"]),
    ("[rules]\nselct = ['LU']", ["1: [rules] has no key 'selct' | did you mean 'select'?"]),
    ("[rules]\nselect = ['LU', 'XX']\nignore = ['LU09']", ["1: 'XX' in 'rules.select' is neither a rule nor a family of rules", "2: 'LU09' in 'rules.ignore' is neither a rule nor a family of rules | did you mean 'LU02'?"]),
    ("[rules.LU1]\nmin_area_m2 = 5.0", ["0: there is no rule 'LU1' | did you mean 'LU01'?"]),
    ("[rules.LU01]\nmin_area = 5.0", ["1: the rule LU01 has no parameter 'min_area' | did you mean 'min_area_m2'?"]),
    ("[rules.LU01]\nmin_area_m2 = '5'", ["1: 'rules.LU01.min_area_m2' should be a number, but is the text '5' | write numbers without quotes: min_area_m2 = 5"]),
    ("[rules.LU01]\nmin_area_m2 = -5", ["1: 'rules.LU01.min_area_m2' should be at least 0, but is -5"]),
    ("[rules.LU01]\nmin_share = 5", ["1: 'rules.LU01.min_share' should be at most 1, but is 5"]),
    ("[rules.LU01]\nseverity = 'high'", ["1: 'rules.LU01.severity' cannot be the text 'high' | one of critical, major, minor, info"]),
    ("[rules.LU01]\nmatrix = 'matrxi.csv'", ["1: 'rules.LU01.matrix' names a file that does not exist: matrxi.csv | did you mean 'matrix.csv'?"]),
    ("[rules.LU01]\nmatrix = 3", ["1: 'rules.LU01.matrix' should be text in quotes, but is the number 3"]),
    ("[rules.LU02]\nmin_pairs = 2.5", ["1: 'rules.LU02.min_pairs' should be a whole number, but is the number 2.5"]),
    ("[rules.GE06]\nkinds = [\n'a',\n3]", ["3: 'rules.GE06.kinds[2]' should be text in quotes, but is the number 3"]),
    ("[[rule]]\ncode = 'ZC01'", ["0: [rule[1]] lacks 'name', which is required", "0: [rule[1]] lacks 'title', which is required", "0: [rule[1]] lacks 'subject', which is required"]),
    ("[rule]\ncode = 'ZC01'", ["0: 'rule' should be a series of [[rule]] tables, but is a table"]),
    ("[[rule]]\ncode = 'LU02'\nname = 'n'\ntitle = 't'\nsubject = 'parcels'", ["1: the rule code LU02 is taken"]),
    ("[[rule]]\ncode = 'zc1'\nname = 'n'\ntitle = 't'\nsubject = 'parcels'", ["1: 'rule[1].code' should be two or more capital letters and two or more digits, but is the text 'zc1'"]),
    ("[[rule]]\ncode = 'ZC01'\nname = 'n'\ntitle = 't'\nsubject = 'parcel'\nrelation = { near = 'plan.plt', within_m = 3 }", ["4: 'rule[1].subject' names 'parcel', which is neither a standard nor a layer | did you mean 'parcels'?", "5: 'rule[1].relation.near' names 'plan.plt', which is neither a standard nor a layer | did you mean 'plan.plot'?"]),
    ("[[rule]]\ncode = 'ZC01'\nname = 'n'\ntitle = 't'\nsubject = 'parcels'\nrelation = { near = 'towns' }", ["5: in 'rule[1].relation', near and within_m go together"]),
    ("[[rule]]\ncode = 'ZC01'\nname = 'n'\ntitle = 't'\nsubject = 'parcels'\nrelation = { overlaps = 'towns', none = true }", ["5: 'rule[1].relation' can have only one of overlaps, near, same and none"]),
    ("[authority]\n'land.parcel.use' = ['land']", ["1: 'land.parcel.use' is not a standard and one of its columns | did you mean 'land.parcel.use_code'?"]),
    ("[authority]\n'land.parcel.use_code' = ['land', 'plan']", ["1: 'authority.land.parcel.use_code[2]' names the department 'plan', which is not in [departments] | did you mean 'land'?"]),
    ("[authority]\nland.parcel.use_code = ['land']", ["1: 'authority.land' should be a list, but is a table | put the key in quotes, e.g. \"land.parcel.use_code\" = [\"department\"]"]),
    ("[waivers]\nfile = 'waiver.csv'", ["1: 'waivers.file' names a file that does not exist: waiver.csv | did you mean 'waivers.csv'?"]),
    ("[waivers]", ["0: [waivers] lacks 'file', which is required"]),
    ("[report]\nformats = ['html', 'excel']", ["1: 'report.formats[2]' cannot be the text 'excel' | one of html, gpkg, xlsx, parquet"]),
    # --- syntax
    ("[report]\nformats = ['html']\nformats = ['xlsx']", ["2: 'report.formats' is given twice | it first stands on line {1}"]),
    ("[report]\nformats = ['html']\nformats = [\n'xlsx',\n]", ["2: 'report.formats' is given twice | it first stands on line {1}"]),
    ("[rules.LU01]\nmin_share = 0.1\n[rules]\nselect = ['ALL']\n[rules.LU01]\nmatrix = 'x'", ["4: [rules.LU01] is given twice"]),
    ("[layers.more]\npath = 'C:\\x'\ndepartment = \"C:\\x\"", ["1: 'layers.more.path' names a file that does not exist: C:\\x", "2: a backslash in double quotes starts an escape, and this one is none | write paths with forward slashes, or in single quotes"]),
    ("[waivers]\nfile = waivers.csv", ["1: what follows the equals sign is no TOML value | text needs quotes"]),
    ("[waivers]\nfile = “waivers.csv”", ["1: what follows the equals sign is no TOML value | use ASCII quotes, equals signs and commas, not full-width ones"]),
    ("[waivers]\nfile = 'waivers.csv", ["1: a text lacks its closing quote"]),
    ("[waivers]\nfile 'waivers.csv'", ["1: the equals sign after the key is missing"]),
    ("[waivers]\nfile = 'waivers.csv' 'x'", ["1: something stands after the value | text needs quotes"]),
    ("[waivers]\n文件 = 'waivers.csv'", ["1: this line is no TOML statement | a key with other characters than A-Z, a-z, 0-9, - and _ needs quotes"]),
    ("[waivers\nfile = 'x'\n[rules]\nselct = ['LU']", ["0: the table header lacks its closing bracket ]", "3: [rules] has no key 'selct' | did you mean 'select'?"]),
    ("[rules]\nselect = [\n'LU'\n'GE',\n]\n[waivers]\nfile = 3", ["1: a list lacks a comma or its closing bracket ]", "6: 'waivers.file' should be text in quotes, but is the number 3"]),
    ("[rules]\nselect = ['LU'\n[waivers]\nfile = 3", ["1: a list lacks a comma or its closing bracket ]", "3: 'waivers.file' should be text in quotes, but is the number 3"]),
    ("[waivers]\nfile = '''waivers.csv\nx = 3", ["1: a text lacks its closing quote"]),
    ("[rules]\nLU01 = { min_share = 0.1", ["1: a table in braces lacks a comma or its closing brace }"]),
    ("[rules]\nLU01 = { min_share = 0.1, min_share = 0.2 }", ["1: 'rules.LU01.min_share' is given twice"]),
    ("[blueprint.more]\nas_of = 2026-02-31", ["0: [blueprint] has no key 'more' | one of name, crs, as_of, language, level, levels, town_layer", "1: there is no such date or time"]),
    ("[waivers]\nfile = 'x\x07'", ["1: a character that TOML does not allow"]),
]  # fmt: skip


@pytest.mark.parametrize(("added", "expected"), ADDED, ids=[case[1][0][:60] for case in ADDED])
def test_mistake_in_what_is_added_to_the_base(tmp_path: Path, added: str, expected: list[str]) -> None:
    lines = [END + offset for offset in range(9)]
    wanted = []
    for one in expected:
        line, _, what = one.partition(":")
        wanted.append(f"{END + int(line)}:{what.replace('{1}', str(lines[1]))}")
    assert mistakes(tmp_path, BASE + added) == wanted


def test_all_mistakes_of_a_file_are_listed_at_once_in_the_order_of_their_lines(tmp_path: Path) -> None:
    text = """\
[blueprint]
crs = EPSG:4548
town_layer = 'town'
level = 'open'
[departments.land]
owes = ['land.parcl']
[layers.parcels]  # lacks its department
path = 'missing.shp'
standard = 'land.parcel'
fields = { usecode = 'x',  area = 'y' }
path = 'parcels.shp'
[rules]
select = ['LU99']
[rules.LU01]
min_area_m2 = true
"""
    found = mistakes(tmp_path, text)
    assert [one.split(":")[0] for one in found] == [
        "2",
        "3",
        "4",
        "6",
        "7",
        "8",
        "10",
        "10",
        "11",
        "13",
        "15",
    ]


def test_what_broken_lines_take_with_them_is_not_said_to_be_missing(tmp_path: Path) -> None:
    broken = BASE.replace('path = "parcels.shp"', "path = parcels.shp").replace(
        "[layers.towns]", "[layers.towns"
    )
    broken = broken.replace('name = "Zhoucun"', 'town_layer = "towns"')
    assert [one.split(": ")[0] for one in mistakes(tmp_path, broken)] == ["12", "17"]


def test_a_file_in_another_encoding_is_refused_with_its_line(tmp_path: Path) -> None:
    file = write(tmp_path, "")
    file.write_bytes("[blueprint]\nname = '周村'\n".encode("gbk"))
    with pytest.raises(BlueprintError) as caught:
        read_blueprint(file, vocabulary=VOCABULARY)
    assert [one.text("en") for one in caught.value.mistakes] == [
        f"{file}:2: the file is not in UTF-8\n  help: save it as UTF-8 in your editor"
    ]


def test_a_file_without_layers_is_refused(tmp_path: Path) -> None:
    found = mistakes(tmp_path, "[blueprint]\nname = 'x'\n")
    assert found == ["1: the blueprint names no layer | add [layers.NAME] with path, standard and department"]


def test_no_file_is_an_error_of_its_own(tmp_path: Path) -> None:
    with pytest.raises(BlueprintError, match="there is no blueprint file") as caught:
        read_blueprint(tmp_path / "blueprint.toml", vocabulary=VOCABULARY)
    assert caught.value.mistakes == ()


@pytest.mark.parametrize(
    "path",
    [
        "postgresql://me:${PW}@db/land?table=a.b",
        "postgresql://me@db/land?table=a.b",
        "https://maps.example/wfs?token=${PW}",
        "${DSN}",
        "land.zip/inner.shp",
        "./folder",
        "folder\\\\..\\\\parcels.shp",
    ],
)
def test_paths_that_are_no_mistake(tmp_path: Path, path: str) -> None:
    text = BASE.replace('path = "parcels.shp"', f'path = "{path}"')
    environment = {"PW": "p@ss/word", "DSN": "postgresql://db/land?table=x"}
    assert read(tmp_path, text, environment).layer_specs()[0].name == "parcels"


def test_a_mistake_never_shows_more_than_the_start_of_a_long_text(tmp_path: Path) -> None:
    (found,) = mistakes(tmp_path, BASE.replace('name = "Zhoucun"', f'language = "{"x" * 500}"'))
    assert len(found) < 200


@pytest.mark.parametrize("value", ["{0}", "{name}", "%s", "{", "<b>"])
def test_braces_in_the_file_are_text_and_not_templates(tmp_path: Path, value: Any) -> None:
    (found,) = mistakes(tmp_path, BASE.replace('department = "land"', f'department = "{value}"'))
    assert f"'{value}'" in found
