"""``findings.parquet``: the columns of the contract, the truth that the other formats are made from."""

from __future__ import annotations

import hashlib
from io import BytesIO
from typing import TYPE_CHECKING

from lantu.model import FINDING_COLUMNS

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd

    from lantu.model import Run


def write_parquet(run: Run, path: Path) -> None:
    """Write the findings as GeoParquet 1.1 (WKB, working CRS), rows in the order of the run."""
    _write(run, path)


def parquet_sha256(run: Run) -> str:
    """Return the SHA-256 of ``findings.parquet``, written or not: it says which run a decision belongs to."""
    content = BytesIO()
    _write(run, content)
    return hashlib.sha256(content.getbuffer()).hexdigest()


def _write(run: Run, target: Path | BytesIO) -> None:
    typed_findings(run).to_parquet(target, index=False, compression="zstd", schema_version="1.1.0")


def typed_findings(run: Run) -> gpd.GeoDataFrame:
    """Return the contract's columns and geometry with fixed types.

    A text column without a single value would otherwise become a column of type "null", and the
    schema would depend on the data.
    """
    text = {name: "string" for name, dtype in FINDING_COLUMNS.items() if dtype == "object"}
    geometry = run.findings.geometry.rename("geometry")
    return run.findings[list(FINDING_COLUMNS)].astype(text).set_geometry(geometry, crs=run.findings.crs)
