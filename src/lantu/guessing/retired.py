"""Features that are kept in a layer although they no longer hold: asked about, never dropped by a guess."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lantu.guessing.model import Question
from lantu.messages import message
from lantu.standards.distinct import distinct

if TYPE_CHECKING:
    import pandas as pd

CURRENT = ("现势", "有效", "在用", "现状", "正常")
RETIRED = frozenset({"历史", "注销", "已注销", "灭失", "废弃", "已废弃", "失效", "已灭失"})


def retired_question(attributes: pd.DataFrame) -> Question | None:
    """Return the filter that leaves retired features out, where a field tells them from current ones."""
    for field in map(str, attributes.columns):
        texts = distinct(attributes[field].to_numpy(dtype=object)).texts
        current = next((word for word in CURRENT if word in texts), None)
        if current is not None and RETIRED.intersection(texts) and field.isidentifier():
            return Question(
                key="where", value=f"{field} = '{current}'", why=message("guessing.question.where")
            )
    return None
