"""The verb whose object a question asks for: 办好 of 要办好哪些赛事. The clause that answers mostly says the same."""

from __future__ import annotations

from functools import lru_cache

from chatbot.segment import simplified, words
from chatbot.wordlists import asking, filler

_PARTICLES = ("u", "d", "p", "c", "y", "q", "m")  # 了, 都, 把, 和, 吗, 个, 一: they may stand between verb and object


@lru_cache(maxsize=1024)
def action_of(message: str) -> str:
    """The verb of two characters or more right before the question word; empty where there is none."""
    text = simplified(message)
    asked = asking("words", "asks").search(text)
    if asked is None:
        return ""
    for word in reversed(words(text[: asked.start()])):
        if word.pos.startswith("v") and len(word.text) > 1:
            return "" if word.text in filler() else word.text
        if not word.pos.startswith(_PARTICLES):
            return ""
    return ""


def action_fit(message: str, clause: str) -> float:
    """1 where the clause says the verb of the question, else 0."""
    action = action_of(message)
    return float(bool(action) and action in clause)
