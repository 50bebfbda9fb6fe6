"""An answer as it is shown, put through `chatbot.verify` once more: from the answer and the reports alone.

What the walk knew on the way (evidence, keys, draft) plays no part; passages are cut anew and found by the citations.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from chatbot.draft import phrase
from chatbot.types import Answer, Citation, DraftSentence, Evidence, Question, Report, Span
from chatbot.understand import understand
from chatbot.verify import fault
from vectorstore.passages import passages

_MARKER = re.compile(r"\[(\d+)\]")
_HEADING = re.compile(r"^【[^\n]*】\n")


class Recheck:
    """Finds what an answer shows and may not show, over these reports."""

    def __init__(self, reports: Sequence[Report]) -> None:
        self._reports = {report.id: report for report in reports}
        self._offered = {r.id: [Evidence(p.id, p, 0.0) for p in passages(r)] for r in reports}
        self._places = tuple({report.region for report in reports if report.region})

    def __call__(self, message: str, answer: Answer) -> tuple[str, ...]:
        """Why quotes and sentences may not be shown, one reason each; empty for an answer that holds."""
        question = understand(message, None, tuple(self._reports.values()))
        wrong = [f"[{c.marker}] 不是原文：{c.quote}" for c in answer.citations if not self._is_exact(c)]
        if wrong or not answer.citations:
            return tuple(wrong) or _beyond_refusal(question, answer)
        reasons = [(self._fault(question, shown, answer.citations), shown) for shown in answer.sentences]
        return tuple(f"{reason}：{shown}" for reason, shown in reasons if reason)

    def _is_exact(self, citation: Citation) -> bool:
        return bool(citation.quote) and _span(citation).of(self._reports[citation.report_id].text) == citation.quote

    def _fault(self, question: Question, shown: str, citations: Sequence[Citation]) -> str:
        """Why this sentence does not stand on the quotes it is marked with."""
        markers = {int(marker) for marker in _MARKER.findall(shown)}
        cited = [citation for citation in citations if citation.marker in markers]
        sources = [source for citation in cited for source in self._sources(citation)]
        offered = {source.key: source for source in sources}
        text = _MARKER.sub("", _HEADING.sub("", shown))
        return fault(question, DraftSentence(text, tuple(offered), tuple(map(_span, cited))), offered, self._places)

    def _sources(self, citation: Citation) -> list[Evidence]:
        return [e for e in self._offered[citation.report_id] if e.passage.span.holds(_span(citation))]


def _span(citation: Citation) -> Span:
    return Span(citation.start, citation.end)


def _beyond_refusal(question: Question, answer: Answer) -> tuple[str, ...]:
    """Without citations only one thing may be said: that there is no answer, in our own fixed words."""
    refused = answer.status in ("refused", "out_of_scope", "blocked")
    ours = (phrase(answer.status, question),) if refused else ()
    return tuple(f"没有引文：{shown}" for shown in answer.sentences if shown not in ours)
