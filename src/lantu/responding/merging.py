"""Taking an owner's verdicts into a run: findings of the level "withheld", each on our own object."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd

from lantu.engine.places import place
from lantu.messages import catalogue, message, other_language, say
from lantu.model import FINDING_COLUMNS, Outcome, finding_id, joined_translations, translations_from
from lantu.responding.package import (
    NOT_ASKED,
    OUTCOME_FIELDS,
    SOURCE_FIELDS,
    VERDICT_FIELDS,
    RespondingError,
    digest,
)
from lantu.responding.request import hashed
from lantu.responding.signing import require_signed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lantu.messages import Language
    from lantu.model import Run

WITHHELD = "withheld"
"""The level of what an owner answers: above all levels of the blueprint, so that no edition passes it on."""

TEXTS = ("rule", "verdict", "severity", "field", "unit")
SORT = ("rule", "layer_a", "id_a", "layer_b", "id_b", "finding_id")


def merge(
    run: Run,
    request: Mapping[str, Any],
    key: bytes,
    response: Mapping[str, Any],
    trusted: Any,  # noqa: ANN401  # an Ed25519 key
    file: str,
) -> Run:
    """Return the run with the verdicts of a response to ``request``.

    Raises
    ------
    RespondingError
        It was not signed with the trusted key, answers another request, or names what was not asked.
    """
    require_signed(response, trusted, file)
    if response["request_sha256"] != digest(request):
        raise RespondingError(message("responding.other_request", file=file))
    _require_stated(response, file)
    known = {layer["name"]: {one["id"] for one in layer["features"]} for layer in request["layers"]}
    department, name = str(request["department"]), f"{request['department']}:{request['standard']}"
    objects = _objects(run, key)
    rows = []
    for one in response["verdicts"]:
        asked = one["layer"] in known and (one["id"] is None or one["id"] in known[one["layer"]])
        if not asked or (one["layer"], one["id"]) not in objects:
            raise RespondingError(message("responding.not_asked", file=file, id=one["id"]))
        rows.append(_row(run, one, objects[one["layer"], one["id"]], department, name))
    order = (*(level for level in run.facts.levels if level != WITHHELD), WITHHELD)
    facts = replace(run.facts, levels=order)
    towns = next((layer for layer in facts.layers if layer.name == facts.town_layer), None)
    outcomes = (
        *(_outcome(one, name) for one in response["outcomes"]),
        *(_not_asked(one, name) for one in request["not_asked"]),
    )
    return replace(
        run,
        facts=facts,
        findings=_joined(run, place(_table(rows, run), towns)),
        translations=joined_translations(run.translations, _translations(rows)),
        outcomes=tuple(
            sorted((*run.outcomes, *outcomes), key=lambda o: (o.rule, o.layer_a or "", o.layer_b or ""))
        ),
    )


def _objects(run: Run, key: bytes) -> dict[tuple[str, str | None], tuple[str | None, Any, str]]:
    """Return id, geometry and department of every object by layer and hashed id.

    The id None stands for a layer as a whole: no object of it is where one of the owner's is.
    """
    found: dict[tuple[str, str | None], tuple[str | None, Any, str]] = {}
    for layer in run.facts.layers:
        if layer.refusal is None:
            found[layer.name, None] = (None, None, layer.department)
            for id_, shape in zip(layer.ids, layer.geometry, strict=True):
                found[layer.name, hashed(key, layer.name, id_)] = (id_, shape, layer.department)
    return found


def _require_stated(response: Mapping[str, Any], file: str) -> None:
    for name, fields in (
        ("verdicts", VERDICT_FIELDS),
        ("outcomes", OUTCOME_FIELDS),
        ("source", SOURCE_FIELDS),
    ):
        for one in response[name]:
            if set(one) != set(fields):
                names = ", ".join(sorted(set(one) ^ set(fields)))
                raise RespondingError(message("responding.fields", file=file, names=names))


def _row(
    run: Run, one: Mapping[str, Any], ours: tuple[str | None, Any, str], department: str, name: str
) -> dict[str, Any]:
    id_, shape, own = ours
    mine, theirs = ("a", "b") if one["side"] == "a" else ("b", "a")
    row: dict[str, Any] = {
        column: np.nan if kind == "float64" else None for column, kind in FINDING_COLUMNS.items()
    }
    row |= {column: one[column] for column in TEXTS}
    row |= {
        column: np.nan if one[column] is None else one[column]
        for column in ("measure", "required", "tolerance")
    }
    row |= {f"department_{mine}": own, f"layer_{mine}": one["layer"], f"id_{mine}": id_}
    row |= {f"department_{theirs}": department, f"layer_{theirs}": name, f"id_{theirs}": f"#{one['other']}"}
    row |= {"level": WITHHELD, "geometry": shape}
    subject = id_ if id_ is not None else str(one["layer"])
    row["message"] = _sentence(run, one, subject, department, run.language)
    row["translation"] = _sentence(run, one, subject, department, other_language(run.language))
    part = f"{one['field'] or ''}/{one['part']}/{one['measure']}"
    row["finding_id"] = finding_id(
        one["rule"], row["layer_a"], row["id_a"], row["layer_b"], row["id_b"], part
    )
    return row


def _sentence(run: Run, one: Mapping[str, Any], id_: str, department: str, language: Language) -> str:
    title = run.texts.get(one["rule"], {}).get("title", {}).get(language, one["rule"])
    verdict = message(f"report.verdict.{one['verdict']}")
    name = run.facts.departments[department].name
    return say("responding.finding", language, id=id_, department=name, title=title, verdict=verdict)


def _translations(rows: list[dict[str, Any]]) -> pd.DataFrame:
    said = pd.DataFrame(rows, columns=["finding_id", "translation"], dtype=object)
    return translations_from(said.rename(columns={"translation": "message"}), "finding_id", ("message",))


def _table(rows: list[dict[str, Any]], run: Run) -> gpd.GeoDataFrame:
    table = pd.DataFrame(rows, columns=[*FINDING_COLUMNS, "geometry"]).drop_duplicates("finding_id")
    geometry = gpd.GeoSeries(list(table.pop("geometry")), crs=run.findings.crs)
    made: dict[str, Any] = {}
    for name, kind in FINDING_COLUMNS.items():
        values = table[name].reset_index(drop=True)
        made[name] = (
            values.astype(float) if kind == "float64" else values.astype(object).where(values.notna(), None)
        )
    return gpd.GeoDataFrame(made, geometry=geometry, crs=run.findings.crs)


def _joined(run: Run, added: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return all findings in order; an earlier answer about the same owner's layer gives way."""
    renewed = set(added["layer_a"]) | set(added["layer_b"])
    mine = {layer.name for layer in run.facts.layers}
    old = run.findings
    gone = (old["level"] == WITHHELD) & (
        old["layer_a"].isin(renewed - mine) | old["layer_b"].isin(renewed - mine)
    )
    added = pd.DataFrame(added).rename(columns={added.geometry.name: old.geometry.name})
    joined = (
        pd.concat([old[~gone], added[list(old.columns)]], ignore_index=True) if len(added) else old[~gone]
    )
    keys = [joined[name].fillna("").astype(str).to_numpy().astype(str) for name in SORT]
    ordered = joined.iloc[np.lexsort(keys[::-1])].reset_index(drop=True)
    return gpd.GeoDataFrame(ordered, geometry=old.geometry.name, crs=old.crs)


def _not_asked(one: Mapping[str, Any], name: str) -> Outcome:
    """Return that a rule was not checked against the data that stay, because it cannot be asked so."""
    reason = one["reason"] if one["reason"] in NOT_ASKED else "responding.reason.whole_layer"
    return Outcome(
        rule=str(one["code"]), layer_a=None, layer_b=name, answer="not_checked", reason=message(reason)
    )


def _outcome(one: Mapping[str, Any], name: str) -> Outcome:
    known = one["reason"] in catalogue() if one["reason"] else False
    reason = None
    if one["answer"] == "not_checked":
        reason = message("responding.not_checked", code=one["reason"] if known else "?")
    counts = ("matched", "candidates", "judged", "found", "undecidable", "left_out")
    return Outcome(
        rule=str(one["rule"]), layer_a=str(one["layer"]), layer_b=name, answer=one["answer"], reason=reason,
        **{count: int(one[count]) for count in counts},
    )  # fmt: skip
