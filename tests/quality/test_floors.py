"""A floor imports only from below: the contract that pyproject.toml states is kept."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import pytest
from repository import REPOSITORY, SOURCE

if TYPE_CHECKING:
    from pathlib import Path

CONFIGURATION = REPOSITORY / "pyproject.toml"


def test_contract_is_kept(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    cli = pytest.importorskip("importlinter.cli")
    monkeypatch.chdir(REPOSITORY)
    status = cli.lint_imports(config_filename=str(CONFIGURATION), no_cache=True, no_logo=True)
    assert status == 0, capsys.readouterr().out


def test_every_room_has_its_floor() -> None:
    """A module that no floor names could import anything."""
    settings = tomllib.loads(CONFIGURATION.read_text(encoding="utf-8"))["tool"]["importlinter"]
    (contract,) = settings["contracts"]
    named = {room.strip() for floor in contract["layers"] for room in floor.split(":")}
    rooms = {f"lantu.{_room(path)}" for path in SOURCE.iterdir() if _is_room(path)}
    assert rooms == named


def _is_room(path: Path) -> bool:
    if path.name.startswith("_"):  # __init__, __main__, _version: doors and a constant
        return False
    return path.suffix == ".py" or (path / "__init__.py").is_file()


def _room(path: Path) -> str:
    return path.stem
