"""How often Python looks for garbage in circles while a command works."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

OBJECTS = 100_000
"""New objects between two looks. Python's own 700 make it look at all that a check holds again and again,
a tenth of the processor time at 20,000 parcels; what a check lets go of is hardly ever in circles."""

YOUNGER_LOOKS = 50
"""Looks at the new objects before one at the older ones, and so on; Python's own is 10."""


@contextmanager
def collecting_rarely() -> Iterator[None]:
    """Look for circles rarely, and as before afterwards; only a process of our own is ours to tune."""
    before = gc.get_threshold()
    gc.set_threshold(OBJECTS, YOUNGER_LOOKS, YOUNGER_LOOKS)
    try:
        yield
    finally:
        gc.set_threshold(*before)
