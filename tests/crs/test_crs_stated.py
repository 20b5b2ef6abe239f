from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from pyproj import CRS, Transformer

from lantu.crs import Operation, choose_operation
from lantu.errors import CrsError
from lantu.model import TransformSpec

if TYPE_CHECKING:
    from pathlib import Path

ZHOUCUN = (117.68, 36.58, 118.02, 36.98)
TARGET = CRS.from_epsg(4548)
LONLAT = np.random.default_rng(7).uniform((117.7, 36.6), (118.0, 36.95), (12, 2))

# A made-up seven-parameter shift that puts Xian 1980 some 110 m beside CGCS2000.
SHIFT = (-15.0, 120.0, 40.0, 1.1, -0.4, 0.7, -2.5)


def xian_to_cgcs2000(lonlat: np.ndarray) -> np.ndarray:
    """The shift written out by hand, as EPSG 9606 gives it: (1 + s) R x + t in geocentric coordinates."""
    to_xyz = Transformer.from_pipeline(
        "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad "
        "+step +proj=cart +a=6378140 +rf=298.257"
    )
    to_lonlat = Transformer.from_pipeline(
        "+proj=pipeline +step +inv +proj=cart +ellps=GRS80 +step +proj=unitconvert +xy_in=rad +xy_out=deg"
    )
    xyz = np.array(to_xyz.transform(*lonlat.T, np.zeros(len(lonlat))))
    rx, ry, rz = np.radians(np.array(SHIFT[3:6]) / 3600)
    rotation = np.array([[1, -rz, ry], [rz, 1, -rx], [-ry, rx, 1]])
    moved = np.array(SHIFT[:3])[:, None] + (1 + SHIFT[6] * 1e-6) * rotation @ xyz
    return np.array(to_lonlat.transform(*moved))[:2].T


CGCS2000 = np.column_stack(
    Transformer.from_crs(4490, 4548, always_xy=True).transform(*xian_to_cgcs2000(LONLAT).T)
)


def in_crs(code: int) -> np.ndarray:
    """The same points as a department on Xian 1980 holds them."""
    if code == 4610:
        return LONLAT
    return np.column_stack(Transformer.from_crs(4610, code, always_xy=True).transform(*LONLAT.T))


def control_file(folder: Path, source: np.ndarray, target: np.ndarray = CGCS2000, *, rows: int = 8) -> Path:
    path = folder / "control.csv"
    lines = [
        f"K{number},{x!r},{y!r},{e!r},{n!r}"
        for number, ((x, y), (e, n)) in enumerate(zip(source.tolist(), target.tolist(), strict=True), 1)
    ]
    path.write_text("\n".join(["name,source_x,source_y,target_x,target_y", *lines[:rows]]), encoding="utf-8")
    return path


def stated(source: int | None, spec: TransformSpec, **options: float) -> Operation:
    crs = CRS.from_epsg(source) if source is not None else None
    found = choose_operation(crs, TARGET, area_of_interest=ZHOUCUN, transform=spec, **options)
    assert isinstance(found, Operation)
    return found


@pytest.mark.parametrize("source", [4610, 2363, 2384, 2334])
def test_seven_parameters_give_what_the_formula_gives(source: int) -> None:
    operation = stated(source, TransformSpec(helmert7=SHIFT))
    np.testing.assert_allclose(operation.project(in_crs(source)), CGCS2000, atol=1e-3)
    assert operation.accuracy_m is None
    assert operation.note is not None
    assert operation.use("blueprint").accuracy_m is None


def test_seven_parameters_agree_with_epsgs_own_operation() -> None:
    # Beijing 1954 to WGS 84 (2), Yellow Sea: PROJ's pipeline for the same parameters
    spec = TransformSpec(helmert7=(15.53, -113.82, -41.38, 0.0, 0.0, 0.814, -0.38))
    lonlat = np.random.default_rng(1).uniform((120, 32), (124, 37), (20, 2))
    found = choose_operation(CRS.from_epsg(4214), CRS.from_epsg(32651), transform=spec)
    assert isinstance(found, Operation)
    epsg = choose_operation(CRS.from_epsg(4214), CRS.from_epsg(32651), area_of_interest=(120, 32, 124, 37))
    assert isinstance(epsg, Operation)
    assert epsg.shift == "Beijing 1954 to WGS 84 (2)"
    assert epsg.accuracy_m == 15.0
    np.testing.assert_allclose(found.project(lonlat), epsg.project(lonlat), atol=1e-4)


def test_a_meridian_of_paris_is_allowed_for() -> None:
    # NTF (Paris) to RGF93 by the published three parameters -168, -60, 320: Greenwich degrees within
    spec = TransformSpec(helmert7=(-168.0, -60.0, 320.0, 0.0, 0.0, 0.0, 0.0))
    ntf = choose_operation(CRS.from_epsg(27572), CRS.from_epsg(2154), transform=spec)
    greenwich = choose_operation(CRS.from_epsg(4275), CRS.from_epsg(2154), transform=spec)
    assert isinstance(ntf, Operation)
    assert isinstance(greenwich, Operation)
    lonlat = np.array([[2.3, 48.9], [1.4, 43.6]])
    paris = np.column_stack(Transformer.from_crs(4275, 27572, always_xy=True).transform(*lonlat.T))
    np.testing.assert_allclose(ntf.project(paris), greenwich.project(lonlat), atol=1e-3)


