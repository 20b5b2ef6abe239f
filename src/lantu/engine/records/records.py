"""Finished meetings on disk: one small file each while the run goes on, one file of a run that is over."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from lantu.engine.judging import Tally
from lantu.engine.tasks.task import Done, Piece
from lantu.relations import LeftOut
from lantu.rules.verdict import Explained

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

JUDGED_FILE = "judged.parquet"
"""In the folder of a run: its findings before causes, places and waivers, by the key of what they rest on."""

TEXTS = (
    "finding_id", "rule", "verdict", "severity", "department_a", "layer_a", "id_a", "department_b", "layer_b",
    "id_b", "field", "value_a", "value_b", "raw_a", "raw_b", "unit", "cause_id", "level", "town", "village",
    "message", "translation", "cause_text",
)  # fmt: skip
FLOATS = ("measure", "required", "tolerance", "share_a")
META = b"lantu"


@dataclass
class Records:
    """What was judged before, by key, and what is judged now.

    ``folder`` keeps what an interrupted run has finished, a file a task; ``earlier`` is the folder of a run
    that is over. What was kept for another edition of Lantu has other keys and is never found.
    """

    folder: Path | None = None
    earlier: Path | None = None
    reused: int = 0
    _judged: dict[str, Done] = field(default_factory=dict)
    _found: dict[str, tuple[Path, dict[str, Any]]] = field(default_factory=dict)
    _tables: dict[Path, tuple[pd.DataFrame, np.ndarray[Any, Any]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Look at what there is; a file that cannot be read is as good as none."""
        files = sorted(self.folder.glob("*.parquet")) if self.folder is not None else []
        if self.earlier is not None:
            files.insert(0, self.earlier / JUDGED_FILE)
        for path in files:
            for key, about in _about(path).items():
                self._found[key] = (path, about)

    def find(self, key: str, planned: int) -> Done | None:
        """Return what came of a meeting with this key, None where it has not been judged yet."""
        if key not in self._found:
            return None
        path, about = self._found[key]
        if path not in self._tables:
            table = _read(path)
            self._tables[path] = (table.drop(columns="key"), table["key"].to_numpy().astype(str))
        table, keys = self._tables[path]  # sorted by key
        rows = table.iloc[slice(*np.searchsorted(keys, [key, f"{key}~"]))]
        pieces = {code: _piece(rows[rows["rule"] == code], said) for code, said in about.items()}
        done = Done(planned=planned, pieces=pieces)
        self._judged[key] = done
        self.reused += 1
        return done

    def keep(self, finished: dict[str, Done]) -> None:
        """Keep what came of the meetings of one task, by key; crashes are tried again next time."""
        whole = {key: done for key, done in finished.items() if not _crashed(done)}
        self._judged |= whole
        if self.folder is not None and whole:
            path = self.folder / f"{min(whole)}.parquet"
            _write(whole, path)

    def write(self, folder: Path) -> None:
        """Write everything that was judged or found again into the folder of a run."""
        _write(self._judged, folder / JUDGED_FILE)


def _crashed(done: Done) -> bool:
    return any(piece.crash is not None for piece in done.pieces.values())


def _about(path: Path) -> dict[str, dict[str, Any]]:
    """Return by key what a file says of each rule; nothing where it is none of ours or half a file."""
    try:
        metadata = pq.read_schema(path).metadata or {}
        found: dict[str, dict[str, Any]] = json.loads(metadata[META])
    except (OSError, pa.ArrowInvalid, KeyError, ValueError):
        return {}
    return found


def _piece(rows: pd.DataFrame, said: dict[str, Any]) -> Piece:
    tally = Tally(**said["tally"], left=LeftOut(**said["left"]))
    table = rows.reset_index(drop=True) if len(rows) else None
    return Piece(findings=table, undecidable=said["undecidable"], tally=tally)


def _said(piece: Piece) -> dict[str, Any]:
    counts = asdict(piece.tally)
    left = counts.pop("left")
    return {"undecidable": piece.undecidable, "tally": counts, "left": left}


def _write(judged: dict[str, Done], path: Path) -> None:
    """Write findings by key under a passing name, then rename: half a file is never found."""
    about = {key: {code: _said(piece) for code, piece in done.pieces.items()} for key, done in judged.items()}
    parts = [
        piece.findings.assign(key=key)
        for key, done in sorted(judged.items())
        for piece in done.pieces.values()
        if piece.findings is not None
    ]
    columns = {name: _texts(parts, name) for name in ("key", *TEXTS)}
    columns |= {name: pa.array(_column(parts, name), type=pa.float64()) for name in FLOATS}
    columns["explains"] = pa.array(
        [_explained(value) for value in _column(parts, "explains")], type=pa.string()
    )
    columns["geometry"] = pa.array(shapely.to_wkb(_column(parts, "geometry")), type=pa.binary())
    table = pa.table(columns).replace_schema_metadata({META: json.dumps(about, sort_keys=True)})
    passing = path.with_name(f".writing-{path.name}")
    pq.write_table(table, passing, compression="zstd", compression_level=1)
    passing.replace(path)


def _column(parts: Iterable[pd.DataFrame], name: str) -> np.ndarray[Any, Any]:
    found = [part[name].to_numpy(dtype=np.float64 if name in FLOATS else object) for part in parts]
    return np.concatenate(found) if found else np.empty(0, dtype=object)


def _texts(parts: Iterable[pd.DataFrame], name: str) -> pa.Array:
    values = _column(parts, name)
    values[pd.isna(values)] = None
    return pa.array(values, type=pa.string())


def _explained(value: Explained | None) -> str | None:
    if value is None:
        return None
    return json.dumps({"rules": list(value.rules), "ids": sorted(value.ids)})


def _read(path: Path) -> pd.DataFrame:
    table = pq.read_table(path)
    columns: dict[str, Any] = {}
    for name in table.column_names:
        values = table.column(name).to_numpy(zero_copy_only=False)
        columns[name] = values if name in FLOATS else np.asarray(values, dtype=object)
    columns["geometry"] = shapely.from_wkb(columns["geometry"])
    columns["explains"] = [_explanation(text) for text in columns["explains"]]
    return pd.DataFrame(
        {
            name: pd.Series(values, dtype=None if name in FLOATS else object)
            for name, values in columns.items()
        }
    )


def _explanation(text: str | None) -> Explained | None:
    if text is None:
        return None
    said = json.loads(text)
    return Explained(rules=tuple(said["rules"]), ids=frozenset((a, b) for a, b in said["ids"]))
