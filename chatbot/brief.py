"""brief: the passages on a topic under the outline of a briefing, every sentence cited.

evidence → as many of the best passages as the length allows → parts (总体情况, 主要成效, 重点任务) → sentences in order
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from chatbot.draft import refusal
from chatbot.lists import is_heading
from chatbot.types import MASTHEAD, Draft, DraftSentence, Evidence, Passage, Question, Span
from chatbot.verify import fault
from chatbot.wordlists import read_toml

LENGTHS = {"short": 800, "standard": 1800, "full": 3600}  # characters with headings and markers
PARTS = ("lead", "review", "problems", "plan", "other")  # of the outline, in this order
ABOVE = " › "  # between the headings above a sentence

_MARKER, _LINE, _BRACKETS = 4, 1, 3  # characters of [12], of a line's end, of what stands around a heading
_FEWEST_LEADS = 2  # sentences from which a part of its own stands before all others
_MARKS = "，；：。！？、,;:!? —\n"
_ORNAMENTS = " 。：【】[]◆◇●■□★☆※▲—·"
_HAN = "一二三四五六七八九十"

Outline = dict[str, list[Evidence]]  # part → what it tells, in the order of the report


def brief(question: Question, evidence: Sequence[Evidence], length: str = "full") -> Draft:
    """The evidence under the outline, report by report; of more than the length (`LENGTHS`) allows, the best."""
    told = [e for e in evidence if e.part != "near" and not _is_heading(e.passage)]
    if not told:
        return refusal(question, evidence)
    sentences = {e.key: _sentence(question, e) for e in told}
    chosen: list[Evidence] = []
    for e in _ranked(told):
        if _size(question, [*chosen, e], sentences) <= LENGTHS[length]:
            chosen.append(e)
    return Draft(tuple(_written(question, chosen or told[:1], sentences)))


def _ranked(told: Sequence[Evidence]) -> list[Evidence]:
    """The best first; those of each report and period take turns, so that a short brief tells of all of them."""
    turns: dict[tuple[str, object], int] = {}
    ranked: list[tuple[int, float, Evidence]] = []
    for e in sorted(told, key=lambda e: -e.score):
        side = (e.passage.report_id, e.passage.period)
        turns[side] = turns.get(side, 0) + 1
        ranked.append((turns[side], -e.score, e))
    return [e for *_, e in sorted(ranked, key=lambda each: each[:2])]


def _size(question: Question, chosen: Sequence[Evidence], sentences: Mapping[str, DraftSentence]) -> int:
    written = list(_written(question, chosen, sentences))
    headings = sum(len(s.heading) + _BRACKETS for s in written if s.heading)
    return headings + sum(len(s.text) + _MARKER * len(s.quotes) + _LINE for s in written)


def _written(
    question: Question, chosen: Sequence[Evidence], sentences: Mapping[str, DraftSentence]
) -> Iterator[DraftSentence]:
    """The sentences in order, a heading before the first under each."""
    above: tuple[str, str] = ("", "")
    for report_id in dict.fromkeys(e.passage.report_id for e in chosen):
        outline = outlined([e for e in chosen if e.passage.report_id == report_id])
        for part, heading in _headings(question, outline).items():
            for e in outline[part]:
                here = (report_id, ABOVE.join((heading, *_below(part, e.passage))))
                yield replace(sentences[e.key], heading=here[1] if here != above else "")
                above = here


# the outline


def outlined(chosen: Sequence[Evidence]) -> Outline:
    """The parts that have something to tell. A few sentences that lead into sections make no part of their own."""
    ordered = sorted(chosen, key=lambda e: e.passage.span)
    leads = {e.key for e in ordered if _leads(e, ordered)}
    if len(leads) < _FEWEST_LEADS:
        leads = set()
    parts: Outline = {part: [] for part in PARTS}
    for e in ordered:
        parts["lead" if e.key in leads else _part(e.passage)].append(e)
    return {part: told for part, told in parts.items() if told}


def _leads(e: Evidence, ordered: Sequence[Evidence]) -> bool:
    """Whether it stands right below a heading, before all that is told under the sub-headings of that one."""
    path = e.passage.path
    below = [o for o in ordered if len(o.passage.path) > len(path) and o.passage.path[: len(path)] == path]
    return bool(below) and e.passage.span.start < below[0].passage.span.start


def _part(passage: Passage) -> str:
    kind = passage.period.kind
    if kind != "plan" and any(re.search(_words()["problems"]["heading"], heading) for heading in passage.path):
        return "problems"
    return kind if kind != "standing" else "other"


def _below(part: str, passage: Passage) -> tuple[str, ...]:
    """The report's own headings under a part; what the part is named for is not told twice."""
    said = re.compile(_words()["problems"]["heading"]) if part == "problems" else None
    return tuple(heading for heading in passage.path[1:] if not (said and said.search(heading)))


def _headings(question: Question, outline: Outline) -> dict[str, str]:
    """Part → its heading: numbered if there are several, with the years it speaks of."""
    words = _words()["outline"][question.language]
    named = {part: words[part].format(years=_years(words["years"], told)) for part, told in outline.items()}
    if len(named) == 1:
        return named
    numbers = _HAN if question.language == "zh" else "12345"
    return {
        part: words["number"].format(number=numbers[i], part=heading) for i, (part, heading) in enumerate(named.items())
    }


def part_of(heading: str) -> str:
    """The part that a heading of ours stands over; empty for any other."""
    words = _words()["outline"].values()
    names = [(part, each[part].format(years="")) for each in words for part in PARTS]
    return next((part for part, name in names if re.sub(r"^[^、.]{1,2}[、.]\s*", "", heading).startswith(name)), "")


def _years(frame: str, told: Sequence[Evidence]) -> str:
    years = sorted({e.passage.period.year for e in told if e.passage.period.year})
    return frame.format(years="、".join(map(str, years))) if years else ""


def _words() -> dict[str, Any]:
    return read_toml("briefing.toml")


# a sentence


def _sentence(question: Question, e: Evidence) -> DraftSentence:
    """The stretches to be told as one sentence; the whole passage where they do not stand by themselves."""
    whole = DraftSentence(_closed(e.passage.text), (e.key,), (e.passage.span,))
    quotes = quotes_of(e)
    if quotes == whole.quotes:
        return whole
    cut = DraftSentence("；".join(map(e.passage.slice, quotes)) + "。", (e.key,), quotes)
    return whole if fault(question, cut, {e.key: e}) else cut


def _closed(text: str) -> str:
    """An entry of a list is a sentence of its own in a brief."""
    return f"{text[:-1]}。" if text.endswith(("；", ";")) else text


def quotes_of(evidence: Evidence) -> tuple[Span, ...]:
    """The stretches of a passage that its clauses make up, with the marks between those that follow one another."""
    passage, runs = evidence.passage, list[list[Span]]()
    for clause in evidence.clauses:
        between = passage.slice(Span(runs[-1][-1].end, clause.span.start)) if runs else ""
        if runs and not between.strip(_MARKS):
            runs[-1].append(clause.span)
        else:
            runs.append([clause.span])
    spans = tuple(Span(run[0].start, run[-1].end) for run in runs)
    told = "".join(map(passage.slice, spans)).strip(_MARKS)
    return (passage.span,) if not spans or told == passage.text.strip(_MARKS) else spans


def _is_heading(passage: Passage) -> bool:
    """Whether a passage only repeats a heading, or belongs to the title block."""
    return is_heading(passage) or passage.text.strip(_ORNAMENTS) in passage.path or passage.path[0] == MASTHEAD
