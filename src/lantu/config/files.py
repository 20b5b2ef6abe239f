"""Files that a blueprint names: are they there? Addresses of databases and services are not looked up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lantu.config.address import address_mistakes, is_address
from lantu.config.mistake import Mistake, did_you_mean_or_list, dotted
from lantu.messages import message
from lantu.standards.suggestion import closest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lantu.config.draft import Draft
    from lantu.config.positions import KeyPath

ARCHIVES = frozenset({".zip", ".kmz"})


def located(folder: Path, text: str) -> Path:
    """Return the path of a file that the blueprint names, with either kind of slash."""
    return folder / text.replace("\\", "/")


def source_mistakes(draft: Draft) -> Iterator[Mistake]:
    """Yield a mistake for every file that is not there and every address that cannot be used."""
    for layer in draft.keys("layers"):
        path: KeyPath = ("layers", layer, "path")
        text = draft.text(*path)
        if text is not None and is_address(text):
            yield from address_mistakes(path, text, draft.environment)
        else:
            yield from file_mistakes(draft, path, folders=True)
        yield from file_mistakes(draft, ("layers", layer, "join", "path"))
        yield from file_mistakes(draft, ("layers", layer, "transform", "control_points"))
        yield from _codelist_mistakes(draft, ("layers", layer, "codelist"))
    yield from file_mistakes(draft, ("waivers", "file"))


def file_mistakes(draft: Draft, path: KeyPath, *, folders: bool = False) -> Iterator[Mistake]:
    """Yield a mistake where the file named at ``path`` is not there; a folder is one where none is meant."""
    text = draft.text(*path)
    if text is None:
        return
    file = located(draft.folder, text)
    if file.is_dir():
        if not folders:
            yield Mistake(path=path, what=message("config.not_a_file", key=dotted(path), path=text))
    elif not file.exists() and not _is_in_archive(file):
        near = _neighbour(file, text)
        help_ = message("config.help.did_you_mean", name=near) if near else None
        yield Mistake(path=path, what=message("config.no_path", key=dotted(path), path=text), help=help_)


def _codelist_mistakes(draft: Draft, path: KeyPath) -> Iterator[Mistake]:
    text = draft.text(*path)
    if text is None or text in draft.vocabulary.codelists:
        return
    if text.lower().endswith(".csv") or located(draft.folder, text).exists():
        yield from file_mistakes(draft, path)
        return
    what = message("config.unknown_codelist", key=dotted(path), name=text)
    yield Mistake(path=path, what=what, help=did_you_mean_or_list(text, draft.vocabulary.codelists))


def _is_in_archive(file: Path) -> bool:
    """Say whether a path goes on inside an archive that is there."""
    return any(parent.suffix.lower() in ARCHIVES and parent.is_file() for parent in file.parents)


def _neighbour(file: Path, text: str) -> str | None:
    """Return the file of the same folder whose name is closest, written the way the blueprint wrote it."""
    if not file.parent.is_dir():
        return None
    entries = sorted(file.parent.iterdir(), key=lambda entry: (entry.suffix != file.suffix, entry.name))
    stem = closest(file.stem, [entry.stem for entry in entries])
    near = next((entry.name for entry in entries if entry.stem == stem), None)
    folder = text[: text.replace("\\", "/").rfind("/") + 1]
    return None if near is None else folder + near
