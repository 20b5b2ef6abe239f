"""An error that lists every mistake of a table or a mapping at once, one line each."""

from __future__ import annotations

from lantu.errors import StandardError


class StandardMistakes(StandardError):  # noqa: N818  # it is several errors at once
    """A code list, a matrix or a mapping has mistakes; ``mistakes`` holds them in file order."""
