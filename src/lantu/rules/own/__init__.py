"""A planner's own rules: a condition in CQL2-text over two objects and how they meet, no Python."""

from lantu.rules.own.checking import Complaint, read_condition
from lantu.rules.own.condition import Condition
from lantu.rules.own.requirement import RequirementTable, read_requirements
from lantu.rules.own.rule import OwnRule
from lantu.rules.own.scope import KINDS, Kind, Scope

__all__ = [
    "KINDS",
    "Complaint",
    "Condition",
    "Kind",
    "OwnRule",
    "RequirementTable",
    "Scope",
    "read_condition",
    "read_requirements",
]
