"""present: verified sentences → the answer a person reads, and the JSON object that every door hands out."""

from __future__ import annotations

import re
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
    citations = _citations(kept, {e.key: e for e in evidence}, reports)
    markers = {Span(c.start, c.end): c.marker for c in citations}
    sentences = tuple(_shown(s, markers) for s in kept)
    return Answer(drafted.status, sentences, citations, tuple(dropped), drafted.note)


def _shown(sentence: DraftSentence, markers: Mapping[Span, int]) -> str:
    text = sentence.text + "".join(f"[{markers[quote]}]" for quote in sentence.quotes)
    return f"【{sentence.heading}】\n{text}" if sentence.heading else text


def _citations(
    kept: Sequence[DraftSentence], offered: Mapping[str, Evidence], reports: Mapping[str, Report]
) -> tuple[Citation, ...]:
    """One citation for each quote, numbered from 1 in the order of the answer."""
    found: dict[Span, Citation] = {}
    for sentence in kept:
        passages = [offered[key].passage for key in sentence.keys]
        for quote in sentence.quotes:
            passage = next(p for p in passages if p.span.holds(quote))
            report = reports[passage.report_id]
            found.setdefault(quote, _citation(len(found) + 1, quote, passage, report))
    return tuple(found.values())


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


def as_markdown(title: str, answer: Answer) -> str:
    """A brief as a Markdown document with its sources at the end."""
    lines = [f"# {_inert(title)}", "", *(_inert(s) for s in answer.sentences), "", "## 出处", ""]
    lines += [f"{c.marker}. {_inert(_place(c))}：“{_inert(c.quote)}”" for c in answer.citations]
    return "\n".join(lines)


def _inert(text: str) -> str:
    """Text that Markdown and HTML show as it is."""
    return re.sub(r"([\\`*_<>#|])", r"\\\1", text)
