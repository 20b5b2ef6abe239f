"""Attributes from a table, joined to the features of a layer by key."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from lantu.errors import SourceError
from lantu.messages import message
from lantu.model import JoinCount, JoinSpec, ProblemKind, ProblemLog, RawTable
from lantu.sources.damage import problem, problem_log
from lantu.sources.registry import open_source
from lantu.sources.source import did_you_mean

if TYPE_CHECKING:
    from pathlib import Path

    from lantu.model import IntArray, ObjectArray

CLASH_PREFIX = "table."
"""A table column whose name the layer has already is joined under this prefix."""

_WHOLE_AS_DECIMAL = re.compile(r"([+-]?\d+)\.0*")


def read_table(path: Path, *, layer: str | None = None, encoding: str | None = None) -> RawTable:
    """Read the attributes of any source as a plain table; it need not have geometry.

    Raises
    ------
    SourceError
        The source cannot be read.
    """
    return open_source(path, encoding=encoding).read(layer, geometry=False)


def join_table(
    raw: RawTable, spec: JoinSpec, *, encoding: str | None = None
) -> tuple[RawTable, JoinCount, ProblemLog]:
    """Return the layer with the table's columns added, how well they joined, and the problems added.

    Keys are compared as text without blanks around it, ``1.0`` as ``1``. Every feature stays, once: one
    without a row has no values and is listed. Of several rows with one key the FIRST is used, and the key
    is listed with the number of its rows. The table's key column is not added; a column whose name the
    layer has already becomes ``table.NAME``. The returned layer's own problem log has the new rows too.
    ``rows_unused`` counts the rows whose key no feature has.

    Raises
    ------
    SourceError
        The table cannot be read, or one of the two has no field of that name.
    """
    table = read_table(spec.path, layer=spec.table_layer, encoding=encoding)
    ours = keys_of(field_of(raw.attributes, spec.on, raw.layer or ""))
    theirs = keys_of(field_of(table.attributes, spec.table_key, spec.path.name))
    distinct, first, counts = first_rows(theirs)
    positions = pd.Index(distinct).get_indexer(pd.Index(ours)) if len(distinct) else np.full(len(ours), -1)
    rows = np.where(positions >= 0, first[positions] if len(first) else -1, -1)
    added = columns_added(raw.attributes, table.attributes.drop(columns=[spec.table_key]), rows)
    problems = _problems(raw, spec, ours, rows, (distinct, counts))
    used = pd.Index(distinct[np.unique(positions[positions >= 0])])
    count = JoinCount(
        joined=int((rows >= 0).sum()),
        without_row=int((rows < 0).sum()),
        rows_unused=int((~pd.Index(theirs).isin(used)).sum()),
        keys_repeated=int((counts > 1).sum()),
    )
    logs = [log for log in (raw.problems, problems) if len(log)]
    joined = replace(
        raw,
        attributes=pd.concat([raw.attributes, added], axis=1),
        problems=pd.concat(logs, ignore_index=True) if logs else raw.problems,
    )
    return joined, count, problems


def keys_of(series: pd.Series) -> ObjectArray:
    """Return a column as join keys: text, None where missing or blank."""
    keys = [None if pd.isna(value) else _key(value) for value in series.to_numpy(dtype=object)]
    return np.array([*keys, None], dtype=object)[:-1]


def _key(value: object) -> str | None:
    text = str(value).strip()
    whole = _WHOLE_AS_DECIMAL.fullmatch(text)
    return (whole[1] if whole else text) or None


def field_of(frame: pd.DataFrame, name: str, where: str) -> pd.Series:
    """Return the column of that name; raises a SourceError that lists those there are."""
    if name in frame.columns:
        return frame[name]
    raise SourceError(
        message(
            "sources.field_unknown",
            where=where,
            field=name,
            fields=", ".join(frame.columns),
            help=did_you_mean(name, frame.columns),
        )
    )


def first_rows(keys: ObjectArray) -> tuple[ObjectArray, IntArray, IntArray]:
    """Return distinct keys in table order, the first row of each, and how many rows each has."""
    codes, distinct = pd.factorize(keys)  # missing keys get the code -1
    here = codes[codes >= 0]
    counts = np.bincount(here, minlength=len(distinct)).astype(np.int64)
    _, first = np.unique(here, return_index=True)
    return np.asarray(distinct, dtype=object), np.flatnonzero(codes >= 0)[first], counts


def columns_added(ours: pd.DataFrame, table: pd.DataFrame, rows: IntArray) -> pd.DataFrame:
    """Return the table's columns, its row ``rows[i]`` for feature ``i``, none where that is negative.

    Whole numbers with gaps stay whole. A name that the features have already is taken under the prefix.
    """
    columns: dict[str, pd.Series] = {}
    for name in table.columns:
        column = table[name]
        if (rows < 0).any() and column.dtype.kind in "iub" and isinstance(column.dtype, np.dtype):
            column = column.astype("boolean" if column.dtype.kind == "b" else "Int64")
        values = column.reindex(rows)
        if values.dtype == object:
            values = values.where(values.notna(), None)
        values.index = ours.index
        columns[_free_name(str(name), ours, columns)] = values
    return pd.DataFrame(columns, index=ours.index)


def _free_name(name: str, ours: pd.DataFrame, taken: dict[str, pd.Series]) -> str:
    while name in ours.columns or name in taken:
        name = CLASH_PREFIX + name
    return name


def _problems(
    raw: RawTable, spec: JoinSpec, ours: ObjectArray, rows: IntArray, keys: tuple[ObjectArray, IntArray]
) -> ProblemLog:
    distinct, counts = keys
    found = [
        problem(
            ProblemKind.JOIN_WITHOUT_PARTNER,
            record=int(raw.record[position]),
            column=spec.on,
            raw=ours[position],
            detail=message("sources.join_without_partner", table=spec.path.name, key=ours[position] or ""),
        )
        for position in np.flatnonzero(rows < 0)
    ]
    found += [
        problem(
            ProblemKind.JOIN_KEY_REPEATED,
            column=spec.table_key,
            raw=str(distinct[code]),
            detail=message(
                "sources.join_key_repeated", table=spec.path.name, key=distinct[code], rows=int(counts[code])
            ),
        )
        for code in np.flatnonzero(counts > 1)
    ]
    return problem_log(found)
