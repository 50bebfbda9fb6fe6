"""The receipt of an answer: the question as understood and the passages that were weighed, with their scores."""

from __future__ import annotations

from collections.abc import Sequence

from chatbot.types import Evidence, Question


def receipt(question: Question, evidence: Sequence[Evidence]) -> tuple[tuple[str, object], ...]:
    return (
        ("asked", question.asked),
        ("understood", question.text),
        ("answer_type", question.answer_type),
        ("attribute", question.attribute),
        ("periods", [f"{p.year}/{p.kind}" for p in question.periods]),
        ("terms", [[t.text, list(t.official), round(t.weight, 3), t.kind] for t in question.terms]),
        ("passages", [_line(e) for e in evidence]),
    )


def _line(evidence: Evidence) -> dict[str, object]:
    return {
        "key": evidence.key,
        "start": evidence.passage.span.start,
        "end": evidence.passage.span.end,
        "score": round(evidence.score, 4),
        "best": evidence.passage.slice(evidence.best.span),
        "features": {name: round(value, 3) for name, value in evidence.best.features},
    }
