"""One task: a meeting's relation on one tile of subjects, judged by all rules that share it."""

from __future__ import annotations

import traceback
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from lantu.messages import Message, message
from lantu.relations import (
    Alongside,
    Coverage,
    Displaced,
    LeftOut,
    Uncovered,
    alongside,
    candidates,
    displaced,
    gaps,
    kept,
    measured,
    uncovered,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lantu.engine.meetings import Meeting
    from lantu.model import BoolArray, IntArray, Layer, ObjectArray
    from lantu.relations import Pairs
    from lantu.relations.pairs import Shapes
    from lantu.rules.base import PairRule
    from lantu.rules.verdict import Verdict

LIBRARIES = frozenset({"numpy", "pandas", "shapely", "geopandas", "pyproj"})


@dataclass(frozen=True)
class Choice:
    """Which features of both sides one rule is about."""

    a: BoolArray
    others: tuple[tuple[Layer, BoolArray], ...]  # the layers as the rule sees them, derived ones too
    beside: tuple[Layer, ...] = ()  # what it looks at besides


@dataclass(frozen=True, kw_only=True)
class Tally:
    """What one rule did with one tile, as ``Outcome`` counts it; tallies of one meeting add up exactly."""

    candidates: int = 0
    measured: int = 0
    judged: int = 0
    geometries: int = 0
    by_geos: int = 0
    left: LeftOut = field(default_factory=LeftOut)


@dataclass
class CountedShapes:
    """Hands on the geometries of pairs, and counts them, each once: a rule asks for those of its findings."""

    shapes: Shapes
    asked: BoolArray

    @classmethod
    def of(cls, pairs: Pairs) -> CountedShapes | None:
        """Return the geometries of these pairs, none asked for yet; None where they have none."""
        return None if pairs.shapes is None else cls(pairs.shapes, np.zeros(len(pairs), dtype=np.bool_))

    def __call__(self, chosen: IntArray) -> ObjectArray:
        """Return the geometry of each chosen pair."""
        self.asked[chosen] = True
        return self.shapes(chosen)

    @property
    def count(self) -> int:
        """Return of how many pairs it was asked for."""
        return int(self.asked.sum())


@dataclass(frozen=True)
class Asked:
    """Which pairs a rule wants, and how many of its own there were to choose from."""

    wanted: BoolArray
    among: int


@dataclass(frozen=True)
class Judged:
    """The verdict and the tally of one rule on one tile, or the crash that stopped it."""

    verdict: Verdict | None
    tally: Tally = field(default_factory=Tally)
    crash: Message | None = None


def judge_tile(meeting: Meeting, choices: Mapping[str, Choice], rows: IntArray) -> dict[str, Judged]:
    """Relate one tile of subjects and judge it by every rule of the meeting that has a choice.

    A rule that raises is caught and named; the others go on.
    """
    rules = [rule for rule in meeting.rules if rule.code in choices]
    try:
        pairs, wanted, asked, early = _measured(meeting, rules, choices, rows)
    except Exception as error:  # noqa: BLE001  # whatever fails, the run goes on and says what failed
        return {rule.code: Judged(None, crash=crash_message(error)) for rule in rules}
    results: dict[str, Judged] = {}
    for rule in rules:
        if rule.code not in wanted:
            results[rule.code] = Judged(None, crash=early[rule.code])
            continue
        try:
            known = replace(pairs, beside=choices[rule.code].beside)
            results[rule.code] = _judged(rule, known, wanted[rule.code], asked[rule.code])
        except Exception as error:  # noqa: BLE001  # a crash inside a rule is that rule's answer only
            results[rule.code] = Judged(None, crash=crash_message(error))
    return results


def judge_whole(meeting: Meeting, rule: PairRule, choice: Choice, rows: IntArray) -> dict[str, Judged]:
    """Judge the relations that look at a subject and all its neighbours at once."""
    try:
        pairs, left, by_geos = _measured_whole(meeting, rule, choice, rows)
        if isinstance(rule.relation, Displaced):
            tally = Tally(candidates=len(pairs), measured=len(pairs), judged=len(pairs))
            return {rule.code: Judged(rule.judge(pairs), tally)}
        subjects = int(choice.a[rows].sum())
        shapes = CountedShapes(pairs.shape, np.zeros(len(pairs), dtype=np.bool_))
        verdict = rule.judge(replace(pairs, shapes=shapes))
        tally = Tally(
            candidates=subjects,
            measured=subjects,
            judged=len(pairs) if isinstance(rule.relation, Alongside) else subjects,
            geometries=shapes.count,
            by_geos=by_geos,
            left=left,
        )
        return {rule.code: Judged(verdict, tally)}
    except Exception as error:  # noqa: BLE001  # as above
        return {rule.code: Judged(None, crash=crash_message(error))}


def _measured_whole(
    meeting: Meeting, rule: PairRule, choice: Choice, rows: IntArray
) -> tuple[Pairs, LeftOut, int]:
    """Return the pairs of a relation that measures its subjects itself, what it left out and left to GEOS."""
    relation, a, kernels = rule.relation, meeting.a, meeting.kernels
    if isinstance(relation, Uncovered):
        pairs, left, by_geos = uncovered(
            relation, a, rows_a=rows, chosen_a=choice.a, others=choice.others, kernels=kernels
        )
        return replace(pairs, others=tuple(layer for layer, _ in choice.others)), left, by_geos
    if isinstance(relation, Coverage):
        return *gaps(relation, a, chosen_a=choice.a, kernels=kernels), 0
    layer, mask = choice.others[0]
    if isinstance(relation, Alongside):
        pairs = alongside(relation, a, layer, rows_a=rows, chosen_a=choice.a, chosen_b=mask)
    else:
        assert isinstance(relation, Displaced)  # noqa: S101  # the only other kind
        pairs = displaced(relation, a, layer, chosen_a=choice.a, chosen_b=mask, kernels=kernels)
    return pairs, LeftOut(), 0


def _measured(
    meeting: Meeting, rules: list[PairRule], choices: Mapping[str, Choice], rows: IntArray
) -> tuple[Pairs, dict[str, BoolArray], dict[str, Asked], dict[str, Message]]:
    """Return the pairs that at least one rule wants, measured, with each rule's own share of them.

    What a rule wants is asked of the candidates, to measure no pair in vain; two lines that cross more than
    once are several measured pairs, and wanted as often.
    """
    other = choices[rules[0].code].others[0] if meeting.others else None
    chosen_b = np.logical_or.reduce([choices[rule.code].others[0][1] for rule in rules]) if other else None
    pairs = candidates(
        meeting.relation,
        meeting.a,
        other[0] if other else None,
        rows_a=rows,
        chosen_a=np.logical_or.reduce([choices[rule.code].a for rule in rules]),
        chosen_b=chosen_b,
        itself=meeting.itself,
    )
    asked, crashed = _asked(rules, choices, pairs)
    nothing = np.zeros(len(pairs), dtype=np.bool_)
    union = np.logical_or.reduce([nothing, *(share.wanted for share in asked.values())])
    chosen = pairs if union.all() else pairs.take(union)
    shared = measured(meeting.relation, chosen, kernels=meeting.kernels)
    place = _places(chosen, shared)
    wanted = {code: share.wanted[union][place] for code, share in asked.items()}
    return shared, wanted, asked, crashed


def _places(chosen: Pairs, measured: Pairs) -> IntArray:
    """Return the position of each measured pair among the pairs that were chosen, sorted as all pairs are."""
    if np.array_equal(chosen.rows_a, measured.rows_a) and np.array_equal(chosen.rows_b, measured.rows_b):
        return np.arange(len(chosen))
    width = int(chosen.rows_b.max(initial=0)) + 2  # row -1 stands for no object
    keys, own = (pairs.rows_a * width + pairs.rows_b + 1 for pairs in (chosen, measured))
    return np.searchsorted(keys, own)


def _asked(
    rules: list[PairRule], choices: Mapping[str, Choice], pairs: Pairs
) -> tuple[dict[str, Asked], dict[str, Message]]:
    """Return which pairs each rule wants, and the crashes of those that could not say."""
    wanted: dict[str, Asked] = {}
    crashed: dict[str, Message] = {}
    for rule in rules:
        try:
            wanted[rule.code] = _wanted(rule, choices[rule.code], pairs)
        except Exception as error:  # noqa: BLE001  # a crash inside a rule is that rule's answer only
            crashed[rule.code] = crash_message(error)
    return wanted, crashed


def _wanted(rule: PairRule, choice: Choice, pairs: Pairs) -> Asked:
    """Return which candidates a rule wants measured: its own features, contradicting by attributes."""
    mask = choice.a[pairs.rows_a]
    if choice.others:
        has_other = pairs.rows_b >= 0
        mask &= ~has_other | choice.others[0][1][np.where(has_other, pairs.rows_b, 0)]
    positions = np.flatnonzero(mask)
    known = replace(pairs, beside=choice.beside)
    mask[positions] = rule.wants(known if len(positions) == len(pairs) else known.take(positions))
    return Asked(mask, among=len(positions))


def _judged(rule: PairRule, pairs: Pairs, wanted: BoolArray, asked: Asked) -> Judged:
    own = pairs if wanted.all() else pairs.take(wanted)
    keep, left = kept(rule.relation, own)
    shapes = CountedShapes.of(own)
    verdict = rule.judge(replace(own, shapes=shapes).take(keep))
    tally = Tally(
        candidates=asked.among,
        measured=int(asked.wanted.sum()),
        judged=int(keep.sum()),
        geometries=shapes.count if shapes is not None else 0,
        by_geos=int(own["by_geos"].sum()) if "by_geos" in own.measures else 0,
        left=left,
    )
    return Judged(verdict, tally)


def crash_message(error: Exception) -> Message:
    """Name a crash by its kind and place; its text may hold data and is left out."""
    frames = list(traceback.extract_tb(error.__traceback__))
    # The last place outside the libraries says more than where numpy or pandas gave up.
    ours = [frame for frame in frames if not LIBRARIES & set(Path(frame.filename).parts)]
    frames = ours or frames
    place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "?"
    return message("engine.crashed", kind=type(error).__name__, place=place)
