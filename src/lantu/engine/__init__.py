"""The main job: load the layers, plan which rules meet which layers, judge tile by tile, gather."""

from lantu.engine.answers import require_one_readable
from lantu.engine.check import Checked, check
from lantu.engine.dossier import Dossier, dossier
from lantu.engine.inventory import inventory
from lantu.engine.levels import grounds_of, with_levels
from lantu.engine.load import Loaded, load
from lantu.engine.progress import Progress, Silent
from lantu.engine.subject import Subject, SubjectError, find_subject
from lantu.engine.sweep import sweep

__all__ = [
    "Checked",
    "Dossier",
    "Loaded",
    "Progress",
    "Silent",
    "Subject",
    "SubjectError",
    "check",
    "dossier",
    "find_subject",
    "grounds_of",
    "inventory",
    "load",
    "require_one_readable",
    "sweep",
    "with_levels",
]
