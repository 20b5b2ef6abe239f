"""VCT (GB/T 17798-2007): the exchange text of land surveys, one layer for each feature code.

Read in one pass per layer, so that only the layer asked for and the lines that its polygons need are in
memory. Polygons have no points of their own: they are put together from the lines they refer to.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from lantu.errors import SourceError
from lantu.messages import Message, message
from lantu.sources.coding import decide_coding
from lantu.sources.coordinates import says_northing_first
from lantu.sources.damage import Damage
from lantu.sources.rings import polygons_of
from lantu.sources.source import NotedTable, choose_layer, distinct_names
from lantu.sources.stated_zone import StatedZone, datum_named, stated_crs
from lantu.sources.vct_assembly import Assembly
from lantu.sources.vct_head import LONGEST_LINE, FeatureCode, Head, Lines, read_head
from lantu.sources.vct_text import (
    BOUNDARY_CODE,
    Record,
    find_block,
    read_objects,
    read_rows,
    skip_block,
)

if TYPE_CHECKING:
    from pathlib import Path

    from pyproj import CRS

    from lantu.model import ObjectArray
    from lantu.sources.coding import Coding

DRIVER = "VCT"
_KINDS = ("point", "line", "polygon")
_MOST_SAMPLED = 5000
_OLD_KEYS = frozenset({"topo", "meridian", "minx", "maxx"})
_MERIDIANS_DEG, _WIDTHS = (70.0, 140.0), (3, 6)
_NUMBERS = {"int", "integer", "int4", "int8", "float", "double", "decimal", "numeric"}


@dataclass(kw_only=True)
class _Content:
    """What one pass over the file gave for one layer."""

    records: list[Record] = field(default_factory=list)
    rows: dict[str, tuple[int, list[str]]] = field(default_factory=dict)
    repeated_rows: int = 0
    unknown: Counter[str] = field(default_factory=Counter)
    damaged: int = 0
    assembly: Assembly = field(default_factory=Assembly)


class VctSource:
    """One VCT file; a layer is named by its table, or by table and code where codes share one."""

    def __init__(self, path: Path, encoding: str | None = None) -> None:
        self.path = path
        self.driver = DRIVER
        self._encoding = encoding

    def layers(self) -> tuple[str, ...]:
        """Return the names of the layers that the file declares, in its order."""
        return tuple(self._codes)

    def read(self, layer: str | None = None, *, geometry: bool = True) -> NotedTable:
        """Read one layer; a polygon whose lines are missing is listed, with the lines it lacks.

        Raises
        ------
        SourceError
            The file is of the older edition (2.0), declares no layer, or shifts its coordinates.
        """
        name = choose_layer(self.path, layer, self.layers())
        code = self._codes[name]
        if geometry and code.kind not in _KINDS:
            columns = ", ".join(field_name for field_name, _ in self._head.tables.get(code.table, ()))
            raise SourceError(message("sources.no_geometry", path=self.path.name, columns=columns))
        damage = Damage()
        content = self._content(code)
        shapes = _shapes(content, code, damage)
        crs, notes = self._place(shapes)
        frame, said = self._attributes(content, code, damage)
        records = np.arange(1, len(frame) + 1)
        good = ~np.isin(records, sorted(damage.unreadable))
        lead = [self._coding.note] if self._coding.note else []
        return NotedTable(
            attributes=frame[good].reset_index(drop=True),
            geometry=shapes[good],
            record=records[good],
            crs=crs,
            driver=self.driver,
            count_in=len(frame),
            layer=name,
            encoding=self._coding.encoding,
            encoding_how=self._coding.how,
            files=(self.path,),
            problems=damage.log(),
            notes=(*lead, *notes, *said, *_left_out(content)),
        )

    @cached_property
    def _coding(self) -> Coding:
        with self.path.open("rb") as file:
            texts = (line for line in iter(lambda: file.readline(LONGEST_LINE), b"") if not line.isascii())
            cells = [(line.removeprefix(b"\xef\xbb\xbf"), False) for line in islice(texts, _MOST_SAMPLED)]
        return decide_coding(cells, declared=self._encoding)

    @cached_property
    def _head(self) -> Head:
        head = read_head(Lines(self.path, self._coding.codec))
        if _OLD_KEYS & set(head.stated) or re.match(r"[12](\.|$)", head.stated.get("version", "")):
            version = head.stated.get("version", "")[:40]
            raise SourceError(message("sources.vct_old", path=self.path.name, version=version))
        offset = [part for part in re.split(r"[,，\s]+", head.stated.get("offset", "")) if part]
        if any(not re.fullmatch(r"[+-]?0*\.?0*", part) for part in offset):
            raise SourceError(
                message("sources.vct_offset", path=self.path.name, offset=" ".join(offset)[:60])
            )
        if not head.codes and not head.tables:
            raise SourceError(message("sources.vct_no_codes", path=self.path.name))
        return head

    @cached_property
    def _codes(self) -> dict[str, FeatureCode]:
        head = self._head
        codes = [code for code in head.codes if code.kind in _KINDS and code.code != BOUNDARY_CODE]
        taken = Counter(code.table for code in codes)
        alone = [bool(code.table) and taken[code.table] == 1 for code in codes]
        long_names = [f"{code.table or code.name}/{code.code}" for code in codes]
        named = [
            (code.table if own else long_name, code)
            for code, own, long_name in zip(codes, alone, long_names, strict=True)
        ]
        used = {code.table for code in head.codes}
        named += [
            (table, FeatureCode(code="", name=table, kind="none", table=table))
            for table in head.tables
            if table not in used
        ]
        return dict(
            zip(distinct_names([name for name, _ in named]), [code for _, code in named], strict=True)
        )

    def _content(self, wanted: FeatureCode) -> _Content:
        """Read the file once: objects of one code, the lines that polygons need, rows of one table."""
        found = _Content()
        lines = Lines(self.path, self._coding.codec)
        separator = self._head.separator
        known = frozenset({code.code for code in self._head.codes} | {BOUNDARY_CODE})
        while (block := find_block(lines)) is not None:
            if block in _KINDS:
                for record in read_objects(lines, block, separator=separator, codes=known):
                    _sort(found, record, wanted, block=block, known=known)
            elif block == "attribute":
                for number, values in read_rows(lines, separator, table=wanted.table):
                    found.repeated_rows += values[0] in found.rows
                    found.rows.setdefault(values[0], (number, values))
            else:
                skip_block(lines)
        return found

    def _place(self, shapes: ObjectArray) -> tuple[CRS | None, list[Message]]:
        """Put the easting first in place, and return the coordinate system that the head states."""
        notes: list[Message] = []
        coordinates = shapely.get_coordinates(shapes)
        north = self._head.stated.get("xaxisdirection", "").strip().upper().startswith("N")
        judged = says_northing_first(coordinates[:, 0], coordinates[:, 1])
        if judged if judged is not None else north:
            shapely.set_coordinates(shapes, coordinates[:, ::-1])
            coordinates = coordinates[:, ::-1]
            if not north:
                notes.append(message("sources.vct_swapped"))
        if not len(coordinates):
            return None, notes
        crs, said = stated_crs(_stated_zone(self._head.stated), coordinates[:, 0])
        return crs, [*notes, *said]

    def _attributes(
        self, content: _Content, code: FeatureCode, damage: Damage
    ) -> tuple[pd.DataFrame, list[Message]]:
        """Return one row for each object (or each row of a plain table), by identifier."""
        fields = self._head.tables.get(code.table, ()) or (("BSM", "char"),)
        ids = [record.bsm for record in content.records] if code.kind in _KINDS else list(content.rows)
        cells = np.full((len(ids), len(fields)), None, dtype=object)
        for place, bsm in enumerate(ids):
            row = content.rows.get(bsm)
            if row is None:
                cells[place, 0] = bsm if fields[0][0].casefold() == "bsm" else None
                continue
            values = row[1][1:] if len(row[1]) == len(fields) + 1 else row[1]
            if len(values) != len(fields):
                reason = message(
                    "sources.vct_row_length", line=row[0], found=len(values), expected=len(fields)
                )
                damage.doubt(place + 1, code.table, self._head.separator.join(row[1]), reason)
                cells[place, 0] = bsm
                continue
            cells[place] = [value or None for value in values]
        names = distinct_names([name for name, _ in fields])
        columns = {
            name: _column(cells[:, place], kind, name, damage)
            for place, (name, (_, kind)) in enumerate(zip(names, fields, strict=True))
        }
        return pd.DataFrame(columns, index=pd.RangeIndex(len(ids))), _row_notes(content, code, ids)


def _sort(found: _Content, record: Record, wanted: FeatureCode, *, block: str, known: frozenset[str]) -> None:
    """Put one object where it belongs: into the layer, among the lines of polygons, or out."""
    if block == "line" and wanted.kind == "polygon":
        found.assembly.add(record)
    if record.code == wanted.code and block == wanted.kind:
        found.records.append(record)
    elif record.code not in known:
        found.damaged += record.reason is not None
        if record.reason is None and (record.code in found.unknown or len(found.unknown) < 100):  # noqa: PLR2004
            found.unknown[record.code] += 1


def _shapes(content: _Content, code: FeatureCode, damage: Damage) -> ObjectArray:
    count = len(content.records)
    if code.kind not in _KINDS:
        return np.full(len(content.rows), None, dtype=object)
    shapes: ObjectArray = np.full(count, None, dtype=object)
    rings, owners = [], []
    for place, record in enumerate(content.records):
        reason = record.reason
        if reason is None and code.kind == "polygon":
            parts, reason = content.assembly.rings(record.references)
            rings += parts
            owners += [place] * len(parts)
        elif reason is None:
            points = np.frombuffer(record.coordinates, dtype=np.float64).reshape(-1, 2)
            if not len(points) or (code.kind == "line" and len(points) == 1):
                reason = message("sources.vct_object_damaged", line=record.line, id=record.bsm)
            elif code.kind == "line":
                shapes[place] = shapely.linestrings(points)
            else:
                shapes[place] = shapely.points(points[0]) if len(points) == 1 else shapely.multipoints(points)
        if reason is not None:
            damage.refuse(place + 1, reason, f"BSM {record.bsm}")
    if code.kind == "polygon":
        shapes = polygons_of(rings, owners, count=count)
        for place in sorted({place for place in owners if shapes[place] is None}):
            reason = message("sources.rings_too_deep")
            damage.refuse(place + 1, reason, f"BSM {content.records[place].bsm}")
    return shapes


def _stated_zone(values: dict[str, str]) -> StatedZone:
    """Return what the head says of datum and zone; ``Parameters`` is written in more ways than one."""
    parts = [part.strip() for part in re.split("[,，]", values.get("parameters", ""))]
    numbers = [float(part) if re.fullmatch(r"[+-]?\d{1,12}(\.\d{0,12})?", part) else None for part in parts]
    first = numbers[0] if numbers else None
    meridian = first if first is not None and _MERIDIANS_DEG[0] <= first <= _MERIDIANS_DEG[1] else None
    zone = width = None
    if len(numbers) >= 9:  # noqa: PLR2004  # meridian, …, false easting, false northing, width, zone
        zone = int(numbers[8]) if numbers[8] else None
        width = int(numbers[7]) if numbers[7] in _WIDTHS else None
    elif len(numbers) >= 6 and numbers[5]:  # noqa: PLR2004  # a zone, a meridian, or a false easting with its zone
        sixth = numbers[5]
        zone = int(sixth // 1e6) or None if sixth >= 1e5 else int(sixth) if sixth < 60 else None  # noqa: PLR2004
        meridian = sixth if meridian is None and 60 <= sixth <= _MERIDIANS_DEG[1] else meridian  # noqa: PLR2004
    if meridian is not None:
        zone = None  # the meridian is what the projection is made of; a zone only names it
    return StatedZone(
        datum=datum_named(values.get("spheroid", "")), width_deg=width, zone=zone, meridian_deg=meridian
    )


def _column(cells: ObjectArray, kind: str, name: str, damage: Damage) -> pd.Series:
    """Return a column of the declared type; numbers that are none become None and are listed."""
    texts = pd.Series(cells, dtype=object)
    if kind not in _NUMBERS:
        return texts
    numbers = pd.to_numeric(texts, errors="coerce")
    for place in np.flatnonzero(numbers.isna() & texts.notna()).tolist():
        damage.doubt(place + 1, name, str(texts.iloc[place]), message("sources.vct_no_number", kind=kind))
    whole = kind.startswith("int") and bool((numbers.dropna() % 1 == 0).all())
    return numbers.astype("Int64" if whole else "float64")


def _row_notes(content: _Content, code: FeatureCode, ids: list[str]) -> list[Message]:
    notes = []
    without = sum(bsm not in content.rows for bsm in ids)
    unused = len(content.rows.keys() - set(ids))
    if without and code.table:
        notes.append(message("sources.vct_without_row", count=without, table=code.table))
    if unused or content.repeated_rows:
        notes.append(
            message("sources.vct_rows_unused", table=code.table, count=unused, repeated=content.repeated_rows)
        )
    return notes


def _left_out(content: _Content) -> list[Message]:
    """Say what the file holds that belongs to no declared layer."""
    notes = []
    if content.unknown:
        codes = "、".join(f"{code} ({count})" for code, count in sorted(content.unknown.items())[:5])
        notes.append(message("sources.vct_undeclared", codes=codes, count=content.unknown.total()))
    if content.damaged:
        notes.append(message("sources.vct_damaged", count=content.damaged))
    return notes
