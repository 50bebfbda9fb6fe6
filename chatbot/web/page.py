"""The chat page: one column with the conversation and the box to ask in. All Gradio components are made here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.events import api

from chatbot.errors import ZhengwenError
from chatbot.types import Answer
from chatbot.web.api import ask_endpoint
from chatbot.web.cards import Cards, report_title
from chatbot.web.contract import AskableBot
from chatbot.web.edge import reason
from chatbot.web.texts import Texts
from chatbot.web.transcript import Turn, answered, conversation, failed, header, missing, working

SCRIPT = Path(__file__).with_name("page.js").read_text(encoding="utf-8")
FORGET_AFTER = 12 * 3600  # seconds a conversation is kept for a browser that stays open
Screen = tuple[Any, ...]  # values for the box, the conversation, the turns and the welcome, in this order


@dataclass(frozen=True)
class Conversation:
    """Turns what a person types into what the page shows. It holds no turns: those belong to the browser session."""

    bot: AskableBot
    cards: Cards
    texts: Texts
    mode: str

    def ask(self, message: str, turns: tuple[Turn, ...], report_ids: Sequence[str] | None) -> Iterator[Screen]:
        """The screens from question to answer; none at all for an empty message."""
        question = (message or "").strip()
        if not question:
            yield tuple(gr.skip() for _ in range(4))
            return
        box: Any = ""
        for step in self._steps(question, turns, tuple(report_ids or ())):
            if isinstance(step, str):
                yield box, conversation((*(turn.html for turn in turns), step)), gr.skip(), gr.update(visible=False)
                box = gr.skip()  # what is typed while an answer is in work stays
            else:
                turns = (*turns, step)
                yield gr.skip(), conversation(turn.html for turn in turns), turns, gr.skip()

    def _steps(self, question: str, turns: tuple[Turn, ...], report_ids: tuple[str, ...]) -> Iterator[str | Turn]:
        """HTML for each stage and each sentence that stands, then the turn."""
        history = [(turn.question, turn.answer) for turn in turns if turn.answer]
        so_far: Answer | None = None
        try:
            for stage, answer in self.bot.stages(question, history, report_ids, self.mode):
                if answer and stage == "done":
                    yield answered(len(turns) + 1, question, answer, self.cards, self.texts)
                else:
                    so_far = answer or so_far
                    yield working(question, stage, self.texts, so_far)
        except Exception as error:  # the edge: a person gets a line to read, never a traceback
            yield failed(question, reason(error, self.texts), self.texts)


def build_page(bot: AskableBot | ZhengwenError, texts: Texts, examples: Sequence[str], mode: str) -> gr.Blocks:
    """The whole page, with the `/ask` endpoint as the only one a client sees."""
    page = gr.Blocks(title=texts.name, analytics_enabled=False)
    with page:
        api(ask_endpoint(bot, texts, mode), api_name="ask", concurrency_id="ask")
        if isinstance(bot, ZhengwenError):
            gr.HTML(header((), texts) + missing(bot, texts), apply_default_css=False, elem_id="zw-top")
        else:
            gr.HTML(header(bot.reports, texts), apply_default_css=False, elem_id="zw-top")
            _chat(Conversation(bot, Cards(bot.reports, bot.text_of, texts), texts, mode), examples)
    return page


def _chat(talk: Conversation, examples: Sequence[str]) -> None:
    texts = talk.texts
    turns = gr.State((), time_to_live=FORGET_AFTER)
    scope = _scope(talk)
    with gr.Column(elem_id="zw-welcome") as welcome:
        gr.HTML(f"<h2>{texts.examples}</h2>", apply_default_css=False)
        chips = [gr.Button(example, elem_classes="zw-chip", variant="secondary", size="md") for example in examples]
    log = gr.HTML(conversation(()), elem_id="zw-conversation", apply_default_css=False, js_on_load=SCRIPT)
    with gr.Row(elem_id="zw-composer"):
        box = _box(texts)
        send = gr.Button(texts.send, variant="primary", elem_id="zw-send", scale=0, min_width=88)
        clear = gr.Button(texts.clear, variant="secondary", elem_id="zw-clear", scale=0, min_width=88)
    _wire(talk, box, send, clear, chips, [turns, scope], [box, log, turns, welcome])


def _wire(
    talk: Conversation,
    box: gr.Textbox,
    send: gr.Button,
    clear: gr.Button,
    chips: Sequence[gr.Button],
    known: Sequence[Any],
    screen: Sequence[Any],
) -> None:
    """Who calls whom. `known` are turns and scope, `screen` is what a question changes."""
    events: dict[str, Any] = {
        "outputs": screen,
        "show_progress": "hidden",
        "api_name": "screen",
        "api_visibility": "private",
        "concurrency_id": "ask",
    }
    asked = [gr.on([box.submit, send.click], talk.ask, [box, *known], **events)]
    asked += [chip.click(partial(talk.ask, chip.value), known, **events) for chip in chips]
    clear.click(_blank, None, screen, show_progress="hidden", api_visibility="private", queue=False, cancels=asked)


def _blank() -> Screen:
    return "", conversation(()), (), gr.update(visible=True)


def _scope(talk: Conversation) -> gr.Dropdown:
    """The report chooser, out of sight while there is nothing to choose."""
    choices = [(report_title(report, talk.texts), report.id) for report in talk.bot.reports]
    return gr.Dropdown(
        choices,
        value=[],
        multiselect=True,
        label=talk.texts.scope,
        info=talk.texts.scope_hint,
        visible=len(choices) > 1,
        elem_id="zw-scope",
    )


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
