"""What an edition must not say: texts, numbers and places above its level, and what it may say anyway.

This is worked out from the run and the audience's level alone, never from the edition: an edition that lets
something through must not excuse it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from lantu.messages import catalogue
from lantu.model import LEVELS, SEVERITIES, SOURCE_PREFIX, translations_about
from lantu.publishing.searching import Patterns
from lantu.standards import standard, standard_names
from lantu.standards.enumeration import use_classes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from importlib.resources.abc import Traversable

    from lantu.model import FloatArray, Layer, ObjectArray, Run
    from lantu.publishing.audience import Audience

FINDING_TEXTS = (
    "finding_id", "id_a", "id_b", "value_a", "value_b", "raw_a", "raw_b", "message",
)  # fmt: skip
FINDING_NUMBERS = ("measure", "required")
SHORTEST = 5
"""Bytes of UTF-8 from which on a text is searched for anywhere; shorter ones are whole cells."""

LONGEST_NUMBER = 8
"""A whole number of so many digits or fewer is compared with whole cells: such numbers stand everywhere."""

ROUND_NUMBER = 4
"""A decimal of so many significant digits or fewer is one too: every run has limits and tolerances."""

NUMBER = re.compile(r"-?\d+(?:\.\d+)?", re.ASCII)

SAME_M = 1e-6


@dataclass(frozen=True, kw_only=True)
class Secrets:
    """``texts`` are searched for anywhere, ``words`` only as whole cells.

    ``points`` has x and y in metres, ``open_points`` those that may be shown, shape (n, 2) each. ``boxes``
    has xmin, ymin, xmax, ymax in metres of withheld geometries, but for boxes that something shown has too,
    shape (n, 4). ``excused`` counts texts that stand in what the audience may see, and so give nothing away.
    """

    texts: frozenset[str]
    words: frozenset[str]
    points: FloatArray
    open_points: FloatArray
    boxes: FloatArray
    excused: int


def secrets(run: Run, who: Audience) -> Secrets:
    """Return what must not stand in an edition for an audience."""
    hidden = set(_hidden_texts(run, who))
    open_ = list(_open_texts(run, who))
    whole = set(open_)
    hidden -= whole
    searched = {text for text in hidden if _searchable(text)}
    known = _within(searched, "\n".join(dict.fromkeys((*open_, *_own_texts()))))
    hidden_shapes, open_shapes = _sorted_shapes(run, who)
    hidden_points, open_points = _sorted_points(hidden_shapes, open_shapes)
    return Secrets(
        texts=frozenset(searched - known),
        words=frozenset(hidden - searched),
        points=hidden_points,
        open_points=open_points,
        boxes=_hidden_boxes(hidden_shapes, open_shapes),
        excused=len(known),
    )


def _searchable(text: str) -> bool:
    if len(text.encode("utf-8", errors="replace")) < SHORTEST:
        return False
    if not NUMBER.fullmatch(text):
        return True
    if text.isdigit():
        return len(text) > LONGEST_NUMBER
    return len(text.strip("-0.").replace(".", "")) > ROUND_NUMBER


def _within(texts: set[str], corpus: str) -> set[str]:
    patterns = Patterns(text.encode("utf-8", errors="replace") for text in texts)
    found = patterns.found_in(corpus.encode("utf-8", errors="replace"))
    return {pattern.decode("utf-8", errors="replace") for _, pattern in found}


def _hidden_texts(run: Run, who: Audience) -> Iterator[str]:
    """Yield ids, values and sentences of layers, columns, findings and causes above the level."""
    for layer in run.facts.layers:
        hidden = who.hidden_columns(layer)
        matched = layer.provenance.fields_matched
        delivered = [f"{SOURCE_PREFIX}{matched[name]}" for name in hidden if name in matched]
        names = [*hidden, *delivered] if who.sees_layer(layer) else [*_columns(layer)]
        yield from _cells(layer.frame[[name for name in names if name in layer.frame.columns]])
        if not who.sees_layer(layer):
            told = (layer.name, layer.provenance.layer, layer.provenance.path, layer.provenance.sha256)
            yield from (text for text in told if text)
    for table in (run.findings, run.waived):
        above = table[~who.may_see(table)]
        yield from _cells(pd.DataFrame(above[[*FINDING_TEXTS, *FINDING_NUMBERS]]))
        yield from _said_elsewhere(run, above["finding_id"])
    causes = run.causes[~who.may_see(run.causes)]
    yield from _cells(causes[["cause_id", "object", "message"]])
    yield from _said_elsewhere(run, causes["cause_id"])
    if run.comparison is not None:
        above = run.comparison[~who.may_see(run.comparison)]
        yield from _cells(above[["finding_id", "id_a", "id_b", "message"]])
        yield from _said_elsewhere(run, above["finding_id"])


def _open_texts(run: Run, who: Audience) -> Iterator[str]:
    """Yield what the audience may see of the same run."""
    for layer in run.facts.layers:
        if who.sees_layer(layer):
            hidden = set(who.hidden_columns(layer))
            yield from _cells(layer.frame[[name for name in _columns(layer) if name not in hidden]])
            yield from (str(one) for one in (layer.name, layer.provenance.path, layer.provenance.sha256))
    for table in (run.findings, run.waived):
        seen = pd.DataFrame(table.drop(columns=table.geometry.name))[who.may_see(table)]
        yield from _cells(seen)
        yield from _said_elsewhere(run, seen["finding_id"])
    causes = run.causes[who.may_see(run.causes)]
    yield from _cells(causes)
    yield from _said_elsewhere(run, causes["cause_id"])
    if run.comparison is not None:
        seen = run.comparison[who.may_see(run.comparison)]
        yield from _cells(seen)
        yield from _said_elsewhere(run, seen["finding_id"])
    for key, department in run.facts.departments.items():
        yield from (key, department.name, *department.owes)
    yield run.facts.name
    yield from _vocabulary()
    yield from _leaves({"texts": run.texts, "rules": run.rules, "versions": run.versions})


def _said_elsewhere(run: Run, ids: pd.Series[Any]) -> Iterator[str]:
    """Yield what these findings and causes say in the language that is not the run's."""
    yield from _cells(translations_about(run.translations, ids)[["text"]])


