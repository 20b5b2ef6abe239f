"""DXF drawings, read with ezdxf: a layer of the drawing is a layer, its closed lines are polygons.

A drawing knows no features. What is made of it here, and said in the notes: closed and nearly closed lines
become polygons, loose lines are joined where they form a ring, blocks are exploded into their parts, and
words become the attribute ``text`` of the smallest polygon around them, whichever drawing layer they are on.
A drawing states no coordinate system, and the unit it states is told, not used.
"""

from __future__ import annotations

import io
import logging
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import ezdxf.filemanagement
import ezdxf.recover
import ezdxf.units
import numpy as np
import shapely
from ezdxf.enums import InsertUnits

from lantu.errors import SourceError
from lantu.messages import Message, message
from lantu.sources.damage import Damage
from lantu.sources.dxfpieces import TEXT_BETWEEN, Piece, count_unused, with_rings, words_inside
from lantu.sources.dxfshapes import CLOSING_GAP, TEXTS, drawn, text_of
from lantu.sources.dxftags import FIRST_HANDLE, DxfText, escaped, plain_text, read_dxf_text
from lantu.sources.records import frame_of
from lantu.sources.source import NotedTable, choose_layer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


DRIVER = "DXF"

logging.getLogger("ezdxf").addHandler(logging.NullHandler())  # else its warnings go to stderr unasked

DEEPEST_BLOCK = 16
MOST_PARTS = 20_000
"""Parts that one block may explode into: ten blocks within blocks could else fill the memory."""

_UNITS = frozenset(int(unit) for unit in InsertUnits)


@dataclass
class _Drawing:
    """All parts of a drawing in file order, what was refused, what is of no kind to compare."""

    text: DxfText
    unit: int
    pieces: list[Piece] = field(default_factory=list)
    refused: dict[int, tuple[Message, str, str]] = field(default_factory=dict)
    left_out: Counter[tuple[str, str]] = field(default_factory=Counter)  # layer and kind
    parts: int = 0
    repairs: int = 0
    alone: bool = False  # whether the entities were read without the rest of the drawing


class DxfSource:
    """One DXF drawing, parsed once."""

    def __init__(self, path: Path, encoding: str | None = None) -> None:
        self.path = path
        self.driver = DRIVER
        self._encoding = encoding

    def layers(self) -> tuple[str, ...]:
        """Return the drawing's layers that hold something, in name order."""
        names = {piece.layer for piece in self._drawing.pieces}
        names |= {layer for _, _, layer in self._drawing.refused.values()}
        return tuple(sorted(names))

    def read(self, layer: str | None = None, *, geometry: bool = True) -> NotedTable:  # noqa: ARG002
        """Read one layer of the drawing; record numbers count its entities, blocks and all.

        Parts of one block share its number, a ring joined of lines has that of the first of them.
        """
        drawing = self._drawing
        shown = {piece.layer for piece in drawing.pieces if piece.words is None}
        name = choose_layer(self.path, layer, self.layers(), likely=sorted(shown))
        own = [piece for piece in drawing.pieces if piece.layer == name]
        features = [piece for piece in own if piece.words is None] or own
        features, joined = with_rings(features)
        damage = Damage()
        for record, (reason, what, where) in drawing.refused.items():
            if where == name:
                damage.refuse(record, reason, what)
        shapes = np.empty(len(features), dtype=object)
        shapes[:] = [piece.shape for piece in features]
        texts = [piece for piece in drawing.pieces if piece.words]
        words, used = words_inside(features, shapes, texts)
        unused = count_unused(own, features, texts, used)
        return NotedTable(
            attributes=frame_of([self._values(piece) | words[row] for row, piece in enumerate(features)]),
            geometry=shapes,
            record=np.array([piece.record for piece in features], dtype=np.int64),
            crs=None,
            driver=self.driver,
            count_in=len(features) + len(damage.unreadable),
            layer=name,
            encoding=drawing.text.coding.encoding,
            encoding_how=drawing.text.coding.how,
            files=(self.path,),
            problems=damage.log(),
            notes=tuple(_notes(drawing, name, features, joined, unused=unused)),
        )

    def _values(self, piece: Piece) -> dict[str, Any]:
        return {
            "handle": self._drawing.text.handles.get(piece.record) or None,
            "entity": piece.kind,
            "block": piece.block,
            "text": piece.words,
            **piece.extended,
        }

    @cached_property
    def _drawing(self) -> _Drawing:
        text = read_dxf_text(self.path, self._encoding)
        try:
            document, repairs, alone = _document(text)
            unit = int(document.header.get("$INSUNITS", 0))
            entities = list(document.modelspace())
        except Exception as error:
            raise SourceError(
                message("sources.unreadable", path=self.path.name, reason=str(error) or type(error).__name__)
            ) from error
        found = _Drawing(text, unit, refused=dict(text.refused), repairs=repairs, alone=alone)
        for entity in entities:
            _gather(entity, found)
        _check_all_seen(found, document)
        return found


