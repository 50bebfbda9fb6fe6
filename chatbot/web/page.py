"""The chat page: one column with the conversation and the box to ask in. All Gradio components are made here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any, NamedTuple

import gradio as gr
from gradio.events import api

from chatbot.errors import ZhengwenError
from chatbot.suggest import MOST as CHIPS
from chatbot.types import Report
from chatbot.web.api import ask_endpoint, brief_endpoint
from chatbot.web.cards import Cards, report_title
from chatbot.web.contract import AskableBot, Ledger
from chatbot.web.kept import MOST
from chatbot.web.pane import pane
from chatbot.web.talk import Conversation
from chatbot.web.texts import Texts
from chatbot.web.transcript import basis, conversation, footer, header, missing

_ROOM = Path(__file__).parent
TALK, PANE = ((_ROOM / name).read_text(encoding="utf-8") for name in ("talk.js", "pane.js"))
# Header and footer are landmarks only outside of main, in which Gradio puts everything.
HEADER = 'element.closest("main").before(element.querySelector("header"));'
FOOTER = 'element.closest("main").after(element.querySelector("footer"));'
STORE = "zw-kept"  # what the browser keeps it under; see talk.js
# Gradio wants a secret to store things with. This one hides nothing, but kept things outlive a restart.
SECRET = "zhengwen"
_QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private", "queue": False}
TELL = 'watch("value", () => document.dispatchEvent(new Event("zw-drawn")));'


class Asking(NamedTuple):
    """What a person asks with."""

    box: gr.Textbox
    send: gr.Button
    clear: gr.Button
    chips: Sequence[gr.Button]
    scope: gr.Dropdown


class Shown(NamedTuple):
    """What a question changes, in the order of `talk.Screen`."""

    box: gr.Textbox
    log: gr.HTML
    kept: gr.BrowserState
    welcome: gr.Column
    earlier: gr.HTML


@dataclass(frozen=True, slots=True)
class Current:
    """The reports of a bot, as they are whenever they are gone through: they may change while it is asked."""

    bot: AskableBot

    def __iter__(self) -> Iterator[Report]:
        return iter(self.bot.reports)


def build_page(
    bot: AskableBot | ZhengwenError,
    texts: Texts,
    examples: Callable[[], Sequence[str]],
    mode: str,
    ledger: Ledger | None = None,
) -> gr.Blocks:
    """The whole page, with `/ask` and `/brief` as the only endpoints a client sees.

    `examples` gives the questions to click on; it is called whenever the page is opened.
    """
    page = gr.Blocks(title=texts.name, analytics_enabled=False)
    with page:
        api(ask_endpoint(bot, texts, mode, ledger), api_name="ask", concurrency_id="ask")
        api(brief_endpoint(bot, texts, mode), api_name="brief", concurrency_id="ask")
        _html(header(texts), elem_id="zw-top", js_on_load=HEADER)
        if isinstance(bot, ZhengwenError):
            _html(missing(bot, texts))
        else:
            cards = Cards(Current(bot), bot.text_of, texts)
            _chat(page, Conversation(bot, cards, texts, mode, ledger), examples)
        _html(footer(texts), elem_id="zw-foot", js_on_load=FOOTER)
    return page


def _html(value: str, **more: Any) -> gr.HTML:
    return gr.HTML(value, apply_default_css=False, **more)


def _chat(page: gr.Blocks, talk: Conversation, examples: Callable[[], Sequence[str]]) -> None:
    texts = talk.texts
    kept = gr.BrowserState(None, storage_key=STORE, secret=SECRET)
    about = _html(basis(talk.bot.reports, texts), elem_id="zw-about")
    scope = _scope(talk)
    with gr.Column(elem_id="zw-welcome") as welcome:
        _html(f"<h2>{escape(texts.examples)}</h2>")
        look: dict[str, Any] = {"elem_classes": "zw-chip", "variant": "secondary", "size": "md"}
        chips = [gr.Button(**chip, **look) for chip in _chips(examples())]

    def opened() -> list[dict[str, Any]]:
        shown = [gr.update(**chip) for chip in _chips(examples())]
        return [gr.update(value=basis(talk.bot.reports, texts)), gr.update(**_choices(talk)), *shown]

    page.load(opened, None, [about, scope, *chips], **_QUIET)
    earlier = _html("", elem_id="zw-earlier-turns", js_on_load=TELL)
    log = _html(conversation(()), elem_id="zw-conversation", js_on_load=TALK)
    with gr.Row(elem_id="zw-composer"):
        box = _box(texts)
        send = gr.Button(texts.send, variant="primary", elem_id="zw-send", scale=0, min_width=88)
        clear = gr.Button(texts.clear, variant="secondary", elem_id="zw-clear", scale=0, min_width=88)
    with gr.Row(elem_id="zw-keeping"):
        told = texts.kept_too if talk.ledger else texts.kept
        _html(f"<p>{escape(told.format(most=MOST))}</p>")
        erase = gr.Button(texts.erase, variant="secondary", elem_id="zw-erase", size="sm", scale=0)
    _html(pane(texts), elem_id="zw-panes", js_on_load=PANE)
    shown = Shown(box, log, kept, welcome, earlier)
    asked = _wire(talk, Asking(box, send, clear, chips, scope), shown)
    _wire_keeping(page, talk, erase, shown, asked)


def _wire(talk: Conversation, asking: Asking, shown: Shown) -> list[Any]:
    """Who calls whom to ask; gives what a new conversation must end."""
    events: dict[str, Any] = {
        "outputs": list(shown),
        "show_progress": "hidden",
        "api_name": "screen",
        "api_visibility": "private",
        "concurrency_id": "ask",
    }
    known = [shown.kept, asking.scope]
    asked = [gr.on([asking.box.submit, asking.send.click], talk.ask, [asking.box, *known], **events)]
    asked += [chip.click(talk.ask, [chip, *known], **events) for chip in asking.chips]
    asking.clear.click(talk.anew, shown.kept, list(shown), cancels=asked, **_QUIET)
    return asked


def _wire_keeping(page: gr.Blocks, talk: Conversation, erase: gr.Button, shown: Shown, asked: list[Any]) -> None:
    """What was kept is shown when the page is opened, and gone from the browser when it is erased."""
    page.load(talk.again, shown.kept, list(shown), **_QUIET)
    erase.click(talk.erased, None, list(shown), cancels=asked, js="() => { zwForget(); return []; }", **_QUIET)


def _scope(talk: Conversation) -> gr.Dropdown:
    """The report chooser, out of sight while there is nothing to choose."""
    return gr.Dropdown(
        **_choices(talk),
        value=[],
        multiselect=True,
        label=talk.texts.scope,
        info=talk.texts.scope_hint,
        elem_id="zw-scope",
    )


def _choices(talk: Conversation) -> dict[str, Any]:
    choices = [(report_title(report, talk.texts), report.id) for report in talk.bot.reports]
    return {"choices": choices, "visible": len(choices) > 1}


def _chips(examples: Sequence[str]) -> list[dict[str, Any]]:
    """As many buttons as there may be examples; those without one are out of sight."""
    shown = [*examples[:CHIPS], *[""] * (CHIPS - len(examples))]
    return [{"value": example, "visible": bool(example)} for example in shown]


def _box(texts: Texts) -> gr.Textbox:
    return gr.Textbox(
        label=texts.box,
        show_label=False,
        placeholder=texts.placeholder,
        lines=1,
        max_lines=6,
        autofocus=True,
        container=False,
        scale=1,
        elem_id="zw-box",
    )
