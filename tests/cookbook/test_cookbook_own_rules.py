"""The page about a planner's own rules: every snippet is run, and says what the page says that it says."""

from __future__ import annotations

import csv
import re
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pytest
from cookbook_district import write_district

import lantu
from lantu.errors import BlueprintError
from lantu.standards import reference_table

PAGE = Path(__file__).resolve().parents[2] / "docs" / "cookbook" / "own_rules.md"
BLOCK = re.compile(r"^```(\w+) ?([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Recipe(NamedTuple):
    """A rule of the page, and the sentences under it."""

    rule: str
    code: str
    said: list[str]


def blocks() -> list[tuple[str, str, str]]:
    return BLOCK.findall(PAGE.read_text(encoding="utf-8"))


def recipes(note: str = "") -> list[Recipe]:
    found = blocks()
    return [
        Recipe(text, re.findall(r'code +=.*?"(\w+)"', text)[0], after.splitlines())
        for (kind, name, text), (_, _, after) in pairwise(found)
        if kind == "toml" and name == note
    ]


def write_tables(folder: Path) -> None:
    for kind, name, text in blocks():
        if kind == "csv":
            (folder / name).write_text(text, encoding="utf-8")


def test_the_page_has_what_was_promised() -> None:
    assert [recipe.code for recipe in recipes()] == ["ZC01", "AQ01", "HD01", "AQ02", "GL01"]
    assert len(recipes("mistake")) == 1
    kinds = [kind for kind, _, _ in blocks()]
    assert kinds == ["toml", "text"] * 3 + ["csv", "toml", "text"] * 2 + ["toml", "text"]


@pytest.mark.parametrize("recipe", recipes(), ids=lambda recipe: recipe.code)
def test_a_recipe_finds_what_the_page_says(recipe: Recipe, tmp_path: Path) -> None:
    write_tables(tmp_path)
    run = lantu.open(write_district(tmp_path, recipe.rule)).check()
    assert run.findings["message"].tolist() == recipe.said
    assert [outcome.answer for outcome in run.outcomes] == ["conflict"]


def test_the_highway_table_is_that_of_the_statute() -> None:
    (text,) = (text for kind, name, text in blocks() if kind == "csv" and name == "highway_control.csv")
    written = {row["other.road_class"]: float(row["required_m"]) for row in csv.DictReader(text.splitlines())}
    zone = [row for row in reference_table("statutory_buffers") if row["object"] == "highway_control_zone"]
    classes = [row["condition"].removeprefix("road class ").removesuffix(", at least") for row in zone]
    assert written == dict(zip(classes, [float(row["distance_m"]) for row in zone], strict=True))
    assert all("NOT the centre line" in row["reference"] for row in zone)


def test_all_recipes_together_find_the_same(tmp_path: Path) -> None:
    write_tables(tmp_path)
    rules = "\n".join(recipe.rule for recipe in recipes())
    run = lantu.open(write_district(tmp_path, rules)).check()
    assert sorted(run.findings["message"]) == sorted(text for recipe in recipes() for text in recipe.said)


def test_the_mistakes_are_those_of_the_page(tmp_path: Path) -> None:
    (recipe,) = recipes("mistake")
    file = write_district(tmp_path, recipe.rule)
    with pytest.raises(BlueprintError) as caught:
        lantu.open(file)
    line = next(
        number
        for number, text in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if text.startswith("when")
    )
    said = "\n".join(one.text("zh") for one in caught.value.mistakes)
    shown = [row.rstrip() for row in said.replace(f"{file}:{line}: ", "").splitlines()]
    assert shown == recipe.said
