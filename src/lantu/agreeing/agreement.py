"""Making the one blueprint of a run: parcels, parts, whose word each value is, and the account of areas."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd

from lantu.agreeing.account import account
from lantu.agreeing.base import CLASS, AgreementError, Base, areas_m2, find_base, speakers
from lantu.agreeing.contests import GROUND, STATES, Contest, contests
from lantu.agreeing.parts import Part, parts
from lantu.agreeing.statements import Statement, statement
from lantu.engine.places import place
from lantu.standards import standard

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from lantu.agreeing.contests import State
    from lantu.messages import Message
    from lantu.model import BlueprintFacts, Run

__all__ = ["Agreement", "AgreementError", "agree"]


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """The one blueprint, in the working CRS.

    ``parcels`` has a row a parcel: id, its values, whose they are, its state and its area by state. ``parts``
    divides the parcels by state; ``statements`` has a row a parcel and column; ``account`` reconciles areas
    by class and town with the inputs (``account.COLUMNS``).
    """

    facts: BlueprintFacts
    standard: str
    parcels: gpd.GeoDataFrame
    parts: gpd.GeoDataFrame
    statements: pd.DataFrame
    account: pd.DataFrame

    @property
    def largest_difference_m2(self) -> float:
        """Return the largest area by which a class, a town or the whole does not reconcile."""
        return float(self.account["difference_m2"].abs().max()) if len(self.account) else 0.0


def agree(run: Run) -> Agreement:
    """Make the one blueprint of a run, with what its ``decisions`` settle.

    Raises
    ------
    AgreementError
        The run has no parcels, survey or plan to stand on.
    """
    base = find_base(run)
    found = contests(run, base)
    others = speakers(run, base)
    columns = [name for name in standard(base.standard).columns if name != "id"]
    said = {name: statement(run, base, name) for name in columns}
    own = said[CLASS].value if CLASS in said else np.full(len(base.ids), None, dtype=object)
    made = parts(base, own, found, others)
    values = _values(run, base, said, found, made)
    return Agreement(
        facts=run.facts,
        standard=base.standard,
        parcels=_parcels(run, base, said, values, made),
        parts=_parts(run, base, said, made),
        statements=values,
        account=account(run, base, made),
    )


def _values(
    run: Run, base: Base, said: Mapping[str, Statement], found: Sequence[Contest], made: Sequence[Part]
) -> pd.DataFrame:
    """Return a row a parcel and column, and one for its ground: value, source, rule, state, with whom."""
    about: dict[tuple[int, str], list[Contest]] = defaultdict(list)
    for one in found:
        about[one.parcel, one.column].append(one)
    covered = _covered(base, made)
    rows = []
    for parcel in range(len(base.ids)):
        for column, told in said.items():
            here = about.get((parcel, column), [])
            if told.value[parcel] is None and not here:
                continue
            confirmed = covered[parcel] if column == CLASS else told.others[parcel] > 0
            rows.append(_value(run, base, parcel, told, here, confirmed=bool(confirmed)))
        ground = about.get((parcel, GROUND))
        if ground:
            rows.append(_value(run, base, parcel, None, ground, confirmed=True))
    return pd.DataFrame(rows, columns=list(VALUE_COLUMNS), dtype=object)


VALUE_COLUMNS = (
    "layer", "id", "column", "value", "department", "source_layer", "source_id", "by", "state",
    "contested_with", "findings",
)  # fmt: skip


def _value(
    run: Run, base: Base, parcel: int, told: Statement | None, here: Sequence[Contest], *, confirmed: bool
) -> tuple[Any, ...]:
    """Return one row: a decision's value where one holds and nothing else contests the column."""
    opened = [one for one in here if one.state != "agreed"]
    state = min(
        (one.state for one in opened), key=STATES.index, default=_unopposed(here, confirmed=confirmed)
    )
    settled = next((one for one in here if one.settled is not None and one.value is not None), None)
    source: tuple[Any, ...] = (None, None, None, None, None)
    column = GROUND
    if told is not None:
        column, by = told.column, told.by[parcel]
        source = (told.value[parcel], told.department[parcel], told.layer[parcel], told.id[parcel], by)
        if settled is not None and not opened and column != CLASS:  # a class holds on a part of the parcel
            source = (settled.value, settled.department, settled.layer, settled.id, settled.settled)
    value, department, layer, id_, rule = source
    return (
        base.layer_names[parcel], base.ids[parcel], column, None if value is None else _shown(value),
        department, layer, id_, _said(rule, run), state,
        _joined(one.department for one in opened), _joined(one.finding_id for one in here),
    )  # fmt: skip


def _unopposed(here: Sequence[Contest], *, confirmed: bool) -> State:
    return "agreed" if confirmed or here else "not_covered"


