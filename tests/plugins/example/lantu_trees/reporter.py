"""The findings as a list in Markdown, for an e-mail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lantu.report import Reporter

if TYPE_CHECKING:
    from pathlib import Path

    from lantu import Run


def write_markdown(run: Run, path: Path) -> None:
    """Write one line a finding: its rule and its sentence."""
    found = run.findings[["rule", "message"]].itertuples(index=False)
    lines = [f"# {run.facts.name}", "", *(f"- {rule}: {said}" for rule, said in found)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


MARKDOWN = Reporter(file="findings.md", write=write_markdown)
