"""What the findings say, in both languages, taken apart for the page: the words that many share, once.

A sentence is cut at what is its own: the ids of its two objects, and numbers. Sentences that are equal but
for these share a template, a pair with one half a language. So both languages together take less room than
one did as texts. ``whole`` and ``sentences.js`` put them together again, sign for sign.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from lantu.model import translated

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from lantu.model import Run

OWN = re.compile(r"([0-9](?:[0-9A-Za-z.,:/_-]*[0-9A-Za-z])?)")
"""A number, a code or an id: what begins with a digit and ends with a digit or letter."""

IDS = ("id_a", "id_b")
"""Columns that the page carries anyway: a template names them in the place of values."""

Template = tuple[str | int, ...]
"""Texts and, at the odd places, which of the sentence's own values stands there."""


def sentences(run: Run) -> dict[str, Any]:
    """Return ``{"templates", "codes"}``: the template of each finding, -1 where it says nothing.

    A template has ``said`` in the run's language, ``other`` in the other one or None, and ``own``: for each
    value the name of a column or the values of its findings, in their order.
    """
    found = run.findings
    other = found["finding_id"].map(translated(run.translations, "message"))
    known: dict[tuple[Template, Template | None], int] = {}
    rows: list[list[int]] = []
    owns: list[list[tuple[str, ...]]] = []
    codes = []
    for row, (text, told, *names) in enumerate(
        zip(found["message"], other, found["id_a"], found["id_b"], strict=True)
    ):
        if not isinstance(text, str):
            codes.append(-1)
            continue
        cut = [name for name in names if isinstance(name, str) and name and not OWN.fullmatch(name)]
        own: dict[str, int] = {}
        half = _template(text, cut, own)
        pair = (half, _template(told, cut, own) if isinstance(told, str) else None)
        code = known.setdefault(pair, len(rows))
        if code == len(rows):
            rows.append([])
            owns.append([])
        rows[code].append(row)
        owns[code].append(tuple(own))
        codes.append(code)
    templates = [
        _folded(pair, owns[code], {name: found[name].iloc[rows[code]].tolist() for name in IDS})
        for pair, code in known.items()
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


def _template(text: str, names: Sequence[str], own: dict[str, int]) -> Template:
    """Cut a sentence; what is its own is added to ``own`` and named by its place there."""
    parts: list[Any] = _parts(text, names)
    for place in range(1, len(parts), 2):
        parts[place] = own.setdefault(parts[place], len(own))
    return tuple(parts)


def _parts(text: str, names: Sequence[str]) -> list[str]:
    """Return a text cut at ``names`` and numbers: what is shared at even places, its own at odd ones."""
    if not names:
        return OWN.split(text)
    found: list[str] = []
    for place, piece in enumerate(text.split(names[0])):
        found += ([names[0]] if place else []) + _parts(piece, names[1:])
    return found


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
    """Return a half with what stands at its odd places, neighbouring texts as one."""
    found: list[str | int] = [""]
    for place, part in enumerate(half):
        here = stands[int(part)] if place % 2 else part
        if isinstance(here, str) and isinstance(found[-1], str):
            found[-1] += here
        else:
            found.append(here)
    return [part for part in found if part != ""]
