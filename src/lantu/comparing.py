"""Two runs side by side, in memory or in their folders."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from lantu import register, report
from lantu.keeping import read_translations
from lantu.model import Run, in_memory, joined_translations

if TYPE_CHECKING:
    from lantu.messages import Language
    from lantu.register import Comparison, Recorded

Checked = TypeVar("Checked", bound=Run)


def compare(
    old_run: Run | str | Path, run: Run | str | Path, /, *, language: Language | None = None
) -> Comparison:
    """Compare two runs, each a ``Run`` or the folder that one was written to.

    A finding that is gone is resolved only where its rule looked at its layers again; otherwise it is
    ``not_retested``, with the reason. Sentences are in ``language``, that of the newer run by default.

    Raises
    ------
    OutputError
        A folder does not hold a finished check, or its files cannot be read.

    Examples
    --------
    >>> import lantu
    >>> blueprint = lantu.open("lantu-demo/blueprint.toml")
    >>> old, new = blueprint.check(select=["LU01"]), blueprint.check(select=["LU01"])
    >>> lantu.compare(old, new).findings["status"].unique().tolist()
    ['persisting']
    """
    old, new = (_recorded(one) for one in (old_run, run))
    spoken: Language = language or new.summary["blueprint"]["language"]
    return register.compare_recorded(old, new, spoken)


def with_since(run: Checked, since: Run | str | Path) -> Checked:
    """Return a run that knows how it differs from an earlier one.

    Raises
    ------
    OutputError
        As ``compare``.
    """
    compared = compare(since, run)
    return compared_with(run, compared)


def compared_with(run: Checked, compared: Comparison) -> Checked:
    """Return a run that carries its comparison with an earlier one."""
    return replace(
        run,
        since=compared.summary(),
        comparison=compared.findings,
        translations=joined_translations(run.translations, compared.translations),
    )


def _recorded(run: Run | str | Path) -> Recorded:
    if isinstance(run, Run):
        return register.recorded(in_memory(run), report.run_summary(run))
    found = register.read_recorded(Path(run))
    return replace(found, translations=read_translations(Path(run)))
