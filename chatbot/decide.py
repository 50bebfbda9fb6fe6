"""Does the evidence answer the question? Calibrated evidence, not one score threshold.

The features of the best clause (asked words said, lacked or strange; kind of thing; period) are weighed by the numbers
in `decision.toml`, which `python -m eval calibrate` learns from our own questions.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from math import exp

from chatbot.types import Clause, Question
from chatbot.wordlists import read_toml


@cache
def _numbers() -> Mapping[str, float]:
    numbers: dict[str, float] = read_toml("decision.toml")
    return numbers


def confidence(question: Question, clause: Clause) -> float:
    """How likely it is, from 0 to 1, that `clause` holds what `question` asks for."""
    numbers = _numbers()
    total = numbers["bias"] + numbers.get(f"bias_{question.answer_type}", 0.0)
    total += sum(numbers.get(name, 0.0) * value for name, value in clause.features)
    return 1 / (1 + exp(-total))


def answers(question: Question, clause: Clause) -> bool:
    return clause.feature("period") >= 0 and confidence(question, clause) >= _numbers()["threshold"]
