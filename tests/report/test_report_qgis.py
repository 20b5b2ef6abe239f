"""findings.gpkg as QGIS sees it: every layer with its style, every finding with a symbol.

Needs a Python that has QGIS (Debian: ``apt-get install qgis python3-qgis``, some 1 GB); skipped without one.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from lantu.model import SEVERITIES
from lantu.report import write
from lantu.report.palette import SEVERITY_COLOURS

if TYPE_CHECKING:
    from lantu.model import Run

LOOK = Path(__file__).parent / "qgis_look.py"
PYTHONS = ("/usr/bin/python3", "python3", "python-qgis", "python-qgis-ltr")
SPATIAL = ("finding_polygon", "finding_line", "finding_point")


@pytest.fixture(scope="module")
def qgis_python() -> str:
    """Return a Python that has QGIS."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL"))}
    for name in PYTHONS:
        path = shutil.which(name)
        if (
            path
            and not subprocess.run(  # noqa: S603  # programs of this machine
                [path, "-c", "import qgis.core"], capture_output=True, check=False, env=clean
            ).returncode
        ):
            return path
    pytest.skip(f"no Python with QGIS, looked for {', '.join(PYTHONS)}")


def look(python: str, run: Run, folder: Path) -> dict[str, Any]:
    write(run, folder, formats=["gpkg"])
    command = [python, str(LOOK), str(folder / "findings.gpkg"), str(folder / "picture.png")]
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL"))}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=clean)  # noqa: S603  # as above
    assert "partially supported" not in done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("kind", ["run", "hostile_run"])
def test_every_layer_has_its_style_and_every_finding_a_symbol(
    kind: str, qgis_python: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    run = request.getfixturevalue(kind)
    found = look(qgis_python, run, tmp_path)
    layers = found["layers"]
    assert all(layer["valid"] for layer in layers.values())
    for name in SPATIAL:
        assert layers[name]["renderer"] == "categorizedSymbol"
        assert layers[name]["drawn"] == layers[name]["features"] > 0
    for name, layer in layers.items():
        assert layer["key_hidden"], name
        assert layer["aliases"]["rule"] == "规则", name
        assert layer["row_styles"] == ([] if name == "not_checked" else list(SEVERITIES)), name
    assert layers["finding_plain"]["display"] == '"message"'
    here = run.findings[run.findings.geometry.notna()]
    for severity in set(here["severity"]):
        assert found["colours"].get(SEVERITY_COLOURS[severity], 0) > 0, severity
