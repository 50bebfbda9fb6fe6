"""答复记录: answers that were given, to find, to open, and to ask again of today's index."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import gradio as gr

from chatbot.errors import UsageError, ZhengwenError
from chatbot.present import as_json
from chatbot.records.database import Records
from chatbot.records.receipts import Receipts
from chatbot.records.values import Receipt
from chatbot.replay import change
from chatbot.web.contract import AskableBot
from chatbot.web.edge import reason
from chatbot.web.staff.ratings import Ratings
from chatbot.web.staff.receipt_html import Paper, said
from chatbot.web.staff.room import QUIET, Tab, html
from chatbot.web.staff.texts import StaffTexts
from chatbot.web.texts import Texts

PAGE = 20  # receipts listed at a time
LABEL = 60  # characters of a question in the list

Bound = AskableBot | ZhengwenError


class Listed(NamedTuple):
    """What a search changes, in the order of the outputs: the choices, whether there are more, the opened one."""

    line: str
    choices: Any
    more: Any
    paper: Any
    replay: Any
    changed: Any


class PastAnswers:
    """The answers in the records, and the bot that can be asked again."""

    def __init__(self, bot: Bound, receipts: Receipts, texts: StaffTexts, page: Texts) -> None:
        self._bot, self._receipts, self._texts, self._page = bot, receipts, texts, page

    def search(self, words: str | None, status: str | None, day: str | None) -> Listed:
        return self._listed((words or "", status or "", day or ""), ())

    def further(
        self, words: str | None, status: str | None, day: str | None, listed: Sequence[Sequence[str]]
    ) -> Listed:
        """The same with the next page below what is listed, which comes as (label, id) pairs."""
        return self._listed((words or "", status or "", day or ""), [(str(label), str(id)) for label, id in listed])

    def open(self, id: str | None) -> tuple[str, Any, str]:
        """The opened answer, whether it can be asked again, and no comparison yet."""
        try:
            receipt = self._receipts.get(id) if id else None
            drawn = self._paper().html(receipt) if receipt else ""
        except Exception as error:  # the edge: a person gets a line to read, never a traceback
            return self._line(error), gr.update(interactive=False), ""
        return drawn, gr.update(interactive=receipt is not None), ""

    def replay(self, id: str | None) -> str:
        """The same question, with the same conversation, reports and mode, asked now: what is different."""
        try:
            receipt = self._receipts.get(id or "")
            return self._paper().compared(change(receipt.answer, as_json(self._again(receipt))))
        except Exception as error:  # the edge
            return self._line(error)

    def _again(self, receipt: Receipt) -> Any:
        if isinstance(self._bot, ZhengwenError):
            raise self._bot
        setting = receipt.setting
        history = tuple((str(question), str(answer)) for question, answer in setting.get("history", ()))
        report_ids = tuple(map(str, setting.get("report_ids", ())))
        return self._bot.ask(receipt.asked, history, report_ids, str(setting.get("mode", "auto")))

    def _listed(self, asked: tuple[str, str, str], before: Sequence[tuple[str, str]]) -> Listed:
        words = self._texts.receipts
        closed: tuple[Any, Any, Any] = ("", gr.update(interactive=False), "")
        try:
            found = self._found(asked, before)
        except Exception as error:  # the edge
            nothing = gr.update(choices=[], value=None, visible=False)
            return Listed(self._line(error), nothing, gr.update(visible=False), *closed)
        choices = [*before, *map(self._choice, found[:PAGE])]
        line = said(words.found.format(count=len(choices)) if choices else words.none)
        shown = gr.update(choices=choices, visible=bool(choices), **({} if before else {"value": None}))
        rest = (gr.skip(), gr.skip(), gr.skip()) if before else closed
        return Listed(line, shown, gr.update(visible=len(found) > PAGE), *rest)

    def _found(self, asked: tuple[str, str, str], before: Sequence[tuple[str, str]]) -> tuple[Receipt, ...]:
        words, status, day = asked
        last = before[-1][1] if before else ""
        return self._receipts.find(words.strip(), status, self._since(day), PAGE + 1, last)

    def _since(self, day: str) -> datetime | None:
        """The beginning of that day where the server stands. Raises UsageError."""
        if not day.strip():
            return None
        try:
            return datetime.strptime(day.strip(), "%Y-%m-%d").astimezone()
        except (ValueError, OverflowError) as error:
            raise UsageError(self._texts.receipts.bad_day) from error

    def _choice(self, receipt: Receipt) -> tuple[str, str]:
        words, asked = self._texts.receipts, " ".join(receipt.asked.split())
        status = self._texts.questions.statuses.get(receipt.status, receipt.status)
        at = receipt.at.astimezone().strftime("%Y-%m-%d %H:%M")
        shown = asked if len(asked) <= LABEL else asked[:LABEL] + "…"
        return words.line.format(at=at, status=status, asked=shown), receipt.id

    def _paper(self) -> Paper:
        reports = () if isinstance(self._bot, ZhengwenError) else self._bot.reports
        return Paper(reports, self._texts, self._page)

    def _line(self, error: Exception) -> str:
        return said(reason(error, self._page), "alert")


def receipts_tab(bot: Bound, records: Records, texts: StaffTexts) -> Tab:
    """The tab of the answers that were given, and of what readers thought of them."""
    page = Texts.of(texts.lang[:2])
    past, ratings = PastAnswers(bot, records.receipts, texts, page), Ratings(records.feedback, texts, page)
    return Tab(texts.receipts.tab, lambda room: _build(past, ratings, texts, room))


def _build(past: PastAnswers, ratings: Ratings, texts: StaffTexts, room: gr.Blocks) -> None:
    words = texts.receipts
    html(said(words.lead))
    rated = html(elem_id="zw-ratings")
    room.load(ratings.html, None, rated, **QUIET)
    with gr.Row():
        named = gr.Textbox(label=words.words, elem_id="zw-receipt-words", scale=3, max_length=500)
        status = gr.Dropdown(list(_statuses(texts)), value="", label=words.status, elem_id="zw-receipt-status")
        day = gr.Textbox(label=words.day, placeholder=words.day_hint, elem_id="zw-receipt-day", max_length=20)
        search = gr.Button(words.search, variant="primary", elem_id="zw-receipt-search", scale=0)
    line = html(elem_id="zw-receipt-line")
    chosen = gr.Radio([], label=words.choose, elem_id="zw-receipts", visible=False)
    more = gr.Button(words.more, visible=False, elem_id="zw-receipt-more", size="sm")
    listed = gr.State(())
    paper = html(elem_id="zw-receipt")
    replay = gr.Button(words.replay, interactive=False, elem_id="zw-receipt-replay")
    changed = html(elem_id="zw-receipt-changed")
    asked, shown = [named, status, day], [line, chosen, more, paper, replay, changed]
    find = _keeping(past.search)
    gr.on([search.click, named.submit, day.submit, status.input], find, asked, [*shown, listed], **QUIET)
    room.load(find, asked, [*shown, listed], **QUIET)
    more.click(_keeping(past.further), [*asked, listed], [*shown, listed], **QUIET)
    chosen.input(past.open, chosen, [paper, replay, changed], **QUIET)
    replay.click(past.replay, chosen, changed, **QUIET)


def _statuses(texts: StaffTexts) -> Iterator[tuple[str, str]]:
    """The choices as (name, value): every status that an answer can have."""
    yield texts.receipts.any, ""
    yield from ((name, status) for status, name in texts.questions.statuses.items() if status != "error")


def _keeping(find: Any) -> Any:
    """The same, with what is listed handed on for the next page."""

    def found(*asked: Any) -> tuple[Any, ...]:
        listed = find(*asked)
        return *listed, listed.choices["choices"]

    return found
