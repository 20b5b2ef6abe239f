"""Real deliveries with known answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pytest
import shapely

from lantu.relations import Coverage, Overlaps, gaps, kept
from lantu.relations.overlay import polygonal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from lantu.model import Layer
    from lantu.relations import Pairs

ZONES = {
    "30014": ("30014_PLU_20171013/Donnees_geographiques/30014_ZONE_URBA_20171013.shp", 5, 6001.0),
    "241800432": ("241800432_PLUi_20200128/Donnees_geographiques/241800432_ZONE_URBA_20200128.shp", 25, None),
    "200011781": ("200011781_PLUi_20180101/Donnees_geographiques/ZONE_URBA.shp", 32, None),
    "41175": ("41175_PLU_20140603/Donnees_geographiques/ZONE_URBA.shp", 131, None),
}


def _polygons(path: Any, crs: str | None = None) -> Any:
    frame = gpd.read_file(path)
    if crs is not None:
        frame = frame.to_crs(crs)
    shapes = shapely.force_2d(frame.geometry.to_numpy()).astype(object)
    return polygonal(np.asarray(shapely.make_valid(shapes), dtype=object))


@pytest.mark.real
@pytest.mark.parametrize("code", ZONES)
def test_zones_of_french_plans_overlap_and_gape_as_known(
    layer: Callable[..., Layer], related: Callable[..., Pairs], real_data: Path, code: str
) -> None:
    file, overlaps, largest_m2 = ZONES[code]
    shapes = _polygons(real_data / "france_plu_ign" / "documents" / file)
    a = layer(shapes)
    found = related(Overlaps(), a, itself=True)
    mask, _ = kept(Overlaps(min_area_m2=1.0), found)
    assert mask.sum() == overlaps
    if largest_m2 is not None:
        assert found["area_m2"].max() == pytest.approx(largest_m2, abs=1.0)

    pairs, _ = gaps(Coverage(max_width_m=1e9), a, chosen_a=np.ones(len(a), dtype=np.bool_))
    union = shapely.union_all(shapes)
    rings = [shapely.Polygon(ring) for part in shapely.get_parts(union) for ring in part.interiors]
    holes = shapely.get_parts(shapely.difference(shapely.union_all(rings), union))
    broad = [hole for hole in holes if not shapely.buffer(hole, -0.00051).is_empty]
    got = pairs.shape()
    tree = shapely.STRtree(got)
    for hole in broad:
        near = tree.query(hole)
        assert shapely.area(shapely.symmetric_difference(got[near], hole)).min() < 1e-4
    assert pairs["area_m2"].sum() == pytest.approx(shapely.area(holes).sum(), abs=0.05)


@pytest.mark.real
def test_septic_pipes_under_the_facilities_of_zaatari(
    layer: Callable[..., Layer], related: Callable[..., Pairs], real_data: Path
) -> None:
    camp = real_data / "zaatari_camp"
    pipes = gpd.read_file(camp / "Pipes_Septic_2017_03.shp.zip").to_crs("EPSG:32637")
    facilities = _polygons(camp / "CampFacilities_2017_02.shp.zip", "EPSG:32637")
    found = related(
        Overlaps(), layer(shapely.force_2d(pipes.geometry.to_numpy()), accuracy_m=0.0), layer(facilities)
    )
    assert found["length_m"].sum() == pytest.approx(721.0, abs=0.5)
    blocks = layer(_polygons(camp / "BlockBoundaries_2016_12.shp.zip", "EPSG:32637"))
    assert len(blocks) == 193
    assert not kept(Overlaps(), related(Overlaps(), blocks, itself=True))[0].any()


@pytest.mark.real
def test_a_road_network_in_one_polygon_is_taken_by_pieces(
    layer: Callable[..., Layer], related: Callable[..., Pairs], real_data: Path
) -> None:
    folder = real_data / "cambridge_ma"
    roads = gpd.read_file(folder / "transport" / "BASEMAP_Roads.topojson")
    parcels = gpd.read_file(folder / "assessing" / "ASSESSING_ParcelsFY2014.topojson")
    largest = int(np.argmax(shapely.get_num_coordinates(roads.geometry.to_numpy())))
    layers = []
    for frame in (parcels.iloc[::40], roads.iloc[[largest]]):
        projected = frame.set_crs("EPSG:4326", allow_override=True).to_crs("EPSG:26986")
        shapes = np.asarray(shapely.make_valid(projected.geometry.to_numpy()), dtype=object)
        layers.append(layer(polygonal(shapes)))
    a, b = layers
    assert shapely.get_num_coordinates(b.geometry[0]) > 100_000
    found = related(Overlaps(), a, b)
    whole = shapely.area(shapely.intersection(a.geometry[found.rows_a], b.geometry[found.rows_b]))
    np.testing.assert_allclose(found["area_m2"], whole, atol=1e-6)
    assert len(found) > 300
