from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantu.crs import ControlPoints, fit, read_control_points
from lantu.errors import CrsError

if TYPE_CHECKING:
    from pathlib import Path

ORIGIN = np.array([39_570_000.0, 4_070_000.0])


def planted(
    count: int, *, seed: int, noise_m: float = 0.0, matrix: np.ndarray | None = None, spread_m: float = 5000.0
) -> tuple[ControlPoints, np.ndarray, np.ndarray]:
    """Points moved by a known transformation, each coordinate with a known normal error."""
    rng = np.random.default_rng(seed)
    source = ORIGIN + rng.uniform(-spread_m, spread_m, (count, 2))
    if matrix is None:
        angle, scale = np.radians(rng.uniform(-0.01, 0.01)), 1 + rng.uniform(-50e-6, 50e-6)
        matrix = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    offset = np.array([-39_000_000.0, 100.0]) + rng.uniform(-200, 200, 2)
    target = (source - ORIGIN) @ matrix.T + ORIGIN + offset + rng.normal(0, noise_m, (count, 2))
    names = tuple(f"K{number}" for number in range(1, count + 1))
    return ControlPoints(names=names, source=source, target=target), matrix, offset


def moved(points: np.ndarray, matrix: tuple[float, ...], offset_m: tuple[float, float]) -> np.ndarray:
    return points @ np.array(matrix).reshape(2, 2).T + np.array(offset_m)


@given(st.integers(3, 30), st.integers(0, 100_000))
def test_planted_parameters_are_found_again(count: int, seed: int) -> None:
    points, matrix, _ = planted(count, seed=seed)
    fitted = fit(points)
    assert fitted.model == "similarity"
    assert fitted.blunder is None
    np.testing.assert_allclose(moved(points.source, fitted.matrix, fitted.offset_m), points.target, atol=2e-6)
    np.testing.assert_allclose(np.array(fitted.matrix).reshape(2, 2), matrix, atol=1e-9)
    assert fitted.accuracy_m < 1e-6
    assert fitted.rotation_arcsec == pytest.approx(
        np.degrees(np.arctan2(matrix[1, 0], matrix[0, 0])) * 3600, abs=1e-3
    )
    assert fitted.scale_ppm == pytest.approx((np.hypot(*matrix[:, 0]) - 1) * 1e6, abs=1e-3)


def test_the_fit_is_the_least_squares_solution_and_its_statistics_are_those_of_refitting() -> None:
    points, _, _ = planted(9, seed=4, noise_m=0.05)
    fitted = fit(points)
    # numpy's own solver on the observation equations x' = ax - by + c, y' = bx + ay + d
    x, y = (points.source - ORIGIN).T
    zero, one = np.zeros(9), np.ones(9)
    design = np.block(
        [
            [x[:, None], -y[:, None], one[:, None], zero[:, None]],
            [y[:, None], x[:, None], zero[:, None], one[:, None]],
        ]
    )
    solution, squares, _, _ = np.linalg.lstsq(design, points.target.T.ravel(), rcond=None)
    np.testing.assert_allclose([fitted.matrix[0], fitted.matrix[2]], solution[:2], atol=1e-10)
    assert fitted.accuracy_m == pytest.approx(np.sqrt(squares[0] / (9 - 2)), rel=1e-6)
    residual = points.target - moved(points.source, fitted.matrix, fitted.offset_m)
    np.testing.assert_allclose(
        np.column_stack([fitted.residual_x_m, fitted.residual_y_m]), residual, atol=1e-6
    )
    for left in range(9):
        rest = np.arange(9) != left
        without = fit(
            ControlPoints(
                names=tuple(np.array(points.names)[rest]),
                source=points.source[rest],
                target=points.target[rest],
            ),
            model="similarity",
        )
        off_m = np.hypot(
            *(points.target[left] - moved(points.source[left], without.matrix, without.offset_m))
        )
        assert fitted.left_out_m[left] == pytest.approx(off_m, abs=1e-6)
    assert fitted.left_out_rms_m == pytest.approx(np.sqrt(np.mean(np.square(fitted.left_out_m))))


def test_the_standard_error_is_that_of_a_point() -> None:
    # 4 cm in each coordinate is 5.66 cm in the plane
    points, _, _ = planted(2000, seed=1, noise_m=0.04)
    assert fit(points).accuracy_m == pytest.approx(0.04 * np.sqrt(2), rel=0.05)


@given(st.integers(6, 25), st.integers(0, 100_000), st.floats(1.0, 500.0), st.floats(0, 2 * np.pi))
def test_one_blunder_is_named(count: int, seed: int, off_m: float, towards: float) -> None:
    points, _, _ = planted(count, seed=seed, noise_m=0.01)
    wrong = seed % count
    points.target[wrong] += off_m * np.array([np.cos(towards), np.sin(towards)])
    fitted = fit(points)
    assert fitted.model == "similarity"
    assert fitted.blunder == f"K{wrong + 1}"
    assert fitted.accuracy_without_blunder_m is not None
    assert fitted.accuracy_without_blunder_m < 0.1 < fitted.accuracy_m
    assert fitted.left_out_m[wrong] == pytest.approx(off_m, abs=0.2)


