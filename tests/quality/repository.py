"""Where the repository is, and its source files, for the tests of its form."""

from __future__ import annotations

import ast
import importlib.util
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
SOURCE = REPOSITORY / "src" / "lantu"


@cache
def modules() -> dict[str, ast.Module]:
    """Return the syntax tree of every module, by its path below ``src/lantu`` with forward slashes."""
    return {
        path.relative_to(SOURCE).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted(SOURCE.rglob("*.py"))
    }


def run_tool(name: str, *arguments: str) -> None:
    """Run a development tool of this interpreter in the repository; fail with what it says."""
    if importlib.util.find_spec(name.replace("-", "_")) is None:
        pytest.skip(f"{name} is not installed: pip install -e '.[dev]'")
    done = subprocess.run(  # noqa: S603  # this interpreter and arguments written below
        [sys.executable, "-m", name, *arguments],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, f"{name} {' '.join(arguments)}\n{done.stdout}\n{done.stderr}"
