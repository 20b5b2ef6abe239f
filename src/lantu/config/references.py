"""Names in a blueprint that must stand for something: departments, standards, layers, columns, units."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lantu.config.mistake import Mistake, did_you_mean, did_you_mean_or_list, dotted
from lantu.config.shape import shown
from lantu.messages import Message, message

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lantu.config.draft import Draft
    from lantu.config.positions import KeyPath

TOWN_STANDARD = "admin.area"


def reference_mistakes(draft: Draft) -> Iterator[Mistake]:
    """Yield a mistake for each name that stands for nothing."""
    if not draft.names("layers") and not draft.lost:
        yield Mistake(
            path=("layers",), what=message("config.no_layers"), help=message("config.help.add_layer")
        )
    yield from _town_layer_mistakes(draft)
    for department in draft.keys("departments"):
        for path, standard in draft.texts("departments", department, "owes"):
            yield from _standard_mistakes(draft, path, standard)
    for layer in draft.keys("layers"):
        yield from _layer_mistakes(draft, layer)
    for key in draft.keys("authority"):
        yield from _authority_mistakes(draft, key)
    for path, name in draft.texts("report", "formats"):
        if name not in (*draft.vocabulary.formats, *draft.vocabulary.broken):
            what = message("config.not_in_list", key=dotted(path), found=shown(name))
            yield Mistake(path=path, what=what, help=did_you_mean_or_list(name, draft.vocabulary.formats))


def _town_layer_mistakes(draft: Draft) -> Iterator[Mistake]:
    path = ("blueprint", "town_layer")
    name = draft.text(*path)
    if name is None:
        return
    if name not in draft.names("layers"):
        yield _unknown("layer", path, name, draft.names("layers"))
        return
    standard = draft.text("layers", name, "standard")
    if standard in draft.vocabulary.standards and standard != TOWN_STANDARD:
        what = message("config.town_layer_standard", key=dotted(path), name=name, standard=standard)
        yield Mistake(path=path, what=what)


def _layer_mistakes(draft: Draft, layer: str) -> Iterator[Mistake]:
    department = draft.text("layers", layer, "department")
    if department is not None:
        yield from _department_mistakes(draft, ("layers", layer, "department"), department)
    standard = draft.text("layers", layer, "standard")
    if standard is None:
        return
    yield from _standard_mistakes(draft, ("layers", layer, "standard"), standard)
    if standard not in draft.vocabulary.standards:
        return
    for table in ("fields", "units", "levels"):
        for column in draft.keys("layers", layer, table):
            yield from _column_mistakes(draft, ("layers", layer, table, column), standard)


def _column_mistakes(draft: Draft, path: KeyPath, standard: str) -> Iterator[Mistake]:
    """Yield what is wrong with one entry of ``fields``, ``units`` or ``levels``."""
    *_, table, column = path
    columns = draft.vocabulary.standards[standard]
    if table == "levels":  # a level may stand for a column that the layer happens not to have
        columns = {name: () for known in draft.vocabulary.standards.values() for name in known}
    if column not in columns:
        names = message("config.help.all_columns", standard=standard, names=", ".join(columns))
        what = message("config.unknown_column", standard=standard, name=column, key=dotted(path[:-1]))
        yield Mistake(path=path, what=what, help=did_you_mean(str(column), columns) or names)
        return
    unit = draft.text(*path)
    if table != "units" or unit is None:
        return
    units = columns[str(column)]
    if not units:
        yield Mistake(path=path, what=message("config.unitless", key=dotted(path)))
    elif unit not in units:
        yield _unknown("unit", path, unit, units)


def _authority_mistakes(draft: Draft, key: str) -> Iterator[Mistake]:
    path = ("authority", key)
    if not isinstance(draft.value(*path), dict) and key.rpartition(".")[0] not in draft.vocabulary.broken:
        standard, _, column = key.rpartition(".")
        known = [f"{one}.{name}" for one, columns in draft.vocabulary.standards.items() for name in columns]
        if column not in draft.vocabulary.standards.get(standard, ()):
            what = message("config.unknown_authority", key=key)
            yield Mistake(path=path, what=what, help=did_you_mean(key, known))
    for place, department in draft.texts(*path):
        yield from _department_mistakes(draft, place, department)


def _department_mistakes(draft: Draft, path: KeyPath, name: str) -> Iterator[Mistake]:
    known = draft.names("departments")
    if name not in known:
        what = message("config.unknown_department", key=dotted(path), name=name)
        bare = name.isascii() and name.replace("-", "").replace("_", "").isalnum()
        written = name if bare else f'"{name}"'
        help_ = did_you_mean(name, known) or message("config.help.add_department", name=written)
        yield Mistake(path=path, what=what, help=help_)


def _standard_mistakes(draft: Draft, path: KeyPath, name: str) -> Iterator[Mistake]:
    if name not in (*draft.vocabulary.standards, *draft.vocabulary.broken):
        yield _unknown("standard", path, name, draft.vocabulary.standards)


def _unknown(kind: str, path: KeyPath, name: str, known: Iterable[str]) -> Mistake:
    what: Message = message(f"config.unknown_{kind}", key=dotted(path), name=name)
    return Mistake(path=path, what=what, help=did_you_mean_or_list(name, known))
