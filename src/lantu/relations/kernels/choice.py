"""Whether the kernels serve a run: asked once a run, so that all its tiles and machines do the same."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

SWITCH = "LANTU_KERNELS"
"""Environment variable: ``off`` for plain Shapely, ``on`` for kernels however small the run."""

LEAST_FEATURES = 20_000
"""Runs with fewer features are done before numba is imported and the kernels are loaded (half a second) or
compiled (once a machine, several seconds)."""


@dataclass(frozen=True)
class Kernels:
    """Whether kernels serve a run, and why: a word for ``run.json``."""

    serve: bool = False
    because: str = "few features"


EVERY_KERNEL = frozenset({"areas", "balance", "deviations", "lines", "remainders", "tables", "widths"})
"""What can be needed: areas that two share, edges and depth of a coverage, deviations, runs and crossings of
lines, remainders, tables read from well-known binary, widths."""


def kernels_for(features: int, needed: Collection[str] = EVERY_KERNEL) -> Kernels:
    """Return whether the kernels serve a run over so many features; else plain Shapely measures, slower.

    It hangs on the number, the switch and the machine's compiler, on nothing that a tile or a thread changes.
    Those that are ``needed`` are loaded, or compiled where the machine has not yet.
    """
    asked = os.environ.get(SWITCH, "").strip().lower()
    if asked == "off":
        return Kernels(serve=False, because="switched off")
    if asked != "on" and features < LEAST_FEATURES:
        return Kernels(serve=False, because="few features")
    try:
        from lantu.relations.kernels.warming import warm  # noqa: PLC0415  # imports numba

        warm(needed)
    except Exception as error:  # noqa: BLE001  # no numba, one that does not fit, no room to compile in: any run goes on
        return Kernels(serve=False, because=f"the compiler cannot be used: {type(error).__name__}")
    return Kernels(serve=True, because="switched on" if asked == "on" else "many features")
