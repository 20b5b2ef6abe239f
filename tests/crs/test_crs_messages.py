from __future__ import annotations

import re
from importlib.resources import files
from string import Formatter

import pytest

from lantu.crs import Suspicion
from lantu.messages import LANGUAGES, catalogue

SOURCE = "\n".join(
    entry.read_text(encoding="utf-8")
    for entry in sorted(files("lantu.crs").iterdir(), key=lambda item: item.name)
    if entry.name.endswith(".py")
)
OURS = sorted(key for key in catalogue() if key.startswith("crs."))


def test_every_message_named_in_the_code_stands_in_the_catalogue_and_the_other_way() -> None:
    named = set(re.findall(r'"(crs\.[a-z0-9_]+)"', SOURCE))
    named |= {f"crs.looks_{kind.value}" for kind in Suspicion} | {
        "crs.note_similarity",
        "crs.note_affine",
        "crs.note_helmert7",
    }
    assert named == set(OURS)


@pytest.mark.parametrize("key", OURS)
def test_both_languages_say_the_same_values(key: str) -> None:
    fields = [
        {name for _, name, _, _ in Formatter().parse(catalogue()[key][language]) if name}
        for language in LANGUAGES
    ]
    assert fields[0] == fields[1]
