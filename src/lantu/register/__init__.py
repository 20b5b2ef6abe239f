"""What people decided about findings: waivers in a file, decisions and their history in the register."""

from lantu.register.comparison import STATUSES, Comparison, compare_recorded
from lantu.register.deciding import Taken, decisions_on, take_decisions
from lantu.register.history import read_entries, register_beside
from lantu.register.objects import OBJECTS_FILE, write_beside
from lantu.register.presence import Presence, note_presence, presence_on
from lantu.register.recorded import Recorded, read_recorded, recorded
from lantu.register.rollup import rollup
from lantu.register.runs import add_run, read_runs
from lantu.register.waiver_file import Waiver, read_waivers
from lantu.register.waiver_lock import Lock, read_lock
from lantu.register.waiving import Waived, waive

__all__ = [
    "OBJECTS_FILE",
    "STATUSES",
    "Comparison",
    "Lock",
    "Presence",
    "Recorded",
    "Taken",
    "Waived",
    "Waiver",
    "add_run",
    "compare_recorded",
    "decisions_on",
    "note_presence",
    "presence_on",
    "read_entries",
    "read_lock",
    "read_recorded",
    "read_runs",
    "read_waivers",
    "recorded",
    "register_beside",
    "rollup",
    "take_decisions",
    "waive",
    "write_beside",
]
