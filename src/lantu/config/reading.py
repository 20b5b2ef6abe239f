"""Read a blueprint file, or say everything that is wrong in it at once."""

from __future__ import annotations

import datetime as dt
import os
from itertools import chain
from typing import TYPE_CHECKING, Any

from lantu.config.blueprint_file import ALL, BlueprintFile, RuleSettings
from lantu.config.coordinate_systems import crs_mistakes
from lantu.config.draft import Draft
from lantu.config.files import located, source_mistakes
from lantu.config.levels import level_mistakes
from lantu.config.own_rules import own_rules
from lantu.config.references import reference_mistakes
from lantu.config.rule_names import OWN_KEYS, is_file_parameter, rule_mistakes
from lantu.config.shape import shape_mistakes
from lantu.config.syntax import Parsed, parse
from lantu.config.vocabulary import Vocabulary, family_of, shipped_vocabulary
from lantu.errors import BlueprintError
from lantu.messages import message

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from lantu.config.mistake import Mistake
    from lantu.config.models import BlueprintTables

DEFAULT_NAME = "blueprint.toml"


def read_blueprint(
    path: Path,
    *,
    today: dt.date | None = None,
    vocabulary: Vocabulary | None = None,
    environment: Mapping[str, str] | None = None,
) -> BlueprintFile:
    """Read a blueprint file; a folder stands for the ``blueprint.toml`` in it.

    ``today`` stands in where the file gives no ``as_of``. ``vocabulary`` are the names that may be used,
    by default those of the installed standards and rules; ``environment`` holds what ``${NAME}`` stands
    for, by default the process's own variables.

    Raises
    ------
    BlueprintError
        There is no such file, or it has mistakes: all of them, in the order of their lines.
    """
    file = path / DEFAULT_NAME if path.is_dir() else path
    parsed = parse(_content(file))
    draft = Draft(
        data=parsed.data,
        folder=file.absolute().parent,
        vocabulary=vocabulary or shipped_vocabulary(),
        environment=os.environ if environment is None else environment,
        lost=parsed.lost,
    )
    tables, mistakes = _checked(parsed, draft)
    if tables is None or mistakes:
        raise _error(file, parsed, mistakes)
    return BlueprintFile(
        path=file,
        folder=draft.folder,
        name=tables.blueprint.name or draft.folder.name,
        as_of=tables.blueprint.as_of or today or dt.datetime.now(tz=dt.UTC).astimezone().date(),
        tables=tables,
        rules=_rule_settings(tables, draft),
        own=own_rules(tables, draft.folder),
        codelists=draft.vocabulary.codelists,
        environment=draft.environment,
    )


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except FileNotFoundError as error:
        raise BlueprintError(message("config.no_file", path=file)) from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise BlueprintError(message("config.unreadable_file", path=file, reason=reason)) from error


def _checked(parsed: Parsed, draft: Draft) -> tuple[BlueprintTables | None, list[Mistake]]:
    """Return the tables (None where their shape is wrong) and all mistakes."""
    tables, found = shape_mistakes(parsed.data)
    said = [mistake for mistake in found if not _is_said_better(mistake, draft)]
    checks = (reference_mistakes, level_mistakes, source_mistakes, crs_mistakes, rule_mistakes)
    return tables, [*parsed.mistakes, *said, *chain.from_iterable(check(draft) for check in checks)]


def _is_said_better(mistake: Mistake, draft: Draft) -> bool:
    """Say whether a mistake of shape comes from broken syntax, or is named by the check of rules."""
    if mistake.what.key == "config.missing_key":
        return draft.is_lost(mistake.path)
    path = mistake.path
    return len(path) == 2 and path[0] == "rules" and path[1] not in OWN_KEYS  # noqa: PLR2004  # [rules.NAME]


def _error(file: Path, parsed: Parsed, mistakes: list[Mistake]) -> BlueprintError:
    """Return the error that lists all mistakes, each place once, in the order of their lines."""
    ordered = sorted(mistakes, key=lambda mistake: mistake.line_in(parsed.lines))
    located_once = {
        place.text("en"): place for place in (mistake.located(str(file), parsed.lines) for mistake in ordered)
    }
    messages = tuple(located_once.values())
    key = "config.one_mistake" if len(messages) == 1 else "config.mistakes"
    return BlueprintError(message(key, count=len(messages)), messages)


def _rule_settings(tables: BlueprintTables, draft: Draft) -> RuleSettings:
    """Return what concerns the shipped rules: their selection without a planner's own, their parameters."""
    vocabulary = draft.vocabulary
    broken = vocabulary.broken
    shipped = {ALL, *vocabulary.families, *vocabulary.rules, *broken, *map(family_of, broken)}
    parameters = {
        code: {name: _parameter(draft, code, name, value) for name, value in given.items()}
        for code, given in (tables.rules.__pydantic_extra__ or {}).items()
        if code in vocabulary.rules
    }
    return RuleSettings(
        select=tuple(name for name in tables.rules.select if name in shipped),
        ignore=tuple(name for name in tables.rules.ignore if name in shipped),
        parameters=parameters,
    )


def _parameter(draft: Draft, code: str, name: str, value: Any) -> Any:  # noqa: ANN401  # from TOML
    """Return a parameter's value: a file as its absolute path, a list as a tuple."""
    if is_file_parameter(name, draft.vocabulary.rules[code][name]):
        return str(located(draft.folder, value))
    return tuple(value) if isinstance(value, list) else value
