"""Deliveries as causes: one that contradicts as a whole, and one that is out of date."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lantu.engine.causes.ledger import Cause
from lantu.relations import Alone, Same

if TYPE_CHECKING:
    from lantu.engine.causes.ledger import Ledger
    from lantu.model import BoolArray

PAIR_SHARE = 0.5
"""Share of a layer's objects that contradict another layer under one rule: no longer single objects."""

OWN_SHARE = 0.1
"""The same for a rule about one layer by itself, which only that layer's delivery can mend."""

LEAST_SUBJECTS = 20
"""A small layer shows no pattern."""

OVERDUE_RULE = "DA07"


def add_deliveries(ledger: Ledger) -> None:
    """Add a cause for each rule under which most of what it looked at in a layer contradicts another layer.

    The share is that of different subjects among all subjects that the rule applied to; findings that
    already have a cause do not count.
    """
    applied = {(entry.rule, entry.layer_a, entry.layer_b): entry.matched for entry in ledger.outcomes}
    columns = ["rule", "layer_a", "layer_b"]
    free = ledger.findings.loc[ledger.free & (ledger.text("id_a") != ""), [*columns, "id_a"]]
    free = free.assign(layer_b=free["layer_b"].fillna("")).astype(str)
    for (rule, layer, other), group in free.groupby(columns, sort=True):
        subjects = group["id_a"].nunique()
        matched = applied.get((rule, layer, other or None), 0)
        own = ledger.relation(rule) is None or isinstance(ledger.relation(rule), Alone)
        if matched and subjects >= max(LEAST_SUBJECTS, (OWN_SHARE if own else PAIR_SHARE) * matched):
            ledger.add(
                Cause(
                    scope="layer",
                    kind="delivery_own" if not other or other == layer else "delivery",
                    layer=layer,
                    key=(rule, layer, other),
                    rows=group.index.to_numpy(dtype=np.int64),
                    lead=rule,
                    facts={"other": other, "share": subjects / matched},
                )
            )


def add_vintages(ledger: Ledger) -> None:
    """Add a cause for each delivery that is overdue; what is still free and hangs on its age goes with it.

    That is little: findings in which an overdue record of an object disagrees with a record of the same
    object that is not overdue. All others that the layer takes part in are only counted: whether a newer
    delivery clears them nobody knows.
    """
    overdue = np.flatnonzero(ledger.of_rules([OVERDUE_RULE]))
    a, b = ledger.text("layer_a"), ledger.text("layer_b")
    late = set(a[overdue])
    same = ledger.of_rules(ledger.codes_with(Same)) & (b != "") & (_among(a, late) != _among(b, late))
    for row in overdue:
        concerned = (a == a[row]) | (b == a[row])
        rows = np.flatnonzero(ledger.free & same & concerned)
        resting = int(concerned.sum()) - 1 - len(rows)
        ledger.add(
            Cause(
                scope="layer",
                kind="vintage",
                sentence="vintage" if len(rows) else "vintage_alone",
                layer=a[row],
                key=(a[row],),
                rows=np.unique(np.r_[row, rows]),
                lead=OVERDUE_RULE,
                facts={"resting": resting},
            )
        )


def _among(names: np.ndarray, wanted: set[str]) -> BoolArray:
    return np.isin(names.astype(str), sorted(wanted))
