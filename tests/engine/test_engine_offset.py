"""Layers that are offset: found as one cause, refused, said to be two populations, or silent."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pytest
import shapely

import lantu
from lantu.crs import from_web_map, to_web_map

if TYPE_CHECKING:
    from pathlib import Path

    from lantu.model import Run

COLUMNS, ROWS = 12, 10
EAST_M, NORTH_M = 576_000.0, 4_075_000.0
SIGHT = ["CR02", "CR04", "BD01"]


def parcels(noise_m: float = 0.0, seed: int = 0) -> gpd.GeoDataFrame:
    """Return a grid of parcels with streets between them; each corner surveyed with its own error."""
    rng = np.random.default_rng(seed)
    column, row = (grid.ravel() for grid in np.meshgrid(np.arange(COLUMNS), np.arange(ROWS)))
    x, y = EAST_M + column * 60.0, NORTH_M + row * 45.0
    rings = np.stack([x, y, x + 50, y, x + 50, y + 35, x, y + 35], axis=1).reshape(-1, 4, 2)
    rings = rings + rng.normal(0, noise_m, rings.shape)
    return gpd.GeoDataFrame(
        {"ZDDM": [f"370306001001GB{k:05d}" for k in range(len(x))]},
        geometry=shapely.polygons(rings),
        crs="EPSG:4548",
    )


def checked(folder: Path, one: gpd.GeoDataFrame, other: gpd.GeoDataFrame, more: str = "") -> Run:
    """Write two parcel layers and a blueprint, and run the rules about offsets."""
    for name, frame in (("land", one), ("tax", other)):
        frame.to_file(folder / f"{name}.gpkg", driver="GPKG")
    (folder / "blueprint.toml").write_text(
        textwrap.dedent(
            """
            [blueprint]
            crs = "EPSG:4548"
            as_of = 2026-11-23
            language = "en"
            [departments.land]
            [departments.tax]
            [layers.parcels]
            path = "land.gpkg"
            standard = "land.parcel"
            department = "land"
            fields = { id = "ZDDM" }
            accuracy_m = 0.05
            [layers.tax]
            path = "tax.gpkg"
            standard = "land.parcel"
            department = "tax"
            fields = { id = "ZDDM" }
            accuracy_m = 0.05
            """
        )
        + more,
        encoding="utf-8",
    )
    return lantu.open(folder / "blueprint.toml").check(select=SIGHT)


def moved(frame: gpd.GeoDataFrame, dx: float, dy: float) -> gpd.GeoDataFrame:
    return frame.set_geometry(frame.geometry.translate(dx, dy))


def of(run: Run, rule: str) -> gpd.GeoDataFrame:
    return run.findings[run.findings["rule"] == rule]


def test_moved_by_ten_centimetres(tmp_path: Path) -> None:
    run = checked(tmp_path, parcels(), moved(parcels(), 0.10, 0.0))
    (finding,) = of(run, "CR04").itertuples()
    assert finding.measure == pytest.approx(0.10, abs=1e-6)
    assert finding.id_a == ""
    assert "+0.100 m east" in finding.message
    arrow = shapely.get_coordinates(finding.geometry)
    assert arrow[1, 0] > arrow[0, 0]
    assert arrow[1, 1] == pytest.approx(arrow[0, 1])
    assert list(run.causes["rule"]) == ["CR04"]


@pytest.mark.parametrize("seed", range(5))
def test_moved_by_half_a_metre_with_noise_is_one_cause(tmp_path: Path, seed: int) -> None:
    noise_m = 0.05 / np.sqrt(2.0)  # in each coordinate: 0.05 m in the plane
    run = checked(tmp_path, parcels(noise_m, seed), moved(parcels(noise_m, seed + 100), 0.3, 0.4))
    (finding,) = of(run, "CR04").itertuples()
    assert finding.measure == pytest.approx(0.5, abs=0.03)
    boundaries = of(run, "BD01")
    assert len(boundaries) == COLUMNS * ROWS
    hanging = boundaries["cause_id"] == finding.cause_id
    assert hanging.mean() > 0.7  # the others stay further apart than the tolerance once it is taken back
    (cause,) = run.causes.itertuples()
    assert cause.findings == 1 + hanging.sum()


def test_what_an_offset_does_not_explain_stays_a_finding(tmp_path: Path) -> None:
    other = moved(parcels(), 0.5, 0.0)
    redrawn = other.geometry.copy()
    redrawn.iloc[7] = shapely.affinity.scale(redrawn.iloc[7], 1.05, 1.0)
    run = checked(tmp_path, parcels(), other.set_geometry(redrawn))
    boundaries = of(run, "BD01").set_index("id_a")
    assert boundaries["cause_id"].isna().sum() == 1
    assert boundaries.loc["370306001001GB00007", "cause_id"] is None


def test_the_null_shift_of_xian_1980_is_refused(tmp_path: Path) -> None:
    xian = parcels().set_crs("EPSG:2384", allow_override=True)
    run = checked(tmp_path, parcels(), xian)
    assert set(run.findings["rule"]) == {"CR02"}
    assert "CR04" in set(run.not_checked["rule"])


@pytest.mark.parametrize("seed", range(20))
def test_noise_alone_is_silent(tmp_path: Path, seed: int) -> None:
    run = checked(tmp_path, parcels(0.05, seed), parcels(0.05, seed + 100))
    assert len(of(run, "CR04")) == 0
    assert "CR04" not in set(run.not_checked["rule"])


def test_half_of_a_layer_is_shifted(tmp_path: Path) -> None:
    other = parcels(0.05, 1)
    east = other.geometry.centroid.x > EAST_M + 360.0
    shapes = other.geometry.where(~east, other.geometry.translate(0.0, 0.5))
    run = checked(tmp_path, parcels(0.05, 2), other.set_geometry(shapes))
    (finding,) = of(run, "CR04").itertuples()
    assert "two populations" in finding.message
    assert finding.share_a == pytest.approx(east.mean(), abs=0.05)


def test_control_points_that_miss_are_named(tmp_path: Path) -> None:
    rows = ["name,source_x,source_y,target_x,target_y"]
    for k, (x, y) in enumerate([(0, 0), (700, 0), (700, 450), (0, 450), (350, 0), (0, 225), (700, 225)]):
        off = 0.8 if k == 2 else 0.0
        source = f"{EAST_M + x - 80},{NORTH_M + y + 30}"
        rows.append(f"K{k},{source},{EAST_M + x + off},{NORTH_M + y}")
    (tmp_path / "control.csv").write_text("\n".join(rows), encoding="utf-8")
    local = moved(parcels(), -80.0, 30.0).set_crs("EPSG:2384", allow_override=True)
    more = 'transform = { control_points = "control.csv" }\n'
    checked(tmp_path, parcels(), local, more)
    run = lantu.open(tmp_path / "blueprint.toml").check(select=["CR05"])
    assert "K2" in set(run.findings["id_a"])
    assert run.findings["message"].str.contains("blunder").any()
    control = lantu.open(tmp_path / "blueprint.toml").layers["tax"]
    assert control.provenance.crs.control.names[0] == "K0"
    assert control.accuracy_m > 0.05  # the tolerance carries the error of the fit


@pytest.mark.real
def test_zibo_looks_like_gcj02_against_a_layer_that_is_not(tmp_path: Path, real_data: Path) -> None:
    (source,) = sorted((real_data / "zibo_gcj02").glob("*.shp"))
    shown = gpd.read_file(source, encoding="utf-8").set_crs("EPSG:4326", allow_override=True)
    true = shown.set_geometry(
        shapely.transform(shown.geometry.to_numpy(), lambda xy: from_web_map(xy, system="GCJ-02"))
    )
    assert np.allclose(
        to_web_map(shapely.get_coordinates(true.geometry.to_numpy()), system="GCJ-02"),
        shapely.get_coordinates(shown.geometry.to_numpy()),
    )
    run = areas(tmp_path, true, shown, "EPSG:4326")
    (finding,) = of(run, "CR04").itertuples()
    assert "look like GCJ-02" in finding.message
    assert "of layer civil look like" in finding.message
    assert finding.message in run.causes["message"].iloc[0]
    read = lantu.open(tmp_path / "blueprint.toml")
    assert read.layers["civil"].frame["source:name"].tolist() == shown["name"].tolist()
    assert "周村区" in set(shown["name"])
    assert "look like GCJ-02" in read.inventory()["offset"].iloc[0]
    run = areas(tmp_path, true, shown, "GCJ-02")
    assert len(of(run, "CR04")) == 0
    text = (tmp_path / "blueprint.toml").read_text(encoding="utf-8")
    text = text.replace('"civil.gpkg"', f'"{source.as_posix()}"').replace('crs = "GCJ-02"\n', "")
    (tmp_path / "blueprint.toml").write_text(
        text, encoding="utf-8"
    )  # the file itself, which declares nothing
    run = lantu.open(tmp_path / "blueprint.toml").check(select=["CR"])
    (finding,) = of(run, "CR01").itertuples()
    assert "laid against layer 'land'" in finding.message
    assert "look like GCJ-02" in finding.message


def areas(folder: Path, true: gpd.GeoDataFrame, shown: gpd.GeoDataFrame, crs: str) -> Run:
    for name, frame in (("land", true), ("civil", shown)):
        frame.to_file(folder / f"{name}.gpkg", driver="GPKG")
    layer = '[layers.{0}]\npath = "{0}.gpkg"\nstandard = "admin.area"\ndepartment = "d"\ncrs = "{1}"\n'
    (folder / "blueprint.toml").write_text(
        '[blueprint]\nlanguage = "en"\n[departments.d]\n'
        + layer.format("land", "EPSG:4326")
        + layer.format("civil", crs),
        encoding="utf-8",
    )
    return lantu.open(folder / "blueprint.toml").check(select=["CR04"])
