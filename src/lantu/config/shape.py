"""From the complaints of the models to sentences a planner can act on."""

from __future__ import annotations

import datetime as dt
import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, get_args

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from lantu.config.mistake import Mistake, did_you_mean_or_list, dotted
from lantu.config.models import BlueprintTables
from lantu.messages import Message, message

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from pydantic_core import ErrorDetails

    from lantu.config.positions import KeyPath

LONGEST_SHOWN = 40

_TYPES = {
    "string_type": "text",
    "float_type": "number",
    "int_type": "integer",
    "int_from_float": "integer",
    "finite_number": "number",
    "bool_type": "boolean",
    "date_type": "date",
    "date_from_datetime_inexact": "date",
    "tuple_type": "list",
    "list_type": "list",
    "dict_type": "table",
    "model_type": "table",
    "model_attributes_type": "table",
}
_LIMITS = {
    "greater_than": ("too_small", "gt"),
    "greater_than_equal": ("below", "ge"),
    "less_than_equal": ("above", "le"),
}
_CUSTOM = frozenset(
    {
        "duration",
        "encoding",
        "rule_code",
        "one_transform",
        "one_relation",
        "relation_pair",
        "relation_threshold",
    }
)
_CUSTOM_HELP = {"duration": message("config.help.duration")}


def shape_mistakes(data: Mapping[str, Any]) -> tuple[BlueprintTables | None, list[Mistake]]:
    """Return the tables, or None together with everything that is wrong in their keys, types and words."""
    try:
        return BlueprintTables.model_validate(data), []
    except ValidationError as error:
        return None, [_mistake(details) for details in error.errors(include_url=False)]


def value_mistake(annotation: Any, value: Any, path: KeyPath) -> Mistake | None:  # noqa: ANN401  # from TOML
    """Return what is wrong with a value that should be of a type, None where it is of that type."""
    given = tuple(value) if isinstance(value, list) else value
    try:
        TypeAdapter(annotation, config=ConfigDict(strict=True, allow_inf_nan=False)).validate_python(given)
    except ValidationError as error:
        details = error.errors(include_url=False)[0]
        inside = tuple(key for key in details["loc"] if isinstance(key, int))
        details["loc"] = (*path, *inside)
        return _mistake(details)
    return None


def shown(value: Any) -> Message:  # noqa: ANN401  # whatever TOML can hold
    """Name a value of the file together with its type; long text is cut."""
    if isinstance(value, bool):
        return message("config.found.boolean", value=str(value).lower())
    if isinstance(value, int | float):
        return message("config.found.number", value=value)
    if isinstance(value, str):
        cut = value if len(value) <= LONGEST_SHOWN else f"{value[:LONGEST_SHOWN]}…"
        return message("config.found.text", value=cut)
    if isinstance(value, dt.datetime | dt.time):
        return message("config.found.time", value=value.isoformat())
    if isinstance(value, dt.date):
        return message("config.found.date", value=value.isoformat())
    return message("config.found.list" if isinstance(value, list) else "config.found.table")


def _mistake(details: ErrorDetails) -> Mistake:
    """Put one complaint into words."""
    path, kind = details["loc"], details["type"]
    if kind in _CUSTOM:
        what = message(
            f"config.{kind}", key=dotted(path), found=shown(details["input"]), **details.get("ctx", {})
        )
        return Mistake(path=path, what=what, help=_CUSTOM_HELP.get(kind))
    if kind in _TYPES:
        return _type_mistake(path, _TYPES[kind], details["input"])
    if kind in _SPEAKERS:
        return _SPEAKERS[kind](details)
    return Mistake(path=path, what=message("config.other", key=dotted(path), detail=details["msg"]))


def _unknown_key(details: ErrorDetails) -> Mistake:
    path = details["loc"]
    return _key_mistake("unknown_key", path, did_you_mean_or_list(str(path[-1]), keys_at(path[:-1])))


def _missing_key(details: ErrorDetails) -> Mistake:
    return _key_mistake("missing_key", details["loc"], None)


def _key_mistake(kind: str, path: KeyPath, help_: Message | None) -> Mistake:
    """Say that a table has a key too many or too few."""
    table = dotted(path[:-1])
    where = message("config.where.table", table=table) if table else message("config.where.file")
    return Mistake(path=path, what=message(f"config.{kind}", where=where, key=path[-1]), help=help_)


