"""Which encoding text is in: decided from statements and bytes, never guessed in silence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantu.sources.coding import Cell, Statement, codec_named, decide_coding, decode_text

CHINESE = ["周村区", "张店区", "国有建设用地使用权", "二类居住用地", "永久基本农田", "赵鑫磊"]
FRENCH = ["Règlement général", "Zone à urbaniser", "Forêt domaniale", "Carrière", "Élément protégé"]
ARABIC = ["حارة 1", "المنطقة الأولى", "مدرسة"]


def cells(texts: list[str], codec: str) -> list[Cell]:
    return [(text.encode(codec), False) for text in texts]


@pytest.mark.parametrize(
    ("texts", "codec", "found"),
    [
        (CHINESE, "utf-8", "UTF-8"),
        (CHINESE, "gbk", "GB18030"),
        (CHINESE, "gb18030", "GB18030"),
        (CHINESE[:1], "gbk", "GB18030"),
        (FRENCH, "utf-8", "UTF-8"),
        (FRENCH, "latin-1", "windows-1252"),
        (FRENCH[:1], "latin-1", "windows-1252"),
        (["Prix : 12 €", "cœur d’îlot"], "cp1252", "windows-1252"),
        (ARABIC, "utf-8", "UTF-8"),
        (["plain", "ascii"], "ascii", "UTF-8"),
        ([], "ascii", "UTF-8"),
    ],
)
def test_detected_from_the_bytes(texts: list[str], codec: str, found: str) -> None:
    coding = decide_coding(cells(texts, codec))
    assert (coding.encoding, coding.how, coding.note) == (found, "detected", None)
    assert [decode_text(cell, coding.codec) for cell in cells(texts, codec)] == texts


def test_rare_characters_are_in_gb18030() -> None:
    texts = ["䶮山村", "㙍头镇", *CHINESE]
    coding = decide_coding(cells(texts, "gb18030"))
    assert coding.encoding == "GB18030"
    assert decode_text(cells(texts, "gb18030")[0], coding.codec) == "䶮山村"


def test_one_damaged_text_does_not_change_the_encoding_of_the_others() -> None:
    many = [*cells([f"第{number}号宗地" for number in range(30)], "utf-8"), (b"\xff\xfe\x80", False)]
    assert decide_coding(many).encoding == "UTF-8"
    many = [*cells([f"第{number}号宗地" for number in range(30)], "gbk"), (b"\xff\xff\x20", False)]
    assert decide_coding(many).encoding == "GB18030"


@pytest.mark.parametrize(
    ("texts", "real", "stated", "how", "found"),
    [
        (CHINESE, "gbk", "GBK", "cpg", "GBK"),
        (CHINESE, "gbk", "UTF-8", "cpg", "GB18030"),
        (CHINESE, "utf-8", "GBK", "cpg", "UTF-8"),
        (CHINESE, "utf-8", "GBK", "ldid", "UTF-8"),
        (FRENCH, "cp1252", "1252", "cpg", "windows-1252"),
        (FRENCH, "latin-1", "latin1", "cpg", "ISO-8859-1"),
        (FRENCH[:1], "utf-8", "1252", "cpg", "UTF-8"),
        (FRENCH, "latin-1", "UTF-8", "cpg", "windows-1252"),
    ],
)
def test_statements_are_obeyed_unless_the_bytes_contradict(
    texts: list[str], real: str, stated: str, how: str, found: str
) -> None:
    coding = decide_coding(cells(texts, real), stated=Statement(text=stated, how=how))
    obeyed = codec_named(real) == codec_named(stated)
    assert coding.encoding == found
    assert coding.how == (how if obeyed else "detected")
    assert (coding.note is None) == obeyed


def test_gbk_that_happens_to_be_utf8_stays_gbk_when_stated() -> None:
    accident = [("一".encode("gbk"), False)]
    assert accident[0][0].decode("utf-8") == "һ"  # a Cyrillic letter, by accident
    assert decide_coding(accident, stated=Statement(text="GBK", how="cpg")).encoding == "GBK"


def test_unknown_statement_is_said() -> None:
    coding = decide_coding(cells(CHINESE, "utf-8"), stated=Statement(text="OEM-77", how="cpg"))
    assert coding.encoding == "UTF-8"
    assert coding.note is not None
    assert "OEM-77" in coding.note.text("en")


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        ("UTF-8", "utf-8"), ("utf8", "utf-8"), ("65001", "utf-8"), ("936", "gbk"), ("GB2312", "gbk"),
        ("ANSI 936", "gbk"), ("CP936", "gbk"), ("1252", "cp1252"), ("ISO-8859-1", "iso8859-1"),
        ("88591", "iso8859-1"), ("1256", "cp1256"), ("hex", None), ("no such thing", None), ("", None),
    ],
)  # fmt: skip
def test_names_of_encodings(text: str, codec: str | None) -> None:
    assert codec_named(text) == codec


@given(st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=20))
def test_cut_character_is_tolerated_only_at_the_end_of_a_full_field(text: str) -> None:
    cut = text.encode("utf-8")[:-1]
    assert decode_text((cut, True), "utf-8") == text[:-1]
    with pytest.raises(UnicodeDecodeError):
        decode_text((cut, False), "utf-8")
