"""A run in a notebook: its verdict, the matrix of departments, its causes, and what was not checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lantu.display.fragment import fragment
from lantu.messages import say
from lantu.report.page.verdict import verdict_sentence
from lantu.report.palette import SEVERITY_COLOURS
from lantu.report.record import consolidated, counts

if TYPE_CHECKING:
    from lantu.messages import Language
    from lantu.model import Run

MOST_CAUSES = 12
MOST_REASONS = 8


def run_html(run: Run) -> str:
    """Return a run as HTML for the output of a cell, in the run's language."""
    language = run.language

    def words(key: str, **values: Any) -> str:  # noqa: ANN401  # whatever a sentence is about
        return say(f"display.run.{key}", language, **values)

    causes = run.causes.head(MOST_CAUSES).to_dict("records")
    reasons = run.not_checked.groupby("reason", sort=False)["rule"].agg(["size", _some])
    reasons = reasons.sort_values("size", ascending=False, kind="stable")
    return fragment(
        "run",
        words=words,
        name=run.facts.name,
        verdict=verdict_sentence(run, language),
        numbers=_numbers(run, language),
        matrix=_matrix(run),
        causes=[
            {**cause, "colour": SEVERITY_COLOURS[cause["severity"]], "said": _severity(cause, language)}
            for cause in causes
        ],
        more_causes=len(run.causes) - len(causes),
        consolidated=consolidated(run),
        reasons=[(text, int(size), rules) for text, size, rules in reasons.head(MOST_REASONS).itertuples()],
        more_reasons=max(0, len(reasons) - MOST_REASONS),
    )


def _numbers(run: Run, language: Language) -> list[tuple[str, int]]:
    counted = counts(run)
    names = ("conflict", "undecidable", "not_checked", "causes", "waived")
    return [(say(f"report.headline.{name}", language), counted[name]) for name in names]


def _matrix(run: Run) -> dict[str, Any]:
    """Return the names of the departments, and a row of cells for each: count and depth of its tint."""
    table = run.matrix()
    most = max(1, int(table.to_numpy().max(initial=0)))
    names = [run.facts.departments[key].name for key in table.index]
    rows = [
        [(int(count), round(0.75 * (int(count) / most) ** 0.5, 3)) for count in row]
        for row in table.to_numpy()
    ]
    return {"names": names, "rows": list(zip(names, rows, strict=True))}


def _severity(cause: dict[Any, Any], language: Language) -> str:
    return say(f"report.severity.{cause['severity']}", language)


def _some(rules: Any) -> str:  # noqa: ANN401  # a Series of rule codes
    return ", ".join(sorted(set(rules)))
