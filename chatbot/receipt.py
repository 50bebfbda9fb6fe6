"""The receipt of an answer: the question as understood, what was weighed, what the model did, and the index used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from chatbot.compose import Written
from chatbot.prompts import NAMES, fingerprint
from chatbot.types import Evidence, Question

Receipt = tuple[tuple[str, object], ...]


def receipt(
    question: Question,
    evidence: Sequence[Evidence],
    likely: float | None,
    written: Written | None,
    fingerprints: Mapping[str, str],
) -> Receipt:
    """`likely`: the decision score; `fingerprints`: report id → the fingerprint of its part of the index."""
    return (
        ("asked", question.asked),
        ("understood", question.text),
        ("answer_type", question.answer_type),
        ("attribute", question.attribute),
        ("periods", [f"{p.year}/{p.kind}" for p in question.periods]),
        ("terms", [[t.text, list(t.official), round(t.weight, 3), t.kind] for t in question.terms]),
        ("passages", [_line(e) for e in evidence]),
        ("likely", None if likely is None else round(likely, 4)),
        ("index", {id: fingerprints.get(id, "") for id in question.report_ids}),
        *([("model", _model(written))] if written else []),
    )


def _model(written: Written) -> dict[str, object]:
    """What the model was asked with, what it cost, and what came of it; tokens are None where it does not say."""
    return {
        "name": written.model,
        "prompts": {name: fingerprint(name) for name in NAMES},
        "rewritten": written.rewritten,
        "sentences": written.composed.written,
        "failure": written.composed.failure,
        "first_sentence_ms": None if written.first_ms is None else round(written.first_ms, 1),
        "calls": written.usage.calls,
        "prompt_tokens": written.usage.prompt_tokens,
        "answer_tokens": written.usage.answer_tokens,
    }


def _line(evidence: Evidence) -> dict[str, object]:
    return {
        "key": evidence.key,
        "start": evidence.passage.span.start,
        "end": evidence.passage.span.end,
        "score": round(evidence.score, 4),
        "best": evidence.passage.slice(evidence.best.span),
        "features": {name: round(value, 3) for name, value in evidence.best.features},
    }
