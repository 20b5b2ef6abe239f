"""A planner's own rules in the engine: three-valued logic, both orders of a pair, the same bytes always."""

from __future__ import annotations

import sqlite3
from itertools import combinations, product
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
import shapely
from engine_district import district
from engine_layers import make_facts, make_layer, outcome_of, record_of, run, square, why

from lantu.config import read_blueprint
from lantu.engine import check
from lantu.engine.tiles import tiles
from lantu.rules import catalogue

if TYPE_CHECKING:
    from pathlib import Path

    from lantu.engine import Checked
    from lantu.model import Layer
    from lantu.rules.own import OwnRule

BASE = """\
[departments.land]
[layers.parcels]
path = "parcels.gpkg"
standard = "land.parcel"
department = "land"
[layers.buildings]
path = "parcels.gpkg"
standard = "housing.building"
department = "land"
"""


def own(folder: Path, *rules: str) -> tuple[OwnRule, ...]:
    """Return rules as a blueprint gives them; codes are ZC01, ZC02, …"""
    (folder / "parcels.gpkg").touch()
    tables = [
        f"[[rule]]\ncode = 'ZC{number:02d}'\nname = 'n'\ntitle = 'The Title'\n{text}\n"
        for number, text in enumerate(rules, 1)
    ]
    (folder / "blueprint.toml").write_text(BASE + "\n".join(tables), encoding="utf-8")
    return read_blueprint(folder / "blueprint.toml").own


def found(checked: Checked) -> set[tuple[str, str, str | None]]:
    table = checked.findings
    return set(zip(table["verdict"], table["id_a"], table["id_b"], strict=True))


PLOTS_IN_ZONES = "subject = 'plan.plot'\nrelation = {{ overlaps = 'heritage.zone' }}\nwhen = '''{when}'''"

CONDITIONS = [
    "subject.far_max > 1.5 AND other.kind = 'control'",
    "subject.far_max > 1.5 OR other.kind = 'control'",
    "NOT (subject.far_max > 1.5 AND other.height_limit_m < 12)",
    "subject.height_max_m > other.height_limit_m AND NOT other.kind = 'control'",
    "other.site_id IS NULL AND subject.far_max BETWEEN 1 AND 2",
    "subject.far_max NOT BETWEEN 1 AND 2 AND other.site_id IN ('S-0', 'S-9')",
    "subject.use_class LIKE 're%' OR subject.height_max_m / 2 > other.height_limit_m",
    "subject.use_class NOT IN ('cropland', 'forest') AND (subject.far_max < 1 OR other.height_limit_m > 9)",
    "subject.far_max IS NOT NULL AND other.site_id <> 'S-0'",
]


@pytest.mark.parametrize("when", CONDITIONS)
def test_verdicts_are_those_of_sql_over_all_pairs_that_overlap(tmp_path: Path, when: str) -> None:
    """SQLite says for every pair that shapely finds overlapping: true, false or null."""
    size = 0
    for seed in (1, 2, 3):
        layers = {layer.name: layer for layer in district(seed, 8, 8)}
        plots, zones = layers["plots"], layers["zones"]
        checked = run(own(tmp_path, PLOTS_IN_ZONES.format(when=when)), plots, zones)
        assert found(checked) == _by_sql(when, plots, zones)
        size += len(checked.findings)
    assert size


def _by_sql(when: str, plots: Layer, zones: Layer) -> set[tuple[str, str, str]]:
    rows = []
    for i, j in product(range(len(plots)), range(len(zones))):
        if shapely.area(shapely.intersection(plots.geometry[i], zones.geometry[j])) > 10.0:
            one = plots.frame.drop(columns="geometry").iloc[i].add_prefix("subject.")
            two = zones.frame.drop(columns="geometry").iloc[j].add_prefix("other.")
            rows.append(pd.concat([one, two]))
    table = pd.DataFrame(rows).astype(object)
    table = table.where(table.notna(), None)
    quoted = when
    for name in sorted(table.columns, key=len, reverse=True):
        quoted = quoted.replace(name, f'"{name}"')
    with sqlite3.connect(":memory:") as database:
        table.loc[:, [name for name in table if ":" not in name]].to_sql("pairs", database, index=False)
        database.execute("PRAGMA case_sensitive_like = ON")
        query = f'SELECT ({quoted}), "subject.id", "other.id" FROM pairs'  # noqa: S608  # of this file's own
        said = database.execute(query).fetchall()
    verdicts = {1: "conflict", None: "undecidable"}
    return {(verdicts[truth], a, b) for truth, a, b in said if truth != 0}


RULES = (
    PLOTS_IN_ZONES.format(when=CONDITIONS[1]),
    """
subject = 'utility.pipe'
relation = { near = 'housing.building', within_m = 12 }
when = "subject.medium = 'gas' AND (distance_m < 6 OR other.height_m > 20)"
""",
    """
subject = 'housing.building'
relation = { near = 'housing.building', within_m = 30 }
when = 'subject.height_m > other.height_m + 5'
""",
    """
subject = 'land.parcel'
relation = { same = 'land.parcel', key = 'id' }
when = 'deviation_m > 1.0 AND subject.far_ratio < other.far_ratio'
""",
    """
subject = 'buildings'
when = 'subject.height_m > 40 OR area_m2 > 500'
""",
)


