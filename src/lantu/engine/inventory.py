"""The inventory: one row per layer, what was read and how far to trust it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from lantu.engine.offsets import offsets
from lantu.rules.da.da07_delivery_overdue import due_date

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lantu.messages import Message
    from lantu.model import BlueprintFacts, Layer

INVENTORY_COLUMNS = (
    "layer",
    "department",
    "standard",
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
    "fields_matched",
    "fields_missed",
    "joined",
    "join_without_row",
    "refusal",
)


def inventory(facts: BlueprintFacts) -> pd.DataFrame:
    """Return one row per layer in blueprint order, columns of INVENTORY_COLUMNS.

    ``overdue`` is missing where no date of issue or no update frequency is stated; ``offset`` is empty
    where no offset was found.
    """
    found = offsets(facts)
    rows = [_row(layer, facts, found.get(layer.name, ())) for layer in facts.layers]
    table = pd.DataFrame(rows, columns=list(INVENTORY_COLUMNS))
    return table.astype({"overdue": "boolean"})  # true, false or not known


def _row(layer: Layer, facts: BlueprintFacts, offset: Sequence[Message]) -> dict[str, Any]:
    source = layer.provenance
    crs = source.crs
    return {
        "layer": layer.name,
        "department": layer.department,
        "standard": layer.standard,
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
        "offset": "; ".join(text.text(facts.language) for text in offset),
        "fields_matched": ", ".join(f"{name}={field}" for name, field in source.fields_matched.items()),
        "fields_missed": ", ".join(source.fields_missed),
        "joined": source.join.joined if source.join else None,
        "join_without_row": source.join.without_row if source.join else None,
        "refusal": layer.refusal.reason.text(facts.language) if layer.refusal else None,
    }


def _overdue(layer: Layer, facts: BlueprintFacts) -> bool | None:
    """Say whether the next delivery was due before the blueprint's day, as rule DA07 does."""
    issued = layer.provenance.issued
    due = due_date(issued, layer.provenance.update) if issued is not None else None
    return due < facts.as_of if due is not None else None
