"""The room of the staff behind the login: one page of tabs that are handed in, at `/staff` and `/staff/en`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path
from typing import Any, NamedTuple

import gradio as gr
from fastapi import FastAPI

from chatbot.records.values import Account
from chatbot.web.staff.login import account_in
from chatbot.web.staff.texts import StaffTexts
from chatbot.web.theme import theme

LARGEST_UPLOAD = 20 * 1024 * 1024  # bytes
QUEUE, AT_ONCE = 64, 4
FORGOTTEN = 3600  # seconds after which an upload that nobody took is deleted
QUIET: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}  # for the events of tabs

_ROOM = Path(__file__).parent
_SCRIPT = (_ROOM / "staff.js").read_text(encoding="utf-8")
# Header landmarks are only such outside of main, in which Gradio puts everything.
_HEADER = 'element.closest("main").before(element.querySelector("header"));'
_WHO = 'watch("value", () => { document.getElementById("zw-who").textContent = element.textContent.trim(); });'


class Tab(NamedTuple):
    """A tab of the room. `build` is called once, inside the tab, with the page, whose `load` it may listen to."""

    title: str
    build: Callable[[gr.Blocks], None]


def whose(request: gr.Request) -> Account:
    """Whose event it is. An event's function gets its request by a parameter annotated `gr.Request`."""
    assert request.request is not None, "an event of the room comes with its request"
    return account_in(request.request.scope)


def html(value: str = "", **more: Any) -> gr.HTML:
    """HTML without a script of Gradio's."""
    return gr.HTML(value, **{"js_on_load": None, "apply_default_css": False} | more)


def build_room(tabs: Sequence[Tab], texts: StaffTexts) -> gr.Blocks:
    """The page of the room with these tabs, in this order."""
    room = gr.Blocks(title=texts.name, analytics_enabled=False, delete_cache=(FORGOTTEN, FORGOTTEN))
    with room:
        html(_header(texts), elem_id="zw-top", js_on_load=_HEADER)
        who = html("", elem_id="zw-me", js_on_load=_WHO)
        with gr.Tabs(elem_id="zw-tabs"):
            for tab in tabs:
                with gr.Tab(tab.title):
                    tab.build(room)
        room.load(_who_in(texts), None, who, **QUIET)
    return room


def _who_in(texts: StaffTexts) -> Callable[[gr.Request], str]:
    def who(request: gr.Request) -> str:
        account = whose(request)
        return escape(texts.room.who.format(name=account.name, role=texts.room.roles[account.role]))

    return who


def _header(texts: StaffTexts) -> str:
    words = texts.room
    public = texts.site if texts.lang.startswith("zh") else f"{texts.site}en/"
    return (
        f'<header class="zw-bar"><h1>{escape(words.head)}</h1><nav><a href="{public}">{escape(texts.public)}</a>'
        f'<a href="{texts.other}">{escape(texts.other_name)}</a></nav>'
        f'<form method="post" action="{texts.site}logout"><span id="zw-who"></span>'
        f'<button type="submit">{escape(words.leave)}</button></form></header>'
        f'<p id="zw-expired" role="alert" hidden>{escape(words.expired)} '
        f'<a href="{texts.site}login" target="_blank">{escape(words.log_in)}</a></p>'
    )


def mount_room(app: FastAPI, room: gr.Blocks, texts: StaffTexts) -> None:
    """The room at its path, which the guard of `login.py` keeps."""
    room.queue(max_size=QUEUE, default_concurrency_limit=AT_ONCE)
    room._queue.ANAYLTICS_CACHE_FREQUENCY = sys.maxsize  # see server.py
    gr.mount_gradio_app(
        app,
        room,
        path=texts.path,
        app_kwargs={"openapi_url": None},
        footer_links=[],
        run_history=False,
        ssr_mode=False,
        show_error=False,
        mcp_server=False,
        enable_monitoring=False,
        max_file_size=LARGEST_UPLOAD,
        theme=theme(),
        css_paths=[_ROOM.parent / "tokens.css", _ROOM / "staff.css", _ROOM / "desk.css"],
        head=_head(texts),
    )


def _head(texts: StaffTexts) -> str:
    """The form to log out must say where it comes from, which the site's own policy would keep it from."""
    language = f'document.documentElement.lang = "{texts.lang}";'
    return f'<meta name="referrer" content="same-origin"><script>{language}\n{_SCRIPT}</script>'
