"""The parameters of a rule as they were used in a run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from lantu.rules.own import OwnRule
from lantu.rules.registry import parameters_of

if TYPE_CHECKING:
    from lantu.rules.base import Rule


def parameters_used(rule: Rule) -> dict[str, Any]:
    """Return a rule's parameters as they were used; files by their name."""
    if isinstance(rule, OwnRule):
        return dict(rule.parameters)
    values = {name: getattr(rule, name) for name in parameters_of(type(rule))}
    return {name: value.name if isinstance(value, Path) else value for name, value in values.items()}
