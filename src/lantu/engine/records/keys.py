"""Keys of meetings within a task: digests of all that the answer rests on, to the content of features."""

from __future__ import annotations

import hashlib
import inspect
from dataclasses import fields
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from lantu.engine.edition import edition
from lantu.model import feature_digests
from lantu.relations.index import index_of
from lantu.relations.own_ids import has_own_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lantu.engine.tasks import Ground, Planned
    from lantu.model import BoolArray, IntArray, Layer
    from lantu.rules.base import PairRule

ABOUT_LAYER = ("name", "standard", "department", "accuracy_m", "level", "levels", "shift", "shift_accuracy_m")
"""What of a layer may stand in a finding or decide on it, besides its features."""


class Keys:
    """Gives each meeting of each task its key, on one ground."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._features: dict[str, np.ndarray[Any, Any]] = {}
        self._layers: dict[str, bytes] = {}

    def of(self, place: int, rows: IntArray, windows: Mapping[str, IntArray] | None) -> str:
        """Return the key of one meeting on the subjects ``rows``: equal keys, equal answers.

        ``windows`` are the rows that matter (``tasks.windows_of``), None where everything does.
        """
        planned = self._ground.planned[place]
        meeting = planned.meeting
        digest = hashlib.blake2b(self._common, digest_size=16)
        digest.update(repr((meeting.relation, meeting.itself, meeting.kernels)).encode())
        self._add(digest, meeting.a, rows, None)
        for rule in meeting.rules:
            if rule.code in planned.choices:
                self._add_rule(digest, rule, planned, windows)
        return digest.hexdigest()

    def _add_rule(
        self,
        digest: Any,  # noqa: ANN401  # hashlib's objects have no public type
        rule: PairRule,
        planned: Planned,
        windows: Mapping[str, IntArray] | None,
    ) -> None:
        """Add a rule, its parameters, and all that it looks at."""
        choice = planned.choices[rule.code]
        digest.update(_rule_digest(rule))
        self._add(digest, planned.meeting.a, self._rows(planned.meeting.a, windows), choice.a)
        for base, (seen, mask) in zip(planned.meeting.others, choice.others, strict=True):
            whole = rule.sees_all_others or seen is not base
            self._add(digest, base, None if whole else self._rows(base, windows), mask)
        for layer in choice.beside:
            self._add(digest, layer, self._rows(layer, windows), None)

    def _rows(self, layer: Layer, windows: Mapping[str, IntArray] | None) -> IntArray | None:
        return None if windows is None else windows.get(layer.name)

    def _add(self, digest: Any, layer: Layer, rows: IntArray | None, mask: BoolArray | None) -> None:  # noqa: ANN401
        digest.update(self._about(layer))
        features = self._of_features(layer)
        digest.update((features if rows is None else features[rows]).tobytes())
        if mask is not None:
            digest.update(np.packbits(mask if rows is None else mask[rows]).tobytes())

    def _of_features(self, layer: Layer) -> np.ndarray[Any, Any]:
        if layer.name not in self._features:
            digests = layer.digests
            if digests is None:
                digests = feature_digests(layer.frame, (index_of(layer).keys, has_own_id(layer)))
            self._features[layer.name] = digests
        return self._features[layer.name]

    def _about(self, layer: Layer) -> bytes:
        if layer.name not in self._layers:
            filled = [name for name in layer.frame.columns if name != "geometry" and layer.has(name)]
            about = [getattr(layer, name) for name in ABOUT_LAYER]
            about += [sorted(layer.provenance.fields_matched.items()), sorted(filled)]
            self._layers[layer.name] = repr(about).encode("utf-8", "surrogatepass")
        return self._layers[layer.name]

    @cached_property
    def _common(self) -> bytes:
        facts = self._ground.facts
        about = [
            getattr(facts, entry.name) for entry in fields(facts) if entry.name not in {"layers", "name"}
        ]
        return f"{edition()}\n{about!r}".encode("utf-8", "surrogatepass")


def _rule_digest(rule: PairRule) -> bytes:
    """Return the code, the parameters and, for a rule from elsewhere, the source of a rule."""
    values = [(entry.name, _content(getattr(rule, entry.name))) for entry in fields(rule)]
    kind = type(rule)
    source = (
        "" if kind.__module__.startswith("lantu.") else inspect.getsource(inspect.getmodule(kind) or kind)
    )
    return repr((rule.code, kind.__qualname__, values, source)).encode("utf-8", "surrogatepass")


def _content(value: Any) -> Any:  # noqa: ANN401  # any parameter
    """Return a parameter, of a file its content."""
    return value.read_bytes() if isinstance(value, Path) and value.is_file() else value
