"""The store of a run: standardised layers on disk, spatially sorted, of which tasks read windows."""

from lantu.engine.store.frame import StoredFrame
from lantu.engine.store.store import LARGE_FEATURES, Store

__all__ = ["LARGE_FEATURES", "Store", "StoredFrame"]