def _document(text: DxfText) -> tuple[Any, int, bool]:
    """Return ezdxf's drawing, how many flaws were repaired to get it, and whether it is the entities alone.

    Only a drawing that cannot be read as it is gets repaired, and none with blocks within blocks: the
    search for circles among those takes exponential time. Where the damage is beyond that, the entities,
    which have been looked through, are read without the rest.
    """
    nested = "\nINSERT\n" in text.data.partition("\nENTITIES\n")[0]
    alone = text.entities_alone()
    attempts = [(_as_it_is, text.data), *([] if nested else [(_repaired, text.data)]), (_as_it_is, alone)]
    for read, data in attempts:
        with suppress(Exception):  # whatever it is, the next attempt does with less
            return (*read(data), data is alone)
    return (*_repaired(alone), True)


def _as_it_is(data: str) -> tuple[Any, int]:
    return ezdxf.filemanagement.read(io.StringIO(data)), 0


def _repaired(data: str) -> tuple[Any, int]:
    document, auditor = ezdxf.recover.read(io.BytesIO(escaped(data)))
    return document, len(auditor.fixes)


def _gather(entity: Any, drawing: _Drawing) -> None:  # noqa: ANN401  # ezdxf's entities share no useful base
    """Add the parts of one main entity, or refuse it whole."""
    record = int(entity.dxf.handle or "0", 16) - FIRST_HANDLE
    layer = plain_text(drawing.text.layers.get(record, "0"))
    pieces: list[Piece] = []
    drawing.parts = 0
    try:
        extended = _extended(entity)
        for part, own_layer, block in _exploded(entity, layer, drawing):
            piece = _piece(part, record=record, layer=own_layer, block=block)
            if piece is None:
                drawing.left_out[own_layer, part.dxftype()] += 1
            else:
                pieces.append(replace(piece, extended=extended))
    except Exception as error:  # noqa: BLE001  # whatever is wrong with one entity costs only that one
        reason = message("sources.geometry_refused", reason=str(error) or type(error).__name__)
        drawing.refused[record] = (reason, entity.dxftype(), layer)
    else:
        drawing.pieces += pieces


def _piece(part: Any, *, record: int, layer: str, block: str | None) -> Piece | None:  # noqa: ANN401  # as above
    kind = part.dxftype()
    if kind in TEXTS:
        words, place = text_of(part)
        return Piece(record=record, layer=layer, kind=kind, shape=place, words=words, block=block)
    found = drawn(part)
    if found is None:
        return None
    return Piece(record=record, layer=layer, kind=kind, shape=found.shape, gap=found.gap, block=block)


