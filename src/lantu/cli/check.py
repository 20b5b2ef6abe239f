"""``lantu check``: run the rules, write the reports, say what came of it."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lantu.cli.as_if import pairs, tried
from lantu.cli.choices import count, length_m, one_of, words
from lantu.cli.outcome import (
    conflicts_at_or_above,
    consolidated,
    severity_name,
    table_rows,
    top_causes,
    verdict,
)
from lantu.cli.progress import watching

if TYPE_CHECKING:
    import contextlib
    from collections.abc import Iterable

    from lantu.blueprint import Blueprint
    from lantu.cli.terminal import Terminal
    from lantu.engine import Execution, Progress
    from lantu.messages import Message
    from lantu.run import Run

ENGINES = ("local", "dask")
FAIL_ON = ("critical", "major", "minor", "never")
REPORT_NAME = "report.html"
LONGEST_NAME = 80

_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\s]+')


@dataclass(frozen=True, kw_only=True)
class CheckOptions:
    """The options of a check, read and found good; None where the blueprint decides."""

    out: Path | None = None
    formats: tuple[str, ...] | None = None
    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] | None = None
    jobs: int | None = None
    tile_m: float | None = None
    fail_on: str = "never"
    since: Path | None = None
    as_if: tuple[tuple[str, Path], ...] = ()
    cluster: bool = False
    scheduler: str | None = None

    @classmethod
    def read(
        cls,
        *,
        out: str | None,
        formats: Iterable[str] | None,
        select: Iterable[str] | None,
        ignore: Iterable[str] | None,
        jobs: str | None,
        tile: str | None,
        fail_on: str,
        since: str | None = None,
        as_if: Iterable[str] | None = None,
        engine: str = "local",
        scheduler: str | None = None,
    ) -> CheckOptions:
        """Read the options as they were typed.

        Raises
        ------
        OptionError
            A word or a number cannot be used.
        """
        from lantu.report import formats_known, reporters

        known = (*formats_known(), *(one.part for one in reporters().skipped))
        chosen = words(formats)
        return cls(
            out=None if out is None else Path(out),
            formats=None if chosen is None else tuple(one_of("--format", word, known) for word in chosen),
            select=words(select),
            ignore=words(ignore),
            jobs=count("--jobs", jobs),
            tile_m=length_m("--tile", tile),
            fail_on=one_of("--fail-on", fail_on, FAIL_ON),
            since=None if since is None else Path(since),
            as_if=pairs(as_if),
            cluster=one_of("--engine", engine, ENGINES) == "dask" or scheduler is not None,
            scheduler=scheduler,
        )


def check(terminal: Terminal, blueprint: str, options: CheckOptions, *, as_json: bool) -> int:
    """Check a blueprint and return the exit status: 1 where conflicts reach ``fail_on``, else 0."""
    run, paths = run_check(terminal, blueprint, options)
    if as_json:
        terminal.show_json(run.summary())
    else:
        if options.as_if and run.since is not None:
            named = ", ".join(f"{layer} = {path.name}" for layer, path in options.as_if)
            spoken = terminal.speaking(run.language)
            spoken.show(spoken.text("cli.as_if.sentence", pairs=named, **run.since["counts"]))
        show_run(terminal.speaking(run.language), run, paths)
    return 1 if conflicts_at_or_above(run, options.fail_on) else 0


def run_check(terminal: Terminal, blueprint: str, options: CheckOptions) -> tuple[Run, tuple[Path, ...]]:
    """Check a blueprint, write its reports, and return the run with the files written."""
    from lantu.alone import alone
    from lantu.blueprint import open_blueprint
    from lantu.register import (
        add_run,
        note_presence,
        read_entries,
        read_recorded,
        read_runs,
        register_beside,
    )
    from lantu.report import counts

    opened = open_blueprint(blueprint)
    out = options.out or report_folder(Path("reports"), opened.file.name)
    read_entries(register_beside(out))  # a register that cannot be read stops the run before the work
    if options.since is not None:
        read_recorded(options.since)  # so does an earlier run that is none
    place = out.resolve()
    one_at_a_time = alone(place.with_name(f".{place.name}.lock"), folder=out)
    with one_at_a_time, watching(terminal) as progress, _way_of(opened, out, options) as way:
        run = _checked(opened, options, progress, way)
        run = replace(run.beside(out), trend=read_runs(out, run.facts.name))
        progress.stage("report", 1)
        failed: list[Message] = []
        paths = run.write(out, formats=options.formats, tell=failed.append)
        if not options.as_if:  # while the layers are still at hand, wherever they lie
            add_run(out, blueprint=run.facts.name, as_of=run.facts.as_of, counts=counts(run))
            note_presence(run, out)
    for said in (*(one.message for one in run.skipped_plugins), *failed):
        terminal.speaking(run.language).complain(said)
    return run, paths


def _way_of(
    opened: Blueprint, out: Path, options: CheckOptions
) -> contextlib.AbstractContextManager[Execution]:
    """Return where the layers lie and who does the work, from what was asked and how large the files are."""
    from lantu.engine import execution, is_large

    files = [spec.path for spec in opened.file.layer_specs() if isinstance(spec.path, Path)]
    return execution(
        opened.file.path,
        out.parent,
        on_disk=options.tile_m is not None or is_large(files),
        cluster=options.cluster,
        scheduler=options.scheduler,
        jobs=options.jobs,
        since=options.since,
    )


def _checked(opened: Blueprint, options: CheckOptions, progress: Progress, way: Execution) -> Run:
    """Check as asked; a trial (``--as-if``) is compared with how things are, and holds no waiver to them."""
    chosen: dict[str, Any] = {
        "select": options.select,
        "ignore": options.ignore,
        "jobs": options.jobs,
        "tile_m": options.tile_m,
        "progress": progress,
        "execution": way,
    }
    if not options.as_if:
        return opened.check(**chosen, since=options.since)
    since: Run | Path = options.since or opened.check(**chosen)
    return replace(tried(opened, options.as_if).check(**chosen, since=since), lock=None)


def show_run(terminal: Terminal, run: Run, paths: tuple[Path, ...]) -> None:
    """Print the verdict, the counts of every rule that has something to say, and where the reports are."""
    terminal.show(verdict(run, terminal.language))
    if run.since is not None:
        terminal.show(terminal.text("cli.compare.counts", **run.since["counts"]))
    rows = table_rows(run, terminal.language)
    if rows and not terminal.quiet:
        columns = ("rule", "title", "conflict", "undecidable", "not_checked")
        terminal.show()
        terminal.show_table([terminal.text(f"cli.column.{name}") for name in columns], rows)
        terminal.show()
        show_causes(terminal, run)
    terminal.show(terminal.text("cli.check.written", path=report_path(paths)))


def show_causes(terminal: Terminal, run: Run) -> None:
    """Print the first causes of the agenda; where grouping consolidated nothing, that it did not."""
    causes = [
        (severity_name(severity).text(terminal.language), text, count)
        for severity, text, count in top_causes(run)
    ]
    if causes:
        columns = [terminal.text(f"cli.column.{name}") for name in ("severity", "cause", "count")]
        terminal.show_table(columns, causes)
        terminal.show()
    if not consolidated(run):
        terminal.show(terminal.text("cli.check.not_consolidated"))
        terminal.show()


def report_path(paths: tuple[Path, ...]) -> Path:
    """Return what to open: report.html where it was written, else the folder of the files."""
    report = next((path for path in paths if path.name == REPORT_NAME), None)
    return report or next((path.parent for path in paths), Path())


def report_folder(parent: Path, name: str, now: dt.datetime | None = None) -> Path:
    """Return a folder for the reports of a blueprint that is not there yet: its name and the time of day.

    Characters that any file system refuses become hyphens.
    """
    moment = now or dt.datetime.now(tz=dt.UTC).astimezone()
    safe = _UNSAFE.sub("-", name)[:LONGEST_NAME].strip("-. ") or "blueprint"
    folder = parent / f"{safe}-{moment:%Y%m%d-%H%M%S}"
    number = 1
    while folder.exists():
        number += 1
        folder = parent / f"{safe}-{moment:%Y%m%d-%H%M%S}-{number}"
    return folder
