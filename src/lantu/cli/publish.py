"""``lantu publish`` and ``lantu unlock``: editions for one audience or each department, and opening them."""

from __future__ import annotations

import datetime as dt
import getpass
import os
import re
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lantu.cli.usage import OptionError
from lantu.messages import message

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lantu.cli.terminal import Terminal
    from lantu.model import Run
    from lantu.publishing import Audience, Published, Sender

VARIABLE = "LANTU_PASSPHRASE"
SEARCHED = ("texts", "words", "points", "views")


@dataclass(frozen=True, kw_only=True)
class PublishOptions:
    """The options as they were typed."""

    audience: str | None
    level: str | None
    out: str
    each: bool = False
    since: str | None = None
    formats: tuple[str, ...] | None = None
    encrypt: bool = False
    passphrase_file: str | None = None
    by: str | None = None


def publish(terminal: Terminal, run: str, options: PublishOptions, *, as_json: bool) -> int:
    """Publish a run for one audience, or for each department, and return the exit status.

    Raises
    ------
    OptionError
        Options contradict each other.
    PublishingError
        The audience is unknown, no passphrase was given, or the leak test found something.
    OutputError
        The folder keeps no run, or a file cannot be written.
    """
    from lantu.keeping import read_kept
    from lantu.publishing import Sender, audience
    from lantu.register import decisions_on

    if options.each == (options.audience is not None):
        raise OptionError(message("cli.publish.for_or_each"))
    folder = Path(run)
    kept = _compared(read_kept(folder), folder, options.since)
    kept = replace(kept, decisions=decisions_on(kept, folder))
    passphrase = _passphrase(terminal, options)
    now = dt.datetime.now(tz=dt.UTC).astimezone()
    sender = Sender(by=options.by or getpass.getuser(), now=now, run_folder=folder)
    out = Path(options.out)
    if options.audience is not None:
        names = {options.audience: out}
    else:
        names = {name: out / part for name, part in folder_names(kept.facts.departments).items()}
    spoken = terminal.speaking(kept.language)
    told = []
    for name, place in names.items():
        who = audience(kept.facts, name, options.level)
        made = _publish(kept, who, place, sender, options, passphrase)
        told.append(_plain(made, who, place))
        if not as_json:
            _show(spoken, made, who, place)
    if as_json:
        terminal.show_json(told)
    return 0


def _publish(
    kept: Run,
    who: Audience,
    place: Path,
    sender: Sender,
    options: PublishOptions,
    passphrase: str | None,
) -> Published:
    from lantu.publishing import publish as published
    from lantu.publishing.actions import write_actions
    from lantu.report import FORMATS

    department = who.department
    after = None
    if department is not None:

        def after(edition: Run, passing: Path) -> None:
            write_actions(edition, department, passing)

    formats = options.formats or tuple(FORMATS)
    return published(kept, who, place, sender, formats=formats, passphrase=passphrase, after=after)


def folder_names(keys: Iterable[str]) -> dict[str, str]:
    """Return a folder's name for each department: its key without what a path would take for more."""
    found: dict[str, str] = {}
    for key in keys:
        base = re.sub(r"[^\w-]+", "-", key).strip("-") or "department"
        name, number = base, 1
        while name.casefold() in {one.casefold() for one in found.values()}:
            number += 1
            name = f"{base}-{number}"
        found[key] = name
    return found


def _compared(kept: Run, folder: Path, since: str | None) -> Run:
    """Return the run with how it differs from an earlier one; both as their folders tell them."""
    if since is None:
        return kept
    from lantu.comparing import compare, compared_with

    return compared_with(kept, compare(since, folder))


def _passphrase(terminal: Terminal, options: PublishOptions) -> str | None:
    if not options.encrypt:
        return None
    return _ask(terminal, options.passphrase_file, twice=True)


def _ask(terminal: Terminal, file: str | None, *, twice: bool) -> str:
    """Return the passphrase: from a file, the environment, or typed; it never stands in a command line."""
    from lantu.publishing import PublishingError

    if file is not None:
        try:
            return Path(file).read_text(encoding="utf-8-sig").rstrip("\r\n")
        except (OSError, ValueError) as error:
            raise OptionError(
                message("cli.publish.no_passphrase_file", file=file, reason=str(error))
            ) from error
    given = os.environ.get(VARIABLE)
    if given is None and sys.stdin.isatty():
        given = getpass.getpass(terminal.text("cli.publish.ask"))
        if twice and getpass.getpass(terminal.text("cli.publish.ask_again")) != given:
            raise OptionError(message("cli.publish.passphrases_differ"))
    if not given:
        raise PublishingError(message("publishing.no_passphrase"))
    return given


def unlock(terminal: Terminal, file: str, *, out: str, passphrase_file: str | None) -> int:
    """Decrypt the data of an edition into a folder and return the exit status.

    Raises
    ------
    OptionError
        The file cannot be read.
    PublishingError
        The passphrase is wrong, or the file is damaged.
    """
    from lantu.publishing import unlock as unlocked

    if not Path(file).is_file():
        raise OptionError(message("cli.publish.no_file", file=file))
    for path in unlocked(Path(file), _ask(terminal, passphrase_file, twice=False), Path(out)):
        terminal.show(str(path))
    return 0


def _show(terminal: Terminal, made: Published, who: Audience, place: Path) -> None:
    from lantu.report.page.verdict import withheld_sentence

    terminal.show(terminal.text("cli.publish.written", audience=who.name, path=place, findings=made.findings))
    terminal.show(withheld_sentence(made.withheld, terminal.language))
    found = made.searched
    terminal.show(
        terminal.text(
            "cli.publish.searched",
            texts=found.texts,
            words=found.words,
            points=found.points,
            views=found.views,
        )
    )


def _plain(made: Published, who: Audience, place: Path) -> dict[str, Any]:
    found = made.searched
    return {
        "audience": who.name,
        "level": who.level,
        "folder": str(place),
        "files": [path.relative_to(place).as_posix() for path in made.files],
        "findings": made.findings,
        "withheld": made.withheld,
        "searched": {
            "texts": found.texts,
            "words": found.words,
            "points": found.points,
            "views": found.views,
        },
    }
