"""The inventory as one HTML page that holds everything it needs, runs nothing and asks for nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import jinja2
import pandas as pd

from lantu.messages import say
from lantu.model import highest
from lantu.report.page.assets import asset
from lantu.report.page.page import HTML_LANGUAGE
from lantu.report.wording import level_name
from lantu.report.writing import write_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from lantu.model import BlueprintFacts


JOINS, AXES_TURNED = " + ", "axis order change (2D)"
"""How PROJ describes an operation, and the step of it that moves nothing; ``--json`` has it in full."""


class Line(NamedTuple):
    """One line of a cell: ``main`` says the thing itself, ``note`` more of it, ``warn`` what to look at."""

    text: str
    kind: str = "main"


class Row(NamedTuple):
    """The cells of a layer, what has to be said below them at full width, and whether it was refused."""

    cells: tuple[tuple[Line, ...], ...]
    below: tuple[str, ...]
    refused: bool


class _Layer(NamedTuple):
    """One row of the inventory, and how to say things about it."""

    row: dict[str, Any]
    facts: BlueprintFacts

    def known(self, name: str) -> Any:  # noqa: ANN401  # a cell of any type
        """Return a value of the inventory; None where it is not known, or says nothing."""
        value = self.row[name]
        return None if pd.isna(value) or value == "" else value

    def say(self, key: str, **values: Any) -> str:  # noqa: ANN401  # whatever a sentence is about
        return say(f"report.inventory.{key}", self.facts.language, **values)

    def line(self, key: str, name: str, kind: str = "note") -> Iterator[Line]:
        """Yield a sentence about a value, if it is known and not zero."""
        value = self.known(name)
        if value is not None and value != 0:
            yield Line(self.say(key, value=_shown(value)), kind)


def write_inventory_page(inventory: pd.DataFrame, path: Path, *, facts: BlueprintFacts) -> None:
    """Write the inventory of a blueprint to the HTML file ``path``, in the language of ``facts``.

    Raises
    ------
    OutputError
        The file cannot be written.
    """
    text = render_inventory_page(inventory, facts=facts)
    write_whole(path, lambda passing: passing.write_text(text, "utf-8", "replace", "\n"))


def render_inventory_page(inventory: pd.DataFrame, *, facts: BlueprintFacts) -> str:
    """Return the inventory as an HTML page; texts of the data are escaped."""
    language = facts.language
    records = inventory.to_dict("records")
    rows = [_row(_Layer({str(name): value for name, value in record.items()}, facts)) for record in records]
    level = highest([facts.level, *(layer.level for layer in facts.layers)], facts.levels)
    about = say(
        "report.inventory.about",
        language,
        level=level_name(level, language),
        layers=len(rows),
        refused=sum(row.refused for row in rows),
        crs=facts.working_crs,
        as_of=facts.as_of.isoformat(),
    )
    shape = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True)
    return shape.from_string(asset("app/inventory.html")).render(
        html_language=HTML_LANGUAGE[language],
        title=say("report.inventory.title", language, name=facts.name),
        about=about,
        columns=[(name, say(f"report.inventory.column.{name}", language)) for name in COLUMNS],
        rows=rows,
    )


def _row(layer: _Layer) -> Row:
    cells = tuple(tuple(lines(layer)) for lines in COLUMNS.values())
    refusal = layer.known("refusal")
    offsets = (layer.known("offset") or "").splitlines()
    below = [layer.say("offset", offset=offset) for offset in offsets]
    below += [layer.say("refused", reason=refusal)] if refusal is not None else []
    return Row(cells, tuple(below), refused=refusal is not None)


def _name(layer: _Layer) -> Iterator[Line]:
    department = layer.facts.departments.get(layer.row["department"])
    yield Line(str(layer.row["layer"]))
    yield Line(department.name if department is not None else str(layer.row["department"]), "note")
    yield Line(str(layer.row["standard"]), "note")


def _features(layer: _Layer) -> Iterator[Line]:
    if layer.known("refusal") is None:
        yield Line(f"{layer.row['features']:,}")
    else:
        yield from layer.line("records", "records")
    yield from layer.line("listed", "listed", "warn")
    yield from layer.line("filtered", "filtered")
    yield from layer.line("joined", "joined")
    yield from layer.line("join_without_row", "join_without_row", "warn")


def _crs(layer: _Layer) -> Iterator[Line]:
    yield Line(layer.known("crs_source") or layer.say("crs_none"))
    stated_by = layer.known("crs_stated_by")
    if stated_by is not None and layer.known("crs_source") is not None:
        yield Line(layer.say(f"crs_by_{stated_by}"), "note")
    operation = layer.known("operation")
    if operation is not None:
        steps = [step for step in operation.split(JOINS) if step != AXES_TURNED]
        yield Line(JOINS.join(steps), "note")
        accuracy_m = layer.known("operation_accuracy_m")
        known = "operation_exact" if accuracy_m == 0.0 else "operation_accuracy"
        key = "operation_unknown" if accuracy_m is None else known
        yield Line(layer.say(key, value=_shown(accuracy_m)), "warn" if accuracy_m is None else "note")


def _accuracy(layer: _Layer) -> Iterator[Line]:
    yield from layer.line("accuracy", "accuracy_m", "main")


def _encoding(layer: _Layer) -> Iterator[Line]:
    encoding, how = layer.known("encoding"), layer.known("encoding_how")
    if encoding is not None:
        yield Line(encoding)
        if how is not None:
            yield Line(layer.say(f"encoding_{how}"), "note")
    yield from layer.line("driver", "driver")


def _freshness(layer: _Layer) -> Iterator[Line]:
    issued = layer.known("issued")
    yield Line(issued) if issued is not None else Line(layer.say("issued_unknown"), "note")
    yield from layer.line("age", "age_days")
    if layer.known("overdue"):
        yield Line(layer.say("overdue"), "warn")


def _fields(layer: _Layer) -> Iterator[Line]:
    matched, missed = layer.known("fields_matched"), layer.known("fields_missed")
    if matched is not None:
        yield Line(layer.say("matched", count=len(matched.split(", "))))
        yield Line(matched, "note")
    if missed is not None:
        yield Line(layer.say("missed", count=len(missed.split(", ")), fields=missed), "warn")


def _offset(layer: _Layer) -> Iterator[Line]:
    for offset in layer.row["offsets"]:
        yield Line(offset["layer"], "note")
        if "dx_m" in offset:
            yield Line(layer.say("vector", dx_m=offset["dx_m"], dy_m=offset["dy_m"]), "warn")


def _sha256(layer: _Layer) -> Iterator[Line]:
    yield from layer.line("sha256", "sha256", "hash")


COLUMNS: dict[str, Callable[[_Layer], Iterator[Line]]] = {
    "layer": _name,
    "features": _features,
    "crs": _crs,
    "accuracy": _accuracy,
    "encoding": _encoding,
    "freshness": _freshness,
    "fields": _fields,
    "offset": _offset,
    "sha256": _sha256,
}
"""Columns of the page, and what stands in each."""


def _shown(value: Any) -> str:  # noqa: ANN401  # a cell of any type
    """Return a value as a person writes it."""
    return f"{value:,.10g}" if pd.api.types.is_number(value) else str(value)
