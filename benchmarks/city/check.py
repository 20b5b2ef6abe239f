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

from city.generate import SIZES, write_city

GOALS_S = {"200k": 15.0, "1M": 75.0, "3M": 225.0}
"""Parquet only, on two cores."""

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


def content(out: Path, name: str) -> dict[str, Any]:
    """Return a file of a run."""
    found: dict[str, Any] = json.loads((out / name).read_text(encoding="utf-8"))
    return found


def main(sizes: list[str], options: list[str]) -> None:
    """Print a paragraph for each size and format, smallest size first."""
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    smallest: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as passing:
        for size in sorted(sizes, key=list(SIZES).index):
            for kind, formats in FORMATS.items():
                out = Path(passing) / f"{size}-{kind}"
                spent_s, peak_mib = checked(city(size), out, formats, options)
                run = content(out, "run.json")
                cost_us = spent_s / run["layers"]["parcels"]["source"]["count_out"] * 1e6
                ratio = cost_us / smallest.setdefault(kind, cost_us)
                goal = f" (goal {GOALS_S[size]:.0f})" if size in GOALS_S and kind == "parquet" else ""
                print(f"\n{size} {kind}: {spent_s:.1f} s{goal}, {cost_us:.0f} us a parcel, x {ratio:.2f}")
                print(f"  {peak_mib:.0f} MiB, {run['counts']['conflict']:,} conflicts")
                for name, value in content(out, "timings.json").items():
                    print(f"  {name}: {json.dumps(value)}", flush=True)


if __name__ == "__main__":
    asked = [word for word in sys.argv[1:] if word in SIZES]
    main(asked or ["20k", "200k"], [word for word in sys.argv[1:] if word not in SIZES])
