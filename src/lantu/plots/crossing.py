"""Two pipes at their crossing, seen from the side: along the one, across the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import shapely

from lantu.messages import message
from lantu.plots.canvas import Canvas, PlotError, canvas
from lantu.standards import value_label

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from lantu.model import Layer, Run

REACH_M = 6.0
"""What is shown of pipe A on either side of the crossing."""

LEAST_M = 0.05
"""A pipe thinner than this, or of unknown diameter, is drawn as thick as this."""

DEPTH = "start_depth_m"
A, B = "#0b5fa5", "#b35806"


@dataclass(frozen=True, kw_only=True)
class _Pipe:
    """One of the two pipes: height of its top at the crossing and diameter, metres, and its attributes."""

    id: str
    medium: str
    top_m: float
    diameter_m: float
    line: Any
    ends_m: tuple[float, float]  # of its top, at the ends of the line


def crossing(run: Run, finding_id: str, axes: Axes | None = None) -> Axes:
    """Draw the crossing that a finding of rule PI04 is about, in section along pipe A.

    Heights are metres below the ground where the rule compared covers, metres above sea level where it
    compared elevations. A pipe without a diameter is drawn as a line. The vertical scale is exaggerated.

    Parameters
    ----------
    run
        A finished check.
    finding_id
        A finding about two crossing pipes with a measured clearance.
    axes
        Where to draw; new axes by default.

    Raises
    ------
    PlotError
        The finding is none of two crossing pipes, or one of their heights is not known.

    Examples
    --------
    >>> import lantu
    >>> from lantu import plots
    >>> run = lantu.open("lantu-demo/blueprint.toml").check(select=["PI04"])
    >>> measured = run.findings[run.findings["measure"].notna()]
    >>> axes = plots.crossing(run, measured["finding_id"].iloc[0])
    >>> bool(axes.yaxis_inverted())
    True
    """
    rows = run.findings[run.findings["finding_id"] == finding_id].to_dict("records")
    if not rows or rows[0]["rule"] != "PI04" or not np.isfinite(rows[0]["measure"]):
        raise PlotError(message("plots.crossing.none", id=finding_id))
    found = {str(name): value for name, value in rows[0].items()}
    one, two = _pipe(run, found, "a"), _pipe(run, found, "b")
    by_depth = found["field"] == DEPTH
    with canvas(axes, run.language, size=(7.2, 4.2)) as drawn:
        _draw_along(drawn, one, _place(one, found), by_depth=by_depth)
        _draw_across(drawn, two, by_depth=by_depth)
        _dress(drawn, found, by_depth=by_depth)
    return drawn.axes


def _pipe(run: Run, found: dict[str, Any], side: Literal["a", "b"]) -> _Pipe:
    layer = next(layer for layer in run.facts.layers if layer.name == found[f"layer_{side}"])
    row = int(np.flatnonzero(layer.ids == found[f"id_{side}"])[0])
    ends = found["field"], found["field"].replace("start", "end")
    start_m, end_m = (_number(layer, name, row) for name in ends)
    diameter_mm = _number(layer, "diameter_mm", row)
    return _Pipe(
        id=found[f"id_{side}"],
        medium=str(layer.values("medium")[row]),
        top_m=float(found[f"value_{side}"]),
        diameter_m=0.0 if np.isnan(diameter_mm) else diameter_mm / 1000.0,
        line=layer.geometry[row],
        ends_m=(start_m, end_m),
    )


def _number(layer: Layer, column: str, row: int) -> float:
    return float(np.asarray(layer.values(column), dtype=np.float64)[row])


def _place(pipe: _Pipe, found: dict[str, Any]) -> float:
    """Return how far along pipe A the crossing is, metres from its start."""
    return float(shapely.line_locate_point(pipe.line, shapely.point_on_surface(found["geometry"])))


def _draw_along(drawn: Canvas, pipe: _Pipe, place_m: float, *, by_depth: bool) -> None:
    """Draw pipe A: a band as thick as the pipe, as long as is shown, falling as its ends say."""
    start_m, end_m = -min(place_m, REACH_M), min(float(pipe.line.length) - place_m, REACH_M)
    slope = (pipe.ends_m[1] - pipe.ends_m[0]) / max(float(pipe.line.length), 1e-9)
    along = np.array([start_m, end_m])
    top = pipe.top_m + slope * along
    under = top + pipe.diameter_m if by_depth else top - pipe.diameter_m
    drawn.axes.fill_between(along, top, under, color=A, alpha=0.35, linewidth=0)
    drawn.axes.plot(along, top, color=A, label=_said(pipe, drawn))
    drawn.axes.plot(along, under, color=A)


def _draw_across(drawn: Canvas, pipe: _Pipe, *, by_depth: bool) -> None:
    """Draw pipe B, which is met across: a circle as high as its diameter."""
    from matplotlib.patches import Ellipse  # noqa: PLC0415  # loaded by now

    radius_m = pipe.diameter_m / 2
    middle = pipe.top_m + radius_m if by_depth else pipe.top_m - radius_m
    wide_m = max(pipe.diameter_m, LEAST_M)
    drawn.axes.add_patch(Ellipse((0.0, middle), wide_m, wide_m, facecolor=B, alpha=0.6))
    drawn.axes.plot([], [], color=B, label=_said(pipe, drawn))


def _said(pipe: _Pipe, drawn: Canvas) -> str:
    medium = value_label("utility.pipe.medium", pipe.medium, drawn.language)
    return drawn.say("crossing.pipe", id=pipe.id, medium=medium, diameter_mm=pipe.diameter_m * 1000)


def _dress(drawn: Canvas, found: dict[str, Any], *, by_depth: bool) -> None:
    ax = drawn.axes
    low, high = sorted(ax.get_ylim())
    room = 0.25 * (high - low) + 0.2
    if by_depth:
        ax.axhline(0.0, color="#7a6a4f", linewidth=2)
        ax.set_ylim(max(high, found["measure"]) + room, min(-0.1, low - room))
    else:
        ax.set_ylim(low - room, high + room)
    ax.set(xlabel=drawn.say("crossing.along"))
    ax.set(ylabel=drawn.say("crossing.depth" if by_depth else "crossing.elevation"))
    values = {"clear_m": found["measure"], "required_m": found["required"], "tolerance_m": found["tolerance"]}
    ax.set_title(drawn.say("crossing.title", **values))
    ax.legend(loc="upper right", fontsize="small")
