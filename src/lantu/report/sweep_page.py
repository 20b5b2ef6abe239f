"""A sweep as one HTML page in both languages: a chart and its table; it runs nothing and asks for nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jinja2
import pandas as pd

from lantu.messages import LANGUAGES, say
from lantu.model import highest
from lantu.report.page.assets import asset
from lantu.report.page.page import HTML_LANGUAGE
from lantu.report.palette import SEVERITY_COLOURS
from lantu.report.wording import level_name
from lantu.report.writing import write_whole

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from lantu.model import BlueprintFacts

WIDTH, HEIGHT, TOP, FOOT = 800, 280, 24, 28
BAR_SHARE = 0.7
"""Width of a bar, of its place."""

MOST_LABELS = 24
"""Bars that leave room for their numbers; of more, every so many are labelled."""

NOT_KNOWN = "—"


def write_sweep_page(
    swept: pd.DataFrame,
    path: Path,
    *,
    facts: BlueprintFacts,
    code: str,
    title: Mapping[str, str],
    parameter: str,
) -> None:
    """Write what ``Blueprint.sweep`` returned to the HTML file ``path``.

    Raises
    ------
    OutputError
        The file cannot be written.
    """
    text = _rendered(swept, facts, {"code": code, "parameter": parameter}, title)
    write_whole(path, lambda passing: passing.write_text(text, "utf-8", "replace", "\n"))


def _rendered(
    swept: pd.DataFrame, facts: BlueprintFacts, about: Mapping[str, str], title: Mapping[str, str]
) -> str:
    languages = sorted(LANGUAGES, key=lambda language: language != facts.language)
    level = highest([facts.level, *(layer.level for layer in facts.layers)], facts.levels)

    def both(key: str, **values: Any) -> list[str]:  # noqa: ANN401  # whatever a sentence is about
        return [say(f"report.sweep.{key}", language, **values) for language in languages]

    first, second = (
        {"title": title.get(language, ""), "level": level_name(level, language)} for language in languages
    )
    shape = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True)
    return shape.from_string(asset("app/sweep.html")).render(
        html_language=HTML_LANGUAGE[facts.language],
        title=[
            both("title", name=facts.name, **about, title=said["title"])[place]
            for place, said in enumerate((first, second))
        ],
        about=[
            both("about", as_of=facts.as_of.isoformat(), level=said["level"])[place]
            for place, said in enumerate((first, second))
        ],
        colours={"conflict": SEVERITY_COLOURS["major"], "undecidable": SEVERITY_COLOURS["info"]},
        legend={name: " / ".join(both(name)) for name in ("conflict", "undecidable")},
        columns=[both(name) for name in swept.columns],
        rows=[[_text(name, value) for name, value in row.items()] for row in swept.to_dict("records")],
        bars=_bars(swept),
        width=WIDTH,
        height=HEIGHT,
    )


def _bars(swept: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the bars in the units of the drawing, conflicts below, undecidable ones on top of them."""
    most = max(1, int((swept["conflict"] + swept["undecidable"]).max()))
    room, place = HEIGHT - TOP - FOOT, WIDTH / len(swept)
    every = -(-len(swept) // MOST_LABELS)
    bars = []
    for number, row in enumerate(swept.to_dict("records")):
        sure, unsure = (round(room * row[name] / most, 1) for name in ("conflict", "undecidable"))
        bars.append(
            {
                "x": round(place * (number + (1 - BAR_SHARE) / 2), 1),
                "middle": round(place * (number + 0.5), 1),
                "width": round(place * BAR_SHARE, 1),
                "conflict_y": round(HEIGHT - FOOT - sure, 1),
                "conflict_height": sure,
                "undecidable_y": round(HEIGHT - FOOT - sure - unsure, 1),
                "undecidable_height": unsure,
                "count": row["conflict"] + row["undecidable"],
                "value": _text("value", row["value"]),
                "labelled": number % every == 0,
            }
        )
    return bars


def _text(name: Any, value: Any) -> str:  # noqa: ANN401  # a cell of any type
    if pd.isna(value):
        return NOT_KNOWN
    if name == "band_share":
        return f"{value:.0%}"
    return f"{value:.10g}" if pd.api.types.is_float(value) else str(value)
