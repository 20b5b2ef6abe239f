"""The blueprint file that a survey comes to, with how sure each line is and why, as comments.

File and field names are hostile text: in a value everything that could end or steer it is escaped, in a
comment it is replaced, so that no name can add a line of its own.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from lantu.messages import Message, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lantu.guessing.model import Guess, GuessedLayer, Question, Survey
    from lantu.messages import Language

BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
STEERING = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode categories that a reader of the file does not see, or that break or turn a line."""

ASK = "# ? "
LONGEST_COMMENT = 400
BASIC_PLANE = 0xFFFF


def blueprint_text(survey: Survey, language: Language, *, base: str = "") -> str:
    """Return the text of the blueprint file, with its comments in ``language``.

    ``base`` is the surveyed folder as seen from the blueprint's own, with slashes; empty where they are one.
    """
    lines = [*_head(survey, language), *_departments(survey, language)]
    for layer in survey.layers:
        lines += ["", *_layer(layer, language, base)]
    lines += ["", "[rules]", 'select = ["ALL"]', ""]
    if survey.unused:
        lines.append(_comment(say("guessing.text.unused", language)))
        lines += [_comment(f"  {one.path} – {one.reason.text(language)}") for one in survey.unused]
    return "\n".join(lines).rstrip("\n") + "\n"


def quoted(text: str) -> str:
    """Return a TOML basic string that reads as exactly ``text`` and shows every invisible character."""
    return '"' + "".join(_escaped(character) for character in text) + '"'


def key(text: str) -> str:
    """Return a TOML key, quoted where it is not of plain letters and digits."""
    return text if BARE_KEY.fullmatch(text) else quoted(text)


def _head(survey: Survey, language: Language) -> list[str]:
    lines = [
        _comment(say("guessing.text.head", language)),
        _comment(say("guessing.text.how", language)),
        _comment(say("guessing.text.asked", language, count=survey.questions)),
        "",
        "[blueprint]",
        f"name     = {quoted(survey.name)}",
    ]
    crs = survey.crs
    lines.append('crs      = "auto"' if crs is None else _line("crs     ", crs, language))
    lines.append(f'language = "{language}"')
    if survey.town_layer is not None:
        why = say("guessing.text.towns", language)
        lines.append(f"town_layer = {quoted(survey.town_layer)}  {_comment(why)}")
    return lines


def _departments(survey: Survey, language: Language) -> Iterator[str]:
    for name, title in survey.departments.items():
        text = title.text(language) if isinstance(title, Message) else title
        yield ""
        yield f"[departments.{key(name)}]"
        yield f"name = {quoted(text)}"


def _layer(layer: GuessedLayer, language: Language, base: str) -> list[str]:
    head = say(
        "guessing.text.layer",
        language,
        features=layer.features,
        kind=say(f"guessing.kind.{layer.geometry}", language),
        driver=layer.driver,
    )
    if layer.standard is None:
        return _undecided(layer, head, language, base)
    lines = [_comment(head), f"[layers.{key(layer.name)}]", f"path = {quoted(_from(base, layer.path))}"]
    if layer.layer is not None:
        lines.append(f"layer = {quoted(layer.layer)}")
    lines += [
        _line("standard", layer.standard, language),
        _line("department", layer.department, language),
    ]
    if layer.crs is not None:
        lines.append(_line("crs", layer.crs, language))
    elif layer.stated_crs is not None:
        lines.append(_comment(say("guessing.text.stated_crs", language, crs=layer.stated_crs)))
    for name, guess in (("encoding", layer.encoding), ("codelist", layer.codelist)):
        if guess is not None:
            lines.append(_line(name, guess, language))
    if layer.join is not None:
        join = layer.join
        inside = f"path = {quoted(_from(base, join.path))}"
        on = ", ".join(quoted(field) for field in join.on)
        inside += f", on = {on if len(join.on) == 1 else f'[{on}]'}, table_key = {quoted(join.table_key)}"
        if join.table_layer is not None:
            inside += f", table_layer = {quoted(join.table_layer)}"
        lines.append(f"join = {{ {inside} }}  {_comment(join.reason.text(language))}")
    lines += [_question(question, language) for question in layer.questions]
    return [*lines, *_tables(layer, language)]


def _tables(layer: GuessedLayer, language: Language) -> list[str]:
    """Return the tables of fields and units, with the fields that are asked for."""
    lines = []
    tables = (("fields", layer.fields, layer.field_questions), ("units", layer.units, ()))
    for table, guesses, questions in tables:
        if guesses or questions:
            lines.append(f"[layers.{key(layer.name)}.{table}]")
            lines += [_line(column, guess, language) for column, guess in guesses.items()]
            lines += [_question(question, language) for question in questions]
    return lines


def _undecided(layer: GuessedLayer, head: str, language: Language, base: str) -> list[str]:
    """Return a layer of which nobody can say what it is: everything is a comment until a person does."""
    why = layer.left_out.text(language) if layer.left_out else say("guessing.question.no_standard", language)
    likely = layer.likely.value if layer.likely is not None else "…"
    lines = [_comment(head), f"{ASK}{_plain(why)}"]
    lines += [f"# [layers.{key(layer.name)}]", f"# path = {quoted(_from(base, layer.path))}"]
    if layer.layer is not None:
        lines.append(f"# layer = {quoted(layer.layer)}")
    lines += [f"# standard = {quoted(likely)}", f"# department = {quoted(layer.department.value)}"]
    if layer.crs is not None:
        lines.append(f"# crs = {quoted(layer.crs.value)}")
    return lines


def _question(question: Question, language: Language) -> str:
    return f"{ASK}{question.key} = {quoted(question.value)}  {_comment(question.why.text(language))}"


def _line(name: str, guess: Guess, language: Language) -> str:
    sure = say(f"guessing.sure.{guess.confidence}", language)
    said = say("guessing.text.because", language, sure=sure, reason=guess.reason)
    return f"{name} = {quoted(guess.value)}  {_comment(said)}"


def _from(base: str, path: str) -> str:
    return f"{base}/{path}" if base else path


def _comment(text: str) -> str:
    return f"# {_plain(text)}"


def _plain(text: str) -> str:
    """Return text for a comment: one line, nothing invisible, no longer than a person reads."""
    shown = "".join(
        "\ufffd" if unicodedata.category(character) in STEERING else character
        for character in text.replace("\n", " ")
    )
    return shown if len(shown) <= LONGEST_COMMENT else shown[: LONGEST_COMMENT - 1] + "…"


def _escaped(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    if unicodedata.category(character) not in STEERING:
        return character
    code = ord(character)
    return f"\\u{code:04X}" if code <= BASIC_PLANE else f"\\U{code:08X}"
