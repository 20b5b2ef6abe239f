"""What goes between departments: the page's commands are run as they stand, on runs of the sample."""

from __future__ import annotations

import hashlib
import json
import re
import shlex
import shutil
from typing import TYPE_CHECKING

import geopandas as gpd
import pytest
from documentation import blocks

from lantu.cli import main
from lantu.cli.sample import copy_sample

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow
"""Three checks of the sample, and everything made of them."""

PAGE = "docs/cookbook/departments.md"
PLACEHOLDER = "LU01-3f2a6c0d1e4b5a69"
MADE = {
    "check": "report.html",
    "blueprint": "blueprint.gpkg",
    "publish": "audit.jsonl",
    "request": "request.key",
    "respond": "owner.key.pub",
    "merge": "reports/2026-11-merged/report.html",
}
"""A file that the page promises, and by which command it comes to be somewhere below the folder."""


def _commands() -> list[str]:
    text = "\n".join(block.text for block in blocks(PAGE) if block.language == "console")
    return re.findall(r"^\$ (.+?)\s*(?:#.*)?$", text, re.MULTILINE)


def _run(line: str) -> None:
    words = shlex.split(line)
    assert words[0] == "lantu"
    with pytest.raises(SystemExit) as left:
        main(["--lang", "en", *words[1:]])
    assert left.value.code == 0, line


def _prepare(folder: Path) -> None:
    """The owner of the pipes stands alone; last month's run is there; a new delivery has come."""
    blueprint = copy_sample(folder)
    text = blueprint.read_text(encoding="utf-8")
    pipes = re.search(r"\[layers\.pipes\].*?(?=\n\[)", text, re.DOTALL)
    assert pipes is not None
    blueprint.write_text(text.replace(pipes[0], ""), encoding="utf-8")
    head = '[blueprint]\nname = "owner"\ncrs = "EPSG:4548"\nas_of = 2026-11-23\n[departments.municipal]\n'
    (folder / "owner.toml").write_text(f"{head}{pipes[0]}\n", encoding="utf-8")
    (folder / "new").mkdir()
    for part in (folder / "land").glob("ZD.*"):
        shutil.copy(part, folder / "new")
    _run("lantu check blueprint.toml --out reports/2026-10 --format parquet --quiet")


def _decide(run: Path, target: Path) -> str:
    """Write what a meeting decided on the first finding of a run; return that finding's id."""
    path = run / "findings.parquet"
    findings = gpd.read_parquet(path)
    first = str(findings.loc[findings["rule"] == "LU01", "finding_id"].iloc[0])
    name = json.loads((run / "run.json").read_text(encoding="utf-8"))["blueprint"]["name"]
    decision = {"finding_id": first, "decision": "b_corrects", "by": "评审会", "responsible": "planning"}
    content = {
        "schema": "lantu.decisions",
        "version": 1,
        "run": name,
        "findings_sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "decisions": [{**decision, "at": "2026-11-23T09:30:00+08:00"}],
    }
    target.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return first


def test_every_command_of_the_page_runs_in_its_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LANTU_PASSPHRASE", "a passphrase for this test alone")
    _prepare(tmp_path)
    commands = _commands()
    assert len(commands) >= 11
    finding = PLACEHOLDER
    for line in commands:
        _run(line.replace(PLACEHOLDER, finding))
        word = line.split()[1]
        assert list(tmp_path.rglob(MADE.get(word, "*").rpartition("/")[2])), line
        if finding == PLACEHOLDER:
            finding = _decide(tmp_path / "reports" / "2026-11", tmp_path / "decisions.json")
    assert (tmp_path / MADE["merge"]).is_file()
    assert list((tmp_path / "packages").rglob("data.zip.age"))
