"""From the blueprint's words to layers: read, join, filter, settle coordinates, standardise.

A layer that fails on the way is refused with its reason and stands in every report; the rest go on.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
from pyproj import CRS

from lantu.crs import (
    Operation,
    choose_operation,
    identify,
    lonlat_extent,
    parse_crs,
    suggest_crs,
    working_crs,
)
from lantu.engine.counts import require_all_counted
from lantu.engine.district import District, Origin, note_outside
from lantu.engine.reading import deliver
from lantu.engine.trials import web_map_seen
from lantu.errors import LantuError
from lantu.messages import message
from lantu.model import (
    CrsUse,
    Layer,
    ProblemKind,
    ProblemLog,
    Provenance,
    Refusal,
    cores,
    empty_problems,
)
from lantu.sources import notes_of, shown_address
from lantu.standards import lost_standard, standard, standardise

WGS84 = CRS.from_epsg(4326)

_LOST = ProblemKind.GEOMETRY_MISSING.value
"""A geometry that could not be projected was there; it is reported as outside, not as missing."""

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from lantu.engine.progress import Progress
    from lantu.engine.reading import Delivered
    from lantu.messages import Message
    from lantu.model import LayerSpec


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """All layers in blueprint order, refused ones included, and the working CRS."""

    layers: tuple[Layer, ...]
    crs: CRS


def load(
    specs: Sequence[LayerSpec],
    *,
    base: Path,
    crs: str,
    town_layer: str | None = None,
    progress: Progress | None = None,
    environment: Mapping[str, str] | None = None,
) -> Loaded:
    """Read and standardise every layer of a blueprint in ``base`` into the working CRS ``crs``.

    ``environment`` holds what ``${NAME}`` stands for in addresses, that of the process by default.

    Raises
    ------
    CrsError
        The working CRS is unusable, or ``auto`` has no layer with a CRS to go by.
    """
    if progress is not None:
        progress.stage("read", len(specs))
    deliveries = []
    for spec in specs:
        deliveries.append(deliver(spec, base=base, environment=environment))
        if progress is not None:
            progress.advance()
    working = _working(crs, deliveries)
    district = District.of([(d.crs, d.bounds) for d in deliveries], working=working)
    if progress is not None:
        progress.stage("standardise", len(deliveries))
    layers = []
    origins: dict[str, Origin] = {}
    for delivery in deliveries:
        layer, origin = _layer(delivery, working, district, base)
        layers.append(layer)
        if origin is not None:
            origins[layer.name] = origin
        if progress is not None:
            progress.advance()
    for position, delivery in enumerate(deliveries):
        if _in_degrees(delivery, layers[position], district):
            trial, _ = _layer(replace(delivery, crs=WGS84), working, district, base)
            layers[position] = _with_hint(layers[position], web_map_seen(trial, layers))
    towns = next((layer for layer in layers if layer.name == town_layer), None)
    return Loaded(layers=tuple(note_outside(layers, origins, working, towns)), crs=working)


def _working(text: str, deliveries: Sequence[Delivered]) -> CRS:
    extents, weights = [], []
    for delivery in deliveries:
        if delivery.crs is not None and delivery.bounds is not None and delivery.raw is not None:
            extent = lonlat_extent(delivery.bounds, crs=delivery.crs)
            if extent is not None:
                extents.append(extent)
                weights.append(float(len(delivery.raw.record)))
    return working_crs(text, extents=extents, weights=weights)


def _layer(delivery: Delivered, working: CRS, district: District, base: Path) -> tuple[Layer, Origin | None]:
    """Bring one delivery to the working CRS and its standard, or refuse it."""
    if delivery.raw is None or delivery.refusal is not None:
        return _refused(delivery, base, delivery.refusal, working), None
    try:
        operation = choose_operation(
            delivery.crs,
            working,
            area_of_interest=district.lonlat,
            transform=delivery.spec.transform,
            stated_accuracy_m=delivery.spec.accuracy_m,
        )
        if isinstance(operation, Refusal):
            return _refused(delivery, base, _advised(operation, delivery, district), working), None
        applied = operation.apply(delivery.raw.geometry, threads=cores())
        done = standardise(delivery.raw, delivery.spec, geometry=applied.geometry, crs=working)
        require_all_counted(
            delivery.raw, out=len(done.frame), listed=delivery.listed, filtered=delivery.filtered
        )
    except LantuError as error:
        return _refused(delivery, base, Refusal(reason=error.whole), working), None
    projected = ~np.isin(done.problems["row"], np.flatnonzero(applied.failed))
    problems = _log(delivery.raw.problems, done.problems[projected | (done.problems["kind"] != _LOST)])
    provenance = replace(
        _provenance(delivery, base),
        count_out=len(done.frame),
        crs=operation.use(delivery.stated_by, own_accuracy_m=_own_accuracy_m(delivery.spec)),
        fields_matched=dict(done.fields_matched),
        fields_missed=done.fields_missed,
    )
    origin = Origin(geometry=delivery.raw.geometry, crs=delivery.crs, failed=applied.failed)
    return _made(delivery, done.frame, problems, provenance, operation), origin


def _made(
    delivery: Delivered,
    frame: gpd.GeoDataFrame,
    problems: ProblemLog,
    provenance: Provenance,
    operation: Operation,
) -> Layer:
    spec = delivery.spec
    return Layer(
        name=spec.name,
        standard=spec.standard,
        department=spec.department,
        frame=frame,
        accuracy_m=_accuracy_m(spec, operation),
        level=spec.level,
        levels=dict(spec.levels),
        provenance=provenance,
        problems=problems,
        shift=operation.shift,
        shift_accuracy_m=(operation.accuracy_m or 0.0) if operation.shift is not None else 0.0,
    )


def _accuracy_m(spec: LayerSpec, operation: Operation) -> float:
    """Return the survey's standard error, joined with that of an operation that is no change of datum.

    The error of a datum shift is kept apart: layers that came by one shift share it. Control points are
    the layer's own, so their residual is the layer's.
    """
    own = _own_accuracy_m(spec)
    if operation.shift is None and operation.accuracy_m:
        return float(np.hypot(own, operation.accuracy_m))
    return float(own)


def _own_accuracy_m(spec: LayerSpec) -> float:
    """Return the standard error that the department states for its survey, else that of the standard."""
    return spec.accuracy_m if spec.accuracy_m is not None else standard(spec.standard).accuracy_m


def _refused(delivery: Delivered, base: Path, refusal: Refusal | None, working: CRS) -> Layer:
    spec = delivery.spec
    frame = gpd.GeoDataFrame(
        {"id": pd.Series(dtype="object")}, geometry=gpd.GeoSeries([], crs=working), crs=working
    )
    use = CrsUse(
        source=identify(delivery.crs) if delivery.crs is not None else None,
        stated_by=delivery.stated_by,
        working=identify(working),
        operation=None,
        definition=None,
        accuracy_m=None,
    )
    return Layer(
        name=spec.name,
        standard=spec.standard,
        department=spec.department,
        frame=frame,
        accuracy_m=np.nan if lost_standard(spec.standard) is not None else _own_accuracy_m(spec),
        level=spec.level,
        levels=dict(spec.levels),
        provenance=replace(_provenance(delivery, base), crs=use),
        problems=delivery.raw.problems if delivery.raw is not None else empty_problems(),
        refusal=refusal,
    )


def _advised(refusal: Refusal, delivery: Delivered, district: District) -> Refusal:
    """Add what an undeclared layer's coordinates look like to its refusal."""
    if refusal.code != "CR01" or delivery.bounds is None:
        return refusal
    found = suggest_crs(delivery.bounds, expected=district.lonlat)
    return replace(refusal, suggestion=found.message) if found is not None else refusal


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


def _provenance(delivery: Delivered, base: Path) -> Provenance:
    spec, raw = delivery.spec, delivery.raw
    return Provenance(
        path=_shown_path(spec.path, base),
        layer=raw.layer if raw is not None else spec.layer,
        driver=raw.driver if raw is not None else None,
        sha256=delivery.sha256,
        count_in=raw.count_in if raw is not None else 0,
        count_out=0,
        count_listed=delivery.listed,
        count_filtered=delivery.filtered,
        encoding=raw.encoding if raw is not None else None,
        encoding_how=raw.encoding_how if raw is not None else None,
        issued=spec.issued,
        update=spec.update,
        join=delivery.join,
        notes=notes_of(raw) if raw is not None else (),
    )


def _shown_path(path: Path | str, base: Path) -> str:
    """Return a path relative to the blueprint where it lies below it, else its name; never a secret."""
    if isinstance(path, str):
        return shown_address(path)
    try:
        return path.relative_to(base).as_posix()
    except ValueError:
        return path.name


def _log(*logs: ProblemLog) -> ProblemLog:
    """Join problem logs, empty ones left out so that the columns keep their types."""
    filled = [log for log in logs if len(log)]
    return pd.concat(filled, ignore_index=True) if filled else empty_problems()
