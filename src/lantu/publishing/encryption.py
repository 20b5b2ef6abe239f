"""Encrypting an edition: the page opens in a browser with its passphrase, the data are an age archive."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import secrets
import unicodedata
import zipfile
from importlib.resources import files
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from lantu.messages import message
from lantu.publishing.audience import PublishingError

if TYPE_CHECKING:
    from pathlib import Path

ROUNDS = 600_000
"""Rounds of PBKDF2-HMAC-SHA-256: what OWASP's Password Storage Cheat Sheet asks for since 2023."""

KEY_BYTES = 32
SALT_BYTES = 16
IV_BYTES = 12
ARCHIVE = "data.zip.age"
FIXED_TIME = (1980, 1, 1, 0, 0, 0)
WRONG = "Decryption failed"
"""What age says where the passphrase does not open the header; anything else is damage."""


def encrypt_folder(folder: Path, passphrase: str) -> None:
    """Encrypt every file of an edition: each page as a page, all others together as ``data.zip.age``.

    Nothing of the content stays in clear, titles and names of files included.

    Raises
    ------
    PublishingError
        The passphrase is empty, or what encrypts is not installed.
    """
    if not passphrase:
        raise PublishingError(message("publishing.no_passphrase"))
    pages = sorted(folder.glob("*.html"))
    others = sorted(one for one in folder.rglob("*") if one.is_file() and one not in pages)
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in others:
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), FIXED_TIME)
            archive.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED)
    for page in pages:
        page.write_text(locked_page(page.read_text(encoding="utf-8"), passphrase), encoding="utf-8")
    if others:
        (folder / ARCHIVE).write_bytes(_age().passphrase.encrypt(content.getvalue(), normal(passphrase)))
    for path in others:
        path.unlink()


def normal(passphrase: str) -> str:
    """Return a passphrase as Unicode writes it composed, so that every keyboard gives the same key."""
    return unicodedata.normalize("NFC", passphrase)


def locked_page(page: str, passphrase: str) -> str:
    """Return a page that asks for the passphrase and then shows ``page`` (AES-256-GCM, PBKDF2-HMAC-SHA-256).

    The key is the first half of what the passphrase gives. The second half tells a wrong passphrase from a
    damaged file; it is derived on its own, so that trying it costs as much as trying the key.

    Raises
    ------
    PublishingError
        What encrypts is not installed.
    """
    aead, pbkdf2, hashes = _ciphers()
    salt, iv = secrets.token_bytes(SALT_BYTES), secrets.token_bytes(IV_BYTES)
    derive = pbkdf2(algorithm=hashes.SHA256(), length=2 * KEY_BYTES, salt=salt, iterations=ROUNDS)
    derived = derive.derive(normal(passphrase).encode("utf-8"))
    content = aead(derived[:KEY_BYTES]).encrypt(iv, page.encode("utf-8"), None)
    parts = {
        "salt": salt, "iv": iv, "check": derived[KEY_BYTES:], "sha256": hashlib.sha256(content).digest(),
        "content": content,
    }  # fmt: skip
    locked = {name: base64.b64encode(value).decode("ascii") for name, value in parts.items()}
    shell = (files("lantu.publishing") / "assets" / "locked.html").read_text(encoding="utf-8")
    return shell.replace("LOCKED", json.dumps(locked | {"rounds": ROUNDS}), 1)


def unlock(archive: Path, passphrase: str, folder: Path) -> tuple[Path, ...]:
    """Decrypt the data of an edition into ``folder`` and return the files.

    Raises
    ------
    PublishingError
        The passphrase is wrong, the file is damaged or none of ours, or what decrypts is not installed.
    """
    age = _age()
    try:
        content = age.passphrase.decrypt(archive.read_bytes(), normal(passphrase))
    except age.DecryptError as error:
        key = "wrong_passphrase" if str(error) == WRONG else "damaged"
        raise PublishingError(message(f"publishing.{key}", file=archive.name)) from error
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as opened:
            return tuple(_extracted(opened, name, folder) for name in opened.namelist())
    except zipfile.BadZipFile as error:
        raise PublishingError(message("publishing.damaged", file=archive.name)) from error


def _extracted(opened: zipfile.ZipFile, name: str, folder: Path) -> Path:
    """Write one file of an archive below ``folder``; a name that leads elsewhere is damage."""
    pure = PurePosixPath(name)
    if not pure.parts or pure.is_absolute() or {"..", "\\", ":"} & {*pure.parts, *name}:
        raise PublishingError(message("publishing.damaged", file=name))
    path = folder.joinpath(*pure.parts)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(opened.read(name))
    return path


def _age() -> Any:  # noqa: ANN401  # pyrage ships no types
    try:
        import pyrage  # noqa: PLC0415  # the extra "secure"
    except ImportError as error:
        raise PublishingError(message("publishing.not_installed")) from error
    return pyrage


def _ciphers() -> tuple[Any, Any, Any]:
    try:
        from cryptography.hazmat.primitives import hashes  # noqa: PLC0415  # the extra "secure"
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415
        from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC  # noqa: PLC0415
    except ImportError as error:
        raise PublishingError(message("publishing.not_installed")) from error
    return AESGCM, PBKDF2HMAC, hashes
