"""Giving memory back: what a layer leaves between what stays is much, and no other process can use it."""

from __future__ import annotations

import ctypes
from functools import cache
from typing import Any

import pyarrow as pa


def give_memory_back() -> None:
    """Have the C library give the system what was freed, where it can be told to (glibc), and Arrow too."""
    pa.default_memory_pool().release_unused()
    trim = _trim()
    if trim is not None:
        trim(0)


@cache
def _trim() -> Any:  # noqa: ANN401  # a function of the C library
    try:
        return ctypes.CDLL(None).malloc_trim
    except (OSError, TypeError, AttributeError):  # no such library (Windows), or none of that name (macOS)
        return None
