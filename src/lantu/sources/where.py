"""The blueprint's ``where``: which features of a source take part."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from pygeofilter import ast

from lantu.model import ProblemKind, RawTable
from lantu.sources.cql2 import parse_where
from lantu.sources.truth import evaluate

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from lantu.model import BoolArray


def fields_of(where_text: str) -> tuple[str, ...]:
    """Return the names of the fields that a condition uses, each once.

    Raises
    ------
    SourceError
        As for `parse_where`.
    """
    names: dict[str, None] = {}

    def visit(node: object) -> None:
        if isinstance(node, ast.Attribute):
            names[node.name] = None
        elif isinstance(node, list):
            for part in node:
                visit(part)
        elif isinstance(node, ast.Node):
            for part in vars(node).values():
                visit(part)

    visit(parse_where(where_text))
    return tuple(names)


def true_rows(node: ast.Node, columns: Mapping[str, pd.Series | object], *, count: int) -> BoolArray:
    """Say for each of ``count`` rows whether the condition is true; neither false nor unknown is.

    ``columns`` maps each name that the condition may use to a column or to one value for all rows.

    Raises
    ------
    SourceError
        The condition names a field that is not there, or compares what cannot be compared.
    """
    return evaluate(node, columns, count=count).true


def filter_where(raw: RawTable, where_text: str) -> tuple[RawTable, int]:
    """Return the features for which the condition is true, and how many were left out.

    SQL's three-valued logic: a comparison with a missing value is unknown, and unknown is not kept.
    Records that could not be read stay in the problem log; what the log says about features that were left
    out goes with them. ``count_in`` stays what it was.

    Raises
    ------
    SourceError
        As for `parse_where` and `true_rows`.
    """
    node = parse_where(where_text)
    count = len(raw.attributes)
    kept = true_rows(node, {str(name): raw.attributes[name] for name in raw.attributes.columns}, count=count)
    gone = raw.record[~kept]
    of_gone = np.isin(raw.problems["record"].to_numpy(dtype=np.int64), gone)
    of_gone &= (raw.problems["kind"] != ProblemKind.RECORD_UNREADABLE).to_numpy()
    filtered = replace(
        raw,
        attributes=raw.attributes[kept].reset_index(drop=True),
        geometry=raw.geometry[kept],
        record=raw.record[kept],
        problems=raw.problems[~of_gone].reset_index(drop=True),
    )
    return filtered, int(count - kept.sum())
