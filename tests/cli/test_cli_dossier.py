"""``lantu dossier`` on the shipped sample."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from lantu.cli.main import main
from lantu.cli.sample import copy_sample

if TYPE_CHECKING:
    from pathlib import Path

PARCEL = "parcels:370306001007JD00004"


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dossier") / "sample"
    copy_sample(folder)
    return folder / "blueprint.toml"


def lantu(*arguments: object) -> int:
    with pytest.raises(SystemExit) as left:
        main([str(argument) for argument in arguments])
    return int(left.value.code or 0)


def test_it_prints_every_department_and_writes_the_page(
    sample: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "dossier.html"
    assert lantu("--lang", "en", "dossier", PARCEL, sample, "--html", page) == 0
    out = capsys.readouterr().out
    assert {"Concerned", "Not concerned", "No data"} <= {
        part.strip() for part in out.replace("  ", "\n").split("\n")
    }
    assert "owed and not delivered: building" in out
    assert "LU01 Conflict: " in out
    assert "Dossier of parcel" in page.read_text(encoding="utf-8")


def test_json_has_an_answer_for_every_layer(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert lantu("--lang", "zh", "dossier", PARCEL, sample, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["parcel"]["id"] == "370306001007JD00004"
    assert {row["answer"] for row in told["layers"]} == {"concerned", "not_concerned", "no_data"}
    assert all(row["reason"] for row in told["layers"] if row["answer"] == "no_data")


def test_an_id_of_two_layers_asks_which(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert lantu("--lang", "en", "dossier", "370306001007JD00004", sample) == 2
    assert PARCEL in capsys.readouterr().err


def test_a_blueprint_is_never_written_over(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert lantu("--lang", "en", "dossier", PARCEL, sample, "--html", sample) == 2
    assert ".html" in capsys.readouterr().err
