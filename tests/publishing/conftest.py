from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

import lantu

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "report"))

DISTRICT = Path(__file__).resolve().parents[2] / "layers" / "district" / "blueprint.toml"


@pytest.fixture(scope="session")
def sample_run() -> Any:
    """The sample district, checked once: parcels internal, pipes and their right holders confidential."""
    return lantu.open(DISTRICT).check()
