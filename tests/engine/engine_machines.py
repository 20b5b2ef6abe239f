"""Programs of dask on this machine, and hosts of their own: network namespaces with a bridge between them."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

HERE = "127.0.0.1"
NETWORK = "10.77.0."
IP = shutil.which("ip") or "/sbin/ip"
OURS = f"lantu{os.getpid()}"
"""What hosts' names begin with: those of another run, or that a killed one left, are in nobody's way."""

QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HERE, 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(command: list[str], environment: Mapping[str, str] | None = None) -> Iterator[Any]:
    """Run a program until the end of the block."""
    process = subprocess.Popen(command, env=os.environ | dict(environment or {}), **QUIET)  # type: ignore[call-overload]  # noqa: S603
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def dask(*words: str) -> list[str]:
    """Return the command of one of dask's programs."""
    return [sys.executable, "-m", "dask", *words]


def scheduler(host: str, port: int, *words: str) -> list[str]:
    """Return the command of a scheduler."""
    return dask("scheduler", "--host", host, "--port", str(port), "--no-dashboard", "--no-show", *words)


def worker(address: str, *words: str) -> list[str]:
    """Return the command of a worker with one thread that nobody starts again."""
    return dask("worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard", *words)


def inside(name: str, command: list[str]) -> list[str]:
    """Return the command that runs another one inside a namespace."""
    return [IP, "netns", "exec", name, *command]


def ip(*words: str, check: bool = True) -> subprocess.CompletedProcess[bytes]:
    """Run the program ``ip``."""
    return subprocess.run([IP, *words], check=check, capture_output=True)  # noqa: S603


def why_no_hosts() -> str | None:
    """Return why namespaces cannot be made here, None where they can."""
    if not sys.platform.startswith("linux"):
        return "network namespaces are Linux's"
    try:
        made = ip("netns", "add", f"{OURS}-probe", check=False)
    except FileNotFoundError:
        return "there is no program ip"
    if made.returncode:
        return f"ip netns is not permitted: {made.stderr.decode().strip()}"
    ip("netns", "del", f"{OURS}-probe", check=False)
    return None


@contextmanager
def hosts(count: int) -> Iterator[list[str]]:
    """Make hosts that see one another; the first ends with .1 and has the bridge, others with .2, .3, …"""
    names = [f"{OURS}-{number}" for number in range(1, count + 1)]
    first = names[0]
    try:
        for name in names:
            ip("netns", "add", name)
            ip("-n", name, "link", "set", "lo", "up")
        ip("-n", first, "link", "add", "br0", "type", "bridge")
        ip("-n", first, "addr", "add", f"{NETWORK}1/24", "dev", "br0")
        ip("-n", first, "link", "set", "br0", "up")
        for number, name in enumerate(names[1:], start=2):
            cable: Any = f"v{number}"
            ip("link", "add", cable, "netns", first, "type", "veth", "peer", "name", "eth0", "netns", name)
            ip("-n", first, "link", "set", cable, "master", "br0", "up")
            ip("-n", name, "addr", "add", f"{NETWORK}{number}/24", "dev", "eth0")
            ip("-n", name, "link", "set", "eth0", "up")
        yield names
    finally:
        for name in names:
            ip("netns", "del", name, check=False)
