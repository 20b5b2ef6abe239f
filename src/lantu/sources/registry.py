"""Which reader opens what: by signature first, by suffix where a format has no signature.

A further format is one more entry in ``KINDS``, or a plug-in's; nothing else has to know of it.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from lantu.errors import SourceError
from lantu.messages import Message, message
from lantu.sources.archive import SUFFIXES as ARCHIVE_SUFFIXES
from lantu.sources.archive import ArchiveSource
from lantu.sources.boundary_lines import is_boundary_text
from lantu.sources.boundary_text import BoundaryTextSource
from lantu.sources.database import (
    FILE_GEODATABASE,
    FLATGEOBUF,
    GEOPACKAGE,
    DatabaseSource,
    RenamedGeodatabase,
)
from lantu.sources.delimited import DelimitedSource
from lantu.sources.esrijson import EsriJsonSource, is_esri_json
from lantu.sources.folder import folder_source, is_geodatabase
from lantu.sources.geojson import GeoJsonSource
from lantu.sources.gml import GmlSource
from lantu.sources.kind import Kind
from lantu.sources.kml import KmlSource
from lantu.sources.mapinfo import MapInfoSource
from lantu.sources.parquet import ParquetSource
from lantu.sources.plugged import plugged_readers
from lantu.sources.shapefile import ShapefileSource
from lantu.sources.shapes import SIGNATURE as SHP_SIGNATURE
from lantu.sources.sheet import SheetSource
from lantu.sources.source import did_you_mean
from lantu.sources.topojson import TopoJsonSource
from lantu.sources.vct import VctSource
from lantu.sources.xmltext import holds_features

if TYPE_CHECKING:
    from pathlib import Path

    from lantu.plugins import Plugged
    from lantu.sources.source import Source

_HEAD_BYTES = 4096
_SQLITE = b"SQLite format 3\0"
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # Microsoft compound file: .xls, and encrypted .xlsx
_DBF_VERSIONS = frozenset({0x02, 0x03, 0x30, 0x31, 0x32, 0x43, 0x83, 0x8B, 0xF5})


def _json_source(path: Path, encoding: str | None) -> Source:
    """Tell TopoJSON and Esri's own JSON from GeoJSON by members that only they have at their start."""
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    compact = head.replace(b" ", b"").replace(b"\n", b"").replace(b"\r", b"").replace(b"\t", b"")
    if is_esri_json(compact):
        return EsriJsonSource(path, encoding)
    return TopoJsonSource(path, encoding) if b'"Topology"' in compact else GeoJsonSource(path, encoding)


def _text_source(path: Path, encoding: str | None) -> Source:
    """Tell the land registry's boundary-point text from delimited text by how it begins."""
    if is_boundary_text(_head(path)):
        return BoundaryTextSource(path, encoding)
    return DelimitedSource(path, encoding)


def _xml_source(path: Path, encoding: str | None) -> Source:
    """Open a document of features by what it holds; most others are metadata of something else."""
    head = _head(path)
    if not holds_features(head):
        raise SourceError(message("sources.kind_unknown", path=path.name, kinds=_known_suffixes()))
    return KmlSource(path, encoding) if b"<kml" in head else GmlSource(path, encoding)


def _dxf_source(path: Path, encoding: str | None) -> Source:
    """Open a drawing."""
    from lantu.sources.dxf import DxfSource  # noqa: PLC0415  # ezdxf takes a quarter of a second to load

    return DxfSource(path, encoding)


def _vct_source(path: Path, encoding: str | None) -> Source:
    """Open a VCT whose first words are those of one, in whatever case."""
    if b"headbegin" not in _head(path).lower():
        raise SourceError(message("sources.signature_wrong", path=path.name, kind="VCT"))
    return VctSource(path, encoding)


