"""Two things at the same time: both are over afterwards, and no error is lost."""

from __future__ import annotations

import threading

import numpy as np
import pytest
import shapely

from lantu.model import behind, in_threads, meanwhile


def test_work_goes_on_while_the_block_is_done() -> None:
    begun, seen = threading.Event(), []

    def work() -> None:
        assert begun.wait(10.0)
        seen.append("work")

    with meanwhile(work):
        begun.set()  # were the work done before the block, it would wait for this
    assert seen == ["work"]


def test_an_error_of_the_work_is_raised_after_the_block() -> None:
    seen = []

    def fail() -> None:
        problem = "disk full"
        raise OSError(problem)

    with pytest.raises(OSError, match="disk full"), meanwhile(fail):
        seen.append("block")
    assert seen == ["block"]


def test_an_error_of_the_block_comes_first_and_the_work_is_over() -> None:
    seen = []
    with pytest.raises(KeyError), meanwhile(lambda: seen.append("work")):
        raise KeyError
    assert seen == ["work"]


def test_pairs_are_cut_in_pieces_and_stay_in_order() -> None:
    a = shapely.box(0.0, 0.0, np.arange(1.0, 26.0), 2.0)
    b = shapely.box(0.0, 1.0, 5.0, 3.0)
    cut = in_threads(shapely.intersection, a, np.full(25, b, dtype=object), piece=4)
    assert shapely.area(cut).tolist() == [min(width, 5.0) for width in range(1, 26)]


def test_work_behind_is_done_in_order_while_the_block_goes_on() -> None:
    released, seen = threading.Event(), []

    def work(number: int) -> None:
        assert released.wait(10.0)
        seen.append(number)

    with behind(work) as do:
        do(1)  # were it done at once, it would wait for this block
        released.set()
        do(2)
        do(3)
    assert seen == [1, 2, 3]


def test_an_error_of_work_behind_is_raised_at_the_end() -> None:
    def fail() -> None:
        problem = "disk full"
        raise OSError(problem)

    with pytest.raises(OSError, match="disk full"), behind(fail) as do:
        do()


def test_an_error_of_work_behind_stops_the_block() -> None:
    seen = []

    def fail(number: int) -> None:
        seen.append(number)
        raise OSError

    with pytest.raises(OSError), behind(fail) as do:  # noqa: PT011, PT012  # the loop is what is stopped
        for number in range(9):
            do(number)
    assert seen == [0]
