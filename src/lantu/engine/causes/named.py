"""Causes that a rule names itself: a unit, a code without a class, a value that a layer lacks.

Rules of several families name one and the same cause: the code that DA02 does not find in its list is
the one that leaves LU01 undecided, the depth that DA01 misses the one that leaves PI04 undecided. So the
text of a cause is taken apart into the layer at fault and what is wrong there, and findings are gathered
by these two.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from lantu.engine.causes.ledger import Cause

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lantu.engine.causes.ledger import Ledger
    from lantu.model import IntArray

OFFSET_RULE = "CR04"
UNIT_RULES = ("AT01", "DA10")
CODE_RULES = ("DA02", "DA03")
MISSING_RULE = "DA01"
LEADS = {"unit": "DA10", "missing": MISSING_RULE}
EXPLAINED_BY_UNIT = ("GE05",)
"""Rules that compare recorded areas with drawn ones."""

NO_CODE = "—"
VALUE = ": "
"""Stands between a column and what was delivered in it (``kind: 三类``), as DA02 names it."""

CLASS, CODE = "use_class", "use_code"
NAMED_BY = ("rule", "verdict", "layer_a", "layer_b", "field", "cause_text")


class Named(NamedTuple):
    """What a rule says about its cause: the kind, the layer at fault, what is wrong, and the rule."""

    kind: str
    layer: str
    what: str
    rule: str = ""  # only where the cause is that rule's alone


def add_named(ledger: Ledger) -> None:
    """Add the causes that rules name, offsets excepted."""
    for named, rows in sorted(_groups(ledger), key=lambda found: found[0]):
        taken = np.sort(np.r_[rows, _explained(ledger, named)]) if named.kind == "unit" else rows
        ledger.add(
            Cause(
                scope="layer",
                kind=named.kind,
                layer=named.layer,
                key=(named.layer, named.what, named.rule),
                rows=taken,
                lead=named.rule or _lead(ledger, named, rows),
                facts={"what": named.what},
            )
        )


def _groups(ledger: Ledger) -> Iterator[tuple[Named, IntArray]]:
    """Return the rows of each cause that is named, in ascending order."""
    given = np.flatnonzero(~ledger.unnamed & ~ledger.of_rules([OFFSET_RULE]))
    columns = [ledger.kinds(name) for name in NAMED_BY]
    numbers = pd.DataFrame({name: kinds.of[given] for name, kinds in zip(NAMED_BY, columns, strict=True)})
    found: dict[Named, list[IntArray]] = {}
    for places in numbers.groupby(list(NAMED_BY), sort=False).indices.values():
        named = _named(*(str(kinds.texts[int(kinds.of[given[places[0]]])]) for kinds in columns))
        found.setdefault(named, []).append(given[places])
    for named, parts in found.items():
        yield named, np.sort(np.concatenate(parts))


def _named(rule: str, verdict: str, layer_a: str, layer_b: str, field: str, text: str) -> Named:
    layer, what = _at_fault(layer_a, layer_b, text)
    if rule in UNIT_RULES:
        return Named("unit", layer if rule != LEADS["unit"] else layer_a, "")
    if rule in CODE_RULES:
        column, _, code = text.partition(": ")
        return Named("code", layer_a, code if column == CODE else text)
    if rule == MISSING_RULE:
        return Named("missing", layer_a, text)
    if verdict == "undecidable" and what != text:
        if VALUE in what or (field == CLASS and what != NO_CODE):
            return Named("code", layer, what)
        return Named("missing", layer, CODE if what == NO_CODE else what)
    return Named("rule", layer_a, text, rule)


def _at_fault(layer_a: str, layer_b: str, text: str) -> tuple[str, str]:
    """Return the layer that a text ``layer: what`` names, and what; the subject's and all for any other."""
    for layer in sorted({layer_a, layer_b}, key=len, reverse=True):
        if layer and text.startswith(f"{layer}: "):
            return layer, text.removeprefix(f"{layer}: ")
    return layer_a, text


def _explained(ledger: Ledger, named: Named) -> IntArray:
    """Return the differing areas of a layer whose unit is wrong."""
    areas = ledger.of_rules(EXPLAINED_BY_UNIT) & ledger.is_one_of("layer_a", [named.layer])
    return np.flatnonzero(ledger.free & areas & ledger.unnamed)


def _lead(ledger: Ledger, named: Named, rows: IntArray) -> str | None:
    """Return the rule about deliveries that found the cause itself, None where only effects were."""
    found = ledger.counted("rule", rows)
    leads = CODE_RULES if named.kind == "code" else (LEADS.get(named.kind, ""),)
    return next((code for code in leads if code in found), None)
