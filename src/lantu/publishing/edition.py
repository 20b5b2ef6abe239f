"""A run as one audience may see it: what is above its level is not in it at all."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd

from lantu.agreeing.account import town_areas
from lantu.messages import message
from lantu.model import (
    SOURCE_PREFIX,
    Outcome,
    empty_problems,
    joined_translations,
    translations_about,
)
from lantu.publishing.reducing import reduced, reduced_translations
from lantu.register import Comparison
from lantu.report.record import outcome_layers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lantu.model import Layer, Run
    from lantu.publishing.audience import Audience

AREAS = "admin.area"
"""Boundaries of towns are shown whole to every department that may see them."""

SIDES = ("a", "b")


def edition(run: Run, who: Audience) -> Run:
    """Return the run of one audience: layers, columns, findings, causes and outcomes at or below its level.

    For a department it holds the findings in which it is a side, and of the others' objects those that these
    findings name. ``withheld`` says what was left out, counts below the blueprint's minimum as None.
    """
    layers = {layer.name: layer for layer in run.facts.layers if who.sees_layer(layer)}
    towns = dict(town_areas(run)) if run.facts.town_layer in layers else {}
    visible = run.findings[who.may_see(run.findings) & who.concerns(run.findings)]
    waived = run.waived[who.may_see(run.waived) & who.concerns(run.waived)]
    extra = reduced(run, who, towns)
    findings = _joined(_placed(visible, towns), extra)
    causes = _causes(run, who, findings)
    findings["cause_id"] = findings["cause_id"].where(
        findings["cause_id"].isin(list(causes["cause_id"])), None
    )
    compared = _compared(run, who)
    outcomes = tuple(_outcome(run, who, one) for one in run.outcomes if _shown(run, who, one, layers))
    codes = {one.rule for one in outcomes} | set(findings["rule"])
    shown = [_layer(layer, who, findings) for layer in layers.values()]
    return replace(
        run,
        facts=replace(
            run.facts, level=who.level, layers=tuple(shown),
            departments={key: replace(one, contact=None) for key, one in run.facts.departments.items()},
            town_layer=run.facts.town_layer if towns else None,
        ),
        findings=findings.reset_index(drop=True),
        waived=_placed(waived, towns).reset_index(drop=True),
        causes=causes,
        translations=joined_translations(
            translations_about(run.translations, (*_ids(visible, waived, compared), *causes["cause_id"])),
            reduced_translations(extra, run),
        ),
        outcomes=outcomes,
        rules={code: values for code, values in run.rules.items() if code in codes},
        texts={code: texts for code, texts in run.texts.items() if code in codes},
        grounds=(),
        timings_s={},  # how long which layers took tells of layers that are not there
        waivers=_waivers(run, layers, waived),
        decisions=_decisions(run, set(visible["finding_id"])),
        comparison=compared, since=_since(run, compared, layers),
        trend=(),
        withheld=_withheld(run, who, len(extra)),
    )  # fmt: skip


def _joined(visible: gpd.GeoDataFrame, extra: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    if extra.empty:
        return visible.copy()
    return gpd.GeoDataFrame(
        pd.concat([visible, _named_as(extra, visible)], ignore_index=True), crs=visible.crs
    )


def _named_as(extra: gpd.GeoDataFrame, other: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return a table with the columns of another one, geometry under the other's name."""
    return pd.DataFrame(extra).rename(columns={extra.geometry.name: other.geometry.name})[list(other.columns)]


def _placed(findings: gpd.GeoDataFrame, towns: Mapping[str, Any]) -> gpd.GeoDataFrame:
    """Return findings without town and village where the layer that gave them may not be shown."""
    return findings.copy() if towns else findings.assign(town=None, village=None)


def _layer(layer: Layer, who: Audience, findings: gpd.GeoDataFrame) -> Layer:
    """Return a layer without the columns above the level; of others' layers only what the findings name."""
    hidden = who.hidden_columns(layer)
    delivered = [name for name in layer.frame.columns if str(name).startswith(SOURCE_PREFIX)]
    frame = layer.frame.drop(columns=delivered)
    frame = frame.assign(**{name: None for name in hidden if name in layer.frame.columns})
    if who.department not in {None, layer.department} and layer.standard != AREAS:
        named = set()
        for side in SIDES:
            named |= set(findings.loc[findings[f"layer_{side}"] == layer.name, f"id_{side}"])
        frame = frame[frame["id"].isin(list(named))].reset_index(drop=True)
    matched = {name: field for name, field in layer.provenance.fields_matched.items() if name not in hidden}
    return replace(
        layer,
        frame=frame,
        problems=empty_problems(),
        provenance=replace(layer.provenance, fields_matched=matched),
        levels={name: level for name, level in layer.levels.items() if name not in hidden},
    )


