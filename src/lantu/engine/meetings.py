"""Which rules look at which layers: every relation on every pair of layers, planned once and shared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lantu.relations import Alone, Alongside, Coverage, Displaced, Near, Same, Uncovered
from lantu.rules.base import PairRule, takes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lantu.model import Layer
    from lantu.relations import Relation


@dataclass(frozen=True)
class Meeting:
    """A subject layer and what it meets, with all rules that ask for the same computation.

    ``others`` has one layer, none (the rule looks at features alone) or, for ``uncovered``, all layers
    that cover together. ``itself`` says that the layer meets itself, ``kernels`` that compiled kernels
    measure, as decided for the whole run.
    """

    a: Layer
    others: tuple[Layer, ...]
    itself: bool
    rules: tuple[PairRule, ...]
    kernels: bool = False

    @property
    def b(self) -> Layer | None:
        """Return the other layer where there is exactly one."""
        return self.others[0] if len(self.others) == 1 else None

    @property
    def relation(self) -> Relation:
        """Return the relation that is computed; its thresholds are each rule's own."""
        return self.rules[0].relation


@dataclass(frozen=True)
class Unmet:
    """A rule that found no layers to look at: what it lacks, a subject or the other side."""

    rule: PairRule
    a: Layer | None
    lacking: tuple[str, ...]  # the standards of which there is no layer
    siblings: bool = False  # a second layer of the standard is what is lacking
    unfit: bool = False  # there are layers, and the rule compares the subject with none of them


def plan(rules: Sequence[PairRule], layers: Sequence[Layer]) -> tuple[list[Meeting], list[Unmet]]:
    """Plan all meetings of the rules, in a fixed order, and say which rules have nothing to meet.

    Refused layers take part, so that the engine can say for each rule which refusal kept it from being
    checked.
    """
    groups: dict[tuple[object, ...], list[tuple[PairRule, Layer, tuple[Layer, ...], bool]]] = {}
    unmet: list[Unmet] = []
    for rule in rules:
        met_any = False
        subjects = [layer for layer in layers if takes(rule.subjects, layer)]
        for a in subjects:
            for others, itself in _partners(rule, a, layers):
                met_any = True
                judge = rule if itself or len(others) != 1 else rule.between(a, others[0])
                groups.setdefault(_key(judge, a, others, itself=itself), []).append(
                    (judge, a, others, itself)
                )
        if not subjects:
            unmet.append(Unmet(rule, None, rule.subjects))
        elif not met_any:
            siblings = rule.partner not in {"standards", "itself", "everyone"}
            unfit = not siblings and any(takes(rule.against, layer) for layer in layers)
            unmet.append(
                Unmet(rule, subjects[0], rule.against or rule.subjects, siblings=siblings, unfit=unfit)
            )
    meetings = [
        Meeting(group[0][1], group[0][2], group[0][3], tuple(entry[0] for entry in group))
        for group in groups.values()
    ]
    return meetings, unmet


def _partners(rule: PairRule, a: Layer, layers: Sequence[Layer]) -> Iterator[tuple[tuple[Layer, ...], bool]]:
    """Yield what a subject layer meets under a rule, and whether it meets itself."""
    relation = rule.relation
    if isinstance(relation, Alone | Coverage):
        yield (), False
        return
    others = [
        layer for layer in layers if layer is not a and takes(rule.against, layer) and rule.compares(a, layer)
    ]
    if isinstance(relation, Uncovered):
        if others:
            yield tuple(others), False
        return
    if rule.partner in {"itself", "all"} or (rule.partner == "everyone" and takes(rule.against, a)):
        yield (a,), True
    if rule.partner in {"standards", "siblings_both", "everyone"}:
        yield from (((b,), False) for b in others)
    if rule.partner in {"siblings", "all"}:
        position = list(layers).index(a)
        yield from (((b,), False) for b in others if list(layers).index(b) > position)


def _key(rule: PairRule, a: Layer, others: tuple[Layer, ...], *, itself: bool) -> tuple[object, ...]:
    """Return what two rules must have in common to share one computation."""
    relation = rule.relation
    detail: object = None
    if isinstance(relation, Near):
        detail = (relation.within_m, relation.along)
    elif isinstance(relation, Same):
        detail = (relation.key, relation.unmatched)
    elif isinstance(relation, Alongside | Uncovered | Coverage | Displaced):
        detail = rule.code  # what covers, or runs along, depends on the rule's own choice of features
    derived = rule.code if type(rule).derives_b is not PairRule.derives_b else None
    return (relation.kind, a.name, tuple(b.name for b in others), itself, detail, derived)
