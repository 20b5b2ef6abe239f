"""Which reader calls what: databases and services by the scheme and the words of their address."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from lantu.errors import SourceError
from lantu.messages import message
from lantu.sources import postgis_login, web
from lantu.sources.address import Address, address_of
from lantu.sources.ogc_features import OgcFeaturesSource
from lantu.sources.postgis import PostgisSource
from lantu.sources.wfs import WfsSource

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lantu.sources.source import NotedTable


class LiveSource(Protocol):
    """A database or a service, to be asked for its layers and for one of them whole."""

    @property
    def path(self) -> Address:
        """Return the address; only its ``shown`` may be repeated."""
        ...

    def layers(self) -> tuple[str, ...]:
        """Return the names of all layers."""
        ...

    def read(self, layer: str | None = None, *, geometry: bool = True) -> NotedTable:
        """Read one layer as of now; as for a file, see `Source.read`. It has no ``files``."""
        ...


def open_live(
    text: str, *, environment: Mapping[str, str] | None = None, folder: Path | None = None
) -> LiveSource:
    """Return the reader of an address; nothing is called yet.

    ``postgresql://`` is a PostGIS table; a web address is a WFS where it says so (``WFS:https://…``, a
    ``wfs`` in its path or parameters), else an OGC API Features. ``${NAME}`` is taken from
    ``environment`` (the process's own by default); relative files in it start in ``folder``.

    Raises
    ------
    SourceError
        A variable is not set, or no reader calls addresses of this kind.
    """
    address = address_of(
        text, environment=os.environ if environment is None else environment, folder=folder or Path()
    )
    called = address.called
    prefix = called.partition(":")[0]
    bare = called.removeprefix("WFS:").removeprefix("OAPIF:")
    scheme = bare.partition(":")[0].casefold()
    if scheme in postgis_login.SCHEMES:
        return PostgisSource(address)
    if scheme in web.SCHEMES:
        if prefix == "WFS" or (prefix != "OAPIF" and _says_wfs(bare)):
            return WfsSource(address)
        return OgcFeaturesSource(address)
    raise SourceError(message("live.scheme", address=address.shown))


def _says_wfs(url: str) -> bool:
    _, _, rest = url.partition("://")
    path, _, query = rest.partition("?")
    words = {word.casefold() for word in path.partition("/")[2].split("/")}
    return bool(words & {"wfs", "ows"}) or "service=wfs" in query.casefold()
