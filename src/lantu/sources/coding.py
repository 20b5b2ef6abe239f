"""Which character encoding the text of a file is in, and how that was decided.

The order is: what the blueprint declares; what the file states (.cpg, language byte), unless its bytes
contradict it; strict UTF-8; GB18030 where the text then reads as Chinese; one of the single-byte
encodings. Law: a statement is never overruled in silence; the note says what was stated and why not.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import charset_normalizer

from lantu.errors import SourceError
from lantu.messages import Message, message

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Cell = tuple[bytes, bool]
"""Text as stored, and whether it fills its field, so that its last character may be cut in two."""

DAMAGED_SHARE = 0.10
"""Up to this share of the texts may be damaged before the encoding itself is doubted."""

CHINESE_SHARE = 0.5
"""At least this share of the characters is in GB 2312 where the text is Chinese: nearly all of it is in
practice, and almost none where accented Latin letters are taken for the first half of a character."""

LATIN_SHARE = 0.35
"""Western European text has fewer accented letters than this among its letters (French about 5 %)."""

FEW_TEXTS = 3
"""GBK text may be valid UTF-8 by accident (一 is) where there are fewer different texts than this."""

_ACCENTED_LEAD, _THREE_BYTE_LEAD = 0x80, 0xE0
_OTHER_ENCODINGS = ["cp1251", "cp1256", "cp1253", "big5", "shift_jis", "euc_kr", "cp1250", "cp1254", "cp874"]
_PRINTED = {
    "utf-8": "UTF-8",
    "gbk": "GBK",
    "gb18030": "GB18030",
    "cp1252": "windows-1252",
    "ascii": "UTF-8",
    "iso8859-1": "ISO-8859-1",
}
_SUPERSETS = {"gbk": "gb18030"}  # rare characters in names are beyond GBK, whatever the file states
_SPELLINGS = {
    "65001": "utf-8", "utf8": "utf-8", "936": "gbk", "ansi936": "gbk", "cp936": "gbk", "gb2312": "gbk",
    "54936": "gb18030", "950": "big5", "932": "cp932", "949": "cp949", "28591": "latin-1", "88591": "latin-1",
    "iso88591": "latin-1", "ansi1252": "cp1252", "ansi1251": "cp1251", "ansi1256": "cp1256",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Coding:
    """An encoding as people know it (``codec`` as Python does), and how it was decided."""

    encoding: str
    codec: str
    how: str  # declared | cpg | ldid | detected | format
    note: Message | None = None


@dataclass(frozen=True, kw_only=True)
class Statement:
    """What a file states about its own encoding; ``how`` is ``cpg``, ``ldid`` or ``format``."""

    text: str
    how: str


def codec_named(text: str) -> str | None:
    """Return Python's name of the encoding that a .cpg or a person names, e.g. ``936``; None if unknown."""
    plain = re.sub(r"[^0-9a-z]", "", text.casefold())
    plain = _SPELLINGS.get(plain, plain)
    for candidate in (plain, f"cp{plain}", text.strip()):
        try:
            name = codecs.lookup(candidate).name
            b"a".decode(name)
        except UnicodeError:  # no text in UTF-16, but an encoding all the same
            pass
        except (LookupError, ValueError):  # unknown, a codec of no text, such as zlib, or no name at all
            continue
        return "gbk" if name == "gb2312" else name
    return None


def declared_coding(encoding: str) -> Coding:
    """Return the encoding that the blueprint declares.

    Raises
    ------
    SourceError
        There is no encoding of that name.
    """
    codec = codec_named(encoding)
    if codec is None:
        raise SourceError(message("sources.encoding_unknown", encoding=encoding))
    return Coding(encoding=encoding, codec=codec, how="declared")


