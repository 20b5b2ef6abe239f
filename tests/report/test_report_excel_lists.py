"""Lists written into a workbook a column at a time read as if xlsxwriter had written every cell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import openpyxl
import pyarrow as pa
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from report_run import make_run

from lantu.report.excel import rows as rows_module
from lantu.report.excel.book import Book, heights_pt
from lantu.report.excel.rows import Column, Rows, texts_column
from lantu.report.excel.texts import TEXT_MAX, Texts, room, rooms

if TYPE_CHECKING:
    from pathlib import Path

RUN = make_run(overlaps=2)

TEXTS = (
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
    | st.sampled_from(
        ["=1+1", " left", "right\n", "_x0041_", "a\x00b", "\ufffe\uffff", "<a & b>", "㎡ 宗", ""]
    )
).filter(lambda text: not text.startswith("<r>"))
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)


def read_back(path: Path, rows: int) -> list[list[Any]]:
    sheet = openpyxl.load_workbook(path).worksheets[0]
    return [
        [(cell.value, cell.data_type, cell.quotePrefix) for cell in row]
        for row in sheet.iter_rows(min_row=2, max_row=rows + 1, max_col=2)
    ]


def by_columns(cells: list[tuple[str | None, float | None]], path: Path) -> None:
    book = Book(RUN)
    sheet = book.sheet("list")
    book.heads(sheet, 0, ["text", "number"])
    texts = book.texts.column(pa.array([text for text, _ in cells], pa.string()))
    numbers = np.array([number for _, number in cells], dtype=np.float64)
    columns = (
        texts_column(book.texts, texts, book.plain, book.guarded),
        Column(values=numbers, formats=(book.number,)),
    )
    book.fill(sheet, Rows(columns=columns, heights_pt=np.zeros(len(cells), dtype=np.int64)))
    book.save(path)


def by_cells(cells: list[tuple[str | None, float | None]], path: Path) -> None:
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("list")
        plain, guarded = book.add_format({"bold": True}), book.add_format({"quote_prefix": True})
        sheet.write_string(0, 0, "head")
        for row, (text, number) in enumerate(cells, start=1):
            if text is not None:
                active = text.startswith(("=", "+", "-", "@", "\t", "\r"))
                sheet.write_string(row, 0, text, guarded if active else plain)
            if number is not None:
                sheet.write_number(row, 1, number)


@given(st.lists(st.tuples(st.none() | TEXTS, st.none() | NUMBERS), min_size=1, max_size=8))
@settings(max_examples=60)
def test_a_list_reads_as_if_each_cell_had_been_written(
    tmp_path_factory: pytest.TempPathFactory, cells: list[tuple[str | None, float | None]]
) -> None:
    folder = tmp_path_factory.mktemp("lists")
    by_columns(cells, folder / "columns.xlsx")
    by_cells(cells, folder / "cells.xlsx")
    found, expected = (read_back(folder / name, len(cells)) for name in ("columns.xlsx", "cells.xlsx"))
    assert [[cell[:2] for cell in row] for row in found] == [
        [(_near(cell[0], given), cell[1]) for cell, given in zip(row, cells[place], strict=True)]
        for place, row in enumerate(expected)
    ]
    guarded = [bool(row[0][2]) for row in found]
    assert guarded == [bool(row[0][2]) for row in expected]


def test_what_looks_like_marked_up_text_is_text(tmp_path: Path) -> None:
    """xlsxwriter would write it as it stands."""
    by_columns([("<r>x</r>", None)], tmp_path / "columns.xlsx")
    assert read_back(tmp_path / "columns.xlsx", 1)[0][0][:2] == ("<r>x</r>", "s")


def _near(read: Any, given: Any) -> Any:
    """Return a number as given: xlsxwriter writes sixteen digits of it, the list all of them."""
    return given if isinstance(read, int | float) else read


def test_what_is_made_in_stretches_is_one_list(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    cells: list[tuple[str | None, float | None]] = [(f"宗-{n}" if n % 3 else None, n / 8) for n in range(25)]
    by_columns(cells, tmp_path / "one.xlsx")
    monkeypatch.setattr(rows_module, "AT_ONCE", 7)
    by_columns(cells, tmp_path / "many.xlsx")
    one, many = (read_back(tmp_path / name, len(cells)) for name in ("one.xlsx", "many.xlsx"))
    assert one == many
    assert [row[0][0] for row in many] == [text for text, _ in cells]


@given(st.lists(st.none() | TEXTS, max_size=20), st.lists(st.none() | TEXTS, max_size=20))
def test_a_text_is_found_by_its_number(first: list[str | None], second: list[str | None]) -> None:
    texts = Texts()
    numbers = [texts.column(pa.array(part, pa.string())) for part in (first, second)]
    assert texts.shown(np.concatenate(numbers)) == [*first, *second]
    assert texts.of("宗地") == texts.of("宗地")


@given(st.lists(TEXTS, max_size=20))
def test_rooms_are_counted_alike_for_one_and_for_many(texts: list[str]) -> None:
    assert rooms(pa.array(texts, pa.string())).tolist() == [room(text) for text in texts]


@pytest.mark.parametrize(("lines", "height_pt"), [(0.0, 0), (1.08, 0), (1.1, 28), (2.2, 41), (99.0, 409)])
def test_a_row_is_as_high_as_its_text(lines: float, height_pt: int) -> None:
    assert heights_pt(np.array([lines])).tolist() == [height_pt]


def test_long_texts_are_cut_and_counted() -> None:
    texts = Texts()
    numbers = texts.column(pa.array(["长" * TEXT_MAX, "长" * (TEXT_MAX + 1)]))
    short, cut = texts.shown(numbers)
    assert texts.cut == 1
    assert (short, cut) == ("长" * TEXT_MAX, "长" * (TEXT_MAX - 1) + "…")
