"""What became of one rule on one pair of layers: the three answers, and the counts that earn them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from lantu.messages import Message

Answer = Literal["conflict", "none_found", "not_checked"]


@dataclass(frozen=True, kw_only=True)
class Ground:
    """The columns of a layer that any finding of a rule lets one see: it could not be made without them."""

    rule: str
    layer: str
    columns: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """One rule on one pair of layers (``layer_b`` None where the rule looks at one layer).

    ``matched`` counts subjects that the rule could apply to, ``candidates`` the pairs whose boxes (or keys)
    meet, ``measured`` those of them whose attributes could contradict, ``judged`` the measured pairs that
    reach the rule's thresholds, ``geometries`` the conflicts drawn, and ``by_geos`` the pairs that a kernel
    left to GEOS. ``left_out`` counts what the tolerance left out, with its total area (or length for lines).
    """

    rule: str
    layer_a: str | None
    layer_b: str | None
    answer: Answer
    reason: Message | None = None
    matched: int = 0
    candidates: int = 0
    measured: int = 0
    judged: int = 0
    geometries: int = 0
    by_geos: int = 0
    found: int = 0
    undecidable: int = 0
    left_out: int = 0
    left_out_area_m2: float = 0.0
    left_out_length_m: float = 0.0
