"""The street centre lines of Cambridge against themselves: thinned or moved, under other ids, cut anew."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyogrio
import pytest
import shapely

from lantu.engine import check
from lantu.rules import build
from lantu.rules.case_layers import case_facts, case_layer

if TYPE_CHECKING:
    from pathlib import Path

    from lantu.model import Layer

pytestmark = [pytest.mark.real, pytest.mark.slow]

WORKING = "EPSG:26986"


@pytest.fixture(scope="module")
def streets(real_data: Path) -> tuple[Any, Any]:
    """Return lines in metres and their names, read with GDAL and projected by geopandas."""
    path = real_data / "cambridge_ma" / "transport" / "TRANS_Centerlines.geojson"
    table = pyogrio.read_dataframe(path).to_crs(WORKING).explode(index_parts=False)
    return np.asarray(table.geometry), table["Street"].to_numpy(dtype=object)


def roads(name: str, lines: Any, names: Any) -> Layer:
    features = [
        {"id": f"{name}{number}", "wkt": line, **({"name": label} if label else {})}
        for number, (line, label) in enumerate(zip(shapely.to_wkt(lines, 6), names, strict=True))
    ]
    return case_layer(
        {"standard": "transport.road", "name": name, "accuracy_m": 0.1, "crs": WORKING, "features": features},
        side="a",
    )


def cut_anew(lines: Any, names: Any) -> tuple[Any, Any]:
    """Return the same line work in pieces of about 75 m."""
    pieces, labels = [], []
    for line, label in zip(lines, names, strict=True):
        corners = shapely.get_coordinates(shapely.segmentize(line, 25.0))
        for first in range(0, len(corners) - 1, 3):
            pieces.append(shapely.LineString(corners[first : first + 4]))
            labels.append(label)
    return np.asarray(pieces, dtype=object), np.asarray(labels, dtype=object)


def compared(ours: tuple[Any, Any], theirs: tuple[Any, Any]) -> Any:
    facts = case_facts({}, (roads("ours", *ours), roads("theirs", *cut_anew(*theirs))))
    return check(build(["RO01"], [], {}), facts)


@pytest.mark.parametrize("named", [True, False], ids=["named", "unnamed"])
def test_roads_that_the_other_layer_lacks_are_no_conflict(streets: tuple[Any, Any], *, named: bool) -> None:
    lines, names = streets
    names = names if named else np.full(len(names), None)
    draw = np.random.default_rng(1)
    keep, drop = draw.random(len(lines)) > 0.4, draw.random(len(lines)) > 0.4
    result = compared((lines[drop], names[drop]), (lines[keep], names[keep]))
    verdicts = result.findings["verdict"].tolist()
    # two divided roads of which each side lacks the other carriageway, 18 and 20 m apart
    assert verdicts == (["undecidable"] * 2 if named else [])
    assert result.outcomes[0].judged > 900


def test_moved_streets_are_found_by_as_much_as_they_moved(streets: tuple[Any, Any]) -> None:
    lines, names = streets
    moved = shapely.transform(lines, lambda points: points + np.array([4.8, 6.4]))
    findings = compared(streets, (moved, names)).findings
    sure = findings[findings["verdict"] == "conflict"]
    assert len(sure) > 1800
    assert sure["measure"].sum() > 0.5 * shapely.length(lines).sum()
    deviation_m = [float(text.split(" m at most")[0].split()[-1]) for text in sure["message"]]
    assert np.quantile(deviation_m, 0.95) <= 8.1  # 8 m to the street itself, and seldom to another
