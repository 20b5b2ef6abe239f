"""Who delivered a layer: by the folder it lies in, else by what it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lantu.guessing.model import Guess
from lantu.guessing.names import contains_word
from lantu.messages import message
from lantu.standards import reference_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from lantu.messages import Message

_UNFIT = re.compile(r"[^\w-]+")
LONGEST_KEY = 60


def guess_department(folders: tuple[str, ...], standard: str | None) -> Guess:
    """Return the department's key: of the topmost known folder, of the topmost folder, else by standard."""
    for folder in folders:
        row = next((row for row in _table() if _means(row, folder)), None)
        if row is not None:
            said = message("guessing.reason.folder", folder=folder)
            return Guess(value=row["key"], confidence="high", reason=said)
    if folders:
        said = message("guessing.reason.folder_unknown", folder=folders[0])
        return Guess(value=key_of(folders[0]), confidence="medium", reason=said)
    row = next((row for row in _table() if standard in row["standards"].split("|")), None)
    said = message("guessing.reason.by_standard")
    return Guess(value=row["key"] if row else "others", confidence="low", reason=said)


def department_names(used: Iterable[tuple[str, tuple[str, ...]]]) -> dict[str, Message | str]:
    """Return the name of each department by key, in order of first use; where unknown its folder's."""
    known = {row["key"]: row for row in _table()}
    found: dict[str, Message | str] = {}
    for key, folders in used:
        if key in found:
            continue
        row = known.get(key)
        if row is not None:
            found[key] = message("guessing.department", zh=row["zh"], en=row["en"])
        elif key == "others" or not folders:
            found[key] = message("guessing.others")
        else:
            found[key] = folders[0]
    return found


def key_of(text: str) -> str:
    """Return a name that can be a key of the blueprint: letters, digits, ``_`` and ``-``, never empty."""
    return _UNFIT.sub("_", text).strip("_")[:LONGEST_KEY] or "layer"


def _means(row: Mapping[str, str], folder: str) -> bool:
    return any(contains_word(folder, word) for word in row["words"].split("|"))


def _table() -> tuple[Mapping[str, str], ...]:
    return reference_table("guess_departments")
