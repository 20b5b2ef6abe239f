"""``lantu check --as-if``: what a delivery would break or mend, before it is handed over."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from lantu.cli.usage import OptionError
from lantu.messages import message

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from lantu.blueprint import Blueprint


def pairs(words: Iterable[str] | None) -> tuple[tuple[str, Path], ...]:
    """Return layer and file of each ``LAYER=FILE``.

    Raises
    ------
    OptionError
        A word is no such pair.
    """
    found = []
    for word in words or ():
        layer, equals, file = word.partition("=")
        if not (layer.strip() and equals and file.strip()):
            raise OptionError(message("cli.as_if.no_pair", word=word))
        found.append((layer.strip(), Path(file.strip())))
    return tuple(found)


def tried(opened: Blueprint, deliveries: Sequence[tuple[str, Path]]) -> Blueprint:
    """Return a blueprint in which layers come from other files; all else that it says of them stays.

    Raises
    ------
    OptionError
        There is no such layer or file.
    """
    tables = opened.file.tables
    layers = dict(tables.layers)
    for name, path in deliveries:
        if name not in layers:
            raise OptionError(message("cli.as_if.no_layer", layer=name, known=", ".join(layers)))
        if not path.exists():
            raise OptionError(message("cli.as_if.no_file", file=path))
        layers[name] = layers[name].model_copy(update={"path": str(path.resolve())})
    changed = tables.model_copy(update={"layers": layers})
    return replace(opened, file=replace(opened.file, tables=changed))
