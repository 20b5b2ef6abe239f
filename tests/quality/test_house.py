"""The house rules that a linter cannot know."""

from __future__ import annotations

import ast
import csv
import re
from typing import TYPE_CHECKING

import pytest
from repository import REPOSITORY, SOURCE, modules

if TYPE_CHECKING:
    from pathlib import Path

LONGEST = 320
"""Lines of a module: about what one person keeps in mind."""

LONGER: dict[str, str] = {}
"""Modules that may be longer, each with its reason."""

VAGUE = frozenset({"util", "utils", "helper", "helpers", "common", "misc", "tools", "stuff", "base_utils"})

TABLES = sorted((SOURCE / "standards" / "data").glob("*.csv"))

OWN_WORDS = {
    "constraint_overlays.csv": "which of our own words mean one overlay; nothing is taken from anywhere",
    "pipeline_objects.csv": "which row of the clearance table a medium is; the table itself has its source",
    "reasons.csv": "translations of the reasons in the matrices, which have their source there",
}
"""Tables that need no source, each with its reason."""

MACHINE = re.compile(rf"{re.escape(str(REPOSITORY))}|/home/\w+|/root/|/Users/\w+|[A-Z]:\\\\Users")

TEXT = frozenset({".py", ".toml", ".md", ".csv", ".js", ".css", ".html", ".yml", ".yaml", ".txt", ""})


def test_no_module_is_longer_than_a_mind_holds() -> None:
    lengths = {name: len((SOURCE / name).read_text(encoding="utf-8").splitlines()) for name in modules()}
    assert {name: size for name, size in lengths.items() if size > LONGEST and name not in LONGER} == {}
    assert [name for name in LONGER if lengths.get(name, 0) <= LONGEST] == [], "no longer needed in LONGER"


def test_every_module_says_what_it_is() -> None:
    assert [name for name in modules() if name != "__main__.py" and VAGUE & set(_words(name))] == []


def _words(name: str) -> list[str]:
    return re.split(r"[/_.]", name)


def test_only_the_command_line_prints() -> None:
    printed = [
        f"{name}:{node.lineno}"
        for name, tree in modules().items()
        if not name.startswith("cli/")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert printed == []


def test_nothing_is_left_for_later() -> None:
    """No marker in a comment, no method that only says that it is not there yet."""
    marker = re.compile(r"#.*\b(TODO|FIXME|XXX|HACK)\b")
    marked = [
        f"{name}:{number}"
        for name in modules()
        for number, line in enumerate((SOURCE / name).read_text(encoding="utf-8").splitlines(), 1)
        if marker.search(line)
    ]
    stubs = [
        f"{name}:{node.lineno}"
        for name, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Raise) and node.exc is not None and "NotImplemented" in ast.unparse(node.exc)
    ]
    assert marked + stubs == []


def test_no_code_draws_lots_or_reads_the_clock() -> None:
    """Law 11: the same input gives the same output. Only the doors ask for the day and take the time."""
    doors = {
        "blueprint.py",
        "config/reading.py",
        "cli/check.py",
        "cli/decide.py",
        "cli/publish.py",
        "cli/responding.py",
        "engine/check.py",
    }
    impure = {"now", "today", "utcnow", "time.time", "perf_counter", "uuid4", "urandom", "default_rng"}
    found = [
        f"{name}:{node.lineno}"
        for name, tree in modules().items()
        if name not in doors
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        for called in [ast.unparse(node.func)]
        if called in impure or called.split(".")[-1] in impure or called.split(".")[0] == "random"
    ]
    assert found == []


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.name)
def test_every_row_of_a_table_says_where_it_comes_from(path: Path) -> None:
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert rows
    assert None not in rows[0], "a row has more cells than the head"
    assert len(set(rows[0])) == len(rows[0])
    if path.name in OWN_WORDS:
        assert "source" not in rows[0]
        return
    column = "source" if "source" in rows[0] else "law"
    assert column in rows[0], "a table has a column source, or law for what a statute says"
    assert [number for number, row in enumerate(rows, 2) if not row[column].strip()] == []
    if "confidence" in rows[0]:
        assert {row["confidence"] for row in rows} <= {"verified", "recalled", "derived"}


def test_no_file_knows_this_machine() -> None:
    folders = [REPOSITORY / name for name in ("src", "tests", "layers", "docs", "benchmarks")]
    files = [path for folder in folders if folder.is_dir() for path in folder.rglob("*") if path.is_file()]
    found = [
        path.relative_to(REPOSITORY).as_posix()
        for path in sorted(files)
        if path.suffix in TEXT and "__pycache__" not in path.parts and path.name != "test_house.py"
        if MACHINE.search(path.read_text(encoding="utf-8", errors="replace"))
    ]
    assert found == []


def test_test_files_have_names_of_their_own() -> None:
    """Tests are no package: pytest tells modules apart by their name alone."""
    names = [path.name for path in (REPOSITORY / "tests").rglob("*.py") if path.name != "conftest.py"]
    assert sorted({name for name in names if names.count(name) > 1}) == []
