"""What every test may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Return the folder of public data that real tests read; skip with the reason where it is absent."""
    folder = Path(os.environ.get("LANTU_DATA") or REPOSITORY.parent / "shared" / "data")
    if not (folder / "README.md").is_file():
        pytest.skip(f"no real data at {folder}: set LANTU_DATA to the folder that holds it")
    return folder
