"""The inventory: one row per layer, what was read and how far to trust it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
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
    "fields_matched",
    "fields_missed",
    "joined",
    "join_without_row",
    "refusal",
)


def inventory(facts: BlueprintFacts) -> pd.DataFrame:
    """Return one row per layer in blueprint order, columns of INVENTORY_COLUMNS."""
    rows = [_row(layer, facts) for layer in facts.layers]
    return pd.DataFrame(rows, columns=list(INVENTORY_COLUMNS))


def _row(layer: Layer, facts: BlueprintFacts) -> dict[str, Any]:
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
        "fields_matched": ", ".join(f"{name}={field}" for name, field in source.fields_matched.items()),
        "fields_missed": ", ".join(source.fields_missed),
        "joined": source.join.joined if source.join else None,
        "join_without_row": source.join.without_row if source.join else None,
        "refusal": layer.refusal.reason.text(facts.language) if layer.refusal else None,
    }
