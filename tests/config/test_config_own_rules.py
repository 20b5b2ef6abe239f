"""Mistakes in a planner's own rules: conditions, relations, tables; each with its line, all at once."""
# ruff: noqa: E501  # one case is one line of a table

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lantu.config import BlueprintFile, read_blueprint
from lantu.errors import BlueprintError

if TYPE_CHECKING:
    from pathlib import Path

BASE = """\
[departments.land]
[layers.parcels]
path = "parcels.shp"
standard = "land.parcel"
department = "land"

[[rule]]
code = "ZC01"
name = "n"
title = "t"
"""
END = BASE.count("\n") + 1

ZONES = 'subject = "plan.plot"\nrelation = { overlaps = "heritage.zone" }\n'
PIPES = 'subject = "utility.pipe"\nrelation = { near = "plan.plot", within_m = 5 }\n'
TABLE = "subject.medium,other.use_class,required_m\n"


def read(folder: Path, rule: str, table: str | None = None) -> BlueprintFile:
    (folder / "parcels.shp").touch()
    if table is not None:
        (folder / "table.csv").write_text(table, encoding="utf-8")
    (folder / "blueprint.toml").write_text(BASE + rule, encoding="utf-8")
    return read_blueprint(folder / "blueprint.toml")


def mistakes(folder: Path, rule: str, table: str | None = None) -> list[str]:
    """Return ``line: what | help`` for every mistake, lines counted from the end of the base."""
    with pytest.raises(BlueprintError) as caught:
        read(folder, rule, table)
    said = []
    for one in caught.value.mistakes:
        assert one.text("zh") != one.text("en")
        line, _, text = one.text("en").removeprefix(f"{folder / 'blueprint.toml'}:").partition(": ")
        said.append(f"{int(line) - END}: " + text.replace("\n  help: ", " | "))
    return said


CONDITIONS = [
    ("subject.far_max >", "is wrong at character 18 (▶): subject.far_max >▶ | write it like"),
    ("subject.far_max > 1 subject.id = 'a'", "is wrong at character 21 (▶)"),
    ("subject.far_mx > 1", "the standard plan.plot has no column 'far_mx' (character 1 of the condition): ▶subject.far_mx > 1 | did you mean 'subject.far_max'?"),
    ("1 < far_max", "'far_max' at character 5 of the condition stands for nothing: 1 < ▶far_max | did you mean 'subject.far_max'?"),
    ("distance_m < 5", "'distance_m' at character 1 of the condition stands for nothing"),
    ("area_m2 > 'big'", "a number is compared with text at character 1 of the condition: ▶area_m2 > 'big' | write numbers without quotes"),
    ("subject.far_max > '1.0'", "a number is compared with text at character 1"),
    ("subject.use_code = 701", "text is compared with a number at character 1 of the condition: ▶subject.use_code = 701 | write text in single quotes: '701'"),
    ("subject.valid_to < '2026-01-01'", "a date is compared with text at character 1 of the condition: ▶subject.valid_to < '2026-01-01 | write dates as DATE('2026-11-23')"),
    ("subject.far_max = other.kind", "a number is compared with text at character 1"),
    ("subject.far_max = TRUE", "a number is compared with true or false"),
    ("other.kind = 'contrl'", "'other.kind' can never be 'contrl' (character 14 of the condition): other.kind = ▶'contrl' | did you mean 'control'?"),
    ("other.kind IN ('control', '保护范围')", "'other.kind' can never be '保护范围' (character 27 of the condition): other.kind IN ('control', ▶'保护范围') | did you mean 'protection'?"),
    ("'xyz' <> other.kind", "'other.kind' can never be 'xyz' (character 1 of the condition): ▶'xyz' <> other.kind | one of protection, control"),
    ("subject.use_class = '耕地'", "| did you mean 'cropland'?"),
    ("subject.far_max LIKE '1%'", "text is needed at character 1"),
    ("CASEI(subject.far_max) = 'a'", "text is needed at character 7"),
    ("other.kind LIKE subject.use_code", "LIKE needs text in single quotes"),
    ("subject.far_max + other.kind > 1", "a number is needed at character 19 of the condition: subject.far_max + ▶other.kind > 1"),
    ("subject.valid_to < DATE('2026-13-01')", "'2026-13-01' in the condition is no date"),
]  # fmt: skip


@pytest.mark.parametrize(("when", "said"), CONDITIONS)
def test_a_mistake_in_a_condition_is_named_with_its_place(tmp_path: Path, when: str, said: str) -> None:
    (found,) = mistakes(tmp_path, f'{ZONES}when = "{when}"')
    assert found.startswith("2: 'rule[1].when': ")
    assert said in found


def test_all_mistakes_of_a_condition_are_listed_in_order(tmp_path: Path) -> None:
    found = mistakes(tmp_path, f'{ZONES}when = """other.kind = \'x\' AND\nsubject.a > 1 AND other.b = 2"""')
    assert ["can never be 'x'" in found[0], "'a'" in found[1], "'b'" in found[2]] == [True] * 3
    assert all("\n" not in one for one in found)


@pytest.mark.parametrize(
    "when",
    [
        "subject.far_max > 1 AND other.kind = 'control' AND share > 0.5",
        "subject.valid_to < DATE('2026-01-01') OR subject.id <> other.id",
        "CASEI(subject.use_code) LIKE CASEI('R%') AND other.kind LIKE '%control%'",
        "subject.height_max_m > other.height_limit_m * 2 + 1 AND area_m2 BETWEEN 1 AND 10",
        "subject.use_class IN ('cropland', 'forest') AND NOT other.site_id IS NULL",
        '\\"subject.far_max\\" > 1',
    ],
)
def test_a_good_condition_has_no_mistake(tmp_path: Path, when: str) -> None:
    (rule,) = read(tmp_path, f'{ZONES}when = "{when}"').own
    assert rule.condition is not None


