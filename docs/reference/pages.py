"""What the scripts that write reference pages have in common: tables, and one page for each language."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from lantu.messages import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lantu.messages import Language

HERE = Path(__file__).resolve().parent


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return a table as lines of Markdown; cells stand as they are."""
    cells = [heads, ["---"] * len(heads), *rows]
    return [f"| {' | '.join(row)} |" for row in cells]


def write_pages(name: str, page: Callable[[Language], str]) -> None:
    """Write ``name.zh.md`` and ``name.en.md`` beside this file."""
    for language in LANGUAGES:
        (HERE / f"{name}.{language}.md").write_text(page(language), encoding="utf-8", newline="\n")
