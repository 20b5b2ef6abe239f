"""Every notebook runs from its first cell to its last, and none is kept with what it printed."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "notebooks"
NOTEBOOKS = sorted(path.stem for path in FOLDER.glob("*.ipynb"))
REAL = {"08_cambridge"}
"""Notebooks about public data that is not part of the project."""

TIMEOUT_S = 300


def contents(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((FOLDER / f"{name}.ipynb").read_text(encoding="utf-8"))
    return document


def test_there_are_nine_and_the_page_lists_them() -> None:
    assert len(NOTEBOOKS) == 9
    listed = re.findall(r"\]\((\w+)\.ipynb\)", (FOLDER / "README.md").read_text(encoding="utf-8"))
    assert listed == NOTEBOOKS


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_it_is_kept_without_outputs(name: str) -> None:
    for cell in contents(name)["cells"]:
        if cell["cell_type"] == "code":
            assert cell["outputs"] == []
            assert cell["execution_count"] is None


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_it_tells_one_job_in_chinese_with_a_summary_in_english(name: str) -> None:
    cells = ["".join(cell["source"]) for cell in contents(name)["cells"]]
    assert re.match(r"# .*[\u4e00-\u9fff]", cells[0])
    assert "**问题**" in cells[0]
    assert re.search(r"^\*English: [A-Z a-z]", cells[0], re.MULTILINE)
    assert any(re.search(r"^## 答$", cell, re.MULTILINE) for cell in cells)


CASES = [pytest.param(name, marks=[pytest.mark.real] if name in REAL else []) for name in NOTEBOOKS]


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_it_runs_from_the_first_cell_to_the_last(
    name: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if importlib.util.find_spec("nbclient") is None:
        pytest.skip("nbclient is not installed: pip install -e '.[dev]'")
    environment = {**os.environ, "PYTHONWARNINGS": "error::UserWarning:lantu", "MPLBACKEND": "agg"}
    environment["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
    environment["IPYTHONDIR"] = str(tmp_path / "ipython")
    if name in REAL:
        environment["LANTU_DATA"] = str(request.getfixturevalue("real_data"))
    done = subprocess.run(  # noqa: S603  # this interpreter
        [
            sys.executable,
            "-m",
            "jupyter",
            "execute",
            f"{name}.ipynb",
            f"--output={tmp_path / name}.ipynb",
            f"--timeout={TIMEOUT_S}",
        ],
        cwd=FOLDER,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, re.sub(r"\x1b\[[\d;]*m", "", done.stderr)[-4000:]
    ran = json.loads((tmp_path / f"{name}.ipynb").read_text(encoding="utf-8"))
    spoken = [output for cell in ran["cells"] for output in cell.get("outputs", ())]
    assert [output for output in spoken if output.get("name") == "stderr"] == []
    assert [output for output in spoken if "text/html" in output.get("data", {})] != []
