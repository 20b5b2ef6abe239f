"""Lantu (蓝图): find where the departments' maps of one district contradict one another.

``lantu.open("blueprint.toml")`` opens a blueprint; its ``check()`` gives a run with the findings.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from lantu._version import __version__

if TYPE_CHECKING:
    from lantu.blueprint import Blueprint
    from lantu.blueprint import open_blueprint as open  # noqa: A004  # the contract's name
    from lantu.comparing import compare
    from lantu.display import Finding, Layer
    from lantu.engine import Silent
    from lantu.run import Run

__all__ = ["Blueprint", "Finding", "Layer", "Run", "Silent", "__version__", "compare", "open"]


_LAZY = {
    "Blueprint": ("blueprint", "Blueprint"),
    "Finding": ("display", "Finding"),
    "Layer": ("display", "Layer"),
    "Run": ("run", "Run"),
    "Silent": ("engine", "Silent"),
    "compare": ("comparing", "compare"),
    "open": ("blueprint", "open_blueprint"),
}


def __getattr__(name: str) -> Any:  # noqa: ANN401  # the module's own attributes, of any type
    """Load the API on first use, so that importing lantu (and ``lantu --help``) stays quick."""
    if name in _LAZY:
        module, attribute = _LAZY[name]
        return getattr(import_module(f"lantu.{module}"), attribute)
    problem = f"module 'lantu' has no attribute '{name}'"
    raise AttributeError(problem)


def __dir__() -> list[str]:
    """List the API too, which is not loaded yet."""
    return sorted({*globals(), *__all__})
