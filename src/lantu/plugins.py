"""Plug-ins: what installed packages bring by their entry points, and which of it cannot be used.

A package names what it brings under one of four groups. Each room tries its own group here and keeps what
fits; what does not is skipped and named, and costs nothing else. Nothing is loaded before a room asks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Generic, Literal, TypeVar

from lantu.errors import PluginError
from lantu.messages import Message, message

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from importlib.metadata import EntryPoint

T = TypeVar("T")

Group = Literal["lantu.rules", "lantu.readers", "lantu.reporters", "lantu.standards"]

GROUPS: tuple[Group, ...] = ("lantu.rules", "lantu.readers", "lantu.reporters", "lantu.standards")

LONGEST_DETAIL = 300

_PLACE = re.compile(r" \([^()]*[/\\][^()]*\)")
"""A file's place on this machine, as an ImportError ends with it; reports do not carry it."""


@dataclass(frozen=True, kw_only=True)
class Skipped:
    """A plug-in that cannot be used, or one part of it.

    ``part`` is the name that a blueprint would use: a rule's code where it is known, a standard, a format;
    else the entry point's name. ``package`` is the distribution with its version.
    """

    group: Group
    part: str
    package: str
    reason: Message

    @property
    def message(self) -> Message:
        """Return the sentence that names the plug-in, its package and the reason."""
        kind = message(f"plugins.kind.{self.group.rpartition('.')[2]}")
        return message("plugins.skipped", kind=kind, name=self.part, package=self.package, reason=self.reason)


@dataclass(frozen=True, kw_only=True)
class Plugged(Generic[T]):
    """What the plug-ins of one group bring, and what of them is skipped, by package and name."""

    found: tuple[T, ...] = ()
    skipped: tuple[Skipped, ...] = ()


@cache
def entries(group: Group) -> tuple[EntryPoint, ...]:
    """Return the entry points of a group, sorted by package and name; empty where nothing is plugged in."""
    return tuple(
        sorted(entry_points(group=group), key=lambda entry: (package_of(entry), entry.name, entry.value))
    )


def anything_plugged() -> bool:
    """Say whether any installed package plugs something in; nothing is loaded to know."""
    return any(entries(group) for group in GROUPS)


def package_of(entry: EntryPoint) -> str:
    """Return the distribution that an entry point comes from, with its version."""
    return f"{entry.dist.name} {entry.dist.version}" if entry.dist is not None else "?"


def attempt(entry: EntryPoint, make: Callable[[], T], *, part: str | None = None) -> T | Skipped:
    """Return what ``make`` makes of an entry point, or why that cannot be used, whatever goes wrong in it."""
    try:
        return make()
    except PluginError as error:
        reason = error.whole
    except (Exception, SystemExit) as error:  # noqa: BLE001  # foreign code, and a module may even leave
        reason = crash_of(error)
    group = next(group for group in GROUPS if group == entry.group)
    return Skipped(group=group, part=part or entry.name, package=package_of(entry), reason=reason)


def crash_of(error: BaseException) -> Message:
    """Return what a plug-in raised, in one line and without places on this machine."""
    detail = _PLACE.sub("", " ".join(str(error).split()))[:LONGEST_DETAIL]
    return message("plugins.crashed", kind=type(error).__name__, detail=detail or "-")


def sorted_out(tried: Iterable[T | Skipped]) -> Plugged[T]:
    """Return what could be used and what could not, each in the order given."""
    whole = tuple(tried)
    return Plugged(
        found=tuple(one for one in whole if not isinstance(one, Skipped)),
        skipped=tuple(one for one in whole if isinstance(one, Skipped)),
    )


def plugin_versions() -> dict[str, str]:
    """Return the versions of all packages that plug something in, by their names."""
    found = {
        entry.dist.name: entry.dist.version for group in GROUPS for entry in entries(group) if entry.dist
    }
    return dict(sorted(found.items()))
