"""A broken plug-in is named and skipped, its rules are not checked, and nothing else suffers."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from plugin_site import EXAMPLE

if TYPE_CHECKING:
    from plugin_site import Site

RULE = (EXAMPLE / "lantu_trees" / "tr01_pipe_near_old_tree.py").read_text(encoding="utf-8")
TEXTS = (EXAMPLE / "lantu_trees" / "TR01.toml").read_text(encoding="utf-8")
TABLE = (EXAMPLE / "lantu_trees" / "green.tree.toml").read_text(encoding="utf-8")
KIND = "from lantu.sources import Kind\nKIND = Kind(name='x', suffixes=({suffixes}), open={open})\n"
REPORTER = "from lantu.report import Reporter\nREPORTER = Reporter(file={file!r}, write={write})\n"


def edit(site: Site, old: str, new: str) -> None:
    path = site.town / "blueprint.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def broken_rules(site: Site) -> dict[str, str]:
    """Write a rule for each thing that can be wrong; return the module of each with what is said of it."""
    site.module("bad/tr11_import.py", "import no_such_module\n")
    site.module("bad/tr12_leaves.py", "raise SystemExit(3)\n")
    site.module("bad/tr13_taken.py", RULE.replace('"TR01"', '"LU01"'))
    site.module("bad/tr14_code.py", RULE.replace('"TR01"', '"tree"'))
    site.module("bad/tr15_texts.py", RULE.replace('"TR01"', '"TR15"'))
    site.module("bad/tr16_part.py", RULE.replace('"TR01"', '"TR16"'))
    site.module("bad/TR16.toml", re.sub(r"(?m)^(message|trap) = .*$", "", TEXTS))
    plain = RULE.replace('"TR01"', '"TR17"').replace("@dataclass(frozen=True, kw_only=True)", "")
    site.module("bad/tr17_plain.py", plain)
    site.module("bad/TR17.toml", TEXTS)
    hidden = RULE.replace('"TR01"', '"TR18"').replace("within_m: float = 5.0", "within_m: Unknown = 5.0")
    site.module("bad/tr18_hint.py", hidden)
    site.module("bad/TR18.toml", TEXTS)
    needy = RULE.replace('"TR01"', '"TR19"').replace("within_m: float = 5.0", "within_m: float")
    site.module("bad/tr19_needy.py", needy)
    site.module("bad/TR19.toml", TEXTS)
    return {
        "TR11": "ModuleNotFoundError: No module named 'no_such_module'",
        "TR12": "SystemExit: 3",
        "bad.tr13_taken.PipeNearOldTree": "'LU01' is taken already",
        "tree": "'tree' is not two or more capital letters",
        "TR15": "lacks texts: TR15.toml",
        "TR16": "lacks texts: message, trap",
        "TR17": "is no @dataclass",
        "TR18": "NameError",
        "TR19": "TypeError",
    }


def test_each_broken_rule_is_named_and_the_others_stay(with_example: Site) -> None:
    expected = broken_rules(with_example)
    with_example.plug(
        "bad-rules", {"lantu.rules": {"bad": "bad", "gone": "gone.rules", "word": "json:dumps"}}
    )
    listed = with_example.lantu("rules", "--json")
    assert listed.returncode == 0, listed.stderr
    codes = [row["code"] for row in json.loads(listed.stdout)]
    assert "TR01" in codes
    assert not set(codes) & set(expected)
    assert codes.count("LU01") == 1
    expected |= {"gone": "No module named 'gone'", "word": "it is dumps, expected PairRule"}
    lines = listed.stderr.splitlines()
    assert len(lines) == len(expected)
    for name, reason in expected.items():
        assert any(
            line.startswith(f"skipped the rule plug-in '{name}' of bad-rules 1.0: ") and reason in line
            for line in lines
        ), (name, lines)
    assert str(with_example.path) not in listed.stderr
    explained = with_example.lantu("rules", "TR15")
    assert explained.returncode == 2
    assert "lacks texts: TR15.toml" in explained.stderr


def checked(site: Site, *arguments: str) -> tuple[dict[str, Any], str]:
    done = site.lantu("check", "--out", "report", *arguments)
    assert done.returncode == 0, done.stderr
    return json.loads((site.town / "report" / "run.json").read_text(encoding="utf-8")), done.stderr


def test_its_rules_are_not_checked(with_example: Site) -> None:
    broken_rules(with_example)
    with_example.plug("bad-rules", {"lantu.rules": {"bad": "bad"}})
    tuned = 'ignore = ["TR18"]\n[rules.TR17]\nwithin_m = 3.0'
    edit(with_example, '["TR01", "DA02"]', f'["TR", "DA02", "LU", "TR16"]\n{tuned}')
    run, said = checked(with_example)
    for code in ("TR11", "TR15", "TR16", "TR17"):
        (pair,) = run["rules"][code]["pairs"]
        assert pair["answer"] == "not_checked"
        assert code in pair["reason"]
        assert pair["reason"] in said
    assert "TR18" not in run["rules"]
    assert len(run["rules"]["LU01"]["pairs"]) == 1  # the shipped rule's own answer
    assert run["rules"]["TR01"]["found"] == 1
    named = {entry["name"]: entry for entry in run["plugins"]["skipped"]}
    assert named["TR11"] == {
        "group": "lantu.rules",
        "name": "TR11",
        "package": "bad-rules 1.0",
        "reason": "it failed: ModuleNotFoundError: No module named 'no_such_module'",
    }
    assert "TR18" in named


def test_a_rule_that_crashes_while_judging_is_not_checked(with_example: Site) -> None:
    crash = RULE.replace('"TR01"', '"TR21"').replace(
        "return verdict(", "raise OSError('worn out')\n        return verdict("
    )
    with_example.module("worn/tr21_worn.py", crash)
    with_example.module("worn/TR21.toml", TEXTS)
    with_example.plug("worn", {"lantu.rules": {"worn": "worn"}})
    edit(with_example, '"DA02"]', '"TR21"]')
    run, _ = checked(with_example)
    assert run["rules"]["TR21"]["answer"] == "not_checked"
    assert "OSError at tr21_worn.py" in run["rules"]["TR21"]["pairs"][0]["reason"]
    assert run["rules"]["TR01"]["answer"] == "conflict"


BROKEN_READERS = {
    "taken": (KIND.format(suffixes="'.csv',", open="open"), "'.csv' is taken already"),
    "suffix": (KIND.format(suffixes="'CSV',", open="open"), "the name 'CSV' does not fit"),
    "none": (KIND.format(suffixes="", open="open"), "the name '' does not fit"),
    "kind": ("KIND = 5\n", "it is int, expected Kind"),
    "raises": ("raise ValueError('no\\nlicence')\n", "it failed: ValueError: no licence"),
}
BROKEN_REPORTERS = {
    "html": (REPORTER.format(file="a.md", write="print"), "'html' is taken already"),
    "place": (REPORTER.format(file="../a.md", write="print"), "the name '../a.md' does not fit"),
    "same": (REPORTER.format(file="Run.json", write="print"), "'run.json' is taken already"),
    "kind": ("REPORTER = print\n", "expected Reporter"),
    "uncalled": (REPORTER.format(file="b.md", write="5"), "expected Reporter"),
}
BROKEN_STANDARDS = {
    "land.parcel": (TABLE, "'land.parcel' is taken already"),
    "tree": (TABLE, "the name 'tree' does not fit"),
    "green.absent": (None, "has no green.absent.toml"),
    "green.syntax": ("zh = ", "it failed: TOMLDecodeError"),
    "green.unit": (TABLE.replace('"m"', '"yard"'), "columns.crown_radius_m.unit: there is no 'yard'"),
    "green.word": (TABLE.replace('"tree_grade"', '"grades"'), "grade.enumeration: there is no 'grades'"),
    "green.label": (TABLE.replace('zh = "树种"', ""), "columns.species: the labels zh and en are missing"),
    "green.range": (TABLE.replace("min = 0.5", ""), "min, max and range_source belong together"),
    "green.key": (TABLE.replace("accuracy_m", "accurate"), "2 mistakes in green.key.toml"),
    "green.lists": (TABLE.replace("tree_grade", "pipe_medium"), "'enumerations.pipe_medium' is taken"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("group", "variants", "member"),
    [
        ("readers", BROKEN_READERS, ":KIND"),
        ("reporters", BROKEN_REPORTERS, ":REPORTER"),
        ("standards", BROKEN_STANDARDS, ""),
    ],
)
def test_each_broken_reader_reporter_and_standard_is_named(
    with_example: Site, group: str, variants: dict[str, tuple[str | None, str]], member: str
) -> None:
    points = {}
    for name, (text, _) in variants.items():
        package = f"odd_{name.replace('.', '_')}"
        points[name] = package + member
        with_example.module(f"{package}/__init__.py", "" if group == "standards" else text or "")
        if group == "standards" and text is not None:
            with_example.module(f"{package}/{name}.toml", text)
    with_example.plug("odd", {f"lantu.{group}": points})
    run, said = checked(with_example)
    assert run["rules"]["TR01"]["answer"] == "conflict"
    assert (with_example.town / "report" / "findings.md").is_file()
    lines = [line for line in said.splitlines() if line.startswith("skipped the ")]
    text = "\n".join([*lines, *(line for line in said.splitlines() if line not in lines)])
    assert len(lines) == len(variants)
    for name, (_, reason) in variants.items():
        assert any(f" plug-in '{name}' of odd 1.0: " in line for line in lines), name
        assert reason in text
    assert len(run["plugins"]["skipped"]) == len(variants)


def test_layers_of_a_broken_standard_are_refused_and_the_rest_is_checked(with_example: Site) -> None:
    with_example.module("odd/__init__.py", "")
    with_example.plug("odd", {"lantu.standards": {"green.hedge": "odd"}})
    edit(
        with_example,
        "[rules]\n",
        '[layers.hedges]\npath = "register.trees"\nstandard = "green.hedge"\ndepartment = "garden"\n'
        'crs = "EPSG:4548"\nfields = { id = "id" }\n[rules]\n',
    )
    run, said = checked(with_example)
    assert "'green.hedge' of odd 1.0: the package odd has no green.hedge.toml" in said
    assert "green.hedge.toml" in run["layers"]["hedges"]["refused"]["reason"]
    assert run["layers"]["hedges"]["accuracy_m"] is None
    assert run["rules"]["TR01"]["answer"] == "conflict"
    done = with_example.lantu("check", "--out", "all", "--format", "html,xlsx,gpkg,parquet")
    assert done.returncode == 0, done.stderr
    listed = with_example.lantu("layers", "--html", "layers.html")
    assert listed.returncode == 0, listed.stderr
    shown = with_example.lantu("layers")
    assert "green.hedge.toml" in shown.stdout


def test_a_reader_that_fails_costs_its_layer_only(with_example: Site) -> None:
    with_example.module(
        "weak/__init__.py",
        "from lantu.sources import Kind\n"
        "def read(path, encoding):\n    raise KeyError('worn out')\n"
        "KIND = Kind(name='weak', suffixes=('.weak',), open=read)\n",
    )
    with_example.plug("weak", {"lantu.readers": {"weak": "weak:KIND"}})
    (with_example.town / "more.weak").write_text("x", encoding="utf-8")
    edit(
        with_example,
        "[rules]\n",
        '[layers.more]\npath = "more.weak"\nstandard = "land.parcel"\ndepartment = "works"\n[rules]\n',
    )
    run, _ = checked(with_example)
    reason = run["layers"]["more"]["refused"]["reason"]
    assert reason == "more.weak is read by the plug-in 'weak': it failed: KeyError: 'worn out'"
    assert run["rules"]["TR01"]["answer"] == "conflict"


@pytest.mark.parametrize(
    ("write", "reason"),
    [
        ("lambda run, path: 1 / 0", "it failed: ZeroDivisionError: division by zero"),
        ("lambda run, path: None", "it wrote no weak.txt"),
    ],
)
def test_a_reporter_that_fails_is_named_and_the_other_files_are_written(
    with_example: Site, write: str, reason: str
) -> None:
    with_example.module("weak/__init__.py", REPORTER.format(file="weak.txt", write=write))
    with_example.plug("weak", {"lantu.reporters": {"weak": "weak:REPORTER"}})
    run, said = checked(with_example, "--format", "weak,md,parquet")
    assert f"skipped the reporter plug-in 'weak' of weak 1.0: {reason}" in said
    assert [entry["reason"] for entry in run["plugins"]["skipped"]] == [reason]
    written = sorted(path.name for path in (with_example.town / "report").iterdir())
    own = ["findings.md", "findings.parquet", "judged.parquet", "objects.parquet", "run.json", "timings.json"]
    assert written == sorted([*own, "kept"])


def test_the_format_of_a_broken_reporter_is_left_out(with_example: Site) -> None:
    with_example.plug("odd", {"lantu.reporters": {"pdf": "no_such_module:PDF"}})
    edit(with_example, '["parquet", "md"]', '["parquet", "pdf"]')
    _, said = checked(with_example)
    assert "skipped the reporter plug-in 'pdf' of odd 1.0" in said
    edit(with_example, '["parquet", "pdf"]', '["parquet", "doc"]')
    done = with_example.lantu("check")
    assert done.returncode == 2
    assert "'report.formats[2]' cannot be the text 'doc'" in done.stderr
    assert "html, gpkg, xlsx, parquet, md" in done.stderr


def test_it_is_said_in_chinese_too(with_example: Site) -> None:
    with_example.plug("odd", {"lantu.rules": {"TR31": "no_such_module"}})
    done = with_example.python("-m", "lantu", "--lang", "zh", "rules")
    assert "已跳过规则插件“TR31”（软件包 odd 1.0）：运行出错：ModuleNotFoundError" in done.stderr


def test_nothing_is_loaded_before_a_room_asks(with_example: Site) -> None:
    with_example.module("loud/__init__.py", "print('loaded')\n")
    named = {name: {"GR01" if name == "lantu.rules" else "loud.loud": "loud"} for name in GROUPS}
    with_example.plug("loud", named)
    done = with_example.python(
        "-c", "import lantu.rules, lantu.sources, lantu.standards, lantu.report, lantu.config"
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert with_example.lantu("--version").stdout.startswith("lantu ")


GROUPS = ("lantu.rules", "lantu.readers", "lantu.reporters", "lantu.standards")
