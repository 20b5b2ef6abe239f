"""Land-use codes and classes of a layer: one canonical class for each code, or an honest none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lantu.messages import Message, listed, message
from lantu.model import ProblemKind
from lantu.standards.codelist import CodeList, code_list
from lantu.standards.distinct import distinct, is_none, is_word
from lantu.standards.enumeration import no_words, use_classes
from lantu.standards.label import Word

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from lantu.model import BoolArray, ObjectArray
    from lantu.standards.problems import ProblemNotes


SEVERAL = 2


def read_land_use(
    use_code: pd.Series | None,
    use_class: pd.Series | None,
    *,
    count: int,
    codelist: str | Path | None,
    notes: ProblemNotes,
    of_words: bool,
) -> dict[str, ObjectArray]:
    """Return the columns ``use_code`` and ``use_class``, shape (count,), and note what has no class.

    A delivered ``use_class`` goes before the class of the code. Without a code list, codes that are
    themselves canonical class words or their names are accepted; where most in the layer are not
    (``of_words`` is False, see `WordCount`), they are codes of a list that nobody named, and none is noted.
    """
    own = no_words(count)
    if use_class is not None:
        own, unknown = use_classes().read(use_class.to_numpy(dtype=object))
        raw = use_class.to_numpy(dtype=object)
        _note(notes, ProblemKind.CODE_UNKNOWN, unknown, column="use_class", raw=raw)
    if use_code is None:
        return {"use_code": no_words(count), "use_class": own}
    values = use_code.to_numpy(dtype=object)
    settled: BoolArray = ~is_none(own)
    if codelist is not None:
        columns = _by_list(values, code_list(codelist), settled=settled, notes=notes)
    else:
        classes, unknown = _by_word(values, settled=settled)
        kinds = distinct(values)
        columns = kinds.spread(kinds.texts), classes
        if of_words:
            _note(notes, ProblemKind.CODE_UNKNOWN, unknown, column="use_code", raw=values)
    return {"use_code": columns[0], "use_class": np.where(settled, own, columns[1])}


def _by_list(
    values: ObjectArray, codes: CodeList, *, settled: BoolArray, notes: ProblemNotes
) -> tuple[ObjectArray, ObjectArray]:
    """Return codes and classes by a code list; note unknown and ambiguous codes that are not settled."""
    reading = codes.read(values)
    kinds = distinct(values)
    unknown = is_word(reading.status, "unknown") & ~settled
    ambiguous = is_word(reading.status, "ambiguous") & ~settled
    details = kinds.spread([_hint(codes, text) for text in kinds.texts])
    _note(notes, ProblemKind.CODE_UNKNOWN, unknown, column="use_code", raw=values, detail=details)
    _note(notes, ProblemKind.CODE_AMBIGUOUS, ambiguous, column="use_code", raw=values, detail=details)
    return reading.codes, reading.classes


def _by_word(values: ObjectArray, *, settled: BoolArray) -> tuple[ObjectArray, BoolArray]:
    """Return classes by the canonical words alone, and which values are no such word."""
    classes, unknown = use_classes().read(values)
    return classes, unknown & ~settled


@dataclass
class WordCount:
    """How many codes of a layer without a code list are our own words, and how many are not.

    A word or two that happen to be ours (``water``) do not make a list of another country ours.
    """

    known: int = 0
    unknown: int = 0

    def add(self, use_code: pd.Series, use_class: pd.Series | None) -> None:
        """Count some features."""
        settled = np.zeros(len(use_code), dtype=np.bool_)
        if use_class is not None:
            settled = ~is_none(use_classes().read(use_class.to_numpy(dtype=object))[0])
        classes, unknown = _by_word(use_code.to_numpy(dtype=object), settled=settled)
        self.known += int((~is_none(classes)).sum())
        self.unknown += int(unknown.sum())

    @property
    def of_words(self) -> bool:
        """Say whether the codes are words of ours."""
        return self.unknown <= self.known


def _hint(codes: CodeList, text: str) -> Message | None:
    """Return what to say of a code: the classes it may mean, or the code above it; None where nothing."""
    found = codes.find(text)
    if found:
        classes = list(dict.fromkeys(name for code in found for name in code.classes))
        key = ("no_class", "class_in_part")[len(classes)] if len(classes) < SEVERAL else "several_classes"
        names = listed([Word("use_class", {"word": name}) for name in classes])
        return message(f"standards.detail.{key}", names=names)
    parent = codes.parent(text)
    if parent is None:
        return None
    return message(
        "standards.detail.parent_code",
        code=parent.code,
        zh=parent.name_zh,
        en=parent.name_en or parent.name_zh,
    )


def _note(
    notes: ProblemNotes,
    kind: ProblemKind,
    which: BoolArray,
    *,
    column: str,
    raw: ObjectArray,
    detail: ObjectArray | None = None,
) -> None:
    rows = np.flatnonzero(which)
    texts = np.array([str(value) for value in raw[rows]], dtype=object)
    notes.rows(kind, rows, column=column, raw=texts, detail=None if detail is None else detail[rows])
