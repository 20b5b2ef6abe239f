"""Files are written whole or not at all, and equal runs give equal bytes."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from lantu.errors import OutputError
from lantu.report import FORMATS, write, writing

if TYPE_CHECKING:
    from pathlib import Path

    from lantu.model import Run

ALL = {"report.html", "findings.gpkg", "findings.xlsx", "findings.parquet", "run.json", "timings.json"}


def hashes(folder: Path) -> dict[str, str]:
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.iterdir()
        if path.name != "timings.json"
    }


def test_all_files_of_the_contract_are_written_and_nothing_else(run: Run, tmp_path: Path) -> None:
    paths = write(run, tmp_path / "deep" / "out")
    assert {path.name for path in paths} == ALL
    assert {path.name for path in (tmp_path / "deep" / "out").iterdir()} == ALL


def test_run_json_and_timings_are_written_whatever_the_formats(run: Run, tmp_path: Path) -> None:
    write(run, tmp_path, formats=["parquet"])
    assert {path.name for path in tmp_path.iterdir()} == {"findings.parquet", "run.json", "timings.json"}


@pytest.mark.parametrize("kind", ["run", "hostile_run", "empty_run"])
def test_the_same_run_gives_the_same_bytes(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    run = request.getfixturevalue(kind)
    write(run, tmp_path / "one")
    write(run, tmp_path / "two")
    assert hashes(tmp_path / "one") == hashes(tmp_path / "two")
    assert len(hashes(tmp_path / "one")) == len(ALL) - 1


def test_writing_again_over_older_files_replaces_them(run: Run, empty_run: Run, tmp_path: Path) -> None:
    write(empty_run, tmp_path / "one")
    write(run, tmp_path / "one")
    write(run, tmp_path / "two")
    assert hashes(tmp_path / "one") == hashes(tmp_path / "two")


def test_an_unknown_format_is_named_with_the_known_ones(run: Run, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="pdf") as caught:
        write(run, tmp_path, formats=["html", "pdf"])
    assert all(name in str(caught.value) for name in FORMATS)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_a_file_is_an_output_error(run: Run, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("x", encoding="utf-8")
    with pytest.raises(OutputError, match="taken"):
        write(run, tmp_path / "taken")


@pytest.mark.parametrize(
    ("error", "said"),
    [(PermissionError("locked"), "another program"), (OSError("disk full"), "disk full")],
)
def test_a_file_that_cannot_be_written_keeps_its_older_content(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: OSError, said: str
) -> None:
    (tmp_path / "run.json").write_text("older", encoding="utf-8")

    def fail(_: Run, path: Path) -> None:
        path.write_text("half", encoding="utf-8")
        raise error

    monkeypatch.setattr(writing, "_WRITERS", {**writing._WRITERS, "run.json": fail})
    with pytest.raises(OutputError, match=said) as caught:
        write(run, tmp_path, formats=[])
    assert "run.json" in caught.value.text("zh")
    assert (tmp_path / "run.json").read_text(encoding="utf-8") == "older"
    assert {path.name for path in tmp_path.iterdir()} == {"run.json", "timings.json"}