def _covered(base: Base, made: Sequence[Part]) -> list[bool]:
    """Say of each parcel whether somebody else speaks about all of its ground."""
    covered = [False] * len(base.ids)
    for one in made:
        covered[one.parcel] = True
    for one in made:
        if one.state == "not_covered":
            covered[one.parcel] = False
    return covered


def _parcels(
    run: Run, base: Base, said: Mapping[str, Statement], values: pd.DataFrame, made: Sequence[Part]
) -> gpd.GeoDataFrame:
    size = len(base.ids)
    by_state = {state: np.zeros(size) for state in STATES}
    areas = areas_m2(np.array([one.shape for one in made], dtype=object))
    for one, area_m2 in zip(made, areas, strict=True):
        by_state[one.state][one.parcel] += area_m2
    table: dict[str, Any] = {"layer": base.layer_names, "id": base.ids, "area_m2": areas_m2(base.geometry)}
    known_columns = standard(base.standard).columns
    known = values.set_index(["layer", "id", "column"])
    keys = pd.MultiIndex.from_arrays([base.layer_names, base.ids])
    for column in said:
        rows = known[known.index.get_level_values("column") == column].droplevel("column")
        rows = rows[~rows.index.duplicated()].reindex(keys)
        value = rows["value"]
        table[column] = (pd.to_numeric(value) if known_columns[column].is_numeric else value).to_numpy()
        table[f"{column}_of"] = rows["department"].to_numpy()
        table[f"{column}_state"] = rows["state"].to_numpy()
    table |= _whole_states(values, keys, by_state)
    table |= {f"{state}_m2": by_state[state] for state in STATES}
    return _placed(run, table, base.geometry)


def _whole_states(values: pd.DataFrame, keys: pd.MultiIndex, by_state: Mapping[State, Any]) -> dict[str, Any]:
    """Return each parcel's state, the worst of its columns and ground, and with whom it is contested."""
    worst: dict[Any, str] = {}
    whom: dict[Any, list[str]] = defaultdict(list)
    numbers: dict[Any, list[str]] = defaultdict(list)
    for row in values.to_dict(orient="records"):
        key = (row["layer"], row["id"])
        numbers[key] += [one for one in (row["findings"] or "").split("; ") if one]
        if row["state"] in {"contested", "undecidable"}:
            worst[key] = min(worst.get(key, "agreed"), row["state"], key=STATES.index)
            whom[key] += [one for one in (row["contested_with"] or "").split("; ") if one]
    states = []
    for place_, key in enumerate(keys):
        grounds = [state for state in STATES if by_state[state][place_] > 0]
        states.append(
            min([*grounds, worst.get(key, grounds[0] if grounds else "not_covered")], key=STATES.index)
        )
    return {
        "state": states,
        "contested_with": [_joined(whom[key]) if key in whom else None for key in keys],
        "findings": [len(set(numbers[key])) if key in numbers else 0 for key in keys],
    }


def _parts(run: Run, base: Base, said: Mapping[str, Statement], made: Sequence[Part]) -> gpd.GeoDataFrame:
    told = said.get(CLASS)
    rows = []
    counts: dict[int, int] = defaultdict(int)
    for one in made:
        counts[one.parcel] += 1
        owner = told.department[one.parcel] if told is not None else None
        by = told.by[one.parcel] if told is not None else None
        rows.append(
            {
                "layer": base.layer_names[one.parcel], "id": base.ids[one.parcel], "part": counts[one.parcel],
                "area_m2": float(one.shape.area), "state": one.state, CLASS: one.use_class,
                f"{CLASS}_of": one.department or owner, "by": _said(one.settled or by, run),
                "contested_with": _joined(one.departments), "findings": _joined(one.findings),
            }
        )  # fmt: skip
    names = [
        "layer",
        "id",
        "part",
        "area_m2",
        "state",
        CLASS,
        f"{CLASS}_of",
        "by",
        "contested_with",
        "findings",
    ]
    table = pd.DataFrame(rows, columns=names)
    return _placed(run, {name: table[name].to_numpy() for name in names}, [one.shape for one in made])


def _placed(run: Run, table: Mapping[str, Any], shapes: Any) -> gpd.GeoDataFrame:  # noqa: ANN401  # geometries
    """Return a table with town and village of each row, as the findings have them."""
    geometry = gpd.GeoSeries(list(shapes), crs=run.facts.working_crs)
    frame = gpd.GeoDataFrame(dict(table), geometry=geometry, crs=run.facts.working_crs)
    frame["town"], frame["village"] = None, None
    towns = next((one for one in run.facts.layers if one.name == run.facts.town_layer), None)
    return place(frame, towns)


def _joined(names: Iterable[str]) -> str | None:
    return "; ".join(dict.fromkeys(names)) or None


def _said(rule: Message | None, run: Run) -> str | None:
    return None if rule is None else rule.text(run.language)


def _shown(value: Any) -> str:  # noqa: ANN401  # a cell of any type
    return f"{value:.10g}" if isinstance(value, float) else str(value)
