"""The objects of a .mif: which are whole, and where each stands.

GDAL reads a number that is none as 0, skips an object of a kind it does not know, so that all rows after it
move to another's geometry, and gives up a whole layer for one count too high; all but the last in silence.
So the objects are looked through here, by the grammar of the format (MapInfo Professional, appendix on the
interchange format), and GDAL is only given what is whole.
"""

from __future__ import annotations

import csv
import io
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lantu.messages import Message, message

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator

    Grammar = Generator[None, list[bytes], None]
    """Takes the lines of one object after its first, and ends when it is complete."""

_PARTS = frozenset({b"region", b"pline", b"multipoint"})
_STYLES = frozenset(
    {b"pen", b"brush", b"symbol", b"center", b"smooth", b"font", b"spacing", b"justify", b"angle", b"label"}
)


class _MifError(ValueError):
    """A line is not the one that an object of its kind has there."""


@dataclass(frozen=True, kw_only=True)
class Span:
    """One object: its lines, the first and the one after the last, and why it is damaged."""

    start: int
    end: int
    reason: Message | None


def spans_of(lines: Iterable[bytes], *, first: int) -> Iterator[Span]:
    """Yield the objects that stand in ``lines``, of which the first has the number ``first``."""
    current: _Object | None = None
    number = first - 1
    for number, line in enumerate(lines, start=first):
        words = line.replace(b",", b" ").split()
        if not words or (current is not None and current.takes(words, number, line)):
            continue
        if current is not None:
            yield current.ended(number)
        current = _Object(words, number, line)
    if current is not None:
        yield current.ended(number + 1, cut_off=True)


class _Object:
    """The object that is being read, from its first line on."""

    def __init__(self, words: list[bytes], number: int, line: bytes) -> None:
        self._start = number
        self._reason: Message | None = None
        self._styled = False
        self._grammar: Grammar | None = None  # while it is not complete
        self._is_collection = words[0].lower() == b"collection"
        start = _GRAMMARS.get(words[0].lower())
        if start is None:
            self._reason = _reason(number, line)
        else:
            self._grammar = start(words)
            self._go_on(None, number, line)

    def takes(self, words: list[bytes], number: int, line: bytes) -> bool:
        """Say whether a line belongs to the object; if not, another begins with it."""
        if self._grammar is not None and self._go_on(words, number, line):
            return True
        if words[0].lower() in _GRAMMARS:
            return False
        if words[0].lower() in _STYLES or b"(" in words[0]:
            self._styled = True
            return True
        if self._styled and self._reason is None:
            return False  # after pen and brush an object is over: the first line of the next is damaged
        self._reason = self._reason or _reason(number, line)
        return True

    def ended(self, end: int, *, cut_off: bool = False) -> Span:
        """Return its lines; ``cut_off`` where the file ends with it."""
        if self._grammar is not None and cut_off:
            self._reason = message("sources.mif_cut_off")
        elif self._is_collection and self._reason is None:
            self._reason = message("sources.mif_collection")  # GDAL counts its parts as features and gives up
        return Span(start=self._start, end=end, reason=self._reason)

    def _go_on(self, words: list[bytes] | None, number: int, line: bytes) -> bool:
        """Hand a line to the grammar (None to begin it); say whether it was one that belongs there."""
        try:
            if self._grammar is not None:
                self._grammar.send(words)  # type: ignore[arg-type]  # None starts a generator
        except StopIteration:
            self._grammar = None
        except _MifError:
            self._reason, self._grammar = _reason(number, line), None
            return False
        return True


def cells_of(line: bytes, delimiter: bytes) -> list[bytes]:
    """Return the cells of one row of a .mid, quotation marks taken off."""
    cells = line.rstrip(b"\r\n").split(delimiter)
    if b'"' not in line:
        return cells
    text = io.StringIO(line.decode("latin-1"), newline="")
    row = next(csv.reader(text, delimiter=delimiter.decode("latin-1")), [""])
    return [cell.encode("latin-1") for cell in row]


def _reason(number: int, line: bytes) -> Message:
    text = line.strip()[:40].decode("ascii", errors="backslashreplace")
    return message("sources.mif_line", line=number, text=text)


def is_number(word: bytes) -> bool:
    """Say whether a word is a finite number as the format writes it."""
    try:
        return math.isfinite(float(word)) and b"_" not in word
    except ValueError:
        return False


def _numbers(words: list[bytes], count: int) -> None:
    if len(words) != count or not all(is_number(word) for word in words):
        raise _MifError


def _count(words: list[bytes], place: int) -> int:
    if len(words) != place + 1 or not words[place].isdigit():
        raise _MifError
    return int(words[place])


def _positions(count: int) -> Grammar:
    for _ in range(count):
        _numbers((yield), 2)


def _section(words: list[bytes]) -> Grammar:
    count = _count(words, 0)
    if count == 0:
        raise _MifError
    yield from _positions(count)


def _region(words: list[bytes]) -> Grammar:
    for _ in range(_count(words, 1)):
        yield from _section((yield))


def _pline(words: list[bytes]) -> Grammar:
    if len(words) > 1 and words[1].lower() == b"multiple":
        for _ in range(_count(words, 2)):
            yield from _section((yield))
    elif len(words) > 1:
        yield from _positions(_count(words, 1))
    else:
        yield from _section((yield))


def _multipoint(words: list[bytes]) -> Grammar:
    yield from _positions(_count(words, 1))


def _collection(words: list[bytes]) -> Grammar:
    for _ in range(_count(words, 1)):
        part: list[bytes] = yield
        while part[0].lower() in _STYLES:
            part = yield
        if part[0].lower() not in _PARTS:
            raise _MifError
        yield from _GRAMMARS[part[0].lower()](part)


def _text(words: list[bytes]) -> Grammar:
    if len(words) == 1:
        yield  # the words stand on a line of their own
    _numbers((yield), 4)


def _on_one_line(numbers: int, *, below: int = 0) -> Callable[[list[bytes]], Grammar]:
    """Return the grammar of a kind with so many numbers beside its name, and so many on the next line."""

    def grammar(words: list[bytes]) -> Grammar:
        _numbers(words[1:], numbers)
        if below:
            _numbers((yield), below)

    return grammar


_GRAMMARS: dict[bytes, Callable[[list[bytes]], Grammar]] = {
    b"none": _on_one_line(0),
    b"point": _on_one_line(2),
    b"line": _on_one_line(4),
    b"pline": _pline,
    b"region": _region,
    b"arc": _on_one_line(4, below=2),
    b"text": _text,
    b"rect": _on_one_line(4),
    b"roundrect": _on_one_line(4, below=1),
    b"ellipse": _on_one_line(4),
    b"multipoint": _multipoint,
    b"collection": _collection,
}
