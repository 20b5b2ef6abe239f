"""What a dossier says, in words: values with their units, what is shared, where it comes from, and JSON."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING, Any

from lantu.messages import Message, say
from lantu.model import highest
from lantu.standards import column_label, standard, standard_label, value_label

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from lantu.engine.dossier import Dossier
    from lantu.messages import Language
    from lantu.model.level import Level

UNITS = {"m2": "m²", "ratio": "", "kv": "kV"}
"""Units as people write them, where their name is not already that."""

FIRST = ("use_class", "kind", "medium", "grade", "name", "road_class")
"""Columns that say what an object is: they come first."""


def document_level(dossier: Dossier) -> Level:
    """Return the level of the dossier: the blueprint's, or a layer's or finding's where that is higher."""
    facts = dossier.facts
    seen = sorted(set(dossier.findings["level"].dropna()))
    return highest([facts.level, *(layer.level for layer in facts.layers), *seen], facts.levels)


def department_name(dossier: Dossier, key: str) -> str:
    """Return a department's name for people."""
    entry = dossier.facts.departments.get(key)
    return entry.name if entry is not None else key


def said_values(
    standard_name: str, values: Mapping[str, Any], raw: Mapping[str, str], language: Language
) -> list[str]:
    """Return each value with its column and unit, and beside it what was delivered where that differs."""
    names = sorted(values, key=lambda name: FIRST.index(name) if name in FIRST else len(FIRST))
    return [_said_value(standard_name, name, values[name], raw.get(name), language) for name in names]


def _said_value(standard_name: str, name: str, value: Any, raw: str | None, language: Language) -> str:  # noqa: ANN401  # a cell
    unit = standard(standard_name).column(name).unit
    if isinstance(value, float | int):
        shown = f"{value:,.10g} {UNITS.get(unit.name, unit.name) if unit else ''}".strip()
    elif isinstance(value, dt.date):
        shown = value.isoformat()[:10]
    else:
        shown = value_label(f"{standard_name}.{name}", str(value), language)
    if raw is not None and raw != str(value) and not _equal(raw, value):
        shown = say("dossier.text.raw", language, value=shown, raw=raw)
    return f"{column_label(name, language)} {shown}"


def _equal(raw: str, value: object) -> bool:
    try:
        return isinstance(value, float | int) and math.isclose(float(raw), value)
    except ValueError:
        return False


def said_shared(row: Mapping[str, Any], language: Language) -> str:
    """Return the area or length that an object shares with the parcel, else how it belongs to it."""
    how = say(f"dossier.how.{row['how']}", language)
    if math.isfinite(row["area_m2"]):
        return f"{row['area_m2']:,.2f} m²" + (f" · {how}" if row["how"] != "ground" else "")
    return f"{row['length_m']:,.2f} m" if math.isfinite(row["length_m"]) else how


def said_share(row: Mapping[str, Any]) -> str:
    """Return the share of the parcel's area; nothing for lines and points."""
    return f"{row['share']:.1%}" if math.isfinite(row["share"]) else ""


def said_source(row: Mapping[str, Any], language: Language) -> str:
    """Return the file, record, date and accuracy that an object comes with."""
    issued = row["issued"]
    return say(
        "dossier.text.whence",
        language,
        file=row["source"],
        record=row["record"],
        issued=issued.isoformat() if isinstance(issued, dt.date) else say("dossier.text.unknown", language),
        accuracy_m=row["accuracy_m"],
    )


def said_reason(row: Mapping[str, Any], language: Language) -> list[str]:
    """Return why a layer or department gives no answer, and what has to be said beside it, each once."""
    said = [one for one in (row["reason"], *row.get("notes", ())) if isinstance(one, Message)]
    return list(dict.fromkeys(one.text(language) for one in said))


def layer_name(row: Mapping[str, Any], language: Language) -> str:
    """Return a layer with its standard; the standard alone where no layer was delivered."""
    label = standard_label(row["standard"], language)
    return f"{row['layer']} · {label}" if isinstance(row["layer"], str) else label


def dossier_record(dossier: Dossier, *, language: Language) -> dict[str, Any]:
    """Return a dossier as plain values for JSON; sentences in ``language``, NaN as None."""
    subject = dossier.subject
    return {
        "parcel": {
            "layer": subject.layer.name,
            "id": subject.id,
            "standard": subject.layer.standard,
            "department": subject.layer.department,
            "area_m2": subject.area_m2,
            "values": _plain(dossier.values, language),
        },
        "blueprint": dossier.facts.name,
        "as_of": dossier.facts.as_of.isoformat(),
        "crs": dossier.facts.working_crs,
        "level": document_level(dossier),
        "departments": _rows(dossier.departments, language),
        "layers": _rows(dossier.layers, language),
        "objects": _rows(dossier.objects.drop(columns="geometry"), language),
        "findings": _rows(dossier.findings.drop(columns="geometry"), language),
        "causes": _rows(dossier.causes, language),
        "not_checked": _rows(dossier.not_checked, language),
    }


def _rows(table: pd.DataFrame, language: Language) -> list[Any]:
    return [_plain(row, language) for row in table.to_dict("records")]


def _plain(value: Any, language: Language) -> Any:  # noqa: ANN401  # a cell of any type
    if isinstance(value, Message):
        return value.text(language)
    if isinstance(value, dict):
        return {str(name): _plain(entry, language) for name, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(entry, language) for entry in value]
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, dt.date):
        return value.isoformat()[:10]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)
