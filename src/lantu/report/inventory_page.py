"""The inventory as one HTML page that holds everything it needs, runs nothing and asks for nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import jinja2
import pandas as pd

from lantu.messages import say
from lantu.model import highest
from lantu.report.page.assets import asset
from lantu.report.page.page import HTML_LANGUAGE
from lantu.report.writing import write_whole

if TYPE_CHECKING:
    from pathlib import Path

    from lantu.messages import Language
    from lantu.model import BlueprintFacts


class Cell(NamedTuple):
    """What stands in a cell, and whether it is a number."""

    text: str
    number: bool


class Row(NamedTuple):
    """The cells of a layer, and whether it was refused."""

    cells: tuple[Cell, ...]
    refused: bool


def write_inventory_page(inventory: pd.DataFrame, path: Path, *, facts: BlueprintFacts) -> None:
    """Write the inventory of a blueprint to the HTML file ``path``, in the language of ``facts``.

    Raises
    ------
    OutputError
        The file cannot be written.
    """
    text = render_inventory_page(inventory, facts=facts)
    write_whole(path, lambda passing: passing.write_text(text, "utf-8", "replace", "\n"))


def render_inventory_page(inventory: pd.DataFrame, *, facts: BlueprintFacts) -> str:
    """Return the inventory as an HTML page; texts of the data are escaped."""
    language = facts.language
    rows = [
        Row(tuple(_cell(value, language) for value in values), refused=bool(refused))
        for values, refused in zip(
            inventory.itertuples(index=False), inventory["refusal"].notna(), strict=True
        )
    ]
    level = highest([facts.level, *(layer.level for layer in facts.layers)])
    about = say(
        "report.inventory.about",
        language,
        level=say(f"report.level.{level}", language),
        layers=len(rows),
        refused=sum(row.refused for row in rows),
        crs=facts.working_crs,
        as_of=facts.as_of.isoformat(),
    )
    shape = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True)
    return shape.from_string(asset("app/inventory.html")).render(
        html_language=HTML_LANGUAGE[language],
        title=say("report.inventory.title", language, name=facts.name),
        about=about,
        columns=[say(f"report.inventory.column.{name}", language) for name in inventory.columns],
        rows=rows,
    )


def _cell(value: Any, language: Language) -> Cell:  # noqa: ANN401  # a cell of any type
    """Return a value as a person writes it; nothing for what is not known."""
    if value is None or pd.isna(value):
        return Cell("", number=False)
    if pd.api.types.is_bool(value):
        return Cell(say(f"report.inventory.{'yes' if value else 'no'}", language), number=False)
    if pd.api.types.is_number(value):
        return Cell(f"{value:.10g}", number=True)
    return Cell(str(value), number=False)
