"""Zip archives: checked before a byte is unpacked, unpacked to a folder that goes when the source goes.

An archive within one is a source like any other, so that a damaged one costs only itself.
"""

from __future__ import annotations

import re
import shutil
import stat
import struct
import tempfile
import weakref
import zipfile
import zlib
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from lantu.errors import SourceError
from lantu.messages import message
from lantu.sources.folder import FolderSource, folder_source

if TYPE_CHECKING:
    from collections.abc import Callable

    from lantu.sources.source import NotedTable, Source

LARGEST_TOTAL_BYTES = 16 * 1024**3
LARGEST_RATIO = 250
"""Unpacked over packed. A .dbf, mostly blanks, comes to 100; an archive made to fill the disk to 1000."""

RATIO_MATTERS_BYTES = 256 * 1024**2
MOST_MEMBERS = 100_000

SUFFIXES = (".zip", ".kmz", ".ovkmz")
DEEPEST = 4
"""Archives within archives; a department's folder packed, and packed again, comes to three."""

_UTF8_FLAG = 0x800
_ENCRYPTED_FLAG = 0x1
_FORBIDDEN_ON_WINDOWS = re.compile(r'[<>:"|?*\x00-\x1f]')
_DRIVE = re.compile(r"^[A-Za-z]:")


class ArchiveSource:
    """One zip archive, with all sources that it holds, in whatever folders."""

    def __init__(
        self,
        path: Path,
        *,
        encoding: str | None,
        open_part: Callable[..., Source | None],
        room: Room | None = None,
        depth: int = 1,
    ) -> None:
        self.path = path
        self.driver = "zip"
        self._encoding = encoding
        self._open_part = open_part
        self._room = room or Room()
        self._depth = depth

    def layers(self) -> tuple[str, ...]:
        """Return the names of the layers of all sources inside."""
        return self._folder.layers()

    def read(self, layer: str | None = None, *, geometry: bool = True) -> NotedTable:
        """Read one layer; the table's ``files`` is the archive, since the unpacked ones will be gone."""
        found = self._folder.read(layer, geometry=geometry)
        return replace(found, files=(self.path,))

    @cached_property
    def _folder(self) -> FolderSource:
        folder = tempfile.mkdtemp(prefix="lantu-")
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        unpack(self.path, Path(folder), room=self._room)
        _name_geodatabases(Path(folder))
        return folder_source(
            Path(folder), shown=self.path, encoding=self._encoding, open_part=self._part, deep=True
        )

    def _part(self, path: Path, *, encoding: str | None) -> Source | None:
        """Open one entry; of an archive within this one None where it holds no data."""
        if path.suffix.casefold() not in SUFFIXES or not path.is_file():
            return self._open_part(path, encoding=encoding)
        if self._depth >= DEEPEST:
            raise SourceError(message("sources.zip_nested", path=path.name, limit=DEEPEST))
        inner = ArchiveSource(
            path, encoding=encoding, open_part=self._open_part, room=self._room, depth=self._depth + 1
        )
        try:
            inner.layers()
        except SourceError as error:
            if error.message.key == "sources.nothing_inside":
                return None
            raise
        return inner


@dataclass
class Room:
    """What an archive and all archives within it may still unpack to."""

    left_bytes: int = LARGEST_TOTAL_BYTES


def unpack(archive: Path, folder: Path, *, room: Room | None = None) -> None:
    """Unpack a zip archive into ``folder``; nothing is written where any member is refused.

    Raises
    ------
    SourceError
        It is damaged or encrypted, a member would land outside the folder, or it unpacks to too much.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            members = [(info, _safe_name(archive, info)) for info in opened.infolist() if not info.is_dir()]
            check_sizes(
                archive,
                [info for info, _ in members],
                largest_ratio=LARGEST_RATIO,
                ratio_matters_bytes=RATIO_MATTERS_BYTES,
                room=room or Room(),
            )
            for info, name in members:
                target = folder.joinpath(*name.parts)
                target.parent.mkdir(parents=True, exist_ok=True)
                with opened.open(info) as packed, target.open("wb") as unpacked:
                    shutil.copyfileobj(packed, unpacked)
    except (
        zipfile.BadZipFile,
        EOFError,
        OSError,
        NotImplementedError,
        RuntimeError,
        ValueError,  # a member's name in its own header is no text
        struct.error,
        zlib.error,
    ) as error:
        raise SourceError(message("sources.zip_damaged", path=archive.name, reason=str(error))) from error


def _name_geodatabases(folder: Path) -> None:
    """Give unpacked geodatabases the suffix that GDAL wants, where they were packed without it."""
    tables = {table.parent for table in folder.rglob("a0000000*.gdbtable")}
    for place in sorted(tables):
        if place == folder:
            members = sorted(folder.iterdir())
            own = folder / "database.gdb"
            own.mkdir()
            for member in members:
                member.rename(own / member.name)
        elif place.suffix.casefold() != ".gdb":
            place.rename(place.with_name(f"{place.name}.gdb"))


def member_name(info: zipfile.ZipInfo) -> str:
    """Return a member's name; without the UTF-8 flag it is UTF-8 if its bytes are, else GB 18030.

    Chinese Windows writes names in GBK and zipfile takes them for code page 437, which loses no byte.
    """
    if info.flag_bits & _UTF8_FLAG:
        return info.filename
    try:
        data = info.orig_filename.encode("cp437")
    except UnicodeEncodeError:
        return info.filename
    for codec in ("utf-8", "gb18030"):
        try:
            return data.decode(codec)
        except UnicodeDecodeError:
            continue
    return info.filename


def _safe_name(archive: Path, info: zipfile.ZipInfo) -> PurePosixPath:
    name = member_name(info)
    path = PurePosixPath(name.replace("\\", "/"))
    linked = stat.S_ISLNK(info.external_attr >> 16)
    if linked or path.is_absolute() or ".." in path.parts or _DRIVE.match(name) or not path.parts:
        raise SourceError(message("sources.zip_unsafe", path=archive.name, member=name))
    if info.flag_bits & _ENCRYPTED_FLAG:
        raise SourceError(message("sources.zip_encrypted", path=archive.name))
    return PurePosixPath(*(_FORBIDDEN_ON_WINDOWS.sub("_", part).rstrip(". ") or "_" for part in path.parts))


def check_sizes(
    archive: Path,
    members: list[zipfile.ZipInfo],
    *,
    largest_ratio: int,
    ratio_matters_bytes: int,
    room: Room | None = None,
) -> None:
    """Raise a SourceError where an archive unpacks to more than any honest one, or than there is room for."""
    room = room or Room()
    total = sum(info.file_size for info in members)
    packed = max(sum(info.compress_size for info in members), 1)
    bomb = total > ratio_matters_bytes and total > largest_ratio * packed
    if bomb or total > room.left_bytes or len(members) > MOST_MEMBERS:
        size_gb = total / 1024**3
        raise SourceError(
            message("sources.zip_too_large", path=archive.name, size_gb=size_gb, members=len(members))
        )
    room.left_bytes -= total
