"""Real scenarios: each blueprint beside this file, run once a session."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from real_scenarios import open_scenario

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture(scope="session")
def scenario(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Any]:
    """Return the run of a scenario by its name; each is checked once a session."""

    @cache
    def run(name: str) -> Any:
        return open_scenario(name, tmp_path_factory.mktemp("real"), real_data).check()

    return run
