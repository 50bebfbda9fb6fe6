"""Reports as those see them who look after them: what one was taken for, and the list of all. All words are escaped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from chatbot.archive import Held, Recognised, Warned
from chatbot.types import MASTHEAD, Section
from chatbot.web.staff.receipt_html import said
from chatbot.web.staff.texts import StaffTexts


class Leaflet:
    """Draws reports in one language."""

    def __init__(self, texts: StaffTexts) -> None:
        self._texts, self._words = texts, texts.reports

    def sheet(self, item: Recognised, unread: Sequence[str]) -> str:
        """What a report was taken for: facts, what to look at, the section tree; above it files that are none."""
        words = self._words
        faults = "".join(f"<li>{escape(line)}</li>" for line in unread)
        told = f"<h2>{escape(words.unread)}</h2><ul>{faults}</ul>" if unread else ""
        facts = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in self._facts(item))
        return (
            f'{told}<article class="zw-paper"><h2>{escape(item.report.title)}</h2>{self._warnings(item.warnings)}'
            f'<dl class="zw-facts">{facts}</dl><h3>{escape(words.sections)}</h3>{self._tree(item.sections)}</article>'
        )

    def _facts(self, item: Recognised) -> Iterator[tuple[str, str]]:
        words, report = self._words, item.report
        yield words.id, report.id
        yield words.source, report.source
        yield words.region, report.region or words.unknown
        yield words.year, str(report.year or words.unknown)
        yield words.speaker, report.speaker or words.unknown
        yield words.date, report.date or words.unknown
        yield words.amount, words.counts.format(sentences=item.sentences, figures=item.figures)

    def _warnings(self, warnings: Sequence[Warned]) -> str:
        if not warnings:
            return said(self._words.no_warnings, "note")
        lines = (self._words.doubts[warned.doubt].format(of=warned.of) for warned in warnings)
        return f'<ul class="zw-warned">{"".join(f"<li>{escape(line)}</li>" for line in lines)}</ul>'

    def _tree(self, sections: Sequence[Section]) -> str:
        """Nested lists of the headings; at the highest ones what they speak of."""
        html, depth = "", 0
        before: tuple[str, ...] = ()
        for section in sections:
            for level, name in new_steps(before, section.path):
                html += "<ol>" * (level - depth) if level > depth else "</li>" + "</ol></li>" * (depth - level)
                period = self._period(section) if level == 1 else ""
                html += f"<li>{escape(name)}{period}"
                depth = level
            before = section.path
        return f'<div class="zw-tree">{html}{"</li></ol>" * depth}</div>'

    def _period(self, section: Section) -> str:
        kind, number = section.period
        year = self._words.of_year.format(year=number) if number else self._words.no_year
        told = self._words.periods[kind].format(year=year)
        return f' <span class="zw-place">{escape(told)}</span>' if told else ""

    def held(self, reports: Sequence[Held], withdrawable: bool) -> str:
        """The table of what is held, with what this reader can do with each."""
        words = self._words
        columns = "".join(f'<th scope="col">{escape(column)}</th>' for column in words.columns)
        lines = "".join(self._row(report, withdrawable) for report in reports)
        table = f'<table class="zw-table"><thead><tr>{columns}</tr></thead><tbody>{lines}</tbody></table>'
        region = f'class="zw-scroll" role="region" tabindex="0" aria-label="{escape(words.held)}"'
        needed = "" if withdrawable else said(words.approver_needed, "note")
        return f"<h2>{escape(words.held)}</h2>{needed}<div {region}>{table}</div>"

    def _row(self, report: Held, withdrawable: bool) -> str:
        words = self._words
        counts = words.counts.format(sentences=report.sentences, figures=report.figures) if report.published else ""
        state = words.states["published" if report.published else "unpublished"]
        cells = (report.region or words.unknown, str(report.year or words.unknown), counts, state)
        drawn = "".join(f"<td>{escape(cell)}</td>" for cell in cells)
        withdraw = self._withdraw(report) if withdrawable else ""
        return (
            f'<tr><th scope="row">{escape(report.title)}<p class="zw-place">{escape(report.id)}</p></th>{drawn}'
            f"<td>{self._button(report, 'correct', words.open)}{withdraw}</td></tr>"
        )

    def _withdraw(self, report: Held) -> str:
        sure = self._words.sure_shipped if report.shipped else self._words.sure
        return self._button(report, "withdraw", self._words.withdraw, f' data-sure="{escape(sure)}"')

    def _button(self, report: Held, act: str, name: str, more: str = "") -> str:
        label = escape(self._words.label.format(action=name, title=report.title))
        id = escape(report.id)
        data = f'data-act="{act}" data-report="{id}" data-key="{act}-{id}"{more}'
        return f'<button type="button" class="zw-do" {data} aria-label="{label}">{escape(name)}</button>'


def new_steps(before: Sequence[str], path: Sequence[str]) -> list[tuple[int, str]]:
    """The headings of `path` that are not those of `before`, each with its level from 1; none for the masthead."""
    same = 0
    while same < min(len(before), len(path)) and before[same] == path[same]:
        same += 1
    return [(level, name) for level, name in enumerate(path, 1) if level > same and name != MASTHEAD]
