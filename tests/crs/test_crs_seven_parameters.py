from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from pyproj import CRS, Transformer

from lantu.crs import ControlFit, ControlPoints, Operation, choose_operation
from lantu.crs.seven_parameters import fit_helmert7
from lantu.errors import CrsError
from lantu.model import TransformSpec

if TYPE_CHECKING:
    from pathlib import Path

XIAN, CGCS2000 = CRS.from_epsg(2364), CRS.from_epsg(4548)
PLANTED = (-15.0, 120.0, 40.0, 1.1, -0.4, 0.7, -2.5)
LONLAT = np.random.default_rng(7).uniform((117.7, 36.6), (118.0, 36.95), (12, 2))
HEIGHTS = np.random.default_rng(8).uniform(0.0, 600.0, 12)


def moved(lonlat: np.ndarray, heights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """EPSG 9606 written out by hand between the two ellipsoids: CGCS2000 places and heights."""
    unit = "+step +proj=unitconvert +xy_in=deg +xy_out=rad "
    to_xyz = Transformer.from_pipeline(f"+proj=pipeline {unit}+step +proj=cart +a=6378140 +rf=298.257")
    back = Transformer.from_pipeline(f"+proj=pipeline {unit}+step +proj=cart +ellps=GRS80")
    xyz = np.array(to_xyz.transform(*lonlat.T, heights))
    rx, ry, rz = np.radians(np.array(PLANTED[3:6]) / 3600)
    rotation = np.array([[1, -rz, ry], [rz, 1, -rx], [-ry, rx, 1]])
    shifted = np.array(PLANTED[:3])[:, None] + (1 + PLANTED[6] * 1e-6) * rotation @ xyz
    x, y, high = back.transform(*shifted, direction="INVERSE")
    return np.column_stack(Transformer.from_crs(4490, 4548, always_xy=True).transform(x, y)), np.array(high)


def planted(count: int = 12, *, noise_m: float = 0.0, high_noise_m: float = 0.0) -> ControlPoints:
    rng = np.random.default_rng(5)
    target, target_h_m = moved(LONLAT[:count], HEIGHTS[:count])
    source = np.column_stack(Transformer.from_crs(4610, 2364, always_xy=True).transform(*LONLAT[:count].T))
    return ControlPoints(
        names=tuple(f"K{number}" for number in range(1, count + 1)),
        source=source,
        target=target + rng.normal(0, noise_m, target.shape),
        source_h_m=HEIGHTS[:count],
        target_h_m=target_h_m + rng.normal(0, high_noise_m, count),
        model="helmert7",
    )


def part(points: ControlPoints, rows: np.ndarray) -> ControlPoints:
    return ControlPoints(
        names=tuple(np.array(points.names)[rows].tolist()),
        source=points.source[rows],
        target=points.target[rows],
        source_h_m=points.source_h_m[rows],
        target_h_m=points.target_h_m[rows],
        model="helmert7",
    )


def fitted(points: ControlPoints) -> ControlFit:
    return fit_helmert7(points, source=XIAN, target=CGCS2000)


def control_file(folder: Path, points: ControlPoints, *, first: str) -> Path:
    path = folder / "control.csv"
    lines = [first] if first else []
    lines.append("name,source_x,source_y,source_h,target_x,target_y,target_h")
    for name, (x, y), h, (e, n), k in zip(
        points.names,
        points.source.tolist(),
        points.source_h_m.tolist(),
        points.target.tolist(),
        points.target_h_m.tolist(),
        strict=True,
    ):
        lines.append(f"{name},{x!r},{y!r},{h!r},{e!r},{n!r},{k!r}")
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def stated(path: Path, source: int | None = 2364) -> Operation:
    found = choose_operation(
        None if source is None else CRS.from_epsg(source),
        CGCS2000,
        area_of_interest=(117.7, 36.6, 118.0, 36.95),
        transform=TransformSpec(control_points=path),
    )
    assert isinstance(found, Operation)
    return found


def test_planted_parameters_are_found_again() -> None:
    found = fitted(planted())
    assert found.model == "helmert7"
    assert found.helmert7 is not None
    # The coordinates are good to a nanometre or so, and 30 km seen from the earth's centre is a small angle.
    np.testing.assert_allclose(found.helmert7, PLANTED, atol=1e-3)
    assert max(found.residual_m) < 1e-6
    assert max(found.left_out_m) < 1e-5
    assert found.blunder is None


def test_left_out_errors_are_those_of_refitting() -> None:
    points = planted(noise_m=0.03, high_noise_m=0.05)
    found = fitted(points)
    for left in range(len(points)):
        rest = np.arange(len(points)) != left
        without = fitted(part(points, rest)).helmert7
        assert without is not None
        # PROJ's own Helmert, at the point's own height
        values = " ".join(
            f"+{name}={value!r}"
            for name, value in zip(("x", "y", "z", "rx", "ry", "rz", "s"), without, strict=True)
        )
        way = Transformer.from_pipeline(
            "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad "
            f"+step +proj=cart +a=6378140 +rf=298.257 +step +proj=helmert {values} "
            "+convention=position_vector +step +inv +proj=cart +ellps=GRS80 "
            "+step +proj=tmerc +lat_0=0 +lon_0=117 +k=1 +x_0=500000 +ellps=GRS80"
        )
        x, y, _ = way.transform(*LONLAT[left], HEIGHTS[left])
        off_m = np.hypot(*(points.target[left] - (x, y)))
        assert found.left_out_m[left] == pytest.approx(off_m, abs=1e-5)
    assert found.left_out_rms_m == pytest.approx(np.sqrt(np.mean(np.square(found.left_out_m))))


def test_residuals_and_standard_error_are_those_of_the_plane_whatever_the_heights_are_like() -> None:
    exact, rough = fitted(planted(noise_m=0.03)), fitted(planted(noise_m=0.03, high_noise_m=0.3))
    np.testing.assert_allclose(rough.residual_m, exact.residual_m, atol=0.005)
    assert exact.accuracy_m == pytest.approx(np.sqrt(np.sum(np.square(exact.residual_m)) / 10))
    assert exact.accuracy_m == pytest.approx(0.03 * np.sqrt(2), rel=0.4)


def test_a_blunder_is_named() -> None:
    points = planted(noise_m=0.01, high_noise_m=0.02)
    points.target[4] += (0.0, 2.0)
    found = fitted(points)
    assert found.blunder == "K5"
    assert found.left_out_m[4] == pytest.approx(2.0, abs=0.1)
    assert found.accuracy_without_blunder_m is not None
    assert found.accuracy_without_blunder_m < 0.03 < found.accuracy_m


@pytest.mark.parametrize(
    "first", ["# model: helmert7", "# 模型：七参数,,,,,,", "# by hand\n#model = HELMERT7"]
)
def test_a_model_stated_in_the_file_is_fitted(tmp_path: Path, first: str) -> None:
    points = planted()
    operation = stated(control_file(tmp_path, points, first=first))
    assert operation.fit is not None
    assert operation.fit.model == "helmert7"
    assert "seven" in (operation.note.text("en") if operation.note else "").lower()
    # Layers come without heights: they are moved at the points' mean height, which costs millimetres.
    off_m = np.hypot(*(operation.project(points.source) - points.target).T)
    assert off_m.max() < 0.02
    control = operation.use("blueprint").control
    assert control is not None
    assert control.model == "helmert7"


@pytest.mark.parametrize(
    ("first", "model"), [("", "similarity"), ("# model: affine", "affine"), ("# model: 四参数", "similarity")]
)
def test_the_choice_is_of_the_plane_unless_a_model_is_stated(tmp_path: Path, first: str, model: str) -> None:
    for source in (2364, 4610, None):
        points = planted(noise_m=0.01)
        if source == 4610:
            points.source[:] = LONLAT
        operation = stated(control_file(tmp_path, points, first=first), source)
        assert operation.fit is not None
        assert operation.fit.model == model


def test_the_height_of_the_places_is_stated_with_what_it_matters(tmp_path: Path) -> None:
    operation = stated(control_file(tmp_path, planted(), first="# model: helmert7"))
    mean_m = float(HEIGHTS.mean())
    assert operation.description.endswith(f"at their mean height {mean_m:.1f} m")
    low, high = (moved(LONLAT, np.full(len(LONLAT), height))[0] for height in (mean_m, mean_m + 100.0))
    off_m = np.hypot(*(high - low).T).max()  # by hand: EPSG 9606 at both heights
    assert 0.0005 < off_m < 0.01
    said = operation.note.text("en") if operation.note else ""
    assert f"would move by {off_m:.4f} m at most" in said
    assert "the data's own Z is not used" in said


def test_missing_heights_are_an_error_that_names_the_points(tmp_path: Path) -> None:
    points = planted()
    points.target_h_m[[2, 7]] = np.nan
    with pytest.raises(CrsError) as caught:
        stated(control_file(tmp_path, points, first="# model: helmert7"))
    for language in ("zh", "en"):
        assert "K3、K8" in caught.value.text(language)
        assert "source_h" in caught.value.text(language)
    with pytest.raises(CrsError, match="P0、P1"):
        fit_helmert7(
            ControlPoints(names=("P0", "P1", "P2", "P3"), source=np.eye(4, 2), target=np.eye(4, 2)),
            source=XIAN,
            target=CGCS2000,
        )


def test_what_cannot_be_fitted_is_refused(tmp_path: Path) -> None:
    points = planted()
    with pytest.raises(CrsError, match="source coordinate system"):
        stated(control_file(tmp_path, points, first="# model: helmert7"), None)
    with pytest.raises(CrsError, match="at least 4"):
        fitted(planted(3))
    with pytest.raises(CrsError, match="model 'cubic'"):
        stated(control_file(tmp_path, points, first="# model: cubic"))
    line = planted(4)
    for values in (line.source, line.target):
        values[:] = values[0] + np.arange(4)[:, None] * (300.0, 400.0)
    with pytest.raises(CrsError, match="line"):
        fitted(
            ControlPoints(
                names=line.names,
                source=line.source,
                target=line.target,
                source_h_m=np.zeros(4),
                target_h_m=np.zeros(4),
            )
        )
    swapped = planted()
    swapped.source[:] = swapped.source[:, ::-1].copy()
    with pytest.raises(CrsError, match="mirror"):
        fitted(swapped)


def test_a_damaged_row_keeps_its_line_number_below_comments(tmp_path: Path) -> None:
    points = planted(4)
    path = control_file(tmp_path, points, first="# model: helmert7")
    text = path.read_text(encoding="utf-8").replace("K2,", "K2,x")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CrsError, match=r"control\.csv:4:"):
        stated(path)
