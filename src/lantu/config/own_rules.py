"""A planner's own rules: what is wrong in their conditions and tables, and the rules that they come to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from lantu.config.files import file_mistakes, located
from lantu.config.mistake import Mistake, did_you_mean_or_list, dotted
from lantu.messages import message
from lantu.relations import Alone, Near, Overlaps, Same
from lantu.rules.base import LAYER
from lantu.rules.own import KINDS, OwnRule, Scope, read_condition, read_requirements
from lantu.standards import standard_names

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lantu.config.draft import Draft
    from lantu.config.models import BlueprintTables, CustomRelation, CustomRule
    from lantu.config.positions import KeyPath
    from lantu.relations import Relation
    from lantu.rules.own import Complaint, Condition, Kind, RequirementTable

NONE: Literal["none"] = "none"


def condition_mistakes(draft: Draft, number: int) -> Iterator[Mistake]:
    """Yield what is wrong with the condition and the table of one ``[[rule]]``."""
    scope = _scope_of_draft(draft, number)
    path: KeyPath = ("rule", number, "when")
    text = draft.text(*path)
    if text is not None:
        _, complaints = read_condition(text, scope)
        yield from (_mistake(path, complaint) for complaint in complaints)
    if isinstance(draft.value("rule", number, "required"), dict):
        yield from _required_mistakes(draft, ("rule", number), scope)


def own_rules(tables: BlueprintTables, folder: Path) -> tuple[OwnRule, ...]:
    """Return the rules of a blueprint without mistakes, in file order."""
    return tuple(_own_rule(rule, tables, folder) for rule in tables.rule)


def _mistake(path: KeyPath, complaint: Complaint) -> Mistake:
    what = message("config.in_condition", key=dotted(path), what=complaint.what)
    return Mistake(path=path, what=what, help=complaint.help)


def _required_mistakes(draft: Draft, rule: KeyPath, scope: Scope | None) -> Iterator[Mistake]:
    """Yield what is wrong with a table of required distances: its file, its keys, its rows, its reach."""
    path: KeyPath = (*rule, "required")
    if scope is not None and scope.kind != "near":
        yield Mistake(path=path, what=message("config.required_near", key=dotted(path)))
        return
    place: KeyPath = (*path, "table")
    missing = list(file_mistakes(draft, place))
    yield from missing
    keys = list(draft.texts(*path, "keys"))
    unknown = [] if scope is None else [(at, name) for at, name in keys if scope.column(name) is None]
    for at, name in unknown:
        known = [one for one in scope.names if scope.column(one) is not None] if scope is not None else []
        what = message("config.required_key", key=dotted(at[:-1]), name=name)
        yield Mistake(path=at, what=what, help=did_you_mean_or_list(name, known))
    text = draft.text(*place)
    if scope is None or text is None or missing or unknown or not keys:
        return
    names = [name for _, name in keys]
    table, complaints = read_requirements(located(draft.folder, text), keys=names, scope=scope, shown=text)
    yield from (_mistake(place, complaint) for complaint in complaints)
    within: KeyPath = (*rule, "relation", "within_m")
    within_m = draft.value(*within)
    if table is not None and isinstance(within_m, int | float) and within_m < table.most_m:
        said = {"within_m": within_m, "most_m": table.most_m, "path": text}
        yield Mistake(path=within, what=message("config.required_reach", key=dotted(within), **said))


def _scope_of_draft(draft: Draft, number: int) -> Scope | None:
    """Return what the condition of a rule may name; None where subject or relation stand for nothing."""
    relation = draft.value("rule", number, "relation")
    given = relation if isinstance(relation, dict) else {}
    kinds = [kind for kind in KINDS if kind in given]
    subject = _standard_of(draft, draft.value("rule", number, "subject"))
    if subject is None or len(kinds) > 1 or not isinstance(relation, dict | str | None):
        return None
    if not kinds or kinds == [NONE]:
        return Scope(kind="none", subject=subject)
    other = _standard_of(draft, given[kinds[0]])
    return None if other is None else Scope(kind=kinds[0], subject=subject, other=other)


def _standard_of(draft: Draft, name: Any) -> str | None:  # noqa: ANN401  # from TOML
    """Return the standard that a name stands for: its own, or that of the layer which bears it."""
    if name in standard_names():
        return str(name)
    found = draft.text("layers", name, "standard") if isinstance(name, str) else None
    return found if found in standard_names() else None


def _own_rule(rule: CustomRule, tables: BlueprintTables, folder: Path) -> OwnRule:
    kind, other = _kind_and_other(rule.relation)
    scope = Scope(
        kind=kind,
        subject=_standard_in(tables, rule.subject),
        other=_standard_in(tables, other) if other else None,
    )
    condition = read_condition(rule.when, scope)[0] if rule.when is not None else None
    table = _table(rule, scope, folder)
    return OwnRule(
        code=rule.code,
        name=rule.name,
        title=rule.title,
        basis=rule.basis,
        severity=rule.severity,
        subjects=_taken(rule.subject),
        against=_taken(other) if other else (),
        reveals=_revealed(condition, table),
        scope=scope,
        meets=_relation(rule.relation),
        condition=condition,
        table=table,
        parameters=rule.model_dump(exclude={"code", "name", "title", "basis"}, exclude_none=True),
    )


def _kind_and_other(given: CustomRelation) -> tuple[Kind, str | None]:
    for kind in KINDS:
        if kind != NONE and getattr(given, kind) is not None:
            return kind, getattr(given, kind)
    return NONE, None


def _table(rule: CustomRule, scope: Scope, folder: Path) -> RequirementTable | None:
    if rule.required is None:
        return None
    shown = rule.required.table
    return read_requirements(located(folder, shown), keys=rule.required.keys, scope=scope, shown=shown)[0]


def _revealed(condition: Condition | None, table: RequirementTable | None) -> tuple[str, ...]:
    """Return the columns that a finding lets one see."""
    names = (*(condition.names if condition else ()), *(table.keys if table else ()))
    return tuple(sorted({name.partition(".")[2] for name in names} - {""}))


def _standard_in(tables: BlueprintTables, name: str) -> str:
    return name if name in standard_names() else tables.layers[name].standard


def _taken(name: str) -> tuple[str, ...]:
    return (name,) if name in standard_names() else (f"{LAYER}{name}",)


def _relation(given: CustomRelation) -> Relation:
    """Return the relation with its thresholds."""
    if given.overlaps is not None:
        return Overlaps(
            min_area_m2=given.min_area_m2 or 0.0,
            min_length_m=given.min_length_m or 0.0,
            min_share=given.min_share or 0.0,
        )
    if given.near is not None:
        return Near(within_m=given.within_m or 0.0)
    return Alone() if given.same is None else Same(key=given.key or "id")
