"""A command looks for garbage in circles rarely, and leaves things as they were."""

from __future__ import annotations

import gc

import pytest

from lantu.cli.collecting import OBJECTS, collecting_rarely


def test_looks_are_rare_within_and_as_before_afterwards() -> None:
    before = gc.get_threshold()
    with collecting_rarely():
        assert gc.isenabled()
        assert gc.get_threshold()[0] == OBJECTS
    assert gc.get_threshold() == before


def _fail() -> None:
    raise ValueError


def test_a_command_that_fails_leaves_things_as_they_were_too() -> None:
    before = gc.get_threshold()
    with pytest.raises(ValueError), collecting_rarely():  # noqa: PT011  # our own, from above
        _fail()
    assert gc.get_threshold() == before
