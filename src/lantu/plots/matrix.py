"""Departments against departments: where the conflicts are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lantu.plots.canvas import canvas, department_names

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from lantu.model import Run

DARK = 0.6
"""A cell darker than this share of the darkest is written on in white."""


def matrix(run: Run, axes: Axes | None = None) -> Axes:
    """Draw the conflicts between departments as a table of tinted cells, departments on both axes.

    Parameters
    ----------
    run
        A finished check; ``run.matrix()`` is what is drawn.
    axes
        Where to draw; new axes by default.

    Examples
    --------
    >>> import lantu
    >>> from lantu import plots
    >>> run = lantu.open("lantu-demo/blueprint.toml").check(select=["HE"])
    >>> axes = plots.matrix(run)
    >>> len(axes.get_xticklabels()) == len(run.matrix())
    True
    """
    counts = run.matrix().to_numpy()
    names = {key: run.facts.departments[key].name for key in run.matrix().index}
    side = 2.4 + 0.55 * len(names)
    with canvas(axes, run.language, size=(side, side)) as drawn:
        ax = drawn.axes
        shade = np.sqrt(counts / max(1, counts.max(initial=0)))
        ax.imshow(shade, cmap="Reds", vmin=0.0, vmax=1.0)
        for (row, column), count in np.ndenumerate(counts):
            if count:
                colour = "white" if shade[row, column] > DARK else "black"
                ax.text(column, row, f"{count:,}", ha="center", va="center", color=colour)
        written = department_names(names)
        ax.set_xticks(range(len(written)), written, rotation=40, ha="right")
        ax.set_yticks(range(len(written)), written)
        ax.set_title(drawn.say("matrix.title"))
    return ax
