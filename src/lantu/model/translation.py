"""What a run says in the language that is not its own: for the report's page, which shows either."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from lantu.model.stored_findings import StoredFindings

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

TRANSLATION_COLUMNS = ("id", "part", "text")
"""``id`` is a finding's or a cause's, ``part`` the column of it that ``text`` says, as message."""


def empty_translations() -> pd.DataFrame:
    """Return a table of translations without any."""
    return pd.DataFrame(columns=list(TRANSLATION_COLUMNS), dtype=object)


def translations_from(table: pd.DataFrame, key: str, parts: Sequence[str]) -> pd.DataFrame:
    """Return what the columns ``parts`` of a table say, by the id in ``key``; nothing said is no row."""
    said = [
        pd.DataFrame({"id": table[key], "part": part, "text": table[part]}, dtype=object)[
            (table[part].notna() & (table[part] != "")).to_numpy()
        ]
        for part in parts
    ]
    return joined_translations(*said)


def with_translations(findings: Any, others: pd.DataFrame) -> pd.DataFrame:  # noqa: ANN401  # a table, or stored
    """Return ``others``, with what stored findings say in the other language before them."""
    if not isinstance(findings, StoredFindings):
        return others
    told = [part.to_pandas().astype(object) for part in findings.translations()]
    return joined_translations(*told, others)


def joined_translations(*tables: pd.DataFrame) -> pd.DataFrame:
    """Return several tables of translations as one."""
    full = [table[list(TRANSLATION_COLUMNS)] for table in tables if len(table)]
    return pd.concat(full, ignore_index=True).astype(object) if full else empty_translations()


def translations_about(translations: pd.DataFrame, ids: Iterable[str]) -> pd.DataFrame:
    """Return the translations of these findings and causes."""
    return translations[translations["id"].isin(list(ids))].reset_index(drop=True)


def translated(translations: pd.DataFrame, part: str) -> pd.Series[Any]:
    """Return the translations of one part by id; an id has one at most."""
    chosen = translations[translations["part"] == part].drop_duplicates("id")
    return chosen.set_index("id")["text"]
