"""All plug-ins that cannot be used, over every room that takes some."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lantu.report import reporters
from lantu.rules import skipped
from lantu.sources import readers
from lantu.standards import plugged_standards

if TYPE_CHECKING:
    from lantu.plugins import Skipped


def skipped_plugins() -> tuple[Skipped, ...]:
    """Return the plug-ins that are skipped, each named with its reason; rules first."""
    return (*skipped(), *readers().skipped, *plugged_standards().skipped, *reporters().skipped)
