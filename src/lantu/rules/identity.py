"""Which features have an id of their own; relations need to know it too, so it is told there."""

from lantu.relations.own_ids import has_own_id

__all__ = ["has_own_id"]