def decide_coding(
    cells: Iterable[Cell], *, declared: str | None = None, stated: Statement | None = None
) -> Coding:
    """Return the encoding of ``cells``.

    Raises
    ------
    SourceError
        ``declared`` names no encoding.
    """
    if declared is not None:
        return declared_coding(declared)
    telling = [cell for cell in cells if not cell[0].isascii()]
    if stated is None:
        return _detected(telling, None)
    codec = codec_named(stated.text)
    if codec is None:
        return _detected(telling, message("sources.cpg_unknown", stated=stated.text))
    if not telling or not _contradicted(telling, codec):
        return Coding(encoding=_PRINTED.get(codec, codec), codec=codec, how=stated.how)
    found = _detected(telling, None)
    key = "sources.cpg_contradicted" if stated.how == "cpg" else "sources.ldid_contradicted"
    note = message(key, stated=stated.text.strip(), found=found.encoding)
    return Coding(encoding=found.encoding, codec=found.codec, how="detected", note=note)


def decode_text(cell: Cell, codec: str) -> str:
    """Decode strictly; a character that the end of a full field cut in two is left out.

    Raises
    ------
    UnicodeDecodeError
        The bytes are not text in this encoding.
    """
    data, fills_field = cell
    return codecs.getincrementaldecoder(_SUPERSETS.get(codec, codec))().decode(data, final=not fills_field)


def replace_text(data: bytes, codec: str) -> str:
    """Decode with U+FFFD for what is not text in this encoding."""
    return data.decode(_SUPERSETS.get(codec, codec), errors="replace")


def damaged_share(cells: Sequence[Cell], codec: str) -> float:
    """Return the share of ``cells`` that are not text in this encoding."""
    return sum(not _decodes(cell, codec) for cell in cells) / max(len(cells), 1)


def _decodes(cell: Cell, codec: str) -> bool:
    try:
        decode_text(cell, codec)
    except UnicodeDecodeError:
        return False
    return True


def _contradicted(cells: Sequence[Cell], codec: str) -> bool:
    if codec != "utf-8" and damaged_share(cells, "utf-8") == 0.0:
        # By accident, single-byte text is never valid UTF-8, and GBK only where it is short.
        multibyte = codec in {"gbk", "gb18030", "big5", "cp932", "cp949"}
        three_bytes = any(max(data) >= _THREE_BYTE_LEAD for data, _ in cells)
        return not multibyte or three_bytes or len(set(cells)) >= FEW_TEXTS
    return damaged_share(cells, codec) > DAMAGED_SHARE


def _detected(cells: Sequence[Cell], note: Message | None) -> Coding:
    codec = _detect(cells)
    return Coding(encoding=_PRINTED.get(codec, codec), codec=codec, how="detected", note=note)


def _detect(cells: Sequence[Cell]) -> str:
    damaged_utf8 = damaged_share(cells, "utf-8")
    if damaged_utf8 == 0.0:
        return "utf-8"
    damaged_gb = damaged_share(cells, "gb18030")
    if damaged_utf8 <= DAMAGED_SHARE and damaged_utf8 <= damaged_gb:
        return "utf-8"
    if damaged_gb <= DAMAGED_SHARE and _reads_as_chinese(cells):
        return "gb18030"
    joined = b"\n".join(data for data, _ in cells)
    if _accented_share(joined) > LATIN_SHARE:
        best = charset_normalizer.from_bytes(joined, cp_isolation=_OTHER_ENCODINGS).best()
        if best is not None:
            return codecs.lookup(best.encoding).name
    return "cp1252" if damaged_share(cells, "cp1252") == 0.0 else "iso8859-1"


def _reads_as_chinese(cells: Sequence[Cell]) -> bool:
    text = "".join(decode_text(cell, "gb18030") for cell in cells if _decodes(cell, "gb18030"))
    foreign = [character for character in text if ord(character) >= _ACCENTED_LEAD]
    common = {character for character in set(foreign) if _in_gb2312(character)}
    return sum(character in common for character in foreign) >= CHINESE_SHARE * max(len(foreign), 1)


def _in_gb2312(character: str) -> bool:
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def _accented_share(data: bytes) -> float:
    accented = sum(byte >= _ACCENTED_LEAD for byte in data)
    letters = sum(65 <= byte <= 90 or 97 <= byte <= 122 for byte in data)  # noqa: PLR2004  # A-Z, a-z
    return accented / max(accented + letters, 1)
