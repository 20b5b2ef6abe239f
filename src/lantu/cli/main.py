"""The entry point: choose a language, run a command, turn what went wrong into a sentence and a status."""

from __future__ import annotations

import os
import sys
import traceback
from typing import TYPE_CHECKING, NoReturn

import typer

import lantu.cli.departments  # noqa: F401  # adds its commands
from lantu._version import __version__
from lantu.cli.app import command_in
from lantu.cli.collecting import collecting_rarely
from lantu.cli.language import take_language
from lantu.cli.terminal import Terminal, plain
from lantu.cli.usage import UsageError, usage_message
from lantu.errors import LantuError
from lantu.messages import message

if TYPE_CHECKING:
    from collections.abc import Sequence

DONE, FOUND, FAILED, INTERRUPTED = 0, 1, 2, 130
"""Exit statuses: ran; ran, with findings at or above --fail-on; could not run; stopped by Ctrl-C."""

LONGEST_DETAIL = 300


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and leave with its exit status.

    Raises
    ------
    SystemExit
        Always; 0 ran, 1 ran with findings at or above ``--fail-on``, 2 could not run, 130 interrupted.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a console that lacks a character still gets the rest
    terminal, rest = take_language(given, os.environ)
    with collecting_rarely():
        status = _run(rest, terminal)
    sys.exit(status)


def _run(arguments: list[str], terminal: Terminal) -> int:
    """Run a command and return the exit status."""
    language = terminal.language
    try:
        status = command_in(language).main(
            args=arguments, prog_name="lantu", standalone_mode=False, obj={"terminal": terminal}
        )
    except UsageError as error:
        return _fail(terminal, usage_message(error).text(language))
    except LantuError as error:
        return _fail(terminal, error.text(language))
    except (KeyboardInterrupt, typer.Abort):
        status = INTERRUPTED
    except Exception as error:  # noqa: BLE001  # whatever it was, a user gets a sentence, not a traceback
        return _crash(terminal, error)
    if status == INTERRUPTED:
        terminal.say(message("cli.interrupted"))
    return status if isinstance(status, int) else DONE


def _fail(terminal: Terminal, text: str) -> int:
    terminal.complain(message("cli.error", text=text))
    return FAILED


def _crash(terminal: Terminal, error: Exception) -> int:
    """Say that Lantu itself failed, and where to report it; the traceback only to who asks for it."""
    detail = plain(str(error))[:LONGEST_DETAIL] or "-"
    kind = type(error).__name__
    terminal.complain(message("cli.crash", kind=kind, detail=detail, version=__version__))
    if os.environ.get("LANTU_DEBUG") == "1":
        traceback.print_exception(error, file=sys.stderr)
    return FAILED
