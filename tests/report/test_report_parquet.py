"""findings.parquet: the contract's columns, types and order, whatever the data."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from lantu.model import FINDING_COLUMNS
from lantu.report import write

if TYPE_CHECKING:
    from pathlib import Path

    from lantu.model import Run


@pytest.mark.parametrize("kind", ["run", "empty_run", "hostile_run"])
def test_columns_and_types_do_not_depend_on_the_data(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    write(request.getfixturevalue(kind), tmp_path, formats=["parquet"])
    schema = pq.read_schema(tmp_path / "findings.parquet")
    assert schema.names == [*FINDING_COLUMNS, "geometry"]
    for name, dtype in FINDING_COLUMNS.items():
        found = schema.field(name).type
        assert (
            pa.types.is_float64(found)
            if dtype == "float64"
            else pa.types.is_large_string(found) or (pa.types.is_string(found))
        )
    geo = json.loads(schema.metadata[b"geo"])
    assert geo["columns"]["geometry"]["crs"]["id"] == {"authority": "EPSG", "code": 4548}


@pytest.mark.parametrize("kind", ["run", "hostile_run"])
def test_values_and_geometries_come_back_as_they_were(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    run: Run = request.getfixturevalue(kind)
    write(run, tmp_path, formats=["parquet"])
    back = gpd.read_parquet(tmp_path / "findings.parquet")
    for name, dtype in FINDING_COLUMNS.items():
        mine, theirs = run.findings[name], back[name]
        assert (mine.isna() == theirs.isna()).all()
        given = mine.notna()
        if dtype == "object":
            assert mine[given].tolist() == theirs[given].tolist()
        else:
            pd.testing.assert_series_equal(mine, theirs)
    assert shapely.equals_identical(run.findings.geometry.to_numpy(), back.geometry.to_numpy())[
        run.findings.geometry.notna()
    ].all()
