"""From one delivery to its layer: coordinates to the working CRS, values to the standard, or a refusal."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd

from lantu.crs import (
    Operation,
    choose_operation,
    identify,
    suggest_crs,
)
from lantu.engine.counts import require_all_counted
from lantu.engine.district import District, Origin
from lantu.errors import LantuError
from lantu.model import (
    CrsUse,
    Layer,
    ProblemKind,
    ProblemLog,
    Provenance,
    Refusal,
    cores,
    empty_problems,
    flat_of,
)
from lantu.sources import notes_of, shown_address
from lantu.standards import lost_standard, standard, standardise

if TYPE_CHECKING:
    from pathlib import Path

    from pyproj import CRS

    from lantu.crs import Applied
    from lantu.engine.reading import Delivered
    from lantu.model import LayerSpec, RawTable

_LOST = ProblemKind.GEOMETRY_MISSING.value
"""A geometry that could not be projected was there; it is reported as outside, not as missing."""


def layer_of(
    delivery: Delivered, working: CRS, district: District, base: Path
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
        applied = _applied(operation, delivery.raw)
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
    origin = Origin.of(delivery.raw, delivery.crs, applied.failed)
    return _made(delivery, done.frame, problems, provenance, operation), origin


def _applied(operation: Operation, raw: RawTable) -> Applied:
    """Bring a table's geometry to the working CRS; from flat to objects where it was read flat."""
    flat = flat_of(raw)
    if flat is None:
        return operation.apply(raw.geometry, threads=cores())
    return operation.apply_flat(flat, threads=cores())


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
