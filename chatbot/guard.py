"""guard: what may come in. Cleans invisible characters, limits length, and names demands that no report can answer."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import NamedTuple

from chatbot.types import AnswerStatus
from chatbot.wordlists import read_toml

LONGEST = 500  # characters; the longest question of our sets has 80
_KEPT = {"\n", "\t"}


class Verdict(NamedTuple):
    """The cleaned message, and the status of the answer when it goes no further."""

    text: str
    status: AnswerStatus | None = None
    note: str = ""


def guard(message: str) -> Verdict:
    text = clean(message)
    if not text:
        return Verdict(text, "blocked", "请输入一个问题。")
    if len(text) > LONGEST:
        return Verdict(text[:LONGEST], "blocked", f"问题太长：最多{LONGEST}个字，请分开提问。")
    if not re.search(r"[^\W_]", text):
        return Verdict(text, "blocked", "这里没有可以回答的问题，请用一句话提问。")
    return Verdict(text, demand(text))


def clean(message: str) -> str:
    """`message` in NFKC without control, invisible, private and surrogate characters; white space folded."""
    text = unicodedata.normalize("NFKC", message.encode("utf-8", "ignore").decode("utf-8"))
    kept = (c for c in text if c in _KEPT or unicodedata.category(c)[0] != "C")
    return " ".join("".join(kept).split())


def demand(text: str) -> AnswerStatus | None:
    """The status of a demand that is no question about a report (`guard.toml`), or None for an honest question."""
    return next((status for status, pattern in _categories() if pattern.search(text)), None)


@cache
def _categories() -> list[tuple[AnswerStatus, re.Pattern[str]]]:
    return [(t["status"], re.compile("|".join(t["patterns"]), re.IGNORECASE)) for t in read_toml("guard.toml").values()]
