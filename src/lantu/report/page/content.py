"""Everything that the page shows, as plain values and geometry payloads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from lantu import __version__
from lantu.messages import LANGUAGES, catalogue
from lantu.model import RULE_TEXTS, SEVERITIES
from lantu.report.caps import CONTEXT_VERTICES, WAIVED_ROWS
from lantu.report.page.codec import encode_parts, spans
from lantu.report.page.columns import finding_columns, labels
from lantu.report.page.context import contexts
from lantu.report.page.degrees import to_degrees, view
from lantu.report.page.layers import base_map, layer_content, sides
from lantu.report.page.said import causes, not_checked, summary, waived
from lantu.report.page.sentences import sentences, untold
from lantu.report.page.since import since_content
from lantu.report.page.verdict import verdict_sentence
from lantu.report.palette import (
    DARK_SEVERITY_COLOURS,
    DARK_SIDE_COLOURS,
    SEVERITY_COLOURS,
    SIDE_COLOURS,
)
from lantu.report.parquet import parquet_sha256
from lantu.report.record import counts, level_of, outcome_layers, rule_codes
from lantu.report.wording import level_name, standard_texts
from lantu.rules.da.da07_delivery_overdue import due_date

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyproj import CRS

    from lantu.model import FloatArray, ObjectArray, Outcome, Run
    from lantu.report.page.codec import Encoded
    from lantu.report.page.degrees import Bounds

CONTEXT_SHIFT = 3
"""Context is stored to 7 cm, findings to 1 cm."""

PAGE_PREFIX = "report.page."


@dataclass(frozen=True, kw_only=True)
class Content:
    """``columns`` is written as JSON; ``payloads`` are geometry by element id; ``bounds`` the first view."""

    columns: dict[str, Any]
    payloads: dict[str, bytes]
    bounds: Bounds


def page_content(run: Run) -> Content:
    """Gather what the page shows."""
    carried = contexts(run)
    crs = run.findings.crs or run.facts.working_crs
    layers: list[dict[str, Any]] = []
    boxes: list[FloatArray] = []
    found = _encoded(run.findings.geometry.to_numpy(), crs, boxes)
    payloads = {"data-findings": found.payload}
    for number, context in enumerate(carried):
        encoded = _encoded(context.layer.geometry[context.rows], crs, boxes, shift=CONTEXT_SHIFT)
        payloads[f"data-layer-{number}"] = encoded.payload
        layers.append(layer_content(context) | {"geometry": encoded.header, "block": f"data-layer-{number}"})
    bounds = view(np.concatenate(boxes))
    told = sentences(run)
    columns = {
        "run": _run(run),
        "texts": _page_texts() | _own_levels(run),
        "verdict": {language: verdict_sentence(run, language) for language in LANGUAGES},
        "counts": counts(run),
        "departments": [{"key": k, "name": d.name} for k, d in run.facts.departments.items()],
        "standards": {name: standard_texts(name) for name in _owed(run)},
        "layers": layers,
        "base": base_map(carried),
        "rules": {code: _rule(run, code) for code in rule_codes(run)},
        "labels": labels(run),
        "findings": finding_columns(run.findings) | sides(run, carried),
        "sentences": told,
        "untold": untold(told),
        "geometry": found.header,
        "bounds": bounds,
        "causes": causes(run),
        "notChecked": not_checked(run),
        "matrix": _matrix(run),
        "waived": waived(run),
        "summary": summary(run),
        "stale": _stale(run),
        "colours": {
            "severity": dict(SEVERITY_COLOURS),
            "side": dict(SIDE_COLOURS),
            "dark": {"severity": dict(DARK_SEVERITY_COLOURS), "side": dict(DARK_SIDE_COLOURS)},
        },
        "caps": {"contextVertices": CONTEXT_VERTICES, "waived": WAIVED_ROWS},
    }
    columns |= since_content(run)
    return Content(columns=columns, payloads=payloads, bounds=bounds)


def _encoded(
    shapes: ObjectArray, crs: CRS | str | None, boxes: list[FloatArray], *, shift: int = 0
) -> Encoded:
    """Encode geometries of the working CRS, and add their boxes in degrees to ``boxes``."""

    def parts() -> Iterator[ObjectArray]:
        for span in spans(len(shapes)):
            places = to_degrees(shapes[span], crs)
            boxes.append(shapely.bounds(places))
            yield places

    return encode_parts(parts(), shift=shift)


def _run(run: Run) -> dict[str, Any]:
    sha256 = parquet_sha256(run)
    return {
        "name": run.facts.name,
        "id": sha256[:8],
        "rules": len(rule_codes(run)),
        "asOf": run.facts.as_of.isoformat(),
        "crs": run.facts.working_crs,
        "crsName": run.findings.crs.name if run.findings.crs is not None else "",
        "language": run.language,
        "level": level_of(run),
        "version": __version__,
        "findingsSha256": sha256,
        "severities": list(SEVERITIES),
    }


def _owed(run: Run) -> list[str]:
    """Return the standards that some department owes."""
    return sorted({name for department in run.facts.departments.values() for name in department.owes})


def _page_texts() -> dict[str, Any]:
    """Return every text of the page, and the names of levels, severities, verdicts and answers."""
    wanted = (PAGE_PREFIX, *(f"report.{name}." for name in ("level", "severity", "verdict", "answer")))
    found = {}
    for key, said in catalogue().items():
        if key.startswith(wanted):
            found[key.removeprefix(PAGE_PREFIX).removeprefix("report.")] = dict(said)
    return found


def _own_levels(run: Run) -> dict[str, Any]:
    """Return the names of levels that the blueprint names itself."""
    return {
        f"level.{level}": {language: level_name(level, language) for language in LANGUAGES}
        for level in run.facts.levels
    }


def _rule(run: Run, code: str) -> dict[str, Any]:
    return {part: run.texts.get(code, {}).get(part) for part in RULE_TEXTS}


def _matrix(run: Run) -> dict[str, Any]:
    """Return conflicts and undecidable findings by pair of departments, and what was not checked."""
    keys = list(run.facts.departments)
    place = {key: number for number, key in enumerate(keys)}
    unsure = np.zeros((len(keys), len(keys)), dtype=int)
    rows = run.findings[run.findings["verdict"] == "undecidable"]
    for a, b in zip(rows["department_a"], rows["department_b"], strict=True):
        first = place[a]
        second = place.get(b, first)
        unsure[first, second] += 1
        unsure[second, first] += first != second
    gaps = np.zeros((len(keys), len(keys)), dtype=int)
    for outcome in run.outcomes:
        if outcome.answer == "not_checked":
            for a, b in _departments_of(run, outcome):
                gaps[place[a], place[b]] += 1
                gaps[place[b], place[a]] += a != b
    conflicts = run.matrix().to_numpy()
    return {"conflict": conflicts.tolist(), "undecidable": unsure.tolist(), "notChecked": gaps.tolist()}


def _stale(run: Run) -> dict[str, list[str]]:
    """Return by department its layers whose next delivery was due before the day of the run."""
    found: dict[str, list[str]] = {}
    for layer in run.facts.layers:
        issued = layer.provenance.issued
        due = due_date(issued, layer.provenance.update) if issued is not None else None
        if due is not None and due < run.facts.as_of:
            found.setdefault(layer.department, []).append(layer.name)
    return found


def _departments_of(run: Run, outcome: Outcome) -> set[tuple[str, str]]:
    first, second = outcome_layers(run, outcome)
    others = second or first
    pairs = {(a.department, b.department) for a in first for b in others}
    return {pair for pair in pairs if set(pair) <= set(run.facts.departments)}
