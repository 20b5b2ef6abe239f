"""Relations beside their peers, in one run: ``python benchmarks/relations/run.py [SIZE …] [--rounds N]``.

Sizes are those of the seeded city (20k, 200k, 1M). Every way is a process of its own, in rounds A B C,
A B C; answers are compared before times, and ratios are taken round by round: of the work alone, of whole
processes with imports and reading, and of the processor time of those, which a busy machine stretches least.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from layers import write_layers
from ways import WORKS

GOALS = {
    ("overlap areas", "geopandas.overlay"): 18.0,
    ("overlap areas", "fastest peer"): 7.0,
    ("gaps and overlaps of a coverage", "coverage_invalid_edges"): 20.0,
    ("same-id boundaries", "shapely, one by one"): 18.0,
}
"""How many times as long the other takes at 200k; the first two of whole processes."""

UNLIKE = {"coverage_invalid_edges"}
"""Ways whose answer is another kind of answer."""

AGREE = 1e-9
STEP_M2 = 2.0**-20
SLOW = {"lantu, LANTU_KERNELS=off", "shapely, union and self join", "PostGIS"}
"""Ways that run once."""

ROUNDS = {"20k": 3}
"""Rounds where none are asked for; larger cities run once: 20k and 200k together end in ten minutes."""


def once(work: str, way: str, folder: Path) -> dict[str, Any]:
    """Run one way in a process of its own."""
    command = [sys.executable, str(Path(__file__).with_name("ways.py")), work, way, str(folder)]
    started, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  # our own command
    if done.returncode:
        said = done.stderr.strip().splitlines() or [f"ended with status {done.returncode}"]
        return {"skipped": f"failed: {said[-1]}"}
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


def race(work: str, folder: Path, rounds: int) -> dict[str, list[dict[str, Any]]]:
    """Run all ways in turn; stop where answers differ."""
    results: dict[str, list[dict[str, Any]]] = {way: [] for way in WORKS[work]}
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


def table(work: str, results: dict[str, list[dict[str, Any]]]) -> None:
    """Print medians, and how many times as long each takes as Lantu, round by round."""
    ours = results["lantu"]
    columns = "work s | whole s | cpu s | work, times ours | whole, times ours | cpu, times ours"
    print(f"\n| {work} | {columns} | goal | answer |")
    print("|---|--:|--:|--:|--:|--:|--:|--:|---|")
    for way, found in results.items():
        if "skipped" in found[0]:
            print(f"| {way} | | | | | | | | skipped: {found[0]['skipped']} |")
            continue
        print(f"| {' | '.join([way, *_cells(work, way, found, ours)])} |")


def goals(size: str, results: dict[str, dict[str, list[dict[str, Any]]]]) -> None:
    """Print each goal beside what was reached, by the clock and by processor time."""
    print(f"\n| {size}: times as long as Lantu | goal at 200k | reached | by processor time |")
    print("|---|--:|--:|--:|")
    for (work, way), goal in GOALS.items():
        found = {name: each for name, each in results.get(work, {}).items() if "skipped" not in each[0]}
        others = [name for name in found if not name.startswith(("lantu", "geopandas"))]
        name = (
            min(others, key=lambda name: _median(found[name], "whole"), default="") if "peer" in way else way
        )
        if name not in found or "lantu" not in found:
            print(f"| {work}, {way} | {goal:g} | not run | |")
            continue
        kind = "whole" if work == "overlap areas" else "seconds"
        said = way if way == name else f"{way}: {name}"
        clock = _median(found[name], kind) / _median(found["lantu"], kind)
        processor = _median(found[name], "cpu") / _median(found["lantu"], "cpu")
        print(f"| {work}, {said} | {goal:g} | {clock:.1f} | {processor:.1f} |")


def _median(found: list[dict[str, Any]], kind: str) -> float:
    return float(statistics.median(each[kind] for each in found))


def _cells(work: str, way: str, found: list[dict[str, Any]], ours: list[dict[str, Any]]) -> tuple[str, ...]:
    """Return a row: seconds of both kinds, ratios of both kinds, the goal and the answer."""
    kinds = ("seconds", "whole", "cpu")
    medians = (statistics.median(each[kind] for each in found) for kind in kinds)
    ratios = (
        statistics.median(each[kind] / our[kind] for each, our in zip(found, ours, strict=False))
        for kind in kinds
    )
    goal = GOALS.get((work, way))
    return (
        *(f"{value:.2f}" for value in medians),
        *(f"{value:.1f}" for value in ratios),
        f"{goal:g}" if goal else "",
        str(found[0]["answer"]),
    )


def main() -> None:
    """Print one table for each size and work."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", default=["20k"])
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--work", choices=list(WORKS), action="append")
    asked = parser.parse_args()
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    for size in asked.sizes:
        folder = Path(os.environ.get("LANTU_CITY", Path(tempfile.gettempdir()) / "lantu-city"))
        write_layers(size, folder / f"relations-{size}")
        print(f"\n## {size}")
        results: dict[str, dict[str, list[dict[str, Any]]]] = {}
        for work in asked.work or WORKS:
            once(work, "lantu", folder / f"relations-{size}")  # compile, and warm the file cache
            rounds = asked.rounds or ROUNDS.get(size, 1)
            results[work] = race(work, folder / f"relations-{size}", rounds)
            table(work, results[work])
        goals(size, results)


if __name__ == "__main__":
    main()
