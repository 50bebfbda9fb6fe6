"""Which stretch of a passage to quote: the answering clause and, where its subject stands before it, that too."""

from __future__ import annotations

from collections.abc import Sequence

from chatbot.terms import match
from chatbot.types import Clause, Evidence, Question, Span

_LONGEST = 110  # characters; a quote is read, not searched
_REACH = 3  # clauses to look back for the subject


def quote_span(question: Question, evidence: Evidence, clause: Clause) -> Span:
    """The span of `clause`, grown to the left while a clause just before it says a term that it lacks."""
    clauses = sorted(evidence.clauses, key=lambda c: c.span.start)
    at = [c.span for c in clauses].index(clause.span)
    start = clause.span.start
    for before in reversed(clauses[max(0, at - _REACH) : at]):
        if clause.span.end - before.span.start <= _LONGEST and _adds(question, evidence, before.span, start, clause):
            start = before.span.start
    return _trimmed(evidence, Span(start, clause.span.end))


def _adds(question: Question, evidence: Evidence, before: Span, start: int, clause: Clause) -> bool:
    """Whether `before` says a term of the question that the text from `start` on does not."""
    here = evidence.passage.slice(Span(start, clause.span.end))
    there = evidence.passage.slice(before)
    own = [term for term in question.terms if term.kind != "context"]
    return any(match(term, there) >= 0.9 and match(term, here) < 0.5 for term in own)


def _trimmed(evidence: Evidence, span: Span) -> Span:
    """Without the punctuation that ends it."""
    text = evidence.passage.slice(span)
    return Span(span.start, span.start + len(text.rstrip("，。；：、,;: \n")))


def spans_apart(spans: Sequence[Span]) -> tuple[Span, ...]:
    """Overlapping spans made one, in the order of the text."""
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(span.end, merged[-1].end))
        else:
            merged.append(span)
    return tuple(merged)
