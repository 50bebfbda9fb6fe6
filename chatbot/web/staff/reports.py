"""报告管理: a file is taken in, looked over, corrected and published; what is held can be corrected and withdrawn.

Approvers alone publish and withdraw.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import Any, NamedTuple

import gradio as gr

from chatbot.archive import LONGEST_REGION, LONGEST_TITLE, Archive, Progress, Recognised, told
from chatbot.errors import UnreadableFile, UsageError, ZhengwenError
from chatbot.records.errors import NotAllowed
from chatbot.records.values import Account
from chatbot.web.edge import reason
from chatbot.web.staff.receipt_html import said
from chatbot.web.staff.report_html import Leaflet
from chatbot.web.staff.room import LARGEST_UPLOAD, QUIET, Tab, html, whose
from chatbot.web.staff.texts import StaffTexts
from chatbot.web.texts import Texts

KINDS = [".txt", ".docx", ".pdf", ".zip"]
_ACTS = """
zwKeepFocus(element, watch);
element.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-act]");
  if (!button || (button.dataset.sure && !confirm(button.dataset.sure))) return;
  trigger("click", { act: button.dataset.act, report: button.dataset.report });
});
"""


@dataclass(frozen=True, slots=True)
class Tray:
    """The reports that lie open, of which `at` is the one looked at; `unread` are lines on files that are none."""

    items: tuple[Recognised, ...] = ()
    unread: tuple[str, ...] = ()
    at: int = 0

    @property
    def item(self) -> Recognised | None:
        return self.items[self.at] if self.items else None

    def with_item(self, item: Recognised) -> Tray:
        return replace(self, items=(*self.items[: self.at], item, *self.items[self.at + 1 :]))


class Typed(NamedTuple):
    """What stands in the fields of the report looked at."""

    title: str
    region: str
    year: str


class Reports:
    """What a person does with reports. All raise ZhengwenErrors, above all the one that stands for the archive."""

    def __init__(self, archive: Archive | ZhengwenError, texts: StaffTexts) -> None:
        self._given, self._texts = archive, texts

    @property
    def _archive(self) -> Archive:
        if isinstance(self._given, ZhengwenError):
            raise self._given
        return self._given

    def take(self, path: str | None) -> Tray:
        """What the uploaded file was taken for; the file itself is deleted."""
        if not path:
            raise UsageError(self._texts.reports.no_file)
        try:
            found = self._archive.recognise(Path(path))
        finally:
            Path(path).unlink(missing_ok=True)
        unread = [item for item in found if isinstance(item, UnreadableFile)]
        items = tuple(item for item in found if isinstance(item, Recognised))
        if not items:
            raise unread[0]
        return Tray(items, tuple(map(str, unread)))

    def open(self, report_id: str) -> Tray:
        return Tray((self._archive.opened(report_id),))

    def correct(self, tray: Tray, typed: Typed) -> Tray:
        """The report looked at with what was typed, if that says anything new."""
        if tray.item is None:
            raise UsageError(self._texts.reports.no_file)
        if typed == fields(tray.item):
            return tray
        return tray.with_item(self._archive.corrected(tray.item, told(*typed)))

    def publish(self, tray: Tray, typed: Typed, by: Account) -> Iterator[str]:
        """Lines on how far it is; the last one says that it is done. Raises NotAllowed unless an approver does it."""
        self._check(by)
        reports = [item.report for item in self.correct(tray, typed).items]
        yield from followed(lambda progress: self._archive.publish(reports, progress))
        words = self._texts.reports
        one = words.published.format(title=reports[0].title)
        yield one if len(reports) == 1 else words.published_all.format(count=len(reports))

    def withdraw(self, report_id: str, by: Account) -> Iterator[str]:
        """The same for taking one out."""
        self._check(by)
        yield from followed(lambda progress: self._archive.withdraw(report_id, progress))
        yield self._texts.reports.withdrawn

    def _check(self, by: Account) -> None:
        if not decides(by):
            raise NotAllowed(self._texts.reports.approver_needed)

    def leaflet(self) -> Leaflet:
        return Leaflet(self._texts)

    def listed(self, by: Account) -> str:
        return self.leaflet().held(self._archive.held(), decides(by))


def decides(account: Account) -> bool:
    """Whether this person may publish and withdraw."""
    return account.role == "approver"


def fields(item: Recognised) -> Typed:
    """What the fields show of it."""
    return Typed(item.report.title, item.report.region, str(item.report.year or ""))


def followed(work: Callable[[Progress], object]) -> Iterator[str]:
    """What `work` says of its progress, as it says it; raises what it raises. It goes on when nobody listens."""
    lines: SimpleQueue[str | None] = SimpleQueue()
    failed: list[BaseException] = []

    def run() -> None:
        try:
            work(lines.put)
        except BaseException as error:  # raised again where it can be told
            failed.append(error)
        lines.put(None)

    thread = Thread(target=run)
    thread.start()
    while (line := lines.get()) is not None:
        yield line
    thread.join()
    if failed:
        raise failed[0]


def reports_tab(archive: Archive | ZhengwenError, texts: StaffTexts) -> Tab:
    """The tab in which reports are looked after."""
    desk = Desk(Reports(archive, texts), texts, Texts.of(texts.lang[:2]))
    return Tab(texts.reports.tab, lambda room: _build(desk, texts, room))


class Screen(NamedTuple):
    """What an event changes, in the order of the outputs."""

    tray: Any = gr.skip()
    line: Any = gr.skip()
    sheet: Any = gr.skip()
    form: Any = gr.skip()
    which: Any = gr.skip()
    title: Any = gr.skip()
    region: Any = gr.skip()
    year: Any = gr.skip()
    publish: Any = gr.skip()
    held: Any = gr.skip()
    needed: Any = gr.skip()


class Desk:
    """The events of the tab: each tells in one line what went wrong; what was typed stays."""

    def __init__(self, reports: Reports, texts: StaffTexts, page: Texts) -> None:
        self._reports, self._texts, self._page = reports, texts, page

    def take(self, path: str | None) -> Screen:
        return self._opened(lambda: self._reports.take(path))

    def correct(self, tray: Tray, *typed: str) -> Screen:
        return self._opened(lambda: self._reports.correct(tray, Typed(*typed)))

    def turn(self, which: int | None, tray: Tray, *typed: str) -> Screen:
        """Another of the reports that lie open; what was typed of the one before is kept."""
        at = which if isinstance(which, int) and 0 <= which < len(tray.items) else 0
        return self._opened(lambda: replace(self._reports.correct(tray, Typed(*typed)), at=at))

    def publish(self, tray: Tray, title: str, region: str, year: str, request: gr.Request) -> Iterator[Screen]:
        by = whose(request)
        yield from self._followed(self._reports.publish(tray, Typed(title, region, year), by), by)

    def act(self, request: gr.Request, event: gr.EventData) -> Iterator[Screen]:
        by, given = whose(request), event._data or {}
        act, report_id = str(given.get("act", "")), str(given.get("report", ""))
        if act == "correct":
            yield self._opened(lambda: self._reports.open(report_id))
        elif act == "withdraw":
            yield from self._followed(self._reports.withdraw(report_id, by), by)

    def look(self, request: gr.Request) -> Screen:
        """The list, and the button to publish or, for one who may not, a line in its place."""
        by = whose(request)
        line = "" if decides(by) else said(self._texts.reports.approver_needed, "note")
        return Screen(publish=gr.update(visible=decides(by)), held=self._held(by), needed=line)

    def _held(self, by: Account) -> str:
        try:
            return self._reports.listed(by)
        except Exception as error:  # the edge
            return self._line(error)

    def _opened(self, do: Callable[[], Tray]) -> Screen:
        try:
            return self._drawn(do(), "")
        except Exception as error:  # the edge: a person gets a line to read, never a traceback
            return Screen(line=self._line(error))

    def _drawn(self, tray: Tray, line: str) -> Screen:
        item, words = tray.item, self._texts.reports
        typed = fields(item) if item else Typed("", "", "")
        choices = [(each.report.title, at) for at, each in enumerate(tray.items)]
        several = len(choices) > 1
        return Screen(
            tray=tray,
            line=line,
            sheet=self._reports.leaflet().sheet(item, tray.unread) if item else "",
            form=gr.update(visible=item is not None),
            which=gr.update(choices=choices, value=tray.at if choices else None, visible=several),
            title=typed.title,
            region=typed.region,
            year=typed.year,
            publish=gr.update(value=words.publish_all.format(count=len(choices)) if several else words.publish),
        )

    def _followed(self, lines: Iterator[str], by: Account) -> Iterator[Screen]:
        """Line by line; done, nothing lies open any more and the list is drawn anew."""
        try:
            line = ""
            for line in lines:
                yield Screen(line=said(line))
        except Exception as error:  # the edge
            yield Screen(line=self._line(error), held=self._held(by))
        else:
            yield self._drawn(Tray(), said(line))._replace(held=self._held(by))

    def _line(self, error: Exception) -> str:
        return said(reason(error, self._page), "alert")


def _build(desk: Desk, texts: StaffTexts, room: gr.Blocks) -> None:
    words = texts.reports
    html(said(words.lead.format(megabytes=LARGEST_UPLOAD // 1024 // 1024), "note"))
    file = gr.File(label=words.file, file_types=KINDS, elem_id="zw-report-file", height=140)
    line = html(elem_id="zw-report-line")
    tray = gr.State(Tray())
    with gr.Column(visible=False, elem_id="zw-report-form") as form:
        which = gr.Dropdown([], label=words.which, elem_id="zw-report-which", visible=False)
        with gr.Row():
            typed = _fields(texts)
        correct = gr.Button(words.correct, elem_id="zw-report-correct", size="sm")
        sheet = html(elem_id="zw-report-sheet")
        publish = gr.Button(words.publish, variant="primary", elem_id="zw-report-publish")
        needed = html(elem_id="zw-report-needed")
    held = html(elem_id="zw-reports", js_on_load=_ACTS)
    shown: Sequence[Any] = [tray, line, sheet, form, which, *typed, publish, held, needed]
    at_once: dict[str, Any] = {"queue": False, **QUIET}
    file.upload(desk.take, file, shown, **at_once).then(lambda: None, None, file, **at_once)
    correct.click(desk.correct, [tray, *typed], shown, **at_once)
    which.input(desk.turn, [which, tray, *typed], shown, **at_once)
    publish.click(desk.publish, [tray, *typed], shown, **QUIET)
    held.click(desk.act, None, shown, **QUIET)
    room.load(desk.look, None, shown, **at_once)


def _fields(texts: StaffTexts) -> list[gr.Textbox]:
    words = texts.reports
    title = gr.Textbox(label=words.title, elem_id="zw-report-title", scale=3, max_length=LONGEST_TITLE)
    region = gr.Textbox(
        label=words.region, info=words.from_text, elem_id="zw-report-region", scale=1, max_length=LONGEST_REGION
    )
    year = gr.Textbox(label=words.year, info=words.from_text, elem_id="zw-report-year", scale=1, max_length=6)
    return [title, region, year]
