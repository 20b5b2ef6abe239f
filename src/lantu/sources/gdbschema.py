"""What a file geodatabase says of its fields beyond their names: aliases and coded-value domains.

GDAL's Python readers hand on neither, but the geodatabase keeps both as XML in its own table of contents.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET  # a definition that declares entities is skipped
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd
import pyogrio.raw

from lantu.sources.gdal import quiet

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

LABEL_SUFFIX = "_label"
"""Beside a coded column stands one of this suffix with the words that its domain has for the codes."""

_CONTENTS = "SELECT Name, Definition FROM GDB_Items"


@dataclass(frozen=True, kw_only=True)
class FieldNames:
    """Aliases by field, and the words for the codes of a field that has a domain of codes."""

    aliases: Mapping[str, str] = field(default_factory=dict)
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def field_names_of(path: Path, layer: str) -> FieldNames:
    """Read the aliases and domains of one layer; none where the table of contents cannot be read."""
    try:
        with quiet():
            columns = pyogrio.raw.read(path, sql=_CONTENTS, read_geometry=False)[3]
    except Exception:  # noqa: BLE001  # names are an addition: without them the layer is still read
        return FieldNames()
    definitions = [found for text in columns[1] for found in _parsed(text)]
    domains = {
        _text(found, "DomainName"): _codes(found)
        for found in definitions
        if _is(found, "GPCodedValueDomain2")
    }
    own = (found for found in definitions if _text(found, "Name") == layer and _text(found, "DatasetType"))
    fields = [entry for found in own for entry in found.iter() if _is(entry, "GPFieldInfoEx")]
    aliases = {_text(entry, "Name"): _text(entry, "AliasName") for entry in fields}
    coded = {_text(entry, "Name"): domains.get(_text(entry, "DomainName"), {}) for entry in fields}
    return FieldNames(
        aliases={name: alias for name, alias in aliases.items() if alias and alias != name},
        codes={name: codes for name, codes in coded.items() if codes},
    )


def with_labels(attributes: pd.DataFrame, names: FieldNames) -> pd.DataFrame:
    """Return the attributes with a column of words beside each coded one; a code that has none gets None."""
    columns: dict[str, pd.Series] = {}
    for name in attributes.columns:
        columns[name] = attributes[name]
        codes = names.codes.get(name)
        label = f"{name}{LABEL_SUFFIX}"
        if codes and label not in attributes.columns:
            words = [None if pd.isna(code) else codes.get(_key(code)) for code in attributes[name]]
            columns[label] = pd.Series(words, dtype=object)
    return pd.DataFrame(columns, index=attributes.index)


def _parsed(text: object) -> Iterator[ET.Element]:
    if isinstance(text, str) and text and "<!ENTITY" not in text:
        try:
            yield ET.fromstring(text)  # noqa: S314  # see the import
        except ET.ParseError:
            return


def _codes(domain: ET.Element) -> dict[str, str]:
    entries = (entry for entry in domain.iter() if _is(entry, "CodedValue"))
    return {_key(_text(entry, "Code")): _text(entry, "Name") for entry in entries}


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
