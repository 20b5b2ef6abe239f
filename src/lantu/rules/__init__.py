"""The rules: what counts as a contradiction, one rule a file, and the catalogue of all of them."""

from __future__ import annotations

from lantu.rules.base import BlueprintRule, LayerRule, PairRule, Rule
from lantu.rules.explanation import explain
from lantu.rules.registry import (
    Mistake,
    build,
    catalogue,
    families,
    mistakes,
    parameters_of,
    path_parameters,
    planned,
    rule,
    skipped,
    skipped_of,
)
from lantu.rules.verdict import Verdict, verdict

__all__ = [
    "BlueprintRule",
    "LayerRule",
    "Mistake",
    "PairRule",
    "Rule",
    "Verdict",
    "build",
    "catalogue",
    "explain",
    "families",
    "mistakes",
    "parameters_of",
    "path_parameters",
    "planned",
    "rule",
    "skipped",
    "skipped_of",
    "verdict",
]
