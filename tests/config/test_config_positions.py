"""The line index against tomllib (which keys there are) and against a writer that knows its lines."""

from __future__ import annotations

import datetime as dt
import json
import tomllib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lantu.config.positions import line_index, split_key

Path = tuple[str | int, ...]

NAMES = st.text(st.sampled_from("abZ9_-"), min_size=1, max_size=3) | st.text(
    st.sampled_from("a.#[]{}= '\"\\,宗地"), max_size=4
)
TEXTS = st.text(st.sampled_from("a\"'\\#,]}=\n宗 "), max_size=8)
SCALARS = (
    TEXTS
    | st.integers(-5, 5)
    | st.booleans()
    | st.floats(-5, 5, allow_nan=False)
    | st.dates(dt.date(1990, 1, 1))
    | st.datetimes(dt.datetime(1990, 1, 1), dt.datetime(2100, 1, 1)).map(lambda t: t.replace(microsecond=0))  # noqa: DTZ001
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=6,
)
TABLES = st.dictionaries(NAMES, VALUES, max_size=4)
DOCUMENTS = st.tuples(
    TABLES,
    st.dictionaries(NAMES, TABLES | st.lists(TABLES, min_size=1, max_size=3), max_size=4),
)


class Writer:
    """Write TOML in a style drawn at random, and note where every key goes."""

    def __init__(self, draw: Any) -> None:
        self.draw = draw
        self.text = ""
        self.lines: dict[Path, int] = {(): 1}

    @property
    def line(self) -> int:
        return self.text.count("\n") + 1

    def note(self, path: Path) -> None:
        self.lines.setdefault(path, self.line)

    def pick(self, *choices: str) -> str:
        return self.draw(st.sampled_from(choices))

    def key(self, name: str) -> str:
        bare = name and all(c.isascii() and (c.isalnum() or c in "_-") for c in name)
        forms = [json.dumps(name, ensure_ascii=False)]
        if bare:
            forms.append(name)
        if "'" not in name:
            forms.append(f"'{name}'")
        return self.pick(*forms)

    def text_forms(self, value: str) -> list[str]:
        quoted = json.dumps(value, ensure_ascii=False)
        forms = [quoted, f'""{quoted}""']
        if "'" not in value:
            forms.append(f"'''\n{value}'''")
            if "\n" not in value:
                forms.append(f"'{value}'")
        return forms

    def value(self, path: Path, value: Any) -> None:
        if isinstance(value, dict):
            self.text += "{" + self.pick("", " ")
            for number, (name, inner) in enumerate(value.items()):
                self.text += self.pick(",", ", ", " , ") if number else ""
                self.pair(path, name, inner)
            self.text += "}"
        elif isinstance(value, list):
            self.text += "[" + self.pick("", "\n  ", " # ] }\n")
            for number, inner in enumerate(value):
                self.note((*path, number))
                self.value((*path, number), inner)
                self.text += self.pick(",", " ,\n", ", # 'x\n\n")
            self.text += "]"
        elif isinstance(value, str):
            self.text += self.pick(*self.text_forms(value))
        elif isinstance(value, bool):
            self.text += "true" if value else "false"
        elif isinstance(value, dt.datetime):
            self.text += value.isoformat(sep=self.pick(" ", "T"))
        else:
            self.text += value.isoformat() if isinstance(value, dt.date) else repr(value)

    def pair(self, table: Path, name: str, value: Any) -> None:
        self.note((*table, name))
        if isinstance(value, dict) and len(value) == 1 and self.draw(st.booleans()):
            ((inner_name, inner),) = value.items()
            self.text += self.key(name) + self.pick(".", " . ")
            self.pair((*table, name), inner_name, inner)
            return
        self.text += self.key(name) + self.pick("=", " = ", "\t=  ")
        self.value((*table, name), value)

    def table(self, path: Path, table: dict[str, Any]) -> None:
        for name, value in table.items():
            self.text += self.pick("", "\n", "# x = 1\n", "  ")
            self.pair(path, name, value)
            self.text += self.pick("\n", " # [c]\n")

    def document(self, top: dict[str, Any], tables: dict[str, Any]) -> None:
        self.table((), top)
        for name, entry in tables.items():
            if isinstance(entry, dict):
                self.note((name,))
                self.text += f"[ {self.key(name)} ]\n"
                self.table((name,), entry)
                continue
            for number, one in enumerate(entry):
                self.note((name,))
                self.note((name, number))
                self.text += f"[[{self.key(name)}]]\n"
                self.table((name, number), one)


def paths_in(value: Any, path: Path = ()) -> set[Path]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return {path}.union(*(paths_in(one, (*path, key)) for key, one in inner))


@settings(max_examples=300, deadline=None)
@given(st.data(), DOCUMENTS)
def test_index_has_exactly_the_keys_that_tomllib_reads_on_the_lines_they_were_written_on(
    data: Any, document: tuple[dict[str, Any], dict[str, Any]]
) -> None:
    top, named = document
    writer = Writer(data.draw)
    writer.document(top, {name: entry for name, entry in named.items() if name not in top})
    found = line_index(writer.text)
    assert set(found) == paths_in(tomllib.loads(writer.text))
    assert found == writer.lines


def test_sub_tables_of_an_array_belong_to_its_last_element() -> None:
    first = "[[rule]]\ncode = 'A'\n[rule.relation]\nnear = 'x'\n\n"
    second = "[[rule]]\n[rule.relation]\r\nnear = 'y'\n[a.b]\n[a]\n"
    found = line_index(first + second)
    assert found["rule", 0, "relation", "near"] == 4
    assert found["rule", 1] == 6
    assert found["rule", 1, "relation", "near"] == 8
    assert found["a",] == 9
    assert found["a", "b"] == 9


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("path = 1", ("path",)),
        ("layers . \"a.b\".'c' ]", ("layers", "a.b", "c")),
    ],
)
def test_dotted_keys_are_split(text: str, key: tuple[str, ...]) -> None:
    assert split_key(text) == key


def test_what_is_no_key_is_refused() -> None:
    with pytest.raises(ValueError, match="no key at position 0"):
        split_key("= 3")
