"""docs/plugins.md can be followed: its excerpts stand in the example, its commands print what it shows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from plugin_site import SOURCE

if TYPE_CHECKING:
    from plugin_site import Site

REPOSITORY = SOURCE.parent
PAGE = (REPOSITORY / "docs" / "plugins.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"(?ms)^```(\w+) ?([^\n]*)\n(.*?)^```$", PAGE)
EXCERPTS = [(path, text) for language, path, text in BLOCKS if language != "console"]
COMMANDS = [text.splitlines() for language, _, text in BLOCKS if language == "console"]


def test_blocks_are_found() -> None:
    assert len(EXCERPTS) == 8
    assert len(COMMANDS) == 2


@pytest.mark.parametrize(("path", "text"), EXCERPTS, ids=lambda value: value[-20:].strip())
def test_excerpt_stands_in_the_example(path: str, text: str) -> None:
    assert text in (REPOSITORY / path).read_text(encoding="utf-8")


@pytest.mark.parametrize("lines", COMMANDS, ids=lambda lines: lines[0])
def test_command_prints_what_is_shown(with_example: Site, lines: list[str]) -> None:
    command, *shown = lines
    assert command.startswith("$ lantu ")
    done = with_example.lantu(*command.split()[2:])
    assert done.returncode == 0, done.stderr
    assert all(line in done.stdout for line in shown)
