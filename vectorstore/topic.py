"""Lists that a report gives whole: under a heading that names them, behind a colon, as headings, as like sentences.

Headings say what a section is about; a section is taken when its heading names the very thing asked for.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from chatbot.fit import period_fit
from chatbot.lists import COLONS, asks_for_several, is_heading
from chatbot.relevance import Weighed
from chatbot.segment import words
from chatbot.terms import match
from chatbot.types import MASTHEAD, Passage, Question, Term
from chatbot.wordlists import asking
from vectorstore.headings import PROBLEMS

_LISTED = 0.8  # share of the question that a heading must say to name the very thing
_NAMED_ABOVE = 0.6  # the same of the heading above, where the number of its parts is told too
_FEWEST_ENTRIES = 4
_FEWEST_ANNOUNCED = 2
_FEWEST_PARTS = 3
_SAME_WORD, _SAME_END = 2, 5  # characters that clauses in parallel share at either end, or at their end alone

_PARTS = re.compile("[一二三四五六七八九十]+(?:个|大|项)(?:方面|重点|主要)?(?:方面|任务|工作|行动)")  # 抓好十个方面工作


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
    if not asks_for_several(question) or len(path) < 2 or _said(weighed, path[-1]) < _LISTED:
        return []
    places = [i for i, p in enumerate(passages) if p.path == path and period_fit(question, p) >= 0]
    entries = [i for i in places if passages[i].text[-1] in "；;。" and not is_heading(passages[i])]
    return entries if len(entries) >= _FEWEST_ENTRIES and _asks_for(question, len(entries)) else []


def masthead_places(question: Question, passages: Sequence[Passage]) -> list[int]:
    """Places of the lines at the head of the report, when the question is about the report itself."""
    if not asking("words", "masthead").search(question.text):
        return []
    lines = [i for i, passage in enumerate(passages) if passage.path == (MASTHEAD,)]
    told = "".join(passages[i].text for i in lines)
    elsewhere = any(term.kind == "place" and not match(term, told) for term in question.terms)
    named = bool(re.search(r"\d{2}", question.text) or asking("periods", "last_year").search(question.text))
    another = named and any(f"{period.year}年" not in told for period in question.periods)
    return [] if elsewhere or another else lines


def problem_places(question: Question, passages: Sequence[Passage]) -> list[int]:
    """Places of what the report owns up to, when the question is about difficulties that are left."""
    if not asking("words", "problems").search(question.text):
        return []
    places = [i for i, p in enumerate(passages) if p.path[-1:] == (PROBLEMS,) and not is_heading(p)]
    announcing = next((i for i in places if passages[i].text.endswith(COLONS)), None)
    return places if announcing is None else _behind(passages, announcing) or places


def headed_places(question: Question, passages: Sequence[Passage]) -> list[int]:
    """Places of the headings right below a heading that the question quotes, when it asks for its parts."""
    names = [term for term in question.terms if term.kind == "name"]
    if not names or not asking("words", "parts").search(question.text):
        return []
    paths = dict.fromkeys(p.path for p in passages if p.path and all(match(term, p.path[-1]) == 1 for term in names))
    parts = ([i for i, p in enumerate(passages) if p.path[:-1] == path and is_heading(p)] for path in paths)
    return next((below for below in parts if len(below) >= _FEWEST_PARTS and _asks_for(question, len(below))), [])


def announced_places(question: Question, passages: Sequence[Passage], best: int) -> list[int]:
    """Places of the entries that the passage at `best` announces (…差距：)."""
    entries = _behind(passages, best)
    return entries if len(entries) >= _FEWEST_ANNOUNCED and _asks_for(question, len(entries)) else []


def _behind(passages: Sequence[Passage], best: int) -> list[int]:
    """Places of the passages that follow on that at `best` in its section, up to a full stop."""
    entries: list[int] = []
    for i in range(best + 1, len(passages)):
        if passages[i].path != passages[best].path:
            break
        entries.append(i)
        if passages[i].text.endswith("。"):
            break
    return entries


def parts_places(question: Question, passages: Sequence[Passage], best: int) -> list[int]:
    """Places of the headings under that of the passage at `best`, which is one itself or stands right below one."""
    path = passages[best].path
    if not is_heading(passages[best]) and not _PARTS.search(passages[best].text):
        return []
    below = [i for i, p in enumerate(passages) if p.path[:-1] == path and is_heading(p)]
    return below if len(below) >= _FEWEST_PARTS and _asks_for(question, len(below)) else []


def counted_places(weighed: Weighed, passages: Sequence[Passage], best: int) -> list[int]:
    """Places of the heading over the passage at `best` and those beside it, as many as asked for, below a named one."""
    path, question = passages[best].path, weighed.question
    if question.count is None or len(path) < 2:
        return []
    beside = [i for i, p in enumerate(passages) if p.path[:-1] == path[:-1] and is_heading(p)]
    each = "".join(t.text for t in weighed.terms if all(match(t, passages[i].text) == 1 for i in beside))  # 四个“强化”
    if _said(weighed, path[-2] + each) < _NAMED_ABOVE:
        return []
    return beside if len(beside) >= _FEWEST_PARTS and _asks_for(question, len(beside)) else []


def parallel_places(question: Question, passages: Sequence[Passage], best: int) -> list[int]:
    """Places of the sentences beside the passage at `best` that open like it: 打赢国企改革攻坚战…。打赢园区攻坚战…."""
    opening = _opening(passages[best])
    beside = [i for i, p in enumerate(passages) if p.path == passages[best].path and p.period == passages[best].period]
    alike = [i for i in beside if i == best or _parallel(opening, _opening(passages[i]))]
    return alike if len(alike) >= _FEWEST_PARTS and _asks_for(question, len(alike)) else []


def _opening(passage: Passage) -> str:
    """The first clause of a passage, without the words 一是 and the like before it."""
    return re.sub("^[一二三四五六七八九十]+[是要]", "", re.split("[，。；：]", passage.text, maxsplit=1)[0])


def _parallel(one: str, other: str) -> bool:
    """Whether two clauses begin and end with the same words (提升…效能), or end with the same longer ones."""
    tail, head = _shared(one[::-1], other[::-1]), _shared(one, other)
    return one != other and (tail >= _SAME_END or (head >= _SAME_WORD and tail >= _SAME_WORD))


def _shared(one: str, other: str) -> int:
    """How many characters from the beginning are the same."""
    return [*(a == b for a, b in zip(one, other, strict=False)), False].index(False)


def _asks_for(question: Question, size: int) -> bool:
    """Whether the question asks for a list, and for as many things as it has if it says how many."""
    return asks_for_several(question) and question.count in (None, size)
