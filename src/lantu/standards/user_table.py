"""A user's own CSV table: read whole, with every mistake of its shape and the line it stands on."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lantu.errors import StandardError
from lantu.messages import Message, message
from lantu.standards.suggestion import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class UserRow:
    """One row, its values stripped text by lower-case column name, and the line it ends on."""

    line: int
    values: Mapping[str, str]


def read_user_table(path: Path, *, columns: tuple[str, ...], shown: str) -> tuple[UserRow, ...]:
    """Return the rows of a CSV file that has at least ``columns``; blank lines are skipped.

    UTF-8 with or without a byte order mark, or else GB18030. ``shown`` is how errors name the file.

    Raises
    ------
    StandardError
        The file is missing, cannot be decoded or parsed, lacks a column, or has no rows.
    """
    reader = csv.reader(io.StringIO(_text(path, shown=shown), newline=""))
    try:
        lines = [(reader.line_num, [cell.strip() for cell in cells]) for cells in reader]
    except csv.Error as error:
        raise StandardError(
            message("standards.file.not_csv", path=shown, line=reader.line_num, reason=str(error))
        ) from error
    filled = [(line, cells) for line, cells in lines if any(cells)]
    header = [name.lower() for name in filled[0][1]] if filled else []
    missing = [name for name in columns if name not in header]
    if missing:
        hint = did_you_mean(missing[0], header)
        raise StandardError(
            message("standards.file.no_column", path=shown, names=", ".join(missing), hint=hint)
        )
    if len(filled) == 1:
        raise StandardError(message("standards.file.no_rows", path=shown))
    return tuple(
        UserRow(line=line, values=dict(zip(header, [*cells, *[""] * len(header)], strict=False)))
        for line, cells in filled[1:]
    )


def repeated_lines(keys: list[tuple[int, str]], *, shown: str) -> list[Message]:
    """Return one mistake per key that stands on an earlier line too; ``keys`` are (line, key)."""
    first: dict[str, int] = {}
    found = []
    for line, key in keys:
        if key in first:
            found.append(message("standards.file.repeated", path=shown, line=line, key=key, first=first[key]))
        first.setdefault(key, line)
    return found


def _text(path: Path, *, shown: str) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise StandardError(message("standards.file.missing", path=shown)) from error
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise StandardError(message("standards.file.encoding", path=shown))
