"""Numbers as departments write them: full-width digits, thousands separators, units, limits."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from lantu.standards.distinct import distinct
from lantu.standards.enumeration import normal
from lantu.standards.unit import factor, spelled_units

if TYPE_CHECKING:
    from lantu.model import BoolArray, FloatArray
    from lantu.standards.schema import Column
    from lantu.standards.unit import Unit

NUMBER = re.compile(
    r"(?P<number>[+-]?(?:[0-9]{1,3}(?P<mark>[, ])[0-9]{3}(?:(?P=mark)[0-9]{3})*(?:\.[0-9]*)?"
    r"|[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)(?P<rest>.*)"
)
RANGE = re.compile(r"(?P<low>[0-9]+(?:\.[0-9]+)?%?) ?(?:-|~|--|—|至) ?(?P<high>[0-9]+(?:\.[0-9]+)?.*)")
LIMITS: dict[str, tuple[str, ...]] = {
    "max": ("≤", "<=", "≦", "不大于", "不超过", "不高于"),
    "min": ("≥", ">=", "≧", "不小于", "不低于", "不少于"),
}

# full-width ASCII to ASCII and typographic signs to plain ones; not NFKC, which reads 2² as 22 and ① as 1
PLAIN = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {
    ord(sign): plain
    for sign, plain in {"−": "-", "–": "-", "～": "~", "\u3000": " ", "\xa0": " ", "\u2009": " "}.items()
}


def read_numbers(
    values: pd.Series, *, column: Column, source_unit: Unit | None = None
) -> tuple[FloatArray, BoolArray]:
    """Return the values in the column's canonical unit, NaN where there is none, and which were unreadable.

    ``source_unit`` is the unit of bare numbers, by default the canonical one; a unit written behind a
    number (``0.3m``, ``45%``) goes before it. What is neither blank nor wholly understood (``约3米``,
    ``1.2万``, ``1200*800``, infinity) is unreadable and NaN, never guessed.
    """
    scale = 1.0
    if column.unit is not None and source_unit is not None:
        scale = factor(source_unit, column.unit)
    numbers = _plain_numbers(values)
    if numbers is None:
        kinds = distinct(values.to_numpy(dtype=object))
        read = np.array([*(read_number(text, column=column, scale=scale) for text in kinds.texts), np.nan])
        numbers, empty = read[kinds.positions], kinds.empty
    else:
        empty = np.isnan(numbers)
        numbers = numbers if scale == 1.0 else numbers * scale
        numbers[~np.isfinite(numbers)] = np.nan
    if column.type == "integer":
        numbers[numbers != np.floor(numbers)] = np.nan
    return numbers, np.isnan(numbers) & ~empty


def read_number(text: str, *, column: Column, scale: float = 1.0) -> float:
    """Return the number that ``text`` holds in the column's canonical unit, NaN where it is unreadable."""
    plain = text.translate(PLAIN).strip()
    for sign in LIMITS[column.bound] if column.bound else ():
        if plain.startswith(sign):
            plain = plain.removeprefix(sign).strip()
            break
    if column.bound:
        plain = _end_of_range(plain, column.bound)
    for prefix in column.prefixes:
        if plain.startswith(prefix) and plain != prefix:
            plain = plain.removeprefix(prefix).strip()
            break
    found = NUMBER.fullmatch(plain)
    if found is None:
        return np.nan
    unit_scale = _scale_of(found["rest"], column=column, scale=scale)
    number = float(found["number"].replace(",", "").replace(" ", "")) * unit_scale
    return number if np.isfinite(number) else np.nan


def _end_of_range(plain: str, bound: str) -> str:
    """Return the end of ``1.0-2.5`` that a column with this bound holds; other text as it is."""
    found = RANGE.fullmatch(plain)
    if found is None:
        return plain
    high = NUMBER.fullmatch(found["high"])
    low_number = float(found["low"].rstrip("%"))
    if high is None or low_number > float(high["number"].replace(",", "")):
        return plain
    low = found["low"] if found["low"].endswith("%") else found["low"] + high["rest"]
    return found["high"] if bound == "max" else low


def _scale_of(rest: str, *, column: Column, scale: float) -> float:
    """Return the factor for a number followed by ``rest``: a unit, an empty mark, nothing, or NaN."""
    if not rest:
        return scale
    mark = normal(rest)
    if mark in {"", *map(normal, column.suffixes)}:
        return scale
    if column.unit is None:
        return np.nan
    spelled = spelled_units(column.unit.dimension).get(mark)
    return np.nan if spelled is None else factor(spelled, column.unit)


def _plain_numbers(values: pd.Series) -> FloatArray | None:
    """Return the values as a new float64 array where the source has numbers, None where it has text."""
    if pd.api.types.is_numeric_dtype(values.dtype) and not pd.api.types.is_bool_dtype(values.dtype):
        return np.array(values.to_numpy(dtype=np.float64, na_value=np.nan))
    if values.dtype == object and pd.api.types.infer_dtype(values, skipna=True) in {
        "floating",
        "integer",
        "mixed-integer-float",
    }:
        return np.array(values.to_numpy(dtype=np.float64, na_value=np.nan))
    return None
