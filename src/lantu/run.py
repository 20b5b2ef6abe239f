"""A finished check as scripts and notebooks use it: written to files, explored, shown."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lantu import display, keeping, register, report
from lantu.model import Run as RunRecord
from lantu.model import meanwhile
from lantu.report.page.verdict import verdict_sentence
from lantu.staging import staged

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import folium

    from lantu import engine
    from lantu.messages import Message


@dataclass(frozen=True, kw_only=True)
class Run(RunRecord):
    """A finished check, with its reporters; ``formats`` are those that the blueprint asks for.

    ``findings`` is a GeoDataFrame in the working CRS with the columns of the contract, ``causes`` and
    ``not_checked`` are DataFrames, ``matrix()`` counts conflicts by department. In a notebook a run shows its
    verdict, the matrix, the causes, and what was not checked. ``lock`` is what the waivers rest on from now
    on; it is written with the run, and so are ``records``, by which the next run need not judge all again.

    Examples
    --------
    >>> import lantu
    >>> run = lantu.open("lantu-demo/blueprint.toml").check(select=["LU01"])
    >>> sorted(run.findings["verdict"].unique())
    ['conflict', 'undecidable']
    >>> bool(run.matrix().loc["land", "planning"] > 0)
    True
    >>> worst = run.findings.sort_values("measure").iloc[-1]
    >>> run.finding(worst["finding_id"])["unit"]
    'm2'
    """

    formats: tuple[str, ...] = ("html", "gpkg", "xlsx", "parquet")
    lock: register.Lock | None = None
    records: engine.Records | None = None

    def write(
        self,
        directory: str | Path,
        *,
        formats: Sequence[str] | None = None,
        tell: Callable[[Message], object] | None = None,
    ) -> tuple[Path, ...]:
        """Write the files of a run into ``directory`` (made where missing) and return their paths.

        They take the place of an older run's files all together, or not at all (``staging``).
        ``tell`` is told of a plug-in's format that could not be written; a warning by default.

        Raises
        ------
        OutputError
            The directory or a file in it cannot be written.
        RegisterError
            There is a file of the register's name beside the directory that is none.
        """
        run = self if self.decisions is not None else self.beside(directory)
        folder = Path(directory)
        with staged(folder, owned=(keeping.KEPT,)) as passing:
            written = report.write(run, passing, formats=tuple(formats or self.formats), tell=tell)
            findings = next((path for path in written if path.name == keeping.FINDINGS), None)
            with meanwhile(partial(self._remember, passing)):
                keeping.write_kept(self, passing, findings=findings)
            names = [path.name for path in written]
        lost = self.lock.write() if self.lock is not None else None
        if lost is not None:
            (tell or (lambda said: warnings.warn(said.text(self.language), stacklevel=3)))(lost)
        return tuple(folder / name for name in names)

    def _remember(self, folder: Path) -> None:
        """Write what the next run is compared by, and need not judge again."""
        register.write_beside(self.facts.layers, self.comparison, folder)
        if self.records is not None:
            self.records.write(folder)

    def beside(self, directory: str | Path) -> Run:
        """Return the run with what the register beside ``directory`` says of its findings, if there is one.

        Raises
        ------
        RegisterError
            The file there is no register.
        """
        return replace(self, decisions=register.decisions_on(self, Path(directory)))

    def summary(self) -> dict[str, Any]:
        """Return what ``run.json`` says, as plain data."""
        return report.run_summary(self)

    def finding(self, finding_id: str) -> display.Finding:
        """Return one finding by its id: in a notebook it shows its card, with both sides and a drawing.

        Raises
        ------
        KeyError
            The run has no such finding.
        """
        return display.Finding.of(self, finding_id)

    def explore(self) -> folium.Map:
        """Return the report as an interactive map, for a notebook; it works without a network.

        It is a ``folium.Map``: layers of one's own can be added, and ``save`` writes it.
        """
        return report.explore(self)

    def _repr_html_(self) -> str:
        return display.run_html(self)

    def __repr__(self) -> str:
        return f"<Run of {self.facts.name}: {verdict_sentence(self, self.language)}>"
