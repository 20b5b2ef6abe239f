"""The compiler of the kernels, and where it keeps what it compiled.

Only the modules of this room import numba, and only when kernels serve a run (``choice``): importing it
costs a third of a second, compiling some seconds once a machine, loading what is compiled a tenth.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, cast

import numba
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from lantu.model import FloatArray, IntArray

    Function = TypeVar("Function", bound=Callable[..., object])


def kernel(function: Function) -> Function:
    """Compile a function for flat arrays: no interpreter, no lock of it, kept on disk where there is room.

    numba keeps what it compiled beside the source, or in the user's own cache where the package is
    installed read-only; where neither can be written it raises, and the kernel is compiled anew in each
    process. The floating-point flags stay strict: no fused or reordered operations, so the same bits on
    every processor.
    """
    return _compiled(function)


def inner_kernel(function: Function) -> Function:
    """Compile a function that only kernels call: without a door for Python, a fifth of the compiler's time.

    Counts come to it as int64 (``np.int64(0)``): for a bare literal numba compiles it once more.
    """
    return _compiled(function, no_cpython_wrapper=True)


def _compiled(function: Function, **options: Any) -> Function:  # noqa: ANN401  # numba's own
    try:
        return cast("Function", numba.njit(nogil=True, cache=True, **options)(function))
    except RuntimeError:  # "cannot cache function: no locator available"
        return cast("Function", numba.njit(nogil=True, **options)(function))


@inner_kernel
def longer(numbers: IntArray) -> IntArray:
    """Return the same numbers with room for as many again."""
    longer = np.empty(2 * numbers.shape[0], dtype=np.int64)
    for k in range(numbers.shape[0]):  # a slice would bring in what numba has for messages of errors
        longer[k] = numbers[k]
    return longer


@inner_kernel
def put_in_order(numbers: IntArray | FloatArray, begin: np.int64, end: np.int64) -> None:
    """Sort the numbers from begin to end: by Shell's way, for numpy's compiles to ten times as much code."""
    gap: np.int64 = (end - begin) // np.int64(2)
    while gap > 0:
        for k in range(begin + gap, end):
            number, place = numbers[k], np.int64(k)
            while place >= begin + gap and numbers[place - gap] > number:
                numbers[place] = numbers[place - gap]
                place -= gap
            numbers[place] = number
        gap = gap // np.int64(2)