KINDS: tuple[Kind, ...] = (
    Kind(
        name="Shapefile",
        suffixes=(".shp",),
        starts_with=(SHP_SIGNATURE,),
        open=ShapefileSource,
    ),
    Kind(
        name="GeoPackage",
        suffixes=(".gpkg",),
        starts_with=(_SQLITE,),
        open=lambda path, _: DatabaseSource(path, GEOPACKAGE),
    ),
    Kind(
        name="FlatGeobuf",
        suffixes=(".fgb",),
        starts_with=(b"fgb",),
        open=lambda path, _: DatabaseSource(path, FLATGEOBUF),
    ),
    Kind(
        name="GeoParquet",
        suffixes=(".parquet", ".geoparquet"),
        starts_with=(b"PAR1",),
        open=lambda path, _: ParquetSource(path),
    ),
    Kind(
        name="GeoJSON",
        suffixes=(".geojson", ".geojsonl", ".geojsons", ".ndjson"),
        open=_json_source,
    ),
    Kind(name="TopoJSON", suffixes=(".topojson",), open=TopoJsonSource),
    Kind(name="JSON", suffixes=(".json",), open=_json_source),
    Kind(name="KML", suffixes=(".kml", ".ovkml"), open=KmlSource),
    Kind(name="GML", suffixes=(".gml",), open=GmlSource),
    Kind(name="XML", suffixes=(".xml",), open=_xml_source),
    Kind(name="MapInfo", suffixes=(".tab", ".mif"), open=MapInfoSource),
    Kind(name="DXF", suffixes=(".dxf",), open=_dxf_source),
    Kind(name="CSV", suffixes=(".csv", ".tsv"), open=DelimitedSource),
    Kind(name="界址点 TXT", suffixes=(".txt",), open=_text_source),
    Kind(name="VCT", suffixes=(".vct",), open=_vct_source),
    Kind(name="Excel", suffixes=(".xlsx",), starts_with=(b"PK",), open=lambda path, _: SheetSource(path)),
    Kind(
        name="dBASE",
        suffixes=(".dbf",),
        starts_with=tuple(bytes([version]) for version in sorted(_DBF_VERSIONS)),
        open=ShapefileSource,
    ),
    Kind(
        name="zip",
        suffixes=ARCHIVE_SUFFIXES,
        starts_with=(b"PK",),
        open=lambda path, encoding: ArchiveSource(path, encoding=encoding, open_part=open_part),
    ),
)

_REFUSED_SIGNATURES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"AC10", "sources.refused_dwg"),
    (0, b"AC1.", "sources.refused_dwg"),
    (0, b"AC2.", "sources.refused_dwg"),
    (0, b"MC0.", "sources.refused_dwg"),
    (4, b"Standard Jet DB", "sources.refused_mdb"),
    (4, b"Standard ACE DB", "sources.refused_mdb"),
    (0, b"WMAP", "sources.refused_mapgis"),
    (0, b"Rar!\x1a\x07", "sources.refused_archive"),
    (0, b"7z\xbc\xaf\x27\x1c", "sources.refused_archive"),
    (0, b"\x1f\x8b", "sources.refused_archive"),
    (0, b"%PDF", "sources.refused_picture"),
    (0, b"\x89PNG\r\n", "sources.refused_picture"),
    (0, b"\xff\xd8\xff", "sources.refused_picture"),
    (0, b"II*\x00", "sources.refused_picture"),
    (0, b"MM\x00*", "sources.refused_picture"),
    (0, b"\x08\x09\xfe\x02", "sources.refused_dgn"),
)
_REFUSED_SUFFIXES: dict[str, str] = {
    ".dwg": "sources.refused_dwg",
    ".mdb": "sources.refused_mdb",
    ".accdb": "sources.refused_mdb",
    ".wl": "sources.refused_mapgis",
    ".wp": "sources.refused_mapgis",
    ".wt": "sources.refused_mapgis",
    ".xls": "sources.refused_xls",
    ".et": "sources.refused_xls",
    ".dgn": "sources.refused_dgn",
    ".udb": "sources.refused_supermap",
    ".udbx": "sources.refused_supermap",
    ".doc": "sources.refused_document",
    ".docx": "sources.refused_document",
    ".wps": "sources.refused_document",
    ".rar": "sources.refused_archive",
    ".7z": "sources.refused_archive",
    ".pdf": "sources.refused_picture",
    ".jpg": "sources.refused_picture",
    ".png": "sources.refused_picture",
}


_ADDRESS = re.compile(r"(?:.*/)?[a-z][a-z0-9+.-]+:/")
"""A database or web address, as a path shows it; a drive letter is shorter."""


