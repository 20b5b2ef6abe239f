"""TR01: a pipe near an old tree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from lantu.relations import Near
from lantu.rules import PairRule, verdict

if TYPE_CHECKING:
    from lantu.relations import Pairs, Relation
    from lantu.rules import Verdict


@dataclass(frozen=True, kw_only=True)
class PipeNearOldTree(PairRule):
    """A pipe lies in the ground that an old tree needs for its roots.

    *What it finds*

    A pipe that is nearer to the stem of an old or famous tree than within_m, by more than the tolerance of
    the two layers. Nearer to the limit than that is undecidable.

    *Why it matters*

    Whoever digs for the pipe cuts the roots; the tree dies of it years later, when nobody remembers the
    trench.

    *Basis*

    城市古树名木保护管理办法 (2000): no excavation in the ground that protects the tree. The distance is a
    parameter of this rule: state the one that the city has laid down.

    *Example*

    Pipe G1 passes ginkgo T1 at 2 m; 5 m are to be kept.

    *How to resolve*

    The gardens office and the pipe's owner look at the place together; the pipe is relaid at its next
    renewal, and until then nobody digs there without the gardens office.

    *Trap*

    The point of a tree is its stem, not its crown: the ground to protect may reach further than within_m.
    """

    code: ClassVar[str] = "TR01"
    name: ClassVar[str] = "pipe-near-old-tree"
    subjects: ClassVar[tuple[str, ...]] = ("utility.pipe",)
    against: ClassVar[tuple[str, ...]] = ("green.tree",)
    within_m: float = 5.0

    @property
    def relation(self) -> Relation:
        """Return near, with the tolerance left to judge."""
        return Near(within_m=self.within_m)

    def judge(self, pairs: Pairs) -> Verdict:
        """Return every pair that is nearer than ``within_m``; undecidable where the tolerance covers it."""
        distance_m, tolerance_m = pairs["distance_m"], pairs.tolerance_m
        return verdict(
            pairs.rows_a,
            pairs.rows_b,
            severity=self.severity,
            undecidable=distance_m > self.within_m - tolerance_m,
            measure=distance_m,
            unit="m",
            required=self.within_m,
            tolerance=tolerance_m,
            shape=pairs.shape(),
        )
