"""The dossier of one parcel: every department and every layer, concerned, not concerned, or no data.

After the Swiss extract from the cadastre of public-law restrictions: what lies on a parcel is listed, and
what does not is listed too, but only where a layer was read whole and its coordinates are trusted. Anything
else is "no data", with the reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd

from lantu.engine import answers
from lantu.engine.choosing import in_place
from lantu.engine.dossier_objects import OBJECT_COLUMNS, objects_of, values_of
from lantu.messages import message
from lantu.relations import Overlaps, candidates, kept, measured
from lantu.relations.index import extent_of, index_of
from lantu.rules.da.da07_delivery_overdue import due_date

if TYPE_CHECKING:
    from lantu.engine.subject import Subject
    from lantu.messages import Message
    from lantu.model import BlueprintFacts, BoolArray, Layer, Run
    from lantu.relations import LeftOut

CONCERNED, NOT_CONCERNED, NO_DATA = "concerned", "not_concerned", "no_data"

OFFSET_RULE = "CR04"

LAYER_COLUMNS = (
    "layer", "department", "standard", "answer", "objects", "reason", "notes", "tolerance_m", "accuracy_m",
    "issued", "source",
)  # fmt: skip
DEPARTMENT_COLUMNS = ("department", "name", "answer", "layers", "objects", "no_data", "reason")


@dataclass(frozen=True, kw_only=True)
class Dossier:
    """One parcel against everything that the departments delivered; reasons and notes are messages.

    ``departments`` has DEPARTMENT_COLUMNS, a row per department in the order of the blueprint. ``layers`` has
    LAYER_COLUMNS, a row per layer in file order, then one without a layer for each standard that is owed and
    not delivered. ``objects`` has OBJECT_COLUMNS and the geometry shared (of a point, itself),
    the largest first within a layer: ``how`` is ``self``, ``ground``, ``id`` or ``both``, ``share`` that of
    the parcel's area, ``values`` and ``raw`` are the canonical columns that have a value, and columns
    classified above their layer are left out. ``findings`` and ``causes`` are those of the run that name the
    parcel, ``not_checked`` (rule, layer_a, layer_b, reason) the gaps of the rules about its layer.
    """

    facts: BlueprintFacts
    subject: Subject
    values: dict[str, Any]
    departments: pd.DataFrame
    layers: pd.DataFrame
    objects: gpd.GeoDataFrame
    findings: gpd.GeoDataFrame
    causes: pd.DataFrame
    not_checked: pd.DataFrame


def dossier(subject: Subject, run: Run) -> Dossier:
    """Return what is known about a parcel, from a run over all the rules of its blueprint."""
    facts = run.facts
    looks = [_look(subject, layer, run) for layer in facts.layers]
    layers = pd.DataFrame([look.row for look in looks] + _owed(facts), columns=list(LAYER_COLUMNS))
    tables = [look.objects for look in looks if len(look.objects)]
    crs = run.findings.crs
    objects = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=list(OBJECT_COLUMNS))
    shapes = objects.pop("geometry") if tables else pd.Series([], dtype=object)
    found = _findings(subject, run)
    return Dossier(
        facts=facts,
        subject=subject,
        values=values_of(subject.layer, subject.row),
        departments=_departments(facts, layers),
        layers=layers,
        objects=gpd.GeoDataFrame(objects, geometry=gpd.GeoSeries(shapes, crs=crs), crs=crs),
        findings=found,
        causes=run.causes[run.causes["cause_id"].isin(found["cause_id"])].reset_index(drop=True),
        not_checked=_not_checked(subject, run),
    )


@dataclass(frozen=True)
class _Look:
    row: dict[str, Any]
    objects: pd.DataFrame


def _look(subject: Subject, layer: Layer, run: Run) -> _Look:
    """Return a layer's answer about the parcel, and its objects there."""
    base = {
        "layer": layer.name, "department": layer.department, "standard": layer.standard, "objects": 0,
        "answer": NO_DATA, "reason": None, "notes": (), "tolerance_m": None, "accuracy_m": layer.accuracy_m,
        "issued": layer.provenance.issued, "source": layer.provenance.path,
    }  # fmt: skip
    barred = _barred(subject, layer)
    if barred is not None:
        return _Look(base | {"reason": barred}, pd.DataFrame())
    every = in_place(layer)
    pairs = candidates(
        Overlaps(), subject.layer, layer, rows_a=np.array([subject.row]),
        chosen_a=_only(subject), chosen_b=every, itself=layer is subject.layer,
    )  # fmt: skip
    pairs = measured(Overlaps(), pairs)
    wide, left = kept(Overlaps(), pairs)
    objects = objects_of(subject, layer, pairs.take(wide), run.facts)
    current = int(objects["in_force"].sum()) if len(objects) else 0
    notes = _notes(layer, left, len(objects) - current, run.facts)
    doubt = None if current else _doubt(subject, layer, left, run)
    answer = CONCERNED if current else NOT_CONCERNED if doubt is None else NO_DATA
    counted = {"answer": answer, "objects": current, "reason": doubt, "notes": notes}
    return _Look(base | counted | {"tolerance_m": pairs.tolerance_m}, objects)


def _only(subject: Subject) -> BoolArray:
    chosen = np.zeros(len(subject.layer), dtype=np.bool_)
    chosen[subject.row] = True
    return chosen


