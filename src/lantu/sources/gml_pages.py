"""Pages of GML that a service delivers, made into a table."""

from __future__ import annotations

from dataclasses import dataclass, replace

from lantu.sources.damage import Damage
from lantu.sources.features import Collected, Reference, settle_axes
from lantu.sources.gmlfeatures import Feature, identity_of, parse_features, table_of
from lantu.sources.source import NotedTable


@dataclass
class GmlPages(Collected):
    """Features of GML pages; those that state no srsName are in ``srs``, the feature type's own."""

    srs: str = ""

    def add(self, text: str) -> int:
        """Add a page and return how many features it holds; raises a SourceError as `Collected.take`."""
        contents = parse_features(text)
        features = [feature for layer in contents.layers.values() for feature in layer]
        self.take((_identity(feature), feature) for feature in features)
        return len(features)

    def table(self, reference: Reference, *, layer: str, driver: str) -> NotedTable:
        """Return all features in the order of their ids, whatever the pages were; values are text."""
        ordered = sorted(self.features, key=_rank)
        numbered = [
            replace(feature, record=record, inherited=feature.inherited or self.srs or None)
            for record, feature in enumerate(ordered, start=1)
        ]
        damage = Damage()
        found = table_of(numbered, damage)
        crs = found.crs or reference.crs
        geometry, notes = settle_axes(found.geometry, Reference(crs=crs, extent=reference.extent))
        return NotedTable(
            attributes=found.attributes,
            geometry=geometry,
            record=found.record,
            crs=crs,
            driver=driver,
            count_in=len(numbered),
            layer=layer,
            encoding="UTF-8",
            encoding_how="format",
            problems=damage.log(),
            notes=(*notes, *found.notes()),
        )


def _identity(feature: Feature) -> str | None:
    return None if feature.element is None else identity_of(feature.element)


def _rank(feature: Feature) -> tuple[bool, int, str]:
    """Return what features are sorted by: shorter ids first, those without any as they came, last."""
    identity = _identity(feature)
    return identity is None, len(identity or ""), identity or ""
