"""What can only be said of all features of a layer: ids, fields that are blank throughout, what codes are."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from lantu.messages import message
from lantu.model import ProblemKind
from lantu.standards.distinct import distinct
from lantu.standards.identity import unique_ids
from lantu.standards.land_use import WordCount
from lantu.standards.mapping import match_fields
from lantu.standards.problems import ProblemNotes
from lantu.standards.schema import standard

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lantu.model import IntArray, LayerSpec, ObjectArray, ProblemLog, RawTable


@dataclass(frozen=True, kw_only=True)
class Whole:
    """Of all features of a layer: which field fills which column, the ids, and the problems with both.

    ``of_words`` says whether land-use codes without a code list are words of ours.
    """

    matched: Mapping[str, str]
    ids: ObjectArray
    record: IntArray
    of_words: bool
    problems: ProblemLog


@dataclass(kw_only=True)
class WholeSeen:
    """Goes through a layer, all at once or table by table, and keeps what ``Whole`` needs.

    Raises
    ------
    StandardError
        The blueprint names a standard, column or field that does not exist.
    """

    spec: LayerSpec
    _matched: Mapping[str, str] = field(default_factory=dict)
    _ids: list[ObjectArray] = field(default_factory=list)
    _record: list[IntArray] = field(default_factory=list)
    _words: WordCount = field(default_factory=WordCount)

    def add(self, raw: RawTable) -> None:
        """Look at some features."""
        present = [str(name) for name in raw.attributes.columns]
        self._matched = match_fields(self.spec, wanted=standard(self.spec.standard), present=present)
        columns = {name: raw.attributes[source] for name, source in self._matched.items()}
        if "id" in columns:
            self._ids.append(np.array(columns["id"], dtype=object))  # a view would keep all texts
        self._record.append(np.asarray(raw.record, dtype=np.int64))
        if self.spec.codelist is None and "use_code" in columns:
            self._words.add(columns["use_code"], columns.get("use_class"))

    def whole(self) -> Whole:
        """Return what was seen of all features."""
        record = np.concatenate(self._record)
        notes = ProblemNotes(record=record)
        delivered = np.concatenate(self._ids) if self._ids else None
        matched = self._matched
        if delivered is not None and "id" not in self.spec.fields and distinct(delivered).empty.all():
            # nobody asked for it, and it has no value: GeoJSON and TopoJSON readers make such a field up
            delivered, matched = None, {name: source for name, source in matched.items() if name != "id"}
        for name in standard(self.spec.standard).required:
            if name not in matched:
                detail = message("standards.detail.no_source_column")
                notes.layer(ProblemKind.COLUMN_MISSING, column=name, detail=detail)
        ids = unique_ids(delivered, record=record, notes=notes)
        if not self._words.of_words:
            detail = message("standards.detail.no_code_list")
            notes.layer(ProblemKind.COLUMN_MISSING, column="use_class", detail=detail)
        return Whole(
            matched=matched, ids=ids, record=record, of_words=self._words.of_words, problems=notes.log()
        )
