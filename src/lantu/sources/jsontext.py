"""JSON documents as departments deliver them: any encoding, and sometimes cut off."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lantu.errors import SourceError
from lantu.messages import Message, message
from lantu.sources.coding import Coding, decide_coding, declared_coding, replace_text

if TYPE_CHECKING:
    from pathlib import Path

    from lantu.sources.damage import Damage

FORMAT = Coding(encoding="UTF-8", codec="utf-8", how="format")

_FEATURE_START = re.compile(
    r'\{(?=\s*"(?:type"\s*:\s*"Feature"|id"|geometry"\s*:|properties"\s*:|attributes"\s*:))'
)
_FEATURES_ARRAY = re.compile(r'"features"\s*:\s*\[')
_NESTING = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)
"""A text as a whole, whose brackets count for nothing, or a bracket."""

_BETWEEN = re.compile(r"[\s,]*")


@dataclass(frozen=True, kw_only=True)
class JsonText:
    """A JSON document as text, the encoding it was in, and the damage to its bytes, if any."""

    text: str
    coding: Coding


def read_json_text(path: Path, encoding: str | None) -> JsonText:
    """Read a JSON file: UTF-8, as the format fixes it, unless its bytes are not, or the blueprint says so."""
    data = path.read_bytes()
    if encoding is not None:
        coding = declared_coding(encoding)
        return JsonText(text=replace_text(data, coding.codec), coding=coding)
    try:
        return JsonText(text=data.decode(json.detect_encoding(data)), coding=FORMAT)
    except UnicodeDecodeError:
        coding = decide_coding((line, False) for line in data.splitlines())
        return JsonText(text=replace_text(data, coding.codec), coding=coding)


def rescued_features(text: str, path: Path, damage: Damage, error: Exception) -> list[Any]:
    """Return the features of a document that is no valid JSON as a whole; what is damaged is listed.

    Raises
    ------
    SourceError
        There is none.
    """
    features, damaged = salvage_features(text)
    if not features:
        raise SourceError(message("sources.unreadable", path=path.name, reason=str(error))) from error
    for number, reason in damaged.items():
        damage.refuse(number + 1, reason)
    return features


def salvage_features(text: str) -> tuple[list[Any], dict[int, Message]]:
    """Return the features of a document that is no valid JSON as a whole, and what is damaged by number.

    The members of the first ``features`` array are decoded one by one; a damaged one is skipped up to
    where the next feature starts, and stands as None.
    """
    start = _FEATURES_ARRAY.search(text)
    if start is None:
        return [], {}
    decoder = json.JSONDecoder()
    features: list[Any] = []
    damaged: dict[int, Message] = {}
    place = _skip(text, start.end())
    while place < len(text) and text[place] != "]":
        try:
            feature, place = decoder.raw_decode(text, place)
        except json.JSONDecodeError as error:
            damaged[len(features)] = message("sources.json_broken", line=error.lineno, reason=error.msg)
            following = _FEATURE_START.search(text, max(error.pos, place + 1))
            feature, place = None, following.start() if following else len(text)
        except RecursionError:
            damaged[len(features)] = message("sources.json_too_deep")
            feature, place = None, _behind(text, place)
        features.append(feature)
        place = _skip(text, place)
    return features, damaged


def _behind(text: str, place: int) -> int:
    """Return where the value that begins at ``place`` ends, however deep it is, or the end of the text."""
    depth = 0
    for found in _NESTING.finditer(text, place):
        sign = found[0]
        if sign in "[{":
            depth += 1
        elif sign in "]}":
            depth -= 1
            if depth <= 0:
                return found.end()
    return len(text)


def _skip(text: str, place: int) -> int:
    found = _BETWEEN.match(text, place)
    return found.end() if found else place
