"""What ``lantu.open`` gives: a blueprint with its layers, its inventory, and its check."""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from lantu import display, engine, register, rules
from lantu.comparing import with_since
from lantu.config import BlueprintFile, read_blueprint
from lantu.config.plugins import skipped_plugins
from lantu.config.selecting import rules_of_skipped_plugins, selected_rules
from lantu.crs import identify
from lantu.model import BlueprintFacts
from lantu.rules.parameters import parameters_used
from lantu.run import Run
from lantu.versions import versions

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd

    from lantu.engine import Progress
    from lantu.messages import Language
    from lantu.model import Run as RunRecord
    from lantu.rules.cr.cr04_layer_shifted import LayerShifted

DEFAULT_FILE = "blueprint.toml"

OFFSET_RULE = "CR04"
"""The rule that says how layers lie against each other, in the inventory too."""


@dataclass(frozen=True)
class Blueprint:
    """An opened blueprint. Its layers are read on first use and then kept.

    In a notebook it shows its inventory. Work that takes long shows its progress in a notebook and on a
    terminal; ``progress=lantu.Silent()`` keeps it quiet.

    Examples
    --------
    >>> import lantu
    >>> blueprint = lantu.open("lantu-demo/blueprint.toml")
    >>> list(blueprint.layers)[:2]
    ['parcels', 'survey']
    >>> inventory = blueprint.inventory(language="en").set_index("layer")
    >>> inventory.loc["parcels", "encoding"], int(inventory.loc["parcels", "features"])
    ('GB18030', 1045)
    >>> run = blueprint.check(select=["HE"])
    >>> sorted(set(run.findings["rule"].str[:2]))
    ['HE']
    """

    file: BlueprintFile

    def _repr_html_(self) -> str:
        return display.inventory_html(self.inventory(), self.facts)

    def __repr__(self) -> str:
        return f"<Blueprint {self.file.name}: {len(self.file.layer_specs())} layers, {self.file.folder}>"

    @cached_property
    def _loaded(self) -> engine.Loaded:
        with display.watching(self.file.language) as watcher:
            return self._load(watcher)

    def _load(self, progress: Progress, store: engine.Store | None = None) -> engine.Loaded:
        settings = self.file
        return engine.load(
            settings.layer_specs(),
            base=settings.folder,
            crs=settings.crs,
            town_layer=settings.town_layer,
            progress=progress,
            environment=settings.environment or None,
            store=store,
        )

    @cached_property
    def layers(self) -> Mapping[str, display.Layer]:
        """The layers by name, in file order, refused ones included."""
        return {layer.name: display.Layer.of(layer, self.file.language) for layer in self._loaded.layers}

    @property
    def facts(self) -> BlueprintFacts:
        """Return the blueprint's own facts with its layers, as rules see them."""
        return self._facts_with(self._loaded)

    def _facts_with(self, loaded: engine.Loaded) -> BlueprintFacts:
        settings = self.file
        return BlueprintFacts(
            name=settings.name,
            as_of=settings.as_of,
            language=settings.language,
            level=settings.level,
            working_crs=identify(loaded.crs),
            departments=settings.departments,
            layers=loaded.layers,
            authority=settings.authority,
            levels=settings.levels,
            town_layer=settings.town_layer,
            publishing=settings.publishing,
        )

    def inventory(self, *, language: Language | None = None) -> pd.DataFrame:
        """Return one row per layer: what was read and how, how fresh it is, how it lies against others.

        Sentences are in ``language``, that of the blueprint by default.
        """
        tuned = rules.build([OFFSET_RULE], (), self._tuning(OFFSET_RULE))[0]
        facts = replace(self.facts, language=language or self.file.language)
        return engine.inventory(facts, offset_rule=cast("LayerShifted", tuned))

    def sweep(
        self,
        rule: str,
        /,
        *,
        jobs: int | None = None,
        progress: Progress | None = None,
        **parameter: Iterable[Any],
    ) -> pd.DataFrame:
        """Return what a rule would find with each of several values of one parameter: ``engine.sweep``.

        ``parameter`` is one of the rule's, by name, and its values, e.g. ``min_area_m2=[10.0, 50.0]``; its
        others stay as the blueprint tunes them. The layers are read once, whatever the number of values.

        Raises
        ------
        RuleError
            The rule or the parameter is unknown, or a value is none that the parameter takes.
        SourceError
            No layer at all could be read.
        TypeError
            Not exactly one parameter was given, or no value.

        Examples
        --------
        >>> import lantu
        >>> blueprint = lantu.open("lantu-demo/blueprint.toml")
        >>> swept = blueprint.sweep("LU01", min_area_m2=[10.0, 1000.0])
        >>> swept["value"].tolist(), bool(swept["conflict"].is_monotonic_decreasing)
        ([10.0, 1000.0], True)
        """
        code = rules.rule(rule.strip().upper()).code
        name, values = _one_parameter(parameter)
        base = self._tuning(code).get(code, {})
        built = [(value, rules.build([code], (), {code: {**base, name: value}})[0]) for value in values]
        facts = self.facts
        engine.require_one_readable(facts)
        with display.watching(self.file.language, given=progress) as watcher:
            return engine.sweep(built, facts, jobs=jobs, progress=watcher)

    def dossier(
        self,
        parcel: str,
        /,
        *,
        run: Run | None = None,
        language: Language | None = None,
        progress: Progress | None = None,
    ) -> engine.Dossier:
        """Return one parcel against every department and layer: concerned, not concerned, no data.

        ``parcel`` is an id, ``layer:id``, or ``x,y`` in the working CRS. ``run`` is a check of this blueprint
        whose findings are to be used; without one the blueprint is checked, in ``language``.

        Raises
        ------
        SubjectError
            No object, or more than one, is called so, or it is no polygon.

        Examples
        --------
        >>> import lantu
        >>> blueprint = lantu.open("lantu-demo/blueprint.toml")
        >>> run = blueprint.check(select=["LU01"])
        >>> parcel = run.findings.loc[run.findings["layer_a"] == "parcels", "id_a"].iloc[0]
        >>> dossier = blueprint.dossier(f"parcels:{parcel}", run=run)
        >>> sorted(set(dossier.departments["answer"]))
        ['concerned', 'no_data']
        """
        if run is None:
            spoken, tables = self, self.file.tables
            if language not in {None, self.file.language}:
                head = tables.blueprint.model_copy(update={"language": language})
                tables = tables.model_copy(update={"blueprint": head})
                spoken = replace(self, file=replace(self.file, tables=tables))
            subject = engine.find_subject(parcel, spoken.facts)  # before the work of a check
            return engine.dossier(subject, spoken.check(progress=progress))
        return engine.dossier(engine.find_subject(parcel, run.facts), run)

    def _tuning(self, code: str) -> dict[str, Mapping[str, Any]]:
        """Return the blueprint's parameters of one rule, by its code."""
        return {key: values for key, values in self.file.rules.parameters.items() if key == code}

    def check(
        self,
        *,
        select: Sequence[str] | None = None,
        ignore: Sequence[str] | None = None,
        jobs: int | None = None,
        tile_m: float | None = None,
        progress: Progress | None = None,
        since: RunRecord | str | Path | None = None,
        execution: engine.Execution | None = None,
    ) -> Run:
        """Check the layers against one another; ``select`` and ``ignore`` go before the blueprint's own.

        Neither ``jobs`` (threads, all cores by default) nor ``tile_m`` changes a byte of the result.
        ``since`` is an earlier run, or its folder, that this one is compared with. ``execution`` says where
        the layers lie and who does the work; with a store they are read for this check alone.

        Raises
        ------
        SourceError
            No layer at all could be read.
        RuleError
            A rule is unknown or tuned with a parameter that it does not have.
        """
        settings = self.file
        chosen = selected_rules(settings, select, ignore)
        waivers = register.read_waivers(settings.waiver_file) if settings.waiver_file else ()
        started = time.perf_counter()
        way = execution or engine.Execution()
        with display.watching(settings.language, given=progress) as watcher:
            if way.store is None and "_loaded" not in self.__dict__:
                self.__dict__["_loaded"] = self._load(watcher)
            loaded = self._loaded if way.store is None else self._load(watcher, way.store)
            loaded_s = time.perf_counter() - started
            facts = self._facts_with(loaded)
            engine.require_one_readable(facts)
            checked = engine.check(
                chosen,
                facts,
                jobs=jobs,
                tile_m=tile_m,
                towns=next((layer for layer in facts.layers if layer.name == settings.town_layer), None),
                progress=watcher,
                executor=way.executor,
                records=way.records,
                folder=way.findings,
                whole=execution is None,
            )
        lock = register.read_lock(settings.waiver_file) if settings.waiver_file else None
        waived = register.waive(checked.findings, waivers, settings.as_of, lock=lock, layers=facts.layers)
        run = Run(
            facts=facts,
            findings=waived.findings,
            causes=engine.with_levels(checked.causes, checked.findings, facts.levels),
            translations=checked.translations,
            outcomes=(*checked.outcomes, *rules_of_skipped_plugins(settings, select, ignore)),
            rules={rule.code: parameters_used(rule) for rule in chosen},
            waived=waived.waived,
            waivers=waived.summary,
            grounds=engine.grounds_of(chosen, facts.layers),
            timings_s={"read": loaded_s, **checked.timings_s},
            versions=versions(),
            kernels=asdict(checked.kernels),
            texts={rule.code: rule.texts() for rule in chosen},
            formats=settings.formats,
            skipped_plugins=skipped_plugins(),
            lock=waived.lock,
            records=way.records,
        )
        return run if since is None else with_since(run, since)


def _one_parameter(given: Mapping[str, Iterable[Any]]) -> tuple[str, list[Any]]:
    """Return the one parameter of a sweep and its values, each once, in the order given."""
    if len(given) != 1:
        problem = f"sweep takes exactly one parameter with its values, but was given {sorted(given)}"
        raise TypeError(problem)
    ((name, several),) = given.items()
    values = list(dict.fromkeys(several))
    if not values:
        problem = f"sweep takes at least one value of {name}"
        raise TypeError(problem)
    return name, values


def open_blueprint(path: str | Path = DEFAULT_FILE, *, today: dt.date | None = None) -> Blueprint:
    """Open a blueprint file; nothing is read yet but the file itself.

    ``today`` stands for the day of the run where the blueprint gives no ``as_of``.

    Raises
    ------
    BlueprintError
        The file has mistakes: all of them, each with its line.

    Examples
    --------
    >>> import lantu
    >>> blueprint = lantu.open("lantu-demo/blueprint.toml")
    >>> str(blueprint.file.as_of)
    '2026-11-23'
    """
    day = today or dt.datetime.now(tz=dt.UTC).astimezone().date()
    return Blueprint(read_blueprint(Path(path), today=day))