def _exploded(
    entity: Any,  # noqa: ANN401  # as above
    layer: str,
    drawing: _Drawing,
    block: str | None = None,
    depth: int = 0,
) -> Iterator[tuple[Any, str, str | None]]:
    """Yield the parts of blocks within blocks, with layer (that of the block for layer 0) and block name."""
    if entity.dxftype() != "INSERT":
        yield entity, layer, block
        return
    name = plain_text(entity.dxf.name)
    content = entity.block()
    if content is None:
        reason = f"block {name} is not in the drawing"
        raise ValueError(reason)
    drawing.parts += max(entity.mcount, 1) * max(len(content), 1)
    if depth >= DEEPEST_BLOCK or drawing.parts > MOST_PARTS:
        reason = f"block {name} holds too many parts"
        raise ValueError(reason)
    for insert in entity.multi_insert() if entity.mcount > 1 else [entity]:
        for part in insert.virtual_entities():
            own = plain_text(part.dxf.layer)
            yield from _exploded(part, layer if own == "0" else own, drawing, name, depth + 1)
    for attribute in entity.attribs:
        yield attribute, plain_text(attribute.dxf.layer), name


def _extended(entity: Any) -> dict[str, str]:  # noqa: ANN401  # as above
    """Return the words of the extended data by application: surveying programs keep their codes there."""
    found = {}
    for application, tags in (entity.xdata.data if entity.xdata else {}).items():
        words = [plain_text(str(tag.value)) for tag in tags if tag.code == 1000]  # noqa: PLR2004  # text
        if words:
            found[f"xdata_{plain_text(application)}"] = TEXT_BETWEEN.join(words)
    return found


def _check_all_seen(drawing: _Drawing, document: Any) -> None:  # noqa: ANN401  # ezdxf's drawing
    """List the entities that ezdxf dropped, and count those on paper instead of in the model."""
    seen = {int(entity.dxf.handle or "0", 16) - FIRST_HANDLE for entity in document.modelspace()}
    elsewhere = {
        int(entity.dxf.handle or "0", 16) - FIRST_HANDLE
        for name in document.layout_names()
        if name != "Model"
        for entity in document.layout(name)
    }
    for record in range(1, drawing.text.count + 1):
        if record in elsewhere:
            drawing.left_out["", "paper"] += 1
        elif record not in seen and record not in drawing.refused:
            layer = plain_text(drawing.text.layers.get(record, "0"))
            drawing.refused[record] = (message("sources.record_refused"), "", layer)


def _notes(
    drawing: _Drawing, layer: str, features: list[Piece], joined: list[Piece], *, unused: int
) -> Iterator[Message]:
    if drawing.text.coding.note is not None:
        yield drawing.text.coding.note
    unit = ezdxf.units.unit_name(drawing.unit) if drawing.unit in _UNITS else str(drawing.unit)
    yield message("sources.dxf_unit", unit=unit) if drawing.unit else message("sources.dxf_no_unit")
    closed = [piece.gap for piece in features if piece.gap and piece.lines == 1]
    if closed:
        yield message("sources.dxf_closed", count=len(closed), widest=max(closed), limit=CLOSING_GAP)
    if joined:
        widest = max(piece.gap for piece in joined)
        lines = sum(piece.lines for piece in joined)
        yield message("sources.dxf_joined", lines=lines, rings=len(joined), widest=widest)
    kinds = {piece.kind for piece in features if shapely.get_type_id(piece.shape) in {3, 6}}
    if kinds & {"HATCH", "MPOLYGON"} and kinds - {"HATCH", "MPOLYGON"}:
        yield message("sources.dxf_hatch_beside")
    if unused:
        yield message("sources.dxf_text_unused", count=unused)
    left_out = {kind: count for (own, kind), count in sorted(drawing.left_out.items()) if own == layer}
    if left_out:
        kinds_text = ", ".join(f"{kind} {count}" for kind, count in left_out.items())
        yield message("sources.dxf_left_out", count=sum(left_out.values()), kinds=kinds_text)
    if drawing.left_out["", "paper"]:
        yield message("sources.dxf_paper", count=drawing.left_out["", "paper"])
    if drawing.alone:
        yield message("sources.dxf_entities_alone")
    if drawing.repairs:
        yield message("sources.dxf_repaired", count=drawing.repairs)
