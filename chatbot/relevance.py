"""How a clause speaks to a question: the features that ranking, drafting and refusal all rest on.

Each feature is a number from -1 to 1, so that a weight says what it is worth. Pure functions; no index, no model.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import log
from typing import NamedTuple

from chatbot.action import action_fit
from chatbot.fit import contrast_fit, figures_of, kind_fit, period_fit, place_fit
from chatbot.terms import is_coordinated, match, said
from chatbot.types import Clause, Indicator, Passage, Question, Span, Term
from chatbot.wordlists import asking, lexicon, longest, official_words

_LEFT, _RIGHT, _HEADING = 0.75, 0.5, 0.6  # what a term is worth that stands not in the clause but around it
_OWN_WORD_TRUST = 0.6
_UNKNOWN = 0.45  # an everyday word the report does not use at all says little against a clause


@dataclass(frozen=True, slots=True)
class Weighed:
    """A question whose terms carry their worth inside one report; `known` terms occur somewhere in it.

    `telling` are the terms that name a thing, and not an action, a measure or a time.
    `official` are the stretches of the question that belong to the language of reports; `focus` the nouns asked for
    that do, or that this report uses: what an answer must name.
    """

    question: Question
    terms: tuple[Term, ...]
    known: frozenset[str]
    telling: frozenset[str] = frozenset()
    official: tuple[Term, ...] = ()
    focus: tuple[str, ...] = ()

    @property
    def known_share(self) -> float:
        """How much of the question's worth lies in words the report uses."""
        total = sum(term.weight for term in self.terms)
        return sum(term.weight for term in self.terms if term.text in self.known) / total if total else 0.0


def weigh(question: Question, passages: Sequence[Passage]) -> Weighed:
    """Terms weighed by how rare they are among `passages` (inverse document frequency, scaled to at most 1)."""
    texts = [passage.text for passage in passages]
    terms = [_trusted(term, texts) for term in question.terms]
    frequency = {term: _frequency(term, texts) for term in terms}
    rarest = log(1 + len(texts))
    weighed = [_weighed(term, df, len(texts), rarest) for term, df in frequency.items()]
    known = frozenset(term.text for term, df in frequency.items() if df)
    focus = tuple(word for word in question.focus if _is_official(word) or any(word in text for text in texts))
    telling = frozenset(term.text for term in question.terms if _names_a_thing(term))
    return Weighed(question, tuple(weighed), known, telling, _official(question), focus)


def _names_a_thing(term: Term) -> bool:
    idle = any(asking("words", name).match(term.text) for name in ("sides", "vague"))
    return term.weight >= 1 and len(term.text) > 1 and not idle


def _official(question: Question) -> tuple[Term, ...]:
    """Official words that stand in the question as they are, with what else they are called."""
    found = {span.of(question.text) for span in longest(question.text, official_words())}
    return tuple(Term(word, lexicon().get(word, ())) for word in sorted(found))


def _is_official(word: str) -> bool:
    return any(word in official for official in official_words())


def _frequency(term: Term, texts: Sequence[str]) -> int:
    return sum(said(term, text) for text in texts)


def _trusted(term: Term, texts: Sequence[str]) -> Term:
    """A word that the report uses itself needs no other word to stand in for it."""
    own = term.kind == "everyday" and any(term.text in text or is_coordinated(term.text, text) for text in texts)
    return replace(term, trust=_OWN_WORD_TRUST) if own else term


def _weighed(term: Term, df: int, size: int, rarest: float) -> Term:
    if not df:
        return replace(term, weight=term.weight * (1.0 if term.kind in ("name", "place") else _UNKNOWN))
    return replace(term, weight=term.weight * (0.25 + 0.75 * log(1 + size / df) / rarest))


