"""Decisions: their file, the register that keeps them, and where a finding stands."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import sqlite3
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from lantu.errors import RegisterError
from lantu.register import decisions_on, read_entries, take_decisions
from lantu.register.standing import digests
from lantu.report import run_summary, write

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "report"))

from report_run import make_run

NOW = dt.datetime(2026, 11, 20, 9, 30, tzinfo=dt.UTC)
RUN = make_run()
IDS = list(RUN.findings["finding_id"])


def written(folder: Path, name: str = "monday") -> Path:
    write(RUN, folder / name, formats=["parquet"])
    return folder / name


def entry(place: int = 0, decision: str = "a_corrects", **told: Any) -> dict[str, Any]:
    said = {"finding_id": IDS[place], "decision": decision, "by": "李", "at": "2026-11-20T10:00:00+08:00"}
    return said | told


def saved(run: Path, /, *entries: dict[str, Any], name: str = "decisions.json", **changed: Any) -> Path:
    sha256 = hashlib.sha256((run / "findings.parquet").read_bytes()).hexdigest()
    told = {"schema": "lantu.decisions", "version": 1, "run": RUN.facts.name, "findings_sha256": sha256}
    path = run.parent / name
    path.write_text(json.dumps(told | {"decisions": list(entries)} | changed), encoding="utf-8")
    return path


def standing(run: Path, place: int = 0) -> Any:
    said = decisions_on(RUN, run)
    assert said is not None
    return said["findings"][IDS[place]]


def test_a_decision_is_kept_and_says_who_when_and_what(tmp_path: Path) -> None:
    run = written(tmp_path)
    taken = take_decisions(run, saved(run, entry(responsible="land", due="2026-11-21", note="核实")), now=NOW)
    assert (len(taken.added), taken.known, taken.mistakes, taken.clashes) == (1, 0, (), ())
    found = standing(tmp_path / "tuesday")
    assert (found["status"], found["age_days"], found["overdue"]) == ("decided", 3, True)
    (told,) = found["history"]
    assert told["by"] == "李"
    assert told["at"] == "2026-11-20T10:00:00+08:00"
    assert (told["responsible"], told["note"], told["run"]) == ("land", "核实", "monday")


def test_the_same_file_twice_leaves_the_register_byte_for_byte(tmp_path: Path) -> None:
    run = written(tmp_path)
    file = saved(run, entry(), entry(1, at=None, by=None))
    take_decisions(run, file, now=NOW, by="王")
    before = (tmp_path / "register.sqlite").read_bytes()
    again = take_decisions(run, file, now=NOW + dt.timedelta(days=1), by="王")
    assert (again.added, again.known) == ((), 2)
    assert (tmp_path / "register.sqlite").read_bytes() == before


def test_unknown_ids_and_bad_entries_are_listed_and_the_good_ones_kept(tmp_path: Path) -> None:
    run = written(tmp_path)
    bad = [
        entry(finding_id="LU01-0"), entry(1, "burn"), entry(2, "waived", reason="旧"),
        entry(3, by=""), entry(4, due="tomorrow"),
        entry(5, at="2026-11-20T10:00:00"), entry(6, note=["x"]), entry(7, seen=[1]),
    ]  # fmt: skip
    told: list[Any] = [*bad, 7, entry(8)]
    taken = take_decisions(run, saved(run, *told), now=NOW)
    assert [one.said.finding_id for one in taken.added] == [IDS[8]]
    assert len(taken.mistakes) == 9
    for language in ("zh", "en"):
        texts = [mistake.text(language) for mistake in taken.mistakes]
        assert all(texts)
        assert any("LU01-0" in text for text in texts)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"schema": "x"}, "no decisions file"),
        ({"version": 2}, "version 2"),
        ({"run": "elsewhere"}, "belong to 'elsewhere'"),
        ({"findings_sha256": "00"}, "another run"),
    ],
)
def test_a_file_of_something_else_is_refused_whole(tmp_path: Path, changed: Any, said: str) -> None:
    run = written(tmp_path)
    with pytest.raises(RegisterError, match=said):
        take_decisions(run, saved(run, entry(), **changed), now=NOW)
    assert not (tmp_path / "register.sqlite").exists()


def test_no_run_and_no_json_are_said(tmp_path: Path) -> None:
    run = written(tmp_path)
    file = saved(run, entry())
    with pytest.raises(RegisterError, match="is no run"):
        take_decisions(tmp_path, file, now=NOW)
    file.write_text("{", encoding="utf-8")
    with pytest.raises(RegisterError, match="not a sound JSON"):
        take_decisions(run, file, now=NOW)


def test_two_people_who_have_not_seen_each_other_clash_and_both_are_kept(tmp_path: Path) -> None:
    run = written(tmp_path)
    wang = entry(decision="b_corrects", by="王", at="2026-11-20T12:00:00+08:00")
    take_decisions(run, saved(run, entry()), now=NOW)
    taken = take_decisions(run, saved(run, wang), now=NOW)
    assert [[one.said.by for one in clash] for clash in taken.clashes] == [["王", "李"]]
    assert standing(run)["status"] == "clash"
    assert [told["latest"] for told in standing(run)["history"]] == [True, True]
    seen = [{"by": "李", "at": "2026-11-20T10:00:00+08:00"}, {"by": "王", "at": wang["at"]}]
    chair = entry(decision="both_correct", by="赵", at="2026-11-21T09:00:00+08:00", seen=seen)
    assert take_decisions(run, saved(run, chair), now=NOW).clashes == ()
    assert standing(run)["status"] == "decided"
    assert len(standing(run)["history"]) == 3


def test_a_person_may_change_their_mind_and_agreement_is_no_clash(tmp_path: Path) -> None:
    run = written(tmp_path)
    later = entry(decision="postponed", at="2026-11-20T03:00:00+00:00")  # 11:00 where the first was at 10:00
    agreed = entry(decision="postponed", by="王")
    take_decisions(run, saved(run, later, entry(), agreed), now=NOW)
    assert standing(run)["status"] == "postponed"


def test_a_waiver_lapses_on_its_date(tmp_path: Path) -> None:
    run = written(tmp_path)
    told = [entry(n, "waived", reason="批复", until=f"2026-11-{22 + n}") for n in range(2)]
    take_decisions(run, saved(run, *told), now=NOW)
    assert [standing(run, n)["status"] for n in range(2)] == ["lapsed", "waived"]


def test_a_finding_whose_geometry_or_values_changed_is_reopened(tmp_path: Path) -> None:
    run = written(tmp_path)
    area, plain = (
        next(n for n, shape in enumerate(RUN.findings.geometry) if (shape is not None) == has)
        for has in (True, False)
    )
    take_decisions(run, saved(run, entry(area), entry(plain), entry(1)), now=NOW)
    changed = RUN.findings.copy()
    changed.loc[area, "geometry"] = shapely.affinity.translate(changed.geometry[area], 0.01)
    changed.loc[plain, "value_a"] = "forest"
    said = decisions_on(replace(RUN, findings=changed), run)
    assert said is not None
    assert said["counts"]["reopened"] == 2
    assert said["findings"][IDS[area]]["status"] == said["findings"][IDS[plain]]["status"] == "reopened"
    gone = decisions_on(replace(RUN, findings=changed.iloc[2:]), run)
    assert gone is not None
    assert IDS[1] in gone["gone"]


def test_the_digest_does_not_depend_on_where_a_ring_starts() -> None:
    turned = RUN.findings.copy()
    turned["geometry"] = [None if s is None else shapely.reverse(s) for s in turned.geometry]
    assert digests(turned) == digests(RUN.findings)


def test_no_register_no_decisions(tmp_path: Path) -> None:
    assert decisions_on(RUN, tmp_path / "a") is None
    assert "decisions" not in run_summary(RUN)


def test_another_blueprint_beside_it_is_not_mixed_up(tmp_path: Path) -> None:
    run = written(tmp_path)
    take_decisions(run, saved(run, entry()), now=NOW)
    said = decisions_on(replace(RUN, facts=replace(RUN.facts, name="别的")), run)
    assert said is not None
    assert said["findings"] == {}


def test_the_register_only_grows(tmp_path: Path) -> None:
    run = written(tmp_path)
    take_decisions(run, saved(run, entry()), now=NOW)
    connection = sqlite3.connect(tmp_path / "register.sqlite")
    for order in ("UPDATE decision SET note = 'x'", "DELETE FROM decision"):
        with pytest.raises(sqlite3.IntegrityError, match="append only"):
            connection.execute(order)
    connection.rollback()
    connection.execute("PRAGMA user_version = 9")
    connection.close()
    with pytest.raises(RegisterError, match="version 9"):
        read_entries(tmp_path / "register.sqlite")
    (tmp_path / "register.sqlite").write_text("no register at all, only words" * 100, encoding="utf-8")
    with pytest.raises(RegisterError, match="is no register"):
        read_entries(tmp_path / "register.sqlite")


TOLD = st.builds(
    lambda place, decision, by, hour, seen: entry(
        place, decision, by=by, at=f"2026-11-20T{hour:02}:00:00+08:00",
        seen=[{"by": other, "at": f"2026-11-20T{at:02}:00:00+08:00"} for other, at in seen],
    ),
    st.integers(0, 2),
    st.sampled_from(["a_corrects", "b_corrects", "postponed", "false_alarm"]),
    st.sampled_from(["李", "王", "'; DROP TABLE decision; --"]),
    st.integers(0, 5),
    st.lists(st.tuples(st.sampled_from(["李", "王"]), st.integers(0, 5)), max_size=2),
)  # fmt: skip


@pytest.fixture(scope="module")
def one_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("run"))


@given(files=st.lists(st.lists(TOLD, max_size=4), min_size=2, max_size=3), data=st.data())
def test_the_order_of_files_does_not_matter(one_run: Path, files: Any, data: Any) -> None:
    orders = [files, data.draw(st.permutations(files))]
    said = []
    for order in orders:
        with tempfile.TemporaryDirectory() as folder:
            run = Path(folder) / "monday"
            run.mkdir()
            for name in ("run.json", "findings.parquet"):
                (run / name).write_bytes((one_run / name).read_bytes())
            for told in order:
                take_decisions(run, saved(run, *told), now=NOW)
            said.append(decisions_on(RUN, run))
    assert said[0] == said[1]
    if said[0] is not None:
        kept = sum(len(found["history"]) for found in said[0]["findings"].values())
        assert kept == len(
            {
                json.dumps({**t, "seen": sorted({(s["by"], s["at"]) for s in t["seen"]})})
                for f in files
                for t in f
            }
        )
