"""Which node layers belong to a network, which plans can lack a purple line, and what an overlay rules."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely

from lantu.rules import PairRule, build
from lantu.rules.case_layers import case_layer
from lantu.rules.overlay import rulings
from lantu.rules.pi.pi08_pipe_end_not_at_node import _ids_of

if TYPE_CHECKING:
    from lantu.model import Layer


def rule_of(code: str) -> PairRule:
    (found,) = build([code], [], {})
    assert isinstance(found, PairRule)
    return found


def layer_of(standard: str, *wkts: str, **columns: list[Any]) -> Layer:
    features = [{"id": f"F{k}", "wkt": wkt} for k, wkt in enumerate(wkts)]
    for name, values in columns.items():
        for feature, value in zip(features, values, strict=True):
            feature[name] = value
    return case_layer({"standard": standard, "features": features}, side="a")


PIPES = layer_of(
    "utility.pipe", "LINESTRING (0 0, 50 0)", "LINESTRING (50 0, 90 0)", "LINESTRING (90 0, 90 70)"
)


@pytest.mark.parametrize(
    ("nodes", "belong"),
    [
        (["POINT (0 0)", "POINT (50 0)", "POINT (90 0)"], True),  # nodes at five of six ends
        (["POINT (90 0.3)"], True),  # one node of a network that has hardly any, and it stands at an end
        (
            ["POINT (20 12)", "POINT (40 12)", "POINT (90 70)"],
            False,
        ),  # hydrants; one stands at an end by chance
        ([], False),
    ],
)
def test_nodes_belong_where_most_of_them_or_most_ends_agree(nodes: list[str], belong: bool) -> None:  # noqa: FBT001
    assert rule_of("PI08").compares(PIPES, layer_of("utility.node", *nodes)) is belong


def test_a_node_is_named_in_whichever_layer_it_stands() -> None:
    layers = (layer_of("utility.node", "POINT (0 0)", "POINT (9 9)"), layer_of("utility.node", "POINT (5 5)"))
    named = [
        replace(layer, frame=layer.frame.assign(id=ids))
        for layer, ids in zip(layers, (["a", "b"], ["c"]), strict=True)
    ]
    assert _ids_of(tuple(named), np.array([2, 0, 1, 2])).tolist() == ["c", "a", "b", "c"]


def test_a_pipe_layer_without_pipes_is_left_to_the_engine() -> None:
    assert rule_of("PI08").compares(layer_of("utility.pipe"), layer_of("utility.node", "POINT (0 0)"))


def test_nodes_drawn_as_points_belong_as_the_same_ones_drawn_as_covers() -> None:
    """Points are told by their places alone, anything else by its geometry: both say what distances say."""
    told = []
    for seed in range(12):
        rng = np.random.default_rng(seed)
        ends = rng.uniform(0, 200, (40, 2))
        pipes = [
            f"LINESTRING ({a} {b}, {c} {d})" for (a, b), (c, d) in zip(ends[::2], ends[1::2], strict=True)
        ]
        at = ends[rng.permutation(40)[: rng.integers(5, 35)]] + 0.1
        at = np.concatenate([at, rng.uniform(0, 200, (rng.integers(0, 60), 2))])
        near = np.hypot(*(ends[:, None] - at[None]).transpose(2, 0, 1)) < 0.3  # nothing lies at the limit
        belong = max(near.any(axis=1).mean(), near.any(axis=0).mean()) >= 0.5
        points = [f"POINT ({x} {y})" for x, y in at]
        covers = [shapely.buffer(shapely.Point(x, y), 1e-7).wkt for x, y in at]
        for nodes in (points, covers):
            answer = rule_of("PI08").compares(
                layer_of("utility.pipe", *pipes), layer_of("utility.node", *nodes)
            )
            assert answer == belong
        told.append(belong)
    assert set(told) == {True, False}


def test_lines_of_one_kind_say_nothing_of_purple_ones() -> None:
    square = "POLYGON ((0 0, 9 0, 9 9, 0 9, 0 0))"
    greens = layer_of("plan.control_line", square, square, kind=["green", "green"])
    several = layer_of("plan.control_line", square, square, kind=["green", "blue_water"])
    plots = layer_of("plan.plot", square, use_class=["forest"])
    rule = rule_of("HE06")
    assert not rule.absence_counts((greens, plots))
    assert rule.absence_counts((greens, several))


def test_prohibited_approval_and_conditional_are_three_severities_and_recalled_is_one_lower() -> None:
    classes = np.array(["industrial", "transport", "reserved", None], dtype=object)
    farmland = rulings("permanent_basic_farmland", classes)
    assert farmland.word.tolist() == ["prohibited", "approval_required", "conditional", "conditional"]
    assert farmland.recalled.tolist() == [False, False, True, False]
    assert farmland.severity("critical").tolist() == ["critical", "major", "info", "minor"]
    said = [one.key.rpartition(".")[2] for one in farmland.facts()["ruling"]]
    assert said == ["prohibited", "approval_required", "conditional", "unnamed"]
    redline = rulings("ecological_redline", classes[:1])
    assert redline.severity("critical").tolist() == ["major"]
    assert "check against" in redline.facts()["check"][0].text("en")


def test_each_object_is_judged_by_its_own_overlay() -> None:
    kinds = np.array(["heritage.zone/protection", "heritage.zone/control"], dtype=object)
    found = rulings(kinds, np.array(["industrial", "industrial"], dtype=object))
    assert found.word.tolist() == ["prohibited", "approval_required"]
