"""Monuments with their zones, rivers, and the towns that findings are placed in."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely

from city.ground import DISTRICT_X_M, DISTRICT_Y_M, Ground

TOWN_DISTRICTS = 4
"""Districts along each side of a town."""

RIVER_M = 12.0


def monuments(ground: Ground) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the points of a district's monuments, and a protection range and a control belt for each."""
    random = ground.random
    west, south = ground.origin_m
    sites, zones = [], []
    for number in range(random.poisson(0.25)):
        centre = np.array([west, south]) + random.random(2) * (DISTRICT_X_M, DISTRICT_Y_M)
        angle = np.linspace(0, 2 * np.pi, int(random.integers(12, 41)), endpoint=False)
        radius_m = random.uniform(20, 60) * random.uniform(0.7, 1.0, len(angle))
        star = centre + radius_m[:, None] * np.stack([np.cos(angle), np.sin(angle)], -1)
        core = shapely.polygons(np.round(star, 3))
        site = f"WW{ground.number:06d}{number}"
        belt = shapely.difference(shapely.buffer(core, 50.0), core)
        sites.append((site, f"碑{site[2:]}", "municipal", shapely.points(np.round(centre, 3))))
        zones += [(f"{site}-1", site, "protection", np.nan, core), (f"{site}-2", site, "control", 12.0, belt)]
    return (
        pd.DataFrame(sites, columns=["BH", "MC", "JB", "geometry"]),
        pd.DataFrame(zones, columns=["BH", "WWBH", "FWLX", "XG", "geometry"]),
    )


def rivers(ground: Ground) -> pd.DataFrame:
    """Return the management range of a river along the south of every fourth row of districts."""
    if ground.row % TOWN_DISTRICTS != 1:
        return pd.DataFrame(columns=["QBH", "QLX", "geometry"])
    west, south = ground.origin_m
    x = np.linspace(west, west + DISTRICT_X_M, 60)
    y = south + 50.0 + 20.0 * np.sin(2 * np.pi * (x - west) / DISTRICT_X_M)
    band = np.concatenate([np.stack([x, y - RIVER_M], -1), np.stack([x, y + RIVER_M], -1)[::-1]])
    name = f"HD{ground.number:06d}"
    return pd.DataFrame(
        {"QBH": [name], "QLX": ["river_management"], "geometry": shapely.polygons([np.round(band, 3)])}
    )


def areas(ground: Ground, columns: int, rows: int) -> pd.DataFrame:
    """Return the district as a village, and the town where the district is its south-western one."""
    west, south = ground.origin_m
    village = shapely.box(west, south, west + DISTRICT_X_M, south + DISTRICT_Y_M)
    found = [(f"370306{ground.number:06d}", f"第{ground.number}村", "village", village)]
    if ground.column % TOWN_DISTRICTS == ground.row % TOWN_DISTRICTS == 0:
        wide = min(TOWN_DISTRICTS, columns - ground.column) * DISTRICT_X_M
        high = min(TOWN_DISTRICTS, rows - ground.row) * DISTRICT_Y_M
        town = f"{ground.row // TOWN_DISTRICTS:03d}{ground.column // TOWN_DISTRICTS:03d}"
        found.append(
            (f"37030{town}", f"镇{town}", "town", shapely.box(west, south, west + wide, south + high))
        )
    return pd.DataFrame(found, columns=["XZQDM", "XZQMC", "JB", "geometry"])
