"""PI06: pipe through a parcel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from lantu.model import Severity  # noqa: TC001  # dataclass fields are read at run time
from lantu.relations import Overlaps
from lantu.rules.base import PairRule
from lantu.rules.land_use import CLASS, is_missing, raw_use
from lantu.rules.pi.pipes import MEDIUM, PIPE
from lantu.rules.verdict import verdict
from lantu.rules.wording import words

if TYPE_CHECKING:
    from lantu.model import BoolArray, Layer
    from lantu.relations import Pairs, Relation
    from lantu.rules.verdict import Verdict

PIPES_BELONG_THERE = ("transport", "rural_road", "utility", "green_open")
"""Classes of land that pipes are laid in: roads, utility sites, greenery."""


@dataclass(frozen=True, kw_only=True)
class PipelineThroughParcel(PairRule):
    """A pipe runs through a parcel that is neither road nor utility site nor greenery.

    *What it finds*

    A pipe of which at least min_length_m lies inside a parcel, deeper than the tolerance of the two layers,
    unless the registered class of the parcel is transport, rural road, utility or green space. Undecidable
    where a parcel of a layer with classes has none.

    *Why it matters*

    Who owns the pipe must dig in land that somebody else holds. Without an easement on record the holder may
    refuse, build on top of it, or learn of it from a burst.

    *Basis*

    民法典 372-385 (easements, 地役权).

    *Example*

    Sewer WS-118 runs for 64 m through parcel P4, registered as residential.

    *How to resolve*

    The pipe's owner looks for the easement and has it registered with the parcel; where there is none, both
    agree on one, or the pipe moves to the street at its next renewal.

    *Trap*

    Service pipes end in the parcel that they serve, and a factory's own network lies in its own ground: both
    belong there. The rule counts length, it cannot see whom a pipe serves.
    """

    code: ClassVar[str] = "PI06"
    name: ClassVar[str] = "pipeline-through-parcel"
    subjects: ClassVar[tuple[str, ...]] = (PIPE,)
    against: ClassVar[tuple[str, ...]] = ("land.parcel",)
    needs_b: ClassVar[tuple[str, ...]] = (CLASS,)
    reveals: ClassVar[tuple[str, ...]] = (CLASS,)
    severity: Severity = "info"
    min_length_m: float = 5.0

    @property
    def relation(self) -> Relation:
        """Return overlaps of at least ``min_length_m``."""
        return Overlaps(min_length_m=self.min_length_m)

    def selects_b(self, layer: Layer) -> BoolArray:
        """Return parcels that are not there for pipes, or of which it is not known."""
        return ~np.isin(layer.values(CLASS).astype(str), PIPES_BELONG_THERE)

    def judge(self, pairs: Pairs) -> Verdict:
        """Return every pair; undecidable where the parcel has no single class."""
        use = pairs.other[CLASS]
        return verdict(
            pairs.rows_a,
            pairs.rows_b,
            severity=self.severity,
            undecidable=is_missing(use),
            field=MEDIUM,
            value_a=pairs.subject[MEDIUM],
            value_b=use,
            raw_a=pairs.subject.raw(MEDIUM),
            raw_b=raw_use(pairs.other),
            measure=pairs["length_m"],
            unit="m",
            required=self.min_length_m,
            tolerance=pairs.tolerance_m,
            share_a=pairs["share_a"],
            shape=pairs.shape(),
            facts={"use": words(CLASS, use)},
        )
