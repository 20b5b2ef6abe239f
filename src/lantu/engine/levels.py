"""What findings and causes reveal: the grounds of rules, and the level of what stands behind a cause."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from lantu.engine.wording import grounds
from lantu.model import Ground, highest

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd

    from lantu.model import Layer, Level, StoredFindings
    from lantu.rules.base import Rule


def grounds_of(rules: Sequence[Rule], layers: Sequence[Layer]) -> tuple[Ground, ...]:
    """Return what findings of each rule reveal of each layer that has columns of a level of their own."""
    return tuple(
        Ground(rule=rule.code, layer=layer.name, columns=columns)
        for layer in layers
        for rule in rules
        if layer.levels and (columns := grounds(rule, layer))
    )


def with_levels(
    causes: pd.DataFrame, findings: gpd.GeoDataFrame | StoredFindings, order: Sequence[Level]
) -> pd.DataFrame:
    """Return the causes, each with the highest level of the findings behind it."""
    told = pd.DataFrame(findings[["cause_id", "level"]]).dropna(subset=["cause_id"])
    seen: dict[str, list[Level]] = {}
    for cause, level in told.drop_duplicates().itertuples(index=False):
        seen.setdefault(cause, []).append(level)
    known = {cause: highest(levels, order) for cause, levels in seen.items()}
    return causes.assign(level=[known.get(one, order[-1]) for one in causes["cause_id"]])
