"""The grammar of OGC CQL2-text (OGC 21-065r2), as far as it concerns attributes.

It is written down here and builds pygeofilter's syntax tree. pygeofilter's own grammar for CQL2 text gives
AND and OR one precedence (``a OR b AND c`` becomes ``(a OR b) AND c``), knows only ASCII names of two
letters and more, no doubled quote and no line break; the first of these would filter wrongly without a word.
"""

from __future__ import annotations

import datetime as dt
import re
from functools import cache
from typing import TYPE_CHECKING, Any

import lark
from pygeofilter import ast

from lantu.errors import SourceError
from lantu.messages import message

if TYPE_CHECKING:
    from lantu.messages import Message

_GRAMMAR = r"""
?start: either
?either: both ("OR"i both)*
?both: negation ("AND"i negation)*
?negation: "NOT"i negation -> negated
    | predicate
?predicate: "(" either ")"
    | sum "=" sum -> equal
    | sum ("<>" | "!=") sum -> unequal
    | sum "<" sum -> less
    | sum "<=" sum -> less_or_equal
    | sum ">" sum -> greater
    | sum ">=" sum -> greater_or_equal
    | sum "LIKE"i sum -> like
    | sum "NOT"i "LIKE"i sum -> unlike
    | sum "BETWEEN"i sum "AND"i sum -> between
    | sum "NOT"i "BETWEEN"i sum "AND"i sum -> not_between
    | sum "IN"i "(" sum ("," sum)* ")" -> one_of
    | sum "NOT"i "IN"i "(" sum ("," sum)* ")" -> none_of
    | sum "IS"i "NULL"i -> missing
    | sum "IS"i "NOT"i "NULL"i -> present
?sum: product
    | sum "+" product -> add
    | sum "-" product -> subtract
?product: atom
    | product "*" atom -> multiply
    | product "/" atom -> divide
?atom: NUMBER -> number
    | "-" atom -> negative
    | TEXT -> text
    | "TRUE"i -> true
    | "FALSE"i -> false
    | "DATE"i "(" TEXT ")" -> moment
    | "TIMESTAMP"i "(" TEXT ")" -> moment
    | "CASEI"i "(" sum ")" -> casei
    | NAME -> field
    | QUOTED -> quoted_field
    | "(" sum ")"
NUMBER: /(\d+\.?\d*|\.\d+)(e[+-]?\d+)?/i
TEXT: /'(?:[^']|'')*'/
QUOTED: /"(?:[^"]|"")+"/
NAME: /(?!(?:AND|OR|NOT|LIKE|BETWEEN|IN|IS|NULL|TRUE|FALSE|DATE|TIMESTAMP|CASEI)\b)[^\W\d][\w.:]*/i
%ignore /\s+/
"""

_CALLED = re.compile(r"(?P<name>[^\W\d][\w.:]*)\s*\Z")
_SPATIAL = frozenset(
    {
        "INTERSECTS", "EQUALS", "DISJOINT", "TOUCHES", "WITHIN", "OVERLAPS", "CROSSES", "CONTAINS", "RELATE",
        "DWITHIN", "BEYOND", "BBOX", "POINT", "LINESTRING", "POLYGON", "MULTIPOINT", "MULTILINESTRING",
        "MULTIPOLYGON", "GEOMETRYCOLLECTION", "ENVELOPE",
    }
)  # fmt: skip
"""What CQL and CQL2 call their spatial predicates, without the ``S_`` of the latter, and their geometries."""

_LONGEST_TEXT = 10_000
_CONTEXT = 30
_ACROSS_LIKE = {"nocase": False, "wildcard": "%", "singlechar": "_", "escapechar": "\\"}


class Placed(str):
    """A name or a text of a condition that knows where in the condition it starts, counted from 0."""

    __slots__ = ("place",)

    place: int

    @classmethod
    def at(cls, token: lark.Token, text: str) -> Placed:
        """Return ``text`` with the place of the token that it was written as."""
        placed = cls(text)
        placed.place = token.start_pos or 0
        return placed


def marked(text: str, place: int) -> str:
    """Return the part of a condition around a place on one line, with a mark before the place."""
    shown = f"{text[max(place - _CONTEXT, 0) : place]}▶{text[place : place + _CONTEXT]}"
    return shown.replace("\r", " ").replace("\n", " ")


