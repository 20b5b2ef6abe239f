"""Offsets end to end, whatever the layers have in common: ids, the same outlines, or only their lines."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pyproj import CRS

import lantu
from lantu.crs import in_web_map

if TYPE_CHECKING:
    from pathlib import Path

    from lantu.crs import WebMap
    from lantu.model import FloatArray, Run

WAYS = ("id", "centroid", "corners of their lines")
COLUMNS, ROWS = 12, 10
EAST_M, NORTH_M = 576_000.0, 4_075_000.0
STEP_M = np.array([600.0, 450.0])
MIDDLE = np.array([EAST_M, NORTH_M]) + STEP_M * (COLUMNS - 1, ROWS - 1) / 2.0
PLANE = CRS.from_epsg(4548)
NOISE_M = 0.05 / np.sqrt(2.0)
"""In each coordinate: 0.05 m in the plane."""


def drawn(way: str, *, noise_m: float = 0.0, seed: int = 0) -> gpd.GeoDataFrame:
    """Return parcels over a district of 7 by 4 km, or winding roads; each point with its own error."""
    rng = np.random.default_rng(seed)
    column, row = (grid.ravel() for grid in np.meshgrid(np.arange(COLUMNS), np.arange(ROWS)))
    corner = np.array([EAST_M, NORTH_M]) + np.column_stack([column, row]) * STEP_M
    outline = np.array([(0.0, 0.0), (50.0, 0.0), (50.0, 35.0), (0.0, 35.0)])
    places = corner[:, None, :] + outline[None, :, :] + rng.normal(0, noise_m, (len(corner), 4, 2))
    if way.startswith("corners"):
        return gpd.GeoDataFrame(
            {"mark": ["road"] * len(corner)}, geometry=shapely.linestrings(places), crs=PLANE
        )
    frame = gpd.GeoDataFrame(geometry=shapely.polygons(places), crs=PLANE)
    return frame.assign(ZDDM=[f"P{k:03d}" for k in range(len(frame))]) if way == "id" else frame


def written(folder: Path, name: str, frame: gpd.GeoDataFrame) -> str:
    """Write a layer, as CSV where it has no coordinate system, and return the file's name."""
    if frame.crs is not None:
        frame.to_file(folder / f"{name}.gpkg", driver="GPKG")
        return f"{name}.gpkg"
    wkt = shapely.to_wkt(frame.geometry, rounding_precision=9)
    frame.drop(columns="geometry").assign(wkt=wkt).to_csv(folder / f"{name}.csv", index=False)
    return f"{name}.csv"


def checked(
    folder: Path,
    way: str,
    one: gpd.GeoDataFrame,
    other: gpd.GeoDataFrame,
    *,
    other_crs: str | None = None,
    more: str = "",
) -> Run:
    """Write two layers and a blueprint, and run the rules on coordinates."""
    standard = "transport.road" if way.startswith("corners") else "land.parcel"
    text = '[blueprint]\ncrs = "EPSG:4548"\nas_of = 2026-11-23\nlanguage = "en"\n'
    for name, frame in (("land", one), ("tax", other)):
        file = written(folder, name, frame)
        text += f'[departments.{name}]\n[layers.{name}]\npath = "{file}"\nstandard = "{standard}"\n'
        text += f'department = "{name}"\naccuracy_m = 0.05\n'
        text += 'fields = { id = "ZDDM" }\n' if way == "id" else ""
        text += f'crs = "{other_crs}"\n' if name == "tax" and other_crs else ""
    (folder / "blueprint.toml").write_text(text + more, encoding="utf-8")
    return lantu.open(folder / "blueprint.toml").check(select=["CR"])


def moved(frame: gpd.GeoDataFrame, dx_m: float, dy_m: float) -> gpd.GeoDataFrame:
    return frame.set_geometry(frame.geometry.translate(dx_m, dy_m))


