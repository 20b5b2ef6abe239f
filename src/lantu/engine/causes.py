"""One cause, one issue: findings that one act would clear hang on one cause."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from lantu.messages import catalogue, say
from lantu.model import SEVERITIES

if TYPE_CHECKING:
    from lantu.messages import Language

CAUSE_COLUMNS = ("cause_id", "rule", "severity", "department", "layer", "title", "message", "findings")


def gather(findings: pd.DataFrame, language: Language) -> tuple[pd.Series[str], pd.DataFrame]:
    """Return the cause id of each finding (None for none) and the table of causes, most serious first.

    Rules name the cause of an entry (``cause_text``); entries of one rule and layer with one text share it.
    """
    named = findings[findings["cause_text"].notna()]
    ids = pd.Series(None, index=findings.index, dtype="object")
    rows = []
    for key, group in named.groupby(["rule", "layer_a", "cause_text"], sort=True):
        rule, layer, text = (str(part) for part in key)
        cause_id = _cause_id(rule, layer, text)
        ids.loc[group.index] = cause_id
        own = f"rules.{rule}.cause"
        values = {"layer": layer, "cause": text, "count": len(group)}
        rows.append(
            {
                "cause_id": cause_id,
                "rule": rule,
                "severity": min(group["severity"], key=SEVERITIES.index),
                "department": group["department_a"].iloc[0],
                "layer": layer,
                "title": say(f"rules.{rule}.title", language),
                "message": say(own if own in catalogue() else "engine.cause", language, **values),
                "findings": len(group),
            }
        )
    causes = pd.DataFrame(rows, columns=list(CAUSE_COLUMNS))
    rank = causes["severity"].map({severity: rank for rank, severity in enumerate(SEVERITIES)})
    order = np.lexsort((causes["cause_id"].astype(str), -causes["findings"].astype(int), rank.astype(int)))
    return ids, causes.iloc[order].reset_index(drop=True)


def _cause_id(rule: str, layer: str, text: str) -> str:
    digest = hashlib.sha256(f"{rule}\x1f{layer}\x1f{text}".encode()).hexdigest()
    return f"C-{rule}-{digest[:12]}"
