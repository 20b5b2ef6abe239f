"""How the command line speaks: language, help, failures, hostile text, and that help starts fast."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import lantu.blueprint
from lantu.cli import main
from lantu.cli.check import report_folder
from lantu.cli.choices import words
from lantu.cli.language import environment_language, take_language
from lantu.cli.terminal import Terminal, plain
from lantu.errors import SourceError
from lantu.messages import catalogue, message


def leave(*arguments: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(arguments)
    assert isinstance(left.value.code, int)
    return left.value.code


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANTU_LANG", "en")
    monkeypatch.delenv("LANTU_DEBUG", raising=False)


def failing(error: BaseException) -> Any:
    def open_blueprint(*_: object, **__: object) -> object:
        raise error

    return open_blueprint


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"LANTU_LANG": "zh", "LANG": "en_GB.UTF-8"}, "zh"),
        ({"LANTU_LANG": "EN", "LANG": "zh_CN.UTF-8"}, "en"),
        ({"LANTU_LANG": "fr", "LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.GB18030"}, "zh"),
        ({"LC_ALL": "zh_TW", "LANG": "en_GB"}, "zh"),
        ({"LC_ALL": "", "LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
    ],
)
def test_the_language_is_that_of_the_environment(environment: dict[str, str], language: str) -> None:
    assert environment_language(environment) == language


@pytest.mark.parametrize("name", ["Chinese (Simplified)_China", "zh_CN"])
def test_windows_says_its_language_by_its_locale_only(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr("locale.getlocale", lambda: (name, "936"))
    assert environment_language({}) == "zh"


@pytest.mark.parametrize(
    ("arguments", "language", "fixed", "rest"),
    [
        (["--lang", "zh", "check", "x"], "zh", True, ["check", "x"]),
        (["check", "--lang=zh", "x"], "zh", True, ["check", "x"]),
        (["check", "x"], "en", False, ["check", "x"]),
        (["check", "--", "--lang", "zh"], "en", False, ["check", "--", "--lang", "zh"]),
        (["--lang", "fr", "check"], "en", False, ["--lang", "fr", "check"]),
        (["--lang"], "en", False, ["--lang"]),
    ],
)
def test_lang_may_stand_anywhere(arguments: list[str], language: str, fixed: bool, rest: list[str]) -> None:  # noqa: FBT001
    terminal, left = take_language(arguments, {"LANTU_LANG": "en"})
    assert (terminal.language, terminal.fixed, left) == (language, fixed, rest)


def test_a_blueprint_sets_the_language_unless_the_user_did() -> None:
    assert Terminal(language="en").speaking("zh").language == "zh"
    assert Terminal(language="en", fixed=True).speaking("zh").language == "en"


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], []])
def test_help_lists_the_commands_of_this_version(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert leave(*arguments) == 0
    out, err = capsys.readouterr()
    listed = [line.split()[0] for line in out.partition("Commands:")[2].splitlines() if line.strip()]
    commands = [
        "demo",
        "new",
        "check",
        "compare",
        "layers",
        "rules",
        "sweep",
        "decide",
        "dossier",
        "blueprint",
        "publish",
        "unlock",
        "request",
        "respond",
        "merge",
        "rollup",
        "explain",
    ]
    assert listed == commands
    assert "..." not in out.replace("[ARGS]...", "")
    assert err == ""


@pytest.mark.parametrize("command", ["demo", "new", "check", "layers", "rules", "sweep"])
def test_help_is_whole_in_chinese(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert leave("--lang", "zh", command, "--help") == 0
    out = capsys.readouterr().out
    assert out.startswith(f"用法：lantu {command} [OPTIONS]")
    assert "选项：" in out
    assert "参数：" in out
    assert "显示本说明并退出" in out
    for english_word in ("Usage", "Options:", "Arguments", "Show this", "default", "cli."):
        assert english_word not in out


def test_check_declares_the_options_of_this_version_only(capsys: pytest.CaptureFixture[str]) -> None:
    assert leave("check", "--help") == 0
    out = capsys.readouterr().out
    declared = {
        word.strip(",") for line in out.splitlines() for word in line.split()[:2] if word.startswith("--")
    }
    assert declared == {
        "--out", "--format", "--select", "--ignore", "--jobs",
        "--tile", "--engine", "--scheduler", "--as-if", "--fail-on", "--since", "--quiet", "--json", "--help",
    }  # fmt: skip


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert leave("--version") == 0
    assert capsys.readouterr().out == f"lantu {lantu.__version__}\n"


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys\n"
        "from lantu.cli import main\n"
        "try:\n    main(['check', '--help'])\nexcept SystemExit:\n    pass\n"
        "heavy = {'numpy', 'pandas', 'geopandas', 'shapely', 'pyproj', 'pyogrio', 'rich', 'folium'}\n"
        "print('HEAVY', sorted(heavy & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert done.stdout.splitlines()[-1] == "HEAVY []"


def test_an_error_on_purpose_is_said_in_the_language_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    error = SourceError(message("cli.demo.not_written", path="x", reason="y"))
    monkeypatch.setattr(lantu.blueprint, "open_blueprint", failing(error))
    assert leave("--lang", "zh", "check") == 2
    assert capsys.readouterr().err == "错误：无法写入 x：y\n"


def test_an_error_of_our_own_says_where_to_report_and_keeps_the_traceback_back(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(lantu.blueprint, "open_blueprint", failing(ZeroDivisionError("by \x1b[31mnought")))
    assert leave("check") == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(
        f"Lantu {lantu.__version__} failed inside (ZeroDivisionError): by \ufffd[31mnought\n"
    )
    assert "LANTU_DEBUG=1" in err
    assert "Traceback" not in err
    monkeypatch.setenv("LANTU_DEBUG", "1")
    assert leave("check") == 2
    assert "Traceback (most recent call last)" in capsys.readouterr().err


def test_ctrl_c_leaves_with_130(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(lantu.blueprint, "open_blueprint", failing(KeyboardInterrupt()))
    assert leave("check") == 130
    out, err = capsys.readouterr()
    assert (out, err) == ("", "interrupted\n")


@pytest.mark.parametrize("text", ["\x1b]0;title\x07", "\x1b[2J", "a\u202eb", "\ud800", "\x00"])
def test_text_of_the_data_cannot_steer_the_terminal(text: str) -> None:
    assert all(character.isprintable() or character == "\n" for character in plain(text))


def test_markup_of_the_data_is_text(capsys: pytest.CaptureFixture[str]) -> None:
    Terminal(language="en").show_table(["[b]x[/b]", "n"], [["[red]{0}", 3], ["[/]", None]])
    assert capsys.readouterr().out == "[b]x[/b]  n\n[red]{0}  3\n[/]\n"


def test_ordinary_text_stays_as_it_is() -> None:
    assert plain("宗地 P-1\n\tédité 🏠 \ue863") == "宗地 P-1\n\tédité 🏠 \ue863"


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("周村区一张蓝图", "周村区一张蓝图"),
        ('a/b\\c:d*e?f"g<h>i|j', "a-b-c-d-e-f-g-h-i-j"),
        ("../../etc", "etc"),
        (" . ", "blueprint"),
        ("x" * 300, "x" * 80),
        ("a\nb\x00c", "a-b-c"),
    ],
)
def test_the_default_folder_is_safe_on_every_system(tmp_path: Path, name: str, safe: str) -> None:
    now = dt.datetime(2026, 11, 23, 7, 8, 9, tzinfo=dt.UTC)
    folder = report_folder(tmp_path, name, now)
    assert folder == tmp_path / f"{safe}-20261123-070809"
    folder.mkdir()
    assert report_folder(tmp_path, name, now).name == f"{safe}-20261123-070809-2"


@pytest.mark.parametrize(
    ("given", "read"),
    [(None, None), ([], None), (["", " , "], None), (["LU, GE04", "LU"], ("LU", "GE04"))],
)
def test_words_of_an_option(given: list[str] | None, read: tuple[str, ...] | None) -> None:
    assert words(given) == read


def test_every_help_text_stands_in_the_catalogue() -> None:
    source = (Path(lantu.blueprint.__file__).parent / "cli" / "app.py").read_text(encoding="utf-8")
    keys = {word.strip('"') for word in source.replace(",", " ").replace("=", " ").replace(")", " ").split()}
    named = {word for word in keys if word.startswith("cli.")}
    assert len(named) > 15
    assert named <= set(catalogue())
