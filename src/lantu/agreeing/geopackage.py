"""``blueprint.gpkg``: parcels, parts, values and the account, for any GIS."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pyogrio

from lantu.report.geopackage import fixed_clock, typed
from lantu.report.writing import write_whole

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd

    from lantu.agreeing.agreement import Agreement


def write_blueprint(made: Agreement, path: Path) -> Path:
    """Write the layers ``parcel`` and ``part`` and the tables ``value`` and ``account``; return ``path``.

    Raises
    ------
    OutputError
        The file cannot be written.
    """

    def write(passing: Path) -> None:
        with fixed_clock(f"{made.facts.as_of.isoformat()}T00:00:00.000Z"):
            _layer(made.parcels, passing, "parcel")
            _layer(made.parts, passing, "part")
            for name, table in (("value", made.statements), ("account", made.account)):
                pyogrio.write_dataframe(
                    typed(table, _columns(table)), passing, layer=name, driver="GPKG", append=True
                )

    return write_whole(path, write)


def _layer(frame: gpd.GeoDataFrame, path: Path, name: str) -> None:
    plain = pd.DataFrame(frame.drop(columns=frame.geometry.name))
    table = frame[[frame.geometry.name]].join(typed(plain, _columns(plain)))
    pyogrio.write_dataframe(
        table, path, layer=name, driver="GPKG", append=path.exists(), geometry_type="MultiPolygon",
        promote_to_multi=True, layer_options={"GEOMETRY_NAME": "geom", "SPATIAL_INDEX": "YES"},
    )  # fmt: skip


def _columns(table: pd.DataFrame) -> dict[str, str]:
    """Return the kind of each column: whole numbers, numbers, else text."""
    kinds = {"i": "int64", "f": "float64"}
    return {
        str(name): kinds.get(getattr(dtype, "kind", "O"), "object") for name, dtype in table.dtypes.items()
    }
