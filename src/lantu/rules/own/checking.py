"""What is wrong with a planner's condition, said before any data is read, with a mark in its text."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from pygeofilter import ast

from lantu.errors import SourceError
from lantu.messages import Message, message
from lantu.rules.own.condition import Condition
from lantu.rules.own.scope import INEXACT, OTHER, SUBJECT, Scope, word_for, words_of
from lantu.sources.cql2 import Placed, marked, parse_where
from lantu.standards import closest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from lantu.rules.own.scope import ValueKind


_SYNTAX: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "sources.where_syntax": ("syntax", "condition"),
        "sources.where_spatial": ("spatial", "relation"),
        "sources.where_function": ("function", "functions"),
    }
)
"""What the parser says, and how a rule says it and helps."""


@dataclass(frozen=True)
class Complaint:
    """One mistake in a condition or in a table, and what was probably meant."""

    what: Message
    help: Message | None = None


def read_condition(text: str, scope: Scope | None) -> tuple[Condition | None, tuple[Complaint, ...]]:
    """Return the condition, or None and everything that is wrong with it.

    Without a ``scope``, because its names stand for nothing, only the syntax is looked at.
    """
    try:
        tree = parse_where(text)
    except SourceError as error:
        return None, (_syntax(error.message),)
    if scope is not None:
        checker = _Checker(text, scope)
        checker.predicate(tree)
        if checker.found:
            return None, tuple(checker.found)
    return Condition.of(text, tree), ()


def _syntax(found: Message) -> Complaint:
    """Return what the parser says; where it knows the place, in the words of a rule."""
    said = _SYNTAX.get(found.key)
    if said is None:
        return Complaint(found)
    what, help_ = said
    place = {name: value for name, value in found.values.items() if name != "text"}
    return Complaint(message(f"rules.own.{what}", **place), message(f"rules.own.write.{help_}"))


def suggested(name: str, known: Iterable[str]) -> Message:
    """Return the closest of the known names, or all of them."""
    names = list(known)
    near = closest(name, names)
    if near is not None:
        return message("rules.own.did_you_mean", name=near)
    return message("rules.own.one_of", names=", ".join(names))


@dataclass
class _Checker:
    """Walks over a syntax tree and collects what is wrong."""

    text: str
    scope: Scope
    found: list[Complaint] = field(default_factory=list)

    def predicate(self, node: Any) -> None:  # noqa: ANN401  # any node of the tree
        """Check a node that is true or false."""
        if isinstance(node, ast.Combination):
            self.predicate(node.lhs)
            self.predicate(node.rhs)
        elif isinstance(node, ast.Not):
            self.predicate(node.sub_node)
        elif isinstance(node, ast.Comparison):
            self.compared(node.lhs, node.rhs, ordered=node.op.value not in {"=", "<>"})
        elif isinstance(node, ast.Between):
            self.compared(node.lhs, node.low, ordered=True)
            self.compared(node.lhs, node.high, ordered=True)
        elif isinstance(node, ast.In):
            for option in node.sub_nodes:
                self.compared(node.lhs, option, ordered=False)
        elif isinstance(node, ast.IsNull):
            self.kind(node.lhs)
        else:
            self.like(node)

    def compared(self, left: Any, right: Any, *, ordered: bool) -> None:  # noqa: ANN401
        """Check that two sides of a comparison are of one kind, and that a word is one of its column's."""
        kinds = self.kind(left), self.kind(right)
        if None in kinds:
            return
        if kinds[0] != kinds[1]:
            self.kinds_differ(left, right, kinds)
            return
        for one, other in ((left, right), (right, left)):
            if isinstance(one, ast.Attribute) and not ordered:
                self.equal(one.name, other)

    def equal(self, name: Any, value: Any) -> None:  # noqa: ANN401  # a Placed name, any value
        """Check an equality of a name with a value: a word of its column, and nothing that is measured."""
        if name in INEXACT:
            self.complain("measured", name, name=name)
            return
        column = self.scope.column(name)
        words = words_of(column) if column is not None else ()
        if column is None or not words or not isinstance(value, Placed) or value in words:
            return
        near = word_for(column, value)
        help_ = suggested(value, words) if near is None else message("rules.own.did_you_mean", name=near)
        self.complain("no_word", value, help_, name=name, found=str(value))

    def kinds_differ(self, left: Any, right: Any, kinds: tuple[ValueKind | None, ...]) -> None:  # noqa: ANN401
        """Say that two sides are of different kinds, and how the value should be written."""
        name, value = (left, right) if isinstance(left, ast.Attribute) else (right, left)
        said = [message(f"rules.own.kind.{kind}") for kind in kinds]
        column_kind = self.scope.value_kind(name.name) if isinstance(name, ast.Attribute) else None
        help_ = None
        if column_kind in {"number", "text", "date"} and not isinstance(value, ast.Node):
            help_ = message(f"rules.own.write.{column_kind}", value=str(value))
        self.complain("kinds_differ", _placed_in(left) or _placed_in(right), help_, one=said[0], two=said[1])

    def like(self, node: Any) -> None:  # noqa: ANN401
        """Check the two sides of LIKE."""
        pattern = node.pattern.arguments[0] if isinstance(node.pattern, ast.Function) else node.pattern
        if not isinstance(pattern, str):
            self.found.append(Complaint(message("sources.where_like")))
        if self.kind(node.lhs) not in {"text", None}:
            self.complain("not_text", _placed_in(node.lhs))

    def kind(self, node: Any) -> ValueKind | None:  # noqa: ANN401
        """Return what an expression gives; None where that is already complained about."""
        if isinstance(node, ast.Attribute):
            return self.named(node.name)
        if isinstance(node, ast.Function):
            if self.kind(node.arguments[0]) not in {"text", None}:
                self.complain("not_text", _placed_in(node.arguments[0]))
            return "text"
        if isinstance(node, ast.Arithmetic):
            for part in (node.lhs, node.rhs):
                if self.kind(part) not in {"number", None}:
                    self.complain("not_number", _placed_in(part))
            return "number"
        if isinstance(node, bool):
            return "bool"
        if isinstance(node, dt.datetime):
            return "date"
        return "text" if isinstance(node, str) else "number"

    def named(self, name: Any) -> ValueKind | None:  # noqa: ANN401  # a Placed name
        """Return what a name holds; None where there is no such name."""
        if name in self.scope.names:
            return self.scope.value_kind(name)
        side, _, column = name.partition(".")
        if side == OTHER and self.scope.other is None:
            self.complain("no_other", name, name=name)
        elif side in {SUBJECT, OTHER} and column:
            of = self.scope.subject if side == SUBJECT else str(self.scope.other)
            known = [one for one in self.scope.names if one.startswith(f"{side}.")]
            self.complain("no_column", name, suggested(name, known), standard=of, name=column)
        else:
            self.complain("no_name", name, self._meant(name), name=name)
        return None

    def _meant(self, name: str) -> Message:
        """Return what a name without a side was meant to be: a column of one side, or a measure."""
        for side in (SUBJECT, OTHER):
            if f"{side}.{name}" in self.scope.names:
                return message("rules.own.did_you_mean", name=f"{side}.{name}")
        return suggested(name, self.scope.names)

    def complain(self, what: str, at: Any, help_: Message | None = None, **values: Any) -> None:  # noqa: ANN401
        """Note a mistake; ``at`` is the name or the text that it is about, None for the whole."""
        place = getattr(at, "place", 0)
        complaint = Complaint(
            message(f"rules.own.{what}", marked=marked(self.text, place), column=place + 1, **values), help_
        )
        if complaint not in self.found:
            self.found.append(complaint)


def _placed_in(node: Any) -> Placed | None:  # noqa: ANN401  # any node of the tree
    """Return the first name or text in an expression."""
    if isinstance(node, Placed):
        return node
    if isinstance(node, ast.Attribute):
        return node.name if isinstance(node.name, Placed) else None
    if isinstance(node, ast.Arithmetic):
        return _placed_in(node.lhs) or _placed_in(node.rhs)
    return _placed_in(node.arguments[0]) if isinstance(node, ast.Function) else None
