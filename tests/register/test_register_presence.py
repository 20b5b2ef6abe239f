"""Since when a finding has been there: against a model that walks through the days, and by hand."""

from __future__ import annotations

import datetime as dt
import sqlite3
import sys
import tempfile
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "report"))

from report_run import X, Y, finding, make_run, table
from test_register_rollup import towns

from lantu.errors import OutputError
from lantu.messages import message
from lantu.model import Outcome
from lantu.register import note_presence, presence_on, rollup
from lantu.register.decisions_file import Decision
from lantu.register.history import Entry, add_entries, register_beside

RUN = make_run()
PLACES = (shapely.Point(X + 10, Y + 10), shapely.Point(X + 310, Y + 10), shapely.Point(X + 10, Y + 310))
"""West and Low, East, West and High."""


def day(number: int) -> dt.date:
    return dt.date(2026, 1, 1) + dt.timedelta(days=number)


def run_on(
    number: int, there: set[int], *, checked: bool = True, waived: frozenset[int] = frozenset()
) -> Any:
    """Return a run of a day with these findings, all of one rule on one layer; they lie where PLACES say."""

    def told(which: set[int] | frozenset[int]) -> Any:
        rows = [
            finding(
                n, rule="LU01", department_a="land", layer_a="p", id_a=f"p{n}",
                geometry=PLACES[n % len(PLACES)],
            )
            for n in sorted(which)
        ]  # fmt: skip
        return table(rows)

    answer = "conflict" if there else "none_found"
    outcome = Outcome(rule="LU01", layer_a="p", layer_b="q", answer=answer)
    if not checked:
        reason = message("engine.layer_empty", layer="q")
        outcome = replace(outcome, answer="not_checked", reason=reason)
    facts = replace(RUN.facts, layers=(towns(),), town_layer="towns", as_of=day(number))
    out = told(waived).assign(reason="")
    return replace(
        RUN, facts=facts, findings=told(there), waived=out, outcomes=(outcome,), decisions=None,
        comparison=None, since=None,
    )  # fmt: skip


def id_of(number: int) -> str:
    return str(run_on(0, {number}).findings["finding_id"].iloc[0])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "runs" / "one"


def noted(folder: Path, *runs: Any) -> Any:
    folder.parent.mkdir(exist_ok=True)
    for run in runs:
        note_presence(run, folder)
    return presence_on(runs[-1], folder)


def test_a_finding_is_as_old_as_the_first_run_that_had_it(folder: Path) -> None:
    known = noted(folder, run_on(0, {0}), run_on(5, {0, 1}), run_on(30, {0, 1}))
    assert known.first_seen == {id_of(0): day(0), id_of(1): day(5)}
    made = rollup(run_on(30, {0, 1}), known)
    ages = {(row.level, row.town, row.village): row.age_days for row in made.itertuples()}
    assert ages["district", "", ""] == 27.5
    assert (ages["town", "West", ""], ages["town", "East", ""]) == (30, 25)


def test_what_is_gone_is_resolved_where_it_lay_and_closes(folder: Path) -> None:
    known = noted(folder, run_on(0, {0, 1, 2, 3}), run_on(9, {3}))
    made = rollup(run_on(9, {3}), known)
    told = {(row.level, row.town, row.village): row for row in made.itertuples()}
    assert told["district", "", ""].resolved == 3
    assert told["district", "", ""].closing_rate == pytest.approx(3 / 4)
    assert (told["town", "West", ""].findings, told["town", "West", ""].resolved) == (1, 2)
    assert (told["town", "East", ""].findings, told["town", "East", ""].closing_rate) == (0, 1.0)
    assert told["village", "West", "High"].resolved == 1
    assert made.loc[made["level"] == "town", "resolved"].sum() == 3


def test_what_was_not_checked_again_is_not_gone(folder: Path) -> None:
    known = noted(folder, run_on(0, {0}), run_on(9, set(), checked=False))
    assert len(known.resolved) == 0
    known = noted(folder, run_on(12, {0}))
    assert known.returned == frozenset()
    assert known.first_seen[id_of(0)] == day(0)


def test_what_comes_back_is_reopened_and_keeps_its_first_day(folder: Path) -> None:
    known = noted(folder, run_on(0, {0, 1}), run_on(9, {1}), run_on(20, {0, 1}))
    assert known.returned == {id_of(0)}
    assert known.first_seen[id_of(0)] == day(0)
    made = rollup(run_on(20, {0, 1}), known).iloc[0]
    assert (made["reopened"], made["resolved"], made["closing_rate"]) == (1, 0, 0.0)


def test_a_waived_finding_is_there(folder: Path) -> None:
    known = noted(folder, run_on(0, {0}), run_on(9, set(), waived=frozenset({0})))
    assert len(known.resolved) == 0


def test_what_goes_on_the_day_that_it_came_is_resolved_too(folder: Path) -> None:
    """A blueprint may fix its day: runs of many days are then of one."""
    known = noted(folder, run_on(3, {0, 1}), run_on(3, {1}))
    assert known.resolved["town"].tolist() == ["West"]
    assert known.first_seen[id_of(0)] == day(3)


