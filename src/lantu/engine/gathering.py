"""What the rules have found so far, and the one table that comes of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd

from lantu.engine.causes import gather_in
from lantu.engine.filed import joined
from lantu.engine.places import place
from lantu.messages import other_language
from lantu.model import FINDING_COLUMNS, empty_findings, translations_of
from lantu.relations import Kernels

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lantu.engine.filed import Filed
    from lantu.model import BlueprintFacts, IntArray, Layer, Outcome
    from lantu.rules.base import PairRule, Rule

SORT_COLUMNS = ["rule", "layer_a", "id_a", "layer_b", "id_b", "finding_id"]


@dataclass
class Gathering:
    """What the rules have found so far, and the outcomes that say what that rests on."""

    facts: BlueprintFacts
    kernels: Kernels = field(default_factory=Kernels)
    tables: list[pd.DataFrame | Filed] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    _derived: dict[tuple[str, str], Layer] = field(default_factory=dict)

    def derived(self, rule: PairRule, layer: Layer) -> Layer:
        """Return what a rule makes of a layer for its other side; made once a run."""
        key = (rule.code, layer.name)
        if key not in self._derived:
            self._derived[key] = rule.derives_b(layer)
        return self._derived[key]


def gathered(
    gathering: Gathering, rules: Mapping[str, Rule], towns: Layer | None
) -> tuple[gpd.GeoDataFrame, pd.DataFrame, pd.DataFrame]:
    """Return all findings in the contract's order, with cause and place, the causes, and translations."""
    crs, language = gathering.facts.working_crs, gathering.facts.language
    languages = (language, other_language(language))
    tables = [table for table in gathering.tables if len(table)]
    if not tables:
        nothing = empty_findings(crs)
        plain = nothing.assign(translation=None, cause_text=None, explains=None)
        _, (causes, said) = gather_in(languages, plain, rules)
        return nothing, causes, translations_of(plain, said)
    table = _sorted(joined(tables))
    table["cause_id"], (causes, said) = gather_in(languages, table, rules, gathering.outcomes)
    typed = table[list(FINDING_COLUMNS)].astype(FINDING_COLUMNS)
    for name, dtype in FINDING_COLUMNS.items():
        if dtype == "object":
            typed[name] = typed[name].where(typed[name].notna(), None)
    findings = gpd.GeoDataFrame(typed, geometry=gpd.GeoSeries(table["geometry"], crs=crs), crs=crs)
    return place(findings, towns), causes, translations_of(table, said)


def _sorted(table: pd.DataFrame) -> pd.DataFrame:
    """Sort as the contract says; no object on a side comes before any."""
    *names, last = SORT_COLUMNS
    ranks = [_ranks(table[name]) for name in names]
    order = np.lexsort(ranks[::-1])
    alike = np.all([np.diff(rank[order]) == 0 for rank in ranks], axis=0)
    tied = order[np.r_[alike, False] | np.r_[False, alike]]  # few: only their last key has to be looked at
    if len(tied):
        rank = np.zeros(len(table), dtype=np.int64)
        rank[tied] = _ranks(table[last].iloc[tied])
        order = np.lexsort([rank, *ranks[::-1]])
    return table.iloc[order].reset_index(drop=True)


def _ranks(texts: pd.Series) -> IntArray:
    """Return the place of each text among the distinct ones; null stands for no text."""
    of, names = pd.factorize(texts.fillna("").to_numpy(dtype=object))
    rank = np.empty(len(names), dtype=np.int64)
    rank[np.argsort(names.astype(str), kind="stable")] = np.arange(len(names))
    return rank[of]