OTHERS = [
    ('subject = "land.parcel"\nwhen = "other.kind = 1"', "1: 'rule[1].when': 'other.kind' at character 1 of the condition stands for nothing, because the rule looks at its subject alone"),
    (f'{PIPES}when = "distance_m = 3"', "2: 'rule[1].when': 'distance_m' is measured and has an error"),
    ('subject = "parcels"\nwhen = "subject.kind = 1"', "1: 'rule[1].when': the standard land.parcel has no column 'kind'"),
    ('subject = "parcells"\nwhen = "subject.kind >"', "1: 'rule[1].when': the condition is wrong"),
    ('subject = "parcels"\nrelation = { same = "parcels", key = "code" }', "1: 'rule[1].relation.key' cannot be the text 'code' | one of id, geometry"),
    ('subject = "parcels"\nrelation = { near = "parcels", within_m = 3, min_share = 0.5 }', "1: in 'rule[1].relation', min_share goes with overlaps only"),
    (f'{ZONES}required = {{ table = "table.csv", keys = ["other.kind"] }}', "2: 'rule[1].required' requires distances, so the relation has to be near"),
    (f'{PIPES}required = {{ table = "tabel.csv", keys = ["subject.medium", "other.use_class"] }}', "2: 'rule[1].required.table' names a file that does not exist: tabel.csv | did you mean 'table.csv'?"),
    (f'{PIPES}required = {{ table = "table.csv", keys = ["subject.medum", "distance_m"] }}', "2: 'rule[1].required.keys' names"),
    (f'{PIPES}required = {{ table = "table.csv", keys = [] }}', "2: 'rule[1].required.keys' should have 1 values, but has 0"),
    (f'{PIPES}required = {{ tabel = "table.csv", keys = ["subject.medium"] }}', "2: [rule[1].required] has no key 'tabel' | did you mean 'table'?"),
    (f'{PIPES}required = "table.csv"', "2: 'rule[1].required' should be a table, but is the text 'table.csv'"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "said"), OTHERS)
def test_a_mistake_around_the_condition_is_named_too(tmp_path: Path, rule: str, said: str) -> None:
    found = mistakes(tmp_path, rule, TABLE + "gas,*,3\n")
    if "keys' names" in said:
        assert found == [
            "2: 'subject.medum' in 'rule[1].required.keys' is no column of the subject or of the other side | did you mean 'subject.medium'?",
            found[1],
        ]
        assert "'distance_m' in 'rule[1].required.keys'" in found[1]
        return
    assert any(one.startswith(said) for one in found), found


REQUIRED = 'required = { table = "table.csv", keys = ["subject.medium", "other.use_class"] }'


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("gass,*,3\n", ["table.csv, line 2: subject.medium can never be 'gass' | did you mean 'gas'?"]),
        ("gas,,3\nRQ,*,1\n", ["table.csv, line 2: other.use_class can never be ''"]),
        ("gas,*,3\n燃气,*,4\n", ["table.csv, line 3: the keys are those of line 2"]),
        ("gas,*,-1\nwater,*,three\n", ["line 2: required_m should be a number", "but is 'three'"]),
        ("", ["table.csv"]),
    ],
)
def test_a_mistake_in_a_table_is_named_with_its_line(tmp_path: Path, rows: str, said: list[str]) -> None:
    found = mistakes(tmp_path, PIPES + REQUIRED, TABLE + rows)
    assert len(found) == len(said)
    for one, part in zip(found, said, strict=True):
        assert one.startswith("2: 'rule[1].required.table': ")
        assert part in one


def test_a_reach_that_is_less_than_the_table_asks_is_a_mistake(tmp_path: Path) -> None:
    (found,) = mistakes(tmp_path, PIPES + REQUIRED, TABLE + "gas,*,10\n")
    assert found.startswith(
        "1: 'rule[1].relation.within_m' is 5 m, less than the 10 m that the table table.csv"
    )


def test_a_column_without_its_unit_is_a_mistake(tmp_path: Path) -> None:
    (found,) = mistakes(tmp_path, PIPES + REQUIRED, "subject.medium,other.use_class,required\ngas,*,3\n")
    assert "required_m" in found


def test_tuning_an_own_rule_points_to_its_own_table(tmp_path: Path) -> None:
    (found,) = mistakes(tmp_path, ZONES + "[rules.ZC01]\nseverity = 'minor'")
    assert found.endswith("| ZC01 is a rule of this file: its parameters stand in its own [[rule]] table")


def test_a_rule_of_the_file_is_built_whole(tmp_path: Path) -> None:
    table = "subject.medium,other.use_class,required_m,clause\n燃气,*,3,§ 8\n"
    (rule,) = read(tmp_path, PIPES + REQUIRED + "\nbasis = 'law {x}'\nseverity = 'minor'", table).own
    assert (rule.code, rule.family, rule.name, rule.severity) == ("ZC01", "ZC", "n", "minor")
    assert (rule.subjects, rule.against) == (("utility.pipe",), ("plan.plot",))
    assert rule.text("title") == {"zh": "t", "en": "t"}
    assert rule.text("basis") == {"zh": "law {x}", "en": "law {x}"}
    assert rule.text("resolve") is None
    assert rule.table is not None
    assert rule.table.rows[0].cells == ("gas", "*")
    assert rule.parameters["required"]["table"] == "table.csv"
    assert rule.parameters["relation"] == {"near": "plan.plot", "within_m": 5.0}
