"""What the findings say, in both languages, taken apart for the page: the words that many share, once.

A sentence is cut at what is its own: the ids of its two objects, and numbers. Sentences that are equal but
for these share a template, a pair with one half a language. So both languages together take less room than
one did as texts. ``whole`` and ``sentences.js`` put them together again, sign for sign.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np

from lantu.model import translated

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from lantu.model import Run

OWN = re.compile(r"([0-9](?:[0-9A-Za-z.,:/_-]*[0-9A-Za-z])?)")
"""A number, a code or an id: what begins with a digit and ends with a digit or letter."""

IDS = ("id_a", "id_b")
"""Columns that the page carries anyway: a template names them in the place of values."""

PRIVATE = 0xE000
"""Here the characters begin to which Unicode gives no meaning."""

Words = tuple[str, ...]

Template = tuple[str | int, ...]
"""Texts and, in between, which of the sentence's own values stands there."""


def sentences(run: Run) -> dict[str, Any]:
    """Return ``{"templates", "codes"}``: the template of each finding, -1 where it says nothing.

    A template has ``said`` in the run's language, ``other`` in the other one or None, and ``own``: for each
    value the name of a column or the values of its findings, in their order.
    """
    found = run.findings
    said = found["message"].tolist()
    other = found["finding_id"].map(translated(run.translations, "message")).tolist()
    signs = _signs([*said, *other])
    ids = [[_to_cut(name) for name in found[column]] for column in IDS]
    shapes: dict[tuple[Words | None, ...], _Shape] = {}
    alike: dict[tuple[int, tuple[int, ...]], _Alike] = {}
    codes = []
    for row, (text, told, *names) in enumerate(zip(said, other, *ids, strict=True)):
        if not isinstance(text, str):
            codes.append(-1)
            continue
        words, values = _taken_apart((text, told), names, signs)
        shape = shapes.get(words)
        if shape is None:
            shape = shapes[words] = _Shape.of(words, len(shapes), signs)
        own: dict[str, int] = {}
        slots = tuple([own.setdefault(values[place], len(own)) for place in shape.order])
        one = alike.get((shape.number, slots))
        if one is None:
            one = alike[shape.number, slots] = _Alike(len(alike), shape.pair(slots))
        one.rows.append(row)
        one.owns.append(tuple(own))
        codes.append(one.code)
    templates = [
        _folded(one.pair, one.owns, {name: found[name].iloc[one.rows].tolist() for name in IDS})
        for one in alike.values()
    ]
    return {"templates": templates, "codes": codes}


def whole(told: Mapping[str, Any], findings: Mapping[str, Any]) -> Iterator[tuple[str, str | None] | None]:
    """Yield the pair of sentences of each finding from what ``sentences`` returned and the other columns."""
    seen = [0] * len(told["templates"])
    for row, code in enumerate(told["codes"]):
        if code < 0:
            yield None
            continue
        template = told["templates"][code]
        own = [
            _text(findings[one], row) if isinstance(one, str) else one[seen[code]] for one in template["own"]
        ]
        seen[code] += 1
        said, other = (
            None if half is None else "".join(part if isinstance(part, str) else own[part] for part in half)
            for half in (template["said"], template["other"])
        )
        yield said or "", other


def untold(told: Mapping[str, Any]) -> int:
    """Return how many findings are said in the run's language only."""
    alone = [code for code, template in enumerate(told["templates"]) if template["other"] is None]
    return int(np.isin(told["codes"], alone).sum())


def _text(column: Mapping[str, Any], row: int) -> str:
    return str(column["values"][column["codes"][row]])


@dataclass(frozen=True)
class _Shape:
    """What sentences have in common: their words, and which of their values stand between them.

    ``halves`` have, where a value stands, its place in ``order``; that has its place among the values.
    """

    number: int
    halves: tuple[Template | None, ...]
    order: Sequence[int]

    @classmethod
    def of(cls, words: tuple[Words | None, ...], number: int, signs: Sequence[str]) -> _Shape:
        """Return the shape of sentences with these words, in which ``signs`` stand for the names."""
        order: list[int] = []
        halves: list[Template | None] = []
        cut = re.compile("([" + "".join(signs) + "])")
        values = len(signs)
        for half in words:
            parts: list[str | int] = []
            for place, word in enumerate(half or ()):
                if place:
                    parts.append(len(order))
                    order.append(values)
                    values += 1
                for piece in cut.split(word):
                    parts.append(len(order) if piece in signs and piece else piece)
                    order += [signs.index(piece)] if piece in signs and piece else []
            halves.append(None if half is None else tuple(parts))
        return cls(number, tuple(halves), order)

    def pair(self, slots: Sequence[int]) -> tuple[Template, Template | None]:
        """Return both halves, each value by its slot: equal values have the same one."""
        said, other = (
            None if half is None else tuple(slots[part] if isinstance(part, int) else part for part in half)
            for half in self.halves
        )
        return said or (), other


@dataclass(frozen=True)
class _Alike:
    """Findings whose sentences are the same but for their own values: those of each by slot."""

    code: int
    pair: tuple[Template, Template | None]
    rows: list[int] = field(default_factory=list)
    owns: list[tuple[str, ...]] = field(default_factory=list)


def _to_cut(name: Any) -> str | None:  # noqa: ANN401  # a cell of any type
    """Return a name that must be cut out by itself; None where there is none, or it is cut as a number is."""
    return name if isinstance(name, str) and name and not OWN.fullmatch(name) else None


def _signs(texts: Iterable[Any]) -> tuple[str, ...]:
    """Return a sign for each column of IDS that stands in no text."""
    known = [text for text in texts if isinstance(text, str)]
    free = (
        sign for sign in map(chr, range(PRIVATE, sys.maxunicode)) if not any(sign in text for text in known)
    )
    return tuple(islice(free, len(IDS)))


def _taken_apart(
    halves: Iterable[Any], names: Sequence[str | None], signs: Sequence[str]
) -> tuple[tuple[Words | None, ...], list[Any]]:
    """Return the words of both halves, with signs for names, and the values: names, then what was between."""
    words: list[Words | None] = []
    values: list[Any] = [*names]
    for half in halves:
        if not isinstance(half, str):
            words.append(None)
            continue
        text = half
        for name, sign in zip(names, signs, strict=True):
            if name is not None:
                text = text.replace(name, sign)
        pieces = OWN.split(text)
        words.append(tuple(pieces[::2]))
        values += pieces[1::2]
    return tuple(words), values


def _folded(
    pair: tuple[Template, Template | None], owns: list[tuple[str, ...]], ids: dict[str, list[Any]]
) -> dict[str, Any]:
    """Return a template for the page: values that never change become words, columns stand for theirs."""
    own: list[str | list[str]] = []
    stands: list[str | int] = []
    for values in map(list, zip(*owns, strict=True)):
        if len(set(values)) == 1:
            stands.append(values[0])
        else:
            stands.append(len(own))
            own.append(next((name for name, column in ids.items() if column == values), values))
    said, other = (None if half is None else _joined(half, stands) for half in pair)
    return {"said": said, "other": other, "own": own}


def _joined(half: Template, stands: Sequence[str | int]) -> list[str | int]:
    """Return a half with what stands for its values, neighbouring texts as one."""
    found: list[str | int] = [""]
    for part in half:
        here = stands[part] if isinstance(part, int) else part
        if isinstance(here, str) and isinstance(found[-1], str):
            found[-1] += here
        else:
            found.append(here)
    return [part for part in found if part != ""]
