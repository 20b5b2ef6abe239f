"""The register of trees as the gardens office keeps it: one tree a line, ``id;x;y;species;grade;crown``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from lantu.sources import Kind, NotedTable, choose_layer

if TYPE_CHECKING:
    from pathlib import Path

FIELDS = ("id", "x", "y", "species", "grade", "crown_radius_m")


@dataclass(frozen=True)
class TreeSource:
    """One register; it states no coordinate system, so the blueprint has to."""

    path: Path
    encoding: str | None = None
    driver: str = "trees"

    def layers(self) -> tuple[str, ...]:
        """Return the only layer."""
        return (self.path.stem,)

    def read(self, layer: str | None = None, *, geometry: bool = True) -> NotedTable:  # noqa: ARG002
        """Read all trees; every value stays as it is written."""
        name = choose_layer(self.path, layer, self.layers())
        text = self.path.read_text(encoding=self.encoding or "utf-8")
        rows = [line.split(";") for line in text.splitlines() if line.strip()]
        table = pd.DataFrame(rows, columns=list(FIELDS), dtype=object)
        places = table[["x", "y"]].to_numpy(dtype=np.float64)
        return NotedTable(
            attributes=table.drop(columns=["x", "y"]),
            geometry=shapely.points(places),
            record=np.arange(1, len(table) + 1, dtype=np.int64),
            crs=None,
            driver=self.driver,
            count_in=len(table),
            layer=name,
            encoding=self.encoding or "utf-8",
            files=(self.path,),
        )


TREES = Kind(name="trees", suffixes=(".trees",), open=TreeSource)
