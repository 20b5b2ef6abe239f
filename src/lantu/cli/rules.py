"""``lantu rules``: the list of rules, and one rule explained."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lantu.cli.outcome import severity_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lantu.cli.terminal import Terminal
    from lantu.rules import Rule

PARTS = ("finds", "why", "basis", "example", "resolve", "trap")


def list_rules(terminal: Terminal, *, as_json: bool) -> int:
    """Print code, severity, title and name of every rule and return the exit status.

    Plug-ins that cannot be used, of whatever kind, are named beside the list.
    """
    from lantu.plugins import anything_plugged
    from lantu.rules import catalogue, parameters_of

    if anything_plugged():  # else the rooms of readers and reporters need not even be imported
        from lantu.config.plugins import skipped_plugins

        for skipped in skipped_plugins():
            terminal.complain(skipped.message)
    rows = [
        {
            "code": rule_type.code,
            "severity": parameters_of(rule_type)["severity"],
            "title": _title(rule_type, terminal),
            "name": rule_type.name,
        }
        for rule_type in catalogue()
    ]
    if as_json:
        terminal.show_json(rows)
        return 0
    shown = [
        (row["code"], severity_name(row["severity"]).text(terminal.language), row["title"], row["name"])
        for row in rows
    ]
    columns = [terminal.text(f"cli.column.{name}") for name in ("rule", "severity", "title", "name")]
    terminal.show_table(columns, shown)
    return 0


def explain_rule(terminal: Terminal, code: str, *, as_json: bool) -> int:
    """Print everything there is to say about one rule and return the exit status.

    Raises
    ------
    RuleError
        There is no such rule; the closest code is suggested.
    """
    from lantu.rules import rule

    told = _told(rule(code.strip().upper()), terminal)
    if as_json:
        terminal.show_json(told)
        return 0
    severity = severity_name(told["severity"]).text(terminal.language)
    terminal.show(f"{told['code']}  {told['title']}  ({severity})")
    terminal.show(told["name"])
    for part in PARTS:
        terminal.show()
        terminal.show(terminal.text(f"cli.rule.{part}"))
        terminal.show_paragraph(f"  {told[part]}")
    _show_parameters(terminal, told["parameters"])
    terminal.show()
    terminal.show(terminal.text("cli.rule.cases", count=len(told["cases"])))
    for says in told["cases"]:
        terminal.show_paragraph(f"  {says}")
    return 0


def _told(rule_type: type[Rule], terminal: Terminal) -> dict[str, Any]:
    """Return a rule's texts, parameters with defaults, and what its known-answer cases say."""
    from lantu.rules import explain, parameters_of
    from lantu.rules.explanation import rule_data

    says = "says" if terminal.language == "en" else "says_zh"

    parameters = {name: _written(value) for name, value in parameters_of(rule_type).items()}
    return {
        "code": rule_type.code,
        "name": rule_type.name,
        "severity": parameters["severity"],
        **explain(rule_type, terminal.language),
        "parameters": parameters,
        "cases": [case[says] for case in rule_data(rule_type).get("case", ())],
    }


def _title(rule_type: type[Rule], terminal: Terminal) -> str:
    return (rule_type().text("title") or {}).get(terminal.language, rule_type.name)


def _show_parameters(terminal: Terminal, parameters: Mapping[str, Any]) -> None:
    terminal.show()
    terminal.show(terminal.text("cli.rule.parameters"))
    rows = [(f"  {name}", "-" if value is None else value) for name, value in parameters.items()]
    terminal.show_table(
        [f"  {terminal.text('cli.column.parameter')}", terminal.text("cli.column.default")], rows
    )


def _written(value: Any) -> Any:  # noqa: ANN401  # a default of any type
    """Return a default as JSON can hold it."""
    if isinstance(value, list | tuple):
        return [_written(one) for one in value]
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)
