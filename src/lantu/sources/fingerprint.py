"""The fingerprint of rows that come from no file."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import shapely

if TYPE_CHECKING:
    import pandas as pd

    from lantu.model import RawTable


def sha256_of_rows(raw: RawTable) -> str:
    """Return the SHA-256 over field names, CRS, values and geometries of a table, as 64 hex digits.

    The rows' own digests count in sorted order, so that neither the order in which a server happens to
    deliver nor the size of its pages changes the fingerprint.
    """
    names = [str(name) for name in raw.attributes.columns]
    columns = [_plain(raw.attributes[name]) for name in raw.attributes.columns]
    blobs = shapely.to_wkb(raw.geometry, byte_order=1).tolist()
    values = zip(*columns, strict=True) if columns else iter([()] * len(blobs))
    rows = sorted(
        hashlib.sha256(repr(row).encode() + b"\0" + (blob or b"")).digest()
        for row, blob in zip(values, blobs, strict=True)
    )
    crs = raw.crs.to_wkt() if raw.crs is not None else ""
    digest = hashlib.sha256(repr((names, crs, raw.count_in)).encode())
    for row in rows:
        digest.update(row)
    return digest.hexdigest()


def _plain(column: pd.Series) -> list[object]:
    """Return values as Python's own, every kind of missing as None."""
    return column.astype(object).where(column.notna(), None).tolist()
