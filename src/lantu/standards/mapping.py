"""Which source field holds which canonical column, and what is wrong with what the blueprint says of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lantu.errors import StandardError
from lantu.messages import Message, message
from lantu.standards.codelist import code_list
from lantu.standards.mistakes import StandardMistakes
from lantu.standards.schema import Standard, standard
from lantu.standards.suggestion import did_you_mean
from lantu.standards.unit import unit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lantu.model import LayerSpec


def spec_mistakes(spec: LayerSpec) -> tuple[Message, ...]:
    """Return what a blueprint says wrongly of a layer, as far as it shows before the data are read.

    The standard, the canonical names in ``fields`` and ``units``, the units, and the code list.
    """
    try:
        wanted = standard(spec.standard)
    except StandardError as error:
        return (error.message,)
    mistakes = [
        message("standards.column.unknown", standard=wanted.name, name=name, hint=hint)
        for name in dict.fromkeys((*spec.fields, *spec.units))
        if name not in wanted.columns
        for hint in [did_you_mean(name, wanted.columns)]
    ]
    mistakes += _unit_mistakes(spec, wanted)
    if spec.codelist is not None:
        try:
            code_list(spec.codelist)
        except StandardMistakes as error:
            mistakes += [error.message, *error.mistakes]
        except StandardError as error:
            mistakes.append(error.message)
    return tuple(mistakes)


def match_fields(spec: LayerSpec, *, wanted: Standard, present: Sequence[str]) -> Mapping[str, str]:
    """Return canonical column to source field, in the order of the standard.

    A column is matched by the blueprint's ``fields``, or by a source field of its own name in any case.

    Raises
    ------
    StandardMistakes
        The blueprint names fields that the source has not, or columns or units that do not exist; all
        are listed.
    """
    mistakes = list(spec_mistakes(spec))
    mistakes += [
        message(
            "standards.field.absent",
            layer=spec.name,
            column=column,
            field=field,
            present=", ".join(present),
            hint=did_you_mean(field, present),
        )
        for column, field in spec.fields.items()
        if field not in present
    ]
    if mistakes:
        raise StandardMistakes(
            message("standards.field.mistakes", layer=spec.name, count=len(mistakes)), tuple(mistakes)
        )
    by_name: dict[str, str] = {}
    for field in present:
        by_name.setdefault(field.casefold(), field)
    exact = {column: column if column in present else by_name.get(column) for column in wanted.columns}
    matched = {column: spec.fields.get(column, exact[column]) for column in wanted.columns}
    return {column: field for column, field in matched.items() if field is not None}


def _unit_mistakes(spec: LayerSpec, wanted: Standard) -> list[Message]:
    mistakes = []
    for name, spelled in spec.units.items():
        column = wanted.columns.get(name)
        if column is None:
            continue
        if column.unit is None:
            mistakes.append(message("standards.unit.none", standard=wanted.name, column=name))
            continue
        try:
            unit(spelled, dimension=column.unit.dimension)
        except StandardError as error:
            mistakes.append(error.message)
    return mistakes
