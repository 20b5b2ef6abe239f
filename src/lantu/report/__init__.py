"""Reports: files for the GIS desk, the meeting and programs, all made from one run, nothing computed."""

from lantu.report.page import explore
from lantu.report.record import run_summary
from lantu.report.writing import FORMATS, write

__all__ = ["FORMATS", "explore", "run_summary", "write"]
