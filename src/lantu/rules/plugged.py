"""Rules that other packages bring: found, tried one by one, and named where they cannot be used."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from functools import partial
from types import ModuleType
from typing import TYPE_CHECKING, Any, get_type_hints

from lantu.errors import PluginError
from lantu.messages import message
from lantu.plugins import Plugged, Skipped, attempt, entries, sorted_out
from lantu.rules.base import Rule
from lantu.rules.explanation import missing_texts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.metadata import EntryPoint

KINDS = ("PairRule", "LayerRule", "BlueprintRule")
"""What a rule may be, as messages name it."""

RULE_CODE = re.compile(r"[A-Z]{2,}\d{2,}")

_CODE_OF_MODULE = re.compile(r"([a-z]{2,}\d{2,})_")

Tried = type[Rule] | Skipped


def plugged_rules(taken: frozenset[str]) -> Plugged[type[Rule]]:
    """Return the rules of plug-ins; ``taken`` are the codes of the catalogue, shipped or planned.

    An entry point names a rule, a module of rules, or a package of such modules. One rule or module that
    cannot be used costs none of the others.
    """
    codes = set(taken)
    tried: list[Tried] = []
    for entry in entries("lantu.rules"):
        for given in _given(entry):
            made = given
            if not isinstance(given, Skipped):
                made = attempt(entry, partial(_accepted, given, codes), part=_part(entry, given, codes))
            if not isinstance(made, Skipped):
                codes.add(made.code)
            tried.append(made)
    return sorted_out(tried)


def rules_in(module: ModuleType) -> list[type[Rule]]:
    """Return the rules that a module defines itself, in its order."""
    return [
        member
        for member in vars(module).values()
        if isinstance(member, type)
        and issubclass(member, Rule)
        and member.__module__ == module.__name__
        and not inspect.isabstract(member)
    ]


def _given(entry: EntryPoint) -> Iterator[Tried]:
    """Yield the rules that an entry point names, and the modules of its package that do not load."""
    loaded: Any = attempt(entry, entry.load)
    if not isinstance(loaded, ModuleType):
        yield loaded  # a rule, or why there is none; anything else is told when it is tried
        return
    empty = True
    for tried in _modules(entry, loaded):
        for found in (tried,) if isinstance(tried, Skipped) else rules_in(tried):
            empty = False
            yield found
    if empty:
        yield attempt(entry, partial(_no_rules, loaded.__name__))


def _modules(entry: EntryPoint, module: ModuleType) -> Iterator[ModuleType | Skipped]:
    """Yield a module and, where it is a package, all modules below it."""
    yield module
    for below in sorted(pkgutil.iter_modules(getattr(module, "__path__", ())), key=lambda info: info.name):
        code = _CODE_OF_MODULE.match(below.name)
        part = code[1].upper() if code else f"{module.__name__}.{below.name}"
        loaded = attempt(
            entry, partial(importlib.import_module, f"{module.__name__}.{below.name}"), part=part
        )
        if isinstance(loaded, Skipped):
            yield loaded
        else:
            yield from _modules(entry, loaded)


def _part(entry: EntryPoint, given: Any, codes: set[str]) -> str:  # noqa: ANN401  # whatever was named
    """Return a rule's code, unless that is another rule's: then where the rule stands."""
    code = str(getattr(given, "code", entry.name))
    return f"{given.__module__}.{given.__name__}" if code in codes and isinstance(given, type) else code


def _accepted(given: Any, codes: set[str]) -> type[Rule]:  # noqa: ANN401  # whatever an entry point names
    """Return a rule that can be built, tuned and explained.

    Raises
    ------
    PluginError
        It is no rule, its code does not fit or is taken, or a text is missing.
    """
    if not (isinstance(given, type) and issubclass(given, Rule)) or inspect.isabstract(given):
        found = getattr(given, "__name__", type(given).__name__)
        raise PluginError(message("plugins.wrong_kind", expected=" | ".join(KINDS), found=found))
    code = str(getattr(given, "code", ""))
    if not RULE_CODE.fullmatch(code):
        raise PluginError(message("plugins.rule_code", code=code))
    if code in codes:
        raise PluginError(message("plugins.taken", name=code))
    own = vars(given).get("__dataclass_params__")
    if own is None or not own.frozen:
        raise PluginError(message("plugins.rule_form", name=given.__name__))
    missing = missing_texts(given)
    if missing:
        raise PluginError(message("plugins.rule_texts", names=", ".join(missing)))
    get_type_hints(given)  # a blueprint's parameters are read by them
    given()  # every parameter has a default
    return given


def _no_rules(name: str) -> type[Rule]:
    raise PluginError(message("plugins.no_rules", name=name))
