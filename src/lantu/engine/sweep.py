"""How many findings each threshold of a rule would give, and how many of them the accuracy leaves open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from lantu.engine.check import check
from lantu.relations.tolerance import pair_tolerance_m, tolerance_between
from lantu.rules.recorded_area import area_deviation_m2

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd

    from lantu.engine.progress import Progress
    from lantu.model import BlueprintFacts, BoolArray, FloatArray, Layer
    from lantu.rules.base import Rule

SWEEP_COLUMNS = ("value", "conflict", "undecidable", "compared", "in_band", "band_share")


def sweep(
    tuned: Sequence[tuple[Any, Rule]],
    facts: BlueprintFacts,
    *,
    jobs: int | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Return one row for each value with its rule: what the rule finds with that value.

    ``conflict`` and ``undecidable`` count findings. ``in_band`` counts those whose measure is no further
    from the limit than its tolerance, so that an honest error of the data could turn them; ``compared``
    those that can be so compared, and ``band_share`` is the share of these (NaN where there are none). The
    tolerance is the finding's own; else that of the two layers for lengths, and two standard deviations
    of its area for areas (tolerance.md 3).
    """
    rows = []
    for value, rule in tuned:
        found = check([rule], facts, jobs=jobs, progress=progress).findings
        undecidable = int((found["verdict"] == "undecidable").sum())
        inside, compared = _in_band(found, facts)
        share = float(inside.sum() / compared.sum()) if compared.any() else np.nan
        counts = (len(found) - undecidable, undecidable, int(compared.sum()), int(inside.sum()))
        rows.append((value, *counts, share))
    return pd.DataFrame(rows, columns=list(SWEEP_COLUMNS))


def _in_band(found: gpd.GeoDataFrame, facts: BlueprintFacts) -> tuple[BoolArray, BoolArray]:
    """Return which findings lie within their tolerance of the limit, and for which that is known."""
    margin = np.abs(found["measure"].to_numpy() - found["required"].to_numpy())
    tolerance = _tolerance(found, facts)
    compared = np.isfinite(margin) & np.isfinite(tolerance)
    return compared & (margin <= tolerance), compared


def _tolerance(found: gpd.GeoDataFrame, facts: BlueprintFacts) -> FloatArray:
    """Return the tolerance of each finding in the unit of its measure, NaN where none can be told."""
    layers = {layer.name: layer for layer in facts.layers}
    tolerance: FloatArray = found["tolerance"].to_numpy(dtype=np.float64).copy()
    open_ = found[~np.isfinite(tolerance)]
    for (a, b), group in open_.groupby([open_["layer_a"], open_["layer_b"].fillna("")]):
        if a not in layers:
            continue
        error_m = _tolerance_m(layers[a], layers.get(b))
        lengths, areas = (group.index[group["unit"] == unit] for unit in ("m", "m2"))
        tolerance[lengths] = error_m
        shapes = found.geometry.to_numpy()[areas]
        drawn = shapely.area(shapes) > 0
        tolerance[areas[drawn]] = 2.0 * area_deviation_m2(shapes[drawn], accuracy_m=error_m / 2.0)
    return tolerance


def _tolerance_m(a: Layer, b: Layer | None) -> float:
    return pair_tolerance_m(a.accuracy_m, None) if b is None else tolerance_between(a, b)
