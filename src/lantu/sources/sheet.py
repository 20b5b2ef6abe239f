"""Excel workbooks (.xlsx), with GDAL: always there, no macro or formula is run, cached values are read."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from lantu.errors import SourceError
from lantu.messages import message
from lantu.sources.archive import check_sizes
from lantu.sources.damage import Damage
from lantu.sources.delimited import finish_table
from lantu.sources.gdal import Rows, list_layers, read_bulk, reason_of
from lantu.sources.geometry_columns import find_geometry_columns
from lantu.sources.jsontext import FORMAT
from lantu.sources.source import NotedTable, choose_layer, distinct_names
from lantu.sources.spoiled import codes_as_numbers

if TYPE_CHECKING:
    from pathlib import Path

DRIVER = "XLSX"

LARGEST_RATIO, RATIO_MATTERS_BYTES = 100, 16 * 1024**2
"""Unpacked over packed, of the workbook as an archive: full sheets come to 20, a sheet of nothing but blanks
to 50. GDAL takes memory for all that is unpacked."""

MOST_COLUMNS = 2000
"""GDAL drops what stands beyond, and rows with it."""

_NAMELESS = re.compile(r"Field\d+")
_MOST_TITLE_ROWS = 15
_FEWEST_HEADINGS = 2


@dataclass(frozen=True)
class SheetSource:
    """One workbook; each sheet is a layer, its header in the first row or below a title."""

    path: Path
    driver: str = DRIVER

    def layers(self) -> tuple[str, ...]:
        """Return the names of the sheets.

        Raises
        ------
        SourceError
            The workbook is damaged, or unpacks to more than any honest one.
        """
        try:
            with zipfile.ZipFile(self.path) as workbook:
                check_sizes(
                    self.path,
                    workbook.infolist(),
                    largest_ratio=LARGEST_RATIO,
                    ratio_matters_bytes=RATIO_MATTERS_BYTES,
                )
            return list_layers(self.path)
        except SourceError:
            raise
        except Exception as error:
            raise SourceError(
                message("sources.unreadable", path=self.path.name, reason=reason_of(error, self.path))
            ) from error

    def read(self, layer: str | None = None, *, geometry: bool = True) -> NotedTable:
        """Read a sheet: text cells stay text, numbers numbers; record 1 is the row below the header.

        Below a title, GDAL takes all cells of a column for text. Rows without any value are no records.
        Where no sheet is named, the empty ones that Excel adds to a new workbook do not count.
        """
        sheets = self.layers()
        likely = [name for name in sheets if self._filled(name)] if layer is None and len(sheets) > 1 else ()
        name = choose_layer(self.path, layer, sheets, likely=likely)
        try:
            rows = read_bulk(self.path, layer=name, HEADERS="FORCE", FIELD_TYPES="AUTO")
        except Exception as error:
            raise SourceError(
                message("sources.unreadable", path=self.path.name, reason=reason_of(error, self.path))
            ) from error
        if len(rows.attributes.columns) >= MOST_COLUMNS:
            raise SourceError(
                message("sources.sheet_too_wide", path=self.path.name, sheet=name, limit=MOST_COLUMNS)
            )
        rows, above = _below_title(_without_header(rows))
        notes = [message("sources.gdal_says", text=text) for text in rows.warnings]
        if above:
            notes.append(message("sources.header_below", row=above + 1))
        return finish_table(
            rows.attributes,
            records=rows.ids - 1 - above,
            count=len(rows.ids),
            damage=Damage(),
            notes=[*notes, *codes_as_numbers(rows.attributes)],
            geometry=geometry,
            path=self.path,
            layer=name,
            driver=self.driver,
            coding=FORMAT,
        )

    def _filled(self, name: str) -> bool:
        try:
            rows = read_bulk(self.path, layer=name, HEADERS="DISABLE", FIELD_TYPES="STRING")
        except Exception:  # noqa: BLE001  # GDAL cannot open a sheet without cells
            return False
        return bool(rows.attributes.notna().to_numpy().any())


def _without_header(rows: Rows) -> Rows:
    """Return a sheet that holds nothing but its header as one without rows (GDAL takes it for a row)."""
    frame = rows.attributes
    if len(frame) != 1 or not all(_NAMELESS.fullmatch(name) for name in frame.columns):
        return rows
    names = distinct_names([str(name) for name in frame.iloc[0]])
    empty = pd.DataFrame({name: pd.Series(dtype=object) for name in names}, index=pd.RangeIndex(0))
    return replace(rows, ids=rows.ids[:0], attributes=empty, geometry=rows.geometry[:0])


def _below_title(rows: Rows) -> tuple[Rows, int]:
    """Return the table without its blank rows, its header found below a title; and the rows above that."""
    present = rows.attributes.notna().any(axis=1).to_numpy(dtype=bool)
    rows = _taken(rows, present)
    frame = rows.attributes
    place = None if find_geometry_columns(frame) is not None else _header_row(frame)
    if place is None:
        return rows, 0
    header = _headings(frame, place)
    above = int(rows.ids[place]) - 1
    keep = np.arange(len(frame)) > place
    below = _taken(rows, keep)
    used = np.array([bool(text.strip()) for text in header]) | below.attributes.notna().any(axis=0).to_numpy()
    names = distinct_names([text for text, here in zip(header, used, strict=True) if here])
    attributes = below.attributes.loc[:, used].set_axis(names, axis=1)
    return replace(below, attributes=attributes), above


def _headings(frame: pd.DataFrame, place: int) -> list[str]:
    """Return the headings of a row; where a cell is merged with the one above, the text stands up there."""
    header = ["" if pd.isna(value) else str(value).strip() for value in frame.iloc[place]]
    over = (
        [] if not place else ["" if pd.isna(value) else str(value).strip() for value in frame.iloc[place - 1]]
    )
    if sum(map(bool, over)) < _FEWEST_HEADINGS or set(header) & set(over) - {""}:
        return header
    return [own or upper for own, upper in zip(header, over, strict=True)]


def _header_row(frame: pd.DataFrame) -> int | None:
    """Return the row that names columns of coordinates, or the first full one below a title; None if none."""
    candidates = []
    for place in range(min(len(frame), _MOST_TITLE_ROWS)):
        texts = ["" if pd.isna(value) else str(value).strip() for value in frame.iloc[place]]
        named = [text for text in texts if text]
        if len(named) < _FEWEST_HEADINGS or len(set(named)) < len(named):
            continue
        below = frame.iloc[place + 1 :].set_axis(distinct_names(_headings(frame, place)), axis=1)
        if find_geometry_columns(below) is not None:
            return place
        candidates.append((place, len(named)))
    nameless = sum(_NAMELESS.fullmatch(str(name)) is not None for name in frame.columns)
    if nameless < len(frame.columns) - 1 or not nameless:
        return None  # more than one heading in the first row: that is a header
    widest = max((size for _, size in candidates), default=0)
    return next((place for place, size in candidates if 2 * size >= widest), None)


def _taken(rows: Rows, keep: np.ndarray) -> Rows:
    if keep.all():
        return rows
    return replace(
        rows,
        ids=rows.ids[keep],
        attributes=rows.attributes[keep].reset_index(drop=True),
        geometry=rows.geometry[keep],
    )