def _columns(layer: Layer) -> list[str]:
    """Return the standard columns; what was delivered beside them stands in no report."""
    standard_columns = (str(name) for name in layer.frame.columns if not str(name).startswith(SOURCE_PREFIX))
    return [name for name in standard_columns if name not in {layer.frame.geometry.name, "record"}]


def _cells(table: pd.DataFrame) -> Iterator[str]:
    for name in table.columns:
        for value in pd.unique(table[name].dropna()):
            text = repr(float(value)) if isinstance(value, float) else str(value)
            if text.strip():
                yield text


def _leaves(value: Any) -> Iterator[str]:  # noqa: ANN401  # records of a run
    if isinstance(value, str):
        yield value
    elif hasattr(value, "items"):
        for key, one in value.items():
            yield str(key)
            yield from _leaves(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _leaves(one)


@cache
def _vocabulary() -> tuple[str, ...]:
    """Return the words of the standards: that a thing is called cropland says nothing of any parcel."""
    words: list[str] = [*use_classes().words]
    for name in standard_names():
        columns = standard(name).columns
        words += [name, *columns]
        for column in columns.values():
            words += list(column.enumeration.words) if column.enumeration is not None else []
    return tuple(dict.fromkeys((*words, *SEVERITIES, *LEVELS)))


@cache
def _own_texts() -> tuple[str, ...]:
    """Return what stands in every report whatever the run: the catalogue, the page's own files."""
    said = [text for texts in catalogue().values() for text in texts.values()]
    return (*said, *_assets(files("lantu.report") / "assets"))


def _assets(folder: Traversable) -> Iterable[str]:
    for entry in sorted(folder.iterdir(), key=lambda one: one.name):
        if entry.is_dir():
            yield from _assets(entry)
        else:
            yield entry.read_bytes().decode("utf-8", errors="replace")


def _sorted_shapes(run: Run, who: Audience) -> tuple[ObjectArray, ObjectArray]:
    """Return the geometries of what is above the level, and all others."""
    hidden: list[Any] = []
    shown: list[Any] = []
    for layer in run.facts.layers:
        (shown if who.sees_layer(layer) else hidden).append(layer.geometry)
    for table in (run.findings, run.waived):
        seen = who.may_see(table)
        geometry = table.geometry.to_numpy()
        hidden.append(geometry[~seen])
        shown.append(geometry[seen])
    return _joined(hidden), _joined(shown)


def _joined(shapes: list[Any]) -> ObjectArray:
    return np.concatenate([np.empty(0, dtype=object), *(np.asarray(one, dtype=object) for one in shapes)])


def _sorted_points(hidden: ObjectArray, shown: ObjectArray) -> tuple[FloatArray, FloatArray]:
    """Return the places of what is above the level that nothing below it shares, and all others."""
    secret, known = _points(hidden), _points(shown)
    new = ~np.isin(_keys(secret), _keys(known))
    return secret[new], known


def _hidden_boxes(hidden: ObjectArray, shown: ObjectArray) -> FloatArray:
    """Return the boxes of what is above the level, without those that an index rounds to a shown one's."""
    secret, known = (_boxes(shapes) for shapes in (hidden, shown))
    rounded = {box.tobytes() for box in known.astype(np.float32)}
    new = np.array([box.tobytes() not in rounded for box in secret.astype(np.float32)], dtype=np.bool_)
    return secret[new]


def _boxes(shapes: ObjectArray) -> FloatArray:
    boxes = shapely.bounds(shapes).reshape(-1, 4)
    finite = boxes[np.isfinite(boxes).all(axis=1)]
    return np.unique(finite, axis=0) if len(finite) else finite


def _points(shapes: ObjectArray) -> FloatArray:
    points = shapely.get_coordinates(shapes)
    finite = points[np.isfinite(points).all(axis=1)]
    return np.unique(finite, axis=0) if len(finite) else finite


def _keys(points: FloatArray) -> Any:  # noqa: ANN401  # an array of whole numbers
    """Return one number a place, to a micrometre; equal places have equal numbers."""
    units = np.rint(points / SAME_M).astype(np.int64)
    return units[:, 0] * np.int64(1_000_003) + units[:, 1]
