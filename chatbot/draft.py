"""draft, without a model: from evidence to plain sentences in the report's own words, each with its quote.

The figure or name comes first. A comparison gives both years. When the evidence does not answer, the draft is a refusal
with a pointer to the nearest content.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from chatbot.carry import stands_alone
from chatbot.decide import answers, candidate, confidence, says_all
from chatbot.fit import figure_fit
from chatbot.indicators import indicators
from chatbot.lists import is_heading, name_of
from chatbot.quote import LONGEST, quote_span, window
from chatbot.terms import match
from chatbot.types import (
    MASTHEAD,
    Clause,
    Draft,
    DraftSentence,
    Evidence,
    Indicator,
    Passage,
    Question,
    Span,
)
from chatbot.verify import cues, fault
from chatbot.wordlists import read_toml

_ALIGNED = re.compile(r"分别([^\d，。；]{0,6})(?=\d)")
_SPEAKER = re.compile(r"(?:长|主任|主席|总理|专员)(?:[\u4e00-\u9fff]{2,4}|[\u4e00-\u9fff]+·[\u4e00-\u9fff·]+)$")
_OCCASION = re.compile(r"\d+月\d+日|会议")
_CALLED = re.compile("姓名|谁|哪位|作者|^(?!.*会议?的?(?:叫|是)?(?:什么)?名字).*名字")  # the speaker, not the meeting
_SAID, _TELLING = 0.9, 0.8  # of a term, to be said; weight of a term that must be
_NEAREST = 60  # characters of nearest content a refusal points to


def draft(question: Question, evidence: Sequence[Evidence]) -> Draft:
    if question.compare:
        return _comparison(question, evidence)
    if evidence and all(e.passage.path == (MASTHEAD,) for e in evidence):
        return masthead(question, evidence)
    if evidence and all(e.part for e in evidence):
        return listing(evidence)
    found = candidate(question, evidence)
    if not found:
        return refusal(question, evidence)
    likely = confidence(question, found)
    if not answers(question, found):
        return replace(refusal(question, evidence), likely=likely)
    first = _sentence(question, found.evidence, found.clause)
    return Draft((first, *_other_half(question, evidence, first)), likely=likely)


def _other_half(question: Question, evidence: Sequence[Evidence], first: DraftSentence) -> Iterator[DraftSentence]:
    """Where a figure for each of several things is asked for: the sentence on what the first one leaves unsaid."""
    told = "".join(
        found.passage.slice(quote) for found in evidence for quote in first.quotes if found.key in first.keys
    )
    rest = [term for term in question.terms if term.weight >= _TELLING and match(term, told) < _SAID]
    if not question.each or question.answer_type != "number" or not rest:
        return
    others = (
        (found, clause)
        for found in evidence
        for clause in found.clauses
        if found.key not in first.keys and clause.feature("period") >= 0 and clause.feature("unit") > 0
    )
    fitting = [(e, c) for e, c in others if all(match(term, e.passage.slice(c.span)) >= _SAID for term in rest)]
    for found, clause in sorted(fitting, key=lambda pair: -pair[1].score)[:1]:
        yield _sentence(question, found, clause)


def listing(evidence: Sequence[Evidence]) -> Draft:
    """Every entry of a list handed over whole, in its order, under its name (or the heading above) and their number."""
    entries = [e for e in evidence if e.part == "entry"]
    first = entries[0].passage
    above = first.path[-2:][0] if is_heading(first) else first.path[-1]
    name = next((name_of(e) for e in evidence if e.part == "name"), above)
    sentences = [DraftSentence(e.passage.slice(span), (e.key,), (span,)) for e in entries for span in [_entry(e)]]
    sentences[0] = replace(sentences[0], heading=f"{name}，共{len(entries)}项")
    return Draft(tuple(sentences))


def _entry(evidence: Evidence) -> Span:
    """The whole passage, or the clause that is all of it that belongs to the list."""
    span = evidence.passage.span
    offered = evidence.clauses[-1].span.end if evidence.clauses else span.end
    return span if span.end - offered <= 1 else Span(evidence.clauses[0].span.start, offered)


def masthead(question: Question, evidence: Sequence[Evidence]) -> Draft:
    """The lines at the head of the report that hold what is asked of it: who gave it, when and where."""
    kinds = {"person": _SPEAKER, "date": _OCCASION, "place": _OCCASION, "name": _OCCASION}
    kind = "person" if _CALLED.search(question.text) else question.answer_type
    wanted = kinds.get(kind, _OCCASION)
    lines = [e for e in evidence if wanted.search(e.passage.text)]
    quotes = [(e, _inside(e.passage)) for e in lines]
    sentences = [DraftSentence(frame(question, e.passage, e.passage.slice(q)), (e.key,), (q,)) for e, q in quotes]
    return Draft(tuple(sentences)) if sentences else Draft((), "refused")


def _inside(passage: Passage) -> Span:
    """The passage without the dashes before it."""
    return Span(passage.span.end - len(passage.text.lstrip("—-")), passage.span.end)


def refusal(question: Question, evidence: Sequence[Evidence]) -> Draft:
    """No sentence; the nearest content, set apart, is only a pointer."""
    clauses = [(e, clause) for e in evidence if not is_heading(e.passage) for clause in e.clauses]
    near = max(clauses, key=lambda pair: _nearness(pair[1]), default=None)
    return Draft((), "refused", note=_pointer(question, *near) if near else "")


def _nearness(clause: Clause) -> tuple[float, float]:
    """By words and meaning alone: what kind of thing was asked for plays no part where it is not told."""
    return clause.feature("cover") + clause.feature("dense"), clause.score


def _pointer(question: Question, near: Evidence, clause: Clause) -> str:
    place = " › ".join(near.passage.path)
    text = near.passage.slice(clause.span)
    text = text if len(text) <= _NEAREST else text[:_NEAREST] + "…"
    return phrase("pointer", question).format(place=place, text=text)


def _comparison(question: Question, evidence: Sequence[Evidence]) -> Draft:
    """One sentence a period; when only one period is told, that one, and a word on the other."""
    nearest = {period: candidate(question, evidence, period) for period in question.periods}
    sure = any(best and answers(question, best) for best in nearest.values())
    found = {
        period: best if best and sure and (answers(question, best) or says_all(question, best)) else None
        for period, best in nearest.items()
    }
    sentences = tuple(_sentence(question, best.evidence, best.clause) for best in found.values() if best)
    if not sentences:
        return refusal(question, evidence)
    missing = [str(period.year) for period, best in found.items() if not best]
    if not missing:
        return Draft(sentences)
    return Draft(sentences, "partial", note=phrase("missing_year", question).format(years="、".join(missing)))


def _sentence(question: Question, evidence: Evidence, clause: Clause) -> DraftSentence:
    """The quote as a sentence; where it leans on what stands before (五年来，…), the shortest longer one that holds."""
    shortest = quote_span(window(question, evidence, clause))
    starts = [c.span.start for c in evidence.clauses if shortest.end - LONGEST <= c.span.start < shortest.start]
    quotes = [shortest, *(Span(start, shortest.end) for start in sorted(starts, reverse=True))]
    sentences = [s for quote in quotes for s in _of_quote(question, evidence, clause, quote)]
    standing = (s for s in sentences if not fault(question, s, {evidence.key: evidence}))
    return next(standing, sentences[0])


def _of_quote(question: Question, evidence: Evidence, clause: Clause, quote: Span) -> list[DraftSentence]:
    """The one figure of a 分别-list that is asked for, where there is such a list; then the quote as it stands."""
    passage = evidence.passage
    one = (question.answer_type == "number" or question.compare) and not question.each
    bodies = [_aligned(question, passage, clause, quote) if one else "", passage.slice(quote)]
    return [DraftSentence(frame(question, passage, body), (evidence.key,), (quote,)) for body in bodies if body]


def _aligned(question: Question, passage: Passage, clause: Clause, quote: Span) -> str:
    """One indicator of a 分别-list as a sentence of its own: name, verb, figure; empty without such a list."""
    text = passage.slice(quote)
    inside = [i for i in indicators(passage.text, passage.period, passage.span.start) if quote.holds(i.span)]
    if len(inside) < 2 or any(cue in text for cue in cues()):
        return ""
    best = max(inside, key=lambda i: (figure_fit(question, question.terms, i, text), clause.span.holds(i.span)))
    verbs = [m for m in _ALIGNED.finditer(text) if m.end() <= best.quantity.span.start - quote.start]
    shared = sum(i.name == best.name and i.quantity.unit == best.quantity.unit for i in inside) > 1
    if not verbs or shared or not stands_alone(best.name):
        return ""
    return best.name + verbs[-1][1] + _figure(passage, best)


def _figure(passage: Passage, indicator: Indicator) -> str:
    return passage.slice(indicator.quantity.span)


def frame(question: Question, passage: Passage, body: str) -> str:
    """`body` with its year and status said before it, in the question's language."""
    kind = passage.period.kind
    year = passage.period.year
    if kind == "standing" or year is None:
        return phrase("standing", question).format(body=body)
    if body.startswith(f"{year}年"):
        body = body.removeprefix(f"{year}年")
    return phrase(kind, question).format(year=year, body=body)


def phrase(name: str, question: Question) -> str:
    words: str = read_toml("phrases.toml")[question.language][name]
    return words
