"""Does the evidence answer the question? Calibrated evidence, not one score threshold.

The features of the best clause (asked words said, lacked or strange; kind of thing; period) are weighed by the numbers
in `decision.toml`, which `python -m eval calibrate` learns from our own questions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from math import exp

from chatbot.quote import window
from chatbot.types import Clause, Evidence, Question
from chatbot.wordlists import read_toml


@cache
def _numbers() -> Mapping[str, Mapping[str, float]]:
    numbers: dict[str, dict[str, float]] = read_toml("decision.toml")
    return numbers


def confidence(question: Question, evidence: Evidence, clause: Clause) -> float:
    """How likely it is, from 0 to 1, that `clause` holds what `question` asks for; 0 where it cannot."""
    quoted = window(question, evidence, clause)
    if veto(question, quoted):
        return 0.0
    numbers = _numbers()["number" if question.answer_type == "number" else "other"]
    total = numbers["bias"] + sum(numbers.get(name, 0.0) * value for name, value in signs(quoted).items())
    return 1 / (1 + exp(-total))


def signs(quoted: Sequence[Clause]) -> dict[str, float]:
    """The features of a quote: of each, the best among its clauses."""
    names = dict(quoted[0].features)
    worst = {"lack", "strange"}  # shares of what is missing: the clause that lacks least counts
    return {name: (min if name in worst else max)(c.feature(name) for c in quoted) for name in names}


def veto(question: Question, quoted: Sequence[Clause]) -> str:
    """Why the quote cannot answer, whatever its words: another time or place, or not the kind of thing asked for."""
    found = signs(quoted)
    if found["period"] < 0:
        return "另一时期"
    if found["place"] < 0:
        return "另一地方"
    if question.answer_type == "number" and found["unit"] < 0:
        return "没有这种数据"
    if question.answer_type in ("person", "date", "place", "list", "reason") and found["type"] < 0:
        return "没有这一项"
    if question.count and question.answer_type == "name" and found["type"] < 0:
        return "没有列出"
    return ""


def answers(question: Question, evidence: Evidence, clause: Clause) -> bool:
    return confidence(question, evidence, clause) >= _numbers()["threshold"]["answer"]
