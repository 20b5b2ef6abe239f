"""Areas as registered against areas as drawn: what is rounding, what is a unit, what is another shape."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from lantu.messages import message
from lantu.plots.canvas import PlotError, canvas

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from lantu.messages import Language
    from lantu.model import Layer

UNIT_RATIOS = (("mu", 1 / 666.67), ("ha", 1e-4), ("km2", 1e-6))
"""What the ratio would be if areas stood in another unit and nobody had said so."""


def area_differences(
    layer: Layer, column: str = "area_registered_m2", axes: Axes | None = None, *, language: Language = "zh"
) -> Axes:
    """Draw each feature's stated area, as a ratio to its drawn area, over its drawn area in m² (log scales).

    A cloud at 1 is as it should be; a cloud on a dotted line is a unit that nobody stated.

    Parameters
    ----------
    layer
        A layer of polygons.
    column
        Its canonical column with the stated area in m², e.g. ``area_planned_m2``.
    axes
        Where to draw; new axes by default.
    language
        zh or en.

    Raises
    ------
    PlotError
        The layer has no such column, or no feature with both areas.

    Examples
    --------
    >>> import lantu
    >>> from lantu import plots
    >>> blueprint = lantu.open("lantu-demo/blueprint.toml")
    >>> axes = plots.area_differences(blueprint.layers["parcels"])
    >>> axes.get_xscale(), axes.get_yscale()
    ('log', 'log')
    """
    if not layer.has(column):
        raise PlotError(message("plots.areas.none", layer=layer.name, column=column))
    drawn_m2 = np.asarray(shapely.area(layer.geometry), dtype=np.float64)
    stated_m2 = np.asarray(layer.values(column), dtype=np.float64)
    both = (drawn_m2 > 0) & (stated_m2 > 0)
    if not both.any():
        raise PlotError(message("plots.areas.none", layer=layer.name, column=column))
    ratio = stated_m2[both] / drawn_m2[both]
    with canvas(axes, language) as canvas_:
        ax = canvas_.axes
        ax.scatter(drawn_m2[both], ratio, s=8, alpha=0.5, color="#0b5fa5", linewidths=0)
        ax.axhline(1.0, color="#1c2430", linewidth=0.8)
        for name, at in UNIT_RATIOS:
            if ratio.min() <= at * 2:
                ax.axhline(at, color="#b2182b", linewidth=0.8, linestyle=":")
                ax.annotate(name, (drawn_m2[both].max(), at), color="#b2182b", va="bottom", ha="right")
        ax.set(xscale="log", yscale="log")
        ax.set(xlabel=canvas_.say("areas.drawn"), ylabel=canvas_.say("areas.ratio"))
        ax.set_title(canvas_.say("areas.title", layer=layer.name, count=int(both.sum())))
    return ax
