"""Whole ``lantu check`` over the seeded city: ``python benchmarks/city/check.py [SIZE …] [OPTION …]``.

Files to findings, every shipped rule, each run a process of its own: parquet only, and up to 200k with the
report. Prints seconds by stage, peak memory of the process, and microseconds per parcel against the smallest
size; ``--out PAGE`` writes the tables. Other options (``--tile 2000``) go to ``lantu check``. Cities are kept
in LANTU_CITY, by default a folder among the system's passing files.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from machine import machine
from relations.layers import write_layers

from city.generate import SIZES, write_city

GOALS_S = {"200k": 15.0, "1M": 75.0, "3M": 225.0}
"""Parquet only, on two cores of a machine on which geopandas.overlay takes OVERLAY_S at 200k."""

OVERLAY_S = 47.0
WAYS = Path(__file__).parents[1] / "relations" / "ways.py"

FORMATS = {"parquet": ("parquet",), "report": ("html", "gpkg", "xlsx", "parquet")}

LARGEST_REPORT = "200k"
"""The largest city with the report: a meeting looks at no more."""

STAGES = ("read", "judge_deliveries", "plan", "relate_and_judge", "gather")
"""Of ``timings.json``; the rest is writing, the register beside the run, and imports."""


def city(size: str) -> Path:
    """Return the folder of a city, written where it is not there yet."""
    folder = Path(os.environ.get("LANTU_CITY", Path(tempfile.gettempdir()) / "lantu-city")) / size
    if not (folder / "blueprint.toml").exists():
        write_city(size, folder)
    return folder


def checked(folder: Path, out: Path, formats: tuple[str, ...], options: list[str]) -> tuple[float, float]:
    """Check a city in a process of its own; return its seconds and its peak memory in MiB."""
    command = [sys.executable, "-m", "lantu", "check", str(folder / "blueprint.toml"), "--quiet"]
    command += ["--out", str(out), *(part for name in formats for part in ("--format", name)), *options]
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)  # noqa: S603  # our own command
    _, status, usage = os.wait4(process.pid, 0)  # of this child alone
    if status:
        sys.exit(f"failed: {' '.join(command)}")
    return time.perf_counter() - started, usage.ru_maxrss / 1024


def pace() -> float:
    """Return how many times as long this machine takes as the goals' one: for geopandas.overlay at 20k.

    Its cost grows with the number of parcels and no more, so a tenth of the 200k is enough to know.
    """
    folder = Path(os.environ.get("LANTU_CITY", tempfile.gettempdir())) / "relations-20k"
    write_layers("20k", folder)
    command = [sys.executable, str(WAYS), "overlap areas", "geopandas.overlay", str(folder)]
    spent_s = []
    for _ in range(3):
        done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603  # as above
        spent_s.append(float(json.loads(done.stdout.splitlines()[-1])["seconds"]))
    return min(spent_s) / (OVERLAY_S / 10.0)


def content(out: Path, name: str) -> dict[str, Any]:
    """Return a file of a run."""
    found: dict[str, Any] = json.loads((out / name).read_text(encoding="utf-8"))
    return found


def measured(size: str, kind: str, options: list[str]) -> dict[str, Any]:
    """Check a city and return what it took."""
    with tempfile.TemporaryDirectory() as passing:
        out = Path(passing) / f"{size}-{kind}"
        spent_s, peak_mib = checked(city(size), out, FORMATS[kind], options)
        run, timings = content(out, "run.json"), content(out, "timings.json")
    print(f"{size} {kind}: {spent_s:.1f} s, {peak_mib:.0f} MiB", flush=True)
    stages = {name: timings[name] for name in STAGES}
    return {
        "size": size,
        "kind": kind,
        "seconds": spent_s,
        "peak_gib": peak_mib / 1024,
        "parcels": run["layers"]["parcels"]["source"]["count_out"],
        "features": sum(layer["source"]["count_out"] for layer in run["layers"].values()),
        "findings": run["grouping"]["findings"],
        "stages": {**stages, "write, and the rest": spent_s - sum(stages.values())},
    }


PAGE = """\
# Whole checks by size

Made by `make bench-city` (`benchmarks/city/check.py`); not to be edited by hand. The seeded city, every
shipped rule, files to findings, each run once in a process of its own{options}. *Here* is the goal times
how much longer geopandas.overlay takes on this machine than on the goal's ({pace:.2f} times). *Peak* is the
largest memory of the process, files mapped into it included.

{machine}

{totals}

Seconds of the clock by stage, parquet only:

{stages}
"""


def page(results: list[dict[str, Any]], here: float, said: str, options: list[str]) -> str:
    """Return the tables as a page."""
    totals = [
        "| parcels | features | findings | output | s | goal | here | µs a parcel | × | peak GiB |",
        "|--:|--:|--:|---|--:|--:|--:|--:|--:|--:|",
    ]
    first: dict[str, float] = {}
    for one in results:
        cost_us = one["seconds"] / one["parcels"] * 1e6
        aim = GOALS_S.get(one["size"]) if one["kind"] == "parquet" else None
        goal = f"{aim:.0f} | {aim * here:.0f}" if aim else "| "
        counts = " | ".join(f"{one[name]:,}" for name in ("parcels", "features", "findings"))
        ratio = cost_us / first.setdefault(one["kind"], cost_us)
        totals.append(
            f"| {counts} | {one['kind']} | {one['seconds']:.1f} | {goal} | {cost_us:.0f} | {ratio:.2f} "
            f"| {one['peak_gib']:.2f} |"
        )
    plain = [one for one in results if one["kind"] == "parquet"]
    stages = ["| stage | " + " | ".join(one["size"] for one in plain) + " |", "|---|" + "--:|" * len(plain)]
    stages += [
        f"| {name} | " + " | ".join(f"{one['stages'][name]:.1f}" for one in plain) + " |"
        for name in plain[0]["stages"]
    ]
    given = f", with `{' '.join(options)}`" if options else ""
    return PAGE.format(
        options=given, pace=here, machine=said, totals="\n".join(totals), stages="\n".join(stages)
    )


def main(sizes: list[str], options: list[str], out: str | None) -> None:
    """Check every size, smallest first, and print the page or write it."""
    said, here = machine("numba", "shapely", "geopandas"), pace()
    rank = list(SIZES).index
    ordered = sorted(sizes, key=rank)
    few = [size for size in ordered if rank(size) <= rank(LARGEST_REPORT)]
    results = [
        measured(size, kind, options) for kind in FORMATS for size in (ordered if kind == "parquet" else few)
    ]
    text = page(results, here, said, options)
    print(text)
    if out is not None:
        Path(out).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    words = sys.argv[1:]
    target = words.pop(words.index("--out") + 1) if "--out" in words else None
    asked = [word for word in words if word in SIZES]
    main(asked or ["20k", "200k"], [word for word in words if word not in {*SIZES, "--out"}], target)
