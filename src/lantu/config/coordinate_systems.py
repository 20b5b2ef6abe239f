"""Coordinate systems and transformations that a blueprint writes out, as far as PROJ understands them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError, ProjError

from lantu.config.mistake import Mistake, dotted
from lantu.config.shape import shown
from lantu.crs import web_map_named
from lantu.messages import message

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lantu.config.draft import Draft
    from lantu.config.positions import KeyPath

AUTO = "auto"


def crs_mistakes(draft: Draft) -> Iterator[Mistake]:
    """Yield a mistake for each unknown system (GCJ-02, BD-09 are known), and a working CRS not in metres."""
    path: KeyPath = ("blueprint", "crs")
    working = draft.text(*path)
    if working is not None and working != AUTO:
        yield from _parse_mistakes(draft, path, metric=True)
    for layer in draft.keys("layers"):
        yield from _parse_mistakes(draft, ("layers", layer, "crs"))
        yield from _pipeline_mistakes(draft, ("layers", layer, "transform", "pipeline"))


def _parse_mistakes(draft: Draft, path: KeyPath, *, metric: bool = False) -> Iterator[Mistake]:
    text = draft.text(*path)
    if text is None or (not metric and web_map_named(text) is not None):
        return
    try:
        crs = CRS.from_user_input(text)
    except CRSError:
        yield Mistake(path=path, what=message("config.crs_unknown", key=dotted(path), found=shown(text)))
        return
    if metric and not _is_metric(crs):
        what = message("config.crs_not_metric", key=dotted(path), name=crs.name)
        yield Mistake(path=path, what=what)


def _is_metric(crs: CRS) -> bool:
    """Say whether a CRS is projected, with both axes of the plane in metres."""
    plane = crs.axis_info[:2]
    return crs.is_projected and all(axis.unit_conversion_factor == 1.0 for axis in plane)


def _pipeline_mistakes(draft: Draft, path: KeyPath) -> Iterator[Mistake]:
    text = draft.text(*path)
    if text is None:
        return
    try:
        Transformer.from_pipeline(text)
    except ProjError:
        yield Mistake(path=path, what=message("config.pipeline_unknown", key=dotted(path)))
