"""Axes to draw on, and a font that has the characters."""

from __future__ import annotations

from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from lantu.errors import LantuError
from lantu.messages import message, say

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from matplotlib.axes import Axes

    from lantu.messages import Language

FONTS = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "Microsoft YaHei",
    "PingFang SC",
    "Hiragino Sans GB",
    "Noto Sans CJK JP",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "SimHei",
    "DengXian",
    "Noto Serif CJK SC",
    "Noto Serif CJK JP",
    "SimSun",
)
"""Fonts with Chinese characters as Linux, Windows and macOS have them, the best for a plot first."""

ALWAYS = "DejaVu Sans"
"""matplotlib's own font; it has every sign that the others may lack, but no Chinese."""


class PlotError(LantuError):
    """There is nothing to draw, or nothing to draw with."""


class Canvas(NamedTuple):
    """Axes, and the language that can be written on them."""

    axes: Axes
    language: Language

    def say(self, key: str, **values: Any) -> str:  # noqa: ANN401  # whatever a sentence is about
        """Return a sentence of ``plots.toml``."""
        return say(f"plots.{key}", self.language, **values)


@contextmanager
def canvas(
    axes: Axes | None, language: Language, *, size: tuple[float, float] = (6.4, 4.8)
) -> Iterator[Canvas]:
    """Give the axes to draw on, new ones of ``size`` inches where none are given, with a font that fits.

    Raises
    ------
    PlotError
        matplotlib is not installed.
    """
    try:
        import matplotlib as mpl  # noqa: PLC0415  # an extra, and slow to load
        from matplotlib import pyplot as plt  # noqa: PLC0415
    except ImportError as error:
        raise PlotError(message("plots.no_matplotlib")) from error
    font = chinese_font()
    with mpl.rc_context({"font.family": [font, ALWAYS] if font else [ALWAYS]}):
        drawn = plt.subplots(figsize=size, layout="constrained")[1] if axes is None else axes
        yield Canvas(drawn, language if font else "en")


@cache
def chinese_font() -> str | None:
    """Return the first of FONTS that is installed, None where there is none."""
    from matplotlib import font_manager  # noqa: PLC0415  # as above

    installed = {entry.name for entry in font_manager.fontManager.ttflist}
    return next((name for name in FONTS if name in installed), None)


def department_names(names: dict[str, str]) -> list[str]:
    """Return departments as they can be written: by name, by key where the font has no Chinese."""
    readable = chinese_font() is not None
    return [name if readable or name.isascii() else key for key, name in names.items()]
