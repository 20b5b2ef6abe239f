"""All rules that are installed, and the ones that a blueprint asks for, tuned as it says."""

from __future__ import annotations

import csv
import importlib
import math
import pkgutil
import re
from dataclasses import MISSING, dataclass, fields
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, get_args, get_type_hints

from pydantic import ConfigDict, TypeAdapter, ValidationError

from lantu.errors import RuleError
from lantu.messages import Message, message
from lantu.rules.plugged import plugged_rules, rules_in
from lantu.standards.suggestion import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from lantu.plugins import Plugged, Skipped
    from lantu.rules.base import Rule

ALL = "ALL"

_RULE_MODULE = re.compile(r"^[a-z]{2}\d{2}_")


@dataclass(frozen=True)
class Mistake:
    """Something wrong in a selection of rules; ``place`` is the path below ``[rules]`` in the blueprint."""

    place: tuple[str, ...]
    message: Message


@cache
def catalogue() -> tuple[type[Rule], ...]:
    """Return all rules, those of plug-ins too, sorted by code."""
    return tuple(sorted((*shipped(), *_plugged().found), key=lambda rule_type: rule_type.code))


@cache
def shipped() -> tuple[type[Rule], ...]:
    """Return Lantu's own rules; one rule is one module ``<code>_<name>`` of a family package."""
    package = importlib.import_module(__package__ or "lantu.rules")
    found: list[type[Rule]] = []
    for family in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        if not family.ispkg:
            continue
        members = importlib.import_module(family.name)
        for entry in pkgutil.iter_modules(members.__path__):
            if _RULE_MODULE.match(entry.name):
                found.extend(rules_in(importlib.import_module(f"{family.name}.{entry.name}")))
    return tuple(found)


@cache
def _plugged() -> Plugged[type[Rule]]:
    return plugged_rules(_listed() | {rule_type.code for rule_type in shipped()})


def skipped() -> tuple[Skipped, ...]:
    """Return the rules of plug-ins that cannot be used, and plug-ins of rules that do not load at all."""
    return _plugged().skipped


def skipped_of(select: Iterable[str], ignore: Iterable[str]) -> tuple[Skipped, ...]:
    """Return those of ``skipped`` that a selection asks for: their rules are not checked."""
    wanted, unwanted = set(select), set(ignore)
    names = [(one, {one.part, _letters(one.part), ALL}) for one in skipped()]
    return tuple(one for one, own in names if own & wanted and not own & unwanted)


@cache
def planned() -> tuple[str, ...]:
    """Return the codes of the catalogue's rules that this version does not have yet, sorted.

    A blueprint may leave them out already now; selecting one is a mistake.
    """
    return tuple(sorted(_listed() - {rule_type.code for rule_type in shipped()}))


def _listed() -> frozenset[str]:
    """Return the codes of the whole catalogue, of rules to come too."""
    text = (files("lantu.rules") / "planned.csv").read_text(encoding="utf-8")
    return frozenset(row["code"] for row in csv.DictReader(text.splitlines()))


def families() -> tuple[str, ...]:
    """Return the letters that codes start with, sorted."""
    return tuple(sorted({_family(rule_type) for rule_type in catalogue()}))


def rule(code: str) -> type[Rule]:
    """Return the rule with this code.

    Raises
    ------
    RuleError
        There is none: the closest code is suggested; or its plug-in cannot be used.
    """
    for rule_type in catalogue():
        if rule_type.code == code:
            return rule_type
    for lost in skipped():
        if lost.part == code:
            raise RuleError(lost.message)
    raise RuleError(_unknown(code, _codes()))


def parameters_of(rule_type: type[Rule]) -> Mapping[str, Any]:
    """Return the parameters that a blueprint can tune, with their defaults, in the order of definition."""
    defaults: dict[str, Any] = {}
    for entry in fields(rule_type):
        made = entry.default_factory() if entry.default_factory is not MISSING else entry.default
        defaults[entry.name] = made
    return MappingProxyType(defaults)


def path_parameters(rule_type: type[Rule]) -> tuple[str, ...]:
    """Return the parameters that are paths; a blueprint's are relative to its own folder."""
    hints = get_type_hints(rule_type)
    return tuple(name for name in parameters_of(rule_type) if Path in (hints[name], *get_args(hints[name])))


