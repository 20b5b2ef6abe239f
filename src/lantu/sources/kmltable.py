"""Attributes in the description of a placemark: ArcGIS and others write them there as a table of HTML."""

from __future__ import annotations

from html.parser import HTMLParser

LONGEST_NAME = 64
MOST_ROWS = 500
_PAIR = 2


def described(description: str) -> dict[str, str | None]:
    """Return the rows of two cells, name and value, that a description holds; the first of a name stands.

    Tables within tables are looked into: the outer one only draws a frame. Markup is never shown to anybody,
    and a value is the text between its tags.
    """
    if "<td" not in description.casefold():
        return {}
    parser = _Rows()
    parser.feed(description)
    found: dict[str, str | None] = {}
    for cells in parser.rows[:MOST_ROWS]:
        name = cells[0] if len(cells) == _PAIR else ""
        if name and len(name) <= LONGEST_NAME and name not in found:
            found[name] = None if cells[1] in {"", "<Null>"} else cells[1]
    return found


class _Rows(HTMLParser):
    """The cells of all rows, those of an inner table before the row around it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[list[str]] = []
        self._open: list[
            list[list[str]]
        ] = []  # rows that are not closed: of each its cells, of each its text

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        """Open a row or a cell."""
        if tag == "tr":
            self._open.append([])
        elif tag in {"td", "th"} and self._open:
            self._open[-1].append([])

    def handle_endtag(self, tag: str) -> None:
        """Close a row; cells end where the next one begins."""
        if tag == "tr" and self._open:
            self.rows.append([" ".join("".join(cell).split()) for cell in self._open.pop()])

    def handle_data(self, data: str) -> None:
        """Add text to the innermost cell."""
        if self._open and self._open[-1]:
            self._open[-1][-1].append(data)
