"""What a brief is asked about: the topic of a request, its members (就业、社保和养老), and how fully a text says each.

A request also says who wants it, what for and in what form; `words/briefing.toml` holds what is left out for that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from math import log
from typing import Any

from chatbot.figures import any_of
from chatbot.segment import words
from chatbot.terms import is_coordinated, is_numbered, match, said, terms
from chatbot.types import Passage, PeriodKind, Question, Span, Term
from chatbot.wordlists import read_toml

Member = tuple[Term, ...]  # terms that name one matter together, weighed by what they tell in one report

_APART = re.compile(r"[、，。；：,;:！？（）()\n]|以及|[和与及跟]|\band\b")
_ALSO = re.compile("[和与及跟]")
_LEFT_OUT = "，"
_AT_A_QUOTE = re.compile("(?<=[“《])，+|，+(?=[”》])")
_TELLING = 0.8  # weight of a term, as typed, that can be a matter by itself
_LEAST_TOLD = 0.1  # what a word tells that stands in every passage
_OFFICIAL, _SHORT = 0.85, 0.7  # trust in an official word; in one of two characters, which may mean something else
_SHARED_END, _IN_WORDS, _IN_SOME = 0.9, 0.9, 0.7  # a name said with its end shared, by all of its words, by some
_NUMBER = re.compile(
    r"^(?:第[一二三四五六七八九十]+[章节部分]*|[（(][一二三四五六七八九十\d]+[）)]|[一二三四五六七八九十\d]+(?=[、，．.]))[、，．.\s]*"
)
_CLAUSE = re.compile("[，。；：]")
_IN_HEADING = re.compile("[，。、；：]")
_TIME = re.compile(r"(?:(?:19|20)\d{2}|[今去明]|上)年(?:度|底)?")
_AROUND = "的在对把上里中"
_LONGEST_NAME, _SHORT_NAME = 12, 2


def topic_of(question: Question) -> Member:
    """The terms of what a brief is asked about; empty for a request that names no matter (2023年工作成效)."""
    row = _words()["indicators"]
    text = re.sub(row["asked"], _LEFT_OUT, question.text)
    found = _terms(without_form(text), english=question.language == "en")
    if text != question.text or (not found and re.search(row["alone"], text)):
        return (Term(row["name"], tuple(row["said"])), *found)
    return found


def _terms(text: str, english: bool) -> Member:
    """Broad matters by their names, then all other terms, in the order of the text."""
    names = list(_matters().finditer(text))
    broad = [Term(m[0], _said_of(m[0]), kind="everyday") for m in names]
    others = terms(_matters().sub(lambda m: _LEFT_OUT * len(m[0]), text), english)
    return tuple(sorted((*broad, *others), key=lambda term: text.find(term.text)))


@cache
def _matters() -> re.Pattern[str]:
    """Names of broad matters; a short one only where it stands alone."""
    names = [name for names in _words()["matters"] for name in names.split("|")]
    short = any_of(name for name in names if len(name) <= _SHORT_NAME)
    long = any_of(name for name in names if len(name) > _SHORT_NAME)
    return re.compile(f"{long}|(?:^|(?<=[，、。；：和与及的年]))(?:{short})(?=[，、。；：和与及的]|$)")


def _said_of(name: str) -> tuple[str, ...]:
    return next(tuple(said) for names, said in _words()["matters"].items() if name in names.split("|"))


def without_form(text: str) -> str:
    """`text` without who asks, what for and in what form; a comma stands where something was left out."""
    for pattern in _patterns():
        text = pattern.sub(_LEFT_OUT, text)
    return _AT_A_QUOTE.sub("", text)


def topic_as_it_stands(question: Question) -> Member:
    """The longest stretch that is left of the request as one term, for a topic of common words only: 数字重庆."""
    text = _TIME.sub(_LEFT_OUT, without_form(question.text))
    parts = [part.strip(_AROUND) for part in _APART.split(text)]
    longest = max(parts, key=len, default="")
    return (Term(longest),) if 2 < len(longest) <= _LONGEST_NAME else ()


def kind_asked(question: Question) -> PeriodKind | None:
    """Whether the request speaks of what was done or of what is to be done; None when it says neither, or both."""
    kinds: list[PeriodKind] = ["review", "plan"]
    asked = [kind for kind in kinds if re.search(_words()["period"][kind], question.text)]
    return asked[0] if len(asked) == 1 else None


def _words() -> dict[str, dict[str, Any]]:
    return read_toml("briefing.toml")


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    noun = _words()["form"]["noun"]
    found = [
        *_words()["asks"].values(),
        *(_words()["form"][name] for name in ("paper", "write", "kind", "rest", "kind")),
    ]
    return tuple(re.compile(pattern.replace("{noun}", noun), re.IGNORECASE) for pattern in found)


def is_row(member: Member) -> bool:
    """Whether it stands for a row of indicators (主要经济指标)."""
    name: str = _words()["indicators"]["name"]
    return member[0].text == name


# members


def members(question: Question, passages: Sequence[Passage]) -> tuple[Member, ...]:
    """The matters that the topic names side by side, their terms weighed by how rare they are among `passages`.

    A term that the report never says keeps its full weight: what else the topic says does not make up for it.
    """
    texts = [passage.text for passage in passages]
    return tuple(tuple(_weighed(term, texts) for term in group) for group in _groups(question))


def _groups(question: Question) -> Iterator[Member]:
    """Terms that stand in the question with nothing between them that parts members of a list.

    What names nothing by itself goes with what follows an 和: 保障和改善民生.
    """
    group: list[Term] = []
    end = 0
    for term in question.terms:
        start = question.text.find(term.text, end)
        between = question.text[end:start] if start >= 0 else ""
        if group and _APART.search(between) and (_names(group) or not _ALSO.fullmatch(between)):
            yield tuple(group)
            group = []
        group.append(term)
        end = start + len(term.text) if start >= 0 else end
    if group:
        yield tuple(group)


def _names(group: Sequence[Term]) -> bool:
    return sum(term.weight for term in group) >= _TELLING


def _weighed(term: Term, texts: Sequence[str]) -> Term:
    df = sum(said(term, text) for text in texts)
    tells = log(len(texts) / df) / log(len(texts)) if df and len(texts) > 1 else 1.0
    return replace(term, weight=term.weight * max(_LEAST_TOLD, tells))


# how fully a text says a member


def spoken(member: Member, text: str) -> float:
    """The share of its worth that `text` says, from 0 to 1."""
    total = sum(term.weight for term in member)
    return sum(term.weight * _told(term, text) for term in member) / total if total else 0.0


def _told(term: Term, text: str) -> float:
    text = _without_others(term.text, text)
    if term.text in text or is_numbered(term.text) or (term.kind == "name" and term.text.isascii()):
        return match(term, text)
    said_so = [word for word in term.official if word in text and (len(word) > 2 or word not in term.text)]
    official = [_OFFICIAL if len(word) > 2 else _SHORT for word in said_so]
    return max([*official, _SHARED_END if is_coordinated(term.text, text) else 0.0, _in_words(term.text, text)])


def _without_others(name: str, text: str) -> str:
    """`text` without what only looks like the matter of that name."""
    for other in _words()["others"].get(name, ()):
        text = text.replace(other, "")
    return text


def _in_words(name: str, text: str) -> float:
    """How fully the clause that says most of its words says a long name."""
    parts = [word.text for word in words(name) if len(word.text) > 1]
    if len(parts) < 2:
        return 0.0
    share = max(sum(part in clause for part in parts) for clause in _CLAUSE.split(text)) / len(parts)
    return _IN_WORDS if share == 1 else _IN_SOME * share


def heads(member: Member, heading: str) -> bool:
    """Whether a heading is about the member and does not only mention it: it opens or ends one of its clauses.

    推进教育强市建设 and 民生福祉持续增进 are about 教育 and 民生; 以科技创新推动产业创新 is not about 科技创新.
    """
    return any(_is_about(member, clause) for clause in _IN_HEADING.split(_NUMBER.sub("", heading)))


def _is_about(member: Member, clause: str) -> bool:
    places = [place for term in member for place in _places(term, clause)]
    if not places:
        return False
    start, end = min(place.start for place in places), max(place.end for place in places)
    return start == 0 or bool(_light().fullmatch(clause, end))


def _places(term: Term, clause: str) -> list[Span]:
    """Where a clause says the term: in its own words, else in official ones, else in parts of its own."""
    in_parts = [word.text for word in words(term.text) if len(word.text) > 1]
    for forms in ([term.text], term.official, in_parts):
        if places := [Span(at, at + len(form)) for form in forms if (at := clause.rfind(form)) >= 0]:
            return places
    return []


@cache
def _light() -> re.Pattern[str]:
    return re.compile(f"(?:{any_of(_words()['heading']['light'])})*")
