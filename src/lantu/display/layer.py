"""A layer in a notebook: where it came from, what happened to it on the way, and what it looks like."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from lantu import model
from lantu.display.fragment import fragment
from lantu.display.sketch import Stroke, sketch
from lantu.messages import say
from lantu.report.palette import LAND_USE_COLOURS, OTHER_LAND_USE, OTHER_OUTLINE, OUTLINE_COLOURS

if TYPE_CHECKING:
    from collections.abc import Iterator

    import folium

    from lantu.messages import Language

MOST_DRAWN = 5_000
"""Features of a sketch; of a larger layer the first ones are drawn, and the sketch says so."""


@dataclass(frozen=True, kw_only=True)
class Layer(model.Layer):
    """A layer of an opened blueprint, with what a notebook shows of it, in ``language``.

    ``frame`` is a GeoDataFrame in the working CRS with the canonical columns of the layer's standard (units
    in their names), every source field as ``source:NAME``, and valid geometry; see ``lantu.model.Layer``.

    Examples
    --------
    >>> import lantu
    >>> blueprint = lantu.open("lantu-demo/blueprint.toml")
    >>> parcels = blueprint.layers["parcels"]
    >>> parcels.standard, len(parcels), str(parcels.frame.crs)
    ('land.parcel', 1045, 'EPSG:4548')
    >>> sorted(parcels.frame.columns)[:3]
    ['area_registered_m2', 'far_ratio', 'geometry']
    """

    language: Language = "zh"

    @classmethod
    def of(cls, layer: model.Layer, language: Language) -> Layer:
        """Return a layer of the engine as one that shows itself; nothing is copied."""
        own = {field.name: getattr(layer, field.name) for field in fields(model.Layer)}
        return cls(**own, language=language)

    def explore(self) -> folium.Map:
        """Return the layer on an interactive map that needs no network; a click shows a feature's values.

        For looking at only: places are in degrees, and of a very large layer a part is shown, which the map
        says. To keep it, ``layer.explore().save("layer.html")``.
        """
        from lantu.display.layer_map import LayerMap  # noqa: PLC0415  # folium is loaded for maps alone

        return LayerMap(self, self.language)

    def _repr_html_(self) -> str:
        return layer_html(self, self.language)

    def __repr__(self) -> str:
        return f"<Layer {self.name}: {self.standard}, {len(self)} features>"


def layer_html(layer: model.Layer, language: Language) -> str:
    """Return a layer as HTML for the output of a cell: its provenance beside a sketch of it."""
    refusal = layer.refusal.reason.text(language) if layer.refusal else None
    drawn = layer.geometry[:MOST_DRAWN]
    return fragment(
        "layer",
        name=layer.name,
        refused=say("display.layer.refused", language, reason=refusal) if refusal else "",
        facts=[(term, text) for term, text in _facts(layer, language) if text],
        problems=layer.problems["kind"].astype(str).value_counts().sort_index().items(),
        problems_title=say("display.layer.problems", language),
        drawing=sketch(_strokes(layer, len(drawn)), focus=drawn),
        capped=_capped(len(drawn), len(layer), language),
        nowhere=say("display.layer.nowhere", language),
    )


def _facts(layer: model.Layer, language: Language) -> Iterator[tuple[str, str]]:
    def word(key: str, **values: Any) -> str:  # noqa: ANN401  # whatever a sentence is about
        return say(f"display.layer.{key}", language, **values)

    source = layer.provenance
    counted = {"listed": source.count_listed, "filtered": source.count_filtered}
    yield word("features"), word("counts", came=source.count_in, out=source.count_out, **counted)
    yield word("department"), layer.department
    yield word("standard"), layer.standard
    yield word("file"), " / ".join(part for part in (source.path, source.layer, source.driver) if part)
    yield word("encoding"), source.encoding or ""
    if source.crs is not None:
        yield word("crs"), f"{source.crs.source or word('no_crs')} → {source.crs.working}"
        yield word("operation"), _operation(source.crs, language)
    yield word("accuracy"), f"± {layer.accuracy_m:g} m"
    yield word("issued"), source.issued.isoformat() if source.issued else ""
    yield word("level"), say(f"report.level.{layer.level}", language)
    yield word("matched"), ", ".join(f"{name} = {field}" for name, field in source.fields_matched.items())
    yield word("missed"), ", ".join(source.fields_missed)
    yield "SHA-256", source.sha256 or ""


def _operation(crs: model.CrsUse, language: Language) -> str:
    if crs.operation is None or crs.accuracy_m is None:
        return crs.operation or ""
    return say(
        "display.layer.operation_accuracy", language, operation=crs.operation, accuracy_m=crs.accuracy_m
    )


def _strokes(layer: model.Layer, count: int) -> list[Stroke]:
    """Return the first ``count`` features as strokes: by land-use class where they have one."""
    geometry = layer.geometry[:count]
    line = OUTLINE_COLOURS.get(layer.standard, OTHER_OUTLINE)
    outline = Stroke(geometry, line, width=0.8)
    if "use_class" not in layer.frame:
        return [outline]
    classes = layer.values("use_class")[:count]
    tints = [
        Stroke(
            geometry[classes == name], "none", fill=LAND_USE_COLOURS.get(name, OTHER_LAND_USE), opacity=0.75
        )
        for name in sorted({name for name in classes.tolist() if name is not None})
    ]
    return [*tints, outline]


def _capped(shown: int, total: int, language: Language) -> str:
    return "" if shown == total else say("display.layer.capped", language, shown=shown, total=total)
