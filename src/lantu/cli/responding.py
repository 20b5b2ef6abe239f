"""``lantu request``, ``lantu respond`` and ``lantu merge``: verdicts on data that stay with their owner."""

from __future__ import annotations

import datetime as dt
import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from lantu.cli.usage import OptionError
from lantu.messages import message

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lantu.cli.terminal import Terminal
    from lantu.model import Run


def request(
    terminal: Terminal,
    run: str,
    *,
    standard: str,
    of: str,
    level: str | None,
    select: Sequence[str],
    out: str,
) -> int:
    """Write a request and, beside it, its key; return the exit status.

    Raises
    ------
    RespondingError
        There is nothing to ask.
    OutputError
        The folder keeps no run, or a file cannot be written.
    """
    from lantu.errors import OutputError
    from lantu.keeping import read_kept
    from lantu.responding import make_request, write_package

    kept = read_kept(Path(run))
    asked = make_request(kept, standard, of, level=level or kept.facts.level, select=select)
    path = Path(out)
    write_package(path, asked.content)
    try:
        key_beside(path).write_text(asked.key.hex() + "\n", encoding="ascii")
    except OSError as error:
        file = str(key_beside(path))
        raise OutputError(message("report.cannot_write", file=file, reason=str(error))) from error
    layers = asked.content["layers"]
    terminal.show(
        terminal.text(
            "cli.request.written",
            path=path,
            layers=len(layers),
            objects=sum(len(layer["features"]) for layer in layers),
            rules=", ".join(one["code"] for one in asked.content["rules"]),
        )
    )
    for reason, codes in asked.not_asked.items():
        rules = ", ".join(codes)
        terminal.show(terminal.text("cli.request.left_out", rules=rules, reason=terminal.text(reason)))
    return 0


def key_beside(request_file: Path) -> Path:
    """Return where the key of a request stands: ``request.key`` beside ``request.json``."""
    return request_file.with_suffix(".key")


def respond(terminal: Terminal, asked: str, *, blueprint: str, key: str, out: str) -> int:
    """Answer a request from the owner's own blueprint; return the exit status.

    Raises
    ------
    RespondingError
        The request cannot be answered from this blueprint.
    """
    from lantu.blueprint import open_blueprint
    from lantu.responding import new_key, read_package, read_private_key, write_package
    from lantu.responding import respond as answered
    from lantu.responding.package import REQUEST

    content = read_package(Path(asked), REQUEST)
    private, public = Path(key), Path(f"{key}.pub")
    if not private.exists():
        new_key(private, public)
    opened = open_blueprint(blueprint)
    now = dt.datetime.now(tz=dt.UTC).astimezone()
    layers = list(opened.layers.values())
    signing = read_private_key(private)
    made = answered(content, layers, opened.facts.working_crs, signing, now=now)
    write_package(Path(out), made)
    verdicts = len(made["verdicts"])
    terminal.show(terminal.text("cli.respond.written", path=out, verdicts=verdicts, public=public))
    return 0


def merge(terminal: Terminal, run: str, response: str, *, asked: str, trust: str, out: str) -> int:
    """Take a response into a run, write it as a run of its own, and return the exit status.

    Raises
    ------
    RespondingError
        The response is forged, or answers another request.
    OutputError
        The folder keeps no run, or a file cannot be written.
    """
    from lantu.keeping import read_kept
    from lantu.responding import merge as merged
    from lantu.responding import read_package, read_public_key
    from lantu.responding.package import REQUEST, RESPONSE

    kept = read_kept(Path(run))
    content, answer = read_package(Path(asked), REQUEST), read_package(Path(response), RESPONSE)
    made = merged(kept, content, _key(Path(asked)), answer, read_public_key(Path(trust)), Path(response).name)
    _write(made, Path(run), Path(out))
    added = len(made.findings) - len(kept.findings)
    terminal.show(terminal.text("cli.merge.written", added=added, path=out))
    return 0


def _key(request_file: Path) -> bytes:
    path = key_beside(request_file)
    try:
        return bytes.fromhex(path.read_text(encoding="ascii").strip())
    except (OSError, ValueError) as error:
        raise OptionError(message("cli.merge.bad_key", file=path, reason=str(error))) from error


def _write(made: Run, source: Path, out: Path) -> None:
    """Write a run as a check would; what later runs are compared by is that of the run before."""
    from lantu import report
    from lantu.keeping import KEPT, write_kept
    from lantu.register import OBJECTS_FILE, decisions_on
    from lantu.staging import staged

    whole = replace(made, decisions=decisions_on(made, out))
    with staged(out, owned=(KEPT,)) as passing:
        write_kept(whole, passing)
        if (source / OBJECTS_FILE).is_file():
            shutil.copyfile(source / OBJECTS_FILE, passing / OBJECTS_FILE)
        report.write(whole, passing)
