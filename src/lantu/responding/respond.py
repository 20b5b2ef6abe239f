"""Inside the owner's network: the same engine on the owner's layer, and verdicts without anything of it."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from lantu import engine, rules
from lantu.messages import message
from lantu.model import FINDING_COLUMNS, BlueprintFacts, Department, Layer, Provenance, empty_problems
from lantu.responding.package import RESPONSE, VERSION, RespondingError, digest
from lantu.responding.request import plain_value
from lantu.responding.signing import signed
from lantu.standards import standard

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lantu.messages import Language

ASKER = "asker"
OWNER = "owner"


def respond(
    request: Mapping[str, Any],
    layers: Sequence[Layer],
    crs: str,
    key: Any,  # noqa: ANN401  # an Ed25519 key
    *,
    now: dt.datetime,
    language: Language = "zh",
    salt: bytes | None = None,
) -> dict[str, Any]:
    """Return the signed answer to a request from the owner's ``layers``, standardised to ``crs``.

    Per finding it says the rule, our object's hashed id, the verdict, and the measure with its limit; the
    owner's object is a number that only tells it from others, another one in each response.

    Raises
    ------
    RespondingError
        The request is damaged, the owner has no layer of the standard, or works in another coordinate system.
    RuleError
        A rule of the request is unknown here, or tuned with what it does not have.
    """
    owned = [layer for layer in layers if layer.standard == request["standard"]]
    if not owned:
        raise RespondingError(message("responding.no_layer", standard=request["standard"]))
    if crs != request["crs"]:
        raise RespondingError(message("responding.other_crs", found=crs, expected=request["crs"]))
    asked, chosen = _asked(request)
    names = {layer.name for layer in asked}
    mine = [_renamed(layer, names) for layer in owned]
    facts = BlueprintFacts(
        name="", as_of=dt.date.fromisoformat(request["as_of"]), language=language, level="secret",
        working_crs=crs,
        departments={name: Department(key=name, name=name) for name in (ASKER, OWNER)},
        layers=(*asked, *mine),
    )  # fmt: skip
    checked = engine.check(chosen, facts)
    own = {layer.name for layer in mine}
    grain = salt or secrets.token_bytes(32)
    found = pd.DataFrame(checked.findings[list(FINDING_COLUMNS)])
    verdicts = [one for row in found.to_dict(orient="records") if (one := _verdict(row, names, own, grain))]
    outcomes = [one for entry in checked.outcomes if (one := _outcome(entry, names, own))]
    content = {
        "schema": RESPONSE,
        "version": VERSION,
        "request_sha256": digest(request),
        "at": now.isoformat(timespec="seconds"),
        "standard": request["standard"],
        "source": [_source(layer) for layer in mine],
        "outcomes": outcomes,
        "verdicts": sorted(verdicts, key=_place),
    }
    return signed(content, key)


def _place(one: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(one[name]) for name in ("rule", "layer", "id", "other", "part", "measure"))


def _asked(request: Mapping[str, Any]) -> tuple[tuple[Layer, ...], tuple[rules.Rule, ...]]:
    try:
        layers = tuple(_layer(given, request["crs"]) for given in request["layers"])
        parameters = {
            one["code"]: {n: tuple(v) if isinstance(v, list) else v for n, v in one["parameters"].items()}
            for one in request["rules"]
        }
    except (KeyError, TypeError, ValueError, AttributeError, shapely.GEOSException) as error:
        raise RespondingError(message("responding.damaged", reason=str(error))) from error
    paths = [code for code in parameters if set(rules.path_parameters(type_of(code))) & set(parameters[code])]
    if paths:  # a path of the asker's would be opened on the owner's machine
        raise RespondingError(message("responding.damaged", reason=", ".join(paths)))
    return layers, rules.build(list(parameters), (), parameters)


def type_of(code: str) -> type[rules.Rule]:
    """Return the rule of a code.

    Raises
    ------
    RuleError
        There is none.
    """
    return rules.rule(code)


def _layer(given: Mapping[str, Any], crs: str) -> Layer:
    """Return a layer of the request; geometry that is no valid WKB, or not finite, is damage."""
    kinds = standard(given["standard"]).columns
    features = given["features"]
    shapes = shapely.from_wkb([bytes.fromhex(one["wkb"]) if one["wkb"] else None for one in features])
    if not np.isfinite(shapely.get_coordinates(shapes)).all():
        problem = "coordinates that are not finite"
        raise ValueError(problem)
    table: dict[str, Any] = {"id": np.array([str(one["id"]) for one in features], dtype=object)}
    for name, column in kinds.items():
        if name == "id":
            continue
        values = [one["values"].get(name) for one in features]
        if column.is_numeric:
            table[name] = np.array(
                [np.nan if one is None else float(one) for one in values], dtype=np.float64
            )
        elif column.type == "date":
            table[name] = pd.to_datetime(pd.Series(values, dtype=object)).astype("datetime64[s]")
        else:
            table[name] = np.array([None if one is None else str(one) for one in values], dtype=object)
    table["record"] = np.arange(1, len(features) + 1)
    return Layer(
        name=str(given["name"]),
        standard=str(given["standard"]),
        department=ASKER,
        frame=gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(list(shapes), crs=crs), crs=crs),
        accuracy_m=float(given["accuracy_m"]),
        level="secret",
        provenance=Provenance(
            path="", layer=None, driver=None, sha256=None, count_in=len(features), count_out=len(features),
            count_listed=0,
        ),
        problems=empty_problems(),
        shift=given["shift"],
        shift_accuracy_m=float(given["shift_accuracy_m"]),
    )  # fmt: skip


def _renamed(layer: Layer, taken: set[str]) -> Layer:
    """Return an owner's layer under a name that the request does not use."""
    name = layer.name
    while name in taken:
        name = f"{name}~"
    return replace(layer, name=name, department=OWNER)


