"""``lantu explain``: why a finding has the level that it has."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from lantu.cli.usage import OptionError
from lantu.messages import message

if TYPE_CHECKING:
    from lantu.cli.terminal import Terminal
    from lantu.model import Run


def explain(terminal: Terminal, run: str, finding: str, *, as_json: bool) -> int:
    """Print what gives a finding its level, and return the exit status.

    Raises
    ------
    OptionError
        The run has no such finding.
    OutputError
        The folder keeps no run.
    """
    from lantu.keeping import read_kept
    from lantu.report.wording import level_name

    kept = read_kept(Path(run))
    rows = kept.findings[kept.findings["finding_id"] == finding]
    if rows.empty:
        raise OptionError(message("cli.explain.unknown", id=finding))
    row = rows.iloc[0]
    spoken = terminal.speaking(kept.language)
    reasons = level_reasons(kept, row)
    if as_json:
        terminal.show_json({"finding_id": finding, "level": row["level"], "reasons": reasons})
        return 0
    level = level_name(row["level"], spoken.language)
    spoken.show(spoken.text("cli.explain.level", id=finding, level=level, message=row["message"]))
    for reason in reasons:
        named = {**reason, "level": level_name(reason["level"], spoken.language)}
        spoken.show("  " + message(f"cli.explain.{reason['by']}", **named).text(spoken.language))
    return 0


def level_reasons(run: Run, row: Any) -> list[dict[str, str]]:  # noqa: ANN401  # a finding
    """Return what a finding reveals and of which level: its layers, their columns, or the blueprint."""
    layers = {layer.name: layer for layer in run.facts.layers}
    names = {key: entry.name for key, entry in run.facts.departments.items()}
    reasons: list[dict[str, str]] = []
    for name in dict.fromkeys(one for one in (row["layer_a"], row["layer_b"]) if one in layers):
        layer = layers[name]
        department = names.get(layer.department, layer.department)
        reasons.append({"by": "layer", "layer": name, "department": department, "level": layer.level})
        behind = (one.columns for one in run.grounds if (one.rule, one.layer) == (row["rule"], name))
        grounds = {column for columns in behind for column in columns}
        for column, level in layer.levels.items():
            if column in grounds or column == row["field"]:
                by = "field" if column == row["field"] else "column"
                reasons.append({"by": by, "column": column, "level": level})
    return reasons or [{"by": "default", "level": run.facts.level}]
