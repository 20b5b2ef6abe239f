"""``lantu layers``: what was delivered, how it was read, how far to trust it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lantu.messages import message

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
    "sha256",
    "fields_missed",
)
"""Columns of the inventory that fit a screen; ``--json`` has all of them."""


HASH_SHOWN = 12
"""Characters of a hash that fit a screen and still tell two deliveries apart."""

PAGE_SUFFIXES = frozenset({".html", ".htm"})


def layers(terminal: Terminal, blueprint: str, *, html: str | None = None, as_json: bool) -> int:
    """Print the inventory, or write it to the page ``html``; return the exit status.

    It is 2 where no layer at all could be read, else 0.

    Raises
    ------
    OptionError
        ``html`` is no name of a page: a blueprint named there would be written over.
    """
    from lantu import report
    from lantu.blueprint import open_blueprint

    page = page_path(html) if html is not None else None
    opened = open_blueprint(blueprint)
    spoken = terminal.speaking(opened.file.language)
    inventory = opened.inventory(language=spoken.language)
    if page is not None:
        report.write_inventory_page(inventory, page, facts=replace(opened.facts, language=spoken.language))
    if as_json:
        terminal.show_json(json.loads(inventory.to_json(orient="records", date_format="iso")))
    elif page is not None:
        spoken.show(spoken.text("cli.layers.written", path=page))
    else:
        _show(spoken, inventory)
    return 2 if len(inventory) and inventory["refusal"].notna().all() else 0


def page_path(html: str) -> Path:
    """Return the path of a page to write.

    Raises
    ------
    OptionError
        It is no name of a page: a blueprint named there would be written over.
    """
    from lantu.cli.usage import OptionError

    page = Path(html)
    if page.suffix.lower() not in PAGE_SUFFIXES:
        raise OptionError(message("cli.layers.not_html", word=html))
    return page


def _show(terminal: Terminal, inventory: pd.DataFrame) -> None:
    inventory = inventory.assign(sha256=inventory["sha256"].str[:HASH_SHOWN])
    columns = [name for name in SHOWN if name in inventory.columns]
    rows = [[_cell(terminal, value) for value in row] for row in inventory[columns].itertuples(index=False)]
    terminal.show_table([terminal.text(f"cli.column.{name}") for name in columns], rows)
    for row in inventory[inventory["offset"] != ""].itertuples(index=False):
        for offset in str(row.offset).splitlines():
            terminal.show(terminal.text("cli.layers.offset", layer=row.layer, offset=offset))
    for row in inventory[inventory["refusal"].notna()].itertuples(index=False):
        terminal.show(terminal.text("cli.layers.refused", layer=row.layer, reason=row.refusal))


def _cell(terminal: Terminal, value: Any) -> object:  # noqa: ANN401  # a cell of any type
    """Return a value as a person writes it; nothing for what is not known."""
    import pandas as pd

    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    if value is None or pd.isna(value):
        return None
    if pd.api.types.is_bool(value):
        return terminal.text("cli.layers.yes") if value else None
    return value.item() if hasattr(value, "item") else value
