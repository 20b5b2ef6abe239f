"""DA08: a delivery is missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from lantu.messages import message
from lantu.model import Severity  # noqa: TC001  # a dataclass field, read at run time
from lantu.rules.base import BlueprintRule
from lantu.rules.verdict import verdict

if TYPE_CHECKING:
    from lantu.model import BlueprintFacts
    from lantu.rules.verdict import Verdict


@dataclass(frozen=True, kw_only=True)
class DeliveryMissing(BlueprintRule):
    """A department owes a kind of layer and delivers none.

    *What it finds*

    A standard on a department's duty list for which the blueprint has no layer of that department. One
    finding per department and standard.

    *Why it matters*

    Every rule that needs the layer is not checked. Without this finding the empty place in the report
    would look like agreement.

    *Basis*

    The duty list owes of the department in the blueprint.

    *Example*

    The planning bureau owes plan.plot; none of its layers is one.

    *How to resolve*

    Ask the department named as contact for the layer and add it to the blueprint; or take it off the duty
    list when the duty has moved.

    *Trap*

    A layer that was delivered and could not be read is not missing: it is listed as not checked, with the
    reason.
    """

    code: ClassVar[str] = "DA08"
    name: ClassVar[str] = "delivery-missing"
    severity: Severity = "major"

    def judge(self, facts: BlueprintFacts) -> tuple[Verdict, tuple[str, ...]]:
        """Return one finding per department and standard owed and not delivered."""
        delivered = {(layer.department, layer.standard) for layer in facts.layers}
        owed = [
            (key, standard)
            for key, department in facts.departments.items()
            for standard in dict.fromkeys(department.owes)
            if (key, standard) not in delivered
        ]
        standards = np.array([standard for _, standard in owed], dtype=object)
        names = [message(f"standards.standard_label.{name.replace('.', '_')}") for name in standards]
        found = verdict(
            np.full(len(owed), -1),
            severity=self.severity,
            id_a=standards,
            facts={"standard": np.array([*names, None], dtype=object)[:-1]},
        )
        return found, tuple(key for key, _ in owed)
