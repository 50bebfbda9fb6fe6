"""A citation as a card: where it stands, and the quote marked inside its paragraph. And the same as plain text.

Everything from a report, a question or a model is escaped here, at the last moment before it becomes HTML.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from html import escape
from typing import NamedTuple
from urllib.parse import quote

from chatbot.errors import ZhengwenError
from chatbot.types import Answer, Citation, Report
from chatbot.web.texts import Texts

REACH = 120  # characters of the paragraph shown on either side of a quote
READER = "report"  # the path of the reader, see reader.py
_SENTENCE_ENDS = "。！？；"
_STEP = " › "

TextOf = Callable[[str], str]


class Excerpt(NamedTuple):
    """A quote inside its paragraph. `before` and `after` begin or end with … where the paragraph goes on."""

    before: str
    quote: str
    after: str


def excerpt(text: str, citation: Citation, reach: int = REACH) -> Excerpt:
    """The paragraph of `text` around the citation, cut at a sentence end within `reach` characters of the quote.

    Where the text at the citation's place is not its quote, only the quote is returned: nothing is marked wrongly.
    """
    if text[citation.start : citation.end] != citation.quote:
        return Excerpt("", citation.quote, "")
    first = text.rfind("\n", 0, citation.start) + 1
    last = text.find("\n", citation.end)
    before = text[first : citation.start]
    after = text[citation.end : last if last >= 0 else len(text)]
    return Excerpt(_tail(before, reach), citation.quote, _head(after, reach))


def _tail(text: str, reach: int) -> str:
    if len(text) <= reach:
        return text
    kept = text[-reach:]
    ends = [kept.find(end) for end in _SENTENCE_ENDS if 0 <= kept.find(end) < len(kept) - 1]
    return "…" + (kept[min(ends) + 1 :] if ends else kept)


def _head(text: str, reach: int) -> str:
    if len(text) <= reach:
        return text
    kept = text[:reach]
    return kept[: max(kept.rfind(end) for end in _SENTENCE_ENDS) + 1 or reach] + "…"


def report_title(report: Report, texts: Texts) -> str:
    """Title with the year, unless the title names it already."""
    named = report.year is None or str(report.year) in report.title
    return report.title if named else report.title + texts.year.format(year=report.year)


def place(citation: Citation, texts: Texts) -> str:
    """Section path and page in one line."""
    page = [] if citation.page is None else [texts.page.format(page=citation.page)]
    return " · ".join([*([_STEP.join(citation.path)] if citation.path else []), *page])


def address(citation: Citation, texts: Texts) -> str:
    """The reader at the citation's place, seen from the page of these texts; relative, as behind a proxy's path."""
    place = f"start={citation.start}&end={citation.end}&lang={texts.lang[:2]}"
    return f"{texts.root}{READER}/{quote(citation.report_id, safe='')}?{place}#zw-mark"


class Cards:
    """Draws citations of the reports whose titles and texts it is handed; `reports` are looked at each time."""

    def __init__(self, reports: Iterable[Report], text_of: TextOf, texts: Texts) -> None:
        self._reports = reports
        self._text_of = text_of
        self._texts = texts

    def title(self, report_id: str) -> str:
        found = (report_title(report, self._texts) for report in self._reports if report.id == report_id)
        return next(found, report_id)

    def card(self, citation: Citation, card_id: str) -> str:
        """One closed card: marker, quote and place to see; paragraph, full path and report title on opening."""
        page = [] if citation.page is None else [self._texts.page.format(page=citation.page)]
        near = (*self._whose(citation), *citation.path[-1:], *page)
        return (
            f'<details class="zw-card" id="{escape(card_id)}"><summary>'
            f'<span class="zw-badge" aria-hidden="true">{citation.marker}</span>'
            f'<span class="zw-peek"><span class="zw-peek-quote">{escape(citation.quote)}</span>'
            f'<span class="zw-peek-place">{escape(" · ".join(near))}</span></span></summary>'
            f'<div class="zw-card-body">{self._paragraph(citation)}{self._source(citation)}</div></details>'
        )

    def _whose(self, citation: Citation) -> list[str]:
        """The title of the report, where there are several."""
        return [self.title(citation.report_id)] if len(list(self._reports)) > 1 else []

    def _paragraph(self, citation: Citation) -> str:
        before, quote, after = (escape(part) for part in excerpt(self._text(citation), citation))
        return f'<blockquote class="zw-paragraph">{before}<mark>{quote}</mark>{after}</blockquote>'

    def _text(self, citation: Citation) -> str:
        try:
            return self._text_of(citation.report_id)
        except ZhengwenError:  # the report was removed meanwhile: the quote still stands on its own
            return ""

    def _source(self, citation: Citation) -> str:
        title = escape(self._texts.title.format(title=self.title(citation.report_id)))
        where = escape(place(citation, self._texts))
        there = escape(address(citation, self._texts))
        link = f'<a class="zw-open" href="{there}">{escape(self._texts.reader.open)}</a>'
        return f'<p class="zw-source"><cite>{title}</cite><span>{where}</span>{link}</p>'

    def plain(self, question: str, answer: Answer) -> str:
        """Question, answer and references as text to paste into a letter."""
        lines = [
            self._texts.copy_question.format(question=question),
            self._texts.copy_answer.format(answer=answer.text),
        ]
        if answer.citations:
            lines += ["", self._texts.copy_references, *map(self._reference, answer.citations)]
        return "\n".join([*lines, "", self._texts.copy_label])

    def _reference(self, citation: Citation) -> str:
        title = self._texts.title.format(title=self.title(citation.report_id))
        quote = self._texts.quote.format(quote=citation.quote)
        return f"[{citation.marker}] {title} {place(citation, self._texts)} {quote}"
