"""Levels in a blueprint: each must be one of those that it names, lowest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lantu.config.mistake import Mistake, did_you_mean_or_list, dotted
from lantu.config.models import BlueprintTable
from lantu.config.shape import shown
from lantu.messages import message
from lantu.model import LEVELS, at_most

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lantu.config.draft import Draft
    from lantu.config.positions import KeyPath

DEFAULT_LEVEL = BlueprintTable().level


def level_mistakes(draft: Draft) -> Iterator[Mistake]:
    """Yield a mistake for each level that is none, and for a reduction that does not lower anything."""
    own = tuple(name for _, name in draft.texts("blueprint", "levels"))
    levels = own or LEVELS
    if len(set(own)) != len(own):
        yield Mistake(path=("blueprint", "levels"), what=message("config.level_twice"))
    if draft.text("blueprint", "level") is None and DEFAULT_LEVEL not in levels:
        what = message("config.no_default_level", level=DEFAULT_LEVEL)
        yield Mistake(path=("blueprint", "levels"), what=what)
    for path in _places(draft):
        name = draft.text(*path)
        if name is not None and name not in levels:
            yield _unknown(path, name, levels)
    for level in draft.keys("publish", "reduce"):
        lower = draft.text("publish", "reduce", level, "to")
        if level not in levels:
            yield _unknown(("publish", "reduce", level), level, levels)
        elif lower in levels and at_most(level, lower, levels):
            what = message("config.reduced_upwards", level=level, to=lower)
            yield Mistake(path=("publish", "reduce", level, "to"), what=what)


def _places(draft: Draft) -> Iterator[KeyPath]:
    yield "blueprint", "level"
    for layer in draft.keys("layers"):
        yield "layers", layer, "level"
        for column in draft.keys("layers", layer, "levels"):
            yield "layers", layer, "levels", column
    for level in draft.keys("publish", "reduce"):
        yield "publish", "reduce", level, "to"


def _unknown(path: KeyPath, name: str, levels: tuple[str, ...]) -> Mistake:
    what = message("config.not_in_list", key=dotted(path), found=shown(name))
    return Mistake(path=path, what=what, help=did_you_mean_or_list(name, levels))
