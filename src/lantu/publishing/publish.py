"""Publishing: an edition is made aside, searched for leaks, encrypted, written down, and only then there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lantu import report
from lantu.messages import message
from lantu.publishing.audience import PublishingError
from lantu.publishing.audit import add_lines
from lantu.publishing.edition import edition
from lantu.publishing.encryption import encrypt_folder
from lantu.publishing.leaks import search
from lantu.publishing.secrets import secrets
from lantu.staging import staged

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from lantu.model import Run
    from lantu.publishing.audience import Audience
    from lantu.publishing.audit import Sender
    from lantu.publishing.leaks import Searched

MOST_SHOWN = 5


@dataclass(frozen=True, kw_only=True)
class Published:
    """What was published: the files, what was withheld, and what the leak test searched for."""

    files: tuple[Path, ...]
    findings: int
    withheld: Mapping[str, Any]
    searched: Searched


def publish(
    run: Run,
    who: Audience,
    folder: Path,
    sender: Sender,
    *,
    formats: Sequence[str] = tuple(report.FORMATS),
    passphrase: str | None = None,
    after: Callable[[Run, Path], object] | None = None,
) -> Published:
    """Write the edition of ``run`` for an audience to ``folder``.

    ``after`` may add files of its own, given the edition and the folder, before the search. The edition is
    there whole, with a line a file in the audit, or not at all.

    Raises
    ------
    PublishingError
        Something above the level stands in a file: nothing is published.
    OutputError
        A file cannot be written.
    """
    made = edition(run, who)
    hidden = secrets(run, who)
    with staged(folder) as passing:
        report.write(made, passing, formats=formats)
        if after is not None:
            after(made, passing)
        searched = search(passing, hidden, run.facts.working_crs)
        if searched.leaks:
            raise _refusal(searched)
        if passphrase is not None:
            encrypt_folder(passing, passphrase)
        add_lines(passing, who, sender, encrypted=passphrase is not None)
        names = sorted(one.relative_to(passing) for one in passing.rglob("*") if one.is_file())
    return Published(
        files=tuple(folder / name for name in names),
        findings=len(made.findings),
        withheld=made.withheld or {},
        searched=searched,
    )


def _refusal(searched: Searched) -> PublishingError:
    """Return the error that names the places of the leaks, never what leaked."""
    shown = [
        message("publishing.leak", place=leak.place, kind=message(f"publishing.kind.{leak.kind}"))
        for leak in searched.leaks[:MOST_SHOWN]
    ]
    return PublishingError(message("publishing.leaks", count=len(searched.leaks)), tuple(shown))
