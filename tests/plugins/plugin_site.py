"""Packages with plug-ins, made visible without pip: their folder and their entry points on the path."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

EXAMPLE = Path(__file__).parent / "example"
SOURCE = Path(__file__).resolve().parents[2] / "src"

BLUEPRINT = """\
[blueprint]
name = "trees"
crs = "EPSG:4548"
as_of = 2026-11-23
language = "en"

[departments.garden]
name = "Gardens"
[departments.works]
name = "Works"

[layers.trees]
path = "register.trees"
standard = "green.tree"
department = "garden"
crs = "EPSG:4548"

[layers.pipes]
path = "pipes.csv"
standard = "utility.pipe"
department = "works"
crs = "EPSG:4548"

[rules]
select = ["TR01", "DA02"]
[report]
formats = ["parquet", "md"]
"""


@dataclass(frozen=True)
class Site:
    """A folder on the path with the entry points of some packages, and a small blueprint beside it."""

    path: Path
    town: Path

    def plug(self, package: str, points: dict[str, dict[str, str]], version: str = "1.0") -> None:
        """Make a package's entry points visible: group to name to value."""
        folder = self.path / f"{package.replace('-', '_')}-{version}.dist-info"
        folder.mkdir()
        metadata = f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n"
        (folder / "METADATA").write_text(metadata, encoding="utf-8")
        lines = [
            line
            for group, named in points.items()
            for line in (f"[{group}]", *(f"{name} = {value}" for name, value in named.items()))
        ]
        (folder / "entry_points.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")

    def module(self, name: str, text: str) -> None:
        """Write a module of a plug-in; the packages above it are made."""
        file = self.path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        for folder in file.relative_to(self.path).parents:
            if folder != Path():
                (self.path / folder / "__init__.py").touch()
        file.write_text(text, encoding="utf-8")

    def python(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run this interpreter in the town with the plug-ins on its path."""
        paths = [str(self.path), str(EXAMPLE), str(SOURCE)]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "PYTHONUTF8": "1"}
        return subprocess.run(  # noqa: S603  # this interpreter and arguments written in the tests
            [sys.executable, *arguments],
            cwd=self.town,
            env=environment,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )

    def lantu(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command of Lantu, in English."""
        return self.python("-m", "lantu", "--lang", "en", *arguments)
