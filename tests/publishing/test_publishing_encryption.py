"""Encrypted editions: nothing in clear, the right passphrase opens, a wrong one and damage each say so."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from lantu.publishing import PublishingError, unlock
from lantu.publishing.encryption import ARCHIVE, ROUNDS, encrypt_folder, locked_page

if TYPE_CHECKING:
    from pathlib import Path

PASSPHRASE = "一张蓝图 2026"  # noqa: S105  # of a test
PAGE = """<!DOCTYPE html><html><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline'">
<title>Secret title</title></head><body><p id="inside">Secret 内容</p>
<script>document.getElementById("inside").dataset.ran = "yes";</script></body></html>"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "edition"
    made.mkdir()
    (made / "report.html").write_text(PAGE, encoding="utf-8")
    (made / "findings.csv").write_text("Secret finding", encoding="utf-8")
    (made / "run.json").write_text('{"name": "Secret run"}', encoding="utf-8")
    encrypt_folder(made, PASSPHRASE)
    return made


def test_nothing_stays_in_clear(folder: Path) -> None:
    assert sorted(path.name for path in folder.iterdir()) == [ARCHIVE, "report.html"]
    for path in folder.iterdir():
        content = path.read_bytes()
        for word in (b"Secret", b"findings", b"run.json", "内容".encode()):
            assert word not in content, path.name


def test_the_page_states_what_it_takes_to_open_it(folder: Path) -> None:
    page = (folder / "report.html").read_text(encoding="utf-8")
    locked = json.loads(re.search(r'id="locked">([^<]*)<', page)[1])
    assert locked["rounds"] == ROUNDS >= 600_000
    other = json.loads(re.search(r'id="locked">([^<]*)<', locked_page(PAGE, PASSPHRASE))[1])
    assert all(other[name] != locked[name] for name in ("salt", "iv", "check", "content"))


def test_the_data_open_with_the_passphrase_typed_on_any_keyboard(folder: Path, tmp_path: Path) -> None:
    files = unlock(folder / ARCHIVE, PASSPHRASE, tmp_path / "open")
    assert sorted(path.name for path in files) == ["findings.csv", "run.json"]
    assert (tmp_path / "open" / "findings.csv").read_text(encoding="utf-8") == "Secret finding"


def test_a_wrong_passphrase_and_damage_are_two_things(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(PublishingError, match=r"passphrase of 'data\.zip\.age' is wrong"):
        unlock(folder / ARCHIVE, "another", tmp_path / "open")
    whole = (folder / ARCHIVE).read_bytes()
    for spoiled in (whole[:-20] + bytes([whole[-20] ^ 1]) + whole[-19:], whole[:-9], b"nothing", b""):
        (folder / ARCHIVE).write_bytes(spoiled)
        with pytest.raises(PublishingError, match="damaged"):
            unlock(folder / ARCHIVE, PASSPHRASE, tmp_path / "open")
    assert not (tmp_path / "open").exists()


def test_an_empty_passphrase_is_none(tmp_path: Path) -> None:
    with pytest.raises(PublishingError, match="needs a passphrase"):
        encrypt_folder(tmp_path, "")


@pytest.mark.browser
def test_the_page_opens_from_disk_and_only_with_the_passphrase(folder: Path, chromium: Any) -> None:
    page = chromium.new_page()
    page.goto((folder / "report.html").as_uri())
    assert page.title() == "Lantu"
    page.fill("#passphrase", "another")
    page.click("button")
    page.wait_for_selector('#said[data-state="wrong"]')
    page.fill("#passphrase", PASSPHRASE)
    page.click("button")
    page.wait_for_selector('#inside[data-ran="yes"]', timeout=30_000)
    assert page.title() == "Secret title"
    assert page.inner_text("#inside") == "Secret 内容"
    page.close()


@pytest.mark.browser
def test_a_damaged_page_says_so(folder: Path, chromium: Any) -> None:
    path = folder / "report.html"
    text = path.read_text(encoding="utf-8")
    place = text.index('"content": "') + 40
    path.write_text(text[:place] + ("A" if text[place] != "A" else "B") + text[place + 1 :], encoding="utf-8")
    page = chromium.new_page()
    page.goto(path.as_uri())
    page.fill("#passphrase", PASSPHRASE)
    page.click("button")
    page.wait_for_selector('#said[data-state="damaged"]')
    page.close()
