"""Long work shows its progress where somebody looks, and nothing elsewhere."""

from __future__ import annotations

import io
import sys
import types
from typing import TYPE_CHECKING, Any

import pytest
from display_district import write_district
from rich.console import Console
from rich.progress import Progress

import lantu
from lantu.display.progress import NotebookBars, TerminalBars, in_notebook, stage_name, watching
from lantu.engine import Silent

if TYPE_CHECKING:
    from pathlib import Path


class Cell:
    """Stands for the output of a notebook's cell: keeps what it was told."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def display(self, page: Any, *, display_id: bool) -> Cell:
        assert display_id
        self.told.append(page)
        return self

    def update(self, page: Any) -> None:
        self.told.append(page)


@pytest.fixture
def cell(monkeypatch: pytest.MonkeyPatch) -> Cell:
    """Let the code believe that it runs in a kernel."""
    shown = Cell()
    outer, inner = types.ModuleType("IPython"), types.ModuleType("IPython.display")
    outer.get_ipython = lambda: types.SimpleNamespace(kernel=object())  # type: ignore[attr-defined]
    inner.display, inner.HTML = shown.display, str  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "IPython", outer)
    monkeypatch.setitem(sys.modules, "IPython.display", inner)
    return shown


def test_bars_of_a_terminal_follow_the_stages_of_the_engine() -> None:
    with Progress(console=Console(file=io.StringIO())) as display:
        bars = TerminalBars(display, "zh")
        bars.advance()
        bars.stage("read", 3)
        bars.advance(2)
        bars.stage("relate", 5)
        bars.finish()
        assert [(task.description, task.completed, task.total) for task in display.tasks] == [
            ("读取", 3, 3),
            ("比对与判定（块）", 5, 5),
        ]


def test_bars_of_a_notebook_follow_the_stages_and_go(cell: Cell) -> None:
    bars = NotebookBars("en")
    bars.advance()
    bars.stage("read", 3)
    bars.advance(2)
    bars.stage("relate", 5)
    assert "3/3" in cell.told[-1]
    assert "0/5" in cell.told[-1]
    bars.finish()
    assert cell.told[-1] == ""


def test_a_check_in_a_notebook_shows_every_stage(cell: Cell, tmp_path: Path) -> None:
    lantu.open(write_district(tmp_path)).check(select=["LU01"])
    said = "".join(cell.told)
    for stage in ("读取", "统一标准", "比对与判定"):
        assert stage in said
    assert cell.told[-1] == ""


def test_a_silent_watcher_is_taken_at_its_word(cell: Cell, tmp_path: Path) -> None:
    lantu.open(write_district(tmp_path)).check(select=["LU01"], progress=lantu.Silent())
    assert cell.told == []


@pytest.mark.parametrize("looks", [True, False])
def test_a_terminal_gets_bars_and_a_file_none(
    looks: bool,  # noqa: FBT001  # a case
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(stream, "isatty", lambda: looks)
    monkeypatch.setattr(sys, "stderr", stream)
    with watching("en") as watcher:
        watcher.stage("read", 1)
        watcher.advance()
    assert ("reading" in stream.getvalue()) is looks
    with watching("en", quiet=True) as watcher:
        assert isinstance(watcher, Silent)


def test_without_a_kernel_it_is_no_notebook() -> None:
    assert not in_notebook()


def test_a_stage_without_a_name_of_its_own_is_called_as_the_engine_calls_it() -> None:
    assert stage_name("polish", "zh") == "polish"
