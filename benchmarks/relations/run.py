"""Relations beside their peers, in one run: ``python benchmarks/relations/run.py [SIZE …] [--rounds N]``.

Sizes are those of the seeded city (20k, 200k, 1M); ``--out PAGE`` writes the tables.
Every way is a process of its own, in rounds A B C,
A B C; answers are compared before times, and ratios are taken round by round: of the work alone, of whole
processes with imports and reading, and of the processor time of those, which a busy machine stretches least.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))

from layers import write_layers
from machine import machine
from ways import WORKS

KIND_NAMES = {"whole": "whole", "seconds": "work"}

GOALS = {
    "200k": {
        ("overlap areas", "geopandas.overlay"): (18.0, "whole"),
        ("overlap areas", "fastest peer"): (7.0, "whole"),
        ("gaps and overlaps of a coverage", "coverage_invalid_edges"): (20.0, "seconds"),
        ("same-id boundaries", "shapely, one by one"): (18.0, "seconds"),
    },
    "1M": {
        ("overlap areas", "geopandas.overlay"): (40.0, "seconds"),
        ("overlap areas", "fastest peer"): (15.0, "seconds"),
    },
}
"""How many times as long as Lantu the other takes at a size, of the whole process or of the work alone."""

PEERS = ("DuckDB spatial", "SedonaDB", "PostGIS")

UNLIKE = {"coverage_invalid_edges"}
"""Ways whose answer is another kind of answer."""

AGREE = 1e-9
STEP_M2 = 2.0**-20
SLOW = {"lantu, LANTU_KERNELS=off", "shapely, union and self join", "PostGIS", "shapely, best"}
"""Ways that run once."""

ROUNDS = {"20k": 3, "200k": 3}
"""Rounds where none are asked for; larger cities run once."""


def works_of(size: str) -> list[str]:
    """Return the works raced at a size where none are asked for: at a million only those with a goal.

    Uniting a million features, or measuring their boundaries one by one, would take the slow ways an hour.
    """
    return list(WORKS) if size in ROUNDS else list({work: None for work, _ in GOALS.get(size, {})})


def once(work: str, way: str, folder: Path) -> dict[str, Any]:
    """Run one way in a process of its own."""
    command = [sys.executable, str(Path(__file__).with_name("ways.py")), work, way, str(folder)]
    started, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  # our own command
    if done.returncode:
        told = [line for line in done.stderr.splitlines() if "Error" in line or "exception" in line]
        said = told[-1].strip() if told else f"ended with status {done.returncode}"
        return {"skipped": f"failed: {said}"}
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {**result, "whole": time.perf_counter() - started, "cpu": cpu}


def alike(one: Any, other: Any) -> bool:
    """Say whether two answers have the same counts, and sums to AGREE or a step of the areas each."""
    if one[::2] != other[::2]:
        return False
    sums = zip(one[::2], one[1::2], other[1::2], strict=True)
    return all(abs(a - b) <= max(AGREE * max(abs(a), abs(b)), STEP_M2 * count) for count, a, b in sums)


def race(work: str, folder: Path, rounds: int, left_out: list[str]) -> dict[str, list[dict[str, Any]]]:
    """Run all ways in turn; stop where answers differ."""
    results: dict[str, list[dict[str, Any]]] = {way: [] for way in WORKS[work]}
    for way in left_out:
        if way in results:
            results[way].append({"skipped": "left out at this size"})
    for number in range(rounds):
        for way, found in results.items():
            if (found and "skipped" in found[0]) or (number and way in SLOW):
                continue
            found.append(once(work, way, folder))
            print(".", end="", file=sys.stderr, flush=True)
    ours = results["lantu"][0]["answer"]
    for way, found in results.items():
        if "skipped" not in found[0] and way not in UNLIKE and not alike(ours, found[0]["answer"]):
            sys.exit(f"{work}: lantu answers {ours}, {way} answers {found[0]['answer']}")
    return results


def lines_of(size: str, results: dict[str, dict[str, list[dict[str, Any]]]]) -> list[str]:
    """Return the table of a size: a row for each work and way, ratios round by round, goals beside."""
    columns = (
        "work s | whole s | work cpu s | whole cpu s | work × | whole × | work cpu × | whole cpu × | goal"
    )
    lines = [f"## {size}", "", f"| work | way | {columns} |", f"|---|---|{9 * '--:|'}"]
    answers = []
    for work, ways in results.items():
        for way, found in ways.items():
            if "skipped" in found[0]:
                lines.append(f"| {work} | {way}: skipped, {found[0]['skipped']} |{9 * ' |'}")
                continue
            lines.append(f"| {work} | {way} | {' | '.join(_cells(size, work, way, ways))} |")
        pairs = ways["lantu"][0]["answer"]
        answers.append(f"{work} {', '.join(f'{number:,.12g}' for number in pairs)}")
    return [
        *lines,
        "",
        f"Answers, counts and square metres: {'; '.join(answers)}.",
        "",
        *_goals(size, results),
    ]


KINDS = ("seconds", "whole", "work_cpu", "cpu")


def _cells(size: str, work: str, way: str, ways: dict[str, list[dict[str, Any]]]) -> list[str]:
    """Return medians of seconds and of ratios, and the goal."""
    found, ours = ways[way], ways["lantu"]
    medians = [_median(found, kind) for kind in KINDS]
    ratios = [_ratio(found, ours, kind) for kind in KINDS]
    goal = GOALS.get(size, {}).get((work, way))
    said = f"{goal[0]:g} {KIND_NAMES[goal[1]]}" if goal else ""
    return [*(f"{value:.2f}" for value in medians), *(f"{value:.1f}" for value in ratios), said]


def _ratio(found: list[dict[str, Any]], ours: list[dict[str, Any]], kind: str) -> float:
    """Return how many times as long as ours: the median of rounds."""
    return float(statistics.median(each[kind] / our[kind] for each, our in zip(found, ours, strict=False)))


def _goals(size: str, results: dict[str, dict[str, list[dict[str, Any]]]]) -> list[str]:
    """Return each goal beside what was reached, by the clock and by processor time."""
    lines = ["| times as long as Lantu | of | goal | reached | by processor time |", "|---|---|--:|--:|--:|"]
    for (work, way), (goal, kind) in GOALS.get(size, {}).items():
        found = {name: each for name, each in results.get(work, {}).items() if "skipped" not in each[0]}
        peers = [name for name in found if name in PEERS]
        name = min(peers, key=lambda name: _median(found[name], kind), default="") if "peer" in way else way
        if name not in found or "lantu" not in found:
            lines.append(f"| {work}, {way} | {KIND_NAMES[kind]} | {goal:g} | not run | |")
            continue
        said = way if way == name else f"{way}: {name}"
        clock = _ratio(found[name], found["lantu"], kind)
        processor = _ratio(found[name], found["lantu"], "cpu" if kind == "whole" else "work_cpu")
        lines.append(f"| {work}, {said} | {KIND_NAMES[kind]} | {goal:g} | {clock:.1f} | {processor:.1f} |")
    return [*lines, ""] if len(lines) > 2 else []  # noqa: PLR2004  # more than the head


def _median(found: list[dict[str, Any]], kind: str) -> float:
    return float(statistics.median(each[kind] for each in found))


HEAD = """\
# Relations beside their peers

