"""present: verified sentences → the answer a person reads, and the JSON object that every door hands out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from chatbot.draft import phrase
from chatbot.types import (
    Answer,
    AnswerStatus,
    Citation,
    Draft,
    DraftSentence,
    Dropped,
    Evidence,
    Passage,
    Question,
    Report,
    Span,
)


def present(
    question: Question,
    drafted: Draft,
    kept: Sequence[DraftSentence],
    dropped: Sequence[Dropped],
    evidence: Sequence[Evidence],
    reports: Mapping[str, Report],
) -> Answer:
    """Sentences with their `[1]` markers and the citations behind them; a refusal when nothing is left."""
    if not kept:
        status: AnswerStatus = drafted.status if not drafted.sentences else "refused"
        note = drafted.note if not drafted.sentences else ""
        return Answer(status, (phrase(status, question),), dropped=tuple(dropped), note=note)
    quotes_of = [_quotes(sentence, {e.key: e for e in evidence}) for sentence in kept]
    citations = _citations(quotes_of, reports)
    sentences = tuple(_shown(s, quotes, citations) for s, quotes in zip(kept, quotes_of, strict=True))
    return Answer(drafted.status, sentences, tuple(citations.values()), tuple(dropped), drafted.note)


Quote = tuple[Passage, Span]


def _quotes(sentence: DraftSentence, offered: Mapping[str, Evidence]) -> list[Quote]:
    """Each quote of a sentence with the passage it stands in."""
    passages = [offered[key].passage for key in sentence.keys]
    return [(next(p for p in passages if p.span.holds(quote)), quote) for quote in sentence.quotes]


def _shown(sentence: DraftSentence, quotes: Sequence[Quote], citations: Mapping[tuple[str, Span], Citation]) -> str:
    markers = (citations[passage.report_id, quote].marker for passage, quote in quotes)
    text = sentence.text + "".join(f"[{marker}]" for marker in markers)
    return f"【{sentence.heading}】\n{text}" if sentence.heading else text


def _citations(quotes_of: Sequence[Sequence[Quote]], reports: Mapping[str, Report]) -> dict[tuple[str, Span], Citation]:
    """One citation for each quote of a report, numbered from 1 in the order of the answer."""
    found: dict[tuple[str, Span], Citation] = {}
    for passage, quote in (pair for quotes in quotes_of for pair in quotes):
        key = (passage.report_id, quote)
        if key not in found:
            found[key] = _citation(len(found) + 1, quote, passage, reports[passage.report_id])
    return found


def _citation(marker: int, quote: Span, passage: Passage, report: Report) -> Citation:
    return Citation(
        marker=marker,
        quote=quote.of(report.text),
        report_id=report.id,
        path=passage.path,
        page=report.page_at(quote.start),
        start=quote.start,
        end=quote.end,
    )


def as_json(answer: Answer, id: object = None) -> dict[str, Any]:
    """The object of the batch contract; `id` is left out when there is none."""
    head = {} if id is None else {"id": id}
    return head | {
        "status": answer.status,
        "answer": answer.text,
        "citations": [_citation_as_json(c) for c in answer.citations],
        "mode": answer.mode,
        "timing_ms": dict(answer.timing_ms),
        "note": answer.note,
        "dropped": [{"text": d.text, "reason": d.reason} for d in answer.dropped],
        "receipt": dict(answer.receipt),
    }


def _citation_as_json(citation: Citation) -> dict[str, Any]:
    return {
        "marker": citation.marker,
        "quote": citation.quote,
        "report_id": citation.report_id,
        "path": list(citation.path),
        "page": citation.page,
        "start": citation.start,
        "end": citation.end,
    }


def as_plain(answer: Answer) -> str:
    """The answer for a terminal: text, then each quote with its place."""
    return "\n".join((answer.text, *map(_reference, answer.citations)))


def _reference(citation: Citation) -> str:
    return f"[{citation.marker}] {_place(citation)}：“{citation.quote}”"


def _place(citation: Citation) -> str:
    page = f"，第{citation.page}页" if citation.page else ""
    return " › ".join(citation.path) + page
