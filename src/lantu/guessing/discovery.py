"""Every layer in every file of a folder, read whole; what cannot be read, with the reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from lantu.crs import lonlat_points
from lantu.errors import LantuError
from lantu.guessing.model import Unused
from lantu.messages import message
from lantu.sources import open_source
from lantu.sources.folder import is_geodatabase
from lantu.sources.xmltext import holds_features

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pandas as pd
    from pyproj import CRS

    from lantu.crs import Bounds
    from lantu.model import ObjectArray, RawTable
    from lantu.sources import Source

COMPANIONS = frozenset(
    {".shx", ".prj", ".cpg", ".qpj", ".sbn", ".sbx", ".qix", ".idx", ".ind", ".fbn", ".fbx", ".ain", ".aih"}
    | {".atx", ".qmd", ".qml", ".lyr", ".sld", ".gpkg-wal", ".gpkg-shm"}
)
"""What lies beside a layer and is read with it, or not needed; ``.dbf`` too where a ``.shp`` is beside it."""

SKIPPED_FOLDERS = frozenset({"__MACOSX", "reports", "node_modules"})

OWN_FILES = frozenset({"register.sqlite", "waivers.lock.csv"})
OWN_FOLDER = "run.json"
"""What Lantu has written itself beside the deliveries: the register, and folders that hold a run."""

HEAD_BYTES = 4096

KINDS = ("point", "line", "polygon")


@dataclass(frozen=True, kw_only=True)
class Found:
    """A layer of a source as read; ``path`` is relative to the folder, ``layer`` None for an only one.

    ``inner`` is the name that the source itself gives the layer, an only one too.
    """

    path: str
    layer: str | None
    inner: str
    raw: RawTable

    @property
    def title(self) -> str:
        """Return the layer's own name, or that of its file."""
        return self.layer or self.path.rsplit("/", 1)[-1].split(".", 1)[0]

    @property
    def attributes(self) -> pd.DataFrame:
        """Return the fields as delivered."""
        return self.raw.attributes

    @property
    def geometries(self) -> ObjectArray:
        """Return the geometries that are there."""
        given = self.raw.geometry
        there: ObjectArray = given[~(shapely.is_missing(given) | shapely.is_empty(given))]
        return there

    @property
    def kind(self) -> str | None:
        """Return the kind of most geometries: point, line or polygon; None for a plain table."""
        dimensions = shapely.get_dimensions(self.geometries)
        if not len(dimensions):
            return None
        return KINDS[int(np.bincount(dimensions, minlength=3).argmax())]

    @property
    def extent(self) -> Bounds | None:
        """Return west, south, east, north in degrees; None without a coordinate system or geometry."""
        if self.raw.crs is None or self.kind is None:
            return None
        return lonlat_box(self.raw.geometry, crs=self.raw.crs)


def lonlat_box(geometries: ObjectArray, *, crs: CRS) -> Bounds | None:
    """Return west, south, east, north of the vertices themselves; None where they mean nothing.

    A box turned into degrees as a box is larger than what is in it, and two formats would seem to differ.
    """
    lonlat = lonlat_points(shapely.get_coordinates(geometries), crs=crs)
    good = lonlat[np.isfinite(lonlat).all(axis=1)]
    if not len(good):
        return None
    west, south = good.min(axis=0).tolist()
    east, north = good.max(axis=0).tolist()
    return west, south, east, north


def discover(folder: Path, *, leave_out: Path | None = None) -> tuple[list[Found], list[Unused]]:
    """Read every layer below ``folder``, in the order of paths; ``leave_out`` is the file to be written.

    Hidden files and folders are left alone, links to folders are not followed.
    """
    found: list[Found] = []
    unused: list[Unused] = []
    for file in _files(folder):
        if leave_out is not None and file.absolute() == leave_out.absolute():
            continue
        shown = file.relative_to(folder).as_posix()
        try:
            shown.encode()
            readable = "\\" not in file.name
        except UnicodeEncodeError:
            shown, readable = shown.encode(errors="replace").decode(), False
        if not readable:
            unused.append(Unused(path=shown, reason=message("guessing.unused.name")))
            continue
        _read_file(file, shown, found, unused)
    return found, unused


def _read_file(file: Path, shown: str, found: list[Found], unused: list[Unused]) -> None:
    try:
        source = open_source(file)
        names = source.layers()
    except LantuError as error:
        known = error.message.key != "sources.kind_unknown"
        reason = error.whole if known else message("guessing.unused.no_data")
        unused.append(Unused(path=shown, reason=reason))
        return
    for name in names:
        inner = name if len(names) > 1 else None
        place = shown if inner is None else f"{shown}: {inner}"
        try:
            found.append(Found(path=shown, layer=inner, inner=name, raw=_read(source, name)))
        except LantuError as error:
            unused.append(Unused(path=place, reason=error.whole))


def _read(source: Source, name: str) -> RawTable:
    """Read a layer with its geometry, or as the plain table that it is."""
    try:
        return source.read(name)
    except LantuError as error:
        if error.message.key != "sources.no_geometry":
            raise
        return source.read(name, geometry=False)


def _files(folder: Path) -> Iterator[Path]:
    """Yield files and geodatabase folders in the order of their names."""
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.name.startswith("."):
            continue
        if not entry.is_dir():
            if not _is_companion(entry):
                yield entry
        elif is_geodatabase(entry):
            yield entry
        elif entry.name not in SKIPPED_FOLDERS and not entry.is_symlink() and not _is_run(entry):
            yield from _files(entry)


def _is_run(folder: Path) -> bool:
    return (folder / OWN_FOLDER).is_file() and (folder / "timings.json").is_file()


def _is_companion(file: Path) -> bool:
    suffix = file.suffix.casefold()
    if suffix in COMPANIONS or file.name in OWN_FILES:
        return True
    if suffix == ".xml":
        with file.open("rb") as opened:
            return not holds_features(opened.read(HEAD_BYTES))
    return suffix == ".dbf" and any(file.with_suffix(shp).exists() for shp in (".shp", ".SHP", ".Shp"))
