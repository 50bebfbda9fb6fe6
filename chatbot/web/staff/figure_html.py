"""The table of figures as HTML. What comes from a report is escaped here."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from urllib.parse import quote

from chatbot.figure_table import FigureRow, Pair
from chatbot.types import Report
from chatbot.web.cards import READER, report_title
from chatbot.web.staff.charts import direction, moved
from chatbot.web.staff.texts import StaffTexts
from chatbot.web.texts import Texts

MOST = 400  # rows on the page


class Table:
    """Draws the rows of one report."""

    def __init__(self, report: Report, texts: StaffTexts, page: Texts) -> None:
        self._report, self._texts, self._page = report, texts, page
        self._words = texts.figures

    def html(self, rows: Sequence[FigureRow], total: int) -> str:
        """The table with a hidden line of its source below each row."""
        words = self._words
        title = report_title(self._report, self._page)
        caption = words.caption.format(report=title, count=len(rows), total=total)
        said = f'<p class="zw-line" role="status">{escape(caption)}</p>'
        if not rows:
            return f'{said}<p class="zw-line">{escape(words.none)}</p>'
        cut = f'<p class="zw-line">{escape(words.cut.format(most=MOST))}</p>' if len(rows) > MOST else ""
        lines = "".join(self._row(number, row) for number, row in enumerate(rows[:MOST]))
        return f"{said}{cut}{_table(words.tab, words.columns, lines)}"

    def _row(self, number: int, row: FigureRow) -> str:
        words, id = self._words, f"zw-where-{number}"
        name = f'<button type="button" class="zw-open" aria-expanded="false" aria-controls="{id}">'
        cells = (row.stated, direction(row, words), words.statuses[row.status], row.year or "", row.page or "")
        drawn = "".join(f"<td>{escape(str(cell))}</td>" for cell in cells)
        below = f'<tr class="zw-where" id="{id}" hidden><td colspan="{len(words.columns)}">{self._where(row)}</td></tr>'
        return f'<tr class="zw-figure"><th scope="row">{name}{escape(row.name)}</button></th>{drawn}</tr>{below}'

    def _where(self, row: FigureRow) -> str:
        """The sentence with name and figure marked, its place, and the way to the whole report."""
        start, end = row.mark.start - row.start, row.mark.end - row.start
        before, marked, after = (escape(part) for part in (row.quote[:start], row.quote[start:end], row.quote[end:]))
        page = [] if row.page is None else [self._page.page.format(page=row.page)]
        place = " · ".join([" › ".join(row.path), *page])
        return (
            f"<blockquote>{before}<mark>{marked}</mark>{after}</blockquote>"
            f'<p class="zw-place">{escape(place)} {self.link(row, self._words.source)}</p>'
        )

    def link(self, row: FigureRow, told: str) -> str:
        """`told` as a link to where the figure stands in the report."""
        place = f"start={row.mark.start}&end={row.mark.end}&lang={self._texts.lang[:2]}"
        there = f"{self._texts.site}{READER}/{quote(row.report_id, safe='')}?{place}#zw-mark"
        return f'<a href="{escape(there)}" target="_blank">{escape(told)}</a>'

    def pairs(self, pairs: Sequence[Pair]) -> str:
        """Results and targets side by side, each a link to where it stands."""
        words = self._words
        if not pairs:
            return f'<p class="zw-line">{escape(words.no_pairs)}</p>'
        lines = "".join(
            f'<tr><th scope="row">{escape(pair.target.name)}</th>'
            f"<td>{self.link(pair.result, moved(pair.result, words))}</td>"
            f"<td>{self.link(pair.target, moved(pair.target, words))}</td></tr>"
            for pair in pairs
        )
        return f'<p class="zw-lead">{escape(words.pairs_lead)}</p>{_table(words.pairs, words.pair_columns, lines)}'


def _table(label: str, columns: Sequence[str], lines: str) -> str:
    head = "".join(f'<th scope="col">{escape(column)}</th>' for column in columns)
    return (
        f'<div class="zw-scroll" role="region" tabindex="0" aria-label="{escape(label)}"><table class="zw-table">'
        f"<thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table></div>"
    )
