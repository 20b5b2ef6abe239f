"""How the documentation is built: ``make docs``. Nothing is asked of a network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pygments.lexers.special import TextLexer

from lantu._version import __version__

if TYPE_CHECKING:
    from sphinx.application import Sphinx

project = "蓝图 Lantu"
author = "The Lantu authors"
project_copyright = "The Lantu authors"
release = version = __version__
language = "zh_CN"

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
myst_heading_anchors = 4
myst_enable_extensions = ["colon_fence"]
napoleon_google_docstring = False
autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_type_aliases = {}
exclude_patterns = ["_build"]
nitpicky = False  # types of pandas and geopandas are documented elsewhere, and nothing is fetched

html_theme = "furo"
html_title = f"蓝图 Lantu {__version__}"
html_static_path: list[str] = []
html_copy_source = False
html_show_sourcelink = False
html_theme_options = {
    "light_css_variables": {
        "font-stack": 'system-ui, "Noto Sans CJK SC", "Microsoft YaHei", sans-serif',
        "color-brand-primary": "#0b5fa5",
        "color-brand-content": "#0b5fa5",
    },
}


def setup(app: Sphinx) -> None:
    """Let blocks of CSV stand as they are: there are no colours for them."""
    app.add_lexer("csv", TextLexer)
