"""One cause, one issue: findings that one act would clear hang on one cause."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from lantu.messages import catalogue
from lantu.model import SEVERITIES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lantu.messages import Language
    from lantu.rules.base import Rule

CAUSE_COLUMNS = ("cause_id", "rule", "severity", "department", "layer", "title", "message", "findings")


def gather(
    findings: pd.DataFrame, rules: Mapping[str, Rule], language: Language
) -> tuple[pd.Series[str], pd.DataFrame]:
    """Return the cause id of each finding (None for none) and the table of causes, most serious first.

    Rules name the cause of an entry (``cause_text``); entries of one rule and layer with one text share it.
    A cause also takes in the findings of other rules that its entries explain (``explains``), unless they
    have a cause of their own.
    """
    named = findings[findings["cause_text"].notna()]
    ids = pd.Series(None, index=findings.index, dtype="object")
    rows = []
    for key, group in named.groupby(["rule", "layer_a", "cause_text"], sort=True):
        rule, layer, text = (str(part) for part in key)
        cause_id = _cause_id(rule, layer, text)
        ids.loc[group.index] = cause_id
        explained = _explained(findings, group, ids)
        ids.loc[explained] = cause_id
        own = (rules[rule].text("cause") or catalogue()["engine.cause"])[language]
        values = {"layer": layer, "cause": text, "count": len(group) + len(explained)}
        rows.append(
            {
                "cause_id": cause_id,
                "rule": rule,
                "severity": min(group["severity"], key=SEVERITIES.index),
                "department": group["department_a"].iloc[0],
                "layer": layer,
                "title": (rules[rule].text("title") or {}).get(language, rule),
                "message": own.format_map(values),
                "findings": len(group) + len(explained),
            }
        )
    causes = pd.DataFrame(rows, columns=list(CAUSE_COLUMNS))
    rank = causes["severity"].map({severity: rank for rank, severity in enumerate(SEVERITIES)})
    order = np.lexsort((causes["cause_id"].astype(str), -causes["findings"].astype(int), rank.astype(int)))
    return ids, causes.iloc[order].reset_index(drop=True)


def _explained(findings: pd.DataFrame, group: pd.DataFrame, ids: pd.Series[str]) -> pd.Index[int]:
    """Return the findings without a cause that the entries of one cause explain: of the same objects."""
    free = findings[findings["cause_text"].isna() & ids.isna()]
    found: list[int] = []
    for layer_a, layer_b, explains in group[["layer_a", "layer_b", "explains"]].itertuples(index=False):
        if explains is not None:
            same_layers = (free["layer_a"] == layer_a) & (free["layer_b"] == layer_b)
            between = free[free["rule"].isin(explains.rules) & same_layers]
            pairs = zip(between["id_a"], between["id_b"], strict=True)
            found += between.index[[pair in explains.ids for pair in pairs]].tolist()
    return pd.Index(found, dtype="int64")


def _cause_id(rule: str, layer: str, text: str) -> str:
    digest = hashlib.sha256(f"{rule}\x1f{layer}\x1f{text}".encode()).hexdigest()
    return f"C-{rule}-{digest[:12]}"
