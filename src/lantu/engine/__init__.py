"""The main job: load the layers, plan which rules meet which layers, judge tile by tile, gather."""

from lantu.engine.check import Checked, check
from lantu.engine.inventory import inventory
from lantu.engine.load import Loaded, load
from lantu.engine.progress import Progress, Silent
from lantu.engine.sweep import sweep

__all__ = ["Checked", "Loaded", "Progress", "Silent", "check", "inventory", "load", "sweep"]
