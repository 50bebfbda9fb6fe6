"""What bears a briefing out, as HTML: every sentence beside its quotes, and the figures. All words are escaped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from urllib.parse import quote

from chatbot.briefing import Line, numbers, place_of
from chatbot.figure_table import FigureRow
from chatbot.types import Citation, Report
from chatbot.web.cards import READER, report_title
from chatbot.web.staff.charts import moved
from chatbot.web.staff.texts import StaffTexts
from chatbot.web.texts import Texts
from chatbot.wordlists import read_toml

Marks = Mapping[tuple[str, int, int], int]  # place of a quote → its number


class Evidence:
    """Draws quotes; `reports` are those that can be named and opened today."""

    def __init__(self, reports: Sequence[Report], texts: StaffTexts, page: Texts) -> None:
        self._titles = {report.id: report_title(report, page) for report in reports}
        self._texts, self._page, self._words = texts, page, texts.briefings

    def figures(self, figures: Sequence[tuple[FigureRow, int]]) -> str:
        """The indicators, each with the number of its quote, and what the words of the table mean."""
        words = self._words
        if not figures:
            return ""
        columns = "".join(f'<th scope="col">{escape(column)}</th>' for column in words.figure_columns)
        lines = "".join(self._figure(row, number) for row, number in figures)
        table = f'<table class="zw-table"><thead><tr>{columns}</tr></thead><tbody>{lines}</tbody></table>'
        explained = read_toml("briefing.toml")["file"]["explained"]  # as in the file
        scope = "".join(f"<p>{escape(line)}</p>" for line in explained)
        return (
            f'<h3>{escape(words.figures)}</h3><div class="zw-scroll">{table}</div><h3>{escape(words.scope)}</h3>{scope}'
        )

    def _figure(self, row: FigureRow, number: int) -> str:
        words = self._texts.figures
        cells = (moved(row, words), row.year or "", words.statuses[row.status], f"[{number}]")
        drawn = "".join(f"<td>{escape(str(cell))}</td>" for cell in cells)
        return f'<tr><th scope="row">{escape(row.name)}</th>{drawn}</tr>'

    def table(self, lines: Sequence[Line]) -> str:
        """Sentence, quotes, places, result of the check; folded up."""
        words, marks = self._words, numbers(lines)
        columns = "".join(f'<th scope="col">{escape(column)}</th>' for column in words.evidence_columns)
        rows = "".join(self._row(place, line, marks) for place, line in enumerate(lines))
        table = f'<table class="zw-table"><thead><tr>{columns}</tr></thead><tbody>{rows}</tbody></table>'
        return (
            f'<details class="zw-evidence"><summary>{escape(words.evidence)}</summary><div class="zw-scroll" '
            f'role="region" tabindex="0" aria-label="{escape(words.evidence)}">{table}</div></details>'
        )

    def _row(self, place: int, line: Line, marks: Marks) -> str:
        words = self._words
        told = ((marks[place_of(c)], self._page.quote.format(quote=c.quote)) for c in line.citations)
        quotes = "".join(f"<p>[{mark}] {escape(quoted)}</p>" for mark, quoted in told)
        places = "".join(f"<p>{self._place(c)}</p>" for c in line.citations)
        check = words.unsupported.format(reason=line.fault) if line.fault else words.supported
        tone = ' class="zw-fault"' if line.fault else ""
        return (
            f'<tr><th scope="row">{place + 1}</th><td>{escape(line.text)}</td><td>{quotes}</td><td>{places}</td>'
            f"<td{tone}>{escape(check)}</td></tr>"
        )

    def _place(self, citation: Citation) -> str:
        page = [] if citation.page is None else [self._page.page.format(page=citation.page)]
        title = self._titles.get(citation.report_id, citation.report_id)
        told = " · ".join([title, " › ".join(citation.path), *page])
        if citation.report_id not in self._titles:
            return escape(told)
        return f'<a href="{escape(self.address(citation))}" target="_blank">{escape(told)}</a>'

    def address(self, citation: Citation) -> str:
        """The reader at the quote."""
        place = f"start={citation.start}&end={citation.end}&lang={self._texts.lang[:2]}"
        return f"{self._texts.site}{READER}/{quote(citation.report_id, safe='')}?{place}#zw-mark"
