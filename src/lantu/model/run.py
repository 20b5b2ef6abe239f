"""A run: the findings, what was and was not checked, and everything needed to trust them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeVar

import pandas as pd

from lantu.model.stored_findings import StoredFindings
from lantu.model.translation import empty_translations, with_translations

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd

    from lantu.messages import Language
    from lantu.model.facts import BlueprintFacts
    from lantu.model.outcome import Ground, Outcome
    from lantu.plugins import Skipped


RULE_TEXTS = ("title", "basis", "resolve", "trap")
"""What reports say about a rule beside its findings; a planner's or a plug-in's rule may have less."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """The result of one check.

    ``findings`` has the columns of FINDING_COLUMNS and is sorted by rule, layer_a, id_a, layer_b,
    id_b. ``causes`` has cause_id, rule, severity, department, layer, title, message, findings (count),
    scope (layer, object or place), kind, object (its id or None), level (the highest behind it).
    ``rules`` maps each rule that took part to its parameters. ``waived`` has the findings taken out by a
    waiver plus ``reason``, ``decided_by``, ``until``; ``waivers`` counts used, unused and lapsed ones.
    ``texts`` has what is said about each rule: code to RULE_TEXTS to language. ``skipped_plugins`` are those
    that could not be used. ``kernels`` says whether compiled kernels measured (``serve``) and why
    (``because``). ``decisions`` is what the register says of the findings, None where there is none.

    ``since`` sums up the comparison with an earlier run, ``comparison`` has its findings (columns of
    ``register.comparison``), ``trend`` the counts of earlier runs, oldest first; without one they are empty.

    ``grounds`` say which columns each rule's findings reveal. ``withheld`` says what an edition of the run
    leaves out, None in the run itself.

    ``translations`` has what findings, causes and the comparison say in the other language, by id and
    part (TRANSLATION_COLUMNS); what is not there is said in the run's language only.
    """

    facts: BlueprintFacts
    findings: Any  # gpd.GeoDataFrame, or StoredFindings while a run that ``lantu check`` makes is written
    causes: pd.DataFrame
    outcomes: tuple[Outcome, ...]
    rules: Mapping[str, Mapping[str, Any]]
    waived: gpd.GeoDataFrame
    waivers: Mapping[str, Any] = field(default_factory=dict)
    grounds: tuple[Ground, ...] = ()
    timings_s: Mapping[str, Any] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    kernels: Mapping[str, Any] = field(default_factory=dict)
    texts: Mapping[str, Mapping[str, Mapping[str, str]]] = field(default_factory=dict)
    skipped_plugins: tuple[Skipped, ...] = ()
    decisions: Mapping[str, Any] | None = None
    since: Mapping[str, Any] | None = None
    comparison: pd.DataFrame | None = None
    trend: tuple[Mapping[str, Any], ...] = ()
    withheld: Mapping[str, Any] | None = None
    translations: pd.DataFrame = field(default_factory=empty_translations)

    @property
    def language(self) -> Language:
        """Return the language of messages and reports."""
        return self.facts.language

    @property
    def not_checked(self) -> pd.DataFrame:
        """Return what was not checked: rule, layer_a, layer_b, reason (in the run's language)."""
        rows = [
            {
                "rule": outcome.rule,
                "layer_a": outcome.layer_a,
                "layer_b": outcome.layer_b,
                "reason": outcome.reason.text(self.language) if outcome.reason else "",
            }
            for outcome in self.outcomes
            if outcome.answer == "not_checked"
        ]
        return pd.DataFrame(rows, columns=["rule", "layer_a", "layer_b", "reason"])

    def matrix(self) -> pd.DataFrame:
        """Return counts of conflicts by department, departments on both axes, symmetric.

        A finding that concerns one department only stands on the diagonal.
        """
        keys = list(self.facts.departments)
        counts = pd.DataFrame(0, index=keys, columns=keys)
        found = self.findings[["verdict", "department_a", "department_b"]]
        found = found[found["verdict"] == "conflict"]
        both = found["department_b"].where(found["department_b"].notna(), found["department_a"])
        for (a, b), count in found.groupby([found["department_a"], both]).size().items():
            counts.loc[a, b] += count
            if a != b:
                counts.loc[b, a] += count
        return counts


OneRun = TypeVar("OneRun", bound=Run)


def in_memory(run: OneRun) -> OneRun:
    """Return a run whose findings are a table in memory, and whose translations are all of them."""
    if not isinstance(run.findings, StoredFindings):
        return run
    said = with_translations(run.findings, run.translations)
    return replace(run, findings=run.findings.whole(), translations=said)
