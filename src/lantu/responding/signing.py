"""Ed25519: a response is its owner's, or is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lantu.errors import OutputError
from lantu.messages import message
from lantu.responding.package import RespondingError, canonical

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SIGNATURE = "signature"


def new_key(private: Path, public: Path) -> None:
    """Make a pair of keys and write them as PEM; files that are there are never written over.

    Raises
    ------
    OutputError
        A file is there already or cannot be written.
    RespondingError
        What signs is not installed.
    """
    ed25519, serial = _library()
    key = ed25519.Ed25519PrivateKey.generate()
    secret = key.private_bytes(serial.Encoding.PEM, serial.PrivateFormat.PKCS8, serial.NoEncryption())
    shown = key.public_key().public_bytes(serial.Encoding.PEM, serial.PublicFormat.SubjectPublicKeyInfo)
    for path, content in ((private, secret), (public, shown)):
        try:
            with path.open("xb") as stream:
                stream.write(content)
        except OSError as error:
            raise OutputError(message("report.cannot_write", file=str(path), reason=str(error))) from error


def read_private_key(path: Path) -> Any:  # noqa: ANN401  # a key of the library
    """Return the owner's key.

    Raises
    ------
    RespondingError
        The file is no Ed25519 key, or what signs is not installed.
    """
    ed25519, serial = _library()
    return _read(path, lambda content: serial.load_pem_private_key(content, None), ed25519.Ed25519PrivateKey)


def read_public_key(path: Path) -> Any:  # noqa: ANN401  # as above
    """Return the key that an owner's responses are checked with.

    Raises
    ------
    RespondingError
        As ``read_private_key``.
    """
    ed25519, serial = _library()
    return _read(path, serial.load_pem_public_key, ed25519.Ed25519PublicKey)


def _read(path: Path, load: Any, kind: type[Any]) -> Any:  # noqa: ANN401  # as above
    try:
        key = load(path.read_bytes())
    except (OSError, ValueError, TypeError) as error:
        raise RespondingError(message("responding.no_key", file=str(path), reason=str(error))) from error
    if not isinstance(key, kind):
        raise RespondingError(message("responding.no_key", file=str(path), reason=type(key).__name__))
    return key


def signed(content: Mapping[str, Any], key: Any) -> dict[str, Any]:  # noqa: ANN401  # as above
    """Return a response with its owner's public key and signature."""
    whole = {**content, "public_key": key.public_key().public_bytes_raw().hex()}
    return {**whole, SIGNATURE: key.sign(canonical(whole)).hex()}


def require_signed(content: Mapping[str, Any], trusted: Any, file: str) -> None:  # noqa: ANN401  # as above
    """Raise unless a response was signed with the trusted key and is as it was then.

    Raises
    ------
    RespondingError
        Another key signed it, or something in it was changed.
    """
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415  # the extra "secure"

    if content["public_key"] != trusted.public_bytes_raw().hex():
        raise RespondingError(message("responding.other_key", file=file))
    whole = {name: value for name, value in content.items() if name != SIGNATURE}
    try:
        trusted.verify(bytes.fromhex(content[SIGNATURE]), canonical(whole))
    except (InvalidSignature, ValueError, TypeError) as error:
        raise RespondingError(message("responding.forged", file=file)) from error


def _library() -> tuple[Any, Any]:
    try:
        from cryptography.hazmat.primitives import serialization  # noqa: PLC0415  # the extra "secure"
        from cryptography.hazmat.primitives.asymmetric import ed25519  # noqa: PLC0415
    except ImportError as error:
        raise RespondingError(message("publishing.not_installed")) from error
    return ed25519, serialization
