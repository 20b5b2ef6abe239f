"""The two files that travel: plain JSON that a person can read before it leaves, all of it named here."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from lantu.errors import LantuError, OutputError
from lantu.messages import message

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

VERSION = 2

REQUEST = "lantu.request"
RESPONSE = "lantu.response"

REQUEST_FIELDS = (
    "schema", "version", "crs", "as_of", "standard", "department", "rules", "not_asked", "layers",
)  # fmt: skip
RULE_FIELDS = ("code", "parameters", "reach_m")
NOT_ASKED_FIELDS = ("code", "reason")
LAYER_FIELDS = ("name", "standard", "accuracy_m", "shift", "shift_accuracy_m", "columns", "features")
FEATURE_FIELDS = ("id", "wkb", "values")
"""A request holds these and nothing else: places, hashed ids, the columns that rules may compare.

``not_asked`` are the rules that would compare the two and cannot be asked so, with the key of the reason.
"""

RESPONSE_FIELDS = (
    "schema", "version", "request_sha256", "at", "standard", "source", "outcomes", "verdicts", "public_key",
    "signature",
)  # fmt: skip
SOURCE_FIELDS = ("sha256", "issued", "count", "refused")
OUTCOME_FIELDS = (
    "rule", "layer", "answer", "reason", "matched", "candidates", "judged", "found", "undecidable",
    "left_out",
)  # fmt: skip
VERDICT_FIELDS = (
    "rule", "layer", "id", "side", "part", "verdict", "severity", "field", "measure", "unit", "required",
    "tolerance", "other",
)  # fmt: skip
"""A response holds these and nothing else: no place, no value and no id of the owner's objects."""

NOT_ASKED = tuple(f"responding.reason.{name}" for name in ("own_rule", "own_table", "whole_layer", "by_id"))
"""Why a rule cannot be asked so, as keys of the catalogue."""

LARGEST_BYTES = 1 << 30


class RespondingError(LantuError):
    """A request or a response is damaged, forged, or belongs to something else."""


def write_package(path: Path, content: Mapping[str, Any]) -> None:
    """Write a request or a response as JSON, beside its place and then renamed.

    Raises
    ------
    OutputError
        The file cannot be written.
    """
    passing = path.with_name(f".writing-{path.name}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        passing.write_text(
            json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False), encoding="utf-8"
        )
        passing.replace(path)
    except OSError as error:
        raise OutputError(message("report.cannot_write", file=str(path), reason=str(error))) from error
    finally:
        passing.unlink(missing_ok=True)


def read_package(path: Path, schema: str) -> dict[str, Any]:
    """Read a request or a response; what has a field too many or too few is refused.

    Raises
    ------
    RespondingError
        The file cannot be read, or is not what it should be.
    """
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise RespondingError(message("responding.too_large", file=path.name))
        told = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise RespondingError(message("responding.unreadable", file=path.name, reason=str(error))) from error
    known = REQUEST_FIELDS if schema == REQUEST else RESPONSE_FIELDS
    if not isinstance(told, dict) or told.get("schema") != schema or told.get("version") != VERSION:
        raise RespondingError(
            message("responding.no_package", file=path.name, schema=schema, version=VERSION)
        )
    if set(told) != set(known):
        names = ", ".join(sorted(set(told) ^ set(known)))
        raise RespondingError(message("responding.fields", file=path.name, names=names))
    return told


def digest(content: Mapping[str, Any]) -> str:
    """Return SHA-256 of a package's canonical text."""
    return hashlib.sha256(canonical(content)).hexdigest()


def canonical(content: Mapping[str, Any]) -> bytes:
    """Return the bytes of a package that are hashed and signed: sorted keys, no spaces, ASCII."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    return text.encode("ascii")
