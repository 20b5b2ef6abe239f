"""Layers read live: from a table no more than the blueprint has a use for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lantu.sources import PostgisSource, fields_of, open_live
from lantu.standards import standard

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from lantu.model import LayerSpec
    from lantu.sources import NotedTable

_CONSTANT = "="


def read_live(
    spec: LayerSpec, *, base: Path | None = None, environment: Mapping[str, str] | None = None
) -> NotedTable:
    """Read a layer from the database or service at its address.

    Raises
    ------
    SourceError
        It cannot be reached or read, or a variable of its address is not set.
    """
    source = open_live(str(spec.path), environment=environment, folder=base)
    if isinstance(source, PostgisSource):
        source = source.only(needed_fields(spec, source.fields(spec.layer)))
    return source.read(spec.layer)


def needed_fields(spec: LayerSpec, present: Sequence[str]) -> tuple[str, ...]:
    """Return which of a table's columns a blueprint uses, in table order.

    Mapped fields, those that bear a canonical column's own name, and those of ``where`` and ``join``. Where
    one that is named is not there, all are, so that the message about it can list what there is.
    """
    mapped = {field for field in spec.fields.values() if not field.startswith(_CONSTANT)}
    named = mapped | set(fields_of(spec.where) if spec.where is not None else ())
    if spec.join is None and not named <= set(present):
        return tuple(present)
    if spec.join is not None:
        named.add(spec.join.on)
    named |= set(spec.levels)
    own = {column.casefold() for column in standard(spec.standard).columns if column not in spec.fields}
    return tuple(name for name in present if name in named or name.casefold() in own | {"id"})
