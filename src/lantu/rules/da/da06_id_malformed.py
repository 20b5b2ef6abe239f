"""DA06: an id breaks the coding that its layer follows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from lantu.messages import Message, message
from lantu.model import Severity  # noqa: TC001  # dataclass fields are read at run time
from lantu.rules.base import ANY, LayerRule
from lantu.rules.coded_ids import common_prefix, districts, followed, id_texts, prefixes
from lantu.rules.recalled import check_against, lowered
from lantu.rules.verdict import verdict
from lantu.rules.wording import listed_texts
from lantu.standards.admin_code import DISTRICT_DIGITS, Coding

if TYPE_CHECKING:
    from lantu.model import BlueprintFacts, BoolArray, Layer
    from lantu.rules.verdict import Verdict

ADMIN_AREA = "admin.area"
CODED_STANDARDS = ("land.parcel", ADMIN_AREA)
"""Where a national coding is due: ids that follow none may all be broken, which has to be said."""
COLUMNS = ("row", "part", "problem", "cause", "coding", "source", "recalled")


@dataclass(frozen=True, kw_only=True)
class IdMalformed(LayerRule):
    """An id breaks the national coding that the ids of its layer follow.

    *What it finds*

    In a layer of which at least min_share of the ids are parcel codes (宗地代码, 19 characters), unit codes
    (不动产单元号, 28) or codes of administrative areas (6, 9 or 12 digits): an id of another length, with a
    part that the coding does not allow, or with a district code that is neither of the blueprint's
    administrative areas nor, where there are none, shared by min_prefix_share of the layer.

    *Why it matters*

    Every department joins by the code. One wrong character and the parcel has no owner, no plan and no
    tax.

    *Basis*

    admin_codes.csv: structure of the codes by GB/T 37346-2019, GB/T 2260 and the statistical codes. None of
    them has a check digit.

    *Example*

    Parcel 37030600100GB00012 has 18 characters: a digit of the cadastral sub-district is missing.

    *How to resolve*

    Compare with the register and correct the code at the source; then look for the same land under its
    right code in other layers (BD02, BD03).

    *Trap*

    An enclave rightly has the code of its own district. Districts that were merged or renamed have old
    codes for years: all of one old prefix are one cause.
    """

    code: ClassVar[str] = "DA06"
    name: ClassVar[str] = "id-malformed"
    subjects: ClassVar[tuple[str, ...]] = ANY
    severity: Severity = "minor"
    min_share: float = 0.5
    min_prefix_share: float = 0.95

    def concerns(self, layer: Layer) -> bool:
        """Say whether a national coding is due or followed; of a refused layer that is not known."""
        due = layer.standard in CODED_STANDARDS or layer.refusal is not None
        return due or bool(followed(layer, min_share=self.min_share))

    def does_not_fit(self, layer: Layer) -> Message | None:
        """Return that the ids of a layer follow no national coding, if so."""
        if followed(layer, min_share=self.min_share):
            return None
        return message("rules.DA06.no_coding", layer=layer.name)

    def judge(self, layer: Layer, facts: BlueprintFacts) -> Verdict:
        """Return one finding per id, with the first thing that is wrong in it."""
        areas = [one for one in facts.layers if one.standard == ADMIN_AREA and one.refusal is None]
        known = districts(
            (one for one in areas if one is not layer),
            min_share=self.min_share,
            min_prefix_share=self.min_prefix_share,
        )
        tables = [
            self._malformed(layer, mask, coding, known)
            for mask, coding in followed(layer, min_share=self.min_share)
        ]
        found = pd.concat([pd.DataFrame(columns=COLUMNS), *tables]).sort_values("row", kind="stable")
        rows, recalled = found["row"].to_numpy(np.int64), found["recalled"].to_numpy(np.bool_)
        return verdict(
            rows,
            severity=lowered(self.severity, recalled),
            field="id",
            value_a=layer.ids[rows],
            raw_a=layer.raw("id", rows),
            part=found["part"].to_numpy(dtype=object),
            cause=found["cause"].to_numpy(dtype=object),
            shape=layer.geometry[rows],
            facts={
                "problem": found["problem"].to_numpy(dtype=object),
                "coding": found["coding"].to_numpy(dtype=object),
                "check": check_against(found["source"].to_numpy(dtype=object), recalled),
            },
        )

    def _malformed(
        self, layer: Layer, mask: BoolArray, coding: Coding, known: frozenset[str]
    ) -> pd.DataFrame:
        """Return the ids among ``mask`` that break ``coding``, in the columns of ``COLUMNS``."""
        texts = id_texts(layer)[mask]
        if not known:
            heads = prefixes(layer, mask, coding)
            common = common_prefix(heads, min_prefix_share=self.min_prefix_share)
            known = frozenset({common} if common else set())
        said = message(f"rules.DA06.coding.{coding.name}")
        entries = [
            (row, *wrong, said)
            for row, text in texts[~_keeps(texts, coding, known)].items()
            for wrong in [_first_wrong(text, coding, known)]
        ]
        names = ("row", "part", "problem", "cause", "source", "recalled", "coding")
        return pd.DataFrame(entries, columns=names)


def _keeps(texts: pd.Series, coding: Coding, known: frozenset[str]) -> BoolArray:
    """Return which ids keep the coding and are of a known district, if any is known."""
    whole = texts.str.fullmatch(coding.pattern).to_numpy(dtype=np.bool_)
    if known:
        whole = whole & texts.str[:DISTRICT_DIGITS].isin(known).to_numpy(dtype=np.bool_)
    return np.asarray(whole, dtype=np.bool_)


def _first_wrong(
    text: str, coding: Coding, known: frozenset[str]
) -> tuple[str, Message, str | None, str, bool]:
    """Return what is wrong first: part, sentence, cause, and source and standing of the rule it breaks."""
    source = coding.parts[0].source
    if len(text) != coding.length:
        problem = message("rules.DA06.length", expected=coding.length, found=len(text))
        return "length", problem, f"{coding.length} / {len(text)}", source, coding.recalled
    for part in coding.parts:
        piece = text[part.start : part.end]
        if re.fullmatch(part.pattern, piece):
            continue
        name = message(f"rules.DA06.part.{part.name}")
        problem = message("rules.DA06.piece", part=name, first=part.start + 1, last=part.end, piece=piece)
        return part.name, problem, None, part.source, part.recalled
    head = text[:DISTRICT_DIGITS]
    problem = message("rules.DA06.prefix", piece=head, expected=listed_texts(sorted(known)))
    return "prefix", problem, head, source, False
