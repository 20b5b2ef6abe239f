"""Conditions over columns, in SQL's three-valued logic (Kleene): true, false, unknown."""

from __future__ import annotations

import datetime as dt
import operator
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from pygeofilter import ast

from lantu.errors import SourceError
from lantu.messages import message
from lantu.sources.coordinates import numbers_of
from lantu.sources.source import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from lantu.model import BoolArray

_COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv,
}  # fmt: skip
_DTYPES: tuple[tuple[Callable[[Any], bool], str], ...] = (
    (pd.api.types.is_bool_dtype, "bool"),
    (pd.api.types.is_numeric_dtype, "number"),
    (pd.api.types.is_datetime64_any_dtype, "time"),
)


@dataclass(frozen=True)
class Truth:
    """For each row: true, false, or, where neither, unknown."""

    true: BoolArray
    false: BoolArray

    def __and__(self, other: Truth) -> Truth:
        return Truth(self.true & other.true, self.false | other.false)

    def __or__(self, other: Truth) -> Truth:
        return Truth(self.true | other.true, self.false & other.false)

    def __invert__(self) -> Truth:
        return Truth(self.false, self.true)


def evaluate(node: ast.Node, columns: Mapping[str, Any], *, count: int) -> Truth:
    """Return the truth of a condition for each of ``count`` rows.

    A value of ``columns`` is a pandas Series or one value for all rows. Text is compared with numbers as
    the number that it spells, and is unknown where it spells none.

    Raises
    ------
    SourceError
        The condition names a field that is not there, or compares what cannot be compared.
    """
    return _Rows(columns, count).truth(node)


@dataclass(frozen=True)
class _Rows:
    columns: Mapping[str, Any]
    count: int

    def truth(self, node: Any) -> Truth:  # noqa: ANN401  # any node of the tree
        if isinstance(node, ast.Combination):
            left, right = self.truth(node.lhs), self.truth(node.rhs)
            return left & right if isinstance(node, ast.And) else left | right
        if isinstance(node, ast.Not):
            return ~self.truth(node.sub_node)
        if isinstance(node, ast.Comparison):
            return self.compared(node.op.value, node.lhs, node.rhs)
        found = self.predicate(node)
        return ~found if node.not_ else found

    def predicate(self, node: Any) -> Truth:  # noqa: ANN401
        """Return the truth of a predicate without regard to its NOT."""
        if isinstance(node, ast.Between):
            return self.compared(">=", node.lhs, node.low) & self.compared("<=", node.lhs, node.high)
        if isinstance(node, ast.In):
            return self.among(node.lhs, node.sub_nodes)
        if isinstance(node, ast.IsNull):
            missing = self.values(node.lhs).isna().to_numpy(dtype=bool)
            return Truth(missing, ~missing)
        return self.like(node)

    def among(self, node: Any, options: list[Any]) -> Truth:  # noqa: ANN401
        column = self.values(node)
        if all(isinstance(option, str) for option in options) and _kind(column) == "text":
            true = _texts(column).isin(options).to_numpy(dtype=bool)
            return Truth(true, ~true & column.notna().to_numpy(dtype=bool))
        found = self.compared("=", node, options[0])
        for option in options[1:]:
            found |= self.compared("=", node, option)
        return found

    def compared(self, symbol: str, left_node: Any, right_node: Any) -> Truth:  # noqa: ANN401
        left, right = self.values(left_node), self.values(right_node)
        kinds = {_kind(left), _kind(right)} - {"nothing"}
        if "time" in kinds:
            _refuse_other_than_time(left_node, left)
            _refuse_other_than_time(right_node, right)
            left, right = _times(left), _times(right)
        elif "number" in kinds and kinds != {"number"}:
            self._refuse_words(left_node, left, right_node, right)
            left, right = _numbers(left), _numbers(right)
        elif kinds == {"bool", "text"}:
            left, right = _texts(left).str.casefold(), _texts(right).str.casefold()
        elif kinds == {"text"}:
            left, right = _texts(left), _texts(right)
        known = (left.notna() & right.notna()).to_numpy(dtype=bool)
        true = np.zeros(self.count, dtype=bool)
        here = np.flatnonzero(known)
        true[here] = _COMPARISONS[symbol](left.iloc[here], right.iloc[here]).to_numpy(dtype=bool)
        return Truth(true, known & ~true)

    def like(self, node: Any) -> Truth:  # noqa: ANN401
        if not isinstance(node.pattern, str) and not isinstance(node.pattern, ast.Function):
            raise SourceError(message("sources.where_like"))
        folded = any(isinstance(part, ast.Function) for part in (node.lhs, node.pattern))
        pattern = node.pattern.arguments[0] if isinstance(node.pattern, ast.Function) else node.pattern
        texts = _texts(self.values(node.lhs))
        known = texts.notna().to_numpy(dtype=bool)
        shape = re.compile(_regex(str(pattern)), re.DOTALL | (re.IGNORECASE if folded else 0))
        fits = np.array(
            [text is not None and shape.fullmatch(text) is not None for text in _plain(texts)], dtype=bool
        )
        return Truth(fits, known & ~fits)

    def values(self, node: Any) -> pd.Series:  # noqa: ANN401
        """Return an expression as a column of ``count`` rows."""
        if isinstance(node, ast.Attribute):
            if node.name not in self.columns:
                fields = ", ".join(self.columns)
                hint = did_you_mean(node.name, self.columns)
                raise SourceError(
                    message("sources.where_field_unknown", field=node.name, fields=fields, help=hint)
                )
            node = self.columns[node.name]
        if isinstance(node, ast.Arithmetic):
            left, right = _numbers(self.values(node.lhs)), _numbers(self.values(node.rhs))
            with np.errstate(divide="ignore", invalid="ignore"):
                found: pd.Series = _ARITHMETIC[node.op.value](left, right)
            return found.where(np.isfinite(found))
        if isinstance(node, ast.Function):
            folded: pd.Series = _texts(self.values(node.arguments[0])).str.casefold()
            return folded
        if isinstance(node, pd.Series):
            return node.reset_index(drop=True)
        return pd.Series([node] * self.count, dtype=object if isinstance(node, str) or node is None else None)

    def _refuse_words(self, left_node: Any, left: pd.Series, right_node: Any, right: pd.Series) -> None:  # noqa: ANN401
        """Refuse a number column against a word: no row could ever fit, and nobody would know why."""
        for word, node, column in ((left_node, right_node, right), (right_node, left_node, left)):
            numeric = isinstance(node, ast.Attribute) and _kind(column) == "number"
            if isinstance(word, str) and numeric and np.isnan(numbers_of(pd.Series([word], dtype=object))[0]):
                raise SourceError(message("sources.where_kinds_differ", field=node.name, text=word))


