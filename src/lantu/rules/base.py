"""What a rule is: pure, declared, documented.

A rule says which layers it looks at, how they must meet, and which pairs contradict. It sees pairs
and returns verdicts: no files, no clock, no tiles. Pairing, measuring, tolerance, wording, sorting and
counting are the engine's. The parameters of a rule are the fields of its dataclass; a blueprint tunes
them by name.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from lantu.model import RULE_TEXTS, Severity  # dataclass fields are read at run time
from lantu.rules.explanation import rule_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lantu.messages import Message
    from lantu.model import BlueprintFacts, BoolArray, IntArray, Layer
    from lantu.relations.pairs import Pairs
    from lantu.relations.spec import Relation
    from lantu.rules.verdict import Verdict

ANY: tuple[str, ...] = ("*",)
"""Every standard."""

LAYER = "layer:"
"""Stands before the name of one layer where a rule names the standards that it takes."""

Partner = Literal["standards", "itself", "siblings", "siblings_both", "all", "everyone"]
"""Who a subject layer meets.

``standards``: every layer of the standards in ``against``, the subject layer excepted. ``itself``: the
layer itself, each unordered pair of features once. ``siblings``: other layers of the standards in
``against``, each unordered pair of layers once, in blueprint order. ``siblings_both``: the same in both
orders. ``all``: itself and siblings. ``everyone``: as ``standards``, and itself where ``against`` takes it.
"""


@dataclass(frozen=True, kw_only=True)
class Rule(ABC):
    """Base of all rules.

    The class docstring has the headings *What it finds*, *Why it matters*, *Basis*, *Example*, *How to
    resolve*, *Trap*; its Chinese twin and the sentences stand in the catalogue under ``rules.<code>``, those
    of a plug-in's rule in the ``<CODE>.toml`` beside its module.
    """

    code: ClassVar[str]
    name: ClassVar[str]  # names the wrong thing, in kebab-case
    subjects: ClassVar[tuple[str, ...]]  # standards
    since: ClassVar[str] = "0.1.0"
    severity: Severity = "major"

    @property
    def family(self) -> str:
        """Return the letters of the code, e.g. ``LU``."""
        return self.code.rstrip("0123456789")

    def text(self, part: str) -> Mapping[str, str] | None:
        """Return what is said about the rule, or by it, by language; None where there is nothing.

        ``part`` is ``title``, ``basis``, ``resolve``, ``trap``, or a sentence: ``message``,
        ``undecidable``, ``cause``.
        """
        return rule_text(type(self), part)

    def texts(self) -> Mapping[str, Mapping[str, str]]:
        """Return what reports say about the rule beside its findings: those of RULE_TEXTS that there are."""
        said = {part: self.text(part) for part in RULE_TEXTS}
        return {part: text for part, text in said.items() if text is not None}


@dataclass(frozen=True, kw_only=True)
class LayerRule(Rule):
    """A rule that judges a delivery as a whole: its reading, its coordinate system, its date."""

    judges_refused: ClassVar[bool] = False
    """Whether the rule also speaks about layers that were refused (CR01, CR02)."""

    @abstractmethod
    def judge(self, layer: Layer, facts: BlueprintFacts) -> Verdict:
        """Return the findings on one layer."""

    def concerns(self, layer: Layer) -> bool:  # noqa: ARG002  # for rules that concern any layer
        """Say whether the rule is about layers of this kind at all; one that it is not about has no outcome.

        Asked of refused layers too. Where values are only lacking the rule does concern the layer: then
        ``lacks`` or ``does_not_fit`` says why it was not checked.
        """
        return True

    def does_not_fit(self, layer: Layer) -> Message | None:  # noqa: ARG002  # for rules that fit any layer
        """Return why a layer that the rule concerns could not be judged, or None."""
        return None

    def lacks(self, layer: Layer) -> str | None:  # noqa: ARG002  # for rules that need nothing
        """Return the canonical column without which this layer cannot be judged, or None."""
        return None


@dataclass(frozen=True, kw_only=True)
class BlueprintRule(Rule):
    """A rule that judges the blueprint as a whole, e.g. what was owed and not delivered."""

    subjects: ClassVar[tuple[str, ...]] = ()

    @abstractmethod
    def judge(self, facts: BlueprintFacts) -> tuple[Verdict, tuple[str, ...]]:
        """Return the findings and, aligned with them, the department that each concerns."""


@dataclass(frozen=True, kw_only=True)
class PairRule(Rule):
    """A rule about objects that meet: features alone, within a layer, or of two layers."""

    against: ClassVar[tuple[str, ...]] = ()
    partner: ClassVar[Partner] = "standards"
    needs_a: ClassVar[tuple[str, ...]] = ()  # columns without any value here: not checked
    needs_b: ClassVar[tuple[str, ...]] = ()
    needs_shared_ids: ClassVar[bool] = False  # two layers that share no id are numbered apart: not checked
    looks_ids_up: ClassVar[bool] = False  # asks whether the other layer has an id, wherever its bearer stands
    sees_all_others: ClassVar[bool] = False  # its judgement rests on others far from the subject too
    reveals: ClassVar[tuple[str, ...]] = ()  # further columns of either side that a finding lets one see
    beside: ClassVar[tuple[str, ...]] = ()  # standards whose layers a rule looks at besides: ``pairs.beside``

    @property
    @abstractmethod
    def relation(self) -> Relation:
        """Return how the two must meet, with this rule's thresholds."""

    def columns_a(self, layer: Layer) -> tuple[str, ...]:  # noqa: ARG002  # for rules on several standards
        """Return the columns without which a subject layer cannot be judged; ``needs_a`` by default."""
        return self.needs_a

    def columns_b(self, layer: Layer) -> tuple[str, ...]:  # noqa: ARG002  # for rules on several standards
        """Return the columns without which another layer cannot be compared; ``needs_b`` by default."""
        return self.needs_b

    def absence_counts(self, others: tuple[Layer, ...]) -> bool:  # noqa: ARG002  # for rules on what is missing
        """Say whether others that hold nothing for the rule are compared all the same; by default never."""
        return False

    def compares(self, a: Layer, b: Layer) -> bool:  # noqa: ARG002  # for rules that take any two
        """Say whether two layers that the rule takes are to be compared with each other; by default all."""
        return True

    def between(self, a: Layer, b: Layer) -> PairRule:  # noqa: ARG002  # as above
        """Return the rule that judges these two layers under this one's code; by default this one.

        For a rule whose relation depends on the two: roads are matched by id, or else by where they run.
        """
        return self

    def does_not_fit(self, a: Layer, others: tuple[Layer, ...]) -> Message | None:  # noqa: ARG002  # as above
        """Return why two layers that the rule takes hold nothing that could be compared, or None."""
        return None

    def passes_over(self, layer: Layer) -> Message | None:  # noqa: ARG002  # for rules that look at all
        """Return that features of a subject layer cannot be looked at; then "none found" is not said."""
        return None

    def selects_a(self, layer: Layer) -> BoolArray:
        """Return which features of a subject layer the rule is about, shape (n,); all by default."""
        return np.ones(len(layer), dtype=np.bool_)

    def selects_b(self, layer: Layer) -> BoolArray:
        """Return which features of the other layer the rule is about, shape (n,); all by default."""
        return np.ones(len(layer), dtype=np.bool_)

    def derives_b(self, layer: Layer) -> Layer:
        """Return the layer that stands for ``layer`` on the other side; the layer itself by default.

        A rule that needs a built geometry (the red line from a centre line and its width) derives it
        here; the engine calls this once per layer and run.
        """
        return layer

    def wants(self, pairs: Pairs) -> BoolArray:
        """Return which candidate pairs can contradict by their attributes alone (no measures yet)."""
        return np.ones(len(pairs), dtype=np.bool_)

    @abstractmethod
    def judge(self, pairs: Pairs) -> Verdict:
        """Return the findings among measured pairs."""


def takes(names: tuple[str, ...], layer: Layer) -> bool:
    """Say whether a rule for these standards, or for these single layers, takes this layer."""
    return names == ANY or layer.standard in names or f"{LAYER}{layer.name}" in names


def first_of_each(groups: IntArray) -> IntArray:
    """Return the positions where a new group starts in a sorted array."""
    return np.flatnonzero(np.r_[True, groups[1:] != groups[:-1]]) if len(groups) else np.empty(0, np.int64)
