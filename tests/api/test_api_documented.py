"""The API of the contract: every part says what it is, and every example in it runs."""

from __future__ import annotations

import doctest
import importlib
import inspect
from typing import TYPE_CHECKING

import pytest

import lantu
from lantu.cli.sample import copy_sample

if TYPE_CHECKING:
    from pathlib import Path

MODULES = (
    "lantu.blueprint",
    "lantu.comparing",
    "lantu.display.finding",
    "lantu.display.layer",
    "lantu.plots.areas",
    "lantu.plots.crossing",
    "lantu.plots.matrix",
    "lantu.plots.sweep",
    "lantu.run",
)
"""Where the API stands; ``lantu`` itself only hands it on."""

SHOWN = ("Blueprint", "Finding", "Layer", "Run", "compare", "open")


@pytest.fixture
def demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand beside a copy of the sample, as after ``lantu demo``."""
    copy_sample(tmp_path / "lantu-demo")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MPLBACKEND", "agg")


@pytest.mark.slow
@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize("name", MODULES)
def test_every_example_runs_as_it_is_written(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    results = doctest.testmod(importlib.import_module(name), optionflags=doctest.ELLIPSIS)
    assert results.attempted > 0
    assert results.failed == 0, capsys.readouterr().out


@pytest.mark.parametrize("name", SHOWN)
def test_what_is_exported_has_an_example(name: str) -> None:
    assert "Examples\n" in inspect.getdoc(getattr(lantu, name))


@pytest.mark.parametrize("name", lantu.__all__)
def test_what_is_exported_exists(name: str) -> None:
    assert getattr(lantu, name) is not None


@pytest.mark.parametrize("owner", [lantu.Blueprint, lantu.Run, lantu.Layer, lantu.Finding])
def test_every_public_method_is_typed_and_documented(owner: type) -> None:
    for name, member in inspect.getmembers(owner, inspect.isfunction):
        if name.startswith("_"):
            continue
        assert inspect.getdoc(member), f"{owner.__name__}.{name} says nothing"
        signature = inspect.signature(member)
        bare = [
            one for one in signature.parameters.values() if one.annotation is one.empty and one.name != "self"
        ]
        assert bare == []
        assert signature.return_annotation is not signature.empty


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'chekc'"):
        lantu.chekc  # noqa: B018  # the access is the test
