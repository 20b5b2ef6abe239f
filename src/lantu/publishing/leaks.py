"""The leak test: every file of an edition is opened and searched for everything above its level."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from lantu.publishing.boxes import box_patterns
from lantu.publishing.opening import open_folder
from lantu.publishing.payload import points as payload_points
from lantu.publishing.searching import Patterns
from lantu.report.page.codec import WORLD_BITS, world_widths
from lantu.report.page.degrees import to_degrees

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lantu.model import FloatArray
    from lantu.publishing.opening import View
    from lantu.publishing.secrets import Secrets

NEAR_BYTES = 96
"""How far from its x the y of a place written as text is looked for."""


@dataclass(frozen=True, kw_only=True)
class Leak:
    """Something above the level in a file: where, and what kind of thing; never the thing itself."""

    place: str
    kind: str  # text | word | coordinate


@dataclass(frozen=True, kw_only=True)
class Searched:
    """What a leak test looked for, how many views of files it opened, and what it found."""

    texts: int
    words: int
    points: int
    excused: int
    views: int
    leaks: tuple[Leak, ...]


def search(folder: Path, hidden: Secrets, crs: str) -> Searched:
    """Search every file below ``folder`` for ``hidden``; places also in degrees and in the page's units.

    Texts are looked for in UTF-8 and UTF-16, places as pairs of doubles in either byte order, as decimals in
    metres and degrees, and among the points of a page's packed geometry; boxes as ``box_patterns`` has them.
    """
    texts = {code: text for text in hidden.texts for code in _codes(text)}
    degrees = _degrees(hidden.points, crs)
    open_degrees = _degrees(hidden.open_points, crs)
    decimals = _decimals(hidden.points, 2) | _decimals(degrees, 6)
    for text in (*_decimals(hidden.open_points, 2), *_decimals(open_degrees, 6)):
        decimals.pop(text, None)  # an open place of the same digits gives the hidden one nothing away
    binary = _pairs(hidden.points) | _pairs(degrees) | box_patterns(hidden.boxes)
    patterns = Patterns([*texts, *decimals, *binary])
    leaks: dict[tuple[str, str], Leak] = {}
    count = 0
    for view in open_folder(folder):
        count += 1
        for kind in _kinds(view, patterns, texts, decimals, binary, hidden, (degrees, open_degrees)):
            leaks.setdefault((view.place, kind), Leak(place=view.place, kind=kind))
    return Searched(
        texts=len(hidden.texts), words=len(hidden.words), points=len(hidden.points), excused=hidden.excused,
        views=count, leaks=tuple(leaks.values()),
    )  # fmt: skip


def _kinds(
    view: View,
    patterns: Patterns,
    texts: dict[bytes, str],
    decimals: dict[bytes, list[bytes]],
    binary: dict[bytes, None],
    hidden: Secrets,
    degrees: tuple[FloatArray, FloatArray],
) -> Iterator[str]:
    """Yield the kinds of things above the level that a view has."""
    if any(cell in hidden.words for cell in view.cells):
        yield "word"
    for position, pattern in patterns.found_in(view.content):
        if pattern in texts and _alone(view.content, position, pattern):
            yield "text"
        if pattern in binary:
            yield "coordinate"
        for other in decimals.get(pattern, ()):
            around = view.content[max(position - NEAR_BYTES, 0) : position + len(pattern) + NEAR_BYTES]
            if other in around:
                yield "coordinate"
    if view.blocks and len(hidden.points) and _drawn(view.blocks, *degrees):
        yield "coordinate"


def _codes(text: str) -> tuple[bytes, ...]:
    return tuple(text.encode(code, errors="replace") for code in ("utf-8", "utf-16-le", "utf-16-be"))


def _alone(content: bytes, position: int, pattern: bytes) -> bool:
    """Say whether a found text is no part of a longer word or number."""
    before, after = content[position - 1 : position], content[position + len(pattern) :][:1]
    first, last = pattern[:1], pattern[-1:]
    joined = (first.isalnum() and before.isalnum()) or (last.isalnum() and after.isalnum())
    return not joined


def _degrees(points: FloatArray, crs: str) -> FloatArray:
    if not len(points):
        return points
    there = to_degrees(np.asarray(shapely.points(points), dtype=object), crs)
    return np.asarray(shapely.get_coordinates(there), dtype=np.float64)


def _pairs(points: FloatArray) -> dict[bytes, None]:
    """Return each place as two doubles, in both byte orders and both orders of axes."""
    found: dict[bytes, None] = {}
    for pair in (points, points[:, ::-1]):
        for order in ("<f8", ">f8"):
            raw = np.ascontiguousarray(pair, dtype=order).tobytes()
            found |= dict.fromkeys(raw[start : start + 16] for start in range(0, len(raw), 16))
    return found


def _decimals(points: FloatArray, digits: int) -> dict[bytes, list[bytes]]:
    """Return each x as text, cut and rounded to ``digits`` decimals, with the beginning of its y."""
    found: dict[bytes, list[bytes]] = {}
    for x, y in points.tolist():
        near = _cut(y, digits - 1)
        for text in {f"{x:.{digits}f}", _cut(x, digits)}:
            found.setdefault(text.encode("ascii"), []).append(near.encode("ascii"))
    return found


def _cut(value: float, digits: int) -> str:
    whole, _, rest = f"{value:.{digits + 4}f}".partition(".")
    return f"{whole}.{rest[:digits]}"


def _drawn(blocks: dict[str, bytes], degrees: FloatArray, open_degrees: FloatArray) -> bool:
    """Say whether a hidden place, and none that may be shown, is among the points that a page draws."""
    content: Any = json.loads(blocks["data-content"]) if "data-content" in blocks else {}
    drawn = [(content.get("geometry"), "data-findings")]
    drawn += [(layer["geometry"], layer["block"]) for layer in content.get("layers", ())]
    for header, name in drawn:
        if header is None or name not in blocks:
            continue
        hidden, known = (_keys(_units(places, header["shift"])) for places in (degrees, open_degrees))
        there = _keys(payload_points(header, blocks[name]))
        if np.isin(hidden[~np.isin(hidden, known)], there).any():
            return True
    return False


def _units(degrees: FloatArray, shift: int) -> Any:  # noqa: ANN401  # whole numbers, shape (n, 2)
    return np.rint(world_widths(degrees.reshape(-1, 2)) * 2.0 ** (WORLD_BITS - shift)).astype(np.int64)


def _keys(points: Any) -> Any:  # noqa: ANN401  # whole numbers, shape (n, 2)
    return points[:, 0] * np.int64(1 << 32) + points[:, 1]
