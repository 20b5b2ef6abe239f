"""``lantu blueprint``: write the one blueprint of a run, and show that its areas add up."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from lantu.cli.usage import OptionError
from lantu.messages import message

if TYPE_CHECKING:
    from lantu.agreeing import Agreement
    from lantu.cli.terminal import Terminal

FILE = "blueprint.gpkg"
STATES = ("agreed", "contested", "undecidable", "not_covered")
SHOWN = (
    "use_class", "input_m2", "moved_in_m2", "moved_out_m2", "blueprint_m2", "agreed_m2", "contested_m2",
    "undecidable_m2", "not_covered_m2", "difference_m2",
)  # fmt: skip


def blueprint(terminal: Terminal, run: str, *, out: str | None, as_json: bool) -> int:
    """Make the one blueprint of a run with the decisions beside it, write it, and return the exit status.

    Raises
    ------
    OptionError
        ``out`` is no GeoPackage.
    OutputError
        The folder keeps no run, or the file cannot be written.
    AgreementError
        The run has nothing for a blueprint to stand on.
    """
    from dataclasses import replace

    from lantu.agreeing import agree, write_blueprint
    from lantu.keeping import read_kept
    from lantu.register import decisions_on

    folder = Path(run)
    path = Path(out) if out is not None else folder / FILE
    if path.suffix.lower() != ".gpkg":
        raise OptionError(message("cli.blueprint.no_gpkg", word=path))
    kept = read_kept(folder)
    made = agree(replace(kept, decisions=decisions_on(kept, folder)))
    write_blueprint(made, path)
    if as_json:
        terminal.show_json(_plain(made, path))
    else:
        _show(terminal.speaking(kept.language), made, path)
    return 0


def _show(terminal: Terminal, made: Agreement, path: Path) -> None:
    from lantu.model import highest
    from lantu.report.wording import level_name
    from lantu.standards import value_label

    terminal.show(terminal.text("agreeing.sentence", **_counts(made)))
    table = made.account[made.account["town"] == "*"]
    rows = [
        (
            value_label("use_class", row["use_class"], terminal.language),
            *(round(row[name], 2) + 0.0 for name in SHOWN[1:]),
        )
        for row in table.to_dict(orient="records")
    ]
    terminal.show_table([terminal.text(f"agreeing.column.{name}") for name in SHOWN], rows)
    levels = (layer.level for layer in made.facts.layers)
    level = level_name(highest(levels, made.facts.levels), terminal.language)
    terminal.show(terminal.text("agreeing.written", path=path, level=level))


def _counts(made: Agreement) -> dict[str, Any]:
    found = made.parcels["state"].value_counts()
    states = {
        state: int(found.get(state, 0)) for state in ("agreed", "contested", "undecidable", "not_covered")
    }
    return {"parcels": len(made.parcels), **states, "difference_m2": made.largest_difference_m2}


def _plain(made: Agreement, path: Path) -> dict[str, Any]:
    return _counts(made) | {"file": str(path), "account": made.account.to_dict(orient="records")}
