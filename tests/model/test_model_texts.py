"""Texts as Arrow has them answer as an array of Python's texts does."""

from __future__ import annotations

import pickle

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from lantu.model import Texts, with_mark

SOME = st.lists(st.none() | st.text(max_size=3), min_size=1, max_size=30)


@settings(max_examples=100, deadline=None)
@given(texts=SOME, data=st.data())
def test_what_is_asked_for_is_what_an_array_gives(texts: list[str | None], data: st.DataObject) -> None:
    plain = np.empty(len(texts), dtype=object)
    plain[:] = texts
    stands = Texts.of(plain)
    one = data.draw(st.integers(-len(texts), len(texts) - 1))
    rows = data.draw(st.lists(st.integers(0, len(texts) - 1), max_size=9))
    mask = data.draw(st.lists(st.booleans(), min_size=len(texts), max_size=len(texts)))
    assert stands[one] == plain[one]
    for chosen in (np.array(rows, dtype=np.int64), np.array(mask), slice(one, None), slice(None, one)):
        assert stands[chosen].tolist() == plain[chosen].tolist()
    assert (len(stands), stands.shape, list(stands)) == (len(plain), plain.shape, list(plain))
    assert np.asarray(stands).tolist() == plain.tolist()


@settings(max_examples=100, deadline=None)
@given(texts=st.lists(st.none() | st.text(alphabet="#~a地", max_size=3), max_size=30))
def test_a_mark_is_found_in_them_as_in_any_texts(texts: list[str | None]) -> None:
    plain = np.empty(len(texts), dtype=object)
    plain[:] = texts
    for some in (plain, Texts.of(plain)):
        held = [place for place, one in enumerate(texts) if one is not None and "~" in one]
        first = [place for place, one in enumerate(texts) if one is not None and one.startswith("#")]
        assert with_mark(some, "~").tolist() == held
        assert with_mark(some, "#", first=True).tolist() == first


def test_they_travel_to_other_processes() -> None:
    stands = Texts.of(np.array(["地块1", None, "b~2"], dtype=object))
    assert list(pickle.loads(pickle.dumps(stands))) == ["地块1", None, "b~2"]  # noqa: S301  # our own
    assert Texts.of(stands) is stands