def test_neither_tiles_nor_threads_change_a_byte(tmp_path: Path) -> None:
    rules = own(tmp_path, *RULES)
    layers = district(3, 6, 6)
    facts = make_facts(*layers)
    whole = record_of(check(rules, facts, jobs=1), facts)
    assert len(tiles(layers[0], 60.0)) > 8
    for jobs, tile_m in ((1, 60.0), (4, 35.0)):
        assert record_of(check(rules, facts, jobs=jobs, tile_m=tile_m), facts) == whole
    checked = check(rules, facts, jobs=1)
    assert set(checked.findings["rule"]) == {rule.code for rule in rules}
    assert checked.findings["finding_id"].is_unique


def test_other_rules_beside_them_change_nothing(tmp_path: Path) -> None:
    """Rules that share a relation share its pairs; masks of one must not leak into another."""
    rules = own(tmp_path, *RULES, RULES[2].replace("+ 5", "- 5"))
    layers = district(4, 5, 5)
    together = run(rules, *layers).findings
    for rule in rules:
        alone = run((rule,), *layers).findings
        pd.testing.assert_frame_equal(
            pd.DataFrame(alone.drop(columns="cause_id")),
            pd.DataFrame(together[together["rule"] == rule.code].drop(columns="cause_id")).reset_index(
                drop=True
            ),
        )


HIGHER = (
    "subject = 'housing.building'\nrelation = { near = 'housing.building', within_m = 60 }\n"
    "when = 'subject.height_m > other.height_m + 5'"
)


def _buildings(name: str, seed: int) -> Layer:
    rng = np.random.default_rng(seed)
    heights = [None if rng.random() < 0.2 else float(height) for height in rng.integers(3, 40, 12)]
    boxes = [square(*rng.uniform(0, 6, 2), 0.3, 0.3) for _ in heights]
    return make_layer(name, "housing.building", boxes, height_m=heights)


def test_both_orders_of_a_pair_are_looked_at_and_each_pair_is_said_once(tmp_path: Path) -> None:
    layers = (_buildings("old", 1), _buildings("new", 2))
    checked = run(own(tmp_path, HIGHER), *layers)
    objects = {
        object_id: (shape, height)
        for layer in layers
        for object_id, shape, height in zip(layer.ids, layer.geometry, layer.values("height_m"), strict=True)
    }
    expected: dict[frozenset[str], Any] = {}
    for one, two in combinations(objects, 2):
        (shape_1, height_1), (shape_2, height_2) = objects[one], objects[two]
        if shapely.distance(shape_1, shape_2) > 60.0 - 0.15 or abs(height_1 - height_2) <= 5:
            continue
        higher = None if np.isnan(height_1 + height_2) else one if height_1 > height_2 else two
        expected[frozenset((one, two))] = higher
    table = checked.findings
    said = {
        frozenset((a, b)): a if verdict == "conflict" else None
        for verdict, a, b in zip(table["verdict"], table["id_a"], table["id_b"], strict=True)
    }
    assert said == expected
    assert len(table) == len(expected)
    assert None in said.values()
    assert {"old", "new"} == {a for a, b in zip(table["layer_a"], table["layer_b"], strict=True) if a == b}


@pytest.mark.parametrize(
    ("gap_m", "verdict"),
    [(4.8, "conflict"), (4.95, "undecidable"), (5.05, "undecidable"), (5.2, None)],
)
@pytest.mark.parametrize("text", ["within_m = 5 }", "within_m = 9 }\nwhen = 'distance_m < 5'"])
def test_a_distance_nearer_to_its_limit_than_the_error_is_undecidable(
    tmp_path: Path, text: str, gap_m: float, verdict: str | None
) -> None:
    parcels = make_layer("parcels", "land.parcel", [square(0, 0)])
    rivers = make_layer("rivers", "water.zone", [square(1 + gap_m / 50, 0)], kind=["river_management"])
    rule = own(tmp_path, "subject = 'land.parcel'\nrelation = { near = 'water.zone', " + text)
    checked = run(rule, parcels, rivers)
    assert checked.findings["verdict"].tolist() == ([] if verdict is None else [verdict])
    if verdict is not None:
        finding = checked.findings.iloc[0]
        assert finding["measure"] == pytest.approx(gap_m)
        assert finding["tolerance"] == pytest.approx(2 * np.hypot(0.05, 0.05))
        assert finding.geometry.length == pytest.approx(gap_m)


