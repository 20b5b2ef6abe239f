"""Which edition of Lantu and its libraries judges: answers of another one are not to be mixed in."""

from __future__ import annotations

import hashlib
import os
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from typing import TYPE_CHECKING

import pyproj
import shapely

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

LIBRARIES = ("numpy", "pandas", "geopandas", "pyproj", "pygeofilter", "numba")
READ = (".py", ".toml", ".csv")
ENVIRONMENT = ("LANTU_KERNELS",)


@cache
def edition() -> str:
    """Return a digest of Lantu's own files, of the libraries it computes with, and of what switches them."""
    digest = hashlib.sha256()
    for name, content in _files(files("lantu"), ""):
        digest.update(name.encode() + b"\0" + content)
    libraries = [f"{name} {_version(name)}" for name in LIBRARIES]
    libraries += [shapely.geos_version_string, pyproj.proj_version_str]
    switches = [f"{name}={os.environ.get(name, '')}" for name in ENVIRONMENT]
    digest.update("\n".join(libraries + switches).encode())
    return digest.hexdigest()


def _files(folder: Traversable, path: str) -> list[tuple[str, bytes]]:
    found = []
    for entry in sorted(folder.iterdir(), key=lambda item: item.name):
        if entry.is_dir():
            found += _files(entry, f"{path}{entry.name}/")
        elif entry.name.endswith(READ):
            found.append((path + entry.name, entry.read_bytes()))
    return found


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "-"
