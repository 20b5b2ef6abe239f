"""What a benchmark ran on, for the head of its page."""

from __future__ import annotations

import contextlib
import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import shapely


def machine(*packages: str) -> str:
    """Return processor, cores, memory, load, Python, GEOS and the versions of packages, as one sentence."""
    memory_gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    versions = [f"GEOS {shapely.geos_version_string}"]
    for name in packages:
        with contextlib.suppress(PackageNotFoundError):
            versions.append(f"{name} {version(name)}")
    began = f"{memory_gib:.0f} GiB, load {os.getloadavg()[0]:.1f} when it began"
    return (
        f"Machine: {processor()}, {os.cpu_count()} cores, {began};\nPython {platform.python_version()}, "
        f"{', '.join(versions)}."
    )


def processor() -> str:
    """Return the processor's name."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.machine()
