"""What goes with what, and what an overlay allows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from lantu.errors import StandardError
from lantu.standards import (
    CONSTRAINT_VERDICTS,
    StandardMistakes,
    compatibility,
    constraint,
    is_construction,
    overlays,
    reference_table,
    use_classes,
)

if TYPE_CHECKING:
    from pathlib import Path

    from lantu.model import ObjectArray


def objects(*values: object) -> ObjectArray:
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def test_every_cell_is_found_as_the_table_has_it() -> None:
    table = reference_table("landuse_compatibility")
    rows = compatibility().lookup(
        objects(*(row["current"] for row in table)), objects(*(row["planned"] for row in table))
    )
    for name in ("verdict", "reason", "source"):
        assert list(getattr(rows, name)) == [row[name] for row in table]
    assert rows.severity.tolist() == [int(row["severity"]) for row in table]
    assert rows.recalled.tolist() == [row["confidence"] == "recalled" for row in table]


def test_known_verdicts() -> None:
    rows = compatibility().lookup(
        objects("cropland", "industrial", "wetland", "industrial"),
        objects("industrial", "industrial", "residential_urban", "cropland"),
    )
    assert list(rows.verdict) == ["convertible", "consistent", "contradictory", "convertible"]
    assert rows.severity.tolist() == [3, 0, 3, 2]
    assert "占补平衡" in rows.reason[0]


def test_an_unknown_class_has_no_verdict() -> None:
    rows = compatibility().lookup(
        objects(None, "cropland", "nonsense"), objects("cropland", None, "cropland")
    )
    assert list(rows.verdict) == [None, None, None]
    assert rows.severity.tolist() == [-1, -1, -1]
    assert not rows.recalled.any()


def test_no_pairs_are_no_rows() -> None:
    rows = compatibility().lookup(objects(), objects())
    assert len(rows.verdict) == len(rows.severity) == 0
    assert rows.severity.dtype == np.int64
    assert rows.recalled.dtype == np.bool_


def test_a_users_matrix_overrides_single_cells(tmp_path: Path) -> None:
    (tmp_path / "city.csv").write_text(
        "current,planned,verdict,severity,reason,source\n"
        "industrial,cropland,contradictory,3,城市规定,城市条例 5\n",
        encoding="utf-8",
    )
    own = compatibility("city.csv", base=tmp_path)
    rows = own.lookup(objects("industrial", "cropland"), objects("cropland", "industrial"))
    assert list(rows.verdict) == ["contradictory", "convertible"]
    assert rows.severity.tolist() == [3, 3]
    assert rows.recalled.tolist() == [False, False]
    assert rows.reason[0] == "城市规定"
    assert rows.source[0] == "城市条例 5"
    assert own.source == "city.csv"
    assert list(compatibility().lookup(objects("industrial"), objects("cropland")).verdict) == ["convertible"]


def test_every_mistake_of_a_matrix_is_told_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "bad.csv"
    file.write_text(
        "current,planned,verdict,severity,reason,source\n"
        "cropland,industral,contradictory,3,,\n"
        "cropland,water,never,9,,\n"
        "water,water,consistent,0,,\n"
        "water,water,consistent,0,,\n",
        encoding="utf-8",
    )
    with pytest.raises(StandardMistakes) as caught:
        compatibility(file)
    text = str(caught.value)
    assert "4 mistakes" in text
    assert ":2: 'industral' is not allowed in column planned; did you mean 'industrial'?" in text
    assert ":3: 'never' is not allowed in column verdict" in text
    assert ":3: '9' is not allowed in column severity" in text
    assert ":5: 'water → water' already stands on line 4" in text


def test_known_constraints() -> None:
    farmland = constraint(
        "permanent_basic_farmland", planned=objects("industrial", "transport", "cropland", "sea", None)
    )
    assert list(farmland.verdict) == ["prohibited", "approval_required", "ok", None, None]
    assert farmland.recalled.tolist() == [False, False, True, False, False]
    assert farmland.where[0] == "inside"
    boundary = constraint("urban_boundary", planned=objects("residential_urban", "transport", "cropland"))
    assert list(boundary.verdict) == ["conditional", "ok", "conditional"]
    assert list(boundary.where) == ["outside", "outside", "inside"]


def test_kinds_of_zones_are_overlays_too() -> None:
    classes = objects("industrial", "heritage")
    assert list(constraint("heritage.zone/protection", planned=classes).verdict) == [
        "prohibited",
        "approval_required",
    ]
    assert list(constraint("control", planned=classes).verdict) == ["approval_required"] * 2
    assert list(constraint("ecological_redline", planned=classes).verdict) == [
        "prohibited",
        "approval_required",
    ]
    assert list(constraint("key_governance", planned=classes).verdict) == ["conditional"] * 2
    with pytest.raises(StandardError, match="did you mean 'river_management'"):
        constraint("river_managment", planned=classes)


def test_the_strictest_of_several_rows_holds() -> None:
    words = use_classes().words
    for overlay in overlays():
        named = [
            [
                CONSTRAINT_VERDICTS.index(row["verdict"])
                for row in reference_table("landuse_constraint_matrix")
                if row["overlay"] == overlay and word in row["planned"].split("|")
            ]
            for word in words
        ]
        expected = [CONSTRAINT_VERDICTS[min(ranks)] if ranks else None for ranks in named]
        assert list(constraint(overlay, planned=objects(*words)).verdict) == expected


def test_construction_is_yes_no_or_unknown() -> None:
    answers = is_construction(objects("industrial", "cropland", "sea", None, "green_open", "nonsense"))
    assert list(answers) == ["yes", "no", "unknown", "unknown", "yes", "unknown"]