def parse_where(text: str) -> ast.Node:
    """Return the syntax tree of a CQL2-text condition.

    Understood: comparison, AND, OR, NOT, IN, LIKE (``%`` and ``_``), BETWEEN, IS NULL, arithmetic, CASEI,
    DATE and TIMESTAMP; names in any script, in double quotes where they hold blanks or are keywords. Names
    and texts in the tree are ``Placed``.

    Raises
    ------
    SourceError
        The text is no condition; the message points to the place.
    """
    if len(text) > _LONGEST_TEXT:
        raise SourceError(message("sources.where_too_long", longest=_LONGEST_TEXT))
    try:
        return _parser().parse(text)
    except lark.UnexpectedInput as error:
        at_end = isinstance(error, lark.UnexpectedToken) and error.token.type == "$END"
        place = len(text) if at_end or error.pos_in_stream is None else error.pos_in_stream
        raise SourceError(_refused(text, place)) from error
    except lark.exceptions.VisitError as error:
        if isinstance(error.orig_exc, SourceError):
            raise error.orig_exc from error
        raise


def _refused(text: str, place: int) -> Message:
    """Return what is wrong at a place: a function that there is not (of geometry or other), or the form."""
    called = _CALLED.search(text[:place]) if text[place : place + 1] == "(" else None
    if called is None:
        return message("sources.where_syntax", text=text, column=place + 1, marked=marked(text, place))
    name, start = called["name"], called.start("name")
    spatial = name.upper().startswith("S_") or name.upper() in _SPATIAL
    key = "sources.where_spatial" if spatial else "sources.where_function"
    return message(key, text=text, name=name, column=start + 1, marked=marked(text, start))


@lark.v_args(inline=True)
class _Tree(lark.Transformer[lark.Token, Any]):
    """Builds nodes from the leaves up; each method is the rule of the grammar that bears its name."""

    # ruff: noqa: ANN401

    def either(self, *parts: Any) -> Any:
        return ast.Or.from_items(*parts)

    def both(self, *parts: Any) -> Any:
        return ast.And.from_items(*parts)

    def negated(self, node: Any) -> Any:
        return ast.Not(node)

    def equal(self, left: Any, right: Any) -> Any:
        return ast.Equal(left, right)

    def unequal(self, left: Any, right: Any) -> Any:
        return ast.NotEqual(left, right)

    def less(self, left: Any, right: Any) -> Any:
        return ast.LessThan(left, right)

    def less_or_equal(self, left: Any, right: Any) -> Any:
        return ast.LessEqual(left, right)

    def greater(self, left: Any, right: Any) -> Any:
        return ast.GreaterThan(left, right)

    def greater_or_equal(self, left: Any, right: Any) -> Any:
        return ast.GreaterEqual(left, right)

    def like(self, node: Any, pattern: Any) -> Any:
        return ast.Like(node, pattern, not_=False, **_ACROSS_LIKE)

    def unlike(self, node: Any, pattern: Any) -> Any:
        return ast.Like(node, pattern, not_=True, **_ACROSS_LIKE)

    def between(self, node: Any, low: Any, high: Any) -> Any:
        return ast.Between(node, low, high, not_=False)

    def not_between(self, node: Any, low: Any, high: Any) -> Any:
        return ast.Between(node, low, high, not_=True)

    def one_of(self, node: Any, *options: Any) -> Any:
        return ast.In(node, list(options), not_=False)

    def none_of(self, node: Any, *options: Any) -> Any:
        return ast.In(node, list(options), not_=True)

    def missing(self, node: Any) -> Any:
        return ast.IsNull(node, not_=False)

    def present(self, node: Any) -> Any:
        return ast.IsNull(node, not_=True)

    def add(self, left: Any, right: Any) -> Any:
        return ast.Add(left, right)

    def subtract(self, left: Any, right: Any) -> Any:
        return ast.Sub(left, right)

    def multiply(self, left: Any, right: Any) -> Any:
        return ast.Mul(left, right)

    def divide(self, left: Any, right: Any) -> Any:
        return ast.Div(left, right)

    def number(self, token: str) -> float:
        return int(token) if token.isdecimal() else float(token)

    def negative(self, node: Any) -> Any:
        return -node if isinstance(node, (int, float)) else ast.Sub(0, node)

    def text(self, token: lark.Token) -> Placed:
        return Placed.at(token, token[1:-1].replace("''", "'"))

    def true(self) -> bool:
        return True

    def false(self) -> bool:
        return False

    def moment(self, token: str) -> dt.datetime:
        try:
            found = dt.datetime.fromisoformat(token[1:-1])
        except ValueError as error:
            raise SourceError(message("sources.where_date", text=token[1:-1])) from error
        return found.astimezone(dt.UTC).replace(tzinfo=None) if found.tzinfo else found

    def casei(self, node: Any) -> Any:
        return ast.Function("casei", [node])

    def field(self, token: lark.Token) -> Any:
        return ast.Attribute(Placed.at(token, str(token)))

    def quoted_field(self, token: lark.Token) -> Any:
        return ast.Attribute(Placed.at(token, token[1:-1].replace('""', '"')))


@cache
def _parser() -> lark.Lark:
    return lark.Lark(_GRAMMAR, parser="lalr", transformer=_Tree(), maybe_placeholders=False)
