"""From one delivery to its layer: coordinates to the working CRS, values to the standard, or a refusal."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

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
    behind,
    cores,
    empty_problems,
    flat_of,
)
from lantu.sources import notes_of, shown_address
from lantu.standards import by_row, lost_standard, standard, standardise, standardise_piece

if TYPE_CHECKING:
    from pathlib import Path

    from pyproj import CRS

    from lantu.crs import Applied
    from lantu.engine.reading import Delivered, Seen
    from lantu.engine.store import Store
    from lantu.model import IntArray, LayerSpec, RawTable

_LOST = ProblemKind.GEOMETRY_MISSING.value
"""A geometry that could not be projected was there; it is reported as outside, not as missing."""


def layer_of(
    delivery: Delivered, working: CRS, district: District, base: Path, store: Store | None = None
) -> tuple[Layer, Origin | None]:
    """Bring one delivery to the working CRS and its standard, or refuse it; with a ``store`` put it there."""
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
        provenance = replace(
            _provenance(delivery, base),
            crs=operation.use(delivery.stated_by, own_accuracy_m=_own_accuracy_m(delivery.spec)),
        )
        making = _Making(delivery=delivery, operation=operation, working=working, provenance=provenance)
        if delivery.seen is not None and store is not None:
            return making.in_pieces(delivery.seen, store)
        layer, origin = making.whole(delivery.raw)
    except LantuError as error:
        return _refused(delivery, base, Refusal(reason=error.whole), working), None
    return layer if store is None else store.put(layer), origin


@dataclass(frozen=True, kw_only=True)
class _Making:
    """A delivery whose way to the working CRS is known."""

    delivery: Delivered
    operation: Operation
    working: CRS
    provenance: Provenance

    def whole(self, raw: RawTable) -> tuple[Layer, Origin]:
        """Make a layer of features in memory."""
        delivery = self.delivery
        applied = _applied(self.operation, raw)
        done = standardise(raw, delivery.spec, geometry=applied.geometry, crs=self.working)
        require_all_counted(raw, out=len(done.frame), listed=delivery.listed, filtered=delivery.filtered)
        provenance = replace(
            self.provenance,
            count_out=len(done.frame),
            fields_matched=dict(done.fields_matched),
            fields_missed=done.fields_missed,
        )
        problems = _log(raw.problems, _without_lost(done.problems, np.flatnonzero(applied.failed)))
        layer = _made(delivery, done.frame, problems, provenance, self.operation)
        return layer, Origin.of(raw, delivery.crs, applied.failed)

    def in_pieces(self, seen: Seen, store: Store) -> tuple[Layer, Origin]:
        """Make the layer that ``whole`` makes, a table after the other, each written to the store."""
        delivery, whole, first = self.delivery, seen.whole, 0
        provenance = replace(self.provenance, count_out=len(whole.ids), fields_matched=dict(whole.matched))
        known = cast("gpd.GeoDataFrame", pd.DataFrame({"record": whole.record}))
        bare = _made(delivery, known, empty_problems(), provenance, self.operation)
        bare.__dict__["ids"] = whole.ids
        putting, logs = store.putting(bare), [whole.problems]
        missed: dict[str, int] = {}
        origins: list[Origin] = []
        with behind(putting.add) as put:
            for raw in seen.tables():
                applied = _applied(self.operation, raw)
                done = standardise_piece(
                    raw, delivery.spec, geometry=applied.geometry, crs=self.working, whole=whole, first=first
                )
                put(_made(delivery, done.frame, empty_problems(), provenance, self.operation))
                logs.append(_without_lost(done.problems, first + np.flatnonzero(applied.failed)))
                origins.append(Origin.of(raw, delivery.crs, applied.failed))
                missed = {name: missed.get(name, 0) + 1 for name in done.fields_missed}
                first += len(raw.record)
        always = tuple(name for name, count in missed.items() if count == len(origins))
        provenance = replace(provenance, fields_missed=always)
        layer = putting.done(replace(bare, problems=by_row(*logs), provenance=provenance))
        return layer, Origin.joined(origins)


def _without_lost(problems: ProblemLog, failed: IntArray) -> ProblemLog:
    """Return problems without those that say that what could not be projected has no geometry."""
    return problems[~np.isin(problems["row"], failed) | (problems["kind"] != _LOST)]


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
