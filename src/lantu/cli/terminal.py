"""Where the command line speaks: results on stdout, talk and progress on stderr."""

from __future__ import annotations

import io
import json
import sys
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lantu.messages import Message, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.console import RenderableType

    from lantu.messages import Language

STEERING = frozenset({"Cc", "Cf", "Cs"})
"""Unicode categories of control characters, invisible formatting marks and halves of characters."""

PLAIN_WIDTH = 240
"""Width of tables, in columns, where the output is no terminal."""


@dataclass(frozen=True, kw_only=True)
class Terminal:
    """The two streams and their language.

    ``fixed`` says that the user chose the language, ``quiet`` that only results are wanted.
    """

    language: Language
    fixed: bool = False
    quiet: bool = False

    def speaking(self, language: Language) -> Terminal:
        """Return the terminal in the language of a blueprint, unless the user chose one."""
        spoken = self.language if self.fixed else language
        return Terminal(language=spoken, fixed=self.fixed, quiet=self.quiet)

    def hushed(self, *, quiet: bool) -> Terminal:
        """Return the terminal, quiet where asked for."""
        return Terminal(language=self.language, fixed=self.fixed, quiet=quiet)

    def text(self, key: str, **values: Any) -> str:  # noqa: ANN401  # a template takes any printable value
        """Return a sentence of the catalogue in the terminal's language."""
        return say(key, self.language, **values)

    def say(self, message: Message) -> None:
        """Talk: one sentence on stderr, none when quiet."""
        if not self.quiet:
            self.complain(message)

    def complain(self, message: Message) -> None:
        """Say on stderr what went wrong, quiet or not."""
        sys.stderr.write(plain(message.text(self.language)) + "\n")

    def show(self, text: str = "") -> None:
        """Print a line of the result on stdout."""
        sys.stdout.write(plain(text) + "\n")

    def show_json(self, value: Any) -> None:  # noqa: ANN401  # whatever JSON can hold
        """Print a result for programs, in ASCII, so that no console's encoding can spoil it."""
        sys.stdout.write(json.dumps(value, ensure_ascii=True, indent=1, default=str) + "\n")

    def show_table(self, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Print a table on stdout; columns of numbers stand to the right, None is left empty."""
        from rich.table import Table
        from rich.text import Text

        cells = [list(row) for row in rows]
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
        for position, name in enumerate(columns):
            numeric = all(isinstance(row[position], int | float | None) for row in cells)
            table.add_column(Text(name), justify="right" if numeric and cells else "left", overflow="fold")
        for row in cells:
            table.add_row(*(Text(_written(value)) for value in row))
        self._print(table)

    def show_paragraph(self, text: str) -> None:
        """Print text on stdout, wrapped between words on a terminal and in one line elsewhere."""
        from rich.text import Text

        if sys.stdout.isatty():
            self._print(Text(plain(text)))
        else:
            self.show(text)

    def _print(self, renderable: RenderableType) -> None:
        """Print with rich; where stdout is no terminal, without colours and without blanks at line ends."""
        from rich.console import Console

        if sys.stdout.isatty():
            Console(highlight=False).print(renderable)
            return
        console = Console(file=io.StringIO(), width=PLAIN_WIDTH, color_system=None, legacy_windows=False)
        with console.capture() as captured:
            console.print(renderable)
        for line in captured.get().splitlines():
            sys.stdout.write(line.rstrip() + "\n")


def _written(value: object) -> str:
    """Return a cell of a table as text."""
    if value is None:
        return ""
    return f"{value:g}" if isinstance(value, float) else plain(str(value))


def plain(text: str) -> str:
    """Return text without characters that steer a terminal or turn its writing round; new lines stay."""
    return "".join(
        "\ufffd" if character not in "\n\t" and unicodedata.category(character) in STEERING else character
        for character in text
    )
