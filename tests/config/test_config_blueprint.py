"""What a blueprint file without mistakes comes to."""

from __future__ import annotations

import dataclasses
import datetime as dt
import pickle
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantu.config import Vocabulary, read_blueprint, shipped_vocabulary
from lantu.config.address import address_mistakes, is_address, resolve
from lantu.errors import BlueprintError
from lantu.model import Department, EndPointsSpec, JoinSpec, LayerSpec, TransformSpec

VOCABULARY = Vocabulary(
    standards={
        "land.parcel": {
            "id": (),
            "use_code": (),
            "use_class": (),
            "area_registered_m2": ("m2", "ha", "mu", "km2"),
            "right_holder": (),
        },
        "land.survey": {"id": ()},
        "plan.plot": {"id": ()},
        "heritage.zone": {"id": ()},
        "admin.area": {"id": ()},
    },
    rules={
        "LU01": {"severity": Literal["major", "minor"], "min_area_m2": float, "matrix": Path | None},
        "GE06": {"kinds": tuple[str, ...]},
    },
    codelists=("gbt21010-2017",),
)

# The file of the contract, with the departments and the layer that it refers to.
CONTRACT = """\
[blueprint]
name     = "周村区一张蓝图"
crs      = "EPSG:4548"
as_of    = 2026-11-23
language = "zh"
level    = "internal"
town_layer = "towns"

[departments.land]
name    = "自然资源局"
owes    = ["land.parcel", "land.survey"]
contact = "…"
[departments.planning]

[layers.parcels]
path       = "land/parcels.shp"
layer      = "宗地"
standard   = "land.parcel"
department = "land"
crs        = "EPSG:4527"
encoding   = "GBK"
accuracy_m = 0.10
issued     = 2026-03-01
update     = "P1Y"
level      = "internal"
where      = "STATUS = '现势'"
codelist   = "gbt21010-2017"
fields     = { id = "ZDDM", use_code = "DLBM", area_registered_m2 = "ZDMJ" }
units      = { area_registered_m2 = "mu" }
levels     = { right_holder = "confidential" }
join       = { path = "land/tax.csv", on = "ML", table_key = "MapLot" }
transform  = { control_points = "land/control.csv" }
[layers.towns]
path = 'land\\towns.zip'
standard = "admin.area"
department = "planning"
codelist = "land/tax.csv"

[rules]
select = ["ALL"]
ignore = ["GE06"]
[rules.LU01]
min_area_m2 = 50
severity    = "major"
matrix      = "city/compatibility.csv"

[[rule]]
code     = "ZC01"
name     = "plot-ratio-too-high-in-control-zone"
title    = "建设控制地带内容积率过高"
subject  = "plan.plot"
relation = { overlaps = "heritage.zone", min_area_m2 = 10.0 }
when     = "other.kind = 'control' AND subject.far_max > 1.0"
severity = "major"
basis    = "…"

[authority]
"land.parcel.use_class" = ["land", "planning"]

[waivers]
file = "waivers.csv"
[report]
formats = ["html", "gpkg", "html"]
"""


def folder_of(tmp_path: Path, text: str = CONTRACT) -> Path:
    for name in (
        "land/parcels.shp",
        "land/towns.zip",
        "land/tax.csv",
        "land/control.csv",
        "city/compatibility.csv",
        "waivers.csv",
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "blueprint.toml").write_text(text, encoding="utf-8")
    return tmp_path


