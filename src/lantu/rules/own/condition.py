"""A planner's condition as a syntax tree: its conjuncts, and what each of them looks at."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pygeofilter import ast

from lantu.rules.own.scope import OTHER, SUBJECT

if TYPE_CHECKING:
    from collections.abc import Iterator

ORDERINGS = (ast.LessThan, ast.LessEqual, ast.GreaterThan, ast.GreaterEqual)


@dataclass(frozen=True)
class Condition:
    """A condition as its planner wrote it, and its parts that must all be true."""

    text: str
    conjuncts: tuple[ast.Node, ...]

    @classmethod
    def of(cls, text: str, tree: ast.Node) -> Condition:
        """Split a syntax tree; BETWEEN becomes two comparisons, each with its own limit."""
        return cls(text, tuple(_conjuncts(_plain(tree))))

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Return every name that the condition uses, in order of first use."""
        return tuple(dict.fromkeys(name for part in self.conjuncts for name in names_in(part)))

    @cached_property
    def needed(self) -> frozenset[str]:
        """Return the names without whose values the condition is true of nothing."""
        return frozenset().union(*(_needed(part) for part in self.conjuncts))

    def about(self, *sides: str) -> tuple[ast.Node, ...]:
        """Return the conjuncts that look at exactly these: ``subject``, ``other``, "" for measures."""
        return tuple(part for part in self.conjuncts if {_side(name) for name in names_in(part)} == {*sides})

    def columns(self, side: str) -> tuple[str, ...]:
        """Return the columns of one side that the condition uses, in order of first use."""
        return tuple(name.partition(".")[2] for name in self.names if _side(name) == side)

    def limits(self) -> Iterator[tuple[str, float]]:
        """Yield each name that is compared with a number as with a limit, and the number, in order."""
        for node in (found for part in self.conjuncts for found in _walk(part)):
            if isinstance(node, ORDERINGS):
                for one, limit in ((node.lhs, node.rhs), (node.rhs, node.lhs)):
                    if isinstance(one, ast.Attribute) and isinstance(limit, int | float):
                        yield one.name, float(limit)


def names_in(node: object) -> Iterator[str]:
    """Yield the names that a part of a condition uses."""
    for found in _walk(node):
        if isinstance(found, ast.Attribute):
            yield found.name


def _walk(node: object) -> Iterator[ast.Node]:
    """Yield a node and all nodes below it, in the order of the text."""
    if isinstance(node, list):
        for part in node:
            yield from _walk(part)
    elif isinstance(node, ast.Node):
        yield node
        for part in vars(node).values():
            yield from _walk(part)


def _side(name: str) -> str:
    """Return ``subject`` or ``other``, or an empty text for a measure."""
    side = name.partition(".")[0]
    return side if side in {SUBJECT, OTHER} else ""


def _conjuncts(node: ast.Node) -> Iterator[ast.Node]:
    if isinstance(node, ast.And):
        yield from _conjuncts(node.lhs)
        yield from _conjuncts(node.rhs)
    else:
        yield node


def _plain(node: Any) -> Any:  # noqa: ANN401  # any node of the tree
    """Return a tree without BETWEEN."""
    if isinstance(node, ast.Combination):
        return type(node)(_plain(node.lhs), _plain(node.rhs))
    if isinstance(node, ast.Not):
        return ast.Not(_plain(node.sub_node))
    if isinstance(node, ast.Between):
        inside = ast.And(ast.GreaterEqual(node.lhs, node.low), ast.LessEqual(node.lhs, node.high))
        return ast.Not(inside) if node.not_ else inside
    return node


def _needed(node: Any, *, true: bool = True) -> frozenset[str]:  # noqa: ANN401  # as above
    """Return the names that must have a value for a node to be true, or false."""
    if isinstance(node, ast.Not):
        return _needed(node.sub_node, true=not true)
    if isinstance(node, ast.Combination):
        left, right = _needed(node.lhs, true=true), _needed(node.rhs, true=true)
        return left | right if isinstance(node, ast.And) is true else left & right
    if isinstance(node, ast.IsNull):
        return frozenset(names_in(node)) if node.not_ is true else frozenset()
    return frozenset(names_in(node))
