"""Every command and snippet of the pages is run, from top to bottom, and says what the page says it says."""

from __future__ import annotations

import contextlib
import io
import re
import shlex
import tomllib
from pathlib import Path
from typing import Any

import pytest
from documentation import REPOSITORY, Block, blocks, inline_commands, pages
from two_files import write_two_files

import lantu
from lantu.cli import main
from lantu.cli.app import command_in
from lantu.cli.sample import copy_sample

ELSEWHERE = {
    "docs/cookbook/own_rules.md": "tests/cookbook/test_cookbook_own_rules.py",
    "docs/plugins.md": "tests/plugins/test_plugins_page.py",
}
"""Pages whose snippets have tests of their own."""

SHOWN_ONLY = frozenset({"", "text", "{toctree}", "{include}", "{literalinclude}", "{eval-rst}", "json"})
"""Blocks that show something and run nothing."""

MAKEFILE = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
EXTRAS = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"][
    "optional-dependencies"
]

TABLE = re.compile(r"^\[(?!\[)([^\]]+)\]", re.MULTILINE)
"""The head of a table of a blueprint."""


def _pages_with(*languages: str) -> list[str]:
    return [
        page
        for page in pages()
        if page not in ELSEWHERE and any(block.language in languages for block in blocks(page))
    ]


def test_every_block_is_of_a_kind_that_is_run_or_known_not_to_be() -> None:
    kinds = {
        block.language.partition(" ")[0]
        for page in pages()
        if page not in ELSEWHERE
        for block in blocks(page)
    }
    assert kinds - SHOWN_ONLY == {"sh", "python", "toml", "csv", "console"}
    for page, test in ELSEWHERE.items():
        assert Path(page).name in (REPOSITORY / test).read_text(encoding="utf-8")


@pytest.mark.slow
@pytest.mark.parametrize("page", _pages_with("sh", "python"))
def test_commands_and_snippets_run_from_top_to_bottom(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LANTU_LANG", "zh")
    copy_sample(tmp_path)  # for pages that begin in a district of the reader's own
    copy_sample(tmp_path / "lantu-demo")
    write_two_files(tmp_path / "my-district")
    names: dict[str, Any] = {"__name__": "__main__"}
    for block in blocks(page):
        if block.language == "sh":
            for line in block.text.splitlines():
                _run(re.sub(r"(^|\s)#.*$", "", line).strip())
        elif block.language == "python":
            said = io.StringIO()
            with contextlib.redirect_stdout(said):
                exec(compile(block.text, page, "exec"), names)  # noqa: S102  # the page is ours
            if block.shown is not None:
                assert said.getvalue() == block.shown


def _run(line: str) -> None:
    words = shlex.split(line)
    if not words:
        return
    if words[0] == "make":
        assert re.search(rf"^{words[1]}:", MAKEFILE, re.MULTILINE), line
    elif words[:2] == ["pip", "install"]:
        extra = re.fullmatch(r"\.(?:\[(\w+)\])?", words[2])
        assert extra is not None, line
        assert extra[1] in {None, *EXTRAS}, line
    elif words[0] == "jupyter":
        assert (REPOSITORY / words[-1]).is_dir(), line
    elif words[0] == "chromium":
        assert "--print-to-pdf" in line, line  # what it prints is tested in tests/report/test_report_paper.py
    else:
        assert words[0] == "lantu", f"neither run nor known: {line}"
        said = io.StringIO()
        with (
            contextlib.redirect_stdout(said),
            contextlib.redirect_stderr(said),
            pytest.raises(SystemExit) as left,
        ):
            main(words[1:])
        assert left.value.code == 0, f"{line}\n{said.getvalue()}"


@pytest.mark.parametrize("page", _pages_with("toml"))
def test_parts_of_a_blueprint_are_read_as_they_stand(page: str, tmp_path: Path) -> None:
    """Each part takes the place of the sample's own tables of that name; its layers are read and used."""
    copy_sample(tmp_path)
    for block in blocks(page):
        if block.language == "csv":
            target = tmp_path / block.caption
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(block.text, encoding="utf-8")
    for block in blocks(page):
        if block.language == "toml":
            _read_part(block, tmp_path)


def _read_part(block: Block, folder: Path) -> None:
    sample = (folder / "blueprint.toml").read_text(encoding="utf-8")
    own = tomllib.loads(block.text)
    heads = set(TABLE.findall(block.text))
    starts = [match.start() for match in TABLE.finditer(sample)]
    tables = [sample[start:end] for start, end in zip(starts, [*starts[1:], len(sample)], strict=True)]
    if "blueprint" in own and "layers" in own:
        tables = []  # a whole blueprint
    kept = [table for table in tables if TABLE.findall(table)[0] not in heads]
    if not tables:
        folder /= "own"
        write_two_files(folder)
    path = folder / "part.toml"
    path.write_text("\n".join([*kept, block.text]), encoding="utf-8")
    layers = lantu.open(path).layers
    for name in own.get("layers", {}):
        assert layers[name].refusal is None, layers[name].refusal
        assert len(layers[name]) > 0


@pytest.mark.parametrize("page", [page for page in pages() if inline_commands(page)])
def test_a_command_inside_a_sentence_exists_with_its_options(page: str) -> None:
    command = command_in("en")
    for text in inline_commands(page):
        words = text.replace("…", "").split()
        if len(words) < 2 or words[1].startswith(("-", "[")):
            continue
        known = command.commands.get(words[1])
        assert known is not None, text
        options = {name for parameter in known.params for name in parameter.opts}
        assert {word.partition("=")[0] for word in words if word.startswith("--")} <= options, text
