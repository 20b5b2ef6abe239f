"""A binary DXF as the lines of an ASCII one, so that one reader looks through both."""

from __future__ import annotations

import re
import struct
from contextlib import suppress
from typing import TYPE_CHECKING

from ezdxf.lldxf.const import DXFError
from ezdxf.lldxf.tagger import binary_tags_loader
from ezdxf.tools.codepage import toencoding

if TYPE_CHECKING:
    from collections.abc import Iterator

SENTINEL = b"AutoCAD Binary DXF\r\n\x1a\0"

_UTF8_SINCE = b"AC1021"
_VERSION = re.compile(rb"\$ACADVER\0\x01\0?(AC\d{4})")
_CODEPAGE = re.compile(rb"\$DWGCODEPAGE\0\x03\0?([A-Za-z0-9_-]+)\0")
_HEAD_BYTES = 1024  # as far as ezdxf looks


def ascii_lines(data: bytes) -> bytes:
    """Return the tags of a binary drawing as lines, text in its own bytes; as far as the file goes."""
    return b"\n".join(_lines(data)) + b"\n"


def _lines(data: bytes) -> Iterator[bytes]:
    encoding = _encoding(data[:_HEAD_BYTES])
    with suppress(DXFError, struct.error, IndexError, ValueError):  # what stands before a break is whole
        for tag in binary_tags_loader(data):
            value = tag.value
            if isinstance(value, bytes):
                text = value.hex().upper().encode("ascii")
            elif isinstance(value, str):
                text = value.encode(encoding, "surrogateescape")
            else:
                text = repr(value).encode("ascii")
            yield str(tag.code).encode("ascii")
            yield text.replace(b"\r", b" ").replace(b"\n", b" ")


def _encoding(head: bytes) -> str:
    """Return the encoding in which ezdxf reads the texts."""
    version, codepage = _VERSION.search(head), _CODEPAGE.search(head)
    if version is not None and version[1] >= _UTF8_SINCE:
        return "utf8"
    return toencoding(codepage[1].decode("ascii")) if codepage is not None else "cp1252"