def of(run: Run, rule: str) -> gpd.GeoDataFrame:
    return run.findings[run.findings["rule"] == rule]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("shift", "noise_m"), [((0.10, 0.0), 0.0), ((0.10, 0.0), NOISE_M), ((0.3, 0.4), NOISE_M)]
)
def test_a_shift_is_found(tmp_path: Path, way: str, shift: tuple[float, float], noise_m: float) -> None:
    other = moved(drawn(way, noise_m=noise_m, seed=2), *shift)
    run = checked(tmp_path, way, drawn(way, noise_m=noise_m, seed=1), other)
    (finding,) = of(run, "CR04").itertuples()
    assert finding.measure == pytest.approx(np.hypot(*shift), abs=0.02)
    assert f"matched by {'the ' if way.startswith('corners') else ''}{way}" in finding.message
    assert "east" in finding.message
    (cause,) = run.causes.itertuples()
    assert finding.message in cause.message  # the cause says the vector, its spread and the share


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("noise_m", [0.0, NOISE_M, 0.05])
def test_no_shift_no_word(tmp_path: Path, way: str, noise_m: float) -> None:
    run = checked(tmp_path, way, drawn(way, noise_m=noise_m, seed=3), drawn(way, noise_m=noise_m, seed=4))
    assert run.findings.empty
    assert "CR04" not in set(run.not_checked["rule"])


@pytest.mark.parametrize("way", WAYS)
def test_half_of_a_layer_is_two_populations(tmp_path: Path, way: str) -> None:
    other = drawn(way, noise_m=NOISE_M, seed=5)
    east = other.geometry.centroid.x > MIDDLE[0]
    shapes = other.geometry.where(~east, other.geometry.translate(0.0, 0.5))
    run = checked(tmp_path, way, drawn(way, noise_m=NOISE_M, seed=6), other.set_geometry(shapes))
    (finding,) = of(run, "CR04").itertuples()
    assert "two populations" in finding.message
    assert finding.measure == pytest.approx(0.5, abs=0.02)
    assert finding.share_a == pytest.approx(0.5, abs=0.05)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("arcsec", "ppm"), [(20.0, 0.0), (0.0, 50.0)])
def test_a_rotation_or_a_scale_fits_better(tmp_path: Path, way: str, arcsec: float, ppm: float) -> None:
    turn, scale = np.radians(arcsec / 3600.0), ppm * 1e-6

    def turned(xy: FloatArray) -> FloatArray:
        arm = xy - MIDDLE
        moves: FloatArray = xy + arm * scale + np.column_stack([-arm[:, 1], arm[:, 0]]) * turn
        return moves

    other = drawn(way, noise_m=NOISE_M, seed=7)
    other = other.set_geometry(shapely.transform(other.geometry.to_numpy(), turned))
    run = checked(tmp_path, way, drawn(way, noise_m=NOISE_M, seed=8), other)
    (finding,) = of(run, "CR04").itertuples()
    assert "is turned and scaled" in finding.message
    said = finding.message.split("rotation ")[1]
    assert float(said.split("″")[0]) == pytest.approx(arcsec, abs=2.0)
    assert float(said.split("scale ")[1].split(" ppm")[0]) == pytest.approx(ppm, abs=10.0)


