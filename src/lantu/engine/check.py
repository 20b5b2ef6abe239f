"""The main job: plan, relate, judge, and gather what was found and what was not checked."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from lantu.engine import answers
from lantu.engine.choosing import choices_of, related
from lantu.engine.executors import Serial, Threads
from lantu.engine.gathering import Gathering, gathered
from lantu.engine.layer_rules import judge_deliveries
from lantu.engine.meetings import plan
from lantu.engine.progress import Silent
from lantu.engine.tasks import Ground, Planned, let_go
from lantu.engine.work import Work
from lantu.model import cores, give_memory_back, with_translations
from lantu.relations import Coverage, Kernels, kernels_for
from lantu.rules.base import PairRule

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import geopandas as gpd
    import pandas as pd

    from lantu.engine.executors import Executor
    from lantu.engine.progress import Progress
    from lantu.engine.records import Records
    from lantu.engine.tasks import Piece
    from lantu.model import BlueprintFacts, Layer, Outcome, StoredFindings
    from lantu.rules.base import Rule


@dataclass(frozen=True, kw_only=True)
class Checked:
    """Findings in the contract's order, causes, translations, and one outcome per rule and pair of layers.

    ``timings_s`` are the seconds of each stage, and under ``meetings`` those that the processors spent on
    each meeting of layers, by relation, layers and rules.
    """

    findings: gpd.GeoDataFrame | StoredFindings
    causes: pd.DataFrame
    translations: pd.DataFrame
    outcomes: tuple[Outcome, ...]
    timings_s: dict[str, Any]
    kernels: Kernels = field(default_factory=Kernels)


def check(  # noqa: PLR0913  # how the work is done is the caller's to say, and changes nothing
    rules: Sequence[Rule],
    facts: BlueprintFacts,
    *,
    jobs: int | None = None,
    tile_m: float | None = None,
    towns: Layer | None = None,
    progress: Progress | None = None,
    executor: Executor | None = None,
    records: Records | None = None,
    folder: Path | None = None,
    whole: bool = True,
) -> Checked:
    """Run ``rules`` over all layers of ``facts`` on ``jobs`` threads (all cores by default).

    ``tile_m`` is the side of the tiles of subjects in metres (automatic by default), ``executor`` who does
    the tasks instead of threads, ``records`` what was judged before and need not be judged again. Nothing of
    this changes a byte of the result. Findings are a table in memory, or where not ``whole``,
    ``StoredFindings``, in ``folder`` where there is one: then ``translations`` are those of causes alone.
    """
    watcher = progress or Silent()
    gathering = Gathering(facts)
    started = time.perf_counter()
    judge_deliveries(rules, gathering)
    let_go(layer for layer in facts.layers if layer.on_disk)  # ids as texts, what they bear: all are large
    delivered = time.perf_counter()
    ground = _ground([rule for rule in rules if isinstance(rule, PairRule)], gathering)
    give_memory_back()
    planned = time.perf_counter()
    spent_s = _judge_pairs(
        Work(
            ground=ground, executor=executor or _local(jobs), tile_m=tile_m, records=records, progress=watcher
        ),
        gathering,
    )
    judged = time.perf_counter()
    del ground  # what rules look at: a mask each of every layer
    let_go(facts.layers)
    give_memory_back()
    watcher.stage("gather", 1)
    by_code = {rule.code: rule for rule in rules}
    found, causes, translations = gathered(gathering, by_code, towns, folder)
    findings = found
    if whole:
        findings, translations = found.whole(), with_translations(found, translations)
    give_memory_back()
    timings = {
        "judge_deliveries": delivered - started,
        "plan": planned - delivered,
        "relate_and_judge": judged - planned,
        "gather": time.perf_counter() - judged,
        "meetings": spent_s,
    }
    ordered = tuple(sorted(gathering.outcomes, key=lambda o: (o.rule, o.layer_a or "", o.layer_b or "")))
    kernels = gathering.kernels
    return Checked(
        findings=findings, causes=causes, translations=translations, outcomes=ordered, timings_s=timings,
        kernels=kernels,
    )  # fmt: skip


def _local(jobs: int | None) -> Executor:
    workers = jobs or cores()
    return Threads(workers) if workers > 1 else Serial()


def _ground(rules: Sequence[PairRule], gathering: Gathering) -> Ground:
    """Plan all meetings and what each rule looks at; what cannot be checked is written down."""
    facts = gathering.facts
    meetings, unmet = plan(related(rules, gathering), facts.layers)
    needed = {kernel for meeting in meetings for kernel in meeting.relation.kernels}
    if any(meeting.itself for meeting in meetings):
        needed.update(Coverage.kernels)  # a coverage measures overlaps in itself where some are possible
    gathering.kernels = kernels_for(sum(len(layer) for layer in facts.layers), needed)
    meetings = [replace(meeting, kernels=gathering.kernels.serve) for meeting in meetings]
    gathering.outcomes.extend(answers.unmet_outcome(entry) for entry in unmet)
    planned = tuple(Planned(meeting=meeting, choices=choices_of(meeting, gathering)) for meeting in meetings)
    return Ground(planned=planned, facts=replace(facts, layers=()))


def _judge_pairs(work: Work, gathering: Gathering) -> dict[str, float]:
    """Have every task done; write down findings and outcomes in planned order, whoever was first."""
    planned = work.ground.planned
    found: dict[int, dict[int, dict[str, Piece]]] = {place: {} for place in range(len(planned))}
    spent = dict.fromkeys(found, 0.0)
    for number, done in work.results():
        found[done.planned][number] = dict(done.pieces)
        spent[done.planned] += done.spent_s
    for place, by_task in found.items():
        _take(planned[place], [by_task[number] for number in sorted(by_task)], gathering)
    names = {place: _name(one) for place, one in enumerate(planned)}
    slowest = sorted(spent, key=lambda place: (-spent[place], names[place]))
    return {names[place]: spent[place] for place in slowest if spent[place] > 0}


def _name(planned: Planned) -> str:
    meeting = planned.meeting
    layers = " x ".join((meeting.a.name, *(layer.name for layer in meeting.others)))
    return f"{meeting.relation.kind} {layers}: {', '.join(sorted(planned.choices))}"


def _take(planned: Planned, pieces: list[dict[str, Piece]], gathering: Gathering) -> None:
    """Write down findings and outcome of each rule of a meeting; one crashed tile voids the rule here."""
    meeting = planned.meeting
    names = ", ".join(layer.name for layer in meeting.others) or None
    for rule in meeting.rules:
        if rule.code not in planned.choices:
            continue
        own = [by_rule[rule.code] for by_rule in pieces]
        crash = next((piece.crash for piece in own if piece.crash is not None), None)
        if crash is not None:
            gathering.outcomes.append(answers.not_checked(rule.code, meeting.a, names, crash))
            continue
        tables = [piece.findings for piece in own if piece.findings is not None]
        gathering.tables.extend(tables)
        unsure = sum(piece.undecidable for piece in own)
        found = (sum(map(len, tables)) - unsure, unsure)
        tallies = [piece.tally for piece in own]
        choice = planned.choices[rule.code]
        gathering.outcomes.append(answers.outcome(rule, meeting, choice, tallies, found))
