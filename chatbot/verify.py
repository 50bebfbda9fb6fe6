"""verify: every sentence against its own quotes, without a model. What cannot be shown to hold is dropped.

A sentence stands when its keys were offered, its quotes lie inside those passages, every figure in it stands in a quote
with unit, direction and hedge and beside the same name, its year and status are those of the passages, and every clause
of it is said whole by a clause of a quote (chatbot/carry.py).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from chatbot.carry import same, uncarried
from chatbot.context import says_plan
from chatbot.figures import LEXICON, quantities
from chatbot.told import told
from chatbot.types import Draft, DraftSentence, Dropped, Evidence, Passage, Period, Question, Span
from chatbot.wordlists import read_toml

_YEAR = re.compile(r"((?:19|20)\d{2})(?=年|[:：])|(?<=for )((?:19|20)\d{2})")
_DONE_FRAME = re.compile(r"(?:19|20)\d{2}年[:：]")
_STOPS = " 。；，、：\n"
_NEGATIONS = ("未", "不", "没有", "无", "停止", "取消")
_ANY_PERIOD = Period("standing")


def verify(
    question: Question, drafted: Draft, evidence: Sequence[Evidence], places: Sequence[str] = ()
) -> tuple[tuple[DraftSentence, ...], tuple[Dropped, ...]]:
    """The sentences that stand, and those that do not with the reason. `places`: what the reports are about."""
    offered = {e.key: e for e in evidence}
    kept: list[DraftSentence] = []
    dropped: list[Dropped] = []
    for sentence in drafted.sentences:
        reason = fault(question, sentence, offered, places)
        if reason:
            dropped.append(Dropped(sentence.text, reason))
        else:
            kept.append(sentence)
    return tuple(kept), tuple(dropped)


def fault(question: Question, sentence: DraftSentence, offered: dict[str, Evidence], places: Sequence[str] = ()) -> str:
    """Why `sentence` may not be shown; empty when it may."""
    if not sentence.keys or not set(sentence.keys) <= set(offered):
        return "引用了没有提供的依据"
    sources = [offered[key] for key in sentence.keys]
    if not sentence.quotes or not all(any(s.passage.span.holds(q) for s in sources) for q in sentence.quotes):
        return "引文不在所引段落之内"
    quotes = _quoted(sentence, sources)
    quoted = "\n".join(passage.slice(span) for passage, span in quotes)
    period = sources[0].passage.period
    body = unframed(question, sentence.text, period)
    framed = body != sentence.text
    return (
        ("" if body.strip(_STOPS) else "没有内容")
        or _wrong_figure(body, quoted)
        or _wrong_year(sentence.text, quoted, sources)
        or uncarried(body, told(quotes), places, period if framed else None)
        or ("" if framed or body.strip(_STOPS) in quoted else _unsaid_plan(sentence.text, sources))
    )


def _unsaid_plan(text: str, sources: Sequence[Evidence]) -> str:
    """A plan that is told as if it were done."""
    planned = any(s.passage.period.kind == "plan" for s in sources)
    done = _DONE_FRAME.match(text)
    return "没有说明是目标或安排" if planned and (done or not says_plan(text)) else ""


def _quoted(sentence: DraftSentence, sources: Sequence[Evidence]) -> list[tuple[Passage, Span]]:
    """Each quote with the passage it is cited from: the first that holds it, for reports share their offsets."""
    return [(next(s.passage for s in sources if s.passage.span.holds(q)), q) for q in sentence.quotes]


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
        if not any(same(figure, other) for other in stated):
            return f"引文里没有这个数字：{body[figure.span.start : figure.span.end]}"
    return ""


def _wrong_year(text: str, quoted: str, sources: Sequence[Evidence]) -> str:
    """A year that is neither in the quotes nor the period of the passages."""
    known = {str(s.passage.period.year) for s in sources} | {m[1] or m[2] for m in _YEAR.finditer(quoted)}
    for m in _YEAR.finditer(text):
        if (m[1] or m[2]) not in known:
            return f"年份与原文不符：{m[1] or m[2]}"
    return ""


@cache
def cues() -> tuple[str, ...]:
    """Words that change what a figure means, and that no shortening may drop: 累计, 力争, 未."""
    status = LEXICON["status"]
    return (*status["cumulative"], *status["target"], *_NEGATIONS)
