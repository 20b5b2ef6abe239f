"""Fixtures of the tests of live sources."""

from __future__ import annotations

from live_database import database

__all__ = ["database"]
