"""Which stretch of a passage to quote: the answering clause with what belongs to it on either side.

A figure is quoted with its clause, and with the clause before when its subject stands there. A name, a list or a
measure is quoted with its neighbours up to a length that is read at a glance: the answer often stands beside the
clause that says the asked words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from chatbot.figures import quantities
from chatbot.fit import NO_FIGURE, unit_fit
from chatbot.lists import is_listed
from chatbot.segment import simplified
from chatbot.terms import match
from chatbot.types import Clause, Evidence, Question, Span, Term
from chatbot.wordlists import asking

LONGEST = 110  # characters of a quote that holds more than one clause
_GLANCE = 75  # characters up to which neighbours come along without a reason
_FAR = 3  # clauses to either side that may come along
_HALF = 0.5  # of the name of a figure
_ALL = 0.9  # share of a question from which nothing of it is left unsaid
_NEARLY_ALL = 0.75  # share of a question from which one clause says what a list is of
_FULL_STOPS = "；。！？"
_MEMBERS = re.compile("[、和与及]")
_LEVEL = re.compile("(?:达到?|[升增提]至|提高到|为)\\d")  # where a share stands after it has moved


def window(question: Question, evidence: Evidence, clause: Clause) -> tuple[Clause, ...]:
    """`clause` and the neighbours to quote with it, in the order of the text."""
    clauses = sorted(evidence.clauses, key=lambda c: c.span)
    if is_listed(question, evidence):
        return tuple(clauses)
    first = last = next(i for i, c in enumerate(clauses) if c.span == clause.span)
    for before, after in _steps(len(clauses), first):
        if before is not None and before == first - 1 and _joins(question, evidence, clauses, before, first, last):
            first = before
        if after is not None and after == last + 1 and _joins(question, evidence, clauses, after, first, last):
            last = after
    return tuple(clauses[first : last + 1])


def _steps(size: int, centre: int) -> Iterator[tuple[int | None, int | None]]:
    """Places before and after `centre`, nearest first."""
    for distance in range(1, _FAR + 1):
        before, after = centre - distance, centre + distance
        yield before if before >= 0 else None, after if after < size else None


def _joins(
    question: Question, evidence: Evidence, clauses: Sequence[Clause], place: int, first: int, last: int
) -> bool:
    """Whether the clause at `place`, next to those from `first` to `last`, is quoted with them."""
    here = Span(clauses[first].span.start, clauses[last].span.end)
    there = clauses[place].span
    whole = Span(min(here.start, there.start), max(here.end, there.end))
    if _parted(evidence, here, there) or whole.end - whole.start > LONGEST:
        return False
    adds = _adds(question.terms, evidence.passage.slice(here), evidence.passage.slice(there))
    if question.answer_type == "number":
        bare = all(c.feature("unit") == NO_FIGURE for c in clauses[first : last + 1])
        fits = max(c.feature("unit") for c in clauses[first : last + 1]) >= 1.0
        follows = place > last and clauses[place].feature("unit") >= 1.0 and clauses[place].feature("name") > 0
        shared = question.each and clauses[place].feature("unit") >= 0
        other = place < first and question.units and not _is_named(clauses[place]) and _says_all(clauses[first])
        joined = bare and not other and clauses[place].feature("unit") >= 0
        level = place == last + 1 and question.attribute == "share" and _LEVEL.match(evidence.passage.slice(there))
        goes_on = adds and place > last and clauses[place].feature("unit") > 0  # 签约项目28个，开工19个
        return (
            (adds and place < first)
            or goes_on
            or bool(level)
            or joined
            or shared
            or (follows and not fits)
            or (place > last and _asked_too(question, evidence.passage.slice(here), evidence.passage.slice(there)))
        )
    said = [c for c in clauses[first : last + 1] if c.feature("cover") > clauses[place].feature("cover")]
    idle = any(_is_whole(question, c, evidence.passage.slice(c.span), place < first) for c in said)
    return adds or (whole.end - whole.start <= _GLANCE and not idle)


def _is_whole(question: Question, clause: Clause, text: str, before: bool) -> bool:
    """Whether a clause that says more of what is asked than the one beside it holds the answer alone.

    It has as many members as are asked for; or it lists some, and what stands `before` it is another list; or it says
    all and has a name of the kind that 哪个 asks for.
    """
    if question.count and question.answer_type in ("list", "name"):
        return clause.feature("cover") >= _HALF and len(_MEMBERS.findall(text)) >= question.count - 1
    if question.answer_type == "list":
        return before and clause.feature("type") > 0 and _names_it(clause)
    named = question.answer_type == "name" and "哪" in question.text and clause.feature("type") >= 1.0
    return named and clause.feature("cover") >= _ALL


def _names_it(clause: Clause) -> bool:
    return clause.feature("cover") >= _NEARLY_ALL


def _is_named(clause: Clause) -> bool:
    """Whether the question says at least half of what the figure of the clause measures."""
    return clause.feature("name") >= _HALF


def _says_all(clause: Clause) -> bool:
    """Whether the clause says all that is asked about: a figure told before it is of something else."""
    return clause.feature("own") >= _ALL


def _asked_too(question: Question, here: str, there: str) -> bool:
    """Whether the question asks for more figures than `here` holds, and `there` holds one: …多少人次，下降多少."""
    wanted = len(asking("words", "figures").findall(simplified(question.asked)))
    told = [f for f in quantities(here) if unit_fit(question, f, here) >= 0 or f.dimension in ("percent", "point")]
    return wanted > 1 and not question.compare and len(told) < wanted and bool(quantities(there))


def _parted(evidence: Evidence, here: Span, there: Span) -> bool:
    """Whether a mark between the two says that they do not belong together."""
    between = Span(min(here.end, there.end), max(here.start, there.start))
    return any(mark in evidence.passage.slice(between) for mark in _FULL_STOPS)


def _adds(terms: Sequence[Term], here: str, there: str) -> bool:
    """Whether `there` says a term of the question that `here` does not."""
    return any(term.kind != "context" and match(term, there) >= 0.9 and match(term, here) < 0.5 for term in terms)


def quote_span(window: Sequence[Clause]) -> Span:
    """From the first clause to the last; clauses carry no closing mark."""
    return Span(window[0].span.start, window[-1].span.end)
