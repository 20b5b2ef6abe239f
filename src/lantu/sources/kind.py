"""What a format is: its suffixes, its signature, and the reader that opens it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from lantu.sources.source import Source


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A format: the suffixes it goes by, the bytes it must start with, and the reader that opens it.

    ``open`` takes the path and the encoding that the blueprint states, None where it states none.
    """

    name: str
    suffixes: tuple[str, ...]
    open: Callable[[Path, str | None], Source]
    starts_with: tuple[bytes, ...] = ()

    def fits(self, head: bytes) -> bool:
        """Say whether the first bytes of a file are those of this format."""
        return not self.starts_with or head.startswith(self.starts_with)
