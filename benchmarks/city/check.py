"""Whole ``lantu check`` over the seeded city: ``python benchmarks/city/check.py [SIZE …] [OPTION …]``.

Files to findings, every shipped rule, each run a process of its own: parquet only, and with the report.
Prints seconds by stage, peak memory of the process, and microseconds per parcel against the smallest
size. Options (``--tile 2000``) go to ``lantu check``. Cities are kept in LANTU_CITY, by default a folder
among the system's passing files.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from relations.layers import write_layers

from city.generate import SIZES, write_city

GOALS_S = {"200k": 15.0, "1M": 75.0, "3M": 225.0}
"""Parquet only, on two cores of a machine on which geopandas.overlay takes OVERLAY_S at 200k."""

OVERLAY_S = 47.0
WAYS = Path(__file__).parents[1] / "relations" / "ways.py"

FORMATS = {"parquet": ("parquet",), "report": ("html", "gpkg", "xlsx", "parquet")}


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


def main(sizes: list[str], options: list[str]) -> None:
    """Print a paragraph for each size and format, smallest size first."""
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    here = pace()
    print(f"geopandas.overlay takes {here:.2f} times as long here as where the goals were set")
    smallest: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as passing:
        for size in sorted(sizes, key=list(SIZES).index):
            for kind, formats in FORMATS.items():
                out = Path(passing) / f"{size}-{kind}"
                spent_s, peak_mib = checked(city(size), out, formats, options)
                run = content(out, "run.json")
                cost_us = spent_s / run["layers"]["parcels"]["source"]["count_out"] * 1e6
                ratio = cost_us / smallest.setdefault(kind, cost_us)
                aim = GOALS_S.get(size, 0.0) if kind == "parquet" else 0.0
                goal = f" (goal {aim:.0f}, here {aim * here:.0f})" if aim else ""
                print(f"\n{size} {kind}: {spent_s:.1f} s{goal}, {cost_us:.0f} us a parcel, x {ratio:.2f}")
                print(f"  {peak_mib:.0f} MiB, {run['counts']['conflict']:,} conflicts")
                for name, value in content(out, "timings.json").items():
                    print(f"  {name}: {json.dumps(value)}", flush=True)


if __name__ == "__main__":
    asked = [word for word in sys.argv[1:] if word in SIZES]
    main(asked or ["20k", "200k"], [word for word in sys.argv[1:] if word not in SIZES])
