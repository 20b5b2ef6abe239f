"""One cause, one issue: findings that one act would clear hang on one cause."""

from lantu.engine.causes.gathering import CAUSE_COLUMNS, gather, gather_in

__all__ = ["CAUSE_COLUMNS", "gather", "gather_in"]
