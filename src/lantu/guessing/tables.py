"""Layers delivered twice in several formats, and plain tables that belong to a layer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from lantu.guessing.model import JoinGuess, Unused
from lantu.messages import message
from lantu.sources.join import keys_of
from lantu.standards.enumeration import normal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lantu.crs import Bounds
    from lantu.guessing.discovery import Found
    from lantu.messages import Message

SAME_PLACE_DEG = 5e-5
"""Extents of one layer in two formats differ by less than this (about 5 m)."""

PREFERRED_DRIVERS = (
    "GPKG",
    "OpenFileGDB",
    "FlatGeobuf",
    "Parquet",
    "GeoParquet",
    "ESRI Shapefile",
    "GeoJSON",
    "TopoJSON",
    "KML",
)

KEYS_MET = 0.8
"""Share of a layer's keys that a table must have."""

KEYS_DISTINCT = 0.9
TELLING_KEY = 5
"""Keys of fewer characters that are digits alone (1, 2, 3 …) join anything with anything."""


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A way to join a table to the layer at ``position``; ``single`` says that each key has one row."""

    position: int
    on: str
    key: str
    share: float
    nearness: int
    single: bool


def drop_repeats(layers: Sequence[Found], extents: Sequence[Bounds | None]) -> tuple[list[int], list[Unused]]:
    """Return the positions of the layers to keep, and those that are one of them in another format.

    Of one layer in several formats the one that states its coordinate system and has most fields is kept.
    """
    ranked = sorted(range(len(layers)), key=lambda position: _rank(layers[position]))
    kept: list[int] = []
    dropped: list[tuple[int, Unused]] = []
    for position in ranked:
        twin = next((other for other in kept if _is_same(layers, extents, position, other)), None)
        if twin is None:
            kept.append(position)
            continue
        reason = message("guessing.unused.repeated", path=layers[twin].path)
        dropped.append((position, Unused(path=layers[position].path, reason=reason)))
    return sorted(kept), [unused for _, unused in sorted(dropped, key=lambda item: item[0])]


def match_tables(
    layers: Sequence[Found], tables: Sequence[Found], joined: Mapping[int, JoinGuess]
) -> tuple[dict[int, JoinGuess], list[Unused]]:
    """Return the table that belongs to each layer, by the layer's position, and the tables of no use.

    ``joined`` are the layers that have theirs already.
    """
    joins = dict(joined)
    unused: list[Unused] = []
    for table in tables:
        offers = [
            offer
            for position, layer in enumerate(layers)
            if position not in joins
            for offer in _offers(layer, table, position)
        ]
        best = min((offer for offer in offers if offer.single), key=_order, default=None)
        if best is None:
            place = table.path if table.layer is None else f"{table.path}: {table.layer}"
            unused.append(Unused(path=place, reason=_no_use(layers, table, offers)))
            continue
        joins[best.position] = JoinGuess(
            path=table.path,
            on=(best.on,),
            table_key=best.key,
            table_layer=table.layer,
            reason=message("guessing.reason.join", percent=100.0 * best.share),
        )
    return joins, unused


def _order(offer: Offer) -> tuple[int, float, int]:
    return -offer.nearness, -offer.share, offer.position


def _no_use(layers: Sequence[Found], table: Found, offers: Sequence[Offer]) -> Message:
    """Say why a table is not joined: it is a layer again, has several rows for a key, or fits nowhere."""
    columns = set(map(str, table.attributes.columns))
    for layer in layers:
        if normal(layer.title) == normal(table.title) and columns <= set(map(str, layer.attributes.columns)):
            return message("guessing.unused.repeated", path=layer.path)
    best = min(offers, key=_order, default=None)
    if best is None:
        return message("guessing.unused.table")
    return message(
        "guessing.unused.rows_repeated", layer=layers[best.position].title, on=best.on, key=best.key
    )


def _rank(layer: Found) -> tuple[bool, int, int, str]:
    driver = layer.raw.driver
    place = PREFERRED_DRIVERS.index(driver) if driver in PREFERRED_DRIVERS else len(PREFERRED_DRIVERS)
    return layer.raw.crs is None, -len(layer.attributes.columns), place, layer.path


def _is_same(layers: Sequence[Found], extents: Sequence[Bounds | None], one: int, other: int) -> bool:
    a, b = layers[one], layers[other]
    box, twin = extents[one], extents[other]
    if a.path == b.path or box is None or twin is None:
        return False
    alike = normal(a.title) == normal(b.title) and a.raw.count_in == b.raw.count_in and a.kind == b.kind
    return alike and bool(np.abs(np.subtract(box, twin)).max() < SAME_PLACE_DEG)


def _nearness(layer: Found, table: Found) -> int:
    """Return 2 for a table of the layer's own name, 1 for one in its folder, else 0."""
    if normal(layer.title) == normal(table.title):
        return 2
    return int(layer.path.rpartition("/")[0] == table.path.rpartition("/")[0])


def _offers(layer: Found, table: Found, position: int) -> list[Offer]:
    """Return the fields of one name by which a table that adds anything can be joined to a layer."""
    theirs = {normal(str(name)): str(name) for name in table.attributes.columns}
    if not set(theirs) - {normal(str(name)) for name in layer.attributes.columns}:
        return []
    found = []
    for name in map(str, layer.attributes.columns):
        key = theirs.get(normal(name))
        if key is None:
            continue
        ours, rows = _present(layer.attributes[name]), _present(table.attributes[key])
        if not len(ours) or not len(rows) or not _is_telling(rows):
            continue
        share = float(ours.isin(rows).mean())
        if share >= KEYS_MET:
            single = bool(rows.nunique() >= KEYS_DISTINCT * len(rows))
            nearness = _nearness(layer, table)
            found.append(
                Offer(position=position, on=name, key=key, share=share, nearness=nearness, single=single)
            )
    return found


def _present(column: pd.Series) -> pd.Series:
    keys = pd.Series(keys_of(column), dtype=object)
    return keys[keys.notna()]


def _is_telling(keys: pd.Series) -> bool:
    return bool((~keys.str.isdigit() | (keys.str.len() >= TELLING_KEY)).mean() > 1 - KEYS_MET)
