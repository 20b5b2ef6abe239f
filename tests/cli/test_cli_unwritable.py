"""Every command that writes, where it cannot: a folder that is read only, and one that is no folder at all.

Permissions do not bind an administrator, and tests may run as one; so the folder is a mount that is read
only, or full, where this machine lets a test mount one. A path below a file is refused everywhere.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "agreeing"))

from agreement_district import district

from lantu.cli.main import main

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.slow
"""One check, and a dozen commands upon it."""

PASSPHRASE = "four words in a row"  # noqa: S105  # of a test


def lantu(*arguments: object) -> int:
    with pytest.raises(SystemExit) as left:
        main(["--lang", "en", *(str(argument) for argument in arguments)])
    return int(left.value.code or 0)


def mounted(source: str, target: Path, *options: str) -> bool:
    """Mount something read only; say whether this machine lets us."""
    mount = shutil.which("mount")
    if mount is None:
        return False
    target.mkdir(exist_ok=True)
    done = subprocess.run([mount, *options, source, str(target)], check=False, capture_output=True)  # noqa: S603  # written here
    return done.returncode == 0


def unmount(target: Path) -> None:
    command = [shutil.which("umount") or "umount", str(target)]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603  # written here


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run, a request with its response, and an encrypted edition, all of them sound."""
    made = tmp_path_factory.mktemp("unwritable")
    blueprint = district(made / "district")
    (made / "passphrase").write_text(PASSPHRASE, encoding="utf-8")
    assert lantu("check", blueprint, "--out", made / "run", "--quiet") == 0
    asked = ("--standard", "plan.plot", "--of", "planning", "--out", made / "request.json")
    assert lantu("request", made / "run", *asked) == 0
    answered = ("--blueprint", blueprint, "--key", made / "owner.key", "--out", made / "response.json")
    assert lantu("respond", made / "request.json", *answered) == 0
    hidden = ("--encrypt", "--passphrase-file", made / "passphrase", "--format", "parquet")
    assert lantu("publish", made / "run", "--for", "public", *hidden, "--out", made / "edition") == 0
    return made


@pytest.fixture(scope="module", params=["read only", "a file"])
def closed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return a path in which nothing can be made."""
    made = tmp_path_factory.mktemp("closed")
    if request.param == "a file":
        (made / "file").write_text("", encoding="utf-8")
        yield made / "file"
        return
    if not mounted("tmpfs", made / "mount", "-t", "tmpfs", "-o", "ro"):
        pytest.skip("this machine lets no test mount a folder that is read only")
    yield made / "mount"
    unmount(made / "mount")


COMMANDS = {
    "check": ("check", "{place}/district/blueprint.toml", "--quiet", "--out", "{closed}/out"),
    "demo": ("demo", "{closed}/demo"),
    "new": ("new", "{place}/district", "--out", "{closed}/blueprint.toml"),
    "layers": ("layers", "{place}/district/blueprint.toml", "--html", "{closed}/layers.html"),
    "compare": ("compare", "{place}/run", "{place}/run", "--out", "{closed}/comparison.csv"),
    "blueprint": ("blueprint", "{place}/run", "--out", "{closed}/blueprint.gpkg"),
    "publish": ("publish", "{place}/run", "--for", "public", "--out", "{closed}/edition"),
    "unlock": (
        "unlock", "{place}/edition/data.zip.age", "--passphrase-file", "{place}/passphrase", "--out",
        "{closed}/open",
    ),
    "request": (
        "request", "{place}/run", "--standard", "plan.plot", "--of", "planning", "--out",
        "{closed}/request.json",
    ),
    "respond": (
        "respond", "{place}/request.json", "--blueprint", "{place}/district/blueprint.toml", "--key",
        "{place}/owner.key", "--out", "{closed}/response.json",
    ),
    "merge": (
        "merge", "{place}/run", "{place}/response.json", "--request", "{place}/request.json", "--trust",
        "{place}/owner.key.pub", "--out", "{closed}/merged",
    ),
    "rollup": ("rollup", "{place}/run", "--out", "{closed}/rollup.csv"),
    "sweep": (
        "sweep", "LU01", "{place}/district/blueprint.toml", "--param", "min_area_m2=1,2", "--html",
        "{closed}/sweep.html",
    ),
    "dossier": ("dossier", "P1", "{place}/district/blueprint.toml", "--html", "{closed}/dossier.html"),
}  # fmt: skip


@pytest.mark.parametrize("name", list(COMMANDS))
def test_a_place_that_cannot_be_written_is_named_and_nothing_crashes(
    place: Path, closed: Path, name: str, capfd: pytest.CaptureFixture[str]
) -> None:
    before = sorted(path for path in place.rglob("*") if path.is_file())
    words = [word.format(place=place, closed=closed) for word in COMMANDS[name]]
    capfd.readouterr()
    assert lantu(*words) == 2
    said = capfd.readouterr().err
    assert closed.name in said
    assert "Traceback" not in said
    assert sorted(path for path in place.rglob("*") if path.is_file()) == before


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return a disk with room for one page, and a file of a reader's own on it."""
    made = tmp_path_factory.mktemp("full") / "disk"
    if not mounted("tmpfs", made, "-t", "tmpfs", "-o", "size=8k"):
        pytest.skip("this machine lets no test mount a small disk")
    (made / "mine.txt").write_text("x" * 5_000, encoding="utf-8")
    yield made
    unmount(made)


@pytest.mark.parametrize(
    "name",
    ["check", "demo", "layers", "blueprint", "publish", "unlock", "request", "merge", "sweep", "dossier"],
)
def test_a_full_disk_is_said_and_no_half_of_a_file_stays(
    place: Path, full: Path, name: str, capfd: pytest.CaptureFixture[str]
) -> None:
    words = [word.format(place=place, closed=full) for word in COMMANDS[name]]
    capfd.readouterr()
    assert lantu(*words) == 2
    said = capfd.readouterr().err
    assert "full" in said or "space" in said
    assert "Traceback" not in said
    left = {path.name for path in full.rglob("*") if path.is_file() and path.stat().st_size}
    assert left <= {"mine.txt", "register.sqlite"}
    for path in full.iterdir():
        if path.is_dir():
            shutil.rmtree(path)


def test_a_run_in_a_folder_that_is_read_only_can_be_read(place: Path, tmp_path: Path) -> None:
    """What only reads needs to write nothing beside the run; what records beside it says that it cannot."""
    archive = tmp_path / "archive"
    shutil.copytree(place / "run", tmp_path / "runs" / "run")
    if not mounted(str(tmp_path / "runs"), archive, "--bind", "-o", "ro"):
        pytest.skip("this machine lets no test mount a folder that is read only")
    try:
        assert lantu("rollup", archive / "run") == 0
        assert lantu("compare", archive / "run", place / "run") == 0
        assert lantu("blueprint", archive / "run", "--out", tmp_path / "one.gpkg") == 0
        assert lantu("publish", archive / "run", "--for", "public", "--out", tmp_path / "edition") == 2
        assert not (tmp_path / "edition").exists() or not list((tmp_path / "edition").iterdir())
    finally:
        unmount(archive)
