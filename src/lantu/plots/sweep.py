"""How many findings each threshold would give."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lantu.plots.canvas import canvas

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from lantu.messages import Language


def sweep(swept: pd.DataFrame, axes: Axes | None = None, *, language: Language = "zh") -> Axes:
    """Draw what ``Blueprint.sweep`` returned: conflicts and undecidable ones as stacked bars, a bar a value.

    Parameters
    ----------
    swept
        The table of ``Blueprint.sweep``: value, conflict, undecidable, …
    axes
        Where to draw; new axes by default.
    language
        zh or en.

    Examples
    --------
    >>> import lantu
    >>> from lantu import plots
    >>> blueprint = lantu.open("lantu-demo/blueprint.toml")
    >>> axes = plots.sweep(blueprint.sweep("HE03", min_area_m2=[10.0, 100.0, 1000.0]))
    >>> [label.get_text() for label in axes.get_xticklabels()]
    ['10', '100', '1000']
    """
    places = range(len(swept))
    conflict, undecidable = swept["conflict"].to_numpy(), swept["undecidable"].to_numpy()
    with canvas(axes, language) as drawn:
        ax = drawn.axes
        bars = ax.bar(places, conflict, color="#b2182b", label=drawn.say("sweep.conflict"))
        ax.bar_label(
            bars, label_type="center", color="white", fmt=lambda count: f"{count:.0f}" if count else ""
        )
        ax.bar(places, undecidable, bottom=conflict, color="#e8b4b8", label=drawn.say("sweep.undecidable"))
        ax.set_xticks(places, [f"{value:g}" if _is_number(value) else str(value) for value in swept["value"]])
        ax.set(xlabel=drawn.say("sweep.value"), ylabel=drawn.say("sweep.findings"))
        ax.legend()
    return ax


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
