"""The delivery that the tests of bad input make worse."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from bad_input import Delivery, assert_counts_add_up

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def delivery(tmp_path: Path) -> Iterator[Delivery]:
    """Return a folder for a blueprint and its layers, which in the end obey the law of counts."""
    made = Delivery(tmp_path)
    yield made
    assert_counts_add_up(made)
