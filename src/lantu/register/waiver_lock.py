"""What a waived contradiction was when it was waived, so that the waiver ends when it becomes another.

``waivers.csv`` is written by people and names objects. What those objects were is kept beside it, in
``waivers.lock.csv``: one line a waiver and finding, with a digest. A new ``decided_on`` is a new waiver.
"""

from __future__ import annotations

import csv
import hashlib
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from lantu.errors import BlueprintError
from lantu.messages import message

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from lantu.messages import Message
    from lantu.register.waiver_file import Waiver

KEY = ("rule", "layer_a", "id_a", "layer_b", "id_b", "decided_on")
LOCK_COLUMNS = (*KEY, "finding_id", "digest")
VALUES = ("field", "value_a", "value_b")
MEASURE_DIGITS = 6
DIGEST_LENGTH = 16

Rows = dict[tuple[str, ...], str]


@dataclass(frozen=True, kw_only=True)
class Lock:
    """The lock file of a waiver file: ``rows`` maps waiver and finding to its digest."""

    path: Path
    rows: Mapping[tuple[str, ...], str]

    def write(self) -> Message | None:
        """Write the file where its content is another one; one without rows is not made.

        A file that cannot be written stops no run: return what is to be said of it.
        """
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(LOCK_COLUMNS)
        writer.writerows((*key, digest) for key, digest in sorted(self.rows.items()))
        there = self.path.read_text(encoding="utf-8-sig") if self.path.is_file() else None
        if text.getvalue() != there and (self.rows or there is not None):
            try:
                self.path.write_text(text.getvalue(), encoding="utf-8", newline="\n")
            except OSError as error:
                return message("compare.lock_not_written", file=self.path.name, reason=str(error))
        return None


def lock_path(waiver_file: Path) -> Path:
    """Return where the lock of a waiver file stands: ``waivers.lock.csv`` beside ``waivers.csv``."""
    return waiver_file.with_name(f"{waiver_file.stem}.lock.csv")


def read_lock(waiver_file: Path) -> Lock:
    """Read the lock of a waiver file; empty where there is none yet.

    Raises
    ------
    BlueprintError
        The file is not one that Lantu wrote.
    """
    path = lock_path(waiver_file)
    if not path.is_file():
        return Lock(path=path, rows={})
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.reader(stream))
    if not rows or tuple(rows[0]) != LOCK_COLUMNS or any(len(row) != len(LOCK_COLUMNS) for row in rows):
        raise BlueprintError(message("register.lock_damaged", file=path.name))
    return Lock(path=path, rows={tuple(row[:-1]): row[-1] for row in rows[1:]})


def key_of(waiver: Waiver, finding_id: str) -> tuple[str, ...]:
    """Return the key of a waiver and a finding that it covers."""
    return (*(str(getattr(waiver, name)) for name in KEY), finding_id)


def finding_digests(findings: pd.DataFrame, objects: pd.DataFrame) -> list[str]:
    """Return a digest of each finding's objects' geometry and of the values compared.

    A measure counts to six digits; attributes that the rule did not compare do not count.
    """
    table = pd.DataFrame({name: findings[name] for name in VALUES if name in findings})
    if "measure" in findings:
        table["measure"] = [f"{value:.{MEASURE_DIGITS}g}" for value in findings["measure"]]
    shapes = objects.astype(object).drop_duplicates(["layer", "id"])[["layer", "id", "geometry"]]
    for side in ("a", "b"):
        keys = findings[[f"layer_{side}", f"id_{side}"]].astype(object).set_axis(["layer", "id"], axis=1)
        table[f"shape_{side}"] = keys.merge(shapes, on=["layer", "id"], how="left")["geometry"].to_numpy()
    texts = table.astype(object).where(table.notna(), "").astype(str)
    joined = ("\x1f".join(row) for row in texts.itertuples(index=False, name=None))
    return [hashlib.sha256(text.encode("utf-8")).hexdigest()[:DIGEST_LENGTH] for text in joined]
