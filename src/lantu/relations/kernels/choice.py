"""Whether the kernels serve a run: asked once a run, so that all its tiles and machines do the same."""

from __future__ import annotations

import os
from dataclasses import dataclass

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


def kernels_for(features: int, *, areas_alone: bool = False) -> Kernels:
    """Return whether the kernels serve a run over so many features; else plain Shapely measures, slower.

    It hangs on the number, the switch and the machine's compiler, on nothing that a tile or a thread changes.
    ``areas_alone`` says that no more than shared areas will be asked for, which loads sooner.
    """
    asked = os.environ.get(SWITCH, "").strip().lower()
    if asked == "off":
        return Kernels(serve=False, because="switched off")
    if asked != "on" and features < LEAST_FEATURES:
        return Kernels(serve=False, because="few features")
    try:
        from lantu.relations.kernels.warming import warm, warm_areas  # noqa: PLC0415  # imports numba

        warm_areas() if areas_alone else warm()
    except Exception as error:  # noqa: BLE001  # no numba, one that does not fit, no room to compile in: any run goes on
        return Kernels(serve=False, because=f"the compiler cannot be used: {type(error).__name__}")
    return Kernels(serve=True, because="switched on" if asked == "on" else "many features")
