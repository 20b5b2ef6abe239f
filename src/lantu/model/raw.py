"""A layer as delivered, before anything is made of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lantu.model.flat import LazyGeometry
from lantu.model.problem import ProblemLog, empty_problems

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd
    from pyproj import CRS

    from lantu.model.arrays import IntArray


@dataclass(frozen=True, kw_only=True)
class RawTable:
    """Features of one source layer, in source order.

    ``attributes`` has one column per source field, values as delivered (text stays text, leading
    zeros included), and ``geometry`` the shapely geometries in source coordinates (x = easting or
    longitude), None where the source has none. ``record`` holds 1-based source record numbers.
    ``count_in`` counts every record of the source, the unreadable ones (listed in ``problems``) too.
    """

    attributes: pd.DataFrame
    geometry: LazyGeometry = LazyGeometry()  # noqa: RUF009  # a descriptor: got as objects, given flat too
    record: IntArray
    crs: CRS | None
    driver: str
    count_in: int
    layer: str | None = None
    encoding: str | None = None
    encoding_how: str = "declared"  # declared | cpg | ldid | detected | format (the format fixes it)
    files: tuple[Path, ...] = ()
    problems: ProblemLog = field(default_factory=empty_problems)
