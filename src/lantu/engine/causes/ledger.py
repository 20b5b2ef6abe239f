"""The ledger of causes: which findings are still free, and which cause has taken the others."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from lantu.rules.base import PairRule

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from lantu.model import BoolArray, Coded, IntArray, Outcome, StoredFindings
    from lantu.relations import Relation
    from lantu.rules.base import Rule

Scope = Literal["layer", "object", "place"]

LEAST_FINDINGS = 2
"""A cause explains at least so many findings, unless one of them is about a layer as a whole."""

ID_LENGTH = 12


@dataclass(frozen=True, kw_only=True)
class Cause:
    """One cause: what it is, the rows of the findings that hang on it, and what its sentence says.

    ``key`` makes the id, together with ``kind``: it names what the cause is and never how much hangs on
    it, so that the id survives a re-run. ``lead`` is the rule whose cause it is, None for the rule that
    found most. ``facts`` are further values for the sentence, ``causes.<kind>`` where none is given.
    """

    scope: Scope
    kind: str
    layer: str
    key: tuple[str, ...]
    rows: IntArray
    lead: str | None = None
    object: str | None = None
    sentence: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def cause_id(self) -> str:
        """Return the stable id, e.g. ``C-offset-3f2a…``: the kind and 12 hex digits of SHA-256."""
        digest = hashlib.sha256("\x1f".join((self.kind, *self.key)).encode("utf-8", "surrogatepass"))
        return f"C-{self.kind}-{digest.hexdigest()[:ID_LENGTH]}"


def groups_of(labels: IntArray, least: int) -> Iterator[IntArray]:
    """Yield the positions of each label that stands ``least`` times or more, labels ascending."""
    order = np.argsort(labels, kind="stable")
    ordered = labels[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]][: len(order)])
    stops = np.r_[starts[1:], len(order)]
    for group in np.flatnonzero(stops - starts >= least).tolist():
        yield order[starts[group] : stops[group]]


@dataclass
class Ledger:
    """All findings of a run in the contract's order (numbers 0 … n-1), and the causes found so far."""

    findings: StoredFindings
    rules: Mapping[str, Rule]
    outcomes: Sequence[Outcome] = ()
    causes: list[Cause] = field(default_factory=list)
    free: BoolArray = field(init=False)
    _kinds: dict[str, Coded] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Start with every finding free."""
        self.free = np.ones(len(self.findings), dtype=np.bool_)

    def kinds(self, column: str) -> Coded:
        """Return a column of texts as numbers, empty where it has none; made once, since many causes ask."""
        if column not in self._kinds:
            self._kinds[column] = self.findings.coded[column].without_none
        return self._kinds[column]

    def text(self, column: str, row: int | np.signedinteger[Any]) -> str:
        """Return the text of one finding in a column of few, empty where it has none."""
        kinds = self.kinds(column)
        return str(kinds.names[kinds.of[row]])

    def is_one_of(self, column: str, texts: Collection[str]) -> BoolArray:
        """Return which findings have one of these texts in a column, shape (n,)."""
        return self.kinds(column).is_one_of(texts)

    def of_rules(self, codes: Collection[str]) -> BoolArray:
        """Return which findings these rules made, shape (n,)."""
        return self.is_one_of("rule", codes)

    @cached_property
    def of_objects(self) -> BoolArray:
        """Return which findings are about an object, not about a layer as a whole, shape (n,)."""
        return ~self.is_one_of("id_a", [""])

    @cached_property
    def unnamed(self) -> BoolArray:
        """Return the findings of which the rule names no cause, shape (n,)."""
        return self.findings.coded["cause_text"].of < 0

    @cached_property
    def evidence(self) -> dict[int, tuple[str, str]]:
        """Return what findings about whole layers say, in the run's language and in the other, by number."""
        rows = ~self.of_objects
        told = self.findings.parts(["message", "translation"], rows=rows)
        said = [row for part in told for row in zip(*(one.to_pylist() for one in part.columns), strict=True)]
        return dict(zip(np.flatnonzero(rows).tolist(), said, strict=True))

    def counted(self, column: str, rows: IntArray) -> dict[str, int]:
        """Return how often each text stands in some rows of a column, in the order of the texts."""
        kinds = self.kinds(column)
        number = np.bincount(kinds.of[rows], minlength=len(kinds.names))
        return {kinds.names[place]: int(number[place]) for place in np.flatnonzero(number).tolist()}

    def most(self, column: str, rows: IntArray) -> str:
        """Return the text that stands most often in some rows of a column, the first of equals."""
        kinds = self.kinds(column)
        return kinds.names[int(np.argmax(np.bincount(kinds.of[rows], minlength=len(kinds.names))))]

    def add(self, cause: Cause) -> None:
        """Write down a cause and take its findings, unless it would explain a single object's one finding."""
        if len(cause.rows) < LEAST_FINDINGS and not (cause.scope == "layer" and self._of_layer(cause.rows)):
            return
        self.causes.append(cause)
        self.free[cause.rows] = False

    def _of_layer(self, rows: IntArray) -> bool:
        """Say whether any of some findings is about a layer as a whole."""
        return not self.of_objects[rows].all()

    def codes_with(self, *relations: type[Relation]) -> list[str]:
        """Return the rules that compare objects by one of these relations, and found something."""
        return [code for code in self.kinds("rule").names if isinstance(self.relation(code), relations)]

    def relation(self, code: str) -> Relation | None:
        """Return how the objects of a rule meet; None for a rule about a layer or a blueprint."""
        rule = self.rules.get(code)
        return rule.relation if isinstance(rule, PairRule) else None
