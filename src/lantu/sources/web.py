"""Asking a web service: one origin, verified TLS, and limits on time, size and redirects.

A server is not trusted further than its address: it cannot lead to another host, to a file, or to an
answer without end.
"""

from __future__ import annotations

import base64
import http.client
import ssl
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit, urlunsplit

from lantu.errors import SourceError
from lantu.messages import message

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lantu.sources.address import Address

SCHEMES = frozenset({"http", "https"})

_CHUNK_BYTES = 1 << 16
_PORTS = {"http": 80, "https": 443}
_MIB = 1 << 20


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How long and how large the answers for one layer may become."""

    silence_s: float = 30.0
    whole_s: float = 900.0
    answer_bytes: int = 256 * _MIB
    whole_bytes: int = 2048 * _MIB
    pages: int = 10_000


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The body of an answer, its headers by lower-case name, and the URL that gave it (may hold secrets)."""

    body: bytes
    headers: Mapping[str, str]
    url: str = field(repr=False)


@dataclass
class Web:
    """One conversation with the server of an address; time and size count over all its questions."""

    address: Address
    limits: Limits = field(default_factory=Limits)
    _started: float = field(default_factory=time.monotonic, init=False)
    _bytes: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        parts = urlsplit(self.address.called.removeprefix("WFS:").removeprefix("OAPIF:"))
        try:
            self.origin = _origin(parts.geturl())
        except ValueError:
            raise failure(self.address, "live.scheme") from None
        if parts.scheme not in SCHEMES or not parts.hostname:
            raise failure(self.address, "live.scheme")
        self.place = urlunsplit(
            (parts.scheme, parts.netloc.rpartition("@")[2], parts.path.rstrip("/"), "", "")
        )
        self.query = dict(parse_qsl(parts.query, keep_blank_values=True))
        self._login = None
        if parts.username is not None:
            pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            self._login = "Basic " + base64.b64encode(pair.encode()).decode("ascii")

    def url(self, path: str = "", **parameters: str) -> str:
        """Return a URL below the address, with its own parameters and these; these go first."""
        own = {name.casefold() for name in parameters}
        kept = {name: value for name, value in self.query.items() if name.casefold() not in own}
        query = urlencode({**kept, **parameters})
        return self.place + path + ("?" + query if query else "")

    def get(self, url: str, *, accept: str) -> Answer:
        """Fetch a URL of the address's own origin.

        Raises
        ------
        SourceError
            It is of another origin, does not answer, answers with an error, or goes beyond a limit.
        """
        if not self.is_own(url):
            raise failure(self.address, "live.web_elsewhere", target=self.address.quoted(_bare(url)))
        headers = {"Accept": accept, "Accept-Encoding": "identity", "User-Agent": "lantu"}
        if self._login:
            headers["Authorization"] = self._login
        request = urllib.request.Request(url, headers=headers)  # noqa: S310  # http and https of one origin
        try:
            with self._opener().open(request, timeout=self.limits.silence_s) as response:
                if response.headers.get("Content-Encoding", "identity") != "identity":
                    raise failure(self.address, "live.web_unreadable", reason="Content-Encoding")
                body = self._body(response)
                return Answer(
                    body=body,
                    headers={name.lower(): value for name, value in response.headers.items()},
                    url=response.url,
                )
        except urllib.error.HTTPError as error:
            error.close()
            raise failure(self.address, "live.web_status", status=error.code) from None
        except (OSError, http.client.HTTPException, ValueError) as error:
            reason = getattr(error, "reason", None) or str(error) or type(error).__name__
            raise failure(self.address, "live.web_unreachable", reason=self.address.quoted(reason)) from None

    def is_own(self, url: str) -> bool:
        """Say whether a URL is of the scheme, host and port of the address."""
        try:
            return _origin(url) == self.origin
        except ValueError:
            return False

    def _body(self, response: http.client.HTTPResponse) -> bytes:
        parts: list[bytes] = []
        size = 0
        while chunk := response.read1(_CHUNK_BYTES):
            parts.append(chunk)
            size += len(chunk)
            self._bytes += len(chunk)
            if size > self.limits.answer_bytes or self._bytes > self.limits.whole_bytes:
                raise failure(self.address, "live.web_too_large", size_mib=f"{self._bytes / _MIB:.0f}")
            if time.monotonic() - self._started > self.limits.whole_s:
                raise failure(self.address, "live.web_too_slow", seconds=f"{self.limits.whole_s:g}")
        declared = response.headers.get("Content-Length", "")
        if declared.isdecimal() and int(declared) != size:
            raise failure(self.address, "live.web_cut_off", expected=declared, found=size)
        return b"".join(parts)

    def _opener(self) -> urllib.request.OpenerDirector:
        """Return an opener for http and https alone; the ready-made one would open files too."""
        opener = urllib.request.OpenerDirector()
        for handler in (
            urllib.request.ProxyHandler(),
            urllib.request.HTTPHandler(),
            urllib.request.HTTPSHandler(context=ssl.create_default_context()),
            urllib.request.HTTPDefaultErrorHandler(),
            urllib.request.HTTPErrorProcessor(),
            _SameOrigin(self),
        ):
            opener.add_handler(handler)
        return opener


class _SameOrigin(urllib.request.HTTPRedirectHandler):
    """Follows a redirect only to where the address itself points."""

    def __init__(self, web: Web) -> None:
        self._web = web

    def redirect_request(  # the signature of the standard library
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        """Refuse another origin; a login would go with it."""
        if not self._web.is_own(newurl):
            fp.close()
            target = self._web.address.quoted(_bare(newurl))
            raise failure(self._web.address, "live.web_elsewhere", target=target)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def failure(address: Address, key: str, **values: object) -> SourceError:
    """Return an error that names the address without its secrets."""
    return SourceError(message(key, address=address.shown, **values))


def _origin(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port or _PORTS.get(parts.scheme)


def _bare(url: str) -> str:
    """Return a URL without login and parameters."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
