"""The inventory: one row per layer, what was read and how far to trust it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from lantu.engine.offsets import offsets
from lantu.messages import message
from lantu.rules.cr.cr04_layer_shifted import LayerShifted
from lantu.rules.da.da07_delivery_overdue import due_date

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lantu.engine.offsets import LayerOffset
    from lantu.model import BlueprintFacts, Layer

INVENTORY_COLUMNS = (
    "layer",
    "department",
    "standard",
    "records",
    "features",
    "listed",
    "filtered",
    "driver",
    "encoding",
    "encoding_how",
    "crs_source",
    "crs_stated_by",
    "operation",
    "operation_accuracy_m",
    "accuracy_m",
    "issued",
    "age_days",
    "overdue",
    "sha256",
    "offset",
    "offsets",
    "fields_matched",
    "fields_missed",
    "joined",
    "join_without_row",
    "refusal",
)


def inventory(facts: BlueprintFacts, *, offset_rule: LayerShifted | None = None) -> pd.DataFrame:
    """Return one row per layer in blueprint order, columns of INVENTORY_COLUMNS.

    ``records`` came in, ``features`` came out: none of a layer that was refused. ``overdue`` is missing where
    no date of issue or no update frequency is stated. ``offset`` says how the layer lies against others, a
    line each, and ``offsets`` the same as a list of plain records; both are empty where none was found.
    ``offset_rule`` is CR04 as the blueprint tunes it, by default as it is shipped.
    """
    found = offsets(facts, offset_rule or LayerShifted())
    rows = [_row(layer, facts, found.get(layer.name, ())) for layer in facts.layers]
    table = pd.DataFrame(rows, columns=list(INVENTORY_COLUMNS))
    return table.astype({"overdue": "boolean"})  # true, false or not known


def _row(layer: Layer, facts: BlueprintFacts, offset: Sequence[LayerOffset]) -> dict[str, Any]:
    source = layer.provenance
    crs = source.crs
    return {
        "layer": layer.name,
        "department": layer.department,
        "standard": layer.standard,
        "records": source.count_in,
        "features": source.count_out,
        "listed": source.count_listed,
        "filtered": source.count_filtered,
        "driver": source.driver,
        "encoding": source.encoding,
        "encoding_how": source.encoding_how,
        "crs_source": crs.source if crs else None,
        "crs_stated_by": crs.stated_by if crs else None,
        "operation": crs.operation if crs else None,
        "operation_accuracy_m": crs.accuracy_m if crs else None,
        "accuracy_m": layer.accuracy_m,
        "issued": source.issued.isoformat() if source.issued else None,
        "age_days": (facts.as_of - source.issued).days if source.issued else None,
        "overdue": _overdue(layer, facts),
        "sha256": source.sha256,
        "offset": "\n".join(entry.text.text(facts.language) for entry in offset),
        "offsets": [entry.record() for entry in offset],
        "fields_matched": ", ".join(f"{name}={field}" for name, field in source.fields_matched.items()),
        "fields_missed": ", ".join(source.fields_missed),
        "joined": source.join.joined if source.join else None,
        "join_without_row": source.join.without_row if source.join else None,
        "refusal": _refusal(layer, facts),
    }


def _refusal(layer: Layer, facts: BlueprintFacts) -> str | None:
    """Say why a layer was refused, and what its coordinates look like."""
    refusal = layer.refusal
    if refusal is None:
        return None
    said = refusal.reason
    if refusal.suggestion is not None:
        said = message("crs.note_and", first=said, second=refusal.suggestion)
    return said.text(facts.language)


def _overdue(layer: Layer, facts: BlueprintFacts) -> bool | None:
    """Say whether the next delivery was due before the blueprint's day, as rule DA07 does."""
    issued = layer.provenance.issued
    due = due_date(issued, layer.provenance.update) if issued is not None else None
    return due < facts.as_of if due is not None else None
