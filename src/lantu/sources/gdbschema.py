"""What a file geodatabase says of its fields beyond their names: aliases, domains and subtypes.

GDAL's Python readers hand on none of them, but the geodatabase keeps all as XML in its own table of contents
(elements as in Esri's "XML Schema of the Geodatabase").
"""

from __future__ import annotations

import xml.etree.ElementTree as ET  # a definition that declares entities is skipped
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyogrio.raw

from lantu.messages import Message, message
from lantu.sources.gdal import quiet

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

LABEL_SUFFIX = "_label"
"""Beside a coded column stands one of this suffix with the words that its domain has for the codes."""

_CONTENTS = "SELECT Name, Definition FROM GDB_Items"
_MOST_SHOWN = 3


@dataclass(frozen=True, kw_only=True)
class FieldNames:
    """Aliases by field; words for codes, and lowest and highest value, of fields with such a domain.

    A subtype, named by the code that a row has in ``subtype_field``, may give a field other domains.
    """

    aliases: Mapping[str, str] = field(default_factory=dict)
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    limits: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    subtype_field: str | None = None
    subtypes: Mapping[str, FieldNames] = field(default_factory=dict)

    @property
    def coded(self) -> tuple[str, ...]:
        """Return the fields that have words for their codes, in all rows or in those of a subtype."""
        return tuple(dict.fromkeys(name for own in (self, *self.subtypes.values()) for name in own.codes))


def field_names_of(path: Path, layer: str) -> FieldNames:
    """Read what is said of the fields of one layer; nothing where the contents cannot be read."""
    try:
        with quiet():
            columns = pyogrio.raw.read(path, sql=_CONTENTS, read_geometry=False)[3]
    except Exception:  # noqa: BLE001  # names are an addition: without them the layer is still read
        return FieldNames()
    return field_names_in(columns[1], layer)


def field_names_in(texts: Iterable[object], layer: str) -> FieldNames:
    """Return what the definitions of a geodatabase, each an XML text, say of the fields of one layer."""
    definitions = [found for text in texts for found in _parsed(text)]
    domains = {_text(found, "DomainName"): found for found in definitions}
    own = [found for found in definitions if _text(found, "Name") == layer and _text(found, "DatasetType")]
    fields = [entry for found in own for entry in found.iter() if _is(entry, "GPFieldInfoEx")]
    aliases = {_text(entry, "Name"): _text(entry, "AliasName") for entry in fields}
    plain = _with_domains({_text(entry, "Name"): _text(entry, "DomainName") for entry in fields}, domains)
    entries = [entry for found in own for entry in found.iter() if _is(entry, "Subtype")]
    subtype_field = next((text for found in own if (text := _text(found, "SubtypeFieldName"))), None)
    words = {_key(_text(entry, "SubtypeCode")): _text(entry, "SubtypeName") for entry in entries}
    return replace(
        plain,
        aliases={name: alias for name, alias in aliases.items() if alias and alias != name},
        codes={**plain.codes, subtype_field: words} if subtype_field and words else plain.codes,
        subtype_field=subtype_field if words else None,
        subtypes={_key(_text(entry, "SubtypeCode")): _of_subtype(entry, domains) for entry in entries},
    )


def with_labels(attributes: pd.DataFrame, names: FieldNames) -> pd.DataFrame:
    """Return the attributes with a column of words beside each coded one; a code that has none gets None."""
    columns: dict[str, pd.Series] = {}
    for name in attributes.columns:
        columns[name] = attributes[name]
        label = f"{name}{LABEL_SUFFIX}"
        if name in names.coded and label not in attributes.columns:
            words = np.full(len(attributes), None, dtype=object)
            for rows, own in _by_subtype(attributes, names, name):
                codes = own.codes.get(name, {})
                here = attributes.loc[rows, name]
                words[rows.to_numpy()] = [None if pd.isna(code) else codes.get(_key(code)) for code in here]
            columns[label] = pd.Series(words, index=attributes.index, dtype=object)
    return pd.DataFrame(columns, index=attributes.index)


def outside(attributes: pd.DataFrame, names: FieldNames) -> Iterator[Message]:
    """Yield a note for each field that has values outside its own domain; they are kept as they are."""
    for name in attributes.columns:
        strange: list[object] = []
        for rows, own in _by_subtype(attributes, names, name):
            values = attributes.loc[rows, name].dropna()
            if name in own.codes:
                strange += [value for value in values if _key(value) not in own.codes[name]]
            elif name in own.limits and pd.api.types.is_numeric_dtype(values.dtype):
                low, high = own.limits[name]
                strange += values[~values.between(low, high)].tolist()
        if strange:
            shown = "、".join(sorted({_key(value)[:20] for value in strange})[:_MOST_SHOWN])
            yield message("sources.gdb_outside", field=name, count=len(strange), values=shown)


def _by_subtype(
    attributes: pd.DataFrame, names: FieldNames, name: str
) -> Iterator[tuple[pd.Series, FieldNames]]:
    """Yield the rows for which a field has one domain, as a mask, and what says so."""
    rest = pd.Series(True, index=attributes.index)  # noqa: FBT003  # the value of a mask
    if names.subtype_field in attributes.columns:
        keys = attributes[names.subtype_field].map(_key, na_action="ignore")
        for code, own in names.subtypes.items():
            if name in own.codes or name in own.limits:
                rows = keys == code
                yield rows, own
                rest &= ~rows
    yield rest, names


def _of_subtype(entry: ET.Element, domains: Mapping[str, ET.Element]) -> FieldNames:
    infos = [info for info in entry.iter() if _is(info, "SubtypeFieldInfo")]
    return _with_domains({_text(info, "FieldName"): _text(info, "DomainName") for info in infos}, domains)


def _with_domains(named: Mapping[str, str], domains: Mapping[str, ET.Element]) -> FieldNames:
    """Return codes and limits of fields, each of which names its domain, or none."""
    found = {name: domains[domain] for name, domain in named.items() if domain and domain in domains}
    codes = {name: _codes(domain) for name, domain in found.items() if _is(domain, "GPCodedValueDomain2")}
    limits = {name: _limits(domain) for name, domain in found.items() if _is(domain, "GPRangeDomain2")}
    return FieldNames(
        codes={name: words for name, words in codes.items() if words},
        limits={name: both for name, both in limits.items() if both is not None},
    )


def _parsed(text: object) -> Iterator[ET.Element]:
    if isinstance(text, str) and text and "<!ENTITY" not in text:
        try:
            yield ET.fromstring(text)  # noqa: S314  # see the import
        except ET.ParseError:
            return


def _codes(domain: ET.Element) -> dict[str, str]:
    entries = (entry for entry in domain.iter() if _is(entry, "CodedValue"))
    return {_key(_text(entry, "Code")): _text(entry, "Name") for entry in entries}


def _limits(domain: ET.Element) -> tuple[float, float] | None:
    """Return the ends of a range of numbers; None where they are dates or damaged."""
    try:
        return float(_text(domain, "MinValue")), float(_text(domain, "MaxValue"))
    except ValueError:
        return None


def _key(code: object) -> str:
    """Return a code as text that is the same whether it is stored as 1, 1.0 or '1'."""
    if isinstance(code, float) and code.is_integer():
        return str(int(code))
    return str(code).strip()


def _is(element: ET.Element, name: str) -> bool:
    return element.tag.rpartition("}")[2] == name


def _text(element: ET.Element, name: str) -> str:
    found = next((child for child in element if _is(child, name)), None)
    return "" if found is None else (found.text or "").strip()
