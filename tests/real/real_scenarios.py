"""Opening a scenario: its blueprint with the folder of public data put in place of DATA."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path
from typing import Any

import lantu

HERE = Path(__file__).parent


def open_scenario(name: str, folder: Path, data: Path) -> Any:
    target = folder / name
    shutil.copytree(HERE / name, target)
    blueprint = target / "blueprint.toml"
    text = blueprint.read_text(encoding="utf-8").replace("DATA/", f"{data.as_posix()}/")
    blueprint.write_text(text, encoding="utf-8")
    return lantu.open(blueprint, today=dt.date(2026, 11, 23))
