"""The table that ``docs/`` keeps: one row a rule, one column a strength."""

from __future__ import annotations

from typing import TYPE_CHECKING

from truth.strengths import STRENGTHS

if TYPE_CHECKING:
    from truth.noise import Noise
    from truth.score import Score

SURE = 2.0
"""From so many tolerances on, every plant is to be found."""
PRECISE = 0.99


def markdown(score: Score, *, noise: Noise, seeds: int) -> str:
    """Return recall by rule and strength, and precision by rule, as a Markdown table.

    Recall is the share found as a conflict; where more were at least shown as undecidable, their share
    stands behind a plus sign. ``—`` stands for a strength that a rule has not.
    """
    head = ["rule", *(f"{strength:g}×" for strength in STRENGTHS), "no measure", "precision", "findings"]
    lines = [
        f"## {noise}, {seeds} districts",
        "",
        "| " + " | ".join(head) + " |",
        "|" + "---|" * len(head),
    ]
    rules = sorted({rule for rule, _ in score.planted} | set(score.right) | set(score.wrong))
    for rule in rules:
        cells = [_share(score, rule, strength) for strength in (*STRENGTHS, None)]
        total = score.right[rule] + score.wrong[rule]
        precision = f"{score.right[rule] / total:.3f}" if total else "—"
        lines.append("| " + " | ".join([rule, *cells, precision, str(total)]) + " |")
    return "\n".join([*lines, "", _verdict(score, rules), ""])


def _verdict(score: Score, rules: list[str]) -> str:
    """Say which rules reach the goal, and what keeps the others from it."""
    short = [f"{rule} ({', '.join(why)})" for rule in rules if (why := _short_of(score, rule))]
    if not short:
        return f"All {len(rules)} rules reach the goal."
    reach = len(rules) - len(short)
    return f"{reach} of {len(rules)} rules reach the goal; not {', '.join(short)}."


def _short_of(score: Score, rule: str) -> list[str]:
    """Return in what a rule falls short of the goal."""
    total = score.right[rule] + score.wrong[rule]
    short = []
    if total and score.right[rule] / total < PRECISE:
        short.append(f"precision {score.right[rule] / total:.3f}")
    for strength in (None, *STRENGTHS):
        planted = score.planted[rule, strength]
        if planted and (strength is None or strength >= SURE) and score.found[rule, strength] < planted:
            of = "recall" if strength is None else f"recall at {strength:g}×"
            short.append(f"{of} {_share(score, rule, strength)}")
    return short


def _share(score: Score, rule: str, strength: float | None) -> str:
    planted = score.planted[rule, strength]
    if not planted:
        return "—"
    found, undecided = score.found[rule, strength], score.undecided[rule, strength]
    return f"{found / planted:.2f}" + (f"+{undecided / planted:.2f}" if undecided else "")
