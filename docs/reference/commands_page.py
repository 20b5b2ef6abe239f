"""Write the reference pages of the commands, from their own help.

``make reference`` runs this; a test fails where the pages are older than the commands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pages import write_pages

from lantu.cli.app import command_in

if TYPE_CHECKING:
    from lantu.messages import Language


TITLES: dict[Language, str] = {"zh": "命令参考", "en": "Commands"}
MADE: dict[Language, str] = {
    "zh": (
        "本页由 `make reference` 根据各命令自己的帮助生成。"
        "退出状态：0 已运行；1 已运行，有达到 `--fail-on` 的条目；2 无法运行。"
    ),
    "en": (
        "Made by `make reference` from the commands' own help. Exit status: 0 ran; "
        "1 ran, with findings at or above `--fail-on`; 2 could not run."
    ),
}


def page(language: Language) -> str:
    """Return the page of all commands in a language, as Markdown."""
    command = command_in(language)
    lines = [f"# {TITLES[language]}", "", MADE[language], "", *_block(command, "lantu", None)]
    with command.make_context("lantu", [], resilient_parsing=True) as context:
        for name in command.list_commands(context):
            lines += ["", f"## lantu {name}", "", *_block(command.get_command(context, name), name, context)]
    return "\n".join(lines) + "\n"


def _block(command: Any, name: str, parent: Any) -> list[str]:  # noqa: ANN401  # the parser has no public types
    with command.make_context(name, [], parent=parent, resilient_parsing=True) as context:
        context.terminal_width = 96
        return ["```text", *(line.rstrip() for line in command.get_help(context).splitlines()), "```"]


if __name__ == "__main__":
    write_pages("commands", page)
