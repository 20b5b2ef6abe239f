"""Plain names: what is left of a name when only its spelling is taken away."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

import numpy as np

from lantu.standards.distinct import distinct

if TYPE_CHECKING:
    from lantu.model import ObjectArray

NO_LETTER_OR_DIGIT = re.compile(r"[\W_]+")
"""White space and punctuation, Chinese and Western; characters, letters and digits stay."""


def plain_names(names: ObjectArray) -> ObjectArray:
    """Return names without width, case, spaces and punctuation, shape (n,); empty where there is none."""
    kinds = distinct(names)
    spread = kinds.spread([_plain(text) for text in kinds.texts])
    return np.where(kinds.empty, "", spread).astype(object)


def _plain(name: str) -> str:
    return NO_LETTER_OR_DIGIT.sub("", unicodedata.normalize("NFKC", name).casefold())
