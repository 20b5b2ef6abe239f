"""Clear distances and cover: found, undecidable with its range, or no row."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from lantu.errors import StandardError
from lantu.standards import (
    Pipes,
    clearance_horizontal,
    clearance_vertical,
    cover_depth,
    possible_pressures,
    pressure_classes,
    reference_table,
)

if TYPE_CHECKING:
    from lantu.model import ObjectArray


def objects(*values: object) -> ObjectArray:
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def one(medium: Any, **facts: Any) -> Pipes:
    numbers = {"diameter_mm", "voltage_kv"}
    arrays = {name: np.array([value]) if name in numbers else objects(value) for name, value in facts.items()}
    return Pipes(medium=objects(medium), **arrays)


def answer(rows: Any) -> tuple[Any, ...]:
    return rows.status[0], rows.min_m[0], rows.max_m[0], rows.unknown[0]


def test_water_to_a_building_by_diameter() -> None:
    wide = clearance_horizontal(one("water", diameter_mm=300.0), against="building")
    assert answer(wide) == ("found", 3.0, 3.0, None)
    assert wide.required_m[0] == 3.0
    assert wide.row_id[0] == "H002"
    assert wide.recalled[0]
    assert answer(clearance_horizontal(one("water", diameter_mm=200.0), against="building"))[:2] == (
        "found",
        1.0,
    )
    unknown = clearance_horizontal(one("water"), against="building")
    assert answer(unknown) == ("undecidable", 1.0, 3.0, "diameter_mm")
    assert np.isnan(unknown.required_m[0])


def test_gas_to_a_building_by_pressure() -> None:
    def required(pressure: Any) -> tuple[Any, ...]:
        return answer(clearance_horizontal(one("gas", pressure=pressure), against="building"))

    assert required("低压") == ("found", 0.7, 0.7, None)
    assert required("中压A") == ("found", 1.5, 1.5, None)
    assert required("中压") == ("undecidable", 1.0, 1.5, "pressure")
    assert required("0.4MPa") == ("found", 1.5, 1.5, None)
    assert required("400 kPa") == ("found", 1.5, 1.5, None)
    assert required(None) == ("undecidable", 0.7, 13.5, "pressure")
    status, low, high, unknown = required("2.5")  # above the table: GB 50028 has it
    assert (status, unknown) == ("no_row", None)
    assert np.isnan([low, high]).all()


def test_rows_of_a_table_that_agree_decide_although_something_is_unknown() -> None:
    found = clearance_horizontal(one("sewage"), against=one("telecom"))  # 1.0 buried or in ducts
    assert answer(found) == ("found", 1.0, 1.0, None)
    assert answer(clearance_horizontal(one("storm"), against=one("sewage")))[0] == "no_row"


def test_two_of_a_kind_fit_a_row_both_ways() -> None:
    def required(a: Any, b: Any) -> tuple[Any, ...]:
        return answer(clearance_horizontal(one("gas", diameter_mm=a), against=one("gas", diameter_mm=b)))

    assert required(300.0, 300.0) == ("found", 0.4, 0.4, None)
    assert required(400.0, 100.0) == required(100.0, 400.0) == ("found", 0.5, 0.5, None)
    assert required(400.0, np.nan) == required(np.nan, 400.0) == ("found", 0.5, 0.5, None)
    assert required(100.0, np.nan) == ("undecidable", 0.4, 0.5, "diameter_mm")


def test_power_and_telecom_by_voltage_whatever_the_laying() -> None:
    high = clearance_horizontal(one("power", voltage_kv=35.0), against=one("telecom"))
    assert answer(high) == ("found", 2.0, 2.0, None)
    assert answer(clearance_horizontal(one("power"), against=one("telecom"))) == (
        "undecidable",
        0.5,
        2.0,
        "voltage_kv",
    )


def test_the_delivered_word_tells_reclaimed_water_steam_and_tunnels_apart() -> None:
    assert answer(clearance_horizontal(one("water", raw_medium="中水"), against="building"))[:2] == (
        "found",
        1.0,
    )
    tree = [
        answer(clearance_horizontal(one("heat", raw_medium=raw), against="tree"))
        for raw in ("ZQ", "RS", "RL")
    ]
    assert tree == [
        ("found", 2.0, 2.0, None),
        ("found", 1.5, 1.5, None),
        ("undecidable", 1.5, 2.0, "steam"),
    ]
    assert answer(clearance_horizontal(one("other", raw_medium="综合管沟"), against="building"))[:2] == (
        "found",
        0.5,
    )


def test_laying_turns_a_pipe_into_a_trench_or_out_of_the_table() -> None:
    assert answer(clearance_horizontal(one("heat", laying="管沟"), against="building"))[:2] == ("found", 0.5)
    assert answer(clearance_horizontal(one("power", laying="JK"), against="building"))[0] == "no_row"
    assert answer(clearance_horizontal(one("telecom", laying="GK"), against="building"))[:2] == ("found", 1.5)


def test_an_unknown_medium_is_undecidable_and_an_uncovered_one_has_no_row() -> None:
    unknown = clearance_horizontal(one(None), against="building")
    assert unknown.status[0] == "undecidable"
    assert unknown.unknown[0] == "medium"
    assert np.isnan([unknown.min_m[0], unknown.max_m[0]]).all()
    assert clearance_horizontal(one("industrial"), against="building").status[0] == "no_row"
    assert clearance_horizontal(one("other", raw_medium="BM"), against="building").status[0] == "undecidable"


def test_vertical_distances_with_and_without_a_separating_plate() -> None:
    crossing = clearance_vertical(one("power", laying="直埋"), against=one("water"))
    assert answer(crossing) == ("found", 0.5, 0.5, None)
    assert crossing.with_separator_m[0] == 0.25
    assert answer(clearance_vertical(one("water"), against=one("storm")))[:2] == ("found", 0.4)
    assert answer(clearance_vertical(one("power"), against=one("gas"))) == (
        "undecidable",
        0.15,
        0.5,
        "laying",
    )
    assert answer(clearance_vertical(one("gas"), against="rail_bottom"))[:2] == ("found", 1.2)


def test_cover_by_surface() -> None:
    assert answer(cover_depth(one("gas", surface="机动车道"))) == ("found", 0.9, 0.9, None)
    assert answer(cover_depth(one("gas", surface="sidewalk"))) == ("found", 0.6, 0.6, None)
    assert answer(cover_depth(one("gas"))) == ("undecidable", 0.3, 0.9, "surface")
    assert answer(cover_depth(one("water", surface="motor_lane", material="铸铁"))) == (
        "found",
        0.7,
        0.7,
        None,
    )
    assert answer(cover_depth(one("water", surface="motor_lane", material="PE"))) == ("found", 1.0, 1.0, None)
    assert answer(cover_depth(one("water", surface="motor_lane"))) == ("undecidable", 0.7, 1.0, "material")
    assert answer(cover_depth(one("sewage", surface="人行道")))[:2] == ("found", 0.6)
    assert cover_depth(one("industrial")).status[0] == "no_row"
    assert cover_depth(one(None)).status[0] == "undecidable"


def test_a_missing_object_is_refused_with_the_closest_name() -> None:
    with pytest.raises(StandardError, match="did you mean 'building'"):
        clearance_horizontal(one("water"), against="buildings")


def test_no_pipes_need_no_clearance() -> None:
    nothing = Pipes(medium=objects())
    for rows in (
        clearance_horizontal(nothing, against=nothing),
        clearance_vertical(nothing, against=nothing),
    ):
        assert len(rows.status) == len(rows.required_m) == 0
    assert len(cover_depth(nothing).status) == 0


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("0.01", "low"),
        ("0.010001", "medium_b"),
        ("0.2", "medium_b"),
        ("0.4", "medium_a"),
        ("中压（A）", "medium_a"),
        ("中压B级", "medium_b"),
        ("中", "medium_b medium_a"),
        ("次高压", "subhigh_b subhigh_a"),
        ("高压", "high_b high_a"),
        ("低压管道", "low"),
        ("5", ""),
    ],
)
def test_pressures_mean_classes(text: Any, words: str) -> None:
    possible = possible_pressures(objects(text))[0]
    assert [one.word for one, may in zip(pressure_classes(), possible, strict=True) if may] == words.split()


@pytest.mark.parametrize("text", [None, "", "不详", "400", "0.3-0.4"])
def test_an_unreadable_pressure_can_be_any(text: Any) -> None:
    assert possible_pressures(objects(text)).all()


MEDIA = {
    "water": "water",
    "sewer": "sewage",
    "gas": "gas",
    "heat": "heat",
    "power": "power",
    "telecom": "telecom",
}
GAS = {
    "low": "低压",
    "medium_b": "中压B",
    "medium_a": "中压A",
    "subhigh_b": "次高压B",
    "subhigh_a": "次高压A",
}


def brute_force(table: Any, a: Any, b: Any) -> float | None:
    """Return the value of the first row whose conditions all hold, tried both ways, from the CSV alone."""

    def holds(condition: str, facts: Any) -> bool:
        if not condition:
            return True
        for sign, test in (
            ("<=", lambda x, y: x <= y),
            (">=", lambda x, y: x >= y),
            ("<", lambda x, y: x < y),
            (">", lambda x, y: x > y),
        ):
            if sign in condition:
                key, value = condition.split(sign)
                return test(facts[key], float(value))
        key, value = condition.split("=")
        return facts[key] in {value, *(["duct", "conduit"] if value in {"duct", "conduit"} else [])}

    for first, second in ((a, b), (b, a)):
        for row in reference_table(table):
            if (row["object_a"], row["object_b"]) == (first["object"], second["object"]) and (
                holds(row["a_condition"], first) and holds(row["b_condition"], second)
            ):
                return float(row["min_clear_m"])
    return None


@pytest.mark.parametrize("table", ["pipeline_clearance_horizontal", "pipeline_clearance_vertical"])
def test_with_everything_known_the_table_answers_as_read_row_by_row(table: Any) -> None:
    facts = [
        {
            "object": name,
            "diameter_mm": diameter,
            "pressure_class": pressure,
            "voltage_kv": voltage,
            "laying": laying,
            "medium": "no",
        }
        for name, diameter, pressure, voltage, laying in itertools.product(
            MEDIA,
            (150.0, 400.0),
            ("low", "medium_a", "subhigh_a"),
            (10.0, 110.0),
            ("direct_buried", "conduit"),
        )
    ]
    rng = np.random.default_rng(7)
    chosen = rng.choice(len(facts), size=(600, 2))
    left, right = [[facts[i] for i in chosen[:, side]] for side in (0, 1)]

    def pipes(side: list[dict[str, Any]]) -> Pipes:
        return Pipes(
            medium=objects(*(MEDIA[fact["object"]] for fact in side)),
            diameter_mm=np.array([fact["diameter_mm"] for fact in side]),
            pressure=objects(*(GAS[fact["pressure_class"]] for fact in side)),
            voltage_kv=np.array([fact["voltage_kv"] for fact in side]),
            laying=objects(*(fact["laying"] for fact in side)),
        )

    lookup = clearance_horizontal if table.endswith("horizontal") else clearance_vertical
    rows = lookup(pipes(left), against=pipes(right))
    expected = [brute_force(table, a, b) for a, b in zip(left, right, strict=True)]
    assert {*rows.status} <= {"found", "no_row"}
    assert [None if np.isnan(value) else value for value in rows.required_m] == expected
    mirrored = lookup(pipes(right), against=pipes(left))
    np.testing.assert_array_equal(rows.required_m, mirrored.required_m)


def test_forgetting_an_attribute_never_leaves_the_range() -> None:
    rng = np.random.default_rng(11)
    count = 400
    full = {
        "diameter_mm": rng.choice([150.0, 400.0], count),
        "pressure": rng.choice(list(GAS.values()), count).astype(object),
        "voltage_kv": rng.choice([10.0, 110.0], count),
        "laying": rng.choice(["direct_buried", "conduit"], count).astype(object),
    }
    medium = rng.choice(list(MEDIA.values()), count).astype(object)
    other = Pipes(medium=rng.permutation(medium), **{name: values[::-1] for name, values in full.items()})
    known = clearance_horizontal(Pipes(medium=medium, **full), against=other)
    for forgotten in full:
        rest = {name: values for name, values in full.items() if name != forgotten}
        vague = clearance_horizontal(Pipes(medium=medium, **rest), against=other)
        has = known.status == "found"
        assert (vague.min_m[has] <= known.required_m[has]).all()
        assert (vague.max_m[has] >= known.required_m[has]).all()
        open_rows = vague.status == "undecidable"
        assert all(forgotten in names for names in vague.unknown[open_rows])
