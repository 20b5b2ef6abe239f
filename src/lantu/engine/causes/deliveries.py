"""Deliveries as causes: one that contradicts as a whole, and one that is out of date."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lantu.engine.causes.ledger import Cause
from lantu.relations import Alone, Same

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lantu.engine.causes.ledger import Ledger
    from lantu.model import IntArray

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
    for rule, layer, other, rows in _by_layers(ledger):
        subjects = len(np.unique(ledger.kinds("id_a").of[rows]))
        matched = applied.get((rule, layer, other or None), 0)
        own = ledger.relation(rule) is None or isinstance(ledger.relation(rule), Alone)
        if matched and subjects >= max(LEAST_SUBJECTS, (OWN_SHARE if own else PAIR_SHARE) * matched):
            ledger.add(
                Cause(
                    scope="layer",
                    kind="delivery_own" if not other or other == layer else "delivery",
                    layer=layer,
                    key=(rule, layer, other),
                    rows=rows,
                    lead=rule,
                    facts={"other": other, "share": subjects / matched},
                )
            )


def _by_layers(ledger: Ledger) -> Iterator[tuple[str, str, str, IntArray]]:
    """Return the free findings about objects of each rule and two layers, by these, in ascending order."""
    free = np.flatnonzero(ledger.free & ledger.of_objects)
    kinds = [ledger.kinds(column) for column in ("rule", "layer_a", "layer_b")]
    of = [one.of[free] for one in kinds]
    order = np.lexsort(of[::-1])
    starts = np.flatnonzero(np.r_[True, np.any([np.diff(one[order]) != 0 for one in of], axis=0)])
    for part in np.split(order, starts[1:]) if len(order) else ():
        rule, layer, other = (one.names[number[part[0]]] for one, number in zip(kinds, of, strict=True))
        yield rule, layer, other, free[part]


def add_vintages(ledger: Ledger) -> None:
    """Add a cause for each delivery that is overdue; what is still free and hangs on its age goes with it.

    That is little: findings in which an overdue record of an object disagrees with a record of the same
    object that is not overdue. All others that the layer takes part in are only counted: whether a newer
    delivery clears them nobody knows.
    """
    overdue = np.flatnonzero(ledger.of_rules([OVERDUE_RULE]))
    late = {ledger.text("layer_a", row) for row in overdue}
    apart = ledger.is_one_of("layer_a", late) != ledger.is_one_of("layer_b", late)
    same = ledger.of_rules(ledger.codes_with(Same)) & ~ledger.is_one_of("layer_b", [""]) & apart
    for row in overdue:
        layer = ledger.text("layer_a", row)
        concerned = ledger.is_one_of("layer_a", [layer]) | ledger.is_one_of("layer_b", [layer])
        rows = np.flatnonzero(ledger.free & same & concerned)
        resting = int(concerned.sum()) - 1 - len(rows)
        ledger.add(
            Cause(
                scope="layer",
                kind="vintage",
                sentence="vintage" if len(rows) else "vintage_alone",
                layer=layer,
                key=(layer,),
                rows=np.unique(np.r_[row, rows]),
                lead=OVERDUE_RULE,
                facts={"resting": resting},
            )
        )
