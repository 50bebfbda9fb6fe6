"""verify: every sentence against its own quotes, without a model. What cannot be shown to hold is dropped.

A sentence stands when its keys were offered, its quotes lie inside those passages, every figure in it stands in a quote
with unit, direction and hedge and beside the same name, its year and status are those of the passages, and its words
stand in the quotes in the same order with nothing dropped that changes the meaning.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from chatbot.figures import LEXICON, quantities, same_amount
from chatbot.indicators import indicators
from chatbot.segment import words
from chatbot.types import Draft, DraftSentence, Dropped, Evidence, Indicator, Period, Quantity, Question
from chatbot.wordlists import read_toml

_YEAR = re.compile(r"((?:19|20)\d{2})(?=年|[:：])|(?<=for )((?:19|20)\d{2})")
_STOPS = " 。；，、：\n"
_NEGATIONS = ("未", "不", "没有", "无", "停止", "取消")
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
    body = unframed(question, sentence.text, sources[0].passage.period)
    return (
        ("" if body.strip(_STOPS) else "没有内容")
        or _wrong_figure(body, quoted)
        or _wrong_pair(body, quoted)
        or _wrong_year(sentence.text, quoted, sources)
        or _not_carried(body, quoted)
    )


def _quoted(sentence: DraftSentence, sources: Sequence[Evidence]) -> list[str]:
    return [s.passage.slice(q) for q in sentence.quotes for s in sources if s.passage.span.holds(q)]


def unframed(question: Question, text: str, period: Period) -> str:
    """`text` without the frame (year, status) that this period, and no other, may put around the report's words."""
    phrase: str = read_toml("phrases.toml")[question.language]["standing" if period.year is None else period.kind]
    before, after = phrase.format(year=period.year, body="\n").split("\n")
    framed = text.startswith(before) and text.endswith(after) and len(text) > len(before + after)
    return text[len(before) : len(text) - len(after)] if framed else text


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


def _not_carried(body: str, quoted: str) -> str:
    """The first word of `body` that its quotes do not say in this order, or a word of theirs that it may not drop."""
    at = quoted.find(body.strip(_STOPS))
    if at >= 0:
        return _dropped_cue(body, re.split("[，；。\n]", quoted[:at])[-1])
    place = 0
    for word in words(_MARKS.sub(" ", body)):
        if not word.text.strip():
            continue
        found = quoted.find(word.text, place)
        if found < 0:
            return f"引文里没有这样说：{word.text}"
        place = found + len(word.text)
    return _dropped_cue(body, quoted)


def _dropped_cue(body: str, told: str) -> str:
    cue = next((cue for cue in cues() if cue in told and cue not in body), "")
    return f"漏掉了引文里的“{cue}”" if cue else ""


@cache
def cues() -> tuple[str, ...]:
    """Words that change what a figure means, and that no shortening may drop: 累计, 力争, 未."""
    status = LEXICON["status"]
    return (*status["cumulative"], *status["target"], *_NEGATIONS)


def _wrong_pair(body: str, quoted: str) -> str:
    """A figure that `body` puts beside another name than the quotes do; what is verbatim needs no such check."""
    if body.strip(_STOPS) in quoted:
        return ""
    stated = indicators(quoted, _ANY_PERIOD)
    for indicator in indicators(body, _ANY_PERIOD):
        if not any(_same_pair(indicator, other) for other in stated):
            return f"引文里没有这样的对应：{indicator.name}"
    return ""


def _same_pair(indicator: Indicator, other: Indicator) -> bool:
    named = indicator.name in other.name or other.name in indicator.name
    return named and same_amount(indicator.quantity, other.quantity)
