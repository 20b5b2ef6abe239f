"""The plug-in's own tests: what Lantu checks of its rules, and that the register is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from lantu_trees.reader import TREES
from lantu_trees.tr01_pipe_near_old_tree import PipeNearOldTree

from lantu.testing import rule_checks

if TYPE_CHECKING:
    from pathlib import Path

    from lantu.testing import RuleCheck


@pytest.mark.parametrize("check", rule_checks(PipeNearOldTree), ids=str)
def test_rule(check: RuleCheck) -> None:
    check()


def test_register_is_read(tmp_path: Path) -> None:
    path = tmp_path / "register.trees"
    path.write_text("T1;500000;4000000;银杏;一级;6\nT2;500100;4000000;国槐;II;\n", encoding="utf-8")
    table = TREES.open(path, None).read()
    assert table.count_in == 2
    assert list(table.attributes["grade"]) == ["一级", "II"]
    assert [point.x for point in table.geometry] == [500000, 500100]
