"""The run in one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lantu.messages import say
from lantu.report.record import counts, rule_answer, rule_codes
from lantu.report.wording import level_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lantu.messages import Language
    from lantu.model import Run


def verdict_sentence(run: Run, language: Language) -> str:
    """Return what the run says; never simply "none found" where something was not checked."""
    number = counts(run)
    found = run.findings[run.findings["verdict"] == "conflict"]
    departments = set(found["department_a"].dropna()) | set(found["department_b"].dropna())
    values = {
        "conflict": number["conflict"],
        "departments": len(departments),
        "critical": number["by_severity"]["conflict"]["critical"],
        "causes": number["causes"],
        "undecidable": number["undecidable"],
        "not_checked": number["not_checked"],
    }
    parts = [_found(values, language)]
    if values["undecidable"]:
        parts.append(say("report.verdict_sentence.undecidable", language, **values))
    if values["not_checked"]:
        parts.append(say("report.verdict_sentence.not_checked", language, **values))
    elif not values["conflict"] and _all_earned(run):
        parts.append(say("report.verdict_sentence.all_checked", language))
    if run.withheld is not None:
        parts.append(withheld_sentence(run.withheld, language))
    return ("" if language == "zh" else " ").join(parts)


def withheld_sentence(withheld: Mapping[str, Any], language: Language) -> str:
    """Return the level of an edition, and how many findings of which level it leaves out."""
    level = level_name(withheld["level"], language)
    parts = []
    for above, count in withheld["findings"].items():
        named = {"level": level_name(above, language), "count": count, "least": withheld["min_count"]}
        if count != 0:
            key = "withheld_few" if count is None else "withheld_some"
            parts.append(say(f"publishing.{key}", language, **named))
    if not parts:
        return say("publishing.withheld_none", language, level=level)
    said = say("publishing.withheld", language, level=level, parts=", ".join(parts))
    if not withheld["reduced"]:
        return said
    masked = say("publishing.withheld_reduced", language, count=withheld["reduced"])
    return ("" if language == "zh" else " ").join((said, masked))


def _found(values: dict[str, int], language: Language) -> str:
    if not values["conflict"]:
        return say("report.verdict_sentence.none", language)
    key = "found_by_cause" if values["causes"] else "found"
    return say(f"report.verdict_sentence.{key}", language, **values)


def _all_earned(run: Run) -> bool:
    answers = {rule_answer([o for o in run.outcomes if o.rule == code]) for code in rule_codes(run)}
    return answers == {"none_found"}
