from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd
import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "layers"))
sys.path.insert(0, str(Path(__file__).resolve().parent))


@pytest.fixture(scope="session")
def district() -> Path:
    return REPOSITORY / "layers" / "district"


@pytest.fixture(scope="session")
def truth(district: Path) -> pd.DataFrame:
    return pd.read_csv(district / "truth.csv", dtype=str, keep_default_na=False)
