"""The blueprint file: what may stand in it, where it is wrong, and what it comes to."""

from lantu.config.blueprint_file import BlueprintFile, RuleSettings
from lantu.config.models import CustomRelation, CustomRule
from lantu.config.reading import read_blueprint
from lantu.config.vocabulary import Vocabulary, shipped_vocabulary

__all__ = [
    "BlueprintFile",
    "CustomRelation",
    "CustomRule",
    "RuleSettings",
    "Vocabulary",
    "read_blueprint",
    "shipped_vocabulary",
]
