"""What a task sees: its windows of the layers in place of the layers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from lantu.engine.store import StoredFrame
from lantu.engine.tasks.task import Planned
from lantu.model import empty_problems
from lantu.relations.index import forget, index_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from lantu.engine.judging import Choice
    from lantu.engine.tasks.task import Task
    from lantu.model import BoolArray, IntArray, Layer


class Views:
    """The windows of one task, each made once whatever the number of meetings."""

    def __init__(self, layers: Mapping[str, Layer], task: Task) -> None:
        self._layers = layers
        self._task = task
        self._made: dict[str, Layer] = {}

    def of(self, planned: Planned) -> tuple[Planned, IntArray]:
        """Return a meeting within the windows, and the places of the task's subjects in it."""
        windows = self._task.windows
        meeting = planned.meeting
        rows = self._task.rows[meeting.a.name]
        if windows is None or meeting.a.name not in windows:
            return planned, rows
        whole = self._sees_all_others(planned)
        others = meeting.others if whole else tuple(self._view(layer) for layer in meeting.others)
        if whole:
            _hold(layer for choice in planned.choices.values() for layer, _ in choice.others)
        local = replace(meeting, a=self._view(meeting.a), others=others)
        choices = {
            code: self._choice(choice, meeting.a, whole=whole) for code, choice in planned.choices.items()
        }
        places = np.searchsorted(windows[meeting.a.name], rows)
        return Planned(meeting=local, choices=choices), places

    def _sees_all_others(self, planned: Planned) -> bool:
        """Say whether the other side is seen whole: a rule says so, or has derived a layer of its own."""
        met = [layer for choice in planned.choices.values() for layer, _ in choice.others]
        derived = any(self._layers.get(layer.name) is not layer for layer in met)
        rules = [rule for rule in planned.meeting.rules if rule.code in planned.choices]
        return derived or any(rule.sees_all_others for rule in rules)

    def _choice(self, choice: Choice, a: Layer, *, whole: bool) -> Choice:
        others = tuple(
            (layer, mask) if whole else (self._view(layer), self._mask(layer, mask))
            for layer, mask in choice.others
        )
        return replace(
            choice,
            a=self._mask(a, choice.a),
            others=others,
            beside=tuple(self._view(layer) for layer in choice.beside),
        )

    def _mask(self, layer: Layer, mask: BoolArray) -> BoolArray:
        rows = self._rows(layer)
        return mask if rows is None else mask[rows]

    def _rows(self, layer: Layer) -> IntArray | None:
        """Return the rows of a layer's window; None for all, and for what a rule has derived."""
        windows = self._task.windows
        if windows is None or self._layers.get(layer.name) is not layer:
            return None
        return windows.get(layer.name)

    def _view(self, layer: Layer) -> Layer:
        rows = self._rows(layer)
        if rows is None:
            return layer
        if layer.name not in self._made:
            self._made[layer.name] = view_of(layer, rows)
        return self._made[layer.name]


def _hold(layers: Iterable[Layer]) -> None:
    """Read the geometry of layers that every task sees whole, once: it stays in memory as long as they do."""
    for layer in layers:
        layer.__dict__["geometry"] = np.asarray(layer.geometry)


def let_go(layers: Iterable[Layer]) -> None:
    """Drop what was built and held of layers while tasks were done."""
    for layer in layers:
        forget(layer)
        if layer.on_disk:
            layer.__dict__.pop("geometry", None)


def view_of(layer: Layer, rows: IntArray) -> Layer:
    """Return some features of a layer as a layer that knows what it was cut from."""
    filled = layer.filled
    if filled is None:
        filled = frozenset(name for name in layer.frame.columns if name != "geometry" and layer.has(name))
    if isinstance(layer.frame, StoredFrame):
        frame, keys = layer.frame.part(rows)
    else:
        frame, keys = layer.frame.take(rows).reset_index(drop=True), index_of(layer).keys[rows]
    return replace(layer, frame=frame, filled=filled, keys=keys, problems=empty_problems(), digests=None)
