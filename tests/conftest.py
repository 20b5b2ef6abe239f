"""What every test may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

# A busy machine is slow, not wrong; and where CI judges a change, the same examples are tried each time.
settings.register_profile("lantu", deadline=None, derandomize=os.environ.get("CI") == "true")
settings.load_profile("lantu")

REPOSITORY = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Return the folder of public data that real tests read; skip with the reason where it is absent."""
    folder = Path(os.environ.get("LANTU_DATA") or REPOSITORY.parent / "shared" / "data")
    if not (folder / "README.md").is_file():
        pytest.skip(f"no real data at {folder}: set LANTU_DATA to the folder that holds it")
    return folder
