"""DA09: a value is outside what is plausible in its column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from lantu.messages import Message, message
from lantu.model import Severity  # noqa: TC001  # dataclass fields are read at run time
from lantu.rules.base import ANY, LayerRule
from lantu.rules.recalled import check_against, lowered
from lantu.rules.recorded_area import AREA_COLUMNS, unit_mistake
from lantu.rules.verdict import verdict
from lantu.standards.plausible import PlausibleRange, plausible_ranges
from lantu.standards.schema import standard

if TYPE_CHECKING:
    from lantu.model import BlueprintFacts, Layer, ObjectArray
    from lantu.rules.verdict import Verdict


@dataclass(frozen=True, kw_only=True)
class ValueOutOfRange(LayerRule):
    """A number lies outside the plausible range of its column.

    *What it finds*

    A height, depth, diameter, width, ratio, area or number of floors below the least or above the largest
    plausible value of its column, read in the unit that the blueprint states. One severity lower where the
    bound was only recalled. Recorded areas in a wrong unit are DA10's and not repeated here.

    *Why it matters*

    A density of 35 is 35 percent read as 35 times the plot; compared as it stands it allows everything. A
    height of 0 makes every building lower than its limit.

    *Basis*

    plausible_ranges.csv: bounds that a right value hardly ever leaves, each with its reason.

    *Example*

    Plot A-03 has a building density of 35, where 0 to 1 is possible.

    *How to resolve*

    State the unit under units of the layer in the blueprint, e.g. density_max_ratio = "percent", if the
    whole column is affected; else correct the single value at the source. A 0 that stands for no value is to
    be left empty.

    *Trap*

    The bounds are not limits of any law, and a landmark may exceed them. A column full of zeros is a
    column that nobody filled in.
    """

    code: ClassVar[str] = "DA09"
    name: ClassVar[str] = "value-out-of-range"
    subjects: ClassVar[tuple[str, ...]] = ANY
    severity: Severity = "minor"

    def concerns(self, layer: Layer) -> bool:
        """Say whether the standard of a layer has a column with a plausible range."""
        return bool(plausible_ranges(layer.standard))

    def does_not_fit(self, layer: Layer) -> Message | None:
        """Return that a layer has no value in any column with a plausible range, if so."""
        if _judged(layer):
            return None
        return message("rules.DA09.no_range", layer=layer.name)

    def judge(self, layer: Layer, facts: BlueprintFacts) -> Verdict:  # noqa: ARG002  # the layer says it all
        """Return one finding per value outside its range; those of a column are one cause, zeros another."""
        parts = [_outside(layer, column, bounds) for column, bounds in _judged(layer).items()]
        if not parts:
            return verdict(np.empty(0, dtype=np.int64), severity=self.severity)
        found = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
        rows, recalled = found.pop("row"), found.pop("recalled").astype(np.bool_)
        facts_of = {name: found.pop(name) for name in ("low", "high", "unit_sign")}
        facts_of["check"] = check_against(found.pop("source"), recalled)
        return verdict(
            rows.astype(np.int64),
            severity=lowered(self.severity, recalled),
            shape=layer.geometry[rows.astype(np.int64)],
            facts=facts_of,
            **found,
        )


def _judged(layer: Layer) -> dict[str, PlausibleRange]:
    """Return the columns of a layer that have values and a range; no area that is in a wrong unit."""
    area = AREA_COLUMNS.get(layer.standard)
    return {
        column: bounds
        for column, bounds in plausible_ranges(layer.standard).items()
        if layer.has(column) and not (column == area and unit_mistake(layer) is not None)
    }


def _outside(layer: Layer, column: str, bounds: PlausibleRange) -> dict[str, ObjectArray]:
    """Return the values of a column outside its range, column by column of a verdict."""
    values = np.asarray(layer.values(column), dtype=np.float64)
    rows = np.flatnonzero((values < bounds.minimum) | (values > bounds.maximum))
    values = values[rows]
    unit = standard(layer.standard).column(column).unit
    name = unit.name if unit is not None and unit.name != "ratio" else "1"
    same: dict[str, Any] = {
        "field": column,
        "unit": name,
        "low": f"{bounds.minimum:,.10g}",
        "high": f"{bounds.maximum:,.10g}",
        "unit_sign": "" if name == "1" else message(f"rules.sign.{name}"),
        "source": bounds.source,
        "recalled": bounds.recalled,
    }
    return {
        "row": rows.astype(object),
        "value_a": np.array([f"{value:.10g}" for value in values], dtype=object),
        "raw_a": layer.raw(column, rows),
        "measure": values.astype(object),
        "required": np.where(values < bounds.minimum, bounds.minimum, bounds.maximum).astype(object),
        "cause": np.where(values == 0, f"{column}: 0", column).astype(object),
        **{key: _filled(len(rows), value) for key, value in same.items()},
    }


def _filled(size: int, value: Any) -> ObjectArray:  # noqa: ANN401  # any value of a verdict
    column = np.empty(size, dtype=object)
    column[:] = value
    return column
