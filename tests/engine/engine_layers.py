"""Layers of any standard made by hand, facts around them, and a run in a form that can be compared."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from lantu.engine import Checked, check, with_levels
from lantu.messages import message
from lantu.model import (
    SOURCE_PREFIX,
    BlueprintFacts,
    Department,
    Layer,
    Provenance,
    Refusal,
    Run,
    empty_findings,
)
from lantu.report import run_summary
from lantu.report.parquet import typed_findings
from lantu.rules import build
from lantu.standards import standard

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lantu.model import IntArray, Outcome
    from lantu.rules import Rule

CRS = "EPSG:4548"
AS_OF = dt.date(2026, 11, 23)
EAST_M, NORTH_M = 576_000.0, 4_075_000.0
"""Lower left corner of the made districts, inside the area of use of the CRS."""


def square(column: float, row: float, width: float = 1.0, height: float = 1.0, side_m: float = 50.0) -> Any:
    """Return a rectangle in cells of ``side_m``, from its lower left corner."""
    x, y = EAST_M + column * side_m, NORTH_M + row * side_m
    return shapely.box(x, y, x + width * side_m, y + height * side_m)


def make_layer(
    name: str, standard_name: str, geometries: Sequence[Any], /, changes: Any = None, **columns: Sequence[Any]
) -> Layer:
    """Return a layer of a standard; ids default to the layer's name and a number.

    Every given column counts as delivered, under its own name. ``changes`` are other fields of Layer.
    """
    wanted = standard(standard_name)
    size = len(geometries)
    shapes = np.empty(size, dtype=object)
    shapes[:] = list(geometries)
    columns = {"id": [f"{name}-{number:03d}" for number in range(size)], **columns}
    table: dict[str, Any] = {}
    for column, form in wanted.columns.items():
        dtype = "float64" if form.is_numeric else "object"
        table[column] = pd.Series(list(columns.get(column, [None] * size)), dtype=dtype)
    table["record"] = pd.Series(np.arange(1, size + 1), dtype="int64")
    for column, values in columns.items():
        table[SOURCE_PREFIX + column] = pd.Series(list(values), dtype="object")
    places = gpd.GeoSeries(shapes, crs=CRS)
    layer = Layer(
        name=name,
        standard=standard_name,
        department=f"{name}_bureau",
        frame=gpd.GeoDataFrame(table, geometry=places, crs=CRS, index=pd.RangeIndex(size)),
        accuracy_m=0.05,
        level="internal",
        provenance=_provenance(name, size, columns),
    )
    return replace(layer, **(changes or {}))


def refused(layer: Layer, reason: str, code: str | None = None) -> Layer:
    """Return the layer as the engine keeps a refused one: no features, and the reason."""
    why_not = Refusal(reason=message("rules.as_given", text=reason), code=code)
    return replace(layer, frame=layer.frame.iloc[:0], refusal=why_not)


def _provenance(name: str, size: int, columns: Mapping[str, Any]) -> Provenance:
    return Provenance(
        path=f"{name}.gpkg",
        layer=None,
        driver="GPKG",
        sha256=None,
        count_in=size,
        count_out=size,
        count_listed=0,
        fields_matched={column: column for column in columns},
    )


def make_facts(*layers: Layer, **changes: Any) -> BlueprintFacts:
    """Return the facts of a blueprint with these layers and a department for each."""
    names = dict.fromkeys(layer.department for layer in layers)
    facts = BlueprintFacts(
        name="made",
        as_of=AS_OF,
        language="en",
        level="internal",
        working_crs=CRS,
        departments={name: Department(key=name, name=name) for name in names},
        layers=layers,
    )
    return replace(facts, **changes)


def shuffled(layer: Layer, order: IntArray) -> Layer:
    """Return the layer with its rows in another order; a fresh object, so nothing cached is carried over."""
    return replace(layer, frame=layer.frame.iloc[order].reset_index(drop=True))


def as_run(checked: Checked, facts: BlueprintFacts) -> Run:
    """Return a run of what the engine found, as the reporters take it."""
    return Run(
        facts=facts,
        findings=checked.findings,
        causes=with_levels(checked.causes, checked.findings, facts.levels),
        outcomes=checked.outcomes,
        rules={},
        waived=empty_findings(CRS),
    )


def record_of(checked: Checked, facts: BlueprintFacts) -> tuple[bytes, dict[str, Any]]:
    """Return the bytes of findings.parquet, and run.json with what is said in the other language."""
    run = as_run(checked, facts)
    sink = io.BytesIO()
    typed_findings(run).to_parquet(sink, index=False, compression="zstd", schema_version="1.1.0")
    return sink.getvalue(), run_summary(run) | {"translations": checked.translations.to_dict("list")}


@cache
def every_rule() -> tuple[Rule, ...]:
    """Return every installed rule with its defaults."""
    return build(("ALL",), (), {})


def run(rules: Sequence[Rule], *layers: Layer, **options: Any) -> Checked:
    """Check layers on one thread with the facts that they make."""
    return check(rules, make_facts(*layers), **{"jobs": 1, **options})


def outcome_of(
    checked: Checked, code: str, layer_a: str | None = None, layer_b: str | None = None
) -> Outcome:
    """Return the one outcome of a rule (on these layers)."""
    found = [
        outcome
        for outcome in checked.outcomes
        if outcome.rule == code and layer_a in (None, outcome.layer_a) and layer_b in (None, outcome.layer_b)
    ]
    assert len(found) == 1, [(one.layer_a, one.layer_b) for one in found]
    return found[0]


def why(outcome: Outcome) -> str:
    """Return the catalogue key of the reason why something was not checked."""
    assert outcome.answer == "not_checked", outcome
    assert outcome.reason is not None
    return outcome.reason.key