def _wrong_word(details: ErrorDetails) -> Mistake:
    """Say that a value is none of the words it may be."""
    path, value = details["loc"], details["input"]
    words = re.findall(r"'([^']*)'", str(details["ctx"]["expected"]))
    if isinstance(value, str):
        what = message("config.not_in_list", key=dotted(path), found=shown(value))
        return Mistake(path=path, what=what, help=did_you_mean_or_list(value, words))
    expected = message("config.expected.one_of", names=", ".join(words) or "true")
    what = message("config.wrong_type", key=dotted(path), expected=expected, found=shown(value))
    return Mistake(path=path, what=what)


def _beyond_limit(details: ErrorDetails) -> Mistake:
    kind, limit = _LIMITS[details["type"]]
    path, given = details["loc"], f"{details['ctx'][limit]:g}"
    what = message(f"config.{kind}", key=dotted(path), limit=given, found=details["input"])
    return Mistake(path=path, what=what)


def _wrong_length(details: ErrorDetails) -> Mistake:
    path, context = details["loc"], details["ctx"]
    expected = context.get("min_length", context.get("max_length"))
    found = len(details["input"])
    return Mistake(
        path=path, what=message("config.wrong_length", key=dotted(path), expected=expected, found=found)
    )


def _empty(details: ErrorDetails) -> Mistake:
    return Mistake(path=details["loc"], what=message("config.empty", key=dotted(details["loc"])))


_SPEAKERS: Mapping[str, Callable[[ErrorDetails], Mistake]] = MappingProxyType(
    {
        "extra_forbidden": _unknown_key,
        "missing": _missing_key,
        "literal_error": _wrong_word,
        "too_short": _wrong_length,
        "too_long": _wrong_length,
        "string_pattern_mismatch": _empty,
        **dict.fromkeys(_LIMITS, _beyond_limit),
    }
)


def _type_mistake(path: KeyPath, expected: str, value: Any) -> Mistake:  # noqa: ANN401  # from TOML
    """Say that a value is of the wrong type, and how to write it where that is plain."""
    what = message(
        "config.wrong_type",
        key=dotted(path),
        expected=message("config.expected.tables", table=path[0])
        if path == ("rule",)
        else message(f"config.expected.{expected}"),
        found=shown(value),
    )
    return Mistake(path=path, what=what, help=_type_help(path, expected, value))


def _type_help(path: KeyPath, expected: str, value: Any) -> Message | None:  # noqa: ANN401  # from TOML
    key = path[-1] if path else ""
    if path[:1] == ("authority",) and isinstance(value, dict):
        return message("config.help.quoted_authority", key=".".join([str(key), *_first_keys(value)]))
    if expected == "list" and isinstance(value, str):
        return message("config.help.in_list", key=key, value=f'"{value}"')
    if expected == "date":
        given = value.date().isoformat() if isinstance(value, dt.datetime) else str(value)
        written = re.fullmatch(r"\d{4}-\d{2}-\d{2}", given)
        return message(f"config.help.{'unquoted_date' if written else 'date'}", key=key, value=given)
    if expected in {"number", "integer"} and isinstance(value, str) and re.fullmatch(r"-?\d+(\.\d+)?", value):
        return message("config.help.unquoted_number", key=key, value=value)
    return None


def _first_keys(table: Mapping[str, Any]) -> Iterable[str]:
    """Yield the first key of a table, of the table in it, and so on down."""
    for key, inner in table.items():
        yield key
        if isinstance(inner, dict):
            yield from _first_keys(inner)
        return


def keys_at(path: KeyPath) -> tuple[str, ...]:
    """Return the keys that the table at ``path`` may have; none where keys are free or nothing is known."""
    annotation: Any = BlueprintTables
    for key in path:
        models = _models_in(annotation)
        if models and key in models[0].model_fields:
            annotation = models[0].model_fields[str(key)].annotation
        elif models:
            return ()
        else:
            annotation = (
                get_args(annotation)[0 if isinstance(key, int) else -1] if get_args(annotation) else None
            )
    models = _models_in(annotation)
    return tuple(models[0].model_fields) if models else ()


def _models_in(annotation: Any) -> list[type[BaseModel]]:  # noqa: ANN401  # a type or an optional type
    """Return the model that an annotation is, or is optionally."""
    candidates = (annotation, *(arg for arg in get_args(annotation) if type(None) in get_args(annotation)))
    return [found for found in candidates if isinstance(found, type) and issubclass(found, BaseModel)]
