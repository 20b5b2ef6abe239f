"""The demo: a copy of the shipped sample, never over something else, checked at once."""

from __future__ import annotations

from pathlib import Path

import pytest

import lantu.cli.sample
from lantu.cli import main
from lantu.cli.sample import MARK, copy_sample, sample
from lantu.errors import OutputError

SMALL = """\
[blueprint]
language = "zh"
crs = "EPSG:4548"
[departments.land]
[layers.points]
path = "data/points.csv"
standard = "utility.node"
department = "land"
crs = "EPSG:4548"
[rules]
select = ["DA05"]
[report]
formats = ["parquet"]
"""


@pytest.fixture
def small_sample(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A sample of one layer in place of the shipped one."""
    folder = tmp_path / "shipped"
    (folder / "data" / "__pycache__").mkdir(parents=True)
    (folder / "data" / "__pycache__" / "x.pyc").touch()
    (folder / "blueprint.toml").write_text(SMALL, encoding="utf-8")
    (folder / "data" / "points.csv").write_text(
        "id,x,y\nA,500000,4070000\nA,500010,4070000\n", encoding="utf-8"
    )
    monkeypatch.setattr(lantu.cli.sample, "sample", lambda: folder)
    monkeypatch.setenv("LANTU_LANG", "en")
    monkeypatch.chdir(tmp_path)
    return folder


def demo(*arguments: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(["demo", *arguments])
    assert isinstance(left.value.code, int)
    return left.value.code


@pytest.mark.usefixtures("small_sample")
def test_demo_copies_the_sample_and_checks_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert demo() == 0
    out, err = capsys.readouterr()
    target = tmp_path / "lantu-demo"
    copied = {
        path.relative_to(target).as_posix() for path in target.rglob("*") if "reports" not in path.parts
    }
    assert copied == {MARK, "blueprint.toml", "data", "data/points.csv"}
    (report,) = [path for path in (target / "reports").iterdir() if path.is_dir()]
    assert (report / "findings.parquet").is_file()
    assert err == "The sample was copied to lantu-demo; checking it …\n"
    assert out.startswith("Conflicts: 1 (1 major), causes: ")
    lines = [line.split() for line in out.splitlines()]
    assert ["major", "1"] in lines
    assert ["critical", "0"] in lines
    assert ["not", "checked", "0"] in lines
    assert out.splitlines()[-1].startswith("Open in a browser: ")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_copy_speaks_the_language_of_its_user(small_sample: Path, language: str) -> None:
    assert demo("here", "--lang", language) == 0
    assert f'language = "{language}"' in Path("here/blueprint.toml").read_text(encoding="utf-8")
    assert 'language = "zh"' in (small_sample / "blueprint.toml").read_text(encoding="utf-8")


@pytest.mark.usefixtures("small_sample")
def test_an_earlier_copy_is_written_over_and_keeps_its_reports() -> None:
    assert demo("here") == 0
    Path("here/data/points.csv").write_text("changed", encoding="utf-8")
    assert demo("here") == 0
    assert Path("here/data/points.csv").read_text(encoding="utf-8").startswith("id,x,y")
    assert len([path for path in Path("here/reports").iterdir() if path.is_dir()]) == 2


@pytest.mark.usefixtures("small_sample")
@pytest.mark.parametrize("held", ["here", "here/x"])
def test_anything_else_is_never_written_over(capsys: pytest.CaptureFixture[str], held: str) -> None:
    Path(held).parent.mkdir(exist_ok=True)
    Path(held).touch()
    assert demo("here") == 2
    assert "here holds something else and is not written over" in capsys.readouterr().err
    assert not Path("here/blueprint.toml").exists()


@pytest.mark.usefixtures("small_sample")
def test_an_empty_folder_is_as_good_as_none() -> None:
    Path("here").mkdir()
    assert copy_sample(Path("here")) == Path("here/blueprint.toml")


def test_an_installation_without_a_sample_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lantu.cli.sample, "files", lambda _: tmp_path / "src" / "lantu")
    with pytest.raises(OutputError, match="came without the sample"):
        sample()


def test_the_sample_of_a_wheel_goes_before_that_of_the_source_tree(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lantu.cli.sample, "files", lambda _: tmp_path / "src" / "lantu")
    source, wheel = tmp_path / "layers" / "district", tmp_path / "src" / "lantu" / "sample"
    for folder in (source, wheel):
        folder.mkdir(parents=True)
        (folder / "blueprint.toml").touch()
    assert sample() == wheel
    (wheel / "blueprint.toml").unlink()
    assert sample() == source


@pytest.mark.slow
def test_the_shipped_sample_is_checked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert demo(str(tmp_path / "demo"), "--lang", "zh") == 0
    out = capsys.readouterr().out
    assert out.startswith("发现矛盾 ")
    report = Path(out.splitlines()[-1].removeprefix("请用浏览器打开："))
    assert report.name == "report.html"
    assert report.is_file()
