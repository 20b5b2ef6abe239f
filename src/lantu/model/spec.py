"""What the blueprint says about one layer, after its file has been checked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping
    from pathlib import Path

    from lantu.model.level import Level


@dataclass(frozen=True, kw_only=True)
class JoinSpec:
    """Attributes from a table: ``table.table_key`` equals the layer's field ``on``."""

    path: Path
    on: str
    table_key: str
    table_layer: str | None = None


@dataclass(frozen=True, kw_only=True)
class EndPointsSpec:
    """Where lines end: ``on`` are their fields of start and end, ``table_key`` is that of the points."""

    path: Path
    on: tuple[str, str]
    table_key: str
    layer: str | None = None


@dataclass(frozen=True, kw_only=True)
class TransformSpec:
    """How to bring a layer to the working CRS where PROJ knows no trustworthy operation.

    Exactly one is given: a file of control points, a PROJ pipeline, or seven Helmert parameters
    (tx_m, ty_m, tz_m, rx_arcsec, ry_arcsec, rz_arcsec, scale_ppm; position vector convention).
    """

    control_points: Path | None = None
    pipeline: str | None = None
    helmert7: tuple[float, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class LayerSpec:
    """One ``[layers.NAME]`` table with its paths made absolute and its defaults filled in.

    ``path`` is text where it is the address of a database or a service: as written, ``${NAME}`` and all.
    """

    name: str
    path: Path | str
    standard: str
    department: str
    layer: str | None = None
    crs: str | None = None
    encoding: str | None = None
    accuracy_m: float | None = None
    issued: dt.date | None = None
    update: str | None = None
    level: Level = "internal"
    where: str | None = None
    codelist: str | Path | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    levels: Mapping[str, Level] = field(default_factory=dict)
    join: JoinSpec | None = None
    ends: EndPointsSpec | None = None  # written as a join on two fields; a layer has one or the other
    transform: TransformSpec | None = None
