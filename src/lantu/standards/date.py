"""Dates as departments write them."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from lantu.standards.distinct import distinct, is_none
from lantu.standards.number import PLAIN

if TYPE_CHECKING:
    from lantu.model import BoolArray, ObjectArray

CLOCK = r"(?:[T ]+[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?"
FORMS = (
    re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})" + CLOCK),
    re.compile(r"([0-9]{4})/([0-9]{1,2})/([0-9]{1,2})" + CLOCK),
    re.compile(r"([0-9]{4})\.([0-9]{1,2})\.([0-9]{1,2})" + CLOCK),
    re.compile(r"([0-9]{4}) ?年 ?([0-9]{1,2}) ?月 ?([0-9]{1,2}) ?日?"),
    re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})(?:\.0)?"),
)


def read_dates(values: pd.Series) -> tuple[ObjectArray, BoolArray]:
    """Return ``datetime.date`` objects, None where there is none, and which values were unreadable.

    Year first only: ISO 8601, 20240101, 2024/1/1, 2024.1.1, 2024年1月1日; a time of day is cut off. A
    month or a year alone is not a day and is unreadable.
    """
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        days = np.array(values.dt.date.to_numpy(dtype=object))
        days[is_none(days)] = None
        return days, np.zeros(len(days), dtype=np.bool_)
    kinds = distinct(values.to_numpy(dtype=object))
    days_read = [read_date(text) for text in kinds.texts]
    return kinds.spread(days_read), kinds.spread_mask([day is None for day in days_read])


def read_date(text: str) -> dt.date | None:
    """Return the day that ``text`` names, None where it names none."""
    plain = text.translate(PLAIN).strip()
    for form in FORMS:
        found = form.fullmatch(plain)
        if found:
            try:
                return dt.date(int(found[1]), int(found[2]), int(found[3]))
            except ValueError:
                return None
    return None
