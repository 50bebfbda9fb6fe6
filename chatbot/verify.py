"""verify: every sentence against its own quotes, without a model. What cannot be shown to hold is dropped.

A sentence stands when its keys were offered, its quotes lie inside those passages, every figure in it stands in a quote
with unit, direction and hedge, its years belong to the passages, and its words are carried by the quotes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from chatbot.figures import quantities, same_amount
from chatbot.indicators import indicators
from chatbot.segment import words
from chatbot.types import Draft, DraftSentence, Dropped, Evidence, Indicator, Period, Quantity, Question
from chatbot.wordlists import read_toml

_YEAR = re.compile(r"((?:19|20)\d{2})(?=年|[:：])|(?<=for )((?:19|20)\d{2})")
_CARRIED = 0.95  # share of a sentence's words, by characters, that its quotes must carry
_ANY_PERIOD = Period("standing")
_MARKS = re.compile(r"[，。；：、“”\s.:]")


def verify(
    question: Question, drafted: Draft, evidence: Sequence[Evidence]
) -> tuple[tuple[DraftSentence, ...], tuple[Dropped, ...]]:
    """The sentences that stand, and those that do not with the reason."""
    offered = {e.key: e for e in evidence}
    kept: list[DraftSentence] = []
    dropped: list[Dropped] = []
    for sentence in drafted.sentences:
        reason = fault(question, sentence, offered)
        if reason:
            dropped.append(Dropped(sentence.text, reason))
        else:
            kept.append(sentence)
    return tuple(kept), tuple(dropped)


def fault(question: Question, sentence: DraftSentence, offered: dict[str, Evidence]) -> str:
    """Why `sentence` may not be shown; empty when it may."""
    if not sentence.keys or not set(sentence.keys) <= set(offered):
        return "引用了没有提供的依据"
    sources = [offered[key] for key in sentence.keys]
    if not sentence.quotes or not all(any(s.passage.span.holds(q) for s in sources) for q in sentence.quotes):
        return "引文不在所引段落之内"
    quoted = "\n".join(_quoted(sentence, sources))
    body = unframed(question, sentence.text)
    return (
        _wrong_figure(body, quoted)
        or _wrong_pair(body, quoted)
        or _wrong_year(sentence.text, quoted, sources)
        or ("" if carried(body, quoted) >= _CARRIED else "有引文里没有的内容")
    )


def _quoted(sentence: DraftSentence, sources: Sequence[Evidence]) -> list[str]:
    return [s.passage.slice(q) for q in sentence.quotes for s in sources if s.passage.span.holds(q)]


def unframed(question: Question, text: str) -> str:
    """`text` without the frame (year, status) that we put around the report's words."""
    for pattern in _frames(question.language):
        m = pattern.fullmatch(text)
        if m:
            return m["body"]
    return text


@cache
def _frames(language: str) -> list[re.Pattern[str]]:
    phrases = read_toml("phrases.toml")[language]
    return [_frame_pattern(phrases[name]) for name in ("plan", "review", "standing")]


def _frame_pattern(phrase: str) -> re.Pattern[str]:
    escaped = re.escape(phrase).replace(r"\{year\}", r"\d{4}").replace(r"\{body\}", "(?P<body>.+)")
    return re.compile(escaped, re.DOTALL)


def _wrong_figure(body: str, quoted: str) -> str:
    """The first figure of `body` that no quote states with the same unit, direction and hedge."""
    stated = quantities(quoted)
    for figure in quantities(body):
        if not any(_same(figure, other) for other in stated):
            return f"引文里没有这个数字：{body[figure.span.start : figure.span.end]}"
    return ""


def _same(figure: Quantity, other: Quantity) -> bool:
    return (
        same_amount(figure, other) and figure.direction in ("", other.direction) and figure.qualifier == other.qualifier
    )


def _wrong_year(text: str, quoted: str, sources: Sequence[Evidence]) -> str:
    """A year that is neither in the quotes nor the period of the passages."""
    known = {str(s.passage.period.year) for s in sources} | {m[1] or m[2] for m in _YEAR.finditer(quoted)}
    for m in _YEAR.finditer(text):
        if (m[1] or m[2]) not in known:
            return f"年份与原文不符：{m[1] or m[2]}"
    return ""


def carried(body: str, quoted: str) -> float:
    """The share of the words of `body`, by characters, that stand in `quoted`; punctuation does not count."""
    held = [(word.text, word.text in quoted) for word in words(_MARKS.sub(" ", body)) if word.text.strip()]
    total = sum(len(text) for text, _ in held)
    return sum(len(text) for text, found in held if found) / total if total else 1.0


def _wrong_pair(body: str, quoted: str) -> str:
    """A figure that `body` puts beside another name than the quotes do; what is verbatim needs no such check."""
    if body.strip("。") in quoted:
        return ""
    stated = indicators(quoted, _ANY_PERIOD)
    for indicator in indicators(body, _ANY_PERIOD):
        if not any(_same_pair(indicator, other) for other in stated):
            return f"引文里没有这样的对应：{indicator.name}"
    return ""


def _same_pair(indicator: Indicator, other: Indicator) -> bool:
    named = indicator.name in other.name or other.name in indicator.name
    return named and same_amount(indicator.quantity, other.quantity)
