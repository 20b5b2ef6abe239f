"""How layers lie against each other: an arrow for each constant offset that was found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lantu.plots.canvas import canvas

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from lantu.messages import Language

COLOURS = ("#0b5fa5", "#b35806", "#4d9221", "#6a3d9a", "#b2182b", "#35728a")


def offsets(inventory: pd.DataFrame, axes: Axes | None = None, *, language: Language = "zh") -> Axes:
    """Draw the offsets of an inventory as arrows from a common origin, in metres, east to the right.

    Parameters
    ----------
    inventory
        ``Blueprint.inventory()``; its column ``offsets`` is what is drawn. Each pair of layers stands there
        twice, with opposite signs, and is drawn once.
    axes
        Where to draw; new axes by default.
    language
        zh or en.
    """
    found = _once(inventory)
    with canvas(axes, language) as drawn:
        ax = drawn.axes
        reach = max([1.0, *(abs(value) for *_, dx_m, dy_m in found for value in (dx_m, dy_m))])
        for number, (layer, other, dx_m, dy_m) in enumerate(found):
            arrow = {"arrowstyle": "-|>", "color": COLOURS[number % len(COLOURS)], "shrinkA": 0, "shrinkB": 0}
            ax.annotate("", xy=(dx_m, dy_m), xytext=(0.0, 0.0), arrowprops=arrow)
            said = drawn.say("offsets.arrow", layer=layer, other=other, dx_m=dx_m, dy_m=dy_m)
            ax.annotate(said, (dx_m, dy_m), xytext=(4, 4), textcoords="offset points", fontsize="small")
        ax.axhline(0.0, color="#c0c4ca", linewidth=0.8, zorder=0)
        ax.axvline(0.0, color="#c0c4ca", linewidth=0.8, zorder=0)
        ax.set(xlim=(-1.4 * reach, 1.4 * reach), ylim=(-1.2 * reach, 1.2 * reach))
        ax.set_aspect("equal", adjustable="box")
        ax.set(xlabel=drawn.say("offsets.east"), ylabel=drawn.say("offsets.north"))
        ax.set_title(drawn.say("offsets.title" if found else "offsets.none"))
    return ax


def _once(inventory: pd.DataFrame) -> list[tuple[str, str, float, float]]:
    """Return layer, other layer, dx and dy in metres of each pair of layers, the first of its two entries."""
    seen: set[frozenset[str]] = set()
    found = []
    for layer, entries in zip(inventory["layer"], inventory["offsets"], strict=True):
        for entry in entries:
            pair = frozenset({layer, entry["layer"]})
            if "dx_m" in entry and pair not in seen:
                seen.add(pair)
                found.append((layer, entry["layer"], float(entry["dx_m"]), float(entry["dy_m"])))
    return found
