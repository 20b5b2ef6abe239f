"""What an address of a PostGIS table says: whom to call, how, and for what."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlsplit

from lantu.errors import SourceError
from lantu.messages import Message, message
from lantu.sources.source import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from lantu.sources.address import Address

SCHEMES = frozenset({"postgresql", "postgres", "postgis"})

_VERIFIED = "verify-full"
_CONNECT_TIMEOUT_S = 10
_SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", _VERIFIED)
_FILES = ("sslrootcert", "sslcert", "sslkey")
_OWN = ("table", "geometry", "window")
_PARAMETERS = (*_OWN, "sslmode", *_FILES)
_EDGES = 4


@dataclass(frozen=True, kw_only=True)
class Login:
    """How to connect (``parameters``, secrets included) and what to read.

    ``window`` is xmin, ymin, xmax, ymax in the table's own coordinate system, x the easting or longitude.
    """

    parameters: Mapping[str, Any] = field(repr=False)
    table: str | None
    geometry: str | None
    window: tuple[float, ...] | None
    notes: tuple[Message, ...] = ()


def login_of(address: Address) -> Login:
    """Take an address of the form ``postgresql://user@host:port/database?table=schema.name`` apart.

    Raises
    ------
    SourceError
        It is of another form, or has a parameter that there is not; no secret is repeated.
    """
    try:
        parts = urlsplit(address.called)
        port = parts.port
        pairs = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
    except ValueError:
        raise SourceError(message("live.postgis_address", address=address.shown)) from None
    given = dict(pairs)
    if not parts.hostname or not parts.path.strip("/"):
        raise SourceError(message("live.postgis_address", address=address.shown))
    _require_known(address, given)
    mode = given.get("sslmode", _VERIFIED)
    if mode not in _SSL_MODES:
        raise SourceError(message("live.postgis_sslmode", address=address.shown, known=", ".join(_SSL_MODES)))
    parameters: dict[str, Any] = {
        "host": parts.hostname,
        "port": port,
        "dbname": unquote(parts.path.strip("/")),
        "user": unquote(parts.username) if parts.username else None,
        "password": unquote(parts.password) if parts.password else None,
        "sslmode": mode,
        "connect_timeout": _CONNECT_TIMEOUT_S,
        "client_encoding": "UTF8",
        "application_name": "lantu",
    }
    for name in _FILES:
        if name in given:
            system = name == "sslrootcert" and given[name] == "system"
            parameters[name] = "system" if system else str(address.folder / given[name])
    notes = () if mode == _VERIFIED else (message("live.postgis_unverified", mode=mode),)
    return Login(
        parameters={name: value for name, value in parameters.items() if value is not None},
        table=given.get("table") or None,
        geometry=given.get("geometry") or None,
        window=_window(address, given.get("window")),
        notes=notes,
    )


def _require_known(address: Address, given: Iterable[str]) -> None:
    """Raise SourceError for a parameter that there is not, with the one that was probably meant."""
    for name in given:
        if name not in _PARAMETERS:
            raise SourceError(
                message(
                    "live.postgis_parameter",
                    address=address.shown,
                    name=address.quoted(name),
                    help=did_you_mean(name, _PARAMETERS),
                    known=", ".join(_PARAMETERS),
                )
            )


def _window(address: Address, text: str | None) -> tuple[float, ...] | None:
    if text is None:
        return None
    try:
        edges = tuple(float(edge) for edge in text.split(","))
    except ValueError:
        edges = ()
    ordered = len(edges) == _EDGES and edges[0] < edges[2] and edges[1] < edges[3]
    if not ordered or not all(map(math.isfinite, edges)):
        raise SourceError(message("live.postgis_window_wrong", address=address.shown))
    return edges
