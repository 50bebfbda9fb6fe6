"""Does a clause hold the kind of thing a question asks for, and does it speak of the right time?"""

from __future__ import annotations

import re
from collections.abc import Sequence

from chatbot.figures import UNITS
from chatbot.segment import words
from chatbot.terms import match
from chatbot.types import Indicator, Passage, Quantity, Question, Span, Term

_PLACE = re.compile(r"[\u4e00-\u9fff]{1,6}(?:省|市|区|县|州|镇|乡|村|街道|港|岛|湾|山|江|河)")
_DATE = re.compile(r"\d+年|\d+月|\d+日|上半年|下半年|[一二三四]季度|年底|年内|月底")
_MEMBERS = re.compile(r"[、；]|和|及")
_COUNTED = {"count", "person", "household", "visit"}
_SHARE_CUES = re.compile(r"占|率|比重|比例|优良|完成|覆盖")


def period_fit(question: Question, passage: Passage) -> float:
    """1 for a period asked for, -1 for another one, 0 when the question names none or the passage speaks of none."""
    if not question.periods or passage.period.kind == "standing":
        return 0.0
    wanted = {(period.kind, period.year) for period in question.periods}
    if (passage.period.kind, passage.period.year) in wanted:
        return 1.0
    named = {str(period.year) for period in question.periods if period.year}
    return 0.5 if any(f"{year}年" in passage.text for year in named) else -1.0


def type_fit(question: Question, terms: Sequence[Term], passage: Passage, span: Span, figures: Sequence[Indicator]) -> float:
    """1 when the clause holds what the question asks for, down to -1 when it cannot."""
    clause = passage.slice(span)
    match question.answer_type:
        case "number":
            inside = [figure for figure in figures if span.holds(figure.quantity.span)]
            return max((figure_fit(question, terms, figure, clause) for figure in inside), default=-1.0)
        case "list":
            return list_fit(question, terms, clause)
        case "date":
            return 1.0 if _DATE.search(clause) else -1.0
        case "place":
            return 1.0 if _PLACE.search(novel(terms, clause)) else -0.5
        case "person":
            return 1.0 if any(word.pos == "nr" for word in words(novel(terms, clause))) else -1.0
        case "name":
            return name_fit(question, terms, clause)
        case _:
            return 0.0


def figure_fit(question: Question, terms: Sequence[Term], figure: Indicator, clause: str) -> float:
    """How well one figure answers: right unit and attribute, and a name that says what was asked."""
    return 0.5 * unit_fit(question, figure.quantity, clause) + 0.5 * name_cover(terms, figure.name)


def name_cover(terms: Sequence[Term], name: str) -> float:
    """The share of `name` that the question's terms account for, by characters."""
    if not name:
        return 0.0
    return min(1.0, sum(len(word) * match(term, name) for term in terms for word in _said(term, name)) / len(name))


def _said(term: Term, name: str) -> list[str]:
    return [word for word in (term.text, *term.official) if word in name][:1]


def unit_fit(question: Question, quantity: Quantity, clause: str) -> float:
    """1 when the quantity has the unit and attribute asked for, 0 when nothing speaks against it, -1 when it cannot."""
    if question.units and quantity.unit not in question.units and not _same_kind(question.units, quantity):
        return -1.0
    percent = quantity.dimension in ("percent", "point")
    match question.attribute:
        case "growth":
            return 1.0 if quantity.direction and (percent or quantity.unit == "倍") else -0.6
        case "amount":
            return -1.0 if percent else 1.0
        case "share":
            return (1.0 if _SHARE_CUES.search(clause) else 0.5) if percent and not quantity.direction else -0.5
        case "ratio":
            return 1.0 if quantity.dimension == "ratio" or quantity.unit == "倍" else -0.5
        case _:
            return 1.0 if question.units else 0.3


def _same_kind(units: Sequence[str], quantity: Quantity) -> bool:
    """Units of one dimension answer for one another, and so do those for countable things: 多少家 in 户."""
    asked = {UNITS[unit].dimension for unit in units}
    return quantity.dimension in asked or (bool(asked & _COUNTED) and quantity.dimension in _COUNTED)


def list_fit(question: Question, terms: Sequence[Term], clause: str) -> float:
    """Enough members for the count asked, and members that the question has not itself named."""
    members = [part for part in _MEMBERS.split(clause) if novel(terms, part)]
    if len(members) < 2:
        return -1.0
    return 1.0 if not question.count or len(members) >= question.count else 0.0


def name_fit(question: Question, terms: Sequence[Term], clause: str) -> float:
    """A head noun that was asked for with something new before it, or a quoted name; else as much as is new."""
    head = "".join(question.focus)
    fresh = novel(terms, clause)
    if head and head in clause:
        return 1.0
    if re.search("[“《]", clause) and fresh:
        return 0.6
    return 0.2 if len(fresh) >= 2 else -0.5


def novel(terms: Sequence[Term], clause: str) -> str:
    """What is left of `clause` once the words of the question are taken out."""
    for term in terms:
        for word in sorted((term.text, *term.official), key=len, reverse=True):
            clause = clause.replace(word, " ")
    return re.sub(r"[\s，。；：、“”《》（）等的和及]", "", clause)
