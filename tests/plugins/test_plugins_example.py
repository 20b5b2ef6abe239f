"""The example package: listed, used by a check, tested as Lantu's own rules are, and really installable."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import openpyxl
import pytest
from plugin_site import EXAMPLE

if TYPE_CHECKING:
    from pathlib import Path

    from plugin_site import Site


def test_rules_lists_and_explains_it(with_example: Site) -> None:
    listed = with_example.lantu("rules", "--json")
    assert listed.returncode == 0, listed.stderr
    assert listed.stderr == ""
    rules = {row["code"]: row for row in json.loads(listed.stdout)}
    assert rules["TR01"]["title"] == "pipe near an old tree"
    assert len(rules) > 50
    told = json.loads(with_example.lantu("rules", "TR01", "--json").stdout)
    assert told["parameters"] == {"severity": "major", "within_m": 5.0}
    assert told["trap"].startswith("The point of a tree is its stem")
    assert len(told["cases"]) == 3


def test_check_uses_rule_reader_reporter_and_standard(with_example: Site) -> None:
    done = with_example.lantu("check", "--out", "report")
    assert done.returncode == 0, done.stderr
    assert "plug-in" not in done.stderr
    out = with_example.town / "report"
    run = json.loads((out / "run.json").read_text(encoding="utf-8"))
    assert run["rules"]["TR01"]["answer"] == "conflict"
    assert run["rules"]["TR01"]["found"] == 1
    assert run["layers"]["trees"]["source"]["driver"] == "trees"
    assert run["layers"]["trees"]["source"]["count_out"] == 3
    assert run["versions"]["lantu-trees"] == "1.0"
    assert run["plugins"] == {"skipped": []}
    text = (out / "findings.md").read_text(encoding="utf-8")
    assert "- TR01: pipe G1 of Works lies 2.00 m from tree T1 of Gardens; 5.00 m are to be kept" in text
    assert "oldest" in text  # DA02 knows the plug-in's words: only this one is in no list


def test_html_and_excel_say_its_words(with_example: Site) -> None:
    done = with_example.lantu("check", "--out", "report", "--format", "html,xlsx,gpkg")
    assert done.returncode == 0, done.stderr
    book = openpyxl.load_workbook(with_example.town / "report" / "findings.xlsx")
    cells = {str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row}
    assert any("pipe near an old tree" in cell for cell in cells)
    assert (with_example.town / "report" / "report.html").is_file()
    said = with_example.python("-c", LABELS)
    assert said.stdout.split() == ["古树名木", "一级", "冠幅半径", "管线距古树名木过近"], said.stderr


LABELS = """
from lantu.standards import column_label, label, standard_label
from lantu.rules import rule
print(standard_label("green.tree", "zh"), label("grade", "first", "zh"), column_label("crown_radius_m", "zh"))
print(rule("TR01")().texts()["title"]["zh"])
"""


def test_its_own_tests_pass(with_example: Site, tmp_path: Path) -> None:
    tests = str(EXAMPLE / "tests")
    options = ("-q", "-p", "no:cacheprovider", "--rootdir", str(tmp_path), "-c", str(tmp_path / "none.ini"))
    (tmp_path / "none.ini").touch()
    done = with_example.python("-m", "pytest", *options, tests)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "10 passed" in done.stdout


def test_the_meta_test_walks_it(with_example: Site) -> None:
    """The checks that tests/rules makes of every rule, made of the installed ones."""
    done = with_example.python("-c", META)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.split() == ["TR01", "9"]


META = """
from lantu.rules import catalogue
from lantu.testing import rule_checks
rules = [rule for rule in catalogue() if rule.__module__.startswith("lantu_trees")]
checks = rule_checks(*rules)
for check in checks:
    check()
print(*(rule.code for rule in rules), len(checks))
"""


@pytest.mark.slow
def test_pip_installs_it_without_a_network(site: Site, tmp_path: Path) -> None:
    pytest.importorskip("hatchling")
    target = tmp_path / "installed"
    arguments = ("--no-index", "--no-build-isolation", "--no-deps", "--quiet", "--target", str(target))
    done = subprocess.run(  # noqa: S603  # this interpreter's pip
        [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", *arguments, str(EXAMPLE)],
        capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert (target / "lantu_trees" / "TR01.toml").is_file()
    assert (target / "lantu_trees" / "green.tree.toml").is_file()
    for installed in target.iterdir():
        installed.rename(site.path / installed.name)
    listed = site.lantu("rules", "TR01")
    assert listed.returncode == 0, listed.stderr
    assert "pipe near an old tree" in listed.stdout
