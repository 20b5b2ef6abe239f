"""How control points fit: an arrow a point, from where it is known to be to where the fit puts it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lantu.messages import message
from lantu.plots.canvas import PlotError, canvas

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from lantu.messages import Language
    from lantu.model import Layer

LONGEST = 0.16
"""Length of the longest arrow, as a share of the extent of the points."""

BLUNDER, SOUND = "#b2182b", "#0b5fa5"


def residuals(layer: Layer, axes: Axes | None = None, *, language: Language = "zh") -> Axes:
    """Draw the residuals of a layer's control points; the longest arrow is said in metres.

    Places are in the working CRS, metres. The point that the others contradict is red.

    Parameters
    ----------
    layer
        A layer that came by control points (``transform = { control_points = … }``).
    axes
        Where to draw; new axes by default.
    language
        zh or en.

    Raises
    ------
    PlotError
        The layer did not come by control points.
    """
    crs = layer.provenance.crs
    control = crs.control if crs is not None else None
    if control is None:
        raise PlotError(message("plots.residuals.none", layer=layer.name))
    x, y = np.array(control.x_m), np.array(control.y_m)
    dx, dy = np.array(control.residual_x_m), np.array(control.residual_y_m)
    longest_m = float(np.hypot(dx, dy).max())
    extent = max(float(np.ptp(x)), float(np.ptp(y)), 1.0)
    grown = LONGEST * extent / max(longest_m, 1e-9)
    colours = [BLUNDER if name == control.blunder else SOUND for name in control.names]
    with canvas(axes, language) as drawn:
        ax = drawn.axes
        ax.quiver(x, y, dx * grown, dy * grown, color=colours, angles="xy", scale_units="xy", scale=1.0)
        ax.scatter(x, y, s=14, color=colours, zorder=3)
        for name, at_x, at_y in zip(control.names, x, y, strict=True):
            ax.annotate(name, (at_x, at_y), xytext=(4, 4), textcoords="offset points", fontsize="small")
        ax.set_aspect("equal", adjustable="datalim")
        ax.margins(0.2)
        ax.ticklabel_format(useOffset=False, style="plain")
        ax.tick_params(axis="x", rotation=30)
        values = {"model": control.model, "accuracy_m": control.accuracy_m, "longest_m": longest_m}
        ax.set_title(drawn.say("residuals.title", layer=layer.name, **values))
    return ax