@cache
def readers() -> Plugged[Kind]:
    """Return the formats that plug-ins read; one of them may be a format that Lantu itself refuses."""
    return plugged_readers(frozenset(suffix for kind in KINDS for suffix in kind.suffixes))


def open_source(path: Path, *, encoding: str | None = None) -> Source:
    """Open a file, folder or archive with the reader that its signature and suffix call for.

    Only metadata is looked at; the data is read by ``Source.read``.

    Raises
    ------
    SourceError
        There is no such file, it is empty, of an unknown or refused kind, or not what its name says.
    """
    if _ADDRESS.match(path.as_posix()):
        raise SourceError(message("sources.address", scheme=path.as_posix().partition(":")[0]))
    if not path.exists():
        raise SourceError(message("sources.missing", path=str(path), help=_near(path)))
    if path.is_dir():
        return _open_folder(path, encoding)
    if path.stat().st_size == 0:
        raise SourceError(message("sources.empty", path=path.name))
    head = _head(path)
    plugged = _by_suffix(path, readers().found)
    refusal = refusal_of(path, head) if plugged is None else None
    if refusal is not None:
        raise SourceError(refusal)
    kind = plugged or _by_suffix(path, KINDS) or _by_signature(head)
    if kind is None:
        raise SourceError(message("sources.kind_unknown", path=path.name, kinds=_known_suffixes()))
    if not kind.fits(head):
        raise SourceError(message("sources.signature_wrong", path=path.name, kind=kind.name))
    return kind.open(path, encoding)


def open_part(path: Path, *, encoding: str | None) -> Source | None:
    """Open one entry of a folder or archive; None where it is a companion, a document or the like."""
    if path.is_dir():
        return _open_folder(path, encoding) if is_geodatabase(path) else None
    suffix = path.suffix.casefold()
    kinds = (*KINDS, *readers().found)
    known = any(suffix in kind.suffixes for kind in kinds if kind.name != "zip")
    if not known or not path.stat().st_size:
        return None
    if suffix == ".txt" and not is_boundary_text(_head(path)):
        return None  # a read-me
    if suffix == ".xml" and not holds_features(_head(path)):
        return None  # metadata
    return open_source(path, encoding=encoding)


def refusal_of(path: Path, head: bytes) -> Message | None:
    """Return why a file of this kind is refused, and what to export instead; None where it is not."""
    for place, signature, key in _REFUSED_SIGNATURES:
        if head[place:].startswith(signature):
            return message(key, path=path.name)
    if head.startswith(_COMPOUND):
        # Old office programs and CAD share this container; only the name tells which one wrote it.
        key = _REFUSED_SUFFIXES.get(path.suffix.casefold(), "sources.refused_xls")
        return message(key, path=path.name)
    key = _REFUSED_SUFFIXES.get(path.suffix.casefold(), "")
    return message(key, path=path.name) if key else None


def _open_folder(path: Path, encoding: str | None) -> Source:
    if any(path.glob("a0000000*.gdbtable")):
        named = path.suffix.casefold() == ".gdb"
        return DatabaseSource(path, FILE_GEODATABASE) if named else RenamedGeodatabase(path)
    if path.suffix.casefold() == ".gdb":
        raise SourceError(message("sources.signature_wrong", path=path.name, kind="File Geodatabase"))
    found = folder_source(path, shown=path, encoding=encoding, open_part=open_part, deep=False)
    return found.parts[0] if len(found.parts) == 1 else found


def _by_suffix(path: Path, kinds: tuple[Kind, ...]) -> Kind | None:
    return next((kind for kind in kinds if path.suffix.casefold() in kind.suffixes), None)


def _by_signature(head: bytes) -> Kind | None:
    """Return the kind of a file without a telling suffix; only signatures that no other format shares."""
    telling = [kind for kind in KINDS if kind.starts_with and kind.name not in {"zip", "Excel", "dBASE"}]
    return next((kind for kind in telling if kind.fits(head)), None)


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_HEAD_BYTES)


def _known_suffixes() -> str:
    return " ".join(suffix for kind in (*KINDS, *readers().found) for suffix in kind.suffixes)


def _near(path: Path) -> Message:
    parent = path.parent
    names = sorted(entry.name for entry in parent.iterdir()) if parent.is_dir() else []
    return did_you_mean(path.name, names)
