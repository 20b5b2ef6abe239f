"""What may not be loaded before it is needed: seconds differ from machine to machine, imports do not."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

HEAVY = frozenset(
    {
        "IPython",
        "branca",
        "charset_normalizer",
        "dask",
        "distributed",
        "ezdxf",
        "fiona",
        "folium",
        "geopandas",
        "jinja2",
        "lark",
        "matplotlib",
        "numba",
        "numpy",
        "pandas",
        "psycopg",
        "pyarrow",
        "pydantic",
        "pygeofilter",
        "pyogrio",
        "pyproj",
        "requests",
        "scipy",
        "shapely",
        "xlsxwriter",
    }
)
"""What takes long to load; ``lantu --help`` needs none of it."""

ALSO_RICH = HEAVY | {"rich"}

LOADED = """
import json, sys
try:
    {code}
except SystemExit:
    pass
print("\\n" + json.dumps(sorted({{name.partition(".")[0] for name in sys.modules}})))
"""

PARSER = frozenset({"pydantic"})
"""What typer loads by itself once a command is named."""


def _loaded(code: str) -> set[str]:
    done = subprocess.run(  # noqa: S603  # this interpreter
        [sys.executable, "-c", LOADED.format(code=code)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    return set(json.loads(done.stdout.splitlines()[-1]))


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_the_command_line_starts_without_anything_heavy(option: str) -> None:
    loaded = _loaded(f"from lantu.cli import main; main([{option!r}])")
    assert "typer" in loaded
    assert loaded & ALSO_RICH == set()


@pytest.mark.parametrize("words", ["check --help", "sweep --help", "chekc", "check --no-such-option"])
def test_a_command_answers_questions_and_slips_before_it_loads_anything(words: str) -> None:
    loaded = _loaded(f"from lantu.cli import main; main({words.split()!r})")
    assert loaded & (ALSO_RICH - PARSER) == set()


def test_importing_lantu_loads_nothing_heavy() -> None:
    assert _loaded("import lantu") & ALSO_RICH == set()


def test_the_api_is_listed_without_being_loaded() -> None:
    code = "import lantu; assert set(lantu.__all__) <= set(dir(lantu))"
    assert _loaded(code) & HEAVY == set()


def test_checking_needs_neither_plots_nor_a_notebook() -> None:
    """The extra ``notebook`` may be missing."""
    loaded = _loaded("import lantu; lantu.open; lantu.compare; lantu.Run")
    assert "geopandas" in loaded
    assert loaded & {"matplotlib", "IPython", "jupyterlab"} == set()
