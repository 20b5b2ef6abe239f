"""A run comes back from its folder as it was."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from report_run import make_run

from lantu import report
from lantu.errors import OutputError
from lantu.keeping import read_kept, write_kept
from lantu.keeping.plain import from_plain, to_plain
from lantu.messages import message
from lantu.model import Outcome
from lantu.report.page.content import page_content
from lantu.report.page.sentences import whole

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def run() -> Any:
    return make_run()


def test_the_reports_of_a_kept_run_are_those_of_the_run(run: Any, tmp_path: Path) -> None:
    write_kept(run, tmp_path)
    back = read_kept(tmp_path)
    report.write(run, tmp_path / "first")
    report.write(back, tmp_path / "second")
    for name in ("report.html", "findings.parquet", "findings.gpkg", "findings.xlsx", "run.json"):
        assert (tmp_path / "first" / name).read_bytes() == (tmp_path / "second" / name).read_bytes(), name


def test_a_run_kept_without_translations_is_shown_in_its_own_language(run: Any, tmp_path: Path) -> None:
    write_kept(run, tmp_path)
    (tmp_path / "kept" / "translations.parquet").unlink()  # as an earlier version kept it
    back = read_kept(tmp_path)
    assert back.translations.empty
    assert back.findings["message"].tolist() == run.findings["message"].tolist()
    content = page_content(back).columns
    assert content["untold"] == len(run.findings)
    said = [both for both in whole(content["sentences"], content["findings"]) if both is not None]
    assert said == [(text, None) for text in run.findings["message"]]
    assert [set(cause["message"]) for cause in content["causes"]] == [{run.language}] * len(run.causes)
    write_kept(back, tmp_path / "again")
    assert read_kept(tmp_path / "again").translations.empty


def test_translations_come_back_and_damaged_ones_are_said(run: Any, tmp_path: Path) -> None:
    write_kept(run, tmp_path)
    pd.testing.assert_frame_equal(read_kept(tmp_path).translations, run.translations)
    (tmp_path / "kept" / "translations.parquet").write_bytes(b"PAR1")
    with pytest.raises(OutputError, match="Run lantu check again"):
        read_kept(tmp_path)


def test_source_fields_stay_with_the_source(run: Any, tmp_path: Path) -> None:
    write_kept(run, tmp_path)
    for path in (tmp_path / "kept").glob("layer-*.parquet"):
        assert not [name for name in pd.read_parquet(path).columns if name.startswith("source:")]


def test_messages_within_messages_and_odd_numbers_come_back() -> None:
    inner = message("report.no_folder", folder="x", reason=float("inf"))
    outcome = Outcome(rule="LU01", layer_a="a", layer_b=None, answer="not_checked", reason=inner)
    assert from_plain(json.loads(json.dumps(to_plain({"a": (outcome,)})))) == {"a": (outcome,)}


def test_only_known_classes_are_made_from_a_file() -> None:
    with pytest.raises(ValueError, match="unknown kind"):
        from_plain({"!": "Popen", "args": "x"})


@pytest.mark.parametrize("spoiled", ["{", "{}", '{"version": 99}', '{"version": 1, "facts": {"!": "os"}}'])
def test_a_damaged_folder_is_said(run: Any, tmp_path: Path, spoiled: str) -> None:
    write_kept(run, tmp_path)
    (tmp_path / "kept" / "record.json").write_text(spoiled, encoding="utf-8")
    with pytest.raises(OutputError, match="Run lantu check again"):
        read_kept(tmp_path)
