"""Reports: files for the GIS desk, the meeting and programs, all made from one run, nothing computed."""

from lantu.report.inventory_page import render_inventory_page, write_inventory_page
from lantu.report.page import explore
from lantu.report.record import run_summary
from lantu.report.writing import FORMATS, write

__all__ = [
    "FORMATS",
    "explore",
    "render_inventory_page",
    "run_summary",
    "write",
    "write_inventory_page",
]
