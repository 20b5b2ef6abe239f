"""What a run found, counted for a person: by severity, by rule, by cause."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lantu.messages import Message, message, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lantu.messages import Language
    from lantu.model import Severity
    from lantu.run import Run

MOST_CAUSES = 5


@dataclass(frozen=True, kw_only=True)
class RuleCount:
    """How often a rule found a conflict, could not decide, and could not be checked."""

    rule: str
    conflict: int
    undecidable: int
    not_checked: int


def severity_counts(run: Run) -> dict[Severity, int]:
    """Return the conflicts by severity, most serious first."""
    from lantu.model import SEVERITIES

    told = run.findings[["verdict", "severity"]]
    found = told.loc[told["verdict"] == "conflict", "severity"].value_counts()
    return {severity: int(found.get(severity, 0)) for severity in SEVERITIES}


def conflicts_at_or_above(run: Run, severity: str) -> int:
    """Return the conflicts of this severity or a graver one; 0 for ``never``.

    What the data cannot decide is no conflict, whatever its severity would be.
    """
    counts = severity_counts(run)
    graver = list(counts)
    return sum(counts[one] for one in graver[: graver.index(severity) + 1]) if severity in counts else 0


def rule_counts(run: Run) -> list[RuleCount]:
    """Return the counts of every rule that has something to say, by code."""
    findings = run.findings[["rule", "verdict"]]
    conflict = findings.loc[findings["verdict"] == "conflict", "rule"].value_counts()
    undecidable = findings.loc[findings["verdict"] == "undecidable", "rule"].value_counts()
    not_checked = run.not_checked["rule"].value_counts()
    codes = sorted({*conflict.index, *undecidable.index, *not_checked.index})
    return [
        RuleCount(
            rule=code,
            conflict=int(conflict.get(code, 0)),
            undecidable=int(undecidable.get(code, 0)),
            not_checked=int(not_checked.get(code, 0)),
        )
        for code in codes
    ]


def verdict(run: Run, language: Language) -> str:
    """Return the run in one sentence; that nothing was found is only said of what was checked."""
    counts = severity_counts(run)
    total = sum(counts.values())
    undecidable = int((run.findings["verdict"] == "undecidable").sum())
    open_ = {"undecidable": undecidable, "not_checked": len(run.not_checked)}
    if total:
        parts = [
            say(f"cli.verdict.{severity}", language, count=count)
            for severity, count in counts.items()
            if count
        ]
        listed = say("cli.verdict.comma", language).join(parts)
        values = {"total": total, "listed": listed, "causes": len(run.causes), **open_}
        return say("cli.verdict.conflicts", language, **values)
    key = "nothing_whole" if not any(open_.values()) else "nothing_open"
    return say(f"cli.verdict.{key}", language, rules=len(run.rules), layers=len(run.facts.layers), **open_)


def consolidated(run: Run) -> bool:
    """Say whether grouping made the list of findings shorter."""
    from lantu import report

    return report.consolidated(run)


def top_causes(run: Run) -> list[tuple[str, str, int]]:
    """Return severity, message and number of findings of the first causes, most serious first."""
    first = run.causes.head(MOST_CAUSES)
    return [
        (str(severity), str(text), int(count))
        for severity, text, count in zip(first["severity"], first["message"], first["findings"], strict=True)
    ]


def rule_title(run: Run, code: str, language: Language) -> str:
    """Return what a rule is called, empty where it has no title."""
    return run.texts.get(code, {}).get("title", {}).get(language, "")


def severity_name(severity: str | None) -> Message:
    """Return what a severity is called; None is that of a rule whose findings each have their own."""
    return message(f"cli.severity.{severity or 'by_case'}")


def table_rows(run: Run, language: Language) -> Sequence[Sequence[object]]:
    """Return rule, title, conflicts, undecidable and not checked, one row a rule."""
    return [
        (
            count.rule,
            rule_title(run, count.rule, language),
            count.conflict,
            count.undecidable,
            count.not_checked,
        )
        for count in rule_counts(run)
    ]