Made by `make bench` (`benchmarks/relations/run.py`); not to be edited by hand. Each way is a process of its
own, in interleaved rounds ({rounds}; slow ways once). Answers were compared before times: counts are the
same, sums agree to 10⁻⁹ or a step of 2⁻²⁰ m² a pair. *Work* is from tables in memory to the answer (Lantu's
as well-known binary, the engines' as each keeps them, shapely's as objects), *whole* the process with imports
and reading; × is how many times as long as Lantu a way takes, the median of rounds. PostGIS works in its
server, whose processor time is not seen.

{machine}
"""


def head(rounds: dict[str, int]) -> list[str]:
    """Return what stands above the tables: how they were made, on what."""
    packages = ("numba", "shapely", "geopandas", "duckdb", "sedonadb")
    said = HEAD.format(
        rounds=", ".join(f"{count} at {size}" for size, count in rounds.items()), machine=machine(*packages)
    )
    return [*said.splitlines(), ""]


def main() -> None:
    """Race all ways, and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", default=["20k"])
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--work", choices=list(WORKS), action="append")
    parser.add_argument(
        "--quick", action="store_const", const=sorted(SLOW), default=[], help="no slow ways at a million"
    )
    parser.add_argument("--out", type=Path, help="write the page there, besides printing it")
    asked = parser.parse_args()
    rounds = {size: asked.rounds or ROUNDS.get(size, 1) for size in asked.sizes}
    page = head(rounds)
    print("\n".join(page), flush=True)
    for size in asked.sizes:
        base = Path(os.environ.get("LANTU_CITY", Path(tempfile.gettempdir()) / "lantu-city"))
        folder = base / f"relations-{size}"
        write_layers(size, folder)
        results = {}
        for work in asked.work or works_of(size):
            once(work, "lantu", folder)  # compile, and warm the file cache
            left_out = asked.quick if size not in ROUNDS else []
            results[work] = race(work, folder, rounds[size], left_out)
        lines = lines_of(size, results)
        print("\n".join(lines), flush=True)
        page += lines
    if asked.out:
        asked.out.write_text("\n".join(page).rstrip() + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
