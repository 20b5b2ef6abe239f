"""The text of an XML document: decoded as it states, refused where it defines entities of its own."""

from __future__ import annotations

import re

from lantu.errors import SourceError
from lantu.messages import message
from lantu.sources.coding import Coding, codec_named, decide_coding, declared_coding, replace_text
from lantu.sources.jsontext import FORMAT

_DECLARATION = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_FEATURES = re.compile(
    rb"<(?:[\w.-]+:)?(?:\w*FeatureCollection|featureMembers?|member|CityModel|cityObjectMember|kml)[\s>]"
)
_PROLOGUE = re.compile(r"^\ufeff?\s*<\?xml.*?\?>", re.DOTALL)


def xml_text(data: bytes, encoding: str | None = None, *, name: str) -> tuple[str, Coding]:
    """Return the text of a document without its declaration, and the encoding it was in.

    ``name`` is what messages call the document. Parsing what comes back fetches nothing and expands
    nothing: entities are what external files and exponential texts are made of.

    Raises
    ------
    SourceError
        It defines entities, or ``encoding`` names no encoding.
    """
    text, coding = _decoded(data, encoding)
    if "<!ENTITY" in text:
        raise SourceError(message("sources.xml_entities", path=name))
    return text, coding


def holds_features(head: bytes) -> bool:
    """Say whether a document that begins so is one of features (GML, a WFS answer, KML), not of metadata."""
    return _FEATURES.search(head) is not None


def _decoded(data: bytes, encoding: str | None) -> tuple[str, Coding]:
    if encoding is not None:
        coding = declared_coding(encoding)
        return _PROLOGUE.sub("", replace_text(data, coding.codec)), coding
    found = _DECLARATION.match(data.removeprefix(b"\xef\xbb\xbf"))
    stated = codec_named(found[1].decode("ascii")) if found else "utf-8"
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        stated = "utf-16"
    try:
        text = data.decode(stated or "utf-8")
    except UnicodeDecodeError:
        coding = decide_coding((line, False) for line in data.splitlines())
        return _PROLOGUE.sub("", replace_text(data, coding.codec)), coding
    name = FORMAT.encoding if stated in {None, "utf-8"} else str(stated).upper()
    return _PROLOGUE.sub("", text), Coding(encoding=name, codec=stated or "utf-8", how="format")
