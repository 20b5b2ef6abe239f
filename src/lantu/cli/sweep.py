"""``lantu sweep``: how many findings each threshold would give, before a threshold is agreed on."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from lantu.cli.progress import watching
from lantu.cli.usage import OptionError
from lantu.messages import message

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pandas as pd

    from lantu.blueprint import Blueprint
    from lantu.cli.terminal import Terminal

MOST_VALUES = 200
"""Values of one range; each is a run of the rule."""

BAR = 40
"""Characters of the longest bar."""


def sweep(
    terminal: Terminal, rule: str, blueprint: str, *, param: str | None, html: Path | None, as_json: bool
) -> int:
    """Print what a rule finds with each value of one parameter and return the exit status.

    Raises
    ------
    OptionError
        The parameter is not given, or not as it should be.
    RuleError
        The rule, the parameter or a value is not known to it.
    """
    from lantu import report, rules
    from lantu.blueprint import open_blueprint

    name, values = read_parameter(param)
    code = rules.rule(rule.strip().upper()).code
    rules.build([code], (), {code: {name: values[0]}})  # says what is wrong before anything is read
    opened = open_blueprint(blueprint)
    with watching(terminal) as progress:
        swept = opened.sweep(code, progress=progress, **{name: values})  # type: ignore[arg-type]  # a name known by now
    spoken = terminal.speaking(opened.file.language)
    if html is not None:
        facts = replace(opened.facts, language=spoken.language)
        title = _title(code)
        report.write_sweep_page(swept, html, facts=facts, code=code, title=title, parameter=name)
    if as_json:
        told = {"rule": code, "parameter": name, "used": _used(opened, code, name)}
        terminal.show_json({**told, "values": json.loads(swept.to_json(orient="records"))})
        return 0
    _show(spoken, swept, code, name, _used(opened, code, name))
    if html is not None:
        spoken.show(spoken.text("cli.sweep.written", path=html))
    return 0


def read_parameter(text: str | None) -> tuple[str, list[Any]]:
    """Return the parameter and its values from ``P=v1,v2`` or ``P=first:last:step``, in the order given.

    Raises
    ------
    OptionError
        The text is neither.
    """
    if text is None:
        raise OptionError(message("cli.sweep.no_param"))
    name, _, listed = (part.strip() for part in text.partition("="))
    words = [word.strip() for word in listed.split(",") if word.strip()]
    if not name.isidentifier() or not words:
        raise OptionError(message("cli.sweep.param_form", word=text))
    return name, [value for word in words for value in (_range(word) if ":" in word else [_value(word)])]


def _range(word: str) -> list[float | int]:
    """Return the values of a range, both ends included; in decimals, so that 0.1 three times is 0.3."""
    wrong = OptionError(message("cli.sweep.range", word=word, most=MOST_VALUES))
    try:
        first, last, step = (Decimal(part.strip()) for part in word.split(":"))
    except (InvalidOperation, ValueError):
        raise wrong from None
    if not all(number.is_finite() for number in (first, last, step)) or step <= 0 or last < first:
        raise wrong
    steps = (last - first) / step
    if steps >= MOST_VALUES:
        raise wrong
    return [_number(first + step * count) for count in range(int(steps) + 1)]


def _value(word: str) -> Any:  # noqa: ANN401  # of whatever type the parameter is; the rule refuses others
    try:
        return _number(Decimal(word))
    except (InvalidOperation, ValueError, OverflowError):
        return {"true": True, "false": False}.get(word.lower(), word)


def _number(number: Decimal) -> float | int:
    return int(number) if number == number.to_integral_value() else float(number)


def _title(code: str) -> dict[str, str]:
    from lantu.rules import rule

    return dict(rule(code)().text("title") or {})


def _used(opened: Blueprint, code: str, name: str) -> Any:  # noqa: ANN401  # a parameter of any type
    """Return the value that a check of this blueprint uses."""
    from lantu.rules import parameters_of, rule

    default = parameters_of(rule(code))[name]
    used = opened.file.rules.parameters.get(code, {}).get(name, default)
    return used if used is None or isinstance(used, bool | int | float | str) else str(used)


def _show(terminal: Terminal, swept: pd.DataFrame, code: str, name: str, used: object) -> None:
    title = _title(code).get(terminal.language, "")
    terminal.show(terminal.text("cli.sweep.heading", code=code, title=title, parameter=name, used=used))
    terminal.show()
    most = max(1, int((swept["conflict"] + swept["undecidable"]).max()))
    mark = f" ← {terminal.text('cli.sweep.used')}"
    rows = [
        (
            str(row["value"]),
            row["conflict"],
            row["undecidable"],
            f"{row['band_share']:.0%}" if row["compared"] else None,
            _bar(row, most) + (mark if row["value"] == used else ""),
        )
        for row in swept.to_dict("records")
    ]
    heads = ("cli.sweep.value", "cli.column.conflict", "cli.column.undecidable", "cli.sweep.in_band")
    terminal.show_table([terminal.text(key) for key in (*heads, "cli.sweep.chart")], rows)
    terminal.show()
    terminal.show_paragraph(terminal.text("cli.sweep.note", compared=int(swept["compared"].sum())))


def _bar(row: Mapping[Any, Any], most: int) -> str:
    """Return the findings as characters, the longest bar being ``most`` findings."""
    sure = round(BAR * int(row["conflict"]) / most)
    whole = round(BAR * int(row["conflict"] + row["undecidable"]) / most)
    return "█" * sure + "░" * (whole - sure)