def test_everything_in_the_contract_is_read(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    file = read_blueprint(folder, vocabulary=VOCABULARY)
    assert (file.path, file.folder) == (folder / "blueprint.toml", folder)
    assert (file.name, file.crs, file.as_of) == ("周村区一张蓝图", "EPSG:4548", dt.date(2026, 11, 23))
    assert (file.language, file.level, file.town_layer) == ("zh", "internal", "towns")
    assert file.departments["land"] == Department(
        key="land", name="自然资源局", owes=("land.parcel", "land.survey"), contact="…"
    )
    assert file.departments["planning"] == Department(key="planning", name="planning")
    assert file.rules.select == ("ALL",)
    assert file.rules.ignore == ("GE06",)
    assert file.rules.parameters == {
        "LU01": {"min_area_m2": 50, "severity": "major", "matrix": str(folder / "city/compatibility.csv")}
    }
    assert file.own_rules == ("ZC01",)
    assert file.custom_rules[0].relation.overlaps == "heritage.zone"
    assert file.authority == {"land.parcel.use_class": ("land", "planning")}
    assert file.waiver_file == folder / "waivers.csv"
    assert file.formats == ("html", "gpkg")


def test_layers_become_specs_with_absolute_paths(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    parcels, towns = read_blueprint(folder, vocabulary=VOCABULARY).layer_specs()
    assert parcels == LayerSpec(
        name="parcels",
        path=folder / "land/parcels.shp",
        standard="land.parcel",
        department="land",
        layer="宗地",
        crs="EPSG:4527",
        encoding="GBK",
        accuracy_m=0.1,
        issued=dt.date(2026, 3, 1),
        update="P1Y",
        level="internal",
        where="STATUS = '现势'",
        codelist="gbt21010-2017",
        fields={"id": "ZDDM", "use_code": "DLBM", "area_registered_m2": "ZDMJ"},
        units={"area_registered_m2": "mu"},
        levels={"right_holder": "confidential"},
        join=JoinSpec(path=folder / "land/tax.csv", on="ML", table_key="MapLot"),
        transform=TransformSpec(control_points=folder / "land/control.csv"),
    )
    assert towns == LayerSpec(
        name="towns",
        path=folder / "land/towns.zip",
        standard="admin.area",
        department="planning",
        codelist=folder / "land/tax.csv",
    )
    assert pickle.loads(pickle.dumps(parcels)) == parcels  # noqa: S301  # executors hand specs on


def test_the_file_is_frozen(tmp_path: Path) -> None:
    file = read_blueprint(folder_of(tmp_path), vocabulary=VOCABULARY)
    with pytest.raises(dataclasses.FrozenInstanceError):
        file.name = "other"  # type: ignore[misc]


def test_defaults(tmp_path: Path) -> None:
    text = "[departments.a]\n[layers.x]\npath = 'waivers.csv'\nstandard = 'plan.plot'\ndepartment = 'a'\n"
    today = dt.date(2024, 2, 29)
    file = read_blueprint(folder_of(tmp_path, text), vocabulary=VOCABULARY, today=today)
    assert (file.name, file.crs, file.as_of) == (tmp_path.name, "auto", today)
    assert (file.language, file.level, file.town_layer, file.waiver_file) == ("zh", "internal", None, None)
    assert file.rules.select == ("ALL",)
    assert file.formats == ("html", "gpkg", "xlsx", "parquet")
    assert file.layer_specs()[0].level == "internal"


def test_a_layer_takes_the_level_of_the_blueprint_unless_it_has_its_own(tmp_path: Path) -> None:
    text = CONTRACT.replace('level    = "internal"', 'level    = "secret"')
    parcels, towns = read_blueprint(folder_of(tmp_path, text), vocabulary=VOCABULARY).layer_specs()
    assert (parcels.level, towns.level) == ("internal", "secret")


def test_a_relative_path_to_the_file_gives_absolute_paths(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder_of(tmp_path))
    file = read_blueprint(Path("blueprint.toml"), vocabulary=VOCABULARY)
    assert file.layer_specs()[0].path == tmp_path / "land/parcels.shp"


def test_a_file_saved_by_notepad_is_read(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    (folder / "blueprint.toml").write_bytes(b"\xef\xbb\xbf" + CONTRACT.replace("\n", "\r\n").encode())
    assert read_blueprint(folder, vocabulary=VOCABULARY).name == "周村区一张蓝图"


@pytest.mark.parametrize(
    ("select", "ignore", "shipped", "own"),
    [
        ('["ALL"]', '["ZC"]', ("ALL",), ()),
        ('["LU01"]', "[]", ("LU01",), ()),
        ('["LU", "ZC01"]', "[]", ("LU",), ("ZC01",)),
        ('["ZC"]', '["GE"]', (), ("ZC01",)),
    ],
)
def test_a_selection_is_told_apart_by_whose_rules_it_names(
    tmp_path: Path, select: str, ignore: str, shipped: tuple[str, ...], own: tuple[str, ...]
) -> None:
    text = CONTRACT.replace('select = ["ALL"]', f"select = {select}").replace(
        'ignore = ["GE06"]', f"ignore = {ignore}"
    )
    file = read_blueprint(folder_of(tmp_path, text), vocabulary=VOCABULARY)
    assert (file.rules.select, file.own_rules) == (shipped, own)


def test_lists_in_parameters_become_tuples(tmp_path: Path) -> None:
    text = CONTRACT + "[rules.GE06]\nkinds = ['a', 'b']\n"
    file = read_blueprint(folder_of(tmp_path, text), vocabulary=VOCABULARY)
    assert file.rules.parameters["GE06"] == {"kinds": ("a", "b")}


@pytest.mark.parametrize("relation", ['"none"', "{ none = true }", "{}"])
def test_an_own_rule_may_look_at_its_subject_alone(tmp_path: Path, relation: str) -> None:
    text = CONTRACT.replace('{ overlaps = "heritage.zone", min_area_m2 = 10.0 }', relation)
    text = text.replace("other.kind = 'control' AND ", "")
    (rule,) = read_blueprint(folder_of(tmp_path, text), vocabulary=VOCABULARY).custom_rules
    assert (rule.relation.overlaps, rule.relation.near, rule.relation.same) == (None, None, None)


def test_secrets_of_the_environment_are_given_only_to_who_asks_for_the_address(tmp_path: Path) -> None:
    text = CONTRACT.replace("'land\\towns.zip'", '"postgresql://me:${PW}@db/land?table=a.b"')
    folder = folder_of(tmp_path, text)
    file = read_blueprint(folder, vocabulary=VOCABULARY, environment={"PW": "open-sesame"})
    assert file.address("towns") == "postgresql://me:open-sesame@db/land?table=a.b"
    assert file.address("parcels") is None
    assert "open-sesame" not in repr(file)
    assert "open-sesame" not in repr(file.layer_specs())
    assert "${PW}" in str(file.layer_specs()[1].path)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("postgresql://db/land?table=a.b", True),
        ("postgresql+psycopg://db/land", True),
        ("https://maps.example/wfs", True),
        ("WFS:https://maps.example/wfs", True),
        ("${DSN}", True),
        ("land/parcels.shp", False),
        ("D:/land/parcels.shp", False),
        ("D://land/parcels.shp", False),
        ("//server/share/parcels.shp", False),
        ("宗地.shp", False),
    ],
)
def test_addresses_are_told_from_files(text: str, address: bool) -> None:  # noqa: FBT001  # a case's answer
    assert is_address(text) is address


def test_a_password_may_hold_any_character() -> None:
    environment = {"USER": "me", "PW": "p@ss:w/rd#1?", "T": "a.b"}
    resolved = resolve("postgresql://${USER}:${PW}@db:5432/land?table=${T}", environment)
    assert resolved == "postgresql://me:p%40ss%3Aw%2Frd%231%3F@db:5432/land?table=a.b"


def test_an_address_from_the_environment_is_taken_as_it_is() -> None:
    assert resolve("${DSN}", {"DSN": "postgresql://a:b%40@db/x"}) == "postgresql://a:b%40@db/x"


@given(st.text(st.characters(exclude_characters="@/?#$&;", exclude_categories=("Cs",)), min_size=1))
def test_a_written_out_password_is_always_a_mistake_and_never_repeated(password: str) -> None:
    def said(secret: str) -> str:
        (found,) = address_mistakes(
            ("layers", "x", "path"), f"postgresql://me:{secret}@db/land?table=a.b", {}
        )
        return found.what.text("en") + (found.help.text("en") if found.help else "")

    # A short password may be part of any sentence ("secr" of "secret"): no sentence may depend on it.
    assert said(password) == said("another")


def test_a_join_on_two_fields_is_where_lines_start_and_end(tmp_path: Path) -> None:
    join = 'on = ["起点点号", "终点点号"], table_key = "物探点号", table_layer = "管点"'
    text = CONTRACT.replace('on = "ML", table_key = "MapLot"', join)
    parcels, _ = read_blueprint(folder_of(tmp_path, text), vocabulary=VOCABULARY).layer_specs()
    assert parcels.join is None
    assert parcels.ends == EndPointsSpec(
        path=tmp_path / "land/tax.csv", on=("起点点号", "终点点号"), table_key="物探点号", layer="管点"
    )


@pytest.mark.parametrize("fields", ["[]", '["A", "B", "C"]', "3", '["A", 3]', '" "'])
def test_a_join_is_on_one_field_or_two(tmp_path: Path, fields: str) -> None:
    text = CONTRACT.replace('on = "ML"', f"on = {fields}")
    with pytest.raises(BlueprintError, match="join"):
        read_blueprint(folder_of(tmp_path, text), vocabulary=VOCABULARY)


def test_the_shipped_vocabulary_knows_the_standards_of_the_contract() -> None:
    vocabulary = shipped_vocabulary()
    assert vocabulary.standards["land.parcel"]["area_registered_m2"][:4] == ("m2", "ha", "mu", "km2")
    assert vocabulary.standards["heritage.zone"]["site_id"] == ()
    assert "third-survey" in vocabulary.codelists
    assert len(vocabulary.standards) == 12
    for code, parameters in vocabulary.rules.items():
        assert "severity" in parameters, code