def test_what_is_gone_and_back_within_a_day_stood_all_the_time(folder: Path) -> None:
    known = noted(folder, run_on(0, {0}), run_on(3, set()), run_on(3, {0}))
    assert (known.returned, len(known.resolved)) == (frozenset(), 0)
    assert known.first_seen == {id_of(0): day(0)}


def test_an_earlier_run_is_seen_as_it_was_then(folder: Path) -> None:
    early = run_on(0, {0, 1})
    noted(folder, early, run_on(9, {1, 2}))
    then = presence_on(early, folder)
    assert then is not None
    assert (len(then.resolved), set(then.first_seen)) == (0, {id_of(0), id_of(1)})


def test_a_run_of_an_earlier_day_that_is_noted_late_makes_findings_older_and_none_gone(folder: Path) -> None:
    last = run_on(9, {0, 1})
    noted(folder, last, run_on(2, {0}))
    now = presence_on(last, folder)
    assert now is not None
    assert now.first_seen == {id_of(0): day(2), id_of(1): day(9)}
    assert len(now.resolved) == 0


def test_blueprints_side_by_side_know_nothing_of_each_other(folder: Path) -> None:
    other = run_on(0, {0})
    other = replace(other, facts=replace(other.facts, name="another"))
    known = noted(folder, other, run_on(9, {0}))
    assert known.first_seen == {id_of(0): day(9)}


def decided(finding_id: str, on: dt.date) -> Entry:
    said = Decision(finding_id=finding_id, decision="postponed", by="Li", at=f"{on}T09:00:00+08:00")
    return Entry(said=said, blueprint=RUN.facts.name, run="old", decided_at=said.at, digest="")


def test_an_older_register_is_carried_over_with_what_it_knows(folder: Path) -> None:
    """Made before findings had a first day: what was decided on a day had been seen by then."""
    folder.parent.mkdir()
    register = register_beside(folder)
    add_entries(register, [decided(id_of(0), day(2)), decided(id_of(0), day(4)), decided(id_of(7), day(3))])
    with closing(sqlite3.connect(register)) as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema")}
        assert "presence" not in tables
    assert presence_on(run_on(9, {0}), folder) is None
    known = noted(folder, run_on(9, {0, 1}))
    assert known.first_seen == {id_of(0): day(2), id_of(1): day(9), id_of(7): day(3)}
    assert len(known.resolved) == 0  # what finding 7 was about is not known, so neither is whether it is gone
    known = noted(folder, run_on(12, {1}))
    assert known.resolved["town"].tolist() == ["West"]


def test_a_decision_of_a_later_day_than_the_run_was_about_what_the_run_has(folder: Path) -> None:
    folder.parent.mkdir()
    add_entries(register_beside(folder), [decided(id_of(0), day(40))])
    known = noted(folder, run_on(9, {0}), run_on(9, {0, 1}), run_on(9, {1}))
    assert known.first_seen == {id_of(0): day(9), id_of(1): day(9)}
    assert len(known.resolved) == 1


def test_a_register_that_is_none_is_said_with_its_name(folder: Path) -> None:
    folder.parent.mkdir()
    register_beside(folder).write_bytes(b"no database" * 100)
    with pytest.raises(OutputError, match=r"register\.sqlite"):
        note_presence(run_on(0, {0}), folder)
    assert presence_on(run_on(0, {0}), folder) is None


class Model:
    """What a person with a calendar would have written down, one day after the other."""

    def __init__(self) -> None:
        self.days: list[tuple[int, set[int]]] = []

    def evenings(self) -> list[tuple[int, set[int]]]:
        """Return what the last run of each day had."""
        return sorted(dict(self.days).items())

    def ever(self) -> set[int]:
        return set().union(*(there for _, there in self.days))

    def first(self, number: int) -> int:
        return min(at for at, there in self.days if number in there)

    def returned(self, number: int) -> bool:
        return any(at >= self.first(number) and number not in there for at, there in self.evenings())


@given(st.lists(st.tuples(st.integers(0, 3), st.sets(st.integers(0, 4))), min_size=1, max_size=8))
@settings(max_examples=40)
def test_whatever_comes_and_goes_the_register_knows_what_a_calendar_knows(
    steps: list[tuple[int, set[int]]],
) -> None:
    model, today = Model(), 0
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made) / "one"
        for later, there in steps:
            today += later
            model.days.append((today, there))
            note_presence(run_on(today, there), folder)
        known = presence_on(run_on(today, steps[-1][1]), folder)
    assert known is not None
    ever = model.ever()
    assert known.first_seen == {id_of(number): day(model.first(number)) for number in ever}
    now = model.evenings()[-1][1]
    assert known.returned == {id_of(number) for number in now if model.returned(number)}
    assert len(known.resolved) == len(ever - now)
    assert np.isin(known.resolved["town"], ["West", "East"]).all()
