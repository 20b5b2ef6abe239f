"""From the blueprint's words to layers: read, join, filter, settle coordinates, standardise.

A layer that fails on the way is refused with its reason and stands in every report; the rest go on.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pyproj import CRS

from lantu.crs import (
    lonlat_extent,
    parse_crs,
    suggest_crs,
    working_crs,
)
from lantu.engine.district import District, Origin, note_outside
from lantu.engine.making import layer_of
from lantu.engine.progress import Silent
from lantu.engine.reading import LARGE_LAYER, deliver, look_through
from lantu.engine.trials import web_map_seen
from lantu.messages import message
from lantu.model import give_memory_back

WGS84 = CRS.from_epsg(4326)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from lantu.engine.progress import Progress
    from lantu.engine.reading import Delivered
    from lantu.engine.store import Store
    from lantu.messages import Message
    from lantu.model import Layer, LayerSpec


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """All layers in blueprint order, refused ones included, and the working CRS."""

    layers: tuple[Layer, ...]
    crs: CRS


def load(  # what a blueprint says of its layers, and where to keep them
    specs: Sequence[LayerSpec],
    *,
    base: Path,
    crs: str,
    town_layer: str | None = None,
    progress: Progress | None = None,
    environment: Mapping[str, str] | None = None,
    store: Store | None = None,
) -> Loaded:
    """Read and standardise every layer of a blueprint in ``base`` into the working CRS ``crs``.

    ``environment`` holds what ``${NAME}`` stands for in addresses, that of the process by default. With a
    ``store`` layers are kept there, and no large one is in memory whole: a large file is read piece by piece,
    once to see where it lies, and again to be standardised (one whose format cannot, whole both times).

    Raises
    ------
    CrsError
        The working CRS is unusable, or ``auto`` has no layer with a CRS to go by.
    """
    watcher = progress or Silent()
    deliveries = _deliveries(specs, base, environment, watcher, keep_all=store is None)
    working = _working(crs, deliveries)
    district = District.of([(d.crs, d.bounds) for d in deliveries], working=working)
    on_way = _OnWay(base=base, working=working, district=district, store=store, environment=environment)
    watcher.stage("standardise", len(deliveries))
    layers: list[Layer] = []
    origins: dict[str, Origin] = {}
    while deliveries[len(layers) :]:
        delivery = deliveries[len(layers)]
        if store is not None and delivery.seen is None:
            deliveries[len(layers)] = replace(delivery, raw=None)  # its table goes when its layer is made
        layer, origin = on_way.layer(delivery)
        layers.append(layer)
        if origin is not None:
            origins[layer.name] = origin
        del delivery, layer
        give_memory_back()
        watcher.advance()
    for position, delivery in enumerate(deliveries):
        if _in_degrees(delivery, layers[position], district):
            trial, _ = on_way.layer(replace(delivery, crs=WGS84))
            layers[position] = _with_hint(layers[position], web_map_seen(trial, layers))
    towns = next((layer for layer in layers if layer.name == town_layer), None)
    return Loaded(layers=tuple(note_outside(layers, origins, working, towns)), crs=working)


def _deliveries(
    specs: Sequence[LayerSpec],
    base: Path,
    environment: Mapping[str, str] | None,
    progress: Progress,
    *,
    keep_all: bool,
) -> list[Delivered]:
    """Return what the departments delivered; without ``keep_all`` large files are read again later."""
    progress.stage("read", len(specs))
    deliveries = []
    for spec in specs:
        seen = None if keep_all else look_through(spec)
        delivery = seen or deliver(spec, base=base, environment=environment)
        deliveries.append(delivery if keep_all else _outline(delivery))
        progress.advance()
    return deliveries


@dataclass(frozen=True, kw_only=True)
class _OnWay:
    """What stands between a delivery and its layer."""

    base: Path
    working: CRS
    district: District
    store: Store | None
    environment: Mapping[str, str] | None

    def layer(self, delivery: Delivered) -> tuple[Layer, Origin | None]:
        """Bring a delivery to the working CRS and its standard, or refuse it; store it where there is one."""
        if delivery.raw is None and delivery.refusal is None:
            again = deliver(delivery.spec, base=self.base, environment=self.environment)
            delivery = replace(again, crs=delivery.crs)
        return layer_of(delivery, self.working, self.district, self.base, self.store)


def _outline(delivery: Delivered) -> Delivered:
    """Return a delivery without its table where that is large and stands in a file, to be read again."""
    small = delivery.seen is not None or delivery.count < LARGE_LAYER
    if delivery.raw is None or isinstance(delivery.spec.path, str) or small:
        return delivery
    return replace(delivery, raw=None)


def _working(text: str, deliveries: Sequence[Delivered]) -> CRS:
    extents, weights = [], []
    for delivery in deliveries:
        if delivery.crs is not None and delivery.bounds is not None:
            extent = lonlat_extent(delivery.bounds, crs=delivery.crs)
            if extent is not None:
                extents.append(extent)
                weights.append(float(delivery.count))
    return working_crs(text, extents=extents, weights=weights)


def _in_degrees(delivery: Delivered, layer: Layer, district: District) -> bool:
    """Say whether a layer was refused for want of a coordinate system and reads as longitude and latitude."""
    if layer.refusal is None or layer.refusal.code != "CR01" or delivery.bounds is None:
        return False
    found = suggest_crs(delivery.bounds, expected=district.lonlat)
    return found is not None and not found.swapped and parse_crs(found.crs or "").is_geographic


def _with_hint(layer: Layer, hint: Message | None) -> Layer:
    """Add to the refusal of a layer what it looks like beside another one."""
    if hint is None or layer.refusal is None:
        return layer
    first = layer.refusal.suggestion
    said = hint if first is None else message("crs.note_and", first=first, second=hint)
    return replace(layer, refusal=replace(layer.refusal, suggestion=said))
