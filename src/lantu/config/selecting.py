"""Which rules a check runs: the blueprint's own choice, or the caller's instead of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lantu import rules
from lantu.config.blueprint_file import ALL
from lantu.model import Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lantu.config.blueprint_file import BlueprintFile


def selected_rules(
    settings: BlueprintFile, select: Sequence[str] | None, ignore: Sequence[str] | None
) -> tuple[rules.Rule, ...]:
    """Return the selected rules, tuned, shipped ones and the planner's own, sorted by code.

    Raises
    ------
    RuleError
        A rule is unknown or tuned with a parameter that it does not have.
    """
    shipped = {ALL, *rules.families(), *(rule_type.code for rule_type in rules.catalogue())}
    only_own = {name for rule in settings.own for name in (rule.code, rule.family)} - shipped
    built = rules.build(
        tuple(name for name in select or settings.rules.select if name not in only_own),
        tuple(name for name in ignore or settings.rules.ignore if name not in only_own),
        settings.rules.parameters,
    )
    return tuple(sorted((*built, *settings.selected_own(select, ignore)), key=lambda rule: rule.code))


def rules_of_skipped_plugins(
    settings: BlueprintFile, select: Sequence[str] | None, ignore: Sequence[str] | None
) -> tuple[Outcome, ...]:
    """Return that the selected rules of plug-ins which cannot be used are not checked."""
    wanted, unwanted = select or settings.rules.select, ignore or settings.rules.ignore
    return tuple(
        Outcome(rule=one.part, layer_a=None, layer_b=None, answer="not_checked", reason=one.message)
        for one in rules.skipped_of(wanted, unwanted)
    )
