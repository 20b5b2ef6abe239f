"""What a spreadsheet did to codes and identifiers: zeros lost in front, digits lost behind."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from lantu.messages import Message, message

if TYPE_CHECKING:
    from lantu.model import IntArray
    from lantu.sources.damage import Damage

EXACT_BELOW = 1e15
"""Excel keeps 15 digits of a number; of a longer one the last digits are not what was typed."""

_POWER = re.compile(r"^\s*[+-]?\d(?:[.,]\d+)?[eE]\+(1[5-9]|[2-9]\d)\s*$")
_CODE = re.compile(r"(?:编码|代码|DLBM|YDDM|BM|DM|code)$", re.IGNORECASE)


def set_aside_rounded(
    frame: pd.DataFrame, *, records: IntArray, damage: Damage, skip: frozenset[str | None] = frozenset()
) -> pd.DataFrame:
    """Return the table without identifiers that were rounded (3.70306E+18); each is listed.

    Kept, they would be taken for equal: the digits that told them apart are gone.
    """
    found = frame
    for name in frame.columns:
        if name in skip:
            continue
        series = frame[name]
        rounded = _rounded(series)
        if not rounded.any():
            continue
        for row in np.flatnonzero(rounded).tolist():
            damage.doubt(int(records[row]), str(name), str(series.iloc[row]), message("sources.id_rounded"))
        found = found.assign(**{str(name): series.astype(object).mask(rounded, None)})
    return found


def codes_as_numbers(frame: pd.DataFrame) -> list[Message]:
    """Say which columns of codes are numbers, so that zeros in front of them are lost."""
    named = [
        str(name)
        for name in frame.columns
        if _CODE.search(str(name)) and len(frame) and _all_numbers(frame[name])
    ]
    return [message("sources.codes_are_numbers", columns="、".join(named))] if named else []


def _rounded(series: pd.Series) -> np.ndarray:
    if pd.api.types.is_bool_dtype(series.dtype):
        return np.zeros(len(series), dtype=bool)
    if pd.api.types.is_numeric_dtype(series.dtype):
        values = series.to_numpy(dtype=np.float64, na_value=np.nan)
        return np.asarray(np.isfinite(values) & (np.abs(values) >= EXACT_BELOW))
    return np.array(
        [isinstance(value, str) and _POWER.match(value) is not None for value in series], dtype=bool
    )


def _all_numbers(series: pd.Series) -> bool:
    return (
        pd.api.types.is_numeric_dtype(series.dtype)
        and not pd.api.types.is_bool_dtype(series.dtype)
        and bool(series.notna().any())
    )
