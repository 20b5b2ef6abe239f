"""Pieces of HTML for the output of a cell: every value is escaped, nothing runs, nothing is asked for."""

from __future__ import annotations

from functools import cache
from html import escape
from typing import Any

import jinja2


@cache
def _templates() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.PackageLoader("lantu.display"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def fragment(name: str, /, **values: Any) -> str:  # noqa: ANN401  # whatever the template shows
    """Return a template of ``templates/`` filled with values, which are data and never markup."""
    return _templates().get_template(f"{name}.html").render(**values)


def framed(page: str, *, height_px: int) -> str:
    """Return a whole page as a frame of its own, so that neither style sheet touches the other."""
    return (
        f'<iframe srcdoc="{escape(page)}" '
        f'style="width:100%;height:{height_px}px;border:1px solid #d5dae1"></iframe>'
    )
