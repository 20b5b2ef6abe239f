"""What was judged and on what grounds: an interrupted run goes on, and the next one need not begin anew."""

from lantu.engine.records.keys import Keys
from lantu.engine.records.records import JUDGED_FILE, Records

__all__ = ["JUDGED_FILE", "Keys", "Records"]
