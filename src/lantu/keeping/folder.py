"""Writing a run and its layers below the run's folder, and reading them back."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from lantu.errors import OutputError
from lantu.keeping.layers import as_arrow, read_frame, write_layer
from lantu.keeping.plain import from_plain, to_plain
from lantu.messages import message
from lantu.model import (
    FINDING_COLUMNS,
    TRANSLATION_COLUMNS,
    Layer,
    Run,
    StoredFindings,
    empty_problems,
    empty_translations,
    even,
    in_memory,
)
from lantu.staging import settle

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    import geopandas as gpd

KEPT = "kept"
"""The folder below a run's own that holds it whole: as confidential as the most confidential layer."""

RECORD = "record.json"
FINDINGS = "findings.parquet"
WAIVED = "waived.parquet"
TRANSLATIONS = "translations.parquet"
"""What findings and causes say in the other language; a run kept by an older edition has none."""

VERSION = 1

WAIVED_COLUMNS = ("reason", "decided_by", "until")
CAUSE_NUMBERS = ("findings",)
PLAIN = (
    "outcomes", "rules", "waivers", "versions", "texts", "skipped_plugins", "since", "trend", "grounds",
)  # fmt: skip
"""Fields of a run that are written as they are; timings and decisions belong to the day, not to the run."""

LAYER = ("name", "standard", "department", "accuracy_m", "level", "provenance", "levels", "refusal", "shift")


def write_kept(run: Run, folder: Path, *, findings: Path | None = None) -> None:
    """Write a run below ``folder``: its records, findings, and every layer's standard columns.

    Source fields stay with the source. Equal runs give equal bytes where their layers lie alike, in memory
    or on disk. ``findings`` is the run's ``findings.parquet`` where that is written already: it is copied.

    Raises
    ------
    OSError
        A file cannot be written.
    """
    kept = folder / KEPT
    kept.mkdir(parents=True, exist_ok=True)
    layers = []
    for number, layer in enumerate(run.facts.layers):
        write_layer(layer, kept / f"layer-{number}.parquet")
        known = {name: getattr(layer, name) for name in LAYER}
        layers.append({**known, "shift_accuracy_m": layer.shift_accuracy_m})
    if findings is None:
        _findings(in_memory(run).findings).to_parquet(kept / FINDINGS, index=False, compression="zstd")
    else:
        shutil.copyfile(findings, kept / FINDINGS)
    _findings(run.waived).to_parquet(kept / WAIVED, index=False, compression="zstd")
    _write_translations(run, kept / TRANSLATIONS)
    record = {
        "version": VERSION,
        "facts": to_plain(replace(run.facts, layers=())),
        "layers": to_plain(layers),
        "cause_columns": [str(name) for name in run.causes.columns],
        "comparison": None if run.comparison is None else [*map(to_plain, _records(run.comparison))],
        **{name: to_plain(getattr(run, name)) for name in PLAIN},
    }
    with (kept / RECORD).open("w", encoding="utf-8", errors="replace", newline="\n") as file:
        file.write('{"causes": [')
        for number, row in enumerate(_records(run.causes)):  # hundreds of thousands, one text at a time
            file.write(f"{', ' if number else ''}{_json(to_plain(row))}")
        file.write(f"], {_json(record).removeprefix('{')}\n")


def read_kept(folder: Path) -> Run:
    """Return the run that was kept in ``folder``, its layers with their standard columns.

    Raises
    ------
    OutputError
        The folder keeps no run, or not one of this version, or a file of it is damaged.
    """
    settle(folder)
    kept = folder / KEPT
    if not (kept / RECORD).is_file():
        raise OutputError(message("keeping.no_run", folder=str(folder), file=f"{KEPT}/{RECORD}"))
    try:
        record = json.loads((kept / RECORD).read_text(encoding="utf-8"))
        if record["version"] != VERSION:
            raise OutputError(
                message("keeping.version", folder=str(folder), found=record["version"], known=VERSION)
            )
        return _run(record, kept)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise OutputError(message("keeping.damaged", folder=str(folder), reason=str(error))) from error


def _run(record: Mapping[str, Any], kept: Path) -> Run:
    layers = tuple(
        Layer(
            **given,
            frame=read_frame(kept / f"layer-{number}.parquet"),
            problems=empty_problems(),
        )
        for number, given in enumerate(from_plain(record["layers"]))
    )
    causes = pd.DataFrame(from_plain(record["causes"]), columns=record["cause_columns"], dtype=object)
    comparison = record["comparison"]
    return Run(
        facts=replace(from_plain(record["facts"]), layers=layers),
        findings=read_frame(kept / FINDINGS),
        waived=read_frame(kept / WAIVED),
        translations=read_translations(kept.parent),
        causes=causes.astype(dict.fromkeys(CAUSE_NUMBERS, "int64")) if len(causes) else causes,
        comparison=None if comparison is None else pd.DataFrame(from_plain(comparison), dtype=object),
        **{name: from_plain(record[name]) for name in PLAIN},
    )


def read_translations(folder: Path) -> pd.DataFrame:
    """Return what the run in ``folder`` says in the language that is not its own, as far as it was kept.

    Raises
    ------
    OutputError
        The file is there and damaged.
    """
    path = folder / KEPT / TRANSLATIONS
    if not path.is_file():
        return empty_translations()
    try:
        return pd.read_parquet(path, columns=list(TRANSLATION_COLUMNS)).astype(object)
    except (OSError, ValueError, KeyError) as error:
        raise OutputError(message("keeping.damaged", folder=str(folder), reason=str(error))) from error


def _write_translations(run: Run, path: Path) -> None:
    """Write what findings and causes say in the other language, as many texts at a time wherever they lie."""
    schema = pa.Schema.from_pandas(empty_translations().astype("string"), preserve_index=False)
    others = pa.Table.from_pandas(run.translations.astype("string"), schema, preserve_index=False)
    stored = run.findings.translations() if isinstance(run.findings, StoredFindings) else ()
    told = (part.cast(schema) for part in chain(stored, [others]))
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for part in even(told):
            writer.write_table(part)


def _json(value: Any) -> str:  # noqa: ANN401  # what ``to_plain`` gives
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _records(table: pd.DataFrame) -> Iterator[dict[str, Any]]:
    clean = table.astype(object).where(table.notna(), None)
    names = [str(name) for name in table.columns]
    return (dict(zip(names, row, strict=True)) for row in clean.itertuples(index=False, name=None))


def _findings(findings: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    texts = [name for name, dtype in FINDING_COLUMNS.items() if dtype == "object"]
    extra = [name for name in WAIVED_COLUMNS if name in findings.columns]
    table = findings.copy()
    for name in (*texts, *extra):
        table[name] = pd.array(as_arrow(table[name].astype(object)), dtype="string[pyarrow]")
    return table
