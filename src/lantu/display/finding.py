"""A finding in a notebook: its card, with what each side says, where they disagree, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from lantu.display.fragment import fragment
from lantu.display.sketch import Stroke, sketch
from lantu.messages import say
from lantu.report.palette import OTHER_OUTLINE, SEVERITY_COLOURS, SIDE_COLOURS
from lantu.standards import column_label, value_label

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shapely.geometry.base import BaseGeometry

    from lantu.messages import Language
    from lantu.model import Layer, ObjectArray, Run

Side = Literal["a", "b"]

UNITS = {"m2": "m²", "1": ""}
CONFLICT = "#b2182b"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One finding of a run: A says this, B says that, here.

    ``columns`` are the columns of the contract by name, None where there is no value, ``geometry`` among them
    in the working CRS; ``finding["message"]`` is short for one. ``run`` is the run that it stands in.

    Examples
    --------
    >>> import lantu
    >>> run = lantu.open("lantu-demo/blueprint.toml").check(select=["HE02"])
    >>> finding = run.finding(run.findings["finding_id"].iloc[0])
    >>> finding["rule"], finding["unit"]
    ('HE02', 'm')
    >>> finding.object("a").intersects(finding.object("b"))
    True
    """

    columns: Mapping[str, Any]
    run: Run

    @classmethod
    def of(cls, run: Run, finding_id: str) -> Finding:
        """Return the finding of a run by its id.

        Raises
        ------
        KeyError
            The run has no such finding.
        """
        rows = run.findings[run.findings["finding_id"] == finding_id]
        if rows.empty:
            problem = f"no finding '{finding_id}' among the {len(run.findings)} of this run"
            raise KeyError(problem)
        row = {str(name): value for name, value in rows.iloc[0].items()}
        return cls(columns={name: _known(value) for name, value in row.items()}, run=run)

    def __getitem__(self, column: str) -> Any:  # noqa: ANN401  # a cell of any type
        """Return a column's value, None where there is none."""
        return self.columns[column]

    def object(self, side: Side) -> BaseGeometry | None:
        """Return the geometry of the object on side ``a`` or ``b``, working CRS; None where there is none."""
        layer = self._layer(side)
        if layer is None:
            return None
        rows = np.flatnonzero(layer.ids == self.columns[f"id_{side}"])
        return layer.geometry[rows[0]] if len(rows) else None

    def _layer(self, side: Side) -> Layer | None:
        named = {layer.name: layer for layer in self.run.facts.layers}
        return named.get(self.columns[f"layer_{side}"])

    def _repr_html_(self) -> str:
        return finding_html(self)

    def __repr__(self) -> str:
        return f"<Finding {self.columns['finding_id']}: {self.columns['message']}>"


def finding_html(finding: Finding) -> str:
    """Return a finding's card as HTML for the output of a cell, in the run's language."""
    values, language = finding.columns, finding.run.language
    texts = finding.run.texts.get(values["rule"], {})
    blocks = [
        (say(f"report.page.card.{part}", language), texts[part][language])
        for part in ("basis", "resolve", "trap")
        if texts.get(part, {}).get(language)
    ]
    return fragment(
        "finding",
        title=texts.get("title", {}).get(language, values["rule"]),
        severity=say(f"report.severity.{values['severity']}", language),
        colour=SEVERITY_COLOURS[values["severity"]],
        verdict=say(f"report.verdict.{values['verdict']}", language),
        level=say(f"report.level.{values['level']}", language),
        id=values["finding_id"],
        message=values["message"],
        sides=[_side(finding, "a"), _side(finding, "b")],
        facts=[(term, text) for term, text in _facts(finding, language).items() if text],
        blocks=blocks,
        drawing=_drawing(finding),
        key=say("display.finding.key", language),
    )


def _side(finding: Finding, side: Side) -> dict[str, Any]:
    values, language = finding.columns, finding.run.language
    department = values[f"department_{side}"]
    if department is None and values[f"layer_{side}"] is None:
        absent = say("report.page.card.no_other_side", language)
        return {"name": side, "department": absent, "colour": OTHER_OUTLINE, "value": None, "facts": []}
    entry = finding.run.facts.departments.get(department)
    value, layer = values[f"value_{side}"], finding._layer(side)  # noqa: SLF001  # the card is the finding's own
    whole = say("report.page.card.whole_layer", language)
    facts = {
        "raw": values[f"raw_{side}"],
        "object": values[f"id_{side}"] or whole,
        "layer": values[f"layer_{side}"],
        "file": layer.provenance.path if layer is not None else None,
        "issued": layer.provenance.issued if layer is not None else None,
        "accuracy": f"± {layer.accuracy_m:g} m" if layer is not None else None,
    }
    return {
        "name": side,
        "department": entry.name if entry is not None else department,
        "colour": SIDE_COLOURS[side],
        "value": None if value is None else value_label(_field(values, layer), value, language),
        "facts": [
            (say(f"report.page.card.{key}", language), fact)
            for key, fact in facts.items()
            if fact is not None
        ],
    }


def _field(values: Mapping[str, Any], layer: Layer | None) -> str | None:
    return f"{layer.standard}.{values['field']}" if layer is not None and values["field"] else values["field"]


def _facts(finding: Finding, language: Language) -> dict[str, str]:
    values = finding.columns
    named = {
        "field": column_label(values["field"], language) if values["field"] else "",
        **{name: _measured(values[name], values["unit"]) for name in ("measure", "required", "tolerance")},
        "share": f"{values['share_a']:.1%}" if values["share_a"] is not None else "",
        "place": " ".join(part for part in (values["town"], values["village"]) if part),
        "cause": values["cause_id"] or "",
    }
    return {say(f"report.page.card.{key}", language): text for key, text in named.items()}


def _measured(value: float | None, unit: str | None) -> str:
    return "" if value is None else f"{value:,.10g} {UNITS.get(unit or '', unit or '')}".strip()


def _drawing(finding: Finding) -> Any:  # noqa: ANN401  # a Sketch or None
    """Return the objects of both sides and the conflict; the view is theirs, or the conflict's alone."""
    conflict = _one(finding.columns["geometry"])
    sides = {"a": _one(finding.object("a")), "b": _one(finding.object("b"))}
    strokes = [
        Stroke(conflict, CONFLICT, fill=CONFLICT, width=2.0, opacity=0.55),
        Stroke(sides["a"], SIDE_COLOURS["a"], width=2.4),
        Stroke(sides["b"], SIDE_COLOURS["b"], width=1.8, dashes="6 3"),
    ]
    whole = np.concatenate([conflict, sides["a"], sides["b"]])
    return sketch(strokes, focus=whole)


def _one(geometry: BaseGeometry | None) -> ObjectArray:
    """Return a geometry as an array of one, or of none."""
    array = np.empty(0 if geometry is None or geometry.is_empty else 1, dtype=object)
    array[:] = [geometry] * len(array)
    return array


def _known(value: Any) -> Any:  # noqa: ANN401  # a cell of any type
    return None if pd.api.types.is_scalar(value) and pd.isna(value) else value
