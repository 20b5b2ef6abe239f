"""The report page of a run."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from lantu.messages import say
from lantu.report.page.assets import licences
from lantu.report.page.codec import pack
from lantu.report.page.columns import folded
from lantu.report.page.content import page_content
from lantu.report.page.folium_map import ReportMap
from lantu.report.page.verdict import verdict_sentence
from lantu.report.record import level_of

if TYPE_CHECKING:
    from pathlib import Path

    from lantu.model import Run

HTML_LANGUAGE = {"zh": "zh-CN", "en": "en"}


def write_page(run: Run, path: Path) -> None:
    """Write ``report.html``: one file, no network, equal bytes for equal runs."""
    path.write_text(render_page(run), encoding="utf-8", newline="\n")


def render_page(run: Run) -> str:
    """Return ``report.html`` as text."""
    return explore(run).page.render()


def explore(run: Run) -> ReportMap:
    """Return the report as a folium map, for notebooks and for adding layers of one's own."""
    content = page_content(run)
    columns = content.columns | {"findings": folded(content.columns["findings"])}
    blocks = {"data-content": pack(_json(columns))}
    blocks |= {name: pack(payload) for name, payload in content.payloads.items()}
    blocks["data-licences"] = pack(licences().encode("utf-8"))
    level = say(f"report.level.{level_of(run)}", run.language)
    sentence = verdict_sentence(run, run.language)
    hint = say("report.noscript", run.language)
    return ReportMap(
        content.bounds,
        title=say("report.title", run.language, name=run.facts.name),
        language=HTML_LANGUAGE[run.language],
        blocks=blocks,
        noscript=f"{level} · {run.facts.name} · {sentence} {hint}",
    )


def _json(content: object) -> bytes:
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8", errors="replace")
