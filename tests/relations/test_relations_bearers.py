"""Who bears which key: the same whether ids are Python's texts or Arrow's, and whatever hashes collide."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lantu.model import Texts
from lantu.relations import bearers
from lantu.relations.bearers import Bearers, keys_of

if TYPE_CHECKING:
    from lantu.model import ObjectArray

SOME = st.lists(
    st.none() | st.sampled_from(["a", "b", "b~2", "地块", "", "#1"]) | st.text(max_size=3), max_size=30
)


def array(texts: list[str | None]) -> ObjectArray:
    found = np.empty(len(texts), dtype=object)
    found[:] = texts
    return found


def agree(known: list[str | None], asked: list[str | None]) -> None:
    """Compare both ways with one another, and with a look at every pair."""
    keys, wanted = array(known), array(asked)
    pairs = sorted(
        (i, j) for i, one in enumerate(asked) for j, key in enumerate(known) if one == key is not None
    )
    for some in (Bearers.among(keys), Bearers.among(Texts.of(keys))):
        of, rows = some.of(wanted)
        assert sorted(zip(of.tolist(), rows.tolist(), strict=True)) == pairs
        assert some.know(wanted).tolist() == [one is not None and one in known for one in asked]
        assert some.number.tolist() == [0 if key is None else known.count(key) for key in known]
        assert [code < 0 for code in some.code] == [key is None for key in known]
        assert all(some.distinct.keys[code] == known[row] for row, code in enumerate(some.code) if code >= 0)
        assert some.distinct.places(some.distinct.keys).tolist() == list(range(len(some)))


@settings(max_examples=150, deadline=None)
@given(known=SOME, asked=SOME)
def test_both_ways_find_the_bearers_that_a_look_at_every_pair_finds(
    known: list[str | None], asked: list[str | None]
) -> None:
    agree(known, asked)


def test_keys_of_one_hash_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first salt gives all of them one hash; with the second, unknown keys have those of known ones."""

    def hashed(keys: ObjectArray, salt: str) -> np.ndarray:
        if salt.endswith("0"):
            return np.zeros(len(keys), dtype=np.uint64)
        return np.array([len(str(key)) for key in keys], dtype=np.uint64)

    monkeypatch.setattr(bearers, "_hashed", hashed)
    agree(["a", "bb", None, "a", "ccc"], ["x", "yy", "a", None, "zzzz", "bb"])


@pytest.mark.parametrize("at_once", [1, 7])
def test_long_lists_are_looked_at_piece_by_piece(monkeypatch: pytest.MonkeyPatch, at_once: int) -> None:
    monkeypatch.setattr(bearers, "TEXTS_AT_ONCE", at_once)
    numbers = np.random.default_rng(3).integers(0, 20, (2, 40))
    agree(*([str(number) for number in some] for some in numbers))


@settings(max_examples=100, deadline=None)
@given(ids=SOME)
def test_keys_are_the_same_of_both(ids: list[str | None]) -> None:
    assert list(keys_of(Texts.of(array(ids)))) == list(keys_of(array(ids)))


def test_only_a_mark_whose_bare_id_is_there_is_taken_off() -> None:
    assert list(keys_of(array(["7", "7~2", "8~2", "9~", "7~2~3"]))) == ["7", "7", "8~2", "9~", "7~2"]