def _barred(subject: Subject, layer: Layer) -> Message | None:
    """Return why a layer cannot even be asked, None if it can."""
    if layer.refusal is not None:
        return message("engine.layer_refused", layer=layer.name, reason=layer.refusal.reason)
    if len(layer) == 0:
        return message("engine.layer_empty", layer=layer.name)
    if (answers.astray(layer) < 0).any():
        return message("engine.layer_outside", layer=layer.name)
    if layer is not subject.layer and not in_place(subject.layer)[subject.row]:
        return message("dossier.subject_astray", id=subject.id)
    return None


def _doubt(subject: Subject, layer: Layer, left: LeftOut, run: Run) -> Message | None:
    """Return what keeps "not concerned" from being earned where nothing was found, None if nothing does."""
    own, theirs = extent_of(subject.layer.bounds_m), extent_of(layer.bounds_m)
    names = {"layer_a": subject.layer.name, "layer_b": layer.name}
    if own is None or theirs is None or (own[:2] > theirs[2:]).any() or (theirs[:2] > own[2:]).any():
        return message("engine.no_ground_shared", **names)
    offset = _offset(subject.layer, layer, run)
    if offset is not None:
        return message("dossier.offset", text=offset)
    stray = len(answers.astray(layer))
    nowhere = int((index_of(layer).dimension < 0).sum())
    doubts = (
        answers.unread(layer),
        message("engine.features_outside", layer=layer.name, count=stray) if stray else None,
        message("dossier.no_place", layer=layer.name, count=nowhere) if nowhere else None,
        message("engine.pairs_failed", count=left.failed) if left.failed else None,
        _overdue(layer, run.facts),
    )
    return next((doubt for doubt in doubts if doubt is not None), None)


def _offset(a: Layer, b: Layer, run: Run) -> str | None:
    """Return what CR04 says about two layers, if it says that one is offset against the other."""
    found = run.findings[(run.findings["rule"] == OFFSET_RULE) & (run.findings["verdict"] == "conflict")]
    for name_a, name_b, text in zip(found["layer_a"], found["layer_b"], found["message"], strict=True):
        if {name_a, name_b} == {a.name, b.name}:
            return str(text)
    return None


def _overdue(layer: Layer, facts: BlueprintFacts) -> Message | None:
    issued = layer.provenance.issued
    due = due_date(issued, layer.provenance.update) if issued is not None else None
    if due is None or due >= facts.as_of:
        return None
    return message("dossier.overdue", layer=layer.name, issued=str(issued), due=str(due))


def _notes(layer: Layer, left: LeftOut, past: int, facts: BlueprintFacts) -> tuple[Message, ...]:
    """Return what has to be said beside a layer's answer, whatever that is."""
    filtered = layer.provenance.count_filtered
    found = [
        message("dossier.left_out", count=left.count, area_m2=left.area_m2, length_m=left.length_m)
        if left.count
        else None,
        message("dossier.past", count=past) if past else None,
        message("dossier.filtered", count=filtered) if filtered else None,
        answers.unread(layer),
        _overdue(layer, facts),
    ]
    return tuple(note for note in found if note is not None)


def _owed(facts: BlueprintFacts) -> list[dict[str, Any]]:
    """Return a row for each standard that a department owes and did not deliver."""
    delivered = {(layer.department, layer.standard) for layer in facts.layers}
    return [
        {"department": key, "standard": owed, "answer": NO_DATA, "objects": 0, "notes": (),
         "reason": message("dossier.not_delivered", standard=_standard(owed))}
        for key, department in facts.departments.items()
        for owed in dict.fromkeys(department.owes)
        if (key, owed) not in delivered
    ]  # fmt: skip


def _standard(name: str) -> Message:
    return message(f"standards.standard_label.{name.replace('.', '_')}")


def _departments(facts: BlueprintFacts, layers: pd.DataFrame) -> pd.DataFrame:
    """Return each department's answer: concerned by any layer, else not concerned only by all of them."""
    keys = dict.fromkeys([*facts.departments, *layers["department"]])
    rows = []
    for key in keys:
        own = layers[layers["department"] == key]
        said = set(own["answer"])
        answer = CONCERNED if CONCERNED in said else NOT_CONCERNED if said == {NOT_CONCERNED} else NO_DATA
        reasons = [reason for reason in own["reason"] if reason is not None and not _is_nan(reason)]
        entry = facts.departments.get(key)
        nothing = message("dossier.no_layer") if own.empty else None
        rows.append(
            (key, entry.name if entry else key, answer, int(own["layer"].notna().sum()),
             int(own["objects"].sum()), int((own["answer"] == NO_DATA).sum()),
             reasons[0] if reasons else nothing)
        )  # fmt: skip
    return pd.DataFrame(rows, columns=list(DEPARTMENT_COLUMNS))


def _is_nan(value: object) -> bool:
    return isinstance(value, float)


def _findings(subject: Subject, run: Run) -> gpd.GeoDataFrame:
    """Return the findings with the parcel on either side, those of its repeated id included."""
    found = run.findings
    named = np.zeros(len(found), dtype=np.bool_)
    for side in ("a", "b"):
        named |= (
            (found[f"layer_{side}"] == subject.layer.name) & (found[f"id_{side}"] == subject.id)
        ).to_numpy()
    return found[named].reset_index(drop=True)


def _not_checked(subject: Subject, run: Run) -> pd.DataFrame:
    """Return the gaps of the rules about the parcel's layer; a side may name several layers."""
    gaps = run.not_checked
    name = subject.layer.name
    touches = [
        name == a or (isinstance(b, str) and (name == b or name in b.split(", ")))
        for a, b in zip(gaps["layer_a"], gaps["layer_b"], strict=True)
    ]
    return gaps[np.array(touches, dtype=np.bool_)].reset_index(drop=True)
