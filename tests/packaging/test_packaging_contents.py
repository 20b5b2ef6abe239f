"""The wheel and the source distribution: the same bytes twice, all that is needed and nothing else."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import NamedTuple

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]

PACKED = (
    "src/",
    "layers/",
    "tests/",
    "docs/",
    "notebooks/",
    "benchmarks/",
    ".ci/",
)
"""Folders of the source distribution: with it alone one can build, test and document."""

PACKED_FILES = {
    ".gitignore",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "LICENSE",
    "Makefile",
    "README.md",
    "README.zh-CN.md",
    "THIRD_PARTY_LICENSES.txt",
    "constraints.txt",
    "pyproject.toml",
}

PACKAGED = (".py", ".toml", ".csv", ".js", ".css", ".html", ".png", ".json", ".txt", ".typed")
"""Endings of the package's own files; the sample's are its formats' own."""


class Built(NamedTuple):
    """What one build made."""

    wheel: Path
    source: Path


@pytest.fixture(scope="module")
def builds(tmp_path_factory: pytest.TempPathFactory) -> tuple[Built, Built]:
    """Build twice from the same tree, at the time that the last commit would give."""
    if not (REPOSITORY / ".git").exists():
        pytest.skip("no git checkout: what belongs to the project is not known")
    return _build(tmp_path_factory.mktemp("one")), _build(tmp_path_factory.mktemp("two"))


def _build(folder: Path) -> Built:
    done = subprocess.run(  # noqa: S603  # this interpreter
        [sys.executable, "-m", "hatchling", "build", "-d", str(folder)],
        cwd=REPOSITORY,
        env={**os.environ, "SOURCE_DATE_EPOCH": "1700000000"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (wheel,), (source,) = folder.glob("*.whl"), folder.glob("*.tar.gz")
    return Built(wheel, source)


@pytest.fixture(scope="module")
def tracked() -> set[str]:
    """Return the files that git has or would take, as they are in the working tree."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],  # noqa: S607
        cwd=REPOSITORY,
        capture_output=True,
        check=True,
    ).stdout.decode("utf-8")
    return {name for name in listed.split("\0") if name and (REPOSITORY / name).is_file()}


def test_two_builds_are_equal_to_the_byte(builds: tuple[Built, Built]) -> None:
    one, two = builds
    assert _digest(one.wheel) == _digest(two.wheel)
    assert _digest(one.source) == _digest(two.source)


def test_the_wheel_holds_the_package_its_sample_and_nothing_else(
    builds: tuple[Built, Built], tracked: set[str]
) -> None:
    with zipfile.ZipFile(builds[0].wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}
    package = {name.removeprefix("src/") for name in tracked if name.startswith("src/lantu/")}
    sample = {
        name.replace("layers/district", "lantu/sample", 1)
        for name in tracked
        if name.startswith("layers/district/")
    }
    assert packed == package | sample
    assert {name for name in package if not name.endswith(PACKAGED)} == set()


def test_the_wheel_carries_what_lantu_reads_at_run_time(builds: tuple[Built, Built]) -> None:
    with zipfile.ZipFile(builds[0].wheel) as archive:
        packed = set(archive.namelist())
    for needed in (
        "lantu/py.typed",
        "lantu/messages/rules.toml",
        "lantu/report/assets/vendor/leaflet.js",
        "lantu/report/assets/vendor/leaflet.LICENSE.txt",
        "lantu/rules/lu/LU01.toml",
        "lantu/sample/blueprint.toml",
        "lantu/standards/data/schema.toml",
    ):
        assert needed in packed
    (entry,) = (name for name in packed if name.endswith("entry_points.txt"))
    with zipfile.ZipFile(builds[0].wheel) as archive:
        assert "lantu = lantu.cli:main" in archive.read(entry).decode("utf-8")


def test_the_source_distribution_is_the_project(builds: tuple[Built, Built], tracked: set[str]) -> None:
    with tarfile.open(builds[0].source) as archive:
        packed = {name.partition("/")[2] for name in archive.getnames()}
    assert packed - {"PKG-INFO"} == {
        name for name in tracked if name.startswith(PACKED) or name in PACKED_FILES
    }


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
