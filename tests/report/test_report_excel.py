"""findings.xlsx: who sees what, and text that stays text."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING, Any

import openpyxl
from hypothesis import given
from hypothesis import strategies as st
from report_run import CAUSE, DEPARTMENTS, HOSTILE

from lantu.model import SEVERITIES
from lantu.report import write
from lantu.report.excel import departments
from lantu.report.excel.book import NAME_MAX, fitting_width, sheet_name
from lantu.report.excel.departments import COLUMNS, PRINTED

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


def of_kind(sheet: Any, entry: str) -> list[dict[str, Any]]:
    return [row for row in cells(sheet) if row["entry"] == entry]


def by_severity(run: Run, department: str) -> list[str]:
    """Return the ids of the findings that concern a department, the most severe first."""
    sides = (run.findings["department_a"] == department) | (run.findings["department_b"] == department)
    own = run.findings[sides]
    return [one for name in SEVERITIES for one in own.loc[own["severity"] == name, "finding_id"]]


def test_a_department_sees_the_findings_in_which_it_is_a_side(run: Run, tmp_path: Path) -> None:
    book = opened(run, tmp_path)
    assert book.sheetnames == ["汇总", "成因", *DEPARTMENTS.values(), "未检查"]
    for key, name in DEPARTMENTS.items():
        ids = [row["finding_id"] for row in of_kind(book[name], "矛盾")]
        assert ids == by_severity(run, key)


def test_causes_come_first_and_only_to_those_whom_they_concern(run: Run, tmp_path: Path) -> None:
    book = opened(run, tmp_path)
    (own,) = of_kind(book["规划编制中心"], "成因")
    assert cells(book["规划编制中心"])[0] == own
    assert (own["finding_id"], own["findings"]) == (CAUSE["cause_id"], 3)
    assert (own["own_layer"], own["other_department"]) == ("规划地块", None)
    assert book["规划编制中心"]["B2"].hyperlink.location == f"cause={CAUSE['cause_id']}"
    assert book["成因"]["A2"].hyperlink.location == f"cause={CAUSE['cause_id']}"
    assert all(of_kind(book[name], "成因") == [] for key, name in DEPARTMENTS.items() if key != "planning")


def test_a_cause_of_another_department_stands_on_the_other_side(run: Run, tmp_path: Path) -> None:
    run.findings.loc[run.findings["rule"] == "LU01", "cause_id"] = CAUSE["cause_id"]
    (seen,) = of_kind(opened(run, tmp_path)["自然资源局"], "成因")
    assert (seen["own_layer"], seen["other_department"]) == (None, "规划编制中心")
    assert seen["other_layer"] == "规划地块"


def test_a_department_without_findings_is_told_so(empty_run: Run, tmp_path: Path) -> None:
    book = opened(empty_run, tmp_path)
    assert "没有涉及本部门的矛盾" in book["文物局"]["A2"].value


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
    book = opened(run, tmp_path)
    sheet = book["自然资源局"]
    assert sheet.freeze_panes == "C2"
    assert sheet.auto_filter.ref == f"A1:{openpyxl.utils.get_column_letter(len(COLUMNS))}{sheet.max_row}"
    link = sheet["B2"].hyperlink
    assert link.target == "report.html"
    assert link.location == f"finding={sheet['B2'].value}"
    assert sheet.print_title_rows == "$1:$1"
    assert sheet.print_area.startswith(f"'自然资源局'!$A$1:${openpyxl.utils.get_column_letter(PRINTED)}$")


def test_columns_are_as_wide_as_their_texts(run: Run, tmp_path: Path) -> None:
    sheet = opened(run, tmp_path)["自然资源局"]
    grouped = [(one.min, one.max, one.width) for one in sheet.column_dimensions.values()]
    for number, (name, most) in enumerate(COLUMNS.items(), start=1):
        (width,) = [wide for first, last, wide in grouped if first <= number <= last]
        texts = [str(row[name]) for row in cells(sheet) if row[name] is not None]
        longest = max((sum(2 if sign >= "\u2e80" else 1 for sign in text) for text in texts), default=0)
        assert min(longest, most) <= width <= most + 1, name


@given(st.text(max_size=20), st.lists(st.text(max_size=200), max_size=5), st.integers(8, 90))
def test_a_width_never_exceeds_its_limit(head: str, texts: list[str], most: int) -> None:
    assert 6 <= fitting_width(head, texts, most) <= most


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


def test_no_finding_is_lost_to_the_limits_of_excel_and_they_are_said(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(departments, "SHEET_LINKS", 3)
    monkeypatch.setattr(departments, "SHEET_ROWS", 5)
    book = opened(run, tmp_path)
    wanted = by_severity(run, "land")
    total = len(wanted)
    names = [name for name in book.sheetnames if name.startswith("自然资源局")]
    assert names[:2] == ["自然资源局", "自然资源局 (2)"]
    assert len(names) == -(-total // 5)
    ids = [row["finding_id"] for name in names for row in cells(book[name])]
    assert ids == wanted
    linked = [
        cell.hyperlink is not None for (cell,) in book[names[0]].iter_rows(min_row=2, min_col=2, max_col=2)
    ]
    assert linked == [True] * 3 + [False] * 2
    said = "\n".join(str(row[0]) for row in book["汇总"].iter_rows(min_col=4, max_col=4, values_only=True))
    assert f"自然资源局共 {total} 行" in said
    assert "“自然资源局 (2)”共 5 行，前 3 行" in said


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
    book = opened(run, tmp_path)
    message = cells(book["自然资源局"])[0]["message"]
    assert "32767 个字符" in "".join(str(cell.value) for cell in book["汇总"]["D"])
    assert len(message) == 32_767
    assert message.endswith("…")
