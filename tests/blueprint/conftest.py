"""The delivery that the tests of bad input make worse."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from bad_input import Delivery

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def delivery(tmp_path: Path) -> Delivery:
    """Return a folder for a blueprint and its layers."""
    return Delivery(tmp_path)
