"""``findings.xlsx``: a frame by xlsxwriter, and lists of any length written into it a column at a time."""

from lantu.report.excel.workbook import write_excel

__all__ = ["write_excel"]
