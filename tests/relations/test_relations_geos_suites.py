"""The known answers of GEOS's own test suites, through the relations."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely

from lantu.relations import Overlaps, Same, Uncovered, uncovered
from lantu.relations.left_out import STEP

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from lantu.model import Layer
    from lantu.relations import Pairs

SUITES = ("TestNGOverlayA.xml", "TestOverlayAA.xml", "TestRelateAA.xml")


def _shape(text: Any) -> Any:
    text = re.sub(r"\s+", " ", text or "").strip()
    return shapely.from_wkt(text) if re.match(r"[A-Z]", text) else shapely.from_wkb(bytes.fromhex(text))


def _cases(
    real_data: Path, suite: str
) -> Iterator[tuple[str, Any, Any, dict[str, tuple[str | None, str | None]]]]:
    """Yield description, both geometries, and {operation: (arguments, expected text)}."""
    root = ET.parse(real_data / "geos_known_answers" / "xml" / suite).getroot()  # noqa: S314  # public test data
    for case in root.iter("case"):
        a, b = case.find("a"), case.find("b")
        if a is None or b is None:
            continue
        answers = {}
        for op in case.iter("op"):
            if (op.get("arg1") or "").upper() == "A" and (op.get("arg2") or "").upper() == "B":
                answers[(op.get("name") or "").removesuffix("NG").lower()] = (op.get("arg3"), op.text)
        yield (case.findtext("desc") or "").strip(), _shape(a.text), _shape(b.text), answers


def _polygons_only(shape: Any) -> Any:
    return shapely.union_all([part for part in shapely.get_parts(shape) if shapely.get_dimensions(part) == 2])


@pytest.mark.real
@pytest.mark.parametrize("suite", SUITES)
def test_overlays_have_the_published_answers(
    layer: Callable[..., Layer], related: Callable[..., Pairs], real_data: Path, suite: str
) -> None:
    checked = 0
    for desc, one, two, answers in _cases(real_data, suite):
        if not (shapely.is_valid(one) and shapely.is_valid(two)):
            continue
        if {shapely.get_dimensions(one), shapely.get_dimensions(two)} != {2} or one.is_empty or two.is_empty:
            continue
        a, b = layer([one], ids=["x"]), layer([two], ids=["x"])
        if "intersection" in answers:
            found = related(Overlaps(), a, b)
            expected = _polygons_only(_shape(answers["intersection"][1]))
            got = found.shape()[0] if len(found) else shapely.Polygon()
            assert shapely.area(shapely.symmetric_difference(got, expected)) < 1e-6, desc
            assert (found["area_m2"].sum() > 0) == (expected.area > 0), desc
            checked += 1
        if "symdifference" in answers:
            expected = _polygons_only(_shape(answers["symdifference"][1]))
            got = _polygons_only(related(Same(), a, b).shape()[0])
            assert shapely.area(shapely.symmetric_difference(got, expected)) < 1e-6, desc
            checked += 1
        if "difference" in answers:
            expected = _polygons_only(_shape(answers["difference"][1]))
            every = np.ones(1, dtype=np.bool_)
            pairs, *_ = uncovered(Uncovered(), a, rows_a=np.arange(1), chosen_a=every, others=[(b, every)])
            got = pairs.shape()[0] if len(pairs) else shapely.Polygon()
            assert shapely.area(shapely.symmetric_difference(got, expected)) < 1e-6, desc
            checked += 1
        if "relate" in answers:
            pattern, truth = answers["relate"]
            assert (truth or "").strip() == "true"
            found = related(Overlaps(), a, b)
            ground = pattern[0] == "2" and not 0 < shapely.area(shapely.intersection(one, two)) < STEP / 2
            assert bool((found["area_m2"] > 0).any()) == ground, desc
            checked += 1
    assert checked >= 30