@pytest.mark.parametrize("source", [2363, 2384, 2345, 2334, None])
def test_control_points_on_the_same_projection_are_fitted_as_they_stand(
    tmp_path: Path, source: int | None
) -> None:
    delivered = in_crs(source or 2363)
    operation = stated(source, TransformSpec(control_points=control_file(tmp_path, delivered)))
    assert operation.fit is not None
    assert operation.fit.model == "similarity"
    assert "tmerc" not in operation.definition
    # the four points that were not in the file: over 30 km a plane fit holds to centimetres
    off_m = np.hypot(*(operation.project(delivered[8:]) - CGCS2000[8:]).T)
    assert off_m.max() < 0.05
    assert operation.accuracy_m == operation.fit.accuracy_m
    assert operation.accuracy_m < 0.05
    assert operation.shift is None


@pytest.mark.parametrize("source", [4610, 2364, 2385])
def test_control_points_from_another_projection_are_projected_first(tmp_path: Path, source: int) -> None:
    delivered = in_crs(source)
    operation = stated(source, TransformSpec(control_points=control_file(tmp_path, delivered)))
    off_m = np.hypot(*(operation.project(delivered[8:]) - CGCS2000[8:]).T)
    assert off_m.max() < 0.05
    assert operation.accuracy_m is not None
    assert operation.accuracy_m < 0.05


def test_a_prj_that_is_not_that_of_the_coordinates_does_not_spoil_the_fit(tmp_path: Path) -> None:
    local = (CGCS2000 - CGCS2000[0]) @ np.array([[0.8, 0.6], [-0.6, 0.8]]) + 5000.0
    operation = stated(2364, TransformSpec(control_points=control_file(tmp_path, local)))
    np.testing.assert_allclose(operation.project(local), CGCS2000, atol=1e-4)


def test_a_fit_says_how_well_it_fits_which_point_does_not_and_where_it_ends(tmp_path: Path) -> None:
    target = CGCS2000 + np.random.default_rng(2).normal(0, 0.01, CGCS2000.shape)
    target[3] += (7.0, 0.0)
    spec = TransformSpec(control_points=control_file(tmp_path, in_crs(2363), target, rows=12))
    operation = stated(2363, spec, stated_accuracy_m=0.1)
    assert operation.note is not None
    for language in ("zh", "en"):
        said = operation.note.text(language)
        assert "K4" in said
        assert "0.1 m" in said
    near = choose_operation(
        CRS.from_epsg(2363), TARGET, area_of_interest=(117.0, 36.0, 119.0, 38.0), transform=spec
    )
    assert isinstance(near, Operation)
    assert near.note is not None
    assert "far beyond" in near.note.text("en")
    assert "far beyond" not in operation.note.text("en")


@pytest.mark.parametrize(
    ("source", "target", "said"),
    [
        (in_crs(2363), CGCS2000[:, ::-1], "turned round"),
        (in_crs(2363)[:, ::-1], CGCS2000[:, ::-1], "turned round"),
        (in_crs(2363)[:, ::-1], CGCS2000, "mirror"),
        (in_crs(2363), CGCS2000 + np.array([39_000_000.0, 0.0]), "working CRS"),
    ],
)
def test_control_points_that_cannot_be_meant_are_refused(
    tmp_path: Path, source: np.ndarray, target: np.ndarray, said: str
) -> None:
    with pytest.raises(CrsError, match=said):
        stated(2363, TransformSpec(control_points=control_file(tmp_path, source, target)))


def test_a_pipeline_is_taken_as_it_is_given() -> None:
    operation = stated(None, TransformSpec(pipeline="+proj=affine +xoff=-39000000\n  +yoff=12.5"))
    np.testing.assert_array_equal(
        operation.project(np.array([[39_570_000.0, 4_070_000.0]])), [[570_000.0, 4_070_012.5]]
    )
    assert operation.source is None


@pytest.mark.parametrize(
    ("source", "spec", "said"),
    [
        (2363, TransformSpec(), "exactly one"),
        (2363, TransformSpec(pipeline="+proj=noop", helmert7=SHIFT), "exactly one"),
        (2363, TransformSpec(pipeline="+proj=nonsense"), "nonsense"),
        (2363, TransformSpec(pipeline="{0} 4548"), "cannot be used"),
        (2363, TransformSpec(helmert7=(1.0, 2.0, 3.0)), "7 finite numbers"),
        (2363, TransformSpec(helmert7=(*SHIFT[:6], float("nan"))), "7 finite numbers"),
        (None, TransformSpec(helmert7=SHIFT), "source coordinate system"),
    ],
)
def test_a_transform_that_cannot_be_used_is_an_error(
    source: int | None, spec: TransformSpec, said: str
) -> None:
    with pytest.raises(CrsError, match=said):
        stated(source, spec)