def test_a_column_without_any_value_is_not_checked_unless_the_rule_can_do_without(tmp_path: Path) -> None:
    plots = make_layer("plots", "plan.plot", [square(0, 0)], use_class=["industrial"])
    cases = {
        "subject.far_max > 1": "engine.column_lacking",
        "subject.far_max > 1 OR subject.use_class = 'industrial'": None,
        "subject.far_max IS NULL": None,
        "NOT (subject.far_max IS NOT NULL)": None,
        "NOT (subject.far_max > 1 OR subject.use_class = 'industrial')": "engine.column_lacking",
    }
    for when, reason in cases.items():
        checked = run(own(tmp_path, f'subject = "plan.plot"\nwhen = "{when}"'), plots)
        outcome = outcome_of(checked, "ZC01")
        assert (why(outcome) if outcome.answer == "not_checked" else None) == reason, when


def test_a_rule_for_one_layer_leaves_its_sisters_alone(tmp_path: Path) -> None:
    parcels = make_layer("parcels", "land.parcel", [square(0, 0)], use_class=["industrial"])
    old = make_layer("old_parcels", "land.parcel", [square(0, 0)], use_class=["industrial"])
    checked = run(
        own(tmp_path, "subject = 'parcels'\nwhen = \"subject.use_class = 'industrial'\""), parcels, old
    )
    assert checked.findings["layer_a"].tolist() == ["parcels"]
    assert [outcome.layer_a for outcome in checked.outcomes] == ["parcels"]


def test_a_layer_s_name_is_no_standard_of_a_shipped_rule() -> None:
    taken = {name for rule in catalogue() for name in (*rule.subjects, *getattr(rule, "against", ()))}
    assert not any(name.startswith("layer:") for name in taken)


def test_a_finding_has_the_level_of_the_columns_of_its_condition(tmp_path: Path) -> None:
    marked = {"levels": {"right_holder": "secret", "far_ratio": "confidential"}}
    parcels = make_layer(
        "parcels",
        "land.parcel",
        [square(0, 0)],
        far_ratio=[2.0],
        right_holder=["Li"],
        use_class=["industrial"],
        changes=marked,
    )
    for when, level in (
        ("subject.use_class = 'industrial'", "internal"),
        ("subject.use_class = 'industrial' AND subject.far_ratio > 1", "confidential"),
        ("subject.use_class = 'industrial' OR subject.right_holder = 'Wang'", "secret"),
    ):
        checked = run(own(tmp_path, f'subject = "parcels"\nwhen = "{when}"'), parcels)
        assert checked.findings["level"].tolist() == [level]


def test_a_table_of_distances_judges_every_pair_by_its_row(tmp_path: Path) -> None:
    table = "subject.medium,other.use_class,required_m\ngas,industrial,10\ngas,*,3\nwater,*,\n*,cropland,1\n"
    (tmp_path / "t.csv").write_text(table, encoding="utf-8")
    rule = own(
        tmp_path,
        "subject = 'utility.pipe'\nrelation = { near = 'land.parcel', within_m = 10 }\n"
        "required = { table = 't.csv', keys = ['subject.medium', 'other.use_class'] }",
    )
    classes = ["industrial", "commercial", "cropland", None]
    parcels = make_layer("parcels", "land.parcel", [square(n * 3, 0) for n in range(4)], use_class=classes)
    media = ["gas", "water", "heat", None]
    cases = {(medium, at, gap_m) for medium in media for at in range(4) for gap_m in (0.5, 2.0, 5.0, 9.95)}
    ordered = sorted(cases, key=str)
    lines = [
        shapely.transform(_west_side(square(at * 3, 0)), lambda xy, gap_m=gap_m: xy - [gap_m, 0])
        for _, at, gap_m in ordered
    ]
    pipes = make_layer("pipes", "utility.pipe", lines, medium=[medium for medium, _, _ in ordered])
    checked = run(rule, pipes, parcels)
    said = {(a, b): verdict for verdict, a, b in found(checked)}
    tolerance_m = 2 * np.hypot(0.05, 0.05)
    expected = {}
    for number, (medium, at, gap_m) in enumerate(ordered):
        least_m, most_m = _required_by_hand(medium, classes[at])
        verdict = "conflict" if gap_m < least_m - tolerance_m else "undecidable"
        if gap_m < most_m + tolerance_m:
            expected[f"pipes-{number:03d}", f"parcels-{at:03d}"] = verdict
    assert said == expected
    assert set(said.values()) == {"conflict", "undecidable"}
    assert outcome_of(checked, "ZC01").measured < len(ordered), "what nothing is required of is measured"


def _west_side(box: Any) -> Any:
    x, south, _, north = box.bounds
    return shapely.LineString([(x, south), (x, north)])


def _required_by_hand(medium: str | None, use_class: str | None) -> tuple[float, float]:
    """Return the least and the most that the table of the test may require; -1 for nothing."""
    known = {
        ("gas", "industrial"): (10.0, 10.0),
        ("gas", None): (3.0, 10.0),
        ("heat", "cropland"): (1.0, 1.0),
        ("heat", None): (-1.0, 1.0),
        (None, "industrial"): (-1.0, 10.0),
        (None, "commercial"): (-1.0, 3.0),
        (None, "cropland"): (-1.0, 3.0),
        (None, None): (-1.0, 10.0),
    }
    if medium == "gas":
        return known.get((medium, use_class), (3.0, 3.0))
    return known.get((medium, use_class), (-1.0, -1.0))
