"""The names that a blueprint may use: standards, columns, units, code lists, rules, parameters."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, get_type_hints

from lantu.config.plugins import skipped_plugins
from lantu.report import FORMATS, formats_known
from lantu.rules.registry import catalogue, planned
from lantu.standards import CODE_LISTS, standard, standard_names, unit_names

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lantu.rules.base import Rule


@dataclass(frozen=True, kw_only=True)
class Vocabulary:
    """What can be named.

    ``standards`` maps a standard to its canonical columns, ``id`` too, and each column to the units that a
    source may have it in (none where it has no unit). ``rules`` maps a code to its parameters and each
    parameter to its type. ``broken`` are names that a plug-in was to bring that cannot be used: a blueprint
    that uses them is not wrong, what they name is not checked or not written.
    """

    standards: Mapping[str, Mapping[str, tuple[str, ...]]]
    rules: Mapping[str, Mapping[str, Any]]
    codelists: tuple[str, ...]
    planned: tuple[str, ...] = ()  # rules of a later version: they may be ignored already
    formats: tuple[str, ...] = tuple(FORMATS)
    broken: tuple[str, ...] = ()

    @property
    def families(self) -> tuple[str, ...]:
        """Return the letters that rule codes start with, sorted."""
        return tuple(sorted({family_of(code) for code in self.rules}))


def family_of(code: str) -> str:
    """Return the letters of a rule code, e.g. ``LU``."""
    return code.rstrip("0123456789")


def shipped_vocabulary() -> Vocabulary:
    """Return the names of the standards, rules and formats that are installed, those of plug-ins too."""
    rules = {rule_type.code: _parameter_types(rule_type) for rule_type in catalogue()}
    here = {*standard_names(), *rules, *formats_known()}
    return Vocabulary(
        standards={
            name: {column: unit_names(name, column) for column in standard(name).columns}
            for name in standard_names()
        },
        rules=rules,
        codelists=CODE_LISTS,
        planned=planned(),
        formats=formats_known(),
        broken=tuple(dict.fromkeys(one.part for one in skipped_plugins() if one.part not in here)),
    )


def _parameter_types(rule_type: type[Rule]) -> dict[str, Any]:
    hints = get_type_hints(rule_type)
    return {field.name: hints[field.name] for field in fields(rule_type)}
