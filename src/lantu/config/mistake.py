"""A mistake in a blueprint file: where it is, what is wrong, and what was probably meant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lantu.messages import Message, message
from lantu.standards.suggestion import closest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from lantu.config.positions import KeyPath


@dataclass(frozen=True, kw_only=True)
class Mistake:
    """One mistake; ``line`` is given where the place has no key of its own, as in broken syntax."""

    path: KeyPath
    what: Message
    help: Message | None = None
    line: int | None = None

    def line_in(self, lines: Mapping[KeyPath, int]) -> int:
        """Return the line of the mistake: its own, or that of the nearest key that the file has."""
        if self.line is not None:
            return self.line
        ends = range(len(self.path), -1, -1)
        return next(lines[self.path[:end]] for end in ends if self.path[:end] in lines)

    def located(self, file: str, lines: Mapping[KeyPath, int]) -> Message:
        """Return the sentence ``file:line: what is wrong``, with a line of help where there is one."""
        place = {"file": file, "line": self.line_in(lines), "what": self.what}
        if self.help is None:
            return message("config.mistake", **place)
        return message("config.mistake_helped", help=self.help, **place)


def did_you_mean(name: str, known: Iterable[str]) -> Message | None:
    """Return ``did you mean 'x'?`` with the closest known name, or None where none is close."""
    found = closest(name, known)
    return None if found is None else message("config.help.did_you_mean", name=found)


def did_you_mean_or_list(name: str, known: Iterable[str]) -> Message | None:
    """Return the closest known name, else all of them, else None where there are none."""
    names = list(known)
    if not names:
        return None
    return did_you_mean(name, names) or message("config.help.one_of", names=", ".join(names))


def dotted(path: KeyPath) -> str:
    """Return a key path as a person writes it, e.g. ``layers.parcels.fields`` or ``rule[2].code``.

    Elements are counted from 1.
    """
    text = ""
    for key in path:
        text += f"[{key + 1}]" if isinstance(key, int) else f".{key}" if text else key
    return text
