"""A blueprint in a notebook: its inventory, the same page that ``lantu layers --html`` writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lantu.display.fragment import framed
from lantu.report import render_inventory_page

if TYPE_CHECKING:
    import pandas as pd

    from lantu.model import BlueprintFacts

HEIGHT_PX = 520


def inventory_html(inventory: pd.DataFrame, facts: BlueprintFacts) -> str:
    """Return the inventory (``engine.inventory``) as HTML for the output of a cell."""
    return framed(render_inventory_page(inventory, facts=facts), height_px=HEIGHT_PX)
