"""The table that ``docs/`` keeps: one row a rule, one column a strength."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from truth.noise import Noise
    from truth.score import Score

STRENGTHS = (0.5, 1.0, 1.5, 2.0, 3.0, 5.0)


def markdown(score: Score, *, noise: Noise, seeds: int) -> str:
    """Return recall by rule and strength, and precision by rule, as a Markdown table.

    Recall is the share found as a conflict; where more were at least shown as undecidable, their share
    stands behind a plus sign. ``—`` stands for a strength that a rule has not.
    """
    head = ["rule", *(f"{strength:g}×" for strength in STRENGTHS), "no measure", "precision", "findings"]
    lines = [
        f"### {noise}, {seeds} districts",
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
    return "\n".join([*lines, ""])


def _share(score: Score, rule: str, strength: float | None) -> str:
    planted = score.planted[rule, strength]
    if not planted:
        return "—"
    found, undecided = score.found[rule, strength], score.undecided[rule, strength]
    return f"{found / planted:.2f}" + (f"+{undecided / planted:.2f}" if undecided else "")
