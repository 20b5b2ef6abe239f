"""A process that checks a blueprint, says so, and writes the run; made many times, so imported once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import lantu

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

NEEDED = ("lantu.blueprint", "lantu.engine", "lantu.keeping", "lantu.register", "lantu.report")
"""What each of these processes would import, and a server that they are forked from has already."""


def check_and_write(blueprint: str, out: str, said: Connection) -> None:
    """Check, tell the other end of ``said``, and write."""
    run = lantu.open(blueprint).check()
    said.send("checked")
    run.write(out)
