"""Pictures: what is drawn are the numbers, in a language that the fonts can write."""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

import lantu
from lantu.cli.sample import copy_sample
from lantu.model import ControlUse, CrsUse
from lantu.plots import canvas as canvas_module

if TYPE_CHECKING:
    from collections.abc import Iterator

if importlib.util.find_spec("matplotlib") is None:
    pytest.skip("matplotlib is not installed: pip install -e '.[dev]'", allow_module_level=True)

import matplotlib as mpl

mpl.use("agg")

from matplotlib import pyplot as plt

from lantu import plots
from lantu.plots.canvas import PlotError


@pytest.fixture(autouse=True)
def _close() -> Iterator[None]:
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def blueprint(tmp_path_factory: pytest.TempPathFactory) -> lantu.Blueprint:
    return lantu.open(copy_sample(Path(tmp_path_factory.mktemp("plots")) / "demo"))


@pytest.fixture(scope="module")
def run(blueprint: lantu.Blueprint) -> lantu.Run:
    return blueprint.check(select=["PI04", "HE"])


def written(axes: Any) -> list[str]:
    return [text.get_text() for text in axes.texts]


def test_the_matrix_has_every_count_where_it_belongs(run: lantu.Run) -> None:
    axes = plots.matrix(run)
    drawn = {(text.get_position()): int(text.get_text().replace(",", "")) for text in axes.texts}
    counts = run.matrix().to_numpy()
    assert drawn == {(column, row): count for (row, column), count in np.ndenumerate(counts) if count}


def test_axes_of_one_s_own_are_drawn_on(run: lantu.Run) -> None:
    own = plt.subplots()[1]
    assert plots.matrix(run, own) is own


@pytest.mark.parametrize(
    ("font", "title"), [(True, "部门之间的矛盾数"), (False, "Conflicts between departments")]
)
def test_without_a_chinese_font_texts_are_english(
    run: lantu.Run, monkeypatch: pytest.MonkeyPatch, *, font: bool, title: str
) -> None:
    monkeypatch.setattr(canvas_module, "chinese_font", lambda: "DejaVu Sans" if font else None)
    zh = replace(run, facts=replace(run.facts, language="zh"))
    axes = plots.matrix(zh)
    assert axes.get_title() == title
    labels = [label.get_text() for label in axes.get_yticklabels()]
    assert labels[0] == ("自然资源局" if font else "land")


def test_nothing_is_left_changed(run: lantu.Run) -> None:
    before = dict(mpl.rcParams)
    plots.matrix(run)
    assert dict(mpl.rcParams) == before


def test_areas_show_a_unit_that_nobody_stated(blueprint: lantu.Blueprint) -> None:
    axes = plots.area_differences(blueprint.layers["plots_village"], "area_planned_m2", language="en")
    assert "mu" in written(axes)
    ratios = np.asarray(axes.collections[0].get_offsets())[:, 1]
    assert np.median(ratios) == pytest.approx(1 / 666.67, rel=0.01)


def test_areas_need_a_column(blueprint: lantu.Blueprint) -> None:
    with pytest.raises(PlotError, match="heritage_zones"):
        plots.area_differences(blueprint.layers["heritage_zones"])


def test_a_sweep_stacks_what_is_sure_and_what_is_not() -> None:
    swept = pd.DataFrame({"value": [10.0, 50.0], "conflict": [7, 0], "undecidable": [2, 1]})
    axes = plots.sweep(swept, language="en")
    assert [patch.get_height() for patch in axes.patches] == [7, 0, 2, 1]
    assert [patch.get_y() for patch in axes.patches] == [0, 0, 7, 0]


def test_a_crossing_shows_both_pipes_as_deep_as_they_are(run: lantu.Run) -> None:
    found = run.findings[(run.findings["rule"] == "PI04") & run.findings["measure"].notna()].iloc[0]
    axes = plots.crossing(run, found["finding_id"])
    top = axes.lines[0]
    at_crossing = np.interp(0.0, top.get_xdata(), top.get_ydata())
    assert at_crossing == pytest.approx(float(found["value_a"]), abs=0.01)
    (other,) = axes.patches
    pipes = next(layer for layer in run.facts.layers if layer.name == found["layer_b"]).frame.set_index("id")
    assert other.get_height() == pytest.approx(pipes.loc[found["id_b"], "diameter_mm"] / 1000)
    assert other.get_center()[1] - other.get_height() / 2 == pytest.approx(float(found["value_b"]))


def test_a_crossing_of_unknown_depth_cannot_be_drawn(run: lantu.Run) -> None:
    unknown = run.findings[(run.findings["rule"] == "PI04") & run.findings["measure"].isna()]
    for finding_id in (unknown["finding_id"].iloc[0], "HE02-0"):
        with pytest.raises(PlotError, match=finding_id):
            plots.crossing(run, finding_id)


def test_residuals_are_arrows_at_their_points(blueprint: lantu.Blueprint) -> None:
    control = ControlUse(
        model="similarity",
        names=("K1", "K2", "K3", "K4"),
        x_m=(0.0, 1000.0, 1000.0, 0.0),
        y_m=(0.0, 0.0, 1000.0, 1000.0),
        residual_m=(0.01, 0.01, 0.05, 0.02),
        left_out_m=(0.01, 0.01, 0.1, 0.02),
        accuracy_m=0.03,
        stated_m=0.05,
        blunder="K3",
        residual_x_m=(0.01, -0.01, 0.04, 0.0),
        residual_y_m=(0.0, 0.0, 0.03, -0.02),
    )
    layer = blueprint.layers["parcels"]
    crs = CrsUse(
        source="EPSG:2384", stated_by="blueprint", working="EPSG:4548", operation=None, definition=None,
        accuracy_m=0.03, control=control,
    )  # fmt: skip
    axes = plots.residuals(replace(layer, provenance=replace(layer.provenance, crs=crs)), language="en")
    assert written(axes) == ["K1", "K2", "K3", "K4"]
    arrows = axes.collections[0]
    assert arrows.U / arrows.V.max() == pytest.approx(np.array([0.01, -0.01, 0.04, 0.0]) / 0.03)
    assert "0.050 m" in axes.get_title()


def test_a_layer_without_control_points_has_no_residuals(blueprint: lantu.Blueprint) -> None:
    with pytest.raises(PlotError, match="parcels"):
        plots.residuals(blueprint.layers["parcels"])


def test_each_pair_of_layers_has_one_arrow() -> None:
    there, back = {"layer": "b", "dx_m": 4.0, "dy_m": -3.0}, {"layer": "a", "dx_m": -4.0, "dy_m": 3.0}
    inventory = pd.DataFrame({"layer": ["a", "b"], "offsets": [[there], [back]]})
    axes = plots.offsets(inventory, language="en")
    arrows = [text for text in axes.texts if getattr(text, "arrow_patch", None) is not None]
    assert [arrow.xy for arrow in arrows] == [(4.0, -3.0)]
    assert "a against b: +4.00, -3.00" in written(axes)


def test_without_matplotlib_it_says_what_to_install(run: lantu.Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(PlotError, match=r"lantu\[notebook\]"):
        plots.matrix(run)