def score_clauses(
    weighed: Weighed,
    passage: Passage,
    spans: Sequence[Span],
    weights: Mapping[str, float],
    extra: Sequence[Mapping[str, float]],
) -> tuple[Clause, ...]:
    """The clauses of `passage` at `spans`, each with its features and their weighted sum.

    `extra` are the features of each clause that only an index can tell: likeness in meaning, BM25.
    """
    figures = _figures(passage)
    told = told_of(weighed.terms, passage)
    whole = {
        "period": period_fit(weighed.question, passage),
        "place": place_fit(weighed.terms, passage),
        "contrast": contrast_fit(weighed.question, passage.text),
        "unsaid": _unsaid(weighed.official, passage),
        "formal": _formal(weighed),
    }
    found: list[Clause] = []
    for span, known in zip(spans, extra, strict=True):
        features = {
            **coverage(weighed, told, passage, span),
            **kind_fit(weighed, passage, span, figures),
            **whole,
            **known,
            "action": action_fit(weighed.question.asked, passage.slice(span)),
        }
        total = sum(weight * features.get(name, 0.0) for name, weight in weights.items())
        found.append(Clause(span, total, tuple(features.items())))
    return tuple(found)


@lru_cache(maxsize=50_000)
def _figures(passage: Passage) -> tuple[Indicator, ...]:
    """The indicators of a passage; parsed once, for the same passages come up again and again."""
    return figures_of(passage)


def _unsaid(official: Sequence[Term], passage: Passage) -> float:
    """The share of the question's official words, by characters, that neither passage nor headings speak of."""
    told = passage.text + "".join(passage.path)
    missing = sum(len(term.text) * (1 - match(term, told)) for term in official)
    return missing / sum(len(term.text) for term in official) if official else 0.0


def _formal(weighed: Weighed) -> float:
    """The share of the question's own terms, by characters, that belongs to the language of reports."""
    own = sum(len(term.text) for term in weighed.terms if term.kind != "context")
    return min(1.0, sum(len(term.text) for term in weighed.official) / own) if own else 0.0


class Told(NamedTuple):
    """How fully a passage and its headings speak of one term."""

    passage: float
    heading: float


def told_of(terms: Sequence[Term], passage: Passage) -> list[Told]:
    heading = "".join(passage.path)
    return [Told(match(term, passage.text), _HEADING * match(term, heading)) for term in terms]


def coverage(weighed: Weighed, told: Sequence[Told], passage: Passage, span: Span) -> dict[str, float]:
    """How much of the question a clause says itself (`own`), with what stands around it (`cover`), and what it lacks.

    `lack` is the share of terms the report uses elsewhere but not here, `strange` of those it uses nowhere, `gone` of
    the weightiest of them; `absent` is the weight of the weightiest thing named that the report tells of in other
    passages only; `context` is what is carried over from earlier turns.
    """
    clause, left, right = _cut(passage, span)
    total = own = around = lack = strange = gone = absent = context = context_total = 0.0
    for term, (whole, heading) in zip(weighed.terms, told, strict=True):
        here = match(term, clause) if whole else 0.0
        near = max(here, heading)
        if whole > near:
            near = max(near, _LEFT * match(term, left), _RIGHT * match(term, right))
        if term.kind == "context":
            context, context_total = context + term.weight * near, context_total + term.weight
            continue
        total, own, around = total + term.weight, own + term.weight * here, around + term.weight * near
        gone = max(gone, term.weight * (1 - near))
        if term.text in weighed.known:
            lack += term.weight * (1 - near)
            if term.text in weighed.telling:
                absent = max(absent, term.weight * (1 - max(whole, heading / _HEADING)))
        else:
            strange += term.weight * (1 - near)
    divisor = total or 1.0
    return {
        "own": own / divisor,
        "cover": around / divisor,
        "lack": lack / divisor,
        "strange": strange / divisor,
        "gone": gone / divisor,
        "absent": absent,
        "context": context / (context_total or 1.0),
    }


def _cut(passage: Passage, span: Span) -> tuple[str, str, str]:
    """The clause, the text before it and the text after it."""
    start, end = span.start - passage.span.start, span.end - passage.span.start
    return passage.text[start:end], passage.text[:start], passage.text[end:]