def _causes(run: Run, who: Audience, findings: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return the causes of shown findings whose own level may be shown, with how many findings are shown."""
    counts = findings["cause_id"].value_counts()
    causes = run.causes[who.may_see(run.causes) & run.causes["cause_id"].isin(list(counts.index))].copy()
    causes["findings"] = causes["cause_id"].map(counts).astype("int64")
    return causes.reset_index(drop=True)


def _shown(run: Run, who: Audience, outcome: Outcome, layers: Mapping[str, Layer]) -> bool:
    """Say whether an outcome may be shown: every layer that it is about may, and one is the department's."""
    about = [layer for side in outcome_layers(run, outcome) for layer in side]
    if any(layer.name not in layers for layer in about) or _is_an_owners(run, who, outcome):
        return False
    return who.department is None or not about or any(layer.department == who.name for layer in about)


def _is_an_owners(run: Run, who: Audience, outcome: Outcome) -> bool:
    """Say whether an outcome came from the owner of data that stay: as withheld as its findings."""
    known = {layer.name for layer in run.facts.layers}
    named = [name for name in (outcome.layer_a, outcome.layer_b) if name]
    strange = [name for name in named if name not in known and not known & set(name.split(", "))]
    return bool(strange) and not who.sees(run.facts.levels[-1])


def _outcome(run: Run, who: Audience, outcome: Outcome) -> Outcome:
    """Return an outcome that counts what is shown; "none found" is not said where something is withheld."""
    about = {layer.name for side in outcome_layers(run, outcome) for layer in side}
    table = run.findings
    here = (table["rule"] == outcome.rule) & (table["layer_a"].isin([*about, ""]) | table["layer_a"].isna())
    here &= table["layer_b"].isin(list(about)) | table["layer_b"].isna()
    back = table[here & ~who.may_see(table)]["verdict"].value_counts()
    told_of = (one for one in run.grounds if one.rule == outcome.rule and one.layer in about)
    layers = {layer.name: layer for layer in run.facts.layers}
    rests = any(set(one.columns) & set(who.hidden_columns(layers[one.layer])) for one in told_of)
    if not len(back) and not rests:
        return outcome
    found = max(outcome.found - int(back.get("conflict", 0)), 0)
    unsure = max(outcome.undecidable - int(back.get("undecidable", 0)), 0)
    # How many pairs were looked at follows from what is withheld, so it is not told: those counts stay 0.
    kept = Outcome(
        rule=outcome.rule, layer_a=outcome.layer_a, layer_b=outcome.layer_b, answer="conflict", found=found,
        undecidable=unsure,
    )  # fmt: skip
    return kept if found else replace(kept, answer="not_checked", reason=message("publishing.above"))


def _waivers(run: Run, layers: Mapping[str, Layer], waived: gpd.GeoDataFrame) -> dict[str, Any]:
    """Return the waivers that name no withheld layer, each with the findings shown that it takes out."""
    summary = dict(run.waivers)
    for state, entries in summary.items():
        if not isinstance(entries, list | tuple):
            continue
        kept = [one for one in entries if all(one[f"layer_{s}"] in {*layers, "", None} for s in SIDES)]
        summary[state] = [
            one | ({"findings": _taken(one, waived)} if "findings" in one else {}) for one in kept
        ]
    return summary | ({"findings": len(waived)} if "findings" in summary else {})


def _taken(entry: Mapping[str, Any], waived: gpd.GeoDataFrame) -> int:
    mask = (waived["rule"] == entry["rule"]) & (waived["reason"] == entry["reason"])
    return int(mask.sum())


def _decisions(run: Run, ids: set[str]) -> Mapping[str, Any] | None:
    """Return the decisions on shown findings alone."""
    if run.decisions is None:
        return None
    kept = {one: found for one, found in run.decisions["findings"].items() if one in ids}
    counts = dict.fromkeys(run.decisions["counts"], 0) | Counter(one["status"] for one in kept.values())
    counts["open"] = len(ids) - len(kept)
    overdue = sum(bool(one["overdue"]) for one in kept.values())
    return {"counts": counts, "overdue": overdue, "findings": kept, "gone": []}


def _compared(run: Run, who: Audience) -> pd.DataFrame | None:
    """Return what of the comparison with an earlier run is shown."""
    if run.comparison is None or run.since is None:
        return None
    table = run.comparison
    return table[who.may_see(table) & who.concerns(table)].reset_index(drop=True)


def _since(run: Run, compared: pd.DataFrame | None, layers: Mapping[str, Layer]) -> Mapping[str, Any] | None:
    """Return the summary of the comparison, of shown findings and layers alone."""
    if compared is None or run.since is None:
        return None
    about = pd.DataFrame([row for row in run.since["layers"] if row["layer"] in layers])
    return Comparison(old=run.since["run"], new="", findings=compared, layers=about).summary()


def _ids(*tables: pd.DataFrame | None) -> tuple[str, ...]:
    return tuple(one for table in tables if table is not None for one in table["finding_id"])


def _withheld(run: Run, who: Audience, told_reduced: int) -> dict[str, Any]:
    """Return how much of which level was left out; small counts are not told, and there is no total."""
    concerned = run.findings[who.concerns(run.findings)]
    levels = concerned["level"].value_counts()
    least = run.facts.publishing.min_count
    above = [level for level in run.facts.levels if not who.sees(level)]
    kept_back = Counter(layer.level for layer in run.facts.layers if not who.sees_layer(layer))
    return {
        "audience": who.name,
        "level": who.level,
        "min_count": least,
        "findings": _told({level: int(levels.get(level, 0)) for level in above}, least),
        "layers": _told({level: kept_back.get(level, 0) for level in above}, least),
        "reduced": told_reduced,
    }


def _told(counts: Mapping[str, int], least: int) -> dict[str, int | None]:
    """Return counts, None for those from 1 to below ``least``; no total stands beside to give them away."""
    return {name: None if 0 < count < least else count for name, count in counts.items()}