def test_honest_points_are_hardly_ever_called_blunders() -> None:
    named = sum(
        fit(planted(8, seed=seed, noise_m=0.05)[0], model="similarity").blunder is not None
        for seed in range(1000)
    )
    assert named <= 25  # 1 in 100 by the test's own level, Bonferroni: at most


def test_a_difference_of_scale_between_the_axes_takes_an_affine_and_noise_does_not() -> None:
    sheared = np.array([[1.0004, 0.0003], [0.0001, 0.9995]])
    points, _, _ = planted(8, seed=2, noise_m=0.02, matrix=sheared)
    fitted = fit(points)
    assert fitted.model == "affine"
    assert fitted.accuracy_m < 0.08
    np.testing.assert_allclose(np.array(fitted.matrix).reshape(2, 2), sheared, atol=2e-5)
    assert fit(points, model="similarity").accuracy_m > 1.0
    chosen = [fit(planted(8, seed=seed, noise_m=0.05)[0]).model for seed in range(300)]
    assert chosen.count("affine") <= 6


def test_an_affine_can_be_asked_for() -> None:
    points, matrix, _ = planted(6, seed=5)
    fitted = fit(points, model="affine")
    assert fitted.model == "affine"
    np.testing.assert_allclose(np.array(fitted.matrix).reshape(2, 2), matrix, atol=1e-9)


@pytest.mark.parametrize(("count", "model"), [(2, "auto"), (0, "auto"), (3, "affine")])
def test_too_few_points_are_refused(count: int, model: str) -> None:
    points, _, _ = planted(max(count, 1), seed=0)
    points = ControlPoints(
        names=points.names[:count], source=points.source[:count], target=points.target[:count]
    )
    with pytest.raises(CrsError, match=str(count)):
        fit(points, model=model)  # type: ignore[arg-type]


def test_points_in_a_row_make_a_similarity_and_no_affine() -> None:
    along = np.linspace(0, 5000, 6)[:, None] * np.array([0.6, 0.8])
    points = ControlPoints(names=tuple("abcdef"), source=ORIGIN + along, target=along + 7.0)
    assert fit(points).model == "similarity"
    with pytest.raises(CrsError, match="line"):
        fit(points, model="affine")
    same = ControlPoints(names=tuple("abc"), source=np.ones((3, 2)), target=np.ones((3, 2)))
    with pytest.raises(CrsError, match="coincide"):
        fit(same)


def test_points_with_axes_swapped_on_one_side_are_refused() -> None:
    points, _, _ = planted(6, seed=8, noise_m=0.02)
    with pytest.raises(CrsError, match="swapped"):
        fit(ControlPoints(names=points.names, source=points.source, target=points.target[:, ::-1]))


def test_points_above_a_stated_accuracy_are_named() -> None:
    points, _, _ = planted(10, seed=3, noise_m=0.01)
    points.target[4] += (0.5, 0.0)
    fitted = fit(points)
    assert "K5" in fitted.above(0.2)
    assert fitted.above(10.0) == ()


CSV = "name,source_x,source_y,target_x,target_y,source_h\nA,1,2,3,4,9\nB,5,6,7,8,\n\nC,9,10,11,12,x\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_the_file_is_read_by_its_headings(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "control.csv"
    chinese = "目标北坐标,点名,源东坐标,备注,源北坐标,目标东坐标\n"
    chinese += "4,周村1,1,甲,2,3\n8,周村2,5,乙,6,7\n12,周村3,9,,10,11\n"
    for text, names in ((CSV, ("A", "B", "C")), (chinese, ("周村1", "周村2", "周村3"))):
        path.write_text(text, encoding=encoding)
        points = read_control_points(path)
        assert points.names == names
        np.testing.assert_array_equal(points.source, [[1, 2], [5, 6], [9, 10]])
        np.testing.assert_array_equal(points.target, [[3, 4], [7, 8], [11, 12]])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "source_x"),
        ("name,x,y\nA,1,2\n", "source_x"),
        (CSV.replace("5,6", "five,6"), "control.csv:3: 'five' in column source_x"),
        (CSV.replace("5,6,7,8,", "5,6"), "control.csv:3: '' in column target_x"),
        (CSV.replace("9,10", "nan,10"), "'nan'"),
        (CSV.replace("C,9", "A,9"), "A repeats"),
        (CSV.replace("9,10", "1,2"), "C repeats"),
    ],
)
def test_a_damaged_file_says_where(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "control.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CrsError) as caught:
        read_control_points(path)
    assert said in caught.value.text("en")


def test_a_missing_file_is_an_error_of_ours(tmp_path: Path) -> None:
    with pytest.raises(CrsError, match=r"none\.csv"):
        read_control_points(tmp_path / "none.csv")
