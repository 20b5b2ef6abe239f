"""Reading all that the page says, and looking in it for sentences of the language that it is not in."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from lantu.messages import catalogue
from lantu.standards import reference_table, table_names

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lantu.messages import Language

TEXTS = """() => {
  const found = new Set([document.title]);
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    if (node.nodeType === 3) {
      const { parentElement: around, data } = node;
      if (!around.closest("script, style, noscript, code, .licences, #language")) found.add(data.trim());
    } else for (const name of ["title", "aria-label", "placeholder", "alt"]) {
      if (node.hasAttribute(name)) found.add(node.getAttribute(name));
    }
  }
  return [...found].filter(Boolean);
}"""
"""Every text of the page, seen or hidden, and every attribute that is read out."""

DATA = """() => {
  const { findings, departments, layers, run, summary } = Lantu.state.content(), words = [run.name];
  const gather = (value) => {
    if (typeof value === "string") words.push(value);
    else if (value && typeof value === "object") {
      words.push(...Object.keys(value));
      Object.values(value).forEach(gather);
    }
  };
  gather(departments);
  gather(Object.values(findings).flatMap((column) => column.values ?? []));
  gather(layers.map(({ name, file, sublayer, names, fields }) => [name, file, sublayer, names, fields]));
  gather([summary.waivers, summary.departments, summary.decisions]);
  gather(Object.values(summary.layers).map(({ source }) => [
    source.path, source.layer, source.fields_matched, source.fields_missed, source.crs?.operation,
  ]));
  return [...new Set(words)];
}"""
"""Names, ids, values and notes of the departments: they stand as they were delivered."""

ONE_A_RULE = """() => {
  const first = new Map();
  for (let i = 0; i < Lantu.state.size(); i++) {
    const key = Lantu.state.text("rule", i) + Lantu.state.text("verdict", i);
    if (!first.has(key)) first.set(key, i);
  }
  return [...first.values()];
}"""

FOREIGN: dict[Language, re.Pattern[str]] = {
    "en": re.compile(r"[\u4e00-\u9fff]+"),
    "zh": re.compile(r"[A-Za-z][a-z]+(?: [a-z]{2,}){2,}"),
}
"""What gives away a sentence of the other language: a Chinese sign, three English words."""


def everything(page: Any) -> set[str]:
    """Return all texts of agenda, list, every view, a card and a dossier a rule, the keys and the paper."""
    said: set[str] = set()

    def read(*steps: str) -> None:
        for step in steps:
            page.evaluate(step)
        said.update(page.evaluate(TEXTS))

    read(
        "() => { Lantu.state.clear(); Lantu.state.select(-1); Lantu.state.show('overview'); }",
        "() => document.querySelector('#side-body .more')?.click()",
    )
    for name in page.eval_on_selector_all("[data-view]", "all => all.map((one) => one.dataset.view)"):
        read(f"() => Lantu.state.show('{name}')")
    page.evaluate("() => Lantu.state.show('overview')")
    for number in page.evaluate(ONE_A_RULE):
        read(f"() => Lantu.state.select({number})")
        page.evaluate("() => document.querySelector('.dossier-open')?.click()")
        if page.evaluate("() => document.getElementById('dossier')?.open ?? false"):
            read("() => document.getElementById('dossier').close()")
    page.keyboard.press("?")
    read()
    page.keyboard.press("Escape")
    page.evaluate("() => { window.print = () => window.dispatchEvent(new Event('beforeprint')); }")
    for button in ("print", "print-leaves"):
        read(f"() => document.getElementById('{button}').click()")
    page.evaluate("() => document.getElementById('sheet').replaceChildren()")
    return said


def foreign(said: Iterable[str], data: Iterable[str], language: Language) -> list[str]:
    """Return the texts in which, beside names and values of the data, the other language is spoken.

    Terms of law that the sentences and tables of ``language`` themselves use are none.
    """
    mark = FOREIGN[language]
    names = sorted((name for name in data if mark.search(name) or " " in name), key=len, reverse=True)
    known = re.compile("|".join(map(re.escape, names)) or "(?!)")
    own = _corpus(language)
    left = ((text, known.sub("", text)) for text in said)
    return [text for text, rest in left if any(found not in own for found in mark.findall(rest))]


@cache
def _corpus(language: Language) -> str:
    words = [texts[language] for texts in catalogue().values()]
    for name in table_names():
        for row in reference_table(name):
            words += [
                row.get(column) or ""
                for column in ("source", "law", "document", "en" if language == "en" else "zh")
            ]
    return "\n".join(words)
