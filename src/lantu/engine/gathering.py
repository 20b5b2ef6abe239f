"""What the rules have found so far, and the one table that comes of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from lantu.engine.causes import gather_in
from lantu.engine.ordering import ordered
from lantu.engine.places import places_of
from lantu.messages import other_language
from lantu.model import give_memory_back, translations_from
from lantu.relations import Kernels

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pandas as pd

    from lantu.engine.filed import Filed
    from lantu.model import BlueprintFacts, Layer, Outcome, StoredFindings
    from lantu.rules.base import PairRule, Rule


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
    gathering: Gathering, rules: Mapping[str, Rule], towns: Layer | None, folder: Path | None = None
) -> tuple[StoredFindings, pd.DataFrame, pd.DataFrame]:
    """Return all findings in the contract's order, with cause and place, the causes, and their translations.

    What is large of the findings lies in ``folder``, where there is one.
    """
    languages = (gathering.facts.language, other_language(gathering.facts.language))
    found = ordered(gathering.tables, gathering.facts.working_crs, folder)
    gathering.tables.clear()
    give_memory_back()
    ids, (causes, said) = gather_in(languages, found, rules, gathering.outcomes)
    give_memory_back()  # what hundreds of thousands of causes leave
    columns = {"cause_id": ids} | places_of(found, towns)
    placed = replace(found, coded={**found.coded, **columns})
    return placed, causes, translations_from(said, "cause_id", ("title", "message"))
