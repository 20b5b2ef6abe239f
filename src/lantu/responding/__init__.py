"""Data that stay where they are: questions go to their owner, signed verdicts come back."""

from lantu.responding.merging import merge
from lantu.responding.package import RespondingError, read_package, write_package
from lantu.responding.request import Asked, make_request
from lantu.responding.respond import respond
from lantu.responding.signing import new_key, read_private_key, read_public_key

__all__ = [
    "Asked",
    "RespondingError",
    "make_request",
    "merge",
    "new_key",
    "read_package",
    "read_private_key",
    "read_public_key",
    "respond",
    "write_package",
]
