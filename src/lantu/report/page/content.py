"""Everything that the page shows, as plain values and geometry payloads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from lantu import __version__
from lantu.messages import LANGUAGES, catalogue
from lantu.model import RULE_TEXTS, SEVERITIES
from lantu.report.caps import CONTEXT_VERTICES, WAIVED_ROWS
from lantu.report.page.codec import encode
from lantu.report.page.columns import finding_columns, labels, texts
from lantu.report.page.context import contexts, side_rows
from lantu.report.page.degrees import to_degrees, view
from lantu.report.page.since import since_content
from lantu.report.page.verdict import verdict_sentence
from lantu.report.palette import (
    DARK_SEVERITY_COLOURS,
    DARK_SIDE_COLOURS,
    LAND_USE_COLOURS,
    OTHER_LAND_USE,
    OTHER_OUTLINE,
    OUTLINE_COLOURS,
    SEVERITY_COLOURS,
    SIDE_COLOURS,
    dimmed,
    lightened,
    muted,
)
from lantu.report.parquet import parquet_sha256
from lantu.report.record import counts, level_of, outcome_layers, rule_codes, run_summary
from lantu.report.wording import level_name, said_in_both, standard_texts, value_texts
from lantu.rules.da.da07_delivery_overdue import due_date

if TYPE_CHECKING:
    from lantu.model import Layer, Outcome, Run
    from lantu.report.page.context import Context
    from lantu.report.page.degrees import Bounds

CONTEXT_SHIFT = 3
"""Context is stored to 7 cm, findings to 1 cm."""

PAGE_PREFIX = "report.page."
_BASE_STANDARDS = ("land.survey", "land.parcel", "plan.plot")


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
    places = to_degrees(run.findings.geometry.to_numpy(), crs)
    found = encode(places)
    payloads = {"data-findings": found.payload}
    layers, drawn = [], [places]
    for number, context in enumerate(carried):
        geometries = to_degrees(context.layer.geometry[context.rows], crs)
        encoded = encode(geometries, shift=CONTEXT_SHIFT)
        payloads[f"data-layer-{number}"] = encoded.payload
        drawn.append(geometries)
        layers.append(_layer(context) | {"geometry": encoded.header, "block": f"data-layer-{number}"})
    bounds = view(np.concatenate(drawn))
    columns = {
        "run": _run(run),
        "texts": _page_texts() | _own_levels(run),
        "verdict": {language: verdict_sentence(run, language) for language in LANGUAGES},
        "counts": counts(run),
        "departments": [{"key": k, "name": d.name} for k, d in run.facts.departments.items()],
        "layers": layers,
        "base": _base(carried),
        "rules": {code: _rule(run, code) for code in rule_codes(run)},
        "labels": labels(run),
        "findings": finding_columns(run.findings) | _sides(run, carried),
        "geometry": found.header,
        "bounds": bounds,
        "causes": run.causes.to_dict(orient="records"),
        "notChecked": _not_checked(run),
        "matrix": _matrix(run),
        "waived": _waived(run),
        "summary": run_summary(run),
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


def _layer(context: Context) -> dict[str, Any]:
    layer = context.layer
    outline = OUTLINE_COLOURS.get(layer.standard, OTHER_OUTLINE)
    names = layer.frame["name"].to_numpy(dtype=object)[context.rows] if _is_area(layer) else ()
    return {
        "name": layer.name,
        "department": layer.department,
        "standard": standard_texts(layer.standard),
        "outline": outline,
        "outlineDark": lightened(outline),
        "boundary": _is_area(layer),
        "parcel": layer.standard == "land.parcel",
        "total": len(layer),
        "shown": len(context.rows),
        "names": [None if name is None or name != name else str(name) for name in names],  # noqa: PLR0124
        "file": layer.provenance.path,
        "sublayer": layer.provenance.layer,
        "fields": dict(layer.provenance.fields_matched),
        "issued": layer.provenance.issued.isoformat() if layer.provenance.issued else None,
        "accuracy": layer.accuracy_m,
    }


def _is_area(layer: Layer) -> bool:
    named = "name" in layer.frame.columns and "name" not in layer.levels
    return layer.standard == "admin.area" and named


def _base(carried: list[Context]) -> dict[str, Any] | None:
    """Return the layer whose land use tints the map: survey, else parcels, else plan; the largest one."""
    usable = [
        (number, context)
        for number, context in enumerate(carried)
        if context.layer.standard in _BASE_STANDARDS
        and context.layer.has("use_class")
        and "use_class" not in context.layer.levels  # classified higher than its layer
        and len(context.rows)
    ]
    if not usable:
        return None
    number, context = min(
        usable, key=lambda e: (_BASE_STANDARDS.index(e[1].layer.standard), -len(e[1].rows), e[0])
    )
    classes = texts(context.layer.frame["use_class"].iloc[context.rows])
    colours = [LAND_USE_COLOURS.get(name, OTHER_LAND_USE) for name in classes["values"]]
    tints = {
        "standard": colours,
        "muted": [muted(colour) for colour in colours],
        "dark": [dimmed(colour) for colour in colours],
    }
    said = [value_texts("use_class", name) for name in classes["values"]]
    return {"layer": number, "codes": classes["codes"], "tints": tints, "labels": said}


def _rule(run: Run, code: str) -> dict[str, Any]:
    return {part: run.texts.get(code, {}).get(part) for part in RULE_TEXTS}


def _sides(run: Run, carried: list[Context]) -> dict[str, list[int]]:
    """Return for each side of each finding where its layer and object stand in the page, and its record.

    -1 stands for none: no such side, an object that the page does not carry, a record without number.
    """
    found: dict[str, list[int]] = {}
    for side in ("a", "b"):
        layer_place = np.full(len(run.findings), -1)
        object_place = np.full(len(run.findings), -1)
        record = np.full(len(run.findings), -1)
        for number, context in enumerate(carried):
            layer_place[(run.findings[f"layer_{side}"] == context.layer.name).to_numpy()] = number
            rows = side_rows(run, context.layer, side)
            record[rows >= 0] = context.layer.frame["record"].to_numpy()[rows[rows >= 0]]
            places = np.searchsorted(context.rows, rows)
            inside = (rows >= 0) & (places < len(context.rows))
            inside[inside] = context.rows[places[inside]] == rows[inside]
            object_place[inside] = places[inside]
        found[f"place_{side}"] = layer_place.tolist()
        found[f"object_{side}"] = object_place.tolist()
        found[f"record_{side}"] = record.tolist()
    return found


def _not_checked(run: Run) -> list[dict[str, Any]]:
    return [
        {
            "rule": outcome.rule,
            "layerA": outcome.layer_a,
            "layerB": outcome.layer_b,
            "reason": None if outcome.reason is None else said_in_both(outcome.reason),
        }
        for outcome in run.outcomes
        if outcome.answer == "not_checked"
    ]


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


def _waived(run: Run) -> dict[str, Any]:
    names = ("finding_id", "rule", "severity", "message", "reason", "decided_by", "until")
    rows = run.waived.iloc[:WAIVED_ROWS]
    plain = [{name: _text(row.get(name)) for name in names} for row in rows.to_dict(orient="records")]
    return {"total": len(run.waived), "rows": plain}


def _text(value: Any) -> str | None:  # noqa: ANN401  # a cell of any type
    return None if value is None or value != value else str(value)  # noqa: PLR0124  # NaN is not itself
