"""The main job: load the layers, plan which rules meet which layers, judge tile by tile, gather."""

from lantu.engine.answers import require_one_readable
from lantu.engine.check import Checked, check
from lantu.engine.dossier import Dossier, dossier
from lantu.engine.execution import Execution, execution
from lantu.engine.inventory import inventory
from lantu.engine.levels import grounds_of, with_levels
from lantu.engine.load import Loaded, load
from lantu.engine.progress import Progress, Silent
from lantu.engine.records import Records
from lantu.engine.store import Store
from lantu.engine.subject import Subject, SubjectError, find_subject
from lantu.engine.sweep import sweep
from lantu.engine.workplace import is_large

__all__ = [
    "Checked",
    "Dossier",
    "Execution",
    "Loaded",
    "Progress",
    "Records",
    "Silent",
    "Store",
    "Subject",
    "SubjectError",
    "check",
    "dossier",
    "execution",
    "find_subject",
    "grounds_of",
    "inventory",
    "is_large",
    "load",
    "require_one_readable",
    "sweep",
    "with_levels",
]
