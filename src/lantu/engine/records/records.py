"""Finished meetings on disk: one small file each while the run goes on, one file of a run that is over."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from lantu.engine.filed import SCHEMA, Filed, filed, parts
from lantu.engine.judging import Tally
from lantu.engine.tasks.task import Done, Piece
from lantu.model import even, give_memory_back
from lantu.relations import LeftOut

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

JUDGED_FILE = "judged.parquet"
"""In the folder of a run: its findings before causes, places and waivers, by the key of what they rest on."""

META = b"lantu"
KEYED = pa.schema([("key", pa.string()), *SCHEMA])


@dataclass
class Records:
    """What was judged before, by key, and what is judged now.

    ``folder`` keeps what an interrupted run has finished, a file a task; ``earlier`` is the folder of a run
    that is over. What was kept for another edition of Lantu has other keys and is never found. Findings that
    stand in a file are not in memory.
    """

    folder: Path | None = None
    earlier: Path | None = None
    reused: int = 0
    _judged: dict[str, Done] = field(default_factory=dict)
    _found: dict[str, tuple[Path, dict[str, Any]]] = field(default_factory=dict)
    _places: dict[Path, dict[tuple[str, str], Filed]] = field(default_factory=dict)

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
        if path not in self._places:
            self._places[path] = _places(path)
        places = self._places[path]
        pieces = {code: _piece(places.get((key, code)), said) for code, said in about.items()}
        done = Done(planned=planned, pieces=pieces)
        self._judged[key] = done
        self.reused += 1
        return done

    def keep(self, finished: dict[str, Done]) -> list[Done]:
        """Keep what came of the meetings of one task, by key; crashes are tried again next time.

        What was finished comes back, its findings as Arrow has them, on file where there is a folder.
        """
        whole = {key: done for key, done in finished.items() if not _crashed(done)}
        source: Path | pa.Table = None
        if self.folder is not None and whole:
            source = self.folder / f"{min(whole)}.parquet"
            _write(whole, source)
        elif whole:
            source = _table(whole)
        places = _places(source) if whole else {}
        whole = {key: _filed(key, done, places) for key, done in whole.items()}
        self._judged |= whole
        return list((finished | whole).values())

    def write(self, folder: Path) -> None:
        """Write everything that was judged or found again into the folder of a run."""
        _write(self._judged, folder / JUDGED_FILE)
        give_memory_back()


def _crashed(done: Done) -> bool:
    return any(piece.crash is not None for piece in done.pieces.values())


def _filed(key: str, done: Done, places: dict[tuple[str, str], Filed]) -> Done:
    """Return what came of a meeting with its findings where they are filed in place of the tables."""
    pieces = {code: replace(piece, findings=places.get((key, code))) for code, piece in done.pieces.items()}
    return replace(done, pieces=pieces)


def _about(path: Path) -> dict[str, dict[str, Any]]:
    """Return by key what a file says of each rule; nothing where it is none of ours or half a file."""
    try:
        metadata = pq.read_schema(path).metadata or {}
        found: dict[str, dict[str, Any]] = json.loads(metadata[META])
    except (OSError, pa.ArrowInvalid, KeyError, ValueError):
        return {}
    return found


def _places(source: Path | pa.Table) -> dict[tuple[str, str], Filed]:
    """Return by key and rule where its findings stand in a file or table: together, as they were written."""
    table = pq.read_table(source, columns=["key", "rule"]) if isinstance(source, Path) else source
    keys, rules = (table.column(name).to_numpy(zero_copy_only=False) for name in ("key", "rule"))
    starts = np.flatnonzero(np.r_[True, (keys[1:] != keys[:-1]) | (rules[1:] != rules[:-1])][: len(keys)])
    stops = np.r_[starts[1:], len(keys)][: len(starts)]
    return {
        (keys[start], rules[start]): Filed(source, int(start), int(stop))
        for start, stop in zip(starts, stops, strict=True)
    }


def _piece(findings: Filed | None, said: dict[str, Any]) -> Piece:
    tally = Tally(**said["tally"], left=LeftOut(**said["left"]))
    return Piece(findings=findings, undecidable=said["undecidable"], tally=tally)


def _said(piece: Piece) -> dict[str, Any]:
    counts = asdict(piece.tally)
    left = counts.pop("left")
    return {"undecidable": piece.undecidable, "tally": counts, "left": left}


def _write(judged: dict[str, Done], path: Path) -> None:
    """Write findings by key under a passing name, then rename: half a file is never found."""
    about = {key: {code: _said(piece) for code, piece in done.pieces.items()} for key, done in judged.items()}
    schema = KEYED.with_metadata({META: json.dumps(about, sort_keys=True)})
    passing = path.with_name(f".writing-{path.name}")
    with pq.ParquetWriter(passing, schema, compression="zstd", compression_level=1) as writer:
        for table in _tables(judged):
            writer.write_table(table.cast(schema))
    passing.replace(path)


def _tables(judged: dict[str, Done]) -> Iterator[pa.Table]:
    """Yield the findings of all meetings: those in memory by key, then those on file as they stand there."""
    here = {key: done for key, done in judged.items() if not _on_file(done)}
    if here:
        yield from even([_table(here)])
    filed = [piece.findings for done in judged.values() if _on_file(done) for piece in done.pieces.values()]
    places = sorted((one.source, one.start, one.stop) for one in filed if isinstance(one, Filed))
    for part, _ in parts([Filed(*place) for place in places], KEYED.names):
        yield part


def _table(judged: Mapping[str, Done]) -> pa.Table:
    """Return the findings of meetings, none of them on file yet, each meeting's together."""
    found = [
        (key, piece.findings)
        for key, done in sorted(judged.items())
        for piece in done.pieces.values()
        if piece.findings is not None
    ]
    key_of = np.repeat(np.array([key for key, _ in found], dtype=object), [len(one) for _, one in found])
    tables, numbers = [SCHEMA.empty_table()], [np.empty(0, dtype=np.int64)]
    for part, number in parts(filed([findings for _, findings in found])):
        tables.append(part)
        numbers.append(number)
    keys = pa.array(key_of[np.concatenate(numbers)], pa.string())
    return pa.concat_tables(tables).add_column(0, "key", keys)


def _on_file(done: Done) -> bool:
    found = (piece.findings for piece in done.pieces.values())
    return any(isinstance(one, Filed) and isinstance(one.source, Path) for one in found)