def build(
    select: Iterable[str], ignore: Iterable[str], parameters: Mapping[str, Mapping[str, Any]]
) -> tuple[Rule, ...]:
    """Return the selected rules less the ignored ones, tuned, sorted by code.

    ``select`` and ``ignore`` hold codes, families (``LU``) or ``ALL``. ``parameters`` maps a code to
    the parameters to change; rules that are not selected are checked too.

    Raises
    ------
    RuleError
        A code, family or parameter is unknown, or a value is of the wrong type; all of them are named.
    """
    selected, ignored = tuple(select), tuple(ignore)
    found = mistakes(selected, ignored, parameters)
    if found:
        raise RuleError(
            message("rules.mistakes", count=len(found)), tuple(mistake.message for mistake in found)
        )
    chosen = _expand(selected) - _expand(ignored)
    return tuple(
        tuned(rule_type, parameters.get(rule_type.code, {}))
        for rule_type in catalogue()
        if rule_type.code in chosen
    )


def tuned(rule_type: type[Rule], parameters: Mapping[str, Any]) -> Rule:
    """Return a rule with these parameters changed.

    Raises
    ------
    RuleError
        A parameter is unknown, or a value is of the wrong type; all of them are named.
    """
    found = _parameter_mistakes(rule_type, parameters)
    if found:
        raise RuleError(
            message("rules.mistakes", count=len(found)), tuple(mistake.message for mistake in found)
        )
    return rule_type(**{name: _as_typed(rule_type, name, value) for name, value in parameters.items()})


def mistakes(
    select: Iterable[str], ignore: Iterable[str], parameters: Mapping[str, Mapping[str, Any]]
) -> tuple[Mistake, ...]:
    """Return everything that is wrong with a selection, in the order of the blueprint; empty when nothing."""
    lost = {name for one in skipped() for name in (one.part, _letters(one.part))}
    names = (*_codes(), *families(), ALL, *sorted(lost))
    found = [
        Mistake((key,), _unknown(name, names))
        for key, given in (("select", select), ("ignore", ignore))
        for name in given
        if name not in names and not (key == "ignore" and name in planned())
    ]
    by_code = {rule_type.code: rule_type for rule_type in catalogue()}
    for code, values in parameters.items():
        if code in lost:
            continue  # what a broken plug-in's rule could be tuned with is not known
        if code not in by_code:
            found.append(Mistake((code,), _unknown(code, _codes())))
            continue
        found.extend(_parameter_mistakes(by_code[code], values))
    return tuple(found)


def _parameter_mistakes(rule_type: type[Rule], values: Mapping[str, Any]) -> list[Mistake]:
    known = parameters_of(rule_type)
    found: list[Mistake] = []
    for name, value in values.items():
        problem: Message | None
        if name not in known:
            hint = did_you_mean(name, known)
            problem = message("rules.parameter_unknown", code=rule_type.code, name=name, hint=hint)
        else:
            problem = _value_mistake(rule_type, name, value)
        if problem is not None:
            found.append(Mistake((rule_type.code, name), problem))
    return found


def _value_mistake(rule_type: type[Rule], name: str, value: Any) -> Message | None:  # noqa: ANN401  # from TOML
    given = {"code": rule_type.code, "name": name, "value": repr(value)}
    try:
        typed = _as_typed(rule_type, name, value)
    except ValidationError as error:
        return message("rules.parameter_type", **given, expected=error.errors()[0]["msg"])
    if isinstance(typed, int | float) and not isinstance(typed, bool):
        highest = 1.0 if name.endswith("share") else math.inf
        if not (math.isfinite(typed) and 0.0 <= typed <= highest):
            limit = "0 … 1" if highest == 1.0 else "≥ 0"
            return message("rules.parameter_range", **given, limit=limit)
    return None


def _as_typed(rule_type: type[Rule], name: str, value: Any) -> Any:  # noqa: ANN401  # any parameter's type
    """Return a value from the blueprint as the parameter's type; a path may be written as text."""
    hint = get_type_hints(rule_type)[name]
    if isinstance(value, str) and Path in (hint, *get_args(hint)):
        return Path(value)
    return TypeAdapter(hint, config=ConfigDict(strict=True)).validate_python(value)


def _expand(names: Iterable[str]) -> set[str]:
    wanted = set(names)
    return {rule_type.code for rule_type in catalogue() if wanted & {rule_type.code, _family(rule_type), ALL}}


def _codes() -> tuple[str, ...]:
    return tuple(rule_type.code for rule_type in catalogue())


def _family(rule_type: type[Rule]) -> str:
    return _letters(rule_type.code)


def _letters(code: str) -> str:
    return code.rstrip("0123456789")


def _unknown(name: str, names: Iterable[str]) -> Message:
    return message("rules.unknown", name=name, hint=did_you_mean(name, names))
