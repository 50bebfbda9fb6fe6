"""An answer that was given, as a sheet of HTML; and what has changed since. All words are escaped here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any
from urllib.parse import quote

from chatbot.records.values import Receipt
from chatbot.replay import Change
from chatbot.types import Report
from chatbot.web.cards import READER, report_title
from chatbot.web.staff.texts import StaffTexts
from chatbot.web.texts import Texts

_TAGS = {"gone": "del", "new": "ins"}


def said(line: str, role: str = "status") -> str:
    return f'<p class="zw-line" role="{role}">{escape(line)}</p>'


class Paper:
    """Draws receipts; `reports` are those that can be named and opened today."""

    def __init__(self, reports: Sequence[Report], texts: StaffTexts, page: Texts) -> None:
        self._titles = {report.id: report_title(report, page) for report in reports}
        self._texts, self._page, self._words = texts, page, texts.receipts

    def html(self, receipt: Receipt) -> str:
        """Question, answer, quotes and receipt."""
        answer = receipt.answer
        return (
            f'<article class="zw-paper"><h2>{escape(receipt.asked)}</h2>{self._history(receipt)}'
            f'<p class="zw-text">{escape(str(answer.get("answer", "")))}</p>'
            f"<h2>{escape(self._words.citations)}</h2>{self._quotes(answer)}"
            f"<h2>{escape(self._words.receipt)}</h2><dl>{''.join(self._facts(receipt))}</dl></article>"
        )

    def _history(self, receipt: Receipt) -> str:
        turns = receipt.setting.get("history", ())
        if not turns:
            return ""
        lines = "".join(f'<p class="zw-text">{escape(str(part))}</p>' for turn in turns for part in turn)
        return f"<details><summary>{escape(self._words.history)}</summary>{lines}</details>"

    def _quotes(self, answer: Mapping[str, Any]) -> str:
        citations = answer.get("citations", ())
        if not citations:
            return said(self._words.no_citations, "note")
        return f"<ol>{''.join(map(self._quote, citations))}</ol>"

    def _quote(self, citation: Mapping[str, Any]) -> str:
        page = [self._page.page.format(page=citation["page"])] if citation.get("page") else []
        title = self._title(str(citation["report_id"]))
        place = " · ".join([title, " › ".join(map(str, citation["path"])), *page])
        link = f' <a href="{escape(self._address(citation))}" target="_blank">{escape(self._texts.figures.source)}</a>'
        told = self._page.quote.format(quote=citation["quote"])
        there = link if citation["report_id"] in self._titles else ""
        return (
            f'<li value="{int(citation["marker"])}"><span>{escape(told)}</span>'
            f'<p class="zw-place">{escape(place)}{there}</p></li>'
        )

    def _address(self, citation: Mapping[str, Any]) -> str:
        place = f"start={int(citation['start'])}&end={int(citation['end'])}&lang={self._texts.lang[:2]}"
        return f"{self._texts.site}{READER}/{quote(str(citation['report_id']), safe='')}?{place}#zw-mark"

    def _facts(self, receipt: Receipt) -> Iterator[str]:
        words, told = self._words, receipt.answer.get("receipt", {})
        at = receipt.at.astimezone().strftime("%Y-%m-%d %H:%M:%S")
        yield _fact(words.status, [self._status(receipt.status)])
        yield _fact(words.given.format(at=at, door=words.doors[receipt.door]), [f"{words.id} {receipt.id}"])
        yield _fact(words.mode, [self._page.origin(receipt.mode) or receipt.mode])
        yield _fact(words.reports, map(self._title, receipt.setting.get("report_ids", ())))
        yield _fact(self._page.receipt.question, [str(told["understood"])] if told.get("understood") else [])
        yield _fact(self._page.receipt.period, map(self._period, told.get("periods", ())))
        index = told.get("index", {})
        yield _fact(words.index, [f"{self._title(id)} {fingerprint}" for id, fingerprint in index.items()])
        dropped = receipt.answer.get("dropped", ())
        yield _fact(words.dropped, [f"{each.get('text', '')}（{each.get('reason', '')}）" for each in dropped])

    def _period(self, period: object) -> str:
        """2023/review, as a receipt has it, in words."""
        year, _, kind = str(period).partition("/")
        words = self._page.receipt
        named = {"review": words.review, "plan": words.plan}.get(kind, "")
        return (self._page.plain_year.format(year=year) if year.isdecimal() else "") + named

    def compared(self, change: Change) -> str:
        """What is different now, or that nothing is; and whether the index is still the same."""
        words = self._words
        body = f'<p class="zw-line">{escape(words.same)}</p>' if change.is_none else "".join(self._changes(change))
        index = "".join(f"<li>{escape(self._index(*line))}</li>" for line in change.index)
        foot = f"<ul>{index}</ul>" if index else f'<p class="zw-line">{escape(words.no_index)}</p>'
        return (
            f'<section class="zw-paper" role="status"><h2>{escape(words.compared)}</h2>{body}'
            f"<h2>{escape(words.index)}</h2>{foot}</section>"
        )

    def _changes(self, change: Change) -> Iterator[str]:
        words = self._words
        if change.status[0] != change.status[1]:
            then, now = map(self._status, change.status)
            pieces = f"{_piece('gone', then)} {_piece('new', now)}"
            yield f'<p class="zw-line">{escape(words.changed_status)}：{pieces}</p>'
        if change.is_worded_anew:
            pieces = "".join(_piece(kind, text) for kind, text in change.words)
            yield f'<p class="zw-line">{escape(words.changed_answer)}：</p><p class="zw-text">{pieces}</p>'
        for name, quotes in ((words.gone, change.gone), (words.new, change.new)):
            items = "".join(f"<li>{escape(f'{self._title(id)}：{text}')}</li>" for id, text in quotes)
            yield f'<p class="zw-line">{escape(name)}：</p><ul>{items}</ul>' if items else ""

    def _index(self, report_id: str, before: str, now: str) -> str:
        words, told = self._words, {"report": self._title(report_id), "before": before, "now": now}
        line = words.same_index if before == now else words.changed_index if now else words.old_index
        return line.format(**told)

    def _status(self, status: str) -> str:
        return self._texts.questions.statuses.get(status, status)

    def _title(self, report_id: object) -> str:
        return self._titles.get(str(report_id), str(report_id))


def _fact(name: str, lines: Any) -> str:
    told = "".join(f"<dd>{escape(line)}</dd>" for line in lines)
    return f"<dt>{escape(name)}</dt>{told}" if told else ""


def _piece(kind: str, text: str) -> str:
    tag = _TAGS.get(kind)
    return f"<{tag}>{escape(text)}</{tag}>" if tag else escape(text)
