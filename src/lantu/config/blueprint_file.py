"""A blueprint file without mistakes, and what it comes to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lantu.config.address import is_address, resolve
from lantu.config.files import located
from lantu.model import (
    LEVELS,
    Department,
    EndPointsSpec,
    JoinSpec,
    LayerSpec,
    Publishing,
    Reduction,
    TransformSpec,
)

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from lantu.config.models import BlueprintTables, CustomRule, LayerTable
    from lantu.messages import Language
    from lantu.model import Level
    from lantu.rules.own import OwnRule

ALL = "ALL"


@dataclass(frozen=True, kw_only=True)
class RuleSettings:
    """Which shipped rules run, and how they are tuned: code to parameter to value, files as full paths."""

    select: tuple[str, ...] = ("ALL",)
    ignore: tuple[str, ...] = ()
    parameters: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class BlueprintFile:
    """A blueprint file as read, its defaults filled in; ``tables`` holds it as written.

    ``own`` are the planner's own rules, selected or not, ``custom_rules`` the same as written.
    """

    path: Path
    folder: Path
    name: str
    as_of: dt.date
    tables: BlueprintTables
    rules: RuleSettings
    own: tuple[OwnRule, ...] = ()
    codelists: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def crs(self) -> str:
        """Return the working CRS as written, ``auto`` where none is."""
        return self.tables.blueprint.crs

    @property
    def language(self) -> Language:
        """Return the language of messages and reports."""
        return self.tables.blueprint.language

    @property
    def level(self) -> Level:
        """Return the classification of the outputs where nothing else is said."""
        return self.tables.blueprint.level

    @property
    def levels(self) -> tuple[Level, ...]:
        """Return the names of the levels, lowest first."""
        return self.tables.blueprint.levels or LEVELS

    @property
    def publishing(self) -> Publishing:
        """Return what editions may say of findings above their level."""
        table = self.tables.publish
        reduce = {
            level: Reduction(to=one.to, geometry=one.geometry, grid_m=one.grid_m)
            for level, one in table.reduce.items()
        }
        return Publishing(min_count=table.min_count, reduce=reduce)

    @property
    def town_layer(self) -> str | None:
        """Return the name of the layer that places findings in town and village."""
        return self.tables.blueprint.town_layer

    @property
    def departments(self) -> Mapping[str, Department]:
        """Return the departments by key, in file order; one without a name is called by its key."""
        return {
            key: Department(key=key, name=table.name or key, owes=table.owes, contact=table.contact)
            for key, table in self.tables.departments.items()
        }

    @property
    def custom_rules(self) -> tuple[CustomRule, ...]:
        """Return the planner's own rules, selected or not, in file order."""
        return self.tables.rule

    @property
    def own_rules(self) -> tuple[str, ...]:
        """Return the codes of the planner's own rules that the file selects, in file order."""
        return tuple(rule.code for rule in self.selected_own(None, None))

    def selected_own(self, select: Sequence[str] | None, ignore: Sequence[str] | None) -> tuple[OwnRule, ...]:
        """Return the planner's own rules that are selected; without names, those that the file selects."""
        wanted = set(select or self.tables.rules.select)
        unwanted = set(ignore or self.tables.rules.ignore)
        names = [(rule, {rule.code, rule.family, ALL}) for rule in self.own]
        return tuple(rule for rule, own in names if own & wanted and not own & unwanted)

    @property
    def authority(self) -> Mapping[str, tuple[str, ...]]:
        """Return whose word counts: ``standard.column`` to department keys, first word first."""
        return dict(self.tables.authority)

    @property
    def waiver_file(self) -> Path | None:
        """Return the file of waivers, None where there is none."""
        return None if self.tables.waivers is None else located(self.folder, self.tables.waivers.file)

    @property
    def formats(self) -> tuple[str, ...]:
        """Return the formats to write, each once, in the order of the file."""
        return tuple(dict.fromkeys(self.tables.report.formats))

    def address(self, layer: str) -> str | None:
        """Return the address of a layer with ``${NAME}`` taken from the environment; None for a file.

        It may hold a secret: for whoever connects, never for a message, a report or a log.
        """
        text = self.tables.layers[layer].path
        return resolve(text, self.environment) if is_address(text) else None

    def layer_specs(self) -> tuple[LayerSpec, ...]:
        """Return the layers in file order, with absolute paths and defaults filled in.

        The ``path`` of a database or a service is its address as written, ``${NAME}`` and all, so that
        no secret reaches what is made from a spec; ``address`` has the one to connect to.
        """
        return tuple(self._layer_spec(name, table) for name, table in self.tables.layers.items())

    def _layer_spec(self, name: str, table: LayerTable) -> LayerSpec:
        return LayerSpec(
            name=name,
            path=self._source(table.path),
            standard=table.standard,
            department=table.department,
            layer=table.layer,
            crs=table.crs,
            encoding=table.encoding,
            accuracy_m=table.accuracy_m,
            issued=table.issued,
            update=table.update,
            level=table.level or self.level,
            where=table.where,
            codelist=self._codelist(table.codelist),
            fields=dict(table.fields),
            units=dict(table.units),
            levels=dict(table.levels),
            join=self._join(table),
            ends=self._ends(table),
            transform=self._transform(table),
        )

    def _source(self, text: str) -> Path | str:
        return text if is_address(text) else located(self.folder, text)

    def _codelist(self, text: str | None) -> str | Path | None:
        return text if text is None or text in self.codelists else located(self.folder, text)

    def _join(self, table: LayerTable) -> JoinSpec | None:
        join = table.join
        if join is None or len(join.on) > 1:
            return None
        path = located(self.folder, join.path)
        return JoinSpec(path=path, on=join.on[0], table_key=join.table_key, table_layer=join.table_layer)

    def _ends(self, table: LayerTable) -> EndPointsSpec | None:
        join = table.join
        if join is None or len(join.on) == 1:
            return None
        start, end = join.on
        path = located(self.folder, join.path)
        return EndPointsSpec(path=path, on=(start, end), table_key=join.table_key, layer=join.table_layer)

    def _transform(self, table: LayerTable) -> TransformSpec | None:
        given = table.transform
        if given is None:
            return None
        points = None if given.control_points is None else located(self.folder, given.control_points)
        return TransformSpec(control_points=points, pipeline=given.pipeline, helmert7=given.helmert7)
