"""The events of the briefing tab: what a button sends, what is done, what is shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, cast, get_args

import gradio as gr

from chatbot.briefing import figures
from chatbot.errors import UsageError, ZhengwenError
from chatbot.figure_table import FigureRow
from chatbot.live import Live
from chatbot.records.errors import Outdated
from chatbot.records.values import Account, Order, State
from chatbot.web.cards import report_title
from chatbot.web.edge import reason
from chatbot.web.staff.briefing_html import LONGEST_NOTE, Sheet
from chatbot.web.staff.drafting import LONGEST_SENTENCE, Drafting, Work
from chatbot.web.staff.receipt_html import said
from chatbot.web.staff.texts import StaffTexts
from chatbot.web.texts import Texts

LONGEST_SEARCH = 60
STATES: tuple[str, ...] = get_args(State)


class Screen(NamedTuple):
    """What an event changes, in the order of the outputs."""

    work: Any = gr.skip()
    line: Any = gr.skip()
    paper: Any = gr.skip()


class Event(NamedTuple):
    """What a button of the opened briefing sends; what comes from a page may be anything."""

    act: str
    line: int
    version: int
    added: str
    note: str
    typed: Mapping[int, str]

    @classmethod
    def of(cls, data: object) -> Event:
        given = data if isinstance(data, dict) else {}
        typed = given.get("typed")
        sentences = {_number(place): str(text) for place, text in (typed if isinstance(typed, dict) else {}).items()}
        return cls(
            str(given.get("act", "")),
            _number(given.get("line")),
            _number(given.get("version")),
            str(given.get("added") or "")[: LONGEST_SENTENCE + 1],
            str(given.get("note") or "")[:LONGEST_NOTE],
            {place: text for place, text in sentences.items() if place >= 0},
        )


def _number(value: object) -> int:
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else -1


class Desk:
    """The events of the tab: each tells in one line what went wrong, and then the text stays as it was."""

    def __init__(self, bot: Live, drafting: Drafting, texts: StaffTexts) -> None:
        self._bot, self._drafting, self._texts = bot, drafting, texts
        self._page = Texts.of(texts.lang[:2])
        self._words = texts.briefings

    def look(self, state: str | None, words: str | None) -> str:
        """The list of those in that state that hold those words."""
        wanted = cast(State, state) if state in STATES else None
        try:
            found = self._drafting.list(wanted, (words or "").strip()[:LONGEST_SEARCH])
            return self._sheet().listed(found)
        except Exception as error:  # the edge: a person gets a line to read, never a traceback
            return self._line(error)

    def reports(self) -> list[tuple[str, str]]:
        return [(report_title(report, self._page), report.id) for report in self._bot.reports]

    def title_for(self, topic: str) -> str:
        """What a briefing on that topic is called when nobody says."""
        return self._words.title_of.format(topic=topic.strip()[:LONGEST_SEARCH])

    def draft(self, order: Order, account: Account) -> Screen:
        return self._shown(lambda: (self._drafting.draft(order, account), self._words.drafted), account)

    def open(self, id: str, account: Account) -> Screen:
        return self._shown(lambda: (self._drafting.open(id), ""), account)

    def act(self, work: Work | None, event: Event, account: Account) -> Screen:
        """First what was typed anywhere, then what the button says."""
        if work is None or event.act == "close":
            return self._closed("")
        act = _ACTIONS.get(event.act)
        if act is None:
            return Screen()
        try:
            work = self._drafting.edit(work, event.typed)
            return act(self, work, event, account)
        except Outdated as error:
            return self._clash(work, error, account)
        except Exception as error:  # the edge
            return self._failed(work, error, account)

    # What the buttons do

    def _edit(self, work: Work, event: Event, account: Account) -> Screen:
        fault = work.text.lines[event.line].fault if 0 <= event.line < len(work.text.lines) else ""
        return self._drawn(work, self._words.unsupported.format(reason=fault) if fault else "", account)

    def _add(self, work: Work, event: Event, account: Account) -> Screen:
        return self._drawn(self._drafting.add(work, event.line, event.added), "", account)

    def _remove(self, work: Work, event: Event, account: Account) -> Screen:
        return self._drawn(self._drafting.remove(work, event.line), "", account)

    def _up(self, work: Work, event: Event, account: Account) -> Screen:
        return self._drawn(self._drafting.move(work, event.line, event.line - 1), "", account)

    def _down(self, work: Work, event: Event, account: Account) -> Screen:
        return self._drawn(self._drafting.move(work, event.line, event.line + 1), "", account)

    def _save(self, work: Work, event: Event, account: Account) -> Screen:
        return self._saved(self._drafting.save(work, account), account)

    def _over(self, work: Work, event: Event, account: Account) -> Screen:
        return self._saved(self._drafting.save_over(work, account), account)

    def _saved(self, work: Work, account: Account) -> Screen:
        told = self._words.saved.format(number=work.base)
        told += self._words.saved_faults.format(count=work.faults) if work.faults else ""
        return self._drawn(work, told, account)

    def _submit(self, work: Work, event: Event, account: Account) -> Screen:
        return self._drawn(self._drafting.submit(work, account), self._words.submitted, account)

    def _approve(self, work: Work, event: Event, account: Account) -> Screen:
        return self._drawn(self._drafting.approve(work, account, event.note), self._words.approved, account)

    def _return(self, work: Work, event: Event, account: Account) -> Screen:
        return self._drawn(self._drafting.return_(work, account, event.note), self._words.returned, account)

    def _delete(self, work: Work, event: Event, account: Account) -> Screen:
        self._drafting.delete(work)
        return self._closed(self._words.deleted)

    def _version(self, work: Work, event: Event, account: Account) -> Screen:
        """Another version instead of the text on the desk, which must not be lost by that."""
        if work.changed:
            raise UsageError(self._words.save_first)
        return self._drawn(self._drafting.open(work.record.id, event.version), "", account)

    def _newest(self, work: Work, event: Event, account: Account) -> Screen:
        return self._drawn(self._drafting.open(work.record.id), "", account)

    def _compare(self, work: Work, event: Event, account: Account) -> Screen:
        lines = self._drafting.compare(work, event.version)
        return self._drawn(work, "", account, self._sheet().comparison(event.version, lines))

    # What is shown

    def _shown(self, do: Callable[[], tuple[Work, str]], account: Account) -> Screen:
        try:
            work, told = do()
            return self._drawn(work, told, account)
        except Exception as error:  # the edge
            return Screen(line=self._line(error))

    def _drawn(self, work: Work, told: str, account: Account, below: str = "") -> Screen:
        rows = self._figures(work)
        return Screen(work, said(told), self._sheet().html(work, account, rows, below))

    def _closed(self, told: str) -> Screen:
        return Screen(None, said(told), "")

    def _clash(self, work: Work, error: Outdated, account: Account) -> Screen:
        """Somebody has saved meanwhile: who, and the text stays as it is here, with what can be done about it."""
        try:
            return self._drawn(self._drafting.refreshed(work), "", account)._replace(line=self._line(error))
        except ZhengwenError as gone:  # deleted meanwhile, even
            return Screen(line=self._line(gone))

    def _failed(self, work: Work, error: Exception, account: Account) -> Screen:
        """What stood when it failed is kept; the paper is not drawn anew, for what was typed stands in it."""
        return Screen(work=work, line=self._line(error))

    def _figures(self, work: Work) -> Sequence[tuple[FigureRow, int]]:
        return figures(work.text, self._bot)

    def _sheet(self) -> Sheet:
        return Sheet(self._bot.reports, self._texts, self._page)

    def _line(self, error: Exception) -> str:
        return said(reason(error, self._page), "alert")


_ACTIONS: Mapping[str, Callable[[Desk, Work, Event, Account], Screen]] = {
    "edit": Desk._edit,
    "add": Desk._add,
    "remove": Desk._remove,
    "up": Desk._up,
    "down": Desk._down,
    "save": Desk._save,
    "over": Desk._over,
    "submit": Desk._submit,
    "approve": Desk._approve,
    "return": Desk._return,
    "delete": Desk._delete,
    "version": Desk._version,
    "newest": Desk._newest,
    "compare": Desk._compare,
}
