"""Pages of GML that a service delivers, made into a table with GDAL."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyogrio

from lantu.errors import SourceError
from lantu.messages import message
from lantu.sources.damage import Damage
from lantu.sources.features import Reference, settle_axes
from lantu.sources.gdal import Rows, read_bulk, reason_of
from lantu.sources.source import NotedTable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lantu.messages import Message
    from lantu.sources.address import Address

_AS_WRITTEN = {"GML_FIELDTYPES": "ALWAYS_STRING"}
"""Else GDAL guesses types from values, and a code such as 0103 becomes the number 103."""

_KEY = "gml_id"


def gml_table(  # what a table says of itself
    bodies: Sequence[bytes],
    address: Address,
    reference: Reference,
    *,
    expected: int,
    layer: str,
    driver: str,
) -> NotedTable:
    """Return the features of all pages in the order of their GML ids; values are text, as written.

    Raises
    ------
    SourceError
        A page cannot be read, a feature stands on two pages, or there are not ``expected`` features.
    """
    pages = [_rows(body, address) for body in bodies]
    attributes = (
        pd.concat([page.attributes for page in pages], ignore_index=True) if pages else pd.DataFrame()
    )
    geometry = np.concatenate([page.geometry for page in pages]) if pages else np.empty(0, dtype=object)
    if len(geometry) != expected:
        raise SourceError(
            message("live.incomplete", address=address.shown, expected=expected, found=len(geometry))
        )
    order = np.arange(len(geometry))
    if _KEY in attributes:
        ids = attributes[_KEY].astype(object)
        repeated = ids[ids.notna() & ids.duplicated()]
        if len(repeated):
            first = address.quoted(repeated.iloc[0])
            raise SourceError(message("live.page_repeated", address=address.shown, id=first))
        order = np.array(sorted(order, key=lambda row: (len(str(ids[row])), str(ids[row]))), dtype=np.int64)
    damage = Damage()
    start = 0
    refused: dict[int, Message] = {}
    for page in pages:
        refused |= {start + position: reason for position, reason in page.failures.items()}
        start += len(page.geometry)
    records = np.arange(1, len(order) + 1, dtype=np.int64)
    for record, row in zip(records.tolist(), order.tolist(), strict=True):
        if row in refused:
            damage.refuse(record, refused[row])
    good = ~np.isin(records, sorted(damage.unreadable))
    crs = next((page.crs for page in pages if page.crs is not None), reference.crs)
    settled, notes = settle_axes(geometry[order][good], Reference(crs=crs, extent=reference.extent))
    return NotedTable(
        attributes=attributes.iloc[order[good]].reset_index(drop=True),
        geometry=settled,
        record=records[good],
        crs=crs,
        driver=driver,
        count_in=len(order),
        layer=layer,
        encoding="UTF-8",
        encoding_how="format",
        problems=damage.log(),
        notes=notes,
    )


def _rows(body: bytes, address: Address) -> Rows:
    """Read one page through a file of its own; nothing it refers to is fetched."""
    with tempfile.TemporaryDirectory(prefix="lantu-") as folder, _as_written():
        path = Path(folder) / "page.gml"
        path.write_bytes(body)
        try:
            return read_bulk(path, layer=None, DOWNLOAD_SCHEMA="NO", EXPOSE_GML_ID="YES")
        except Exception as error:  # whatever GDAL raises is the reason
            reason = address.quoted(reason_of(error, path))
            raise SourceError(message("live.web_unreadable", address=address.shown, reason=reason)) from error


@contextmanager
def _as_written() -> Iterator[None]:
    before = {name: pyogrio.get_gdal_config_option(name) for name in _AS_WRITTEN}
    pyogrio.set_gdal_config_options(_AS_WRITTEN)
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options(before)
