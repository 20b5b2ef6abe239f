"""The rules that a blueprint selects, tunes and adds: that they exist, and that their parameters fit."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from lantu.config.blueprint_file import ALL
from lantu.config.files import file_mistakes
from lantu.config.mistake import Mistake, did_you_mean, did_you_mean_or_list, dotted
from lantu.config.own_rules import condition_mistakes
from lantu.config.shape import value_mistake
from lantu.config.vocabulary import family_of
from lantu.messages import message

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lantu.config.draft import Draft
    from lantu.config.positions import KeyPath

OWN_KEYS = ("select", "ignore")
"""Keys of ``[rules]`` that are no rule's table."""


def rule_mistakes(draft: Draft) -> Iterator[Mistake]:
    """Yield a mistake for each rule, parameter or subject that does not exist or does not fit."""
    own = [draft.text("rule", number, "code") for number in _own_rules(draft)]
    codes = [*draft.vocabulary.rules, *(code for code in own if code)]
    for key in OWN_KEYS:
        later = draft.vocabulary.planned if key == "ignore" else ()
        for path, name in draft.texts("rules", key):
            if name not in later and name not in (
                ALL,
                *draft.vocabulary.families,
                *codes,
                *map(family_of, codes),
                *draft.vocabulary.broken,
                *map(family_of, draft.vocabulary.broken),
            ):
                known = (*draft.vocabulary.families, *codes, ALL)
                what = message("config.unknown_selection", key=dotted(path[:-1]), name=name)
                yield Mistake(path=path, what=what, help=did_you_mean(name, known))
    for name in draft.keys("rules"):
        if name not in OWN_KEYS:
            yield from _tuning_mistakes(draft, name)
    for number in _own_rules(draft):
        yield from _own_rule_mistakes(draft, number, own[:number])
        yield from condition_mistakes(draft, number)


def is_file_parameter(name: str, annotation: Any) -> bool:  # noqa: ANN401  # a type or a union of types
    """Say whether a parameter of a rule names a file."""
    return name == "matrix" or Path in (annotation, *get_args(annotation))


def _tuning_mistakes(draft: Draft, name: str) -> Iterator[Mistake]:
    """Yield what is wrong with one table ``[rules.CODE]``."""
    path = ("rules", name)
    if not isinstance(draft.value(*path), dict):
        where = message("config.where.table", table="rules")
        help_ = did_you_mean(name, (*OWN_KEYS, *draft.vocabulary.rules))
        yield Mistake(path=path, what=message("config.unknown_key", where=where, key=name), help=help_)
        return
    if name in draft.vocabulary.broken:
        return  # what a broken plug-in's rule could be tuned with is not known
    if name not in draft.vocabulary.rules:
        what = message("config.unknown_rule", name=name)
        own = name in (draft.text("rule", number, "code") for number in _own_rules(draft))
        theirs = message("config.help.own_parameters", name=name) if own else None
        yield Mistake(path=path, what=what, help=theirs or did_you_mean(name, draft.vocabulary.rules))
        return
    known = draft.vocabulary.rules[name]
    for parameter in draft.keys(*path):
        place = (*path, parameter)
        if parameter not in known:
            what = message("config.unknown_parameter", rule=name, name=parameter)
            yield Mistake(path=place, what=what, help=did_you_mean_or_list(parameter, known))
        else:
            yield from _parameter_mistakes(draft, place, known[parameter])


def _parameter_mistakes(draft: Draft, path: KeyPath, annotation: Any) -> Iterator[Mistake]:  # noqa: ANN401  # a type
    """Yield what is wrong with one parameter: its type, its range, its file."""
    value, name = draft.value(*path), str(path[-1])
    if is_file_parameter(name, annotation):
        found = value_mistake(str, value, path)
        yield from [found] if found else file_mistakes(draft, path)
        return
    found = value_mistake(annotation, value, path)
    if found is not None:
        yield found
        return
    highest = 1.0 if name.endswith("share") else math.inf
    if isinstance(value, int | float) and not isinstance(value, bool) and not 0 <= value <= highest:
        kind, limit = ("below", 0) if value < 0 else ("above", 1)
        yield Mistake(path=path, what=message(f"config.{kind}", key=dotted(path), limit=limit, found=value))


def _own_rule_mistakes(draft: Draft, number: int, before: list[str | None]) -> Iterator[Mistake]:
    """Yield what is wrong with the names in one ``[[rule]]``."""
    code = draft.text("rule", number, "code")
    if code is not None and (code in draft.vocabulary.rules or code in before):
        yield Mistake(path=("rule", number, "code"), what=message("config.rule_taken", code=code))
    places: list[KeyPath] = [("rule", number, "subject")]
    places += [("rule", number, "relation", kind) for kind in ("overlaps", "near", "same")]
    known = (*draft.vocabulary.standards, *draft.names("layers"))
    for path in places:
        name = draft.text(*path)
        if name is not None and name not in known:
            what = message("config.unknown_subject", key=dotted(path), name=name)
            yield Mistake(path=path, what=what, help=did_you_mean(name, known))


def _own_rules(draft: Draft) -> range:
    rules = draft.value("rule")
    return range(len(rules) if isinstance(rules, list) else 0)
