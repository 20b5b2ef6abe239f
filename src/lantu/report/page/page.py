"""The report page of a run."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from lantu.messages import say
from lantu.report.page.assets import licences
from lantu.report.page.codec import packed
from lantu.report.page.columns import folded
from lantu.report.page.content import page_content
from lantu.report.page.verdict import verdict_sentence
from lantu.report.record import level_of
from lantu.report.wording import level_name

if TYPE_CHECKING:
    from pathlib import Path

    from lantu.model import Run
    from lantu.report.page.folium_map import ReportMap

CAUSES = 12
"""Causes that a browser without scripts is shown."""

HTML_LANGUAGE = {"zh": "zh-CN", "en": "en"}


def write_page(run: Run, path: Path) -> None:
    """Write ``report.html``: one file, no network, equal bytes for equal runs."""
    path.write_text(render_page(run), encoding="utf-8", newline="\n")


def render_page(run: Run) -> str:
    """Return ``report.html`` as text."""
    return explore(run).page.render()


def explore(run: Run) -> ReportMap:
    """Return the report as a folium map, for notebooks and for adding layers of one's own."""
    from lantu.report.page.folium_map import ReportMap  # noqa: PLC0415  # folium is loaded for maps alone

    content = page_content(run)
    columns = content.columns | {"findings": folded(content.columns["findings"])}
    columns |= folded({"sentences": columns["sentences"]})
    blocks = packed(
        {"data-content": _json(columns), **content.payloads, "data-licences": licences().encode("utf-8")}
    )
    return ReportMap(
        content.bounds,
        title=say("report.title", run.language, name=run.facts.name),
        language=HTML_LANGUAGE[run.language],
        blocks=blocks,
        noscript=_without_scripts(run),
    )


def _without_scripts(run: Run) -> list[str]:
    """Return the run in paragraphs: level and name, the verdict, the first causes, where the rest is."""
    language = run.language
    level = level_name(level_of(run), language)
    found = [
        f"{level} · {say('report.title', language, name=run.facts.name)}",
        verdict_sentence(run, language),
    ]
    causes = run.causes[["severity", "message", "findings"]].head(CAUSES)
    for place, (severity, text, count) in enumerate(causes.itertuples(index=False), start=1):
        found.append(f"{place}. {say(f'report.severity.{severity}', language)} · {text} ({count})")
    if len(run.causes) > CAUSES:
        found.append(say("report.noscript_more", language, count=len(run.causes) - CAUSES))
    return [*found, say("report.noscript", language)]


def _json(content: object) -> bytes:
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8", errors="replace")
