"""Which files make up a source, and their fingerprint."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_SHAPEFILE_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_TABFILE_PARTS = (".tab", ".dat", ".map", ".id", ".ind")
_MIF_PARTS = (".mif", ".mid")
_CHUNK_BYTES = 1 << 20

WAL_SUFFIX = "-wal"
"""SQLite's write-ahead log: rows of a GeoPackage that have not been merged into it yet."""


def sibling(path: Path, suffix: str) -> Path | None:
    """Return the file of the same name with this suffix, in whatever case it is written; None if absent."""
    if path.suffix.casefold() == suffix:
        return path
    exact = path.with_suffix(suffix)
    if exact.is_file():
        return exact
    for candidate in sorted(path.parent.iterdir()):
        if candidate.stem == path.stem and candidate.suffix.casefold() == suffix and candidate.is_file():
            return candidate
    return None


def siblings(path: Path) -> tuple[Path, ...]:
    """Return the files that are one source together with ``path``, itself included, in name order."""
    for family in (_SHAPEFILE_PARTS, _TABFILE_PARTS, _MIF_PARTS):
        if path.suffix.casefold() in family:
            found = {sibling(path, suffix) for suffix in family}
            return tuple(sorted(part for part in found if part is not None))
    log = path.with_name(path.name + WAL_SUFFIX)
    return (path, log) if log.is_file() else (path,)


def files_of(path: Path) -> tuple[Path, ...]:
    """Return all files that a source consists of, in name order: companions, or what a folder holds.

    A folder counts with the files directly in it, a file geodatabase without the locks of who has it open.
    """
    if path.is_dir():
        found = (part for part in path.iterdir() if part.is_file() and part.suffix != ".lock")
        return tuple(sorted(found))
    return siblings(path)


def sha256_of(files: Iterable[Path]) -> str:
    """Return the SHA-256 over names and bytes of ``files``, in name order, as 64 hex digits.

    Each file adds its name, a NUL, its length in decimal, a NUL and its bytes, so that neither a renamed
    nor a re-split file keeps the fingerprint. Folders do not count, only names.
    """
    digest = hashlib.sha256()
    for path in sorted(files, key=lambda file: (file.name, file.as_posix())):
        digest.update(f"{path.name}\0{path.stat().st_size}\0".encode())
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK_BYTES):
                digest.update(chunk)
    return digest.hexdigest()