@pytest.mark.parametrize("way", WAYS)
def test_the_null_shift_of_xian_1980_is_refused(tmp_path: Path, way: str) -> None:
    other = drawn(way).set_crs("EPSG:2384", allow_override=True)
    run = checked(tmp_path, way, drawn(way), other)
    assert set(run.findings["rule"]) == {"CR02"}
    assert "CR04" in set(run.not_checked["rule"])


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("system", ["GCJ-02", "BD-09"])
@pytest.mark.parametrize("declared", ["EPSG:4326", "EPSG:4490", "nothing"])
def test_a_web_map_is_recognised_by_its_vector(
    tmp_path: Path, way: str, system: WebMap, declared: str
) -> None:
    true = drawn(way)
    shown = shapely.transform(true.geometry.to_numpy(), lambda xy: in_web_map(xy, crs=PLANE, system=system))
    web = true.set_geometry(gpd.GeoSeries(shown, crs=PLANE)).to_crs("EPSG:4490")
    if declared == "nothing":
        web = web.set_crs(None, allow_override=True)
        run = checked(tmp_path, way, true, web)
        (finding,) = of(run, "CR01").itertuples()
    else:
        run = checked(tmp_path, way, true, web.set_crs(declared, allow_override=True))
        (finding,) = of(run, "CR04").itertuples()
    look = "look like" if declared == "nothing" else "of layer tax look like"
    assert f"the coordinates {look} {system}" in finding.message
    (cause,) = run.causes.itertuples()
    assert finding.message in cause.message
    centres = [
        shapely.get_coordinates(shapely.centroid(shapes)) for shapes in (true.geometry.to_numpy(), shown)
    ]
    seen = np.median(centres[1] - centres[0], axis=0)
    numbers = [float(number) for number in re.findall(r"([+-][0-9.]+) m", finding.message)]
    assert numbers[:4] == pytest.approx([*seen, *seen], abs=1.0)  # observed, and as the formula foretells
    assert "formula gives" in finding.message
    again = checked(tmp_path, way, true, web, other_crs=system)
    assert again.findings.empty
    assert "CR04" not in set(again.not_checked["rule"])


@pytest.mark.parametrize("way", WAYS)
def test_another_offset_of_some_hundred_metres_is_no_web_map(tmp_path: Path, way: str) -> None:
    run = checked(tmp_path, way, drawn(way), moved(drawn(way), 300.0, 300.0))
    assert not run.findings["message"].str.contains("look like").any()


def test_the_inventory_says_what_the_rule_says(tmp_path: Path) -> None:
    other = moved(drawn("id", noise_m=NOISE_M, seed=9), 0.3, 0.4)
    run = checked(tmp_path, "id", drawn("id", noise_m=NOISE_M, seed=10), other)
    (finding,) = of(run, "CR04").itertuples()
    blueprint = lantu.open(tmp_path / "blueprint.toml")
    rows = blueprint.inventory().set_index("layer")
    (tax,), (land,) = rows.loc["tax", "offsets"], rows.loc["land", "offsets"]
    assert (tax["layer"], tax["kind"], tax["pairs"]) == ("land", "moved", 120)
    assert tax["share"] == pytest.approx(finding.share_a, abs=0.001)
    assert f"{tax['dx_m']:+.3f} m east and {tax['dy_m']:+.3f} m north" in finding.message
    assert f"spread {tax['spread_m']:.3f} m" in finding.message
    assert (land["dx_m"], land["dy_m"]) == (-tax["dx_m"], -tax["dy_m"])
    assert f"spread {tax['spread_m']:.3f} m; 120 objects matched by id" in rows.loc["tax", "offset"]
    assert "米" in blueprint.inventory(language="zh")["offset"].iloc[0]


def test_the_inventory_obeys_the_tuning_of_the_rule(tmp_path: Path) -> None:
    more = "[rules.CR04]\nmin_pairs = 1000\n"
    run = checked(tmp_path, "id", drawn("id"), moved(drawn("id"), 0.3, 0.4), more=more)
    assert run.findings.empty
    assert (lantu.open(tmp_path / "blueprint.toml").inventory()["offset"] == "").all()
    few = [drawn("id").iloc[:5], moved(drawn("id"), 0.3, 0.4).iloc[:5]]
    assert checked(tmp_path, "id", *few).findings.empty
    assert (lantu.open(tmp_path / "blueprint.toml").inventory()["offset"] == "").all()
    run = checked(tmp_path, "id", *few, more="[rules.CR04]\nmin_pairs = 5\n")
    assert list(run.findings["rule"]) == ["CR04"]
    inventory = lantu.open(tmp_path / "blueprint.toml").inventory()
    assert [entry["pairs"] for entries in inventory["offsets"] for entry in entries] == [5, 5]
