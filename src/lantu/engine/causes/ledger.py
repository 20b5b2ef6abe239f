"""The ledger of causes: which findings are still free, and which cause has taken the others."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
import pandas as pd

from lantu.rules.base import PairRule

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from lantu.model import BoolArray, IntArray, Outcome
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


class Kinds(NamedTuple):
    """The distinct texts of a column, sorted, and the position of each finding's own among them."""

    names: tuple[str, ...]
    of: IntArray


@dataclass
class Ledger:
    """All findings of a run in the contract's order (index 0 … n-1), and the causes found so far."""

    findings: pd.DataFrame
    rules: Mapping[str, Rule]
    outcomes: Sequence[Outcome] = ()
    causes: list[Cause] = field(default_factory=list)
    free: BoolArray = field(init=False)
    _texts: dict[str, Any] = field(default_factory=dict)
    _kinds: dict[str, Kinds] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Start with every finding free."""
        self.free = np.ones(len(self.findings), dtype=np.bool_)

    def text(self, column: str) -> Any:  # noqa: ANN401  # an array of texts
        """Return a column as texts, empty where it has none, shape (n,); made once, since many causes ask."""
        if column not in self._texts:
            self._texts[column] = self.findings[column].fillna("").to_numpy(dtype=object)
        return self._texts[column]

    def kinds(self, column: str) -> Kinds:
        """Return a column of few distinct texts as numbers; made once, as ``text``."""
        if column not in self._kinds:
            of, names = pd.factorize(self.text(column), sort=True)
            self._kinds[column] = Kinds(tuple(str(name) for name in names), of.astype(np.int64))
        return self._kinds[column]

    def is_one_of(self, column: str, names: Collection[str]) -> BoolArray:
        """Return which findings have one of these texts in a column, shape (n,)."""
        kinds = self.kinds(column)
        wanted = np.array([name in names for name in kinds.names], dtype=np.bool_)
        return wanted[kinds.of] if len(wanted) else np.zeros(len(kinds.of), dtype=np.bool_)

    def of_rules(self, codes: Collection[str]) -> BoolArray:
        """Return which findings these rules made, shape (n,)."""
        return self.is_one_of("rule", codes)

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
        return bool((self.text("id_a")[rows] == "").any())

    def codes_with(self, *relations: type[Relation]) -> list[str]:
        """Return the rules that compare objects by one of these relations, and found something."""
        return [code for code in self.kinds("rule").names if isinstance(self.relation(code), relations)]

    def relation(self, code: str) -> Relation | None:
        """Return how the objects of a rule meet; None for a rule about a layer or a blueprint."""
        rule = self.rules.get(code)
        return rule.relation if isinstance(rule, PairRule) else None
