"""What the pages hold: fenced blocks with what follows them, and commands inside sentences and tables."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from markdown_it import MarkdownIt

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markdown_it.token import Token

REPOSITORY = Path(__file__).resolve().parents[2]

MADE = frozenset({"reference/rules.zh.md", "reference/rules.en.md", "truth.md"})
"""Pages that a program writes from what it runs."""


class Block(NamedTuple):
    """A fenced block: its language, its caption (a file's name), its text, and the output shown behind it."""

    language: str
    caption: str
    text: str
    shown: str | None


def pages() -> list[str]:
    """Return every page that people read, below the repository, with forward slashes."""
    documented = [
        path.relative_to(REPOSITORY / "docs").as_posix() for path in (REPOSITORY / "docs").rglob("*.md")
    ]
    own = [f"docs/{name}" for name in sorted(documented) if name not in MADE]
    return [
        "README.md",
        "README.zh-CN.md",
        "CONTRIBUTING.md",
        "layers/README.md",
        "notebooks/README.md",
        *own,
    ]


def blocks(page: str) -> list[Block]:
    """Return the fenced blocks of a page that stand for something to run or to write."""
    fences = list(_fences(page))
    found = []
    for number, token in enumerate(fences):
        language, caption, text = _read(token)
        follows = fences[number + 1] if number + 1 < len(fences) else None
        shown = follows is not None and follows.info.strip() == "text" and _adjoin(token, follows)
        found.append(Block(language, caption, text, follows.content if follows and shown else None))
    return found


def inline_commands(page: str) -> list[str]:
    """Return the commands inside sentences and tables, and those that follow a ``$`` in a block.

    These have names of the reader's own, files of other parties, or words that stand for others.
    """
    tokens = MarkdownIt().enable("table").parse((REPOSITORY / page).read_text(encoding="utf-8"))
    inside = [child for token in tokens for child in token.children or ()]
    said = [child.content for child in inside if child.type == "code_inline"]
    for block in blocks(page):
        if block.language == "console":
            said += re.findall(r"^\$ ([^#\n]+)", block.text, re.MULTILINE)
    return [text for text in said if text.startswith("lantu ")]


def _fences(page: str) -> Iterator[Token]:
    tokens = MarkdownIt().parse((REPOSITORY / page).read_text(encoding="utf-8"))
    return (token for token in tokens if token.type == "fence")


def _adjoin(one: Token, other: Token) -> bool:
    """Say whether nothing but a blank line stands between two blocks."""
    return bool(one.map and other.map and other.map[0] - one.map[1] <= 1)


def _read(token: Token) -> tuple[str, str, str]:
    """Return language, caption and text; a directive's options come before its text."""
    directive = re.fullmatch(r"\{code-block\} (\w+)", token.info.strip())
    if directive is None:
        return token.info.strip(), "", token.content
    head, _, text = token.content.partition("\n\n")
    caption = re.search(r"^:caption: (.+)$", head, re.MULTILINE)
    return directive[1], caption[1] if caption else "", text
