"""The ledger of causes: which findings are still free, and which cause has taken the others."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from lantu.rules.base import PairRule

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

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

    @property
    def cause_id(self) -> str:
        """Return the stable id, e.g. ``C-offset-3f2a…``: the kind and 12 hex digits of SHA-256."""
        digest = hashlib.sha256("\x1f".join((self.kind, *self.key)).encode("utf-8", "surrogatepass"))
        return f"C-{self.kind}-{digest.hexdigest()[:ID_LENGTH]}"


@dataclass
class Ledger:
    """All findings of a run in the contract's order (index 0 … n-1), and the causes found so far."""

    findings: pd.DataFrame
    rules: Mapping[str, Rule]
    outcomes: Sequence[Outcome] = ()
    causes: list[Cause] = field(default_factory=list)
    free: BoolArray = field(init=False)
    _texts: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Start with every finding free."""
        self.free = np.ones(len(self.findings), dtype=np.bool_)

    def text(self, column: str) -> Any:  # noqa: ANN401  # an array of texts
        """Return a column as texts, empty where it has none, shape (n,); made once, since many causes ask."""
        if column not in self._texts:
            self._texts[column] = self.findings[column].fillna("").to_numpy(dtype=object)
        return self._texts[column]

    def of_rules(self, codes: Sequence[str]) -> BoolArray:
        """Return which findings these rules made, shape (n,)."""
        return np.isin(self.text("rule").astype(str), list(codes))

    def add(self, cause: Cause) -> None:
        """Write down a cause and take its findings, unless it would explain a single object's one finding."""
        whole = (self.text("id_a")[cause.rows] == "").any() and cause.scope == "layer"
        if len(cause.rows) >= LEAST_FINDINGS or (len(cause.rows) and whole):
            self.causes.append(cause)
            self.free[cause.rows] = False

    def codes_with(self, *relations: type[Relation]) -> list[str]:
        """Return the rules that compare objects by one of these relations, and found something."""
        found = sorted(set(self.text("rule")))
        return [code for code in found if isinstance(self.relation(code), relations)]

    def relation(self, code: str) -> Relation | None:
        """Return how the objects of a rule meet; None for a rule about a layer or a blueprint."""
        rule = self.rules.get(code)
        return rule.relation if isinstance(rule, PairRule) else None
