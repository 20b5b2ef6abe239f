"""Two runs compared: what is new, what stays, what is resolved, and what was simply not tested again."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from lantu.messages import message, other_language
from lantu.model import empty_translations, joined_translations, translated, translations_from
from lantu.register.object_changes import object_details, object_states
from lantu.register.objects import write_table
from lantu.register.renaming import renaming
from lantu.register.retest import Runs, said, unchanged_but, why_not_retested

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from lantu.messages import Language, Message
    from lantu.model import BoolArray
    from lantu.register.recorded import Recorded

STATUSES = ("new", "reopened", "persisting", "resolved", "waived", "not_retested")
"""``reopened`` was waived before and no longer is; ``waived`` was open before and now is waived."""

GONE = ("resolved", "waived", "not_retested")
"""Statuses of findings that only the older run has."""

KEPT = (
    "finding_id", "rule", "severity", "verdict", "department_a", "layer_a", "id_a", "department_b", "layer_b",
    "id_b", "field",
)  # fmt: skip
COLUMNS = (
    "finding_id", "status", *KEPT[1:], "introduced_by", "delivery", "object_a", "object_b", "changed",
    "changed_a", "changed_b", "formerly", "reason", "level", "message",
)  # fmt: skip

SENTENCES = ("changed_a", "changed_b", "reason")
"""Columns that are sentences; until both languages are said, each holds a tuple of messages."""

WATCHED = ("verdict", "severity", "value_a", "value_b", "raw_a", "raw_b", "measure", "required", "tolerance")
"""Columns of a persisting finding that are compared; its geometry too."""

ASTRAY_RULE = "CR03"
"""Lists the objects that lie outside the district; they take no part in comparisons."""

RELATIVE, ABSOLUTE = 1e-9, 1e-6
"""Measures closer than this are equal: the same input gives the same bytes, a parquet file keeps them."""


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """The findings of two runs by ``status`` (COLUMNS), and the layers of both with what changed.

    ``translations`` has the sentences of ``findings`` in the other language, as ``Run.translations``.
    """

    old: str
    new: str
    findings: pd.DataFrame
    layers: pd.DataFrame
    translations: pd.DataFrame = field(default_factory=empty_translations)

    def counts(self) -> dict[str, int]:
        """Return the number of findings of each status."""
        found = self.findings["status"].value_counts()
        return {status: int(found.get(status, 0)) for status in STATUSES}

    def by_rule(self) -> pd.DataFrame:
        """Return the counts with a row per rule and a column per status."""
        table = pd.crosstab(self.findings["rule"], self.findings["status"])
        return table.reindex(columns=list(STATUSES), fill_value=0).astype(int).sort_index()

    def by_delivery(self) -> pd.DataFrame:
        """Return introduced_by, delivery, and how many new findings each introduced, most first."""
        new = self.findings[self.findings["status"] == "new"]
        counted = new.groupby(["introduced_by", "delivery"]).size().rename("findings").reset_index()
        return counted.sort_values(
            ["findings", "introduced_by", "delivery"], ascending=[False, True, True], ignore_index=True
        )

    def by_reason(self) -> pd.DataFrame:
        """Return why findings were not tested again: rule, reason and how many."""
        left = self.findings[self.findings["status"] == "not_retested"]
        return left.groupby(["rule", "reason"]).size().rename("findings").reset_index()

    def summary(self) -> dict[str, Any]:
        """Return the comparison without its findings, as plain data."""
        return {
            "run": self.old,
            "counts": self.counts(),
            "by_rule": self.by_rule().to_dict(orient="index"),
            "by_delivery": self.by_delivery().to_dict(orient="records"),
            "not_retested": self.by_reason().to_dict(orient="records"),
            "layers": self.layers.to_dict(orient="records"),
        }

    def write(self, path: Path) -> None:
        """Write the findings as CSV."""
        write_table(self.findings, path)


def statuses(old: set[str], old_waived: set[str], new: set[str], new_waived: set[str]) -> dict[str, str]:
    """Return the status of each finding that is open in either run; ``gone`` is not judged here yet."""
    found = dict.fromkeys(new, "new") | dict.fromkeys(new & old_waived, "reopened")
    found |= dict.fromkeys(new & old, "persisting")
    left = old - new
    return found | dict.fromkeys(left - new_waived, "gone") | dict.fromkeys(left & new_waived, "waived")


def compare_recorded(old: Recorded, new: Recorded, language: Language) -> Comparison:
    """Compare two runs; sentences are in ``language``."""
    renamed = renaming(old, new)
    old = renamed.old
    runs = Runs(old, new)
    states = statuses(
        set(old.findings["finding_id"]), set(old.waived), set(new.findings["finding_id"]), set(new.waived)
    )
    gone = old.findings["finding_id"].map(states).isin(("gone", "waived"))
    kept = [*KEPT, "level", "message"]
    table = pd.concat([new.findings[kept], old.findings.loc[gone, kept]], ignore_index=True)
    table = pd.DataFrame(table).astype(object).where(table.notna(), None)
    table["status"] = table["finding_id"].map(states)
    for side in ("a", "b"):
        keys = table[[f"layer_{side}", f"id_{side}"]].set_axis(["layer", "id"], axis=1)
        found = object_states(keys, old.objects, new.objects, renamed.objects)
        table[f"object_{side}"] = found
        details = object_details(keys, found, old.objects, new.objects)
        table[f"changed_{side}"] = pd.Series(details, index=table.index, dtype=object)
    _settle(table, runs)
    _introduce(table, runs)
    translations = joined_translations(_speak(table, language), _translate(table, old, language))
    changed = _changed_columns(old, new)
    table["changed"] = [changed.get(one, "") for one in table["finding_id"]]
    table["formerly"] = [renamed.findings.get(one, "") for one in table["finding_id"]]
    return Comparison(
        old=old.name,
        new=new.name,
        findings=table[list(COLUMNS)].sort_values(["rule", "finding_id"], ignore_index=True),
        layers=_layers(runs, {now: was for was, now in renamed.layers.items()}),
        translations=translations,
    )


def _speak(table: pd.DataFrame, language: Language) -> pd.DataFrame:
    """Put the sentences of a table into ``language``, and return them in the other one.

    What a run's record gives as text is there in one language only.
    """
    other = pd.DataFrame({"finding_id": table["finding_id"]})
    for name in SENTENCES:
        other[name] = [
            None if any(isinstance(part, str) for part in parts) else said(parts, other_language(language))
            for parts in table[name]
        ]
        table[name] = [said(parts, language) for parts in table[name]]
    return translations_from(other, "finding_id", SENTENCES)


def _translate(table: pd.DataFrame, old: Recorded, language: Language) -> pd.DataFrame:
    """Return what findings that are gone say in the other language; an older run may not have kept it.

    Where the older run spoke the other language, its sentence and its translation change places.
    """
    gone = table["finding_id"].isin(list(old.findings["finding_id"])) & table["status"].isin(GONE)
    told = table["finding_id"].map(translated(old.translations, "message")).where(gone)
    if old.summary["blueprint"]["language"] != language:
        known = told.notna()
        own = table["message"].where(known)
        table["message"] = told.where(known, table["message"])
        told = own
    return translations_from(table.assign(message=told), "finding_id", ("message",))


def _groups(table: pd.DataFrame, status: str) -> list[tuple[tuple[str, str, str], pd.Index]]:
    """Return the rows of a status by rule and both layers; what is true of one is true of its group."""
    chosen = table[table["status"] == status].fillna({"layer_b": ""})
    groups = chosen.groupby(["rule", "layer_a", "layer_b"]).groups
    return [((str(key[0]), str(key[1]), str(key[2])), rows) for key, rows in groups.items()]  # type: ignore[index]


def _set_reason(table: pd.DataFrame, rows: pd.Index, reason: Message | str) -> None:
    table.loc[rows, "reason"] = pd.Series([(reason,)] * len(rows), index=rows, dtype=object)


def _settle(table: pd.DataFrame, runs: Runs) -> None:
    """Say of each finding that is gone whether it is resolved or was not tested again, and why."""
    table["reason"] = pd.Series([()] * len(table), index=table.index, dtype=object)
    for (rule, a, b), rows in _groups(table, "gone"):
        why = why_not_retested(runs, rule, a, b or None)
        table.loc[rows, "status"] = "resolved" if why is None else "not_retested"
        if why is None:
            _unread(table, rows, {"a": a, "b": b}, runs)
        else:
            _set_reason(table, rows, why)
    _astray(table, runs)


def _astray(table: pd.DataFrame, runs: Runs) -> None:
    """Take back "resolved" where the object lies outside the district now: then it was compared with none."""
    found = runs.new.findings[runs.new.findings["rule"] == ASTRAY_RULE]
    strays = set(zip(found["layer_a"], found["id_a"], strict=True))
    for side in ("a", "b"):
        places = zip(table[f"layer_{side}"], table[f"id_{side}"], strict=True)
        out = (table["status"] == "resolved") & np.array(
            [place in strays for place in places], dtype=np.bool_
        )
        table.loc[out, "status"] = "not_retested"
        _set_reason(table, table.index[out], message("compare.astray"))


def _unread(table: pd.DataFrame, rows: pd.Index, layers: Mapping[str, str], runs: Runs) -> None:
    """Take back "resolved" where the object is missing from a layer that could not be read whole."""
    for side, name in layers.items():
        layer = runs.layer("new", name)
        lost = layer["source"]["count_listed"] if layer is not None else 0
        if lost and runs.changed(name):
            there = table.loc[rows]
            missing = there.index[there[f"object_{side}"].isin(("removed", "unknown"))]
            table.loc[missing, "status"] = "not_retested"
            _set_reason(table, missing, message("compare.maybe_unread", layer=name, count=lost))


def _introduce(table: pd.DataFrame, runs: Runs) -> None:
    """Say of each new finding which delivery is another one than before."""
    table["introduced_by"] = ""
    table["delivery"] = ""
    for (rule, a, b), rows in _groups(table, "new"):
        others = runs.others("new", rule, a, b or None)
        first = [a] if a and runs.changed(a) else []
        second = [name for name in others if name != a and runs.changed(name)]
        by = {(True, True): "both", (True, False): "a", (False, True): "b"}.get(
            (bool(first), bool(second)), "neither"
        )
        table.loc[rows, "introduced_by"] = by
        table.loc[rows, "delivery"] = "; ".join(_delivery(runs, name) for name in (*first, *second))
        if by == "neither":
            known = tuple(name for name in (a, *others) if name)
            _set_reason(table, rows, unchanged_but(runs, rule, known))


def _delivery(runs: Runs, name: str) -> str:
    layer = runs.layer("new", name)
    if layer is None:
        return name
    source = layer["source"]
    department = runs.new.summary["departments"].get(layer["department"], {}).get("name", layer["department"])
    marks = (department, source["issued"], (source["sha256"] or "")[:12])
    return f"{name} ({', '.join(str(mark) for mark in marks if mark)})"


def _changed_columns(old: Recorded, new: Recorded) -> dict[str, str]:
    """Return for each finding of both runs the columns that differ, with commas between them."""
    names = [*WATCHED, "geometry"]
    before, after = (
        pd.DataFrame(run.findings)
        .rename(columns={run.findings.geometry.name: "geometry"})
        .set_index("finding_id")[names]
        for run in (old, new)
    )
    both = after.index.intersection(before.index)
    before, after = before.loc[both], after.loc[both]
    said = np.full(len(both), "", dtype=object)
    for name in names:
        said = said + np.where(_differ(before[name], after[name]), f"{name}, ", "").astype(object)
    return {one: text.removesuffix(", ") for one, text in zip(both, said, strict=True)}


def _differ(before: pd.Series[Any], after: pd.Series[Any]) -> BoolArray:
    if before.name == "geometry":
        none = before.isna().to_numpy() & after.isna().to_numpy()
        exact = shapely.equals_exact(before.to_numpy(), after.to_numpy(), ABSOLUTE, normalize=True)
        return np.asarray(~none & ~exact, dtype=np.bool_)
    if pd.api.types.is_float_dtype(after.dtype):
        first, second = before.to_numpy(float), after.to_numpy(float)
        return np.asarray(~np.isclose(first, second, rtol=RELATIVE, atol=ABSOLUTE, equal_nan=True))
    texts = (series.astype(object).where(series.notna(), None).to_numpy() for series in (before, after))
    first, second = texts
    return np.asarray(first != second)


def _layers(runs: Runs, formerly: Mapping[str, str]) -> pd.DataFrame:
    rows = []
    for name in sorted({*runs.old.summary["layers"], *runs.new.summary["layers"]}):
        before, after = runs.layer("old", name), runs.layer("new", name)
        state = "added" if before is None else "removed" if after is None else "unchanged"
        if state == "unchanged" and runs.changed(name):
            state = "changed"
        here: Any = after or before
        row = {"layer": name, "department": here["department"], "state": state}
        row["formerly"] = formerly.get(name, "")
        for which, layer in (("old", before), ("new", after)):
            source = layer["source"] if layer is not None else {}
            row |= {f"sha256_{which}": source.get("sha256"), f"issued_{which}": source.get("issued")}
        rows.append(row)
    return pd.DataFrame(rows)
