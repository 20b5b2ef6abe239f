"""On which parcels the one blueprint stands, and which layers speak about their ground."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lantu.errors import LantuError
from lantu.messages import message
from lantu.report.record import outcome_layers

if TYPE_CHECKING:
    from lantu.model import FloatArray, Layer, ObjectArray, Run

GROUNDS = ("land.parcel", "land.survey", "plan.plot")
"""Standards whose polygons can carry the one blueprint, best first."""

CLASS = "use_class"
"""The column that the ground is divided and accounted by."""

POLYGON = 2


class AgreementError(LantuError):
    """No blueprint can be made of a run."""


@dataclass(frozen=True, kw_only=True)
class Base:
    """The parcels: ``layers`` of one standard and department, their rows one after the other.

    ``geometry`` has the parcels' polygons in the working CRS, shape (n,), None where a parcel has none.
    """

    standard: str
    department: str
    layers: tuple[Layer, ...]
    geometry: ObjectArray
    layer_names: ObjectArray
    ids: ObjectArray

    def values(self, column: str) -> ObjectArray:
        """Return a canonical column over all parcels, as objects, None where there is no value."""
        parts = [np.asarray(layer.values(column), dtype=object) for layer in self.layers]
        joined = np.concatenate(parts)
        return np.array([None if one is None or one != one else one for one in joined], dtype=object)  # noqa: PLR0124  # NaN

    @property
    def keys(self) -> list[tuple[str, str]]:
        """Return layer and id of each parcel."""
        return list(zip(self.layer_names, self.ids, strict=True))


def find_base(run: Run) -> Base:
    """Return the parcels of the department whose word about them counts first.

    That is the first that ``[authority]`` names for a column of the standard, else the first in the file.

    Raises
    ------
    AgreementError
        No layer of parcels, survey or plan could be read.
    """
    usable = [one for one in run.facts.layers if one.refusal is None and len(one)]
    for standard in GROUNDS:
        there = [one for one in usable if one.standard == standard]
        if not there:
            continue
        said = [
            name for key, names in run.facts.authority.items() if key.rpartition(".")[0] == standard
            for name in names
        ]  # fmt: skip
        owners = [one.department for one in there]
        department = next((name for name in said if name in owners), owners[0])
        return _base(standard, department, tuple(one for one in there if one.department == department))
    raise AgreementError(message("agreeing.no_ground", standards=", ".join(GROUNDS)))


def _base(standard: str, department: str, layers: tuple[Layer, ...]) -> Base:
    return Base(
        standard=standard,
        department=department,
        layers=layers,
        geometry=np.concatenate([layer.geometry for layer in layers]),
        layer_names=np.concatenate([np.full(len(one), one.name, dtype=object) for one in layers]),
        ids=np.concatenate([layer.ids for layer in layers]),
    )


def speakers(run: Run, base: Base) -> tuple[Layer, ...]:
    """Return the other layers that say what the ground is used for and were compared with the parcels.

    Where none covers a parcel nobody has confirmed or denied what its department says.
    """
    names = {layer.name for layer in base.layers}
    met: set[str] = set()
    for outcome in run.outcomes:
        if outcome.answer == "not_checked" and not outcome.undecidable:
            continue
        first, second = ({layer.name for layer in side} for side in outcome_layers(run, outcome))
        if first & names or second & names:
            met |= (first | second) - names
    readable = [layer for layer in run.facts.layers if layer.name in met and layer.refusal is None]
    return tuple(layer for layer in readable if _speaks(layer, base))


def _speaks(layer: Layer, base: Base) -> bool:
    return layer.standard == base.standard or (CLASS in layer.frame.columns and layer.has(CLASS))


def areas_m2(geometry: ObjectArray) -> FloatArray:
    """Return areas in the working CRS, 0 for no geometry, shape (n,)."""
    import shapely  # noqa: PLC0415  # only here

    return np.nan_to_num(np.asarray(shapely.area(geometry), dtype=np.float64))
