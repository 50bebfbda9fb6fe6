"""Whole sections on a topic: for a brief, and for a list that a section enumerates (今年要办哪些民生实事).

Headings say what a section is about; a section is taken when its headings speak of enough of the question.
"""

from __future__ import annotations

from collections.abc import Sequence

from chatbot.fit import period_fit
from chatbot.quote import ANNOUNCING
from chatbot.relevance import Weighed
from chatbot.segment import words
from chatbot.terms import match
from chatbot.types import MASTHEAD, Passage, Question, Term
from chatbot.wordlists import asking

_BRIEFED = 0.5  # worth from which a section is about a topic
_FOUND = 0.6  # what it is worth beside a heading that says it all, to hold most of what search found
_LISTED = 0.8  # the same for a list: the heading must name the very thing
_FEWEST_ENTRIES = 4
_FEWEST_ANNOUNCED = 2
_FEWEST_PARTS = 3

Path = tuple[str, ...]


def topic_places(weighed: Weighed, passages: Sequence[Passage], scores: dict[int, float]) -> list[int]:
    """Places of the passages of the sections on the topic: for each period asked for (else each told of), the best.

    `scores` are those of the passages found by search; they decide between sections whose headings say as much.
    """
    told = dict.fromkeys(passage.period for passage in passages if passage.period.kind != "standing")
    periods = weighed.question.periods or tuple(told)
    chosen: list[int] = []
    for period in periods:
        inside = [i for i, passage in enumerate(passages) if passage.period == period]
        best = _best_path(weighed, passages, inside, scores)
        chosen += [i for i in inside if best and passages[i].path[: len(best)] == best]
    return chosen


def _best_path(
    weighed: Weighed, passages: Sequence[Passage], inside: Sequence[int], scores: dict[int, float]
) -> Path | None:
    """The path below a part that is most about the topic, by its heading and by what search found inside.

    A narrower section is taken only when its own heading names the topic.
    """
    paths = {passages[i].path[:depth] for i in inside for depth in range(2, len(passages[i].path) + 1)}
    support = {path: _support(path, passages, inside, scores) for path in paths}
    most = max(support.values(), default=0.0) or 1.0
    worth = {path: _said(weighed, path[-1]) + _FOUND * support[path] / most for path in paths}
    apt = [path for path in paths if len(path) == 2 or _said(weighed, path[-1]) >= _LISTED]
    best = max(apt, key=lambda path: worth[path], default=None)
    return best if best and worth[best] >= _BRIEFED else None


def _support(path: Path, passages: Sequence[Passage], inside: Sequence[int], scores: dict[int, float]) -> float:
    return sum(max(0.0, scores.get(i, 0.0)) for i in inside if passages[i].path[: len(path)] == path)


def _said(weighed: Weighed, heading: str) -> float:
    """The share of the question's worth that `heading` says; a long name counts by its words."""
    total = sum(term.weight for term in weighed.terms)
    return sum(term.weight * _spoken(term, heading) for term in weighed.terms) / total if total else 0.0


def _spoken(term: Term, heading: str) -> float:
    parts = [word.text for word in words(term.text) if len(word.text) > 1]
    by_words = sum(part in heading for part in parts) / len(parts) if parts else 0.0
    return max(match(term, heading), by_words)


def listed_places(weighed: Weighed, passages: Sequence[Passage], best: int) -> list[int]:
    """Places of all entries of the section of the passage at `best`, when its heading names what is asked for."""
    question, path = weighed.question, passages[best].path
    if not _asks_for_all(question) or len(path) < 2 or _said(weighed, path[-1]) < _LISTED:
        return []
    places = [i for i, p in enumerate(passages) if p.path == path and period_fit(question, p) >= 0]
    entries = [i for i in places if passages[i].text[-1] in "；;。" and not passages[i].text.endswith(ANNOUNCING)]
    return entries if len(entries) >= _FEWEST_ENTRIES else []


def masthead_places(question: Question, passages: Sequence[Passage]) -> list[int]:
    """Places of the lines at the head of the report, when the question is about the report itself."""
    if not asking("words", "masthead").search(question.text):
        return []
    return [i for i, passage in enumerate(passages) if passage.path == (MASTHEAD,)]


def announced_places(question: Question, passages: Sequence[Passage], best: int) -> list[int]:
    """The place `best` of a passage that announces a list (…差距：) and those of its entries, up to a full stop."""
    if not _asks_for_all(question):
        return []
    places = [best]
    for i in range(best + 1, len(passages)):
        if passages[i].path != passages[best].path:
            break
        places.append(i)
        if passages[i].text.endswith("。"):
            break
    return places if len(places) > _FEWEST_ANNOUNCED else []


def parts_places(question: Question, passages: Sequence[Passage], best: int) -> list[int]:
    """The place `best` of a heading, or of a sentence right below it, and those of the headings under it.

    Only when the question asks for several things, and for as many as there are if it says how many.
    """
    path = passages[best].path
    below = [i for i, p in enumerate(passages) if p.path[:-1] == path and p.text.rstrip("。") == p.path[-1]]
    counted = question.count in (None, len(below))
    return [best, *below] if question.answer_type == "list" and counted and len(below) >= _FEWEST_PARTS else []


def _asks_for_all(question: Question) -> bool:
    return question.answer_type == "list" and not question.count
