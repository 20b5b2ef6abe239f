"""Arguments and options that several commands have, each said once.

Help texts are keys of the catalogue until the language is known. Numbers and words are taken as text and read
by the command, so that a wrong one is said in the user's language.
"""

from __future__ import annotations

from typing import Annotated, Any

import typer

BlueprintArgument = Annotated[str, typer.Argument(help="cli.argument.blueprint", metavar="BLUEPRINT")]
RunArgument = Annotated[str, typer.Argument(help="cli.blueprint.run", metavar="RUN")]

Words = list[str] | None
FormatOption = Annotated[Words, typer.Option("--format", help="cli.option.format", metavar="FORMAT")]
SelectOption = Annotated[Words, typer.Option("--select", help="cli.option.select", metavar="RULES")]
JsonOption = Annotated[bool, typer.Option("--json", help="cli.option.json")]
PassphraseOption = Annotated[
    str | None, typer.Option("--passphrase-file", help="cli.publish.passphrase_file", metavar="FILE")
]


def to_file(text: str, name: str = "--out") -> Any:  # noqa: ANN401  # typer's options have no public type
    """Return an option that names a file to write; ``text`` is the key of its help."""
    return typer.Option(name, help=text, metavar="FILE")


def to_folder(text: str) -> Any:  # noqa: ANN401  # as above
    """Return the option that names the folder to write to."""
    return typer.Option("--out", help=text, metavar="DIR")


def of_run(text: str) -> Any:  # noqa: ANN401  # as above
    """Return the option that names the folder of an earlier run."""
    return typer.Option("--since", help=text, metavar="RUN")


def by_name(text: str) -> Any:  # noqa: ANN401  # as above
    """Return the option that names a person."""
    return typer.Option("--by", help=text, metavar="NAME")


def up_to_level(text: str) -> Any:  # noqa: ANN401  # as above
    """Return the option that names the highest level to be shown."""
    return typer.Option("--level", help=text, metavar="LEVEL")
