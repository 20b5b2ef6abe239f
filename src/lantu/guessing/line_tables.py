"""Plain tables that name the points at which lines start and end, and the layer that has these points.

Two headers that differ in a word for start and for end (起点点号 and 终点点号, S_POINT and E_POINT) are taken
for the ends of lines where most of their values are found in one column of a layer of points.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pandas as pd

from lantu.errors import LantuError
from lantu.guessing.model import JoinGuess
from lantu.guessing.names import field_meanings
from lantu.guessing.tables import KEYS_DISTINCT
from lantu.messages import message
from lantu.model import EndPointsSpec
from lantu.sources import read_between_points
from lantu.sources.coordinates import plain_header
from lantu.sources.join import keys_of
from lantu.sources.line_ends import END_WORDS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from lantu.guessing.discovery import Found

ENDS_MET = 0.6
"""Share of the ends that must be among the points: some are always lost, by chance few are found."""

FEWEST_KINDS = 3
"""Different points: fewer of them prove nothing."""


@dataclass(frozen=True, kw_only=True)
class _Offer:
    """A layer of points that a table's ends can be found in, by the column ``key``."""

    points: Found
    on: tuple[str, str]
    key: str
    share: float
    named: float
    near: bool

    @property
    def rank(self) -> tuple[float, bool, float, str, str]:
        """Return what the best offer has least of."""
        return (-round(self.share, 3), not self.near, -self.named, self.points.path, self.key)


def build_lines(folder: Path, found: Sequence[Found]) -> tuple[list[Found], dict[int, JoinGuess]]:
    """Return all layers, with lines in place of each table that names points of another, and how they join.

    The joins are by the position of the line table.
    """
    points = [one for one in found if one.kind == "point"]
    built, joins = list(found), dict[int, JoinGuess]()
    for at, table in enumerate(found):
        if table.kind is not None:
            continue
        offers = [offer for layer in points for offer in _offers(table, layer)]
        best = min(offers, key=lambda offer: offer.rank, default=None)
        if best is None:
            continue
        ends = EndPointsSpec(
            path=folder / best.points.path, on=best.on, table_key=best.key, layer=best.points.layer
        )
        try:
            raw, _ = read_between_points(folder / table.path, ends, layer=table.layer)
        except LantuError:
            continue  # it stays the plain table that it was read as
        built[at] = replace(table, raw=raw)
        joins[at] = JoinGuess(
            path=best.points.path,
            on=best.on,
            table_key=best.key,
            table_layer=best.points.layer,
            reason=message("guessing.reason.ends", percent=100.0 * best.share),
        )
    return built, joins


def _offers(table: Found, points: Found) -> list[_Offer]:
    """Return the ways to find the ends of a table's rows among the points of a layer."""
    near = table.path.rpartition("/")[0] == points.path.rpartition("/")[0]
    found = []
    for on in _pairs(table.attributes):
        ends = pd.concat([pd.Series(keys_of(table.attributes[field]), dtype=object) for field in on]).dropna()
        if ends.nunique() < FEWEST_KINDS:
            continue
        for name in map(str, points.attributes.columns):
            keys = pd.Series(keys_of(points.attributes[name]), dtype=object).dropna()
            share = float(ends.isin(keys).mean())
            if share >= ENDS_MET and keys.nunique() >= KEYS_DISTINCT * len(keys):
                found.append(
                    _Offer(points=points, on=on, key=name, share=share, named=_named(name), near=near)
                )
    return found


def _pairs(attributes: pd.DataFrame) -> list[tuple[str, str]]:
    """Return the columns whose headers are alike but for a word for start and one for end.

    Depths and elevations at both ends are such columns too, and may even occur in the table of points.
    """
    names = [str(name) for name in attributes.columns]
    plain = {name: plain_header(name) for name in names if not _is_measured(name)}
    found: dict[tuple[str, str], None] = {}
    for start, end in END_WORDS:
        for first, key in plain.items():
            wanted = key.replace(start, end, 1)
            found |= {
                (first, last): None for last, other in plain.items() if other == wanted and wanted != key
            }
    return list(found)


def _is_measured(name: str) -> bool:
    return any(one.column not in {"", "id"} for one in field_meanings(name))


def _named(name: str) -> float:
    """Return how much a column's name says that it holds the number of a point."""
    return max((one.weight for one in field_meanings(name) if one.column == "id"), default=0.0)
