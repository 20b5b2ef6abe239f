"""Reports: files for the GIS desk, the meeting and programs, all made from one run, nothing computed."""

from lantu.report.dossier_page import render_dossier_page, write_dossier_page
from lantu.report.dossier_words import dossier_record
from lantu.report.inventory_page import render_inventory_page, write_inventory_page
from lantu.report.page import explore
from lantu.report.plugged import Reporter
from lantu.report.record import consolidated, counts, run_summary
from lantu.report.sweep_page import write_sweep_page
from lantu.report.writing import FORMATS, formats_known, reporters, write

__all__ = [
    "FORMATS",
    "Reporter",
    "consolidated",
    "counts",
    "dossier_record",
    "explore",
    "formats_known",
    "render_dossier_page",
    "render_inventory_page",
    "reporters",
    "run_summary",
    "write",
    "write_dossier_page",
    "write_inventory_page",
    "write_sweep_page",
]
