"""数据表: the figures of a report as a table to filter, to draw, to take away, each with the sentence it stands in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from html import escape
from typing import Any, NamedTuple, get_args
from urllib.parse import urlencode

import gradio as gr
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from chatbot.errors import UnknownReport, ZhengwenError
from chatbot.figure_table import FigureRow, Wanted, figure_rows, narrowed, side_by_side
from chatbot.sheets import Cell, as_csv, as_xlsx
from chatbot.types import IndicatorStatus, Report
from chatbot.web.cards import report_title
from chatbot.web.contract import AskableBot
from chatbot.web.edge import reason
from chatbot.web.staff.charts import bars, bullets, direction
from chatbot.web.staff.figure_html import Table
from chatbot.web.staff.files import KINDS, attached
from chatbot.web.staff.room import QUIET, Tab, html
from chatbot.web.staff.texts import StaffTexts
from chatbot.web.texts import Texts

STATUSES: tuple[str, ...] = get_args(IndicatorStatus)
# A click anywhere in a row, or its button by the keyboard, opens the line below it.
_OPENS = """
element.addEventListener("click", (event) => {
  const row = event.target.closest("tr.zw-figure");
  if (!row || event.target.closest("a")) return;
  const button = row.querySelector("button");
  const below = document.getElementById(button.getAttribute("aria-controls"));
  below.hidden = !below.hidden;
  button.setAttribute("aria-expanded", String(!below.hidden));
});
"""

Bound = AskableBot | ZhengwenError


class Shown(NamedTuple):
    """What the filters change, in the order of the outputs."""

    table: str
    files: str
    pairs: str
    charts: str


class Figures:
    """From the filters to what is shown. Every report of the bot can be chosen, as they are at that moment."""

    def __init__(self, bot: Bound, texts: StaffTexts, page: Texts) -> None:
        self._bot, self._texts, self._page = bot, texts, page

    def reports(self) -> list[tuple[str, str]]:
        """(title, id) of what can be chosen."""
        reports = () if isinstance(self._bot, ZhengwenError) else self._bot.reports
        return [(report_title(report, self._page), report.id) for report in reports]

    def choices(self, report_id: str) -> tuple[list[tuple[str, int]], list[tuple[str, str]]]:
        """The years and the kinds of units of that report, as (name, value)."""
        _, rows = self._rows(report_id)
        names = self._texts.figures.dimensions
        years = sorted({row.year for row in rows if row.year}, reverse=True)
        kinds = sorted({row.dimension for row in rows}, key=list(names).index)
        return [(str(year), year) for year in years], [(names[kind], kind) for kind in kinds]

    def shown(self, report_id: str | None, wanted: Wanted) -> Shown:
        """The outputs; where there is no report to show, the line that says why."""
        try:
            report, rows = self._rows(report_id or "")
        except Exception as error:  # the edge: a person gets a line to read, never a traceback
            return Shown(f'<p class="zw-line" role="alert">{escape(reason(error, self._page))}</p>', "", "", "")
        found, pairs = narrowed(rows, wanted), side_by_side(rows)
        table = Table(report, self._texts, self._page)
        kept = tuple(pair for pair in pairs if pair.target in found or pair.result in found)
        words = self._texts.figures
        return Shown(
            table.html(found, len(rows)),
            self._files(report.id, wanted),
            table.pairs(pairs),
            bars(found, words, table.link) + bullets(kept or pairs, words, table.link),
        )

    def file(self, kind: str, report_id: str, wanted: Wanted) -> bytes:
        """All columns of what is wanted, as a file of that kind (one of `KINDS`). Raises UnknownReport."""
        _, rows = self._rows(report_id)
        words = self._texts.figures
        head = (*words.columns, *words.columns_more)
        lines = (self._line(row) for row in narrowed(rows, wanted))
        return as_csv(head, lines) if kind == "csv" else as_xlsx(words.sheet, head, lines)

    def _line(self, row: FigureRow) -> tuple[Cell, ...]:
        words = self._texts.figures
        first = (row.name, row.stated, direction(row, words), words.statuses[row.status], row.year, row.page)
        counted = (row.value, row.ceiling, row.unit, row.qualifier, words.dimensions[row.dimension])
        return (*first, *counted, " › ".join(row.path), row.quote, row.report_id, row.mark.start, row.mark.end)

    def _rows(self, report_id: str) -> tuple[Report, tuple[FigureRow, ...]]:
        bot = self._bot
        if isinstance(bot, ZhengwenError):
            raise bot
        report = next((report for report in bot.reports if report.id == report_id), None)
        if report is None:
            raise UnknownReport("没有这份报告", "请在“报告”里重新选一份")
        return report, figure_rows(bot.passages(report_id), report)

    def _files(self, report_id: str, wanted: Wanted) -> str:
        words = self._texts.figures
        links = "".join(
            f'<a href="{escape(self._texts.root + _address(kind, report_id, wanted, self._texts.lang[:2]))}" download>'
            f"{escape(name)}</a>"
            for kind, name in (("xlsx", words.xlsx), ("csv", words.csv))
        )
        return f'<p class="zw-files">{links}</p>'


def _address(kind: str, report_id: str, wanted: Wanted, language: str) -> str:
    fields = [("report", report_id), ("words", wanted.words), ("dimension", wanted.dimension), ("lang", language)]
    fields += [("year", str(wanted.year or ""))] + [("status", status) for status in wanted.statuses]
    return f"figures.{kind}?{urlencode([(name, value) for name, value in fields if value])}"


def figures_tab(bot: Bound, texts: StaffTexts) -> Tab:
    """The tab of the figures of the bot's reports."""
    figures = Figures(bot, texts, Texts.of(texts.lang[:2]))
    return Tab(texts.figures.tab, lambda room: _build(figures, texts, room))


