"""``run.json``: what the run rests on and what it answers, for people who check and for programs."""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lantu.messages import Message
from lantu.model import SEVERITIES, Coded, StoredFindings, highest
from lantu.relations.tolerance import tolerance_between
from lantu.report.caps import CAPS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from pathlib import Path

    import pandas as pd

    from lantu.model import Layer, Outcome, Run
    from lantu.model.level import Level
    from lantu.model.outcome import Answer
    from lantu.plugins import Skipped

COUNTED = (
    "matched", "candidates", "measured", "judged", "geometries", "by_geos", "found", "undecidable", "left_out"
)  # fmt: skip
SUMMED = ("left_out_area_m2", "left_out_length_m")


def write_record(run: Run, path: Path) -> None:
    """Write the summary of the run: keys sorted, no times, no paths of this machine."""
    summary = run_summary(run)
    with path.open("w", encoding="utf-8", newline="\n") as file:  # causes by the hundred thousand are long
        json.dump(summary, file, ensure_ascii=False, sort_keys=True, indent=1, allow_nan=False)
        file.write("\n")


def write_timings(run: Run, path: Path) -> None:
    """Write how long each stage took, in seconds; the only file that differs between equal runs."""
    text = json.dumps(_rounded(run.timings_s), indent=1, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")


def _rounded(spent: Any) -> Any:  # noqa: ANN401  # seconds, or a table of them
    return (
        {name: _rounded(value) for name, value in spent.items()}
        if isinstance(spent, Mapping)
        else round(spent, 3)
    )


def run_summary(
    run: Run, *, say: Callable[[Message], Any] | None = None, without: Collection[str] = ()
) -> dict[str, Any]:
    """Return the content of ``run.json`` as plain values: inputs, rules and their answers, counts, matrix.

    ``say`` puts its messages into words, in the run's language by default; ``without`` are left out.
    """
    facts = run.facts
    taking_part = _features_found(run)
    summary = {
        "blueprint": {
            "name": facts.name,
            "as_of": facts.as_of,
            "crs": facts.working_crs,
            "language": facts.language,
            "level": level_of(run),
        },
        "departments": {
            key: {"name": entry.name, "owes": entry.owes} for key, entry in facts.departments.items()
        },
        "layers": {layer.name: _layer(layer, taking_part.get(layer.name, 0)) for layer in facts.layers},
        "rules": {code: _rule(run, code) for code in rule_codes(run)},
        "tolerances": tolerances(run),
        "counts": counts(run),
        "causes": _rows(run.causes),
        "grouping": {
            "findings": len(run.findings),
            "explained": int(run.findings["cause_id"].notna().sum()),
            "consolidated": consolidated(run),
        },
        "matrix": run.matrix().to_dict(orient="index"),
        "waivers": {**run.waivers, "finding_ids": run.waived["finding_id"].tolist()},
        "caps": CAPS,
        "kernels": run.kernels,
        "versions": run.versions,
        "plugins": {"skipped": [_skipped(one) for one in run.skipped_plugins]},
    }
    if run.decisions is not None:
        summary["decisions"] = run.decisions
    if run.withheld is not None:
        summary["withheld"] = run.withheld
    if run.since is not None:
        summary["since"] = run.since
    wanted = {name: value for name, value in summary.items() if name not in without}
    plain: dict[str, Any] = _plain(wanted, say or (lambda message: message.text(run.language)))
    return plain


def _rows(table: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Yield the rows of a table one by one: there may be hundreds of thousands."""
    names = [str(name) for name in table.columns]
    return (dict(zip(names, row, strict=True)) for row in table.itertuples(index=False, name=None))


def _skipped(one: Skipped) -> dict[str, Any]:
    return {"group": one.group, "name": one.part, "package": one.package, "reason": one.reason}


def counts(run: Run) -> dict[str, Any]:
    """Return the headline numbers, and findings by verdict and severity."""
    table = run.findings[["verdict", "severity"]].groupby(["verdict", "severity"]).size()
    by_severity = {
        verdict: {severity: int(table.get((verdict, severity), 0)) for severity in SEVERITIES}
        for verdict in ("conflict", "undecidable")
    }
    return {
        "conflict": sum(by_severity["conflict"].values()),
        "undecidable": sum(by_severity["undecidable"].values()),
        "not_checked": len(run.not_checked),
        "causes": len(run.causes),
        "waived": len(run.waived),
        "by_severity": by_severity,
    }


def consolidated(run: Run) -> bool:
    """Say whether grouping made the list shorter; where nothing was found there was nothing to shorten."""
    shared = run.findings["cause_id"].value_counts()
    return len(run.findings) == 0 or bool((shared > 1).any())


def level_of(run: Run) -> Level:
    """Return the level of the outputs: the blueprint's, or a finding's or layer's where that is higher."""
    seen = set(run.findings["level"].dropna()) | set(run.waived["level"].dropna())
    return highest([run.facts.level, *(one.level for one in run.facts.layers), *seen], run.facts.levels)


def rule_codes(run: Run) -> list[str]:
    """Return every rule that took part or should have, sorted."""
    return sorted({*run.rules, *(outcome.rule for outcome in run.outcomes)})


def rule_answer(outcomes: Sequence[Outcome]) -> Answer:
    """Return a rule's answer over all its pairs of layers; "none found" must be earned on every one."""
    said = {outcome.answer for outcome in outcomes}
    if "conflict" in said:
        return "conflict"
    return "none_found" if said == {"none_found"} else "not_checked"


def outcome_layers(run: Run, outcome: Outcome) -> tuple[list[Layer], list[Layer]]:
    """Return the layers on both sides of an outcome; the other side may name several, joined by commas."""
    by_name = {layer.name: layer for layer in run.facts.layers}

    def sides(name: str | None) -> list[Layer]:
        names = [] if name is None else [name] if name in by_name else name.split(", ")
        return [by_name[one] for one in names if one in by_name]

    return sides(outcome.layer_a), sides(outcome.layer_b)


def tolerances(run: Run) -> list[dict[str, Any]]:
    """Return the tolerance of every pair of layers that a rule compared, in metres."""
    pairs: dict[tuple[str, str], float] = {}
    for outcome in run.outcomes:
        first, second = outcome_layers(run, outcome)
        for a in first:
            for b in second:
                if a.refusal is None and b.refusal is None:
                    pairs[a.name, b.name] = tolerance_between(a, b)
    return [{"layer_a": a, "layer_b": b, "tolerance_m": round(pairs[a, b], 4)} for a, b in sorted(pairs)]


def _layer(layer: Layer, taking_part: int) -> dict[str, Any]:
    refusal = layer.refusal
    return {
        "standard": layer.standard,
        "department": layer.department,
        "level": layer.level,
        "accuracy_m": layer.accuracy_m,
        "source": layer.provenance,
        "refused": None if refusal is None else {"reason": refusal.reason, "rule": refusal.code},
        "features_in_findings": taking_part,
    }


def _features_found(run: Run) -> dict[str, int]:
    """Return how many different objects of each layer take part in findings."""
    sides = [(_coded(run, f"layer_{side}"), _coded(run, f"id_{side}")) for side in "ab"]
    names = sorted({name for layers, _ in sides for name in layers.names})
    return {name: _objects_of(name, sides) for name in names}


def _objects_of(name: str, sides: Sequence[tuple[Coded, Coded]]) -> int:
    """Count the objects of a layer that stand on either side, layer by layer: their ids may be millions."""
    seen = []
    for layers, ids in sides:
        here = layers.is_one_of([name]) & (ids.of >= 0)
        seen.append(ids.texts.take(pa.array(np.unique(ids.of[here]))))
    distinct = pc.unique(pa.chunked_array(seen, pa.string()))
    of_the_whole = bool(pc.index(distinct, "").as_py() >= 0)  # a finding about all of the layer has no id
    return len(distinct) - of_the_whole


def _coded(run: Run, column: str) -> Coded:
    if isinstance(run.findings, StoredFindings):
        left = run.findings.left
        return run.findings.coded[column] if left is None else run.findings.coded[column].take(left)
    return Coded.of_chunks(
        [pa.array(run.findings[column].to_numpy(dtype=object), pa.string(), from_pandas=True)]
    )


def _rule(run: Run, code: str) -> dict[str, Any]:
    outcomes = [outcome for outcome in run.outcomes if outcome.rule == code]
    totals = {name: sum(getattr(outcome, name) for outcome in outcomes) for name in (*COUNTED, *SUMMED)}
    return {
        "answer": rule_answer(outcomes),
        "parameters": run.rules.get(code, {}),
        **totals,
        "pairs": [_outcome(outcome) for outcome in outcomes],
    }


def _outcome(outcome: Outcome) -> dict[str, Any]:
    entry = {name: getattr(outcome, name) for name in (*COUNTED, *SUMMED)}
    named = {"layer_a": outcome.layer_a, "layer_b": outcome.layer_b, "answer": outcome.answer}
    return named | {"reason": outcome.reason} | entry


def _plain(value: Any, say: Callable[[Message], Any]) -> Any:  # noqa: ANN401  # any value of a parameter
    """Return ``value`` as JSON knows it: messages said, dates as text, NaN as null, paths by their name."""
    if isinstance(value, Message):
        value = say(value)
    elif isinstance(value, Enum):
        value = value.value
    if isinstance(value, Mapping):
        return {str(key): _plain(entry, say) for key, entry in value.items()}
    if is_dataclass(value):
        return {entry.name: _plain(getattr(value, entry.name), say) for entry in fields(value)}
    if isinstance(value, set | frozenset):
        return sorted(_plain(entry, say) for entry in value)
    if isinstance(value, list | tuple | np.ndarray | Iterator):
        return [_plain(entry, say) for entry in value]
    return _atom(value)


def _atom(value: Any) -> str | float | None:  # noqa: ANN401  # as above
    """Return one value as JSON knows it."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, dt.date):
        return value.isoformat()
    return value.name if isinstance(value, PurePath) else str(value)
