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
    category = demand(text)
    return Verdict(text, "out_of_scope") if category else Verdict(text)


def clean(message: str) -> str:
    """`message` in NFKC without control, invisible, private and surrogate characters; white space folded."""
    text = unicodedata.normalize("NFKC", message.encode("utf-8", "ignore").decode("utf-8"))
    kept = (c for c in text if c in _KEPT or unicodedata.category(c)[0] != "C")
    return " ".join("".join(kept).split())


def demand(text: str) -> str:
    """The category of `guard.toml` that `text` falls under (an injection, an opinion wanted …), or an empty string."""
    return next((name for name, pattern in _categories() if pattern.search(text)), "")


@cache
def _categories() -> list[tuple[str, re.Pattern[str]]]:
    return [(name, re.compile("|".join(table["patterns"]), re.IGNORECASE)) for name, table in read_toml("guard.toml").items()]