def _source(layer: Layer) -> dict[str, Any]:
    issued = layer.provenance.issued
    return {
        "sha256": layer.provenance.sha256,
        "issued": issued.isoformat() if issued is not None else None,
        "count": len(layer),
        "refused": layer.refusal is not None,
    }


def _sides(row: Mapping[Any, Any], asked: set[str], own: set[str]) -> tuple[str, str] | None:
    """Return which side is the asker's and which the owner's; None where not both take part."""
    if row["layer_a"] in asked and row["layer_b"] in own:
        return "a", "b"
    return ("b", "a") if row["layer_b"] in asked and row["layer_a"] in own else None


def _verdict(row: Mapping[Any, Any], asked: set[str], own: set[str], grain: bytes) -> dict[str, Any] | None:
    sides = _sides(row, asked, own)
    if sides is None:
        return None
    ours, theirs = sides
    other = f"{row[f'layer_{theirs}']}\x1f{row[f'id_{theirs}']}".encode()
    return {
        "rule": row["rule"],
        "layer": row[f"layer_{ours}"],
        "id": plain_value(row[f"id_{ours}"]),
        "side": ours,
        "part": row["finding_id"].rpartition("-")[2] if row["id_a"] and not row[f"id_{theirs}"] else "",
        "verdict": row["verdict"],
        "severity": row["severity"],
        "field": plain_value(row["field"]),
        "measure": plain_value(row["measure"]),
        "unit": plain_value(row["unit"]),
        "required": plain_value(row["required"]),
        "tolerance": plain_value(row["tolerance"]),
        "other": hmac.new(grain, other, hashlib.sha256).hexdigest()[:16],
    }


def _outcome(entry: Any, asked: set[str], own: set[str]) -> dict[str, Any] | None:  # noqa: ANN401  # an Outcome
    """Return an outcome between the asker's layer and the owner's; its reason is a key, never a sentence."""
    a, others = entry.layer_a, set((entry.layer_b or "").split(", "))
    if a in asked and others & own:
        layer = a
    elif a in own and others & asked:
        layer = ", ".join(sorted(others & asked))
    else:
        return None
    counts = ("matched", "candidates", "judged", "found", "undecidable", "left_out")
    return {
        "rule": entry.rule,
        "layer": layer,
        "answer": entry.answer,
        "reason": entry.reason.key if entry.reason is not None else None,
        **{name: getattr(entry, name) for name in counts},
    }
