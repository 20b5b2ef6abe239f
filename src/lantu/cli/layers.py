"""``lantu layers``: what was delivered, how it was read, how far to trust it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from lantu.cli.terminal import Terminal

SHOWN = (
    "layer",
    "department",
    "standard",
    "features",
    "listed",
    "encoding",
    "crs_source",
    "accuracy_m",
    "issued",
    "overdue",
    "fields_missed",
)
"""Columns of the inventory that fit a screen; ``--json`` has all of them."""


def layers(terminal: Terminal, blueprint: str, *, as_json: bool) -> int:
    """Print the inventory and return the exit status: 2 where no layer at all could be read, else 0."""
    from lantu.blueprint import open_blueprint

    opened = open_blueprint(blueprint)
    inventory = opened.inventory()
    if as_json:
        terminal.show_json(json.loads(inventory.to_json(orient="records", date_format="iso")))
    else:
        _show(terminal.speaking(opened.facts.language), inventory)
    return 2 if len(inventory) and inventory["refusal"].notna().all() else 0


def _show(terminal: Terminal, inventory: pd.DataFrame) -> None:
    columns = [name for name in SHOWN if name in inventory.columns]
    rows = [[_cell(terminal, value) for value in row] for row in inventory[columns].itertuples(index=False)]
    terminal.show_table([terminal.text(f"cli.column.{name}") for name in columns], rows)
    for row in inventory[inventory["refusal"].notna()].itertuples(index=False):
        terminal.show(terminal.text("cli.layers.refused", layer=row.layer, reason=row.refusal))


def _cell(terminal: Terminal, value: Any) -> object:  # noqa: ANN401  # a cell of any type
    """Return a value as a person writes it; nothing for what is not known."""
    import pandas as pd

    if isinstance(value, bool):
        return terminal.text("cli.layers.yes") if value else None
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    if value is None or pd.isna(value):
        return None
    return value.item() if hasattr(value, "item") else value
