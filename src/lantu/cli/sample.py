"""The sample blueprint that is shipped: where it is, and a copy of it to play with."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from lantu.errors import OutputError
from lantu.messages import message

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

BLUEPRINT = "blueprint.toml"
MARK = ".lantu-demo"
"""A file in a copy that says so; such a folder may be written over."""


def sample() -> Traversable:
    """Return the folder of the sample: inside the installed package, or in the source tree beside it.

    Raises
    ------
    OutputError
        This installation has no sample.
    """
    package = files("lantu")
    for folder in (package / "sample", Path(str(package)).parents[1] / "layers" / "district"):
        if (folder / BLUEPRINT).is_file():
            return folder
    raise OutputError(message("cli.demo.no_sample"))


def copy_sample(target: Path) -> Path:
    """Copy the sample to ``target``, over an earlier copy, and return the copied blueprint file.

    Raises
    ------
    OutputError
        ``target`` holds something else, or cannot be written.
    """
    if target.is_file() or (target.is_dir() and any(target.iterdir()) and not (target / MARK).is_file()):
        raise OutputError(message("cli.demo.not_empty", path=target))
    try:
        _copy(sample(), target)
        (target / MARK).write_text("", encoding="utf-8")
    except OSError as error:
        reason = error.strerror or str(error)
        raise OutputError(message("cli.demo.not_written", path=target, reason=reason)) from error
    return target / BLUEPRINT


def _copy(source: Traversable, target: Path) -> None:
    """Copy a folder with everything in it; byte-code caches are left behind."""
    target.mkdir(parents=True, exist_ok=True)
    for entry in source.iterdir():
        if entry.name == "__pycache__":
            continue
        if entry.is_dir():
            _copy(entry, target / entry.name)
        else:
            (target / entry.name).write_bytes(entry.read_bytes())
