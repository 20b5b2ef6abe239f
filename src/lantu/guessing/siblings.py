"""Layers of one standard beside one another: what would only contradict the others because of a guess.

A list of the parcels in the flood plain, with nothing but their ids, is not a second cadastre, and the
running numbers of two files are not the same objects. Compared all the same, they would give thousands of
findings that say nothing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from lantu.guessing.model import Question
from lantu.messages import message
from lantu.sources.join import keys_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lantu.guessing.discovery import Found
    from lantu.guessing.model import GuessedLayer
    from lantu.messages import Message

WITHIN = 0.75
"""Share of its ids that an extract has in common with the whole; the two are seldom of one year."""

PART = 0.5
"""An extract has at most this share of the ids of the whole."""

RUNNING = r"(?i:fid_|objectid_)?\d{1,4}"
"""Ids like ``7`` and ``FID_7`` count the rows of a file and mean nothing in another."""

MOSTLY = 0.8


def settle_siblings(guessed: Sequence[GuessedLayer], found: Sequence[Found]) -> list[GuessedLayer]:
    """Return the layers, extracts and weak doubles of others left out, and running numbers asked about."""
    ids = [_ids(layer, one) for layer, one in zip(guessed, found, strict=True)]
    settled = []
    for at, layer in enumerate(guessed):
        others = [
            other
            for other in range(len(guessed))
            if other != at and layer.standard is not None and _is_of(guessed[other], layer.standard.value)
        ]
        wholes = (guessed[other] for other in others if _is_extract(ids[at], ids[other]))
        whole = next(wholes, None) if set(layer.fields) <= {"id"} else None
        if whole is not None:
            settled.append(_left_out(layer, message("guessing.question.extract", layer=whole.name)))
        elif _is_weak(layer) and any(not _is_low(guessed[other]) for other in others):
            settled.append(_left_out(layer, message("guessing.question.weak")))
        elif others and _are_running(ids[at]) and any(_are_running(ids[other]) for other in others):
            settled.append(_without_id(layer))
        else:
            settled.append(layer)
    return settled


def _ids(layer: GuessedLayer, found: Found) -> pd.Series:
    """Return the different ids of a layer as text, none where no field of its own holds them."""
    field = layer.fields["id"].value if "id" in layer.fields else None
    if field is None or field not in found.attributes:
        return pd.Series([], dtype=object)
    keys = pd.Series(keys_of(found.attributes[field]), dtype=object)
    return keys[keys.notna()].drop_duplicates()


def _is_of(layer: GuessedLayer, name: str) -> bool:
    return layer.standard is not None and layer.standard.value == name


def _is_extract(ids: pd.Series, whole: pd.Series) -> bool:
    if not len(ids) or len(ids) > PART * len(whole) or _are_running(ids):
        return False
    return bool(ids.isin(whole).mean() >= WITHIN)


def _are_running(ids: pd.Series) -> bool:
    return bool(len(ids)) and bool(ids.str.fullmatch(RUNNING).mean() >= MOSTLY)


def _is_low(layer: GuessedLayer) -> bool:
    return layer.standard is None or layer.standard.confidence == "low"


def _is_weak(layer: GuessedLayer) -> bool:
    """Say whether a standard was guessed from fields alone, and with little confidence."""
    return (
        layer.standard is not None
        and layer.standard.confidence == "low"
        and layer.standard.reason.key == "guessing.reason.kind_fields"
    )


def _left_out(layer: GuessedLayer, why: Message) -> GuessedLayer:
    return replace(layer, standard=None, likely=layer.standard, left_out=why)


def _without_id(layer: GuessedLayer) -> GuessedLayer:
    fields = {column: guess for column, guess in layer.fields.items() if column != "id"}
    asked = Question(key="id", value=layer.fields["id"].value, why=message("guessing.question.running"))
    return replace(layer, fields=fields, field_questions=(asked, *layer.field_questions))
