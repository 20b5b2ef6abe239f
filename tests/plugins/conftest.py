"""A site for plug-ins, empty or with the example package."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import pytest
from plugin_site import BLUEPRINT, EXAMPLE, Site

if TYPE_CHECKING:
    from pathlib import Path

collect_ignore = ["example"]  # a package of its own: its tests run where it is visible


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """An empty site, and a town with a gas pipe 2 m from one old tree and far from another."""
    path, town = tmp_path / "site", tmp_path / "town"
    path.mkdir()
    town.mkdir()
    (town / "blueprint.toml").write_text(BLUEPRINT, encoding="utf-8")
    (town / "register.trees").write_text(
        "T1;500050;4000002;银杏;一级;6\nT2;500050;4000090;国槐;II;\nT3;500050;4000190;国槐;oldest;\n",
        encoding="utf-8",
    )
    (town / "pipes.csv").write_text(
        'id,medium,wkt\nG1,gas,"LINESTRING (500000 4000000, 500100 4000000)"\n', encoding="utf-8"
    )
    return Site(path=path, town=town)


@pytest.fixture
def with_example(site: Site) -> Site:
    """The site with the example package, its entry points taken from its own pyproject.toml."""
    project = tomllib.loads((EXAMPLE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    site.plug(project["name"], project["entry-points"], project["version"])
    return site
