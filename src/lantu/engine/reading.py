"""One layer as its department delivered it: read, joined, filtered; coordinates are settled later."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from pandas.api.extensions import ExtensionDtype

from lantu.crs import parse_crs
from lantu.engine.counts import require_read_whole
from lantu.engine.live import read_live
from lantu.errors import LantuError, SourceError
from lantu.messages import message
from lantu.model import EndPointsSpec, JoinCount, LayerSpec, ProblemKind, RawTable, Refusal, Texts, flat_of
from lantu.sources import (
    files_of,
    filter_where,
    join_table,
    open_source,
    pieces_of,
    read_between_points,
    sha256_of,
    sha256_of_rows,
    shown_address,
    with_aliases,
)
from lantu.standards import WholeSeen

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from pyproj import CRS

    from lantu.sources import Pieces
    from lantu.standards import Whole

CONSTANT = "="
"""What stands before a value that the blueprint states for a whole layer, in place of a field's name."""


LARGE_LAYER = 25_000
"""With a store, tables of so many features are not kept between reading and standardising."""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What a first way through a large layer has shown, piece by piece; ``tables`` is the second one.

    ``types`` are those of columns that have gaps in some pieces only.
    """

    pieces: Pieces
    spec: LayerSpec
    whole: Whole
    types: Mapping[str, Any]
    stamps: tuple[tuple[str, int, int], ...]

    def tables(self) -> Iterator[RawTable]:
        """Yield the features as ``deliver`` gives them, table by table; the files must not have changed."""
        for raw in self.pieces.tables():
            for name, dtype in self.types.items():
                raw.attributes[name] = raw.attributes[name].astype(dtype)
            yield _with_constants(raw, self.spec)
        if isinstance(self.spec.path, str) or _stamps(self.spec.path) != self.stamps:
            raise SourceError(message("engine.changed_while_read", layer=self.spec.name))


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
    count: int = 0  # of the features that were read
    seen: Seen | None = None  # of a layer that is read again piece by piece: ``raw`` has none of its features
    bounds: np.ndarray[Any, Any] | None = None  # xmin, ymin, xmax, ymax in source units


def look_through(spec: LayerSpec) -> Delivered | None:
    """Go through a large layer piece by piece; None where it has to be read whole, or may be as well."""
    if isinstance(spec.path, str) or any(said is not None for said in (spec.ends, spec.where, spec.join)):
        return None
    try:
        pieces = pieces_of(open_source(spec.path, encoding=spec.encoding), spec.layer)
        return None if pieces is None or pieces.count < LARGE_LAYER else _looked_through(spec, pieces)
    except LantuError:
        return None  # reading it whole says what is wrong with it, and rescues what can be read


def _looked_through(spec: LayerSpec, pieces: Pieces) -> Delivered:
    assert not isinstance(spec.path, str)  # noqa: S101  # has no pieces
    stamps, seen, bounds = _stamps(spec.path), WholeSeen(spec=spec), [np.full(4, np.nan)]
    types: dict[str, Any] = {}
    for raw in pieces.tables():
        last = raw
        own = {str(name): dtype for name, dtype in raw.attributes.dtypes.items()}
        types |= {name: dtype for name, dtype in own.items() if isinstance(dtype, ExtensionDtype)}
        seen.add(_with_constants(raw, spec))
        box = _bounds(raw)
        bounds += [] if box is None else [box]
    boxes = np.array(bounds)
    box = np.r_[np.nanmin(boxes[:, :2], axis=0), np.nanmax(boxes[:, 2:], axis=0)] if len(boxes) > 1 else None
    stated = parse_crs(spec.crs) if spec.crs else None
    none = replace(
        last,
        attributes=last.attributes.iloc[:0],
        geometry=np.empty(0, dtype=object),
        record=last.record[:0],
    )
    whole = seen.whole()
    whole = replace(whole, ids=Texts.of(whole.ids))  # of every layer they stay until it is made
    return Delivered(
        spec=spec,
        raw=none,
        sha256=sha256_of(last.files),
        crs=stated or last.crs,
        stated_by="blueprint" if stated is not None else "source" if last.crs is not None else "nobody",
        count=last.count_in,
        bounds=box,
        seen=Seen(pieces=pieces, spec=spec, whole=whole, types=types, stamps=stamps),
    )


def deliver(
    spec: LayerSpec, *, base: Path | None = None, environment: Mapping[str, str] | None = None
) -> Delivered:
    """Read one layer as delivered, join and filter it; whatever goes wrong becomes a refusal."""
    try:
        paths = [spec.path, spec.ends.path] if spec.ends is not None else [spec.path]
        before = [_stamps(path) for path in paths]
        join = None
        if spec.ends is not None:
            raw, join = _read_between_points(spec, spec.ends)
            fingerprint = None
        else:
            raw, fingerprint = _read(spec, base, environment)
        listed = len(raw.problems[raw.problems["kind"] == ProblemKind.RECORD_UNREADABLE])
        require_read_whole(raw, listed=listed)
        raw = with_aliases(raw, spec.fields.values())
        filtered = 0
        if spec.where is not None:
            raw, filtered = filter_where(raw, spec.where)
        if spec.join is not None:
            raw, join, _ = join_table(raw, spec.join, encoding=spec.encoding)
        raw = _with_constants(raw, spec)
        stated = parse_crs(spec.crs) if spec.crs else None
        sha256 = fingerprint or sha256_of(raw.files)
        if [_stamps(path) for path in paths] != before:
            raise SourceError(message("engine.changed_while_read", layer=spec.name))
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
        count=len(raw.record),
        bounds=_bounds(raw),
    )


def _bounds(raw: RawTable) -> np.ndarray[Any, Any] | None:
    """Return xmin, ymin, xmax, ymax in source units, None without geometry."""
    flat = flat_of(raw)
    if flat is not None:
        return flat.bounds
    whole = shapely.total_bounds(raw.geometry) if len(raw.geometry) else np.full(4, np.nan)
    return whole if np.isfinite(whole).all() else None


def _read(
    spec: LayerSpec, base: Path | None, environment: Mapping[str, str] | None
) -> tuple[RawTable, str | None]:
    """Return what a layer's source holds, and its fingerprint where no file can give one."""
    if isinstance(spec.path, str):
        raw: RawTable = read_live(spec, base=base, environment=environment)
        return raw, sha256_of_rows(raw)
    raw = open_source(spec.path, encoding=spec.encoding).read(spec.layer)
    return raw if raw.files else replace(raw, files=files_of(spec.path)), None


def _stamps(path: Path | str) -> tuple[tuple[str, int, int], ...]:
    """Return name, size and time of change of each file of a source; nothing for one that is no file."""
    if isinstance(path, str) or not path.exists():
        return ()
    found = ((one.name, one.stat()) for one in files_of(path))
    return tuple((name, stat.st_size, stat.st_mtime_ns) for name, stat in found)


def _read_between_points(spec: LayerSpec, ends: EndPointsSpec) -> tuple[RawTable, JoinCount]:
    if isinstance(spec.path, str):
        raise SourceError(message("engine.ends_in_files", address=shown_address(spec.path)))
    return read_between_points(spec.path, ends, layer=spec.layer, encoding=spec.encoding)


def _with_constants(raw: RawTable, spec: LayerSpec) -> RawTable:
    """Add a column for each field that the blueprint states for the whole layer (``kind = "=green"``).

    One file per kind of line or pipe is common, and such a file has no column that says which.
    """
    stated = {field: field[1:] for field in spec.fields.values() if field.startswith(CONSTANT)}
    return replace(raw, attributes=raw.attributes.assign(**stated)) if stated else raw
