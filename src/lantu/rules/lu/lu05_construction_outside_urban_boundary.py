"""LU05: planned urban construction outside the urban development boundary."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from lantu.relations import Uncovered
from lantu.rules.base import PairRule
from lantu.rules.land_use import CLASS, is_missing, raw_use, unclassified
from lantu.rules.recalled import check_against, lowered
from lantu.rules.verdict import verdict
from lantu.rules.wording import listed_texts, where, words
from lantu.rules.zone_kind import KIND, area_of_unknown_m2
from lantu.standards import constraint

if TYPE_CHECKING:
    from lantu.model import BoolArray, Layer, ObjectArray
    from lantu.relations import Pairs, Relation
    from lantu.rules.verdict import Verdict

BOUNDARY = "urban_boundary"
UNDIVIDED = "construction_generic"


@dataclass(frozen=True, kw_only=True)
class ConstructionOutsideUrbanBoundary(PairRule):
    """Planned urban construction lies outside the urban development boundary.

    *What it finds*

    Plots planned for a class of use that belongs inside the urban development boundary, of which at least
    min_area_m2 lie outside every such boundary. Construction land that the plan does not divide further
    is undecidable: it may be village land.

    *Why it matters*

    Concentrated urban construction has to lie inside the boundary. Outside it there is no quota for it,
    and no conversion will be approved.

    *Basis*

    自然资发〔2023〕193号; 土地管理法实施条例(2021) 3; landuse_constraint_matrix.csv (urban_boundary).

    *Example*

    Plot C-3, 1 ha of industrial land, reaches 200 m² beyond the boundary.

    *How to resolve*

    Take the part outside out of the plan, or make it one of the uses that may lie outside (village,
    linear, special). Minor corrections of the boundary go through its own procedure.

    *Trap*

    A plot drawn to the middle of a road and a boundary drawn along its edge differ by half a road
    everywhere. Village construction (村庄建设) is allowed outside, but only if the plan codes it as such.
    """

    code: ClassVar[str] = "LU05"
    name: ClassVar[str] = "construction-outside-urban-boundary"
    subjects: ClassVar[tuple[str, ...]] = ("plan.plot",)
    against: ClassVar[tuple[str, ...]] = ("plan.control_line",)
    needs_a: ClassVar[tuple[str, ...]] = (CLASS,)
    needs_b: ClassVar[tuple[str, ...]] = ("kind",)
    min_area_m2: float = 100.0

    @property
    def relation(self) -> Relation:
        """Return what no boundary covers, at least ``min_area_m2``."""
        return Uncovered(min_area_m2=self.min_area_m2)

    def selects_a(self, layer: Layer) -> BoolArray:
        """Return plots of urban construction, or of which that is not known."""
        classes = layer.values(CLASS)
        return _is_urban(classes) | is_missing(classes) | np.asarray(classes == UNDIVIDED, dtype=np.bool_)

    def selects_b(self, layer: Layer) -> BoolArray:
        """Return the urban development boundaries."""
        return np.asarray(layer.values("kind") == BOUNDARY, dtype=np.bool_)

    def judge(self, pairs: Pairs) -> Verdict:
        """Return every plot with a rest outside; undecidable where its class does not tell.

        So is a rest that lines of unknown kind may cover.
        """
        classes = pairs.subject[CLASS]
        unsure = ~_is_urban(classes)
        unknown_lines = [(layer, is_missing(layer.values(KIND))) for layer in pairs.others]
        left_m2 = pairs["area_m2"] - area_of_unknown_m2(pairs.shape(), unknown_lines)
        in_doubt = left_m2 < self.min_area_m2
        said = constraint(BOUNDARY, planned=classes)
        unknown = unclassified(pairs, other=False)
        return verdict(
            pairs.rows_a,
            severity=lowered(self.severity, said.recalled),
            undecidable=unsure | in_doubt,
            message=where(in_doubt, "rules.LU05.line_of_unknown_kind"),
            cause=unknown.cause,
            field=CLASS,
            value_a=classes,
            raw_a=raw_use(pairs.subject),
            measure=pairs["area_m2"],
            unit="m2",
            required=self.min_area_m2,
            share_a=pairs["share_a"],
            shape=pairs.shape(),
            facts={
                "boundaries": listed_texts(layer.name for layer in pairs.others),
                "reason": words("reason", said.reason),
                "source": words("reason", said.source),
                "check": check_against(said.source, said.recalled),
                "tolerance_m": pairs.tolerance_m,
            },
        )


def _is_urban(classes: ObjectArray) -> BoolArray:
    """Return where the constraint matrix wants a class inside the boundary."""
    said = constraint(BOUNDARY, planned=classes)
    outside = np.asarray(said.where == "outside", dtype=np.bool_)
    return outside & np.asarray(said.verdict != "ok", dtype=np.bool_)