def _refuse_other_than_time(node: Any, column: pd.Series) -> None:  # noqa: ANN401
    """Refuse what is compared with a date and can be none: a number, or a word that spells none."""
    word = isinstance(node, str) and _times(column).isna().all()
    if len(column) and (word or _kind(column) not in {"time", "text", "nothing"}):
        raise SourceError(
            message("sources.where_date", text=node.name if isinstance(node, ast.Attribute) else node)
        )


def _kind(column: pd.Series) -> str:
    """Return what a column holds: bool, number, time, text, or nothing at all."""
    for fits, kind in _DTYPES:
        if fits(column.dtype):
            return kind
    types = {type(value) for value in _plain(column) if value is not None}
    if not types:
        return "nothing"
    for kind, members in (("bool", (bool,)), ("number", (int, float)), ("time", (dt.date,))):
        if all(issubclass(found, members) and (found is not bool or kind == "bool") for found in types):
            return kind
    return "text"


def _plain(column: pd.Series) -> list[Any]:
    return [None if value is None or value is pd.NA or value != value else value for value in column.tolist()]  # noqa: PLR0124


def _texts(column: pd.Series) -> pd.Series:
    texts = [
        None if value is None else value if isinstance(value, str) else str(value) for value in _plain(column)
    ]
    return pd.Series(texts, dtype=object)


def _numbers(column: pd.Series) -> pd.Series:
    if pd.api.types.is_bool_dtype(column.dtype):
        column = column.astype("Int64")
    return pd.Series(numbers_of(column), dtype="float64")


def _times(column: pd.Series) -> pd.Series:
    found = pd.to_datetime(pd.Series(_plain(column), dtype=object), errors="coerce", format="mixed", utc=True)
    naive: pd.Series = found.dt.tz_localize(None)
    return naive


def _regex(pattern: str) -> str:
    r"""Return a LIKE pattern as a regular expression: ``%`` any text, ``_`` one character, ``\`` escapes."""
    parts: list[str] = []
    for escaped, character in re.findall(r"(\\?)(.)", pattern, re.DOTALL):
        wild = {"%": ".*", "_": "."}.get(character) if not escaped else None
        parts.append(wild or re.escape(character))
    return "".join(parts)
