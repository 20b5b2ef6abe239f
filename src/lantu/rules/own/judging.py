"""The truth of a planner's condition for features and for pairs, in three-valued logic."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely
from pygeofilter import ast

from lantu.rules.own.condition import names_in
from lantu.rules.own.scope import INEXACT, OTHER, SUBJECT
from lantu.sources.truth import Truth, evaluate

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from lantu.model import FloatArray, Layer, ObjectArray
    from lantu.relations import Pairs

Columns = dict[str, pd.Series]


@dataclass(frozen=True, kw_only=True)
class Ends:
    """What a condition looks at, by name; ``low`` and ``high`` differ in distances between two surveys."""

    low: Mapping[str, Any]
    high: Mapping[str, Any]
    count: int


def everywhere(count: int) -> Truth:
    """Return what is true of every row: the condition of a rule without one."""
    return Truth(np.ones(count, dtype=np.bool_), np.zeros(count, dtype=np.bool_))


def truth(parts: Iterable[ast.Node], ends: Ends) -> Truth:
    """Return the truth of all parts together."""
    found = everywhere(ends.count)
    for part in parts:
        found &= _truth(part, ends)
    return found


def _truth(node: Any, ends: Ends) -> Truth:  # noqa: ANN401  # any node of the tree
    """Return the truth of one node: what an error of a distance can turn over is unknown."""
    if isinstance(node, ast.Combination):
        left, right = _truth(node.lhs, ends), _truth(node.rhs, ends)
        return left & right if isinstance(node, ast.And) else left | right
    if isinstance(node, ast.Not):
        return ~_truth(node.sub_node, ends)
    low = evaluate(node, ends.low, count=ends.count)
    if INEXACT.isdisjoint(names_in(node)):
        return low
    high = evaluate(node, ends.high, count=ends.count)
    return Truth(low.true & high.true, low.false & high.false)


def of_layer(layer: Layer, side: str, parts: Sequence[ast.Node]) -> Truth:
    """Return the truth of parts that look at one side only, for each feature of a layer, shape (n,)."""
    names = {name for part in parts for name in names_in(part)}
    columns = {name: pd.Series(_values(layer, name.removeprefix(f"{side}."))) for name in sorted(names)}
    return truth(parts, Ends(low=columns, high=columns, count=len(layer)))


def _values(layer: Layer, column: str) -> ObjectArray | FloatArray:
    """Return a canonical column of a layer; None everywhere where the layer has no such column."""
    if column in layer.frame.columns:
        return layer.values(column)
    return np.full(len(layer), None, dtype=object)


def of_pairs(pairs: Pairs, parts: Sequence[ast.Node]) -> Truth:
    """Return the truth of parts for each pair, shape (n,), measured ones within the tolerance unknown."""
    names = sorted({name for part in parts for name in names_in(part)})
    exact = {name: pd.Series(value_of(pairs, name)) for name in names}
    low, high = dict(exact), dict(exact)
    for name in INEXACT & set(names):
        low[name] = pd.Series(np.maximum(value_of(pairs, name) - pairs.tolerance_m, 0.0))
        high[name] = pd.Series(value_of(pairs, name) + pairs.tolerance_m)
    return truth(parts, Ends(low=low, high=high, count=len(pairs)))


def value_of(pairs: Pairs, name: str) -> Any:  # noqa: ANN401  # float64 or object, by the column
    """Return what a name stands for in each pair, shape (n,): float64 with NaN, or object with None."""
    side, _, column = name.partition(".")
    if side == SUBJECT and column:
        return pairs.subject[column]
    if side == OTHER and column:
        return pairs.other[column]
    name = "share_a" if name == "share" else name
    if name in pairs.measures:
        return pairs[name]
    measure = shapely.area if name == "area_m2" else shapely.length  # of the subject alone
    return np.asarray(measure(pairs.subject.geometry), dtype=np.float64)
