"""From the blueprint's words to layers: read, join, filter, settle coordinates, standardise.

A layer that fails on the way is refused with its reason and stands in every report; the rest go on.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from lantu.crs import (
    Operation,
    choose_operation,
    identify,
    lonlat_extent,
    parse_crs,
    suggest_crs,
    working_crs,
)
from lantu.engine.district import District, Origin, note_outside
from lantu.errors import LantuError
from lantu.model import (
    CrsUse,
    JoinCount,
    Layer,
    LayerSpec,
    ProblemKind,
    ProblemLog,
    Provenance,
    RawTable,
    Refusal,
    empty_problems,
)
from lantu.sources import files_of, filter_where, join_table, notes_of, open_source, sha256_of
from lantu.standards import standard, standardise

_LOST = ProblemKind.GEOMETRY_MISSING.value
"""A geometry that could not be projected was there; it is reported as outside, not as missing."""

CONSTANT = "="
"""What stands before a value that the blueprint states for a whole layer, in place of a field's name."""

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pyproj import CRS

    from lantu.engine.progress import Progress
    from lantu.messages import Language


@dataclass(frozen=True, kw_only=True)
class Delivered:
    """A layer as read, before its coordinates are settled; ``refusal`` says why there is no table."""

    spec: LayerSpec
    raw: RawTable | None = None
    sha256: str | None = None
    crs: CRS | None = None
    stated_by: str = "nobody"
    filtered: int = 0
    join: JoinCount | None = None
    refusal: Refusal | None = None
    listed: int = 0

    @property
    def bounds(self) -> np.ndarray[Any, Any] | None:
        """Return xmin, ymin, xmax, ymax in source units, None without geometry."""
        if self.raw is None or len(self.raw.geometry) == 0:
            return None
        whole = shapely.total_bounds(self.raw.geometry)
        return whole if np.isfinite(whole).all() else None


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
    language: Language,
    town_layer: str | None = None,
    progress: Progress | None = None,
) -> Loaded:
    """Read and standardise every layer of a blueprint in ``base`` into the working CRS ``crs``.

    Raises
    ------
    CrsError
        The working CRS is unusable, or ``auto`` has no layer with a CRS to go by.
    """
    if progress is not None:
        progress.stage("read", len(specs))
    deliveries = []
    for spec in specs:
        deliveries.append(deliver(spec))
        if progress is not None:
            progress.advance()
    working = _working(crs, deliveries)
    district = District.of([(d.crs, d.bounds) for d in deliveries], working=working)
    if progress is not None:
        progress.stage("standardise", len(deliveries))
    layers = []
    origins: dict[str, Origin] = {}
    for delivery in deliveries:
        layer, origin = _layer(delivery, working, district, base, language)
        layers.append(layer)
        if origin is not None:
            origins[layer.name] = origin
        if progress is not None:
            progress.advance()
    towns = next((layer for layer in layers if layer.name == town_layer), None)
    return Loaded(layers=tuple(note_outside(layers, origins, working, towns, language)), crs=working)


def deliver(spec: LayerSpec) -> Delivered:
    """Read one layer as delivered, join and filter it; whatever goes wrong becomes a refusal."""
    try:
        raw: RawTable = open_source(spec.path, encoding=spec.encoding).read(spec.layer)
        listed = len(raw.problems[raw.problems["kind"] == ProblemKind.RECORD_UNREADABLE])
        filtered = 0
        if spec.where is not None:
            raw, filtered = filter_where(raw, spec.where)
        join = None
        if spec.join is not None:
            raw, join, _ = join_table(raw, spec.join, encoding=spec.encoding)
        raw = _with_constants(raw, spec)
        stated = parse_crs(spec.crs) if spec.crs else None
        sha256 = sha256_of(raw.files or files_of(spec.path))
    except LantuError as error:
        return Delivered(spec=spec, refusal=Refusal(reason=error.whole))
    return Delivered(
        spec=spec,
        raw=raw,
        sha256=sha256,
        crs=stated or raw.crs,
        stated_by="blueprint" if stated is not None else "source" if raw.crs is not None else "nobody",
        filtered=filtered,
        join=join,
        listed=listed,
    )


def _with_constants(raw: RawTable, spec: LayerSpec) -> RawTable:
    """Add a column for each field that the blueprint states for the whole layer (``kind = "=green"``).

    One file per kind of line or pipe is common, and such a file has no column that says which.
    """
    stated = {field: field[1:] for field in spec.fields.values() if field.startswith(CONSTANT)}
    return replace(raw, attributes=raw.attributes.assign(**stated)) if stated else raw


def _working(text: str, deliveries: Sequence[Delivered]) -> CRS:
    extents, weights = [], []
    for delivery in deliveries:
        if delivery.crs is not None and delivery.bounds is not None and delivery.raw is not None:
            extent = lonlat_extent(delivery.bounds, crs=delivery.crs)
            if extent is not None:
                extents.append(extent)
                weights.append(float(len(delivery.raw.record)))
    return working_crs(text, extents=extents, weights=weights)


def _layer(
    delivery: Delivered, working: CRS, district: District, base: Path, language: Language
) -> tuple[Layer, Origin | None]:
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
        applied = operation.apply(delivery.raw.geometry)
        done = standardise(
            delivery.raw, delivery.spec, geometry=applied.geometry, crs=working, language=language
        )
    except LantuError as error:
        return _refused(delivery, base, Refusal(reason=error.whole), working), None
    projected = ~np.isin(done.problems["row"], np.flatnonzero(applied.failed))
    problems = _log(delivery.raw.problems, done.problems[projected | (done.problems["kind"] != _LOST)])
    provenance = replace(
        _provenance(delivery, base),
        count_out=len(done.frame),
        crs=operation.use(delivery.stated_by),
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
    own = spec.accuracy_m if spec.accuracy_m is not None else standard(spec.standard).accuracy_m
    if operation.shift is None and operation.accuracy_m:
        return float(np.hypot(own, operation.accuracy_m))
    return float(own)


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
        accuracy_m=spec.accuracy_m if spec.accuracy_m is not None else standard(spec.standard).accuracy_m,
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


def _shown_path(path: Path, base: Path) -> str:
    """Return a path relative to the blueprint where it lies below it, else its name alone."""
    try:
        return path.relative_to(base).as_posix()
    except ValueError:
        return path.name


def _log(*logs: ProblemLog) -> ProblemLog:
    """Join problem logs, empty ones left out so that the columns keep their types."""
    filled = [log for log in logs if len(log)]
    return pd.concat(filled, ignore_index=True) if filled else empty_problems()
