"""``lantu dossier``: one parcel against every department: concerned, not concerned, no data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lantu.cli.progress import watching

if TYPE_CHECKING:
    from pathlib import Path

    from lantu.cli.terminal import Terminal
    from lantu.engine.dossier import Dossier


def dossier(terminal: Terminal, parcel: str, blueprint: str, *, html: Path | None, as_json: bool) -> int:
    """Print the dossier of a parcel, or write it to the page ``html``, and return the exit status.

    Raises
    ------
    SubjectError
        No object, or more than one, is called so.
    """
    from lantu import report
    from lantu.blueprint import open_blueprint

    opened = open_blueprint(blueprint)
    spoken = terminal.speaking(opened.file.language)
    with watching(terminal) as progress:
        found = opened.dossier(parcel, language=spoken.language, progress=progress)
    if html is not None:
        report.write_dossier_page(found, html, language=spoken.language)
    if as_json:
        terminal.show_json(report.dossier_record(found, language=spoken.language))
        return 0
    _show(spoken, found)
    if html is not None:
        spoken.show(spoken.text("dossier.text.written", path=html))
    return 0


def _show(terminal: Terminal, found: Dossier) -> None:
    from lantu.report import dossier_words as words
    from lantu.report.wording import level_name

    subject, language = found.subject, terminal.language
    terminal.show(terminal.text("dossier.text.title", id=subject.id))
    terminal.show_paragraph(
        terminal.text(
            "dossier.text.about",
            level=level_name(words.document_level(found), terminal.language),
            name=found.facts.name,
            layer=subject.layer.name,
            department=words.department_name(found, subject.layer.department),
            area_m2=subject.area_m2,
            crs=found.facts.working_crs,
            as_of=found.facts.as_of.isoformat(),
        )
    )
    _show_layers(terminal, found)
    terminal.show(f"\n{terminal.text('dossier.text.objects')}")
    rows = [{str(name): value for name, value in row.items()} for row in found.objects.to_dict("records")]
    cells = [
        (
            row["id"],
            words.layer_name(row, language),
            "; ".join(words.said_values(row["standard"], row["values"], {}, language)),
            words.said_shared(row, language),
            words.said_share(row),
        )
        for row in rows
    ]
    heads = ("object", "layer", "values", "shared", "share")
    terminal.show_table([terminal.text(f"dossier.text.{name}") for name in heads], cells)
    _show_findings(terminal, found)


def _show_layers(terminal: Terminal, found: Dossier) -> None:
    """Print each department's answer, then the layers of each with theirs and the reasons."""
    from lantu.report import dossier_words as words

    terminal.show(f"\n{terminal.text('dossier.text.departments')}")
    cells: list[tuple[object, ...]] = []
    for department in found.departments.to_dict("records"):
        cells.append(
            (department["name"], None, terminal.text(f"dossier.answer.{department['answer']}"), None)
        )
        for entry in found.layers[found.layers["department"] == department["department"]].to_dict("records"):
            row = {str(name): value for name, value in entry.items()}
            said = "; ".join(words.said_reason(row, terminal.language))
            name = words.layer_name(row, terminal.language)
            cells.append((None, name, terminal.text(f"dossier.answer.{row['answer']}"), said))
    heads = ("department", "layer", "answer", "reason")
    terminal.show_table([terminal.text(f"dossier.text.{name}") for name in heads], cells)


def _show_findings(terminal: Terminal, found: Dossier) -> None:
    terminal.show(f"\n{terminal.text('dossier.text.findings')}")
    if found.findings.empty:
        terminal.show(terminal.text("dossier.text.no_findings"))
    for row in found.findings.to_dict("records"):
        verdict = terminal.text(f"report.verdict.{row['verdict']}")
        terminal.show(f"{row['rule']} {verdict}: {row['message']}")
    for text in found.causes["message"]:
        terminal.show(f"{terminal.text('dossier.text.causes')}: {text}")
