"""findings.xlsx: who sees what, and text that stays text."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING, Any

import openpyxl
from hypothesis import given
from hypothesis import strategies as st
from report_run import DEPARTMENTS, HOSTILE

from lantu.report import excel, write
from lantu.report.excel import COLUMNS, NAME_MAX, seen_by, sheet_name

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from lantu.model import Run


def opened(run: Run, folder: Path) -> Any:
    write(run, folder, formats=["xlsx"])
    return openpyxl.load_workbook(folder / "findings.xlsx")


def cells(sheet: Any) -> list[dict[str, Any]]:
    names = list(COLUMNS)
    return [dict(zip(names, row, strict=True)) for row in sheet.iter_rows(min_row=2, values_only=True)]


def test_a_department_sees_the_findings_in_which_it_is_a_side(run: Run, tmp_path: Path) -> None:
    book = opened(run, tmp_path)
    assert book.sheetnames == ["汇总", "成因", *DEPARTMENTS.values(), "未检查"]
    for key, name in DEPARTMENTS.items():
        sides = (run.findings["department_a"] == key) | (run.findings["department_b"] == key)
        ids = [row["finding_id"] for row in cells(book[name])]
        assert ids == run.findings.loc[sides, "finding_id"].tolist()


def test_each_department_reads_its_own_side_first(run: Run, tmp_path: Path) -> None:
    book = opened(run, tmp_path)
    land = next(row for row in cells(book["自然资源局"]) if row["rule"] == "LU01")
    plan = next(row for row in cells(book["规划编制中心"]) if row["rule"] == "LU01")
    assert land["finding_id"] == plan["finding_id"]
    assert (land["own_layer"], land["other_layer"]) == ("宗地", "规划地块")
    assert (plan["own_layer"], plan["other_layer"]) == ("规划地块", "宗地")
    assert (land["own_value"], land["own_raw"]) == (plan["other_value"], plan["other_raw"])
    assert land["other_department"] == "规划编制中心"
    assert land["measure"] == 8000.0
    assert land["field"] == "用地类别"


def test_sheets_have_a_frozen_head_a_filter_and_links_to_the_report(run: Run, tmp_path: Path) -> None:
    sheet = opened(run, tmp_path)["自然资源局"]
    assert sheet.freeze_panes == "B2"
    assert sheet.auto_filter.ref is not None
    link = sheet["A2"].hyperlink
    assert link.target == "report.html"
    assert link.location == f"finding={sheet['A2'].value}"


def test_no_cell_is_ever_a_formula(hostile_run: Run, tmp_path: Path) -> None:
    book = opened(hostile_run, tmp_path)
    texts = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in texts} <= {"s", "n"}
    formula = [cell for cell in texts if str(cell.value).startswith("=")]
    assert formula
    assert all(cell.value == HOSTILE[7] for cell in formula)
    assert all(cell.quotePrefix for cell in formula if cell.row > 1)
    with zipfile.ZipFile(tmp_path / "findings.xlsx") as archive:
        assert not any(b"<f>" in archive.read(name) for name in archive.namelist())


def test_links_and_rows_end_before_excel_refuses(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(excel, "SHEET_LINKS", 3)
    monkeypatch.setattr(excel, "SHEET_ROWS", 5)
    sheet = opened(run, tmp_path)["自然资源局"]
    rows = list(sheet.iter_rows(min_row=2, max_col=1))
    assert [cell.hyperlink is not None for (cell,) in rows] == [True] * 3 + [False] * 3
    total = len(seen_by(run, "land"))
    assert str(total) in rows[5][0].value


@given(st.lists(st.text(max_size=40), max_size=12))
def test_sheet_names_are_accepted_and_unique(wanted: list[str]) -> None:
    taken = {"history"}
    names = [sheet_name(name, taken) for name in wanted]
    assert len({name.casefold() for name in names}) == len(names)
    for name in names:
        assert 0 < len(name) <= NAME_MAX
        assert not set(name) & set("[]:*?/\\")
        assert not name.startswith("'")


def test_a_text_too_long_for_a_cell_ends_in_an_ellipsis(run: Run, tmp_path: Path) -> None:
    run.findings.loc[:, "message"] = "长" * 40_000
    message = cells(opened(run, tmp_path)["自然资源局"])[0]["message"]
    assert len(message) == 32_767
    assert message.endswith("…")
