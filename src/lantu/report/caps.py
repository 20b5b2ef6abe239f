"""Limits of the reports. Where one takes effect the report says so, and ``run.json`` lists them all."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

CONTEXT_VERTICES = 1_500_000
"""Vertices of the departments' own objects that ``report.html`` carries, some 7 MB; the objects of the
findings come first, then their neighbours."""

WAIVED_ROWS = 2_000
"""Waived findings listed in ``report.html``; all of them are counted."""

SHEET_ROWS = 1_048_000
"""Findings on one sheet of ``findings.xlsx``; Excel itself ends at 1 048 576 rows."""

SHEET_LINKS = 60_000
"""Links on one sheet; Excel refuses a file with more than 65 530."""

CAPS: Mapping[str, int] = MappingProxyType(
    {
        "report_context_vertices": CONTEXT_VERTICES,
        "report_waived_rows": WAIVED_ROWS,
        "xlsx_rows_per_sheet": SHEET_ROWS,
        "xlsx_links_per_sheet": SHEET_LINKS,
    }
)
