"""As a new user with the README alone: from two files of one's own to a report, step by step."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
from documentation import REPOSITORY
from two_files import write_two_files

if TYPE_CHECKING:
    from pathlib import Path

TEN_MINUTES_S = 600

SECTIONS = {
    "README.md": "## From two files of your own to a report",
    "README.zh-CN.md": "## 从自己的两个文件到一份报告",
}


def section(page: str) -> str:
    text = (REPOSITORY / page).read_text(encoding="utf-8")
    return text.partition(SECTIONS[page])[2].partition("\n## ")[0]


def fenced(text: str, language: str) -> str:
    found = re.search(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert found is not None
    return found[1]


def do(line: str, folder: Path) -> str:
    """Run a line of the README in a process of its own; ``lantu`` is this interpreter's."""
    words = shlex.split(line, comments=True)
    assert words[0] == "lantu"
    done = subprocess.run(  # noqa: S603  # the README's own words
        [sys.executable, "-m", *words],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(params=SECTIONS)
def page(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    write_two_files(tmp_path / "my-district")
    return str(request.param)


def found(folder: Path) -> dict[str, object]:
    """Return how the report's own record counts conflicts of LU01, and the layers."""
    record = json.loads((folder / "report" / "run.json").read_text(encoding="utf-8"))
    return {"LU01": record["rules"]["LU01"]["found"], "layers": len(record["layers"])}


@pytest.mark.slow
def test_the_steps_lead_from_two_files_to_a_report(page: str, tmp_path: Path) -> None:
    started = time.monotonic()
    for line in fenced(section(page), "sh").splitlines():
        do(line, tmp_path)
    assert time.monotonic() - started < TEN_MINUTES_S
    assert (tmp_path / "report" / "report.html").stat().st_size > 100_000
    assert found(tmp_path) == {"LU01": 4, "layers": 2}  # the four homes under the plot of industry


@pytest.mark.slow
def test_the_blueprint_written_by_hand_gives_the_same(page: str, tmp_path: Path) -> None:
    text = fenced(section(page), "toml")
    (tmp_path / "my-district" / "blueprint.toml").write_text(text, encoding="utf-8")
    check = fenced(section(page), "sh").splitlines()[-1]
    do(check, tmp_path)
    assert found(tmp_path) == {"LU01": 4, "layers": 2}


def test_the_mistake_that_the_readme_shows_is_found(page: str, tmp_path: Path) -> None:
    text = fenced(section(page), "toml").replace('"land.parcel"', '"land.parcels"')
    (tmp_path / "my-district" / "blueprint.toml").write_text(text, encoding="utf-8")
    done = subprocess.run(  # this interpreter
        [sys.executable, "-m", "lantu", "--lang", "en", "check", "my-district/blueprint.toml"],
        cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "did you mean 'land.parcel'?" in done.stderr
