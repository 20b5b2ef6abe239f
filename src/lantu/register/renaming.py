"""Layers and objects that are called otherwise than in the earlier run, and are the same all the same."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lantu.register.recorded import Recorded

Key = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class Renaming:
    """The earlier run in the names of the later one.

    ``layers`` maps old names to new ones, ``objects`` layer and id as they are now to the id before, and
    ``findings`` the id of a finding to the one it had.
    """

    old: Recorded
    layers: Mapping[str, str]
    objects: Mapping[Key, str]
    findings: Mapping[str, str]


def renaming(old: Recorded, new: Recorded) -> Renaming:
    """Find what was renamed, and return the earlier run in today's names.

    A layer is the same where department and standard are, and the delivered file (by hash, or by path); an
    object, where its id is gone, and exactly one new id of the layer has exactly its geometry. Everything
    else that is called otherwise is another thing.
    """
    layers = _layers(old.summary["layers"], new.summary["layers"])
    old = _with_layers(old, layers)
    objects = _objects(old.objects, new.objects)
    before = _with_ids(old.findings, {(layer, was): now for (layer, now), was in objects.items()})
    findings = _findings(before, old, new) if layers or objects else {}
    back = {was: now for now, was in findings.items()}
    before["finding_id"] = before["finding_id"].map(lambda one: back.get(one, one)).astype(object)
    return Renaming(
        old=replace(old, findings=before, objects=_with_own_ids(old.objects, objects)),
        layers=layers,
        objects=objects,
        findings=findings,
    )


def _layers(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, str]:
    gone = {name: layer for name, layer in old.items() if name not in new}
    come = {name: layer for name, layer in new.items() if name not in old}
    found: dict[str, str] = {}
    for mark in (_by_hash, _by_path):
        left, right = _once(gone, mark), _once(come, mark)
        for key in left.keys() & right.keys():
            found.setdefault(left[key], right[key])
    taken = list(found.values())
    return {was: now for was, now in found.items() if taken.count(now) == 1}


def _by_hash(layer: Mapping[str, Any]) -> tuple[Any, ...]:
    source = layer["source"]
    return (layer["standard"], layer["department"], source["sha256"], source["layer"])


def _by_path(layer: Mapping[str, Any]) -> tuple[Any, ...]:
    source = layer["source"]
    return (layer["standard"], layer["department"], source["path"], source["layer"])


def _once(layers: Mapping[str, Any], mark: Any) -> dict[tuple[Any, ...], str]:  # noqa: ANN401  # _by_hash, _by_path
    """Return names by mark, of marks that are complete and stand once."""
    marks = {name: mark(layer) for name, layer in layers.items()}
    every = list(marks.values())
    return {key: name for name, key in marks.items() if every.count(key) == 1 and key[2] is not None}


def _with_layers(old: Recorded, layers: Mapping[str, str]) -> Recorded:
    if not layers:
        return replace(old, findings=old.findings.copy())
    summary = {**old.summary, "layers": {layers.get(k, k): v for k, v in old.summary["layers"].items()}}
    summary["rules"] = {
        code: {**rule, "pairs": [_pair(pair, layers) for pair in rule["pairs"]]}
        for code, rule in old.summary["rules"].items()
    }
    findings = old.findings.copy()
    for side in ("layer_a", "layer_b"):
        findings[side] = findings[side].map(lambda name: layers.get(name, name)).astype(object)
    objects = old.objects
    if objects is not None:
        fields = {layers.get(name, name): found for name, found in objects.attrs.get("fields", {}).items()}
        objects = objects.assign(
            layer=objects["layer"].map(lambda name: layers.get(name, name)).astype(object)
        )
        objects.attrs["fields"] = fields
    return replace(old, summary=summary, findings=findings, objects=objects)


def _pair(pair: Mapping[str, Any], layers: Mapping[str, str]) -> dict[str, Any]:
    said = {}
    for side in ("layer_a", "layer_b"):
        name = pair[side]
        names = [name] if name is None or name in layers else name.split(", ")
        said[side] = None if name is None else ", ".join(layers.get(one, one) for one in names)
    return {**pair, **said}


def _objects(old: pd.DataFrame | None, new: pd.DataFrame | None) -> dict[Key, str]:
    """Return layer and id now to id before, of objects of which only the id changed."""
    if old is None or new is None:
        return {}
    keys = ["layer", "id"]
    before, after = (table.astype(dict.fromkeys(keys, object))[[*keys, "geometry"]] for table in (old, new))
    gone = _lacking(before, after)
    come = _lacking(after, before)
    alone = [
        table[(table["geometry"] != 0) & ~table.duplicated(["layer", "geometry"], keep=False)]
        for table in (gone, come)
    ]
    met = alone[0].merge(alone[1], on=["layer", "geometry"], suffixes=("_old", "_new"))
    return {
        (str(layer), str(now)): str(was)
        for layer, was, now in zip(met["layer"], met["id_old"], met["id_new"], strict=True)
    }


def _lacking(table: pd.DataFrame, other: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of a table whose layer is in the other one, but not their id."""
    there = pd.MultiIndex.from_frame(other[["layer", "id"]])
    here = pd.MultiIndex.from_frame(table[["layer", "id"]])
    return table[table["layer"].isin(set(other["layer"])) & ~here.isin(there)]


def _with_ids(findings: Any, ids: Mapping[Key, str]) -> Any:  # noqa: ANN401  # a GeoDataFrame, kept as it is
    """Return findings with the objects' ids of today."""
    if ids:
        for side in ("a", "b"):
            keys = zip(findings[f"layer_{side}"], findings[f"id_{side}"], strict=True)
            findings[f"id_{side}"] = pd.Series(
                [ids.get(key, key[1]) for key in keys], index=findings.index, dtype=object
            )
    return findings


def _with_own_ids(objects: pd.DataFrame | None, renamed: Mapping[Key, str]) -> pd.DataFrame | None:
    """Return the earlier objects with the ids of today."""
    if objects is None or not renamed:
        return objects
    now = {(layer, was): one for (layer, one), was in renamed.items()}
    keys = zip(objects["layer"], objects["id"], strict=True)
    changed = objects.assign(
        id=pd.Series([now.get(key, key[1]) for key in keys], index=objects.index, dtype=object)
    )
    changed.attrs = objects.attrs
    return changed


def _findings(before: Any, old: Recorded, new: Recorded) -> dict[str, str]:  # noqa: ANN401  # a GeoDataFrame
    """Return the id now to the id before, of findings that are the same in today's names."""
    known, now = set(before["finding_id"]) | old.waived, set(new.findings["finding_id"]) | new.waived
    gone = before[~before["finding_id"].isin(now)]
    come = new.findings[~new.findings["finding_id"].isin(known)]
    left, right = _counted(gone), _counted(come)
    met = left.merge(right, on=["key", "place"], suffixes=("_old", "_new"))
    return dict(zip(met["finding_id_new"], met["finding_id_old"], strict=True))


def _counted(findings: pd.DataFrame) -> pd.DataFrame:
    """Return finding_id, what it is about (whichever side stands first), and its place among equals."""
    texts = findings[["layer_a", "id_a", "layer_b", "id_b", "rule", "field"]].astype(object)
    rows = texts.where(texts.notna(), "").itertuples(index=False, name=None)
    keys = [(row[4], row[5], *sorted((row[:2], row[2:4]))) for row in rows]
    table = pd.DataFrame(
        {"finding_id": findings["finding_id"].to_numpy(), "key": pd.Series(keys, dtype=object)}
    )
    table["place"] = table.groupby("key").cumcount()
    return table
