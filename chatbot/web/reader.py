"""The reader: `/report/{id}?start=…&end=…` is a report's whole text with one stretch marked.

A document of its own that needs no script; the page puts its inside (`#zw-leaf`) beside the conversation.
"""

from __future__ import annotations

import re
from html import escape
from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import HTMLResponse

from chatbot.errors import UnknownReport, UsageError, ZhengwenError
from chatbot.types import Report, Section, Span
from chatbot.web.cards import READER, report_title
from chatbot.web.contract import AskableBot
from chatbot.web.fulltext import Leaf, headings, tree
from chatbot.web.texts import Texts

_ROOM = Path(__file__).parent
_STYLE = "".join((_ROOM / name).read_text(encoding="utf-8") for name in ("tokens.css", "reader.css", "leaf.css"))
_OFFSET = re.compile("[0-9]{1,9}")
_NOTHING = Span(0, 0)


def add_reader(app: FastAPI, bot: AskableBot | ZhengwenError) -> None:
    """The route; wrong places and unknown reports get one calm line with 400 or 404, a missing index one with 503."""

    def read(report_id: str, start: str = "", end: str = "", lang: str = "") -> HTMLResponse:
        texts = Texts.of("en" if lang == "en" else "zh")
        try:
            return HTMLResponse(_document(_there(bot), report_id, (start, end), texts))
        except ZhengwenError as error:
            return HTMLResponse(_notice(error.what, texts), status_code=_status(error))

    app.add_api_route(f"/{READER}/{{report_id}}", read)


def _there(bot: AskableBot | ZhengwenError) -> AskableBot:
    if isinstance(bot, ZhengwenError):
        raise bot
    return bot


def _status(error: ZhengwenError) -> int:
    return 404 if isinstance(error, UnknownReport) else 400 if isinstance(error, UsageError) else 503


def _document(bot: AskableBot, report_id: str, place: tuple[str, str], texts: Texts) -> str:
    bot.text_of(report_id)  # raises UnknownReport
    report = next(report for report in bot.reports if report.id == report_id)
    return document(report, bot.sections(report_id), _stretch(report, place, texts), texts)


def _stretch(report: Report, place: tuple[str, str], texts: Texts) -> Span:
    """What is to be marked: nothing where no place is given. Raises UsageError for a place that is none."""
    if place == ("", ""):
        return _NOTHING
    if not all(map(_OFFSET.fullmatch, place)):
        raise UsageError(texts.reader.bad_place)
    mark = Span(*map(int, place))
    if not mark.start < mark.end <= len(report.text):
        raise UsageError(texts.reader.bad_place)
    return mark


def document(report: Report, sections: tuple[Section, ...], mark: Span, texts: Texts) -> str:
    """The whole document; `mark` lies in the report's text, an empty one marks nothing."""
    words = texts.reader
    found = headings(report.text, sections)
    jump = f'<p class="zw-jump"><a href="#zw-mark">{escape(words.jump)}</a></p>' if mark.start < mark.end else ""
    contents = f'<details class="zw-tree"><summary>{escape(words.tree)}</summary>{tree(found, mark)}</details>'
    nav = f'<nav aria-label="{escape(words.tree)}">{jump}{contents if found else ""}</nav>'
    text = f'<article class="zw-fulltext" lang="zh-CN">{Leaf(report, found, mark, texts.page).html()}</article>'
    title = report_title(report, texts)
    return _framed(title, f"<h1>{escape(title)}</h1>", f'<div id="zw-leaf">{nav}{text}</div>', texts)


def _notice(line: str, texts: Texts) -> str:
    body = f'<div id="zw-leaf"><p class="zw-calm">{escape(line)}</p></div>'
    return _framed(texts.reader.head, f"<h1>{escape(texts.reader.head)}</h1>", body, texts)


def _framed(title: str, head: str, body: str, texts: Texts) -> str:
    home = "../" if texts.lang.startswith("zh") else "../en/"
    return (
        f'<!doctype html><html lang="{escape(texts.lang)}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{escape(title)}</title>'
        f'<link rel="icon" href="../favicon.ico"><style>{_STYLE}</style></head><body class="zw-alone">'
        f'<header><p><a href="{home}">{escape(texts.name)}</a></p>{head}</header><main>{body}</main>'
        f'<footer><p><a href="{home}">{escape(texts.back)}</a></p></footer></body></html>'
    )