class Filters(NamedTuple):
    """The report and what of it is wanted, in the order of the inputs."""

    report: gr.Dropdown
    words: gr.Textbox
    statuses: gr.CheckboxGroup
    year: gr.Dropdown
    dimension: gr.Dropdown


def _build(figures: Figures, texts: StaffTexts, room: gr.Blocks) -> None:
    filters = _filters(texts)
    words = texts.figures
    files, table = html(elem_id="zw-figure-files"), html(js_on_load=_OPENS, elem_id="zw-figures")
    with gr.Accordion(words.pairs, open=False):
        pairs = html(elem_id="zw-pairs")
    with gr.Accordion(f"{words.bars} · {words.bullets}", open=False):
        charts = html(elem_id="zw-charts")
    outputs = [table, files, pairs, charts]
    changed = [filters.words.submit, filters.words.blur, *(each.input for each in filters[2:])]
    gr.on(changed, _drawing(figures), list(filters), outputs, trigger_mode="always_last", **QUIET)
    anew = [filters.year, filters.dimension, *outputs]  # the years and units of another report are others
    asked = [filters.report, filters.words, filters.statuses]
    filters.report.input(_turning(figures, texts), asked, anew, **QUIET)
    room.load(_beginning(figures, texts), None, [filters.report, *anew], **QUIET)


def _filters(texts: StaffTexts) -> Filters:
    words = texts.figures
    every = (words.any, "")
    statuses = [(words.statuses[status], status) for status in STATUSES]
    with gr.Row():
        report = gr.Dropdown([], label=words.report, elem_id="zw-figure-report", scale=3)
        named = gr.Textbox(label=words.words, placeholder=words.words_hint, elem_id="zw-figure-words", scale=2)
    with gr.Row():
        status = gr.CheckboxGroup(statuses, label=words.status, elem_id="zw-figure-status", scale=3)
        year = gr.Dropdown([every], value="", label=words.year, elem_id="zw-figure-year", scale=1)
        dimension = gr.Dropdown([every], value="", label=words.dimension, elem_id="zw-figure-dimension", scale=1)
    return Filters(report, named, status, year, dimension)


def _drawing(figures: Figures) -> Callable[..., Shown]:
    def draw(report: str | None, words: str, statuses: list[str], year: int | str | None, kind: str | None) -> Shown:
        return figures.shown(report, wanted(words, statuses, year, kind))

    return draw


def wanted(words: str | None, statuses: Sequence[str] | None, year: object, kind: str | None) -> Wanted:
    """What comes from a page may be anything; what is none of ours keeps no row back."""
    chosen = tuple(status for status in statuses or () if status in STATUSES)
    number = str(year or "")
    counts = number.isascii() and number.isdigit() and len(number) == 4
    return Wanted(str(words or "")[:100], chosen, int(number) if counts else None, str(kind or ""))


def _beginning(figures: Figures, texts: StaffTexts) -> Callable[[], tuple[Any, ...]]:
    """The reports there are when the page is opened, the first of them chosen and shown."""

    def begin() -> tuple[Any, ...]:
        reports = figures.reports()
        first = reports[0][1] if reports else None
        shown = figures.shown(first, Wanted())
        return gr.update(choices=reports, value=first), *_choices(figures, texts, first), *shown

    return begin


def _turning(figures: Figures, texts: StaffTexts) -> Callable[..., tuple[Any, ...]]:
    def turn(report: str | None, words: str, statuses: list[str]) -> tuple[Any, ...]:
        shown = figures.shown(report, wanted(words, statuses, None, None))
        return *_choices(figures, texts, report), *shown

    return turn


def _choices(figures: Figures, texts: StaffTexts, report: str | None) -> Iterator[Any]:
    every = (texts.figures.any, "")
    try:
        years, kinds = figures.choices(report or "")
    except ZhengwenError:  # told where the table would stand
        years, kinds = [], []
    yield gr.update(choices=[every, *years], value="")
    yield gr.update(choices=[every, *kinds], value="")


def add_figure_files(app: FastAPI, bot: Bound) -> None:
    """`/staff/figures.xlsx` and `.csv`, behind the guard as all of the room; made when asked for, stored nowhere."""

    def download(request: Request, kind: str) -> Response:
        given = request.query_params
        language = "en" if given.get("lang") == "en" else "zh"
        figures = Figures(bot, StaffTexts.of(language), Texts.of(language))
        asked = wanted(given.get("words"), given.getlist("status"), given.get("year"), given.get("dimension"))
        try:
            content = figures.file(kind, given.get("report", ""), asked)
        except ZhengwenError as error:
            return Response(str(error), 404, media_type="text/plain; charset=utf-8")
        return attached(content, f"figures-{given.get('report', '')}.{kind}")

    for kind in KINDS:
        app.add_api_route(f"/staff/figures.{kind}", _of_kind(download, kind), include_in_schema=False)


def _of_kind(download: Callable[[Request, str], Response], kind: str) -> Callable[[Request], Response]:
    def of_kind(request: Request) -> Response:
        return download(request, kind)

    return of_kind
