"""Doing a task: relate, judge and put into words; whatever a rule does, the others go on."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from lantu.engine.judging import Judged, crash_message, judge_tile, judge_whole
from lantu.engine.tasks.task import Done, Piece
from lantu.engine.tasks.views import Views
from lantu.engine.wording import findings_of

if TYPE_CHECKING:
    from lantu.engine.meetings import Meeting
    from lantu.engine.tasks.task import Ground, Planned, Task
    from lantu.model import BlueprintFacts, IntArray
    from lantu.rules.base import PairRule


def perform(ground: Ground, task: Task) -> tuple[Done, ...]:
    """Do one task; the answer depends on the ground and the task alone, not on who does it where."""
    views = Views(ground.layers, task)
    done = []
    for place in task.planned:
        started = time.thread_time()
        planned, rows = views.of(ground.planned[place])
        judged = _judged(planned, rows)
        meeting = planned.meeting
        pieces = {
            rule.code: _piece(rule, judged[rule.code], meeting, ground.facts)
            for rule in meeting.rules
            if rule.code in judged
        }
        done.append(Done(planned=place, pieces=pieces, spent_s=time.thread_time() - started))
    return tuple(done)


def _judged(planned: Planned, rows: IntArray) -> dict[str, Judged]:
    meeting = planned.meeting
    if planned.at_once:
        rule = meeting.rules[0]
        return judge_whole(meeting, rule, planned.choices[rule.code], rows)
    return judge_tile(meeting, planned.choices, rows)


def _piece(rule: PairRule, judged: Judged, meeting: Meeting, facts: BlueprintFacts) -> Piece:
    verdict = judged.verdict
    if verdict is None:
        return Piece(findings=None, undecidable=0, tally=judged.tally, crash=judged.crash)
    unsure = int(verdict.undecidable.sum())
    if len(verdict) == 0:
        return Piece(findings=None, undecidable=0, tally=judged.tally)
    try:
        table = findings_of(rule, verdict, meeting.a, meeting.b, facts, others=meeting.others)
    except Exception as error:  # noqa: BLE001  # a sentence that cannot be said is a crash of its rule
        return Piece(findings=None, undecidable=0, tally=judged.tally, crash=crash_message(error))
    return Piece(findings=table, undecidable=unsure, tally=judged.tally)
