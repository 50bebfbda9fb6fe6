"""简报: from a topic to a signed-off briefing in which every sentence has its quote."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import gradio as gr
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from chatbot.errors import ZhengwenError
from chatbot.live import Live
from chatbot.records.briefings import Briefings
from chatbot.records.values import Order
from chatbot.web.staff.briefing_desk import STATES, Desk, Event, Screen
from chatbot.web.staff.drafting import Drafting, Work
from chatbot.web.staff.files import attached
from chatbot.web.staff.receipt_html import said
from chatbot.web.staff.room import QUIET, Tab, html, whose
from chatbot.web.staff.texts import StaffTexts

# Past the queue: of two events close to each other, Gradio's queue now and then never tells the end of the second.
AT_ONCE: dict[str, Any] = {"queue": False, **QUIET}
LONGEST_TITLE, LONGEST_TOPIC, LONGEST_AUDIENCE = 60, 200, 40

# What was typed anywhere goes with every action, so that none of it is lost when the text is drawn anew.
_ACTS = """
zwKeepFocus(element, watch);
const areas = (kind) => [...element.querySelectorAll(kind)].filter((area) => area.value !== area.defaultValue);
const changed = () => areas(".zw-typed");
const dirty = () => element.querySelector("[data-unsaved]") || changed().length || areas(".zw-added").length;
const mayLeave = () => !dirty() || confirm(element.querySelector(".zw-desk").dataset.drop);
window.zwMayLeave = mayLeave;
let last = { key: "", at: 0 };
const again = (key) => {  // a double click is one click
  const twice = key === last.key && Date.now() - last.at < 500;
  last = { key, at: Date.now() };
  return twice;
};
element.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-act]");
  if (!button || (button.dataset.sure && !confirm(button.dataset.sure))) return;
  if (button.dataset.act === "close" && !mayLeave()) return;
  if (again(button.dataset.key)) return;
  const { act, line, version } = button.dataset;
  const added = button.closest("details")?.querySelector(".zw-added")?.value ?? "";
  const note = element.querySelector("#zw-note")?.value ?? "";
  const chosen = version ?? element.querySelector("#zw-version")?.value;
  const typed = Object.fromEntries(changed().map((area) => [area.dataset.line, area.value]));
  trigger("click", { act, line, added, note, version: chosen, typed });
});
let shown = "";
watch("value", () => {
  const desk = element.querySelector(".zw-desk");
  if (desk && desk.dataset.id !== shown) desk.scrollIntoView();
  shown = desk?.dataset.id ?? "";
});
window.addEventListener("beforeunload", (event) => {
  if (dirty()) event.preventDefault();
});
document.addEventListener("click", (event) => {
  if (event.target.closest("#zw-brief-draft") && !mayLeave()) event.stopImmediatePropagation();
}, true);
"""
_OPENS = """
zwKeepFocus(element, watch);
element.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-act]");
  if (button && window.zwMayLeave()) trigger("click", { id: button.dataset.id });
});
"""


def briefing_tab(bot: Live | ZhengwenError, briefings: Briefings, texts: StaffTexts) -> Tab:
    """The tab in which briefings are drafted, edited and signed off; without a bot, the line that says why not."""
    if isinstance(bot, ZhengwenError):
        return Tab(texts.briefings.tab, _saying(str(bot)))
    desk = Desk(bot, Drafting(bot, briefings), texts)
    return Tab(texts.briefings.tab, lambda room: _build(desk, texts, room))


def _saying(line: str) -> Callable[[gr.Blocks], None]:
    def build(_: gr.Blocks) -> None:
        html(said(line, "alert"))

    return build


def _build(desk: Desk, texts: StaffTexts, room: gr.Blocks) -> None:
    with gr.Column(elem_id="zw-briefings"):
        html(said(texts.briefings.lead, "note"))
        ordered = _order(texts)
        draft = gr.Button(texts.briefings.draft, variant="primary", elem_id="zw-brief-draft")
        state, words, find = _search(texts)
        listed = html(elem_id="zw-brief-list", js_on_load=_OPENS)
    line = html(elem_id="zw-brief-line")
    paper = html(elem_id="zw-brief-paper", js_on_load=_ACTS)
    work = gr.State(None)
    shown = [work, line, paper]
    look: dict[str, Any] = {"fn": desk.look, "inputs": [state, words], "outputs": listed, **AT_ONCE}
    draft.click(_drafting(desk), ordered, shown, **AT_ONCE).then(**look)
    listed.click(_opening(desk), None, shown, **AT_ONCE)
    paper.click(_acting(desk), work, shown, **AT_ONCE).then(**look)
    gr.on([find.click, words.submit, state.input, room.load], **look)
    room.load(lambda: gr.update(choices=desk.reports()), None, ordered[-1], **AT_ONCE)


def _order(texts: StaffTexts) -> list[Any]:
    """What a briefing is to be; in the order of `records.values.Order`, but for the topic, which comes first."""
    words = texts.briefings
    lengths = [(name, length) for length, name in words.lengths.items()]
    with gr.Row():
        topic = gr.Textbox(
            label=words.topic, placeholder=words.topic_hint, elem_id="zw-brief-topic", scale=3, max_length=LONGEST_TOPIC
        )
        title = gr.Textbox(
            label=words.title, placeholder=words.title_hint, elem_id="zw-brief-title", scale=2, max_length=LONGEST_TITLE
        )
    with gr.Row():
        audience = gr.Textbox(label=words.audience, elem_id="zw-brief-audience", max_length=LONGEST_AUDIENCE)
        length = gr.Dropdown(lengths, value="standard", label=words.length, elem_id="zw-brief-length")
        reports = gr.Dropdown(
            [], label=words.reports, info=words.reports_hint, multiselect=True, elem_id="zw-brief-reports"
        )
    return [topic, title, audience, length, reports]


def _search(texts: StaffTexts) -> tuple[gr.Dropdown, gr.Textbox, gr.Button]:
    words = texts.briefings
    html(f"<h2>{words.list}</h2>")
    states = [(words.any, ""), *((words.states[state], state) for state in STATES)]
    with gr.Row():
        state = gr.Dropdown(states, value="", label=words.state, elem_id="zw-brief-state", scale=1)
        named = gr.Textbox(label=words.words, elem_id="zw-brief-words", scale=3, max_length=LONGEST_TITLE)
        find = gr.Button(words.find, elem_id="zw-brief-find", scale=0)
    return state, named, find


def _drafting(desk: Desk) -> Callable[..., Screen]:
    def draft(
        topic: str, title: str, audience: str, length: str, reports: list[str] | None, request: gr.Request
    ) -> Screen:
        named = title.strip() or desk.title_for(topic)
        return desk.draft(Order(named, topic, audience, length, tuple(reports or ())), whose(request))

    return draft


def _opening(desk: Desk) -> Callable[[gr.Request, gr.EventData], Screen]:
    def open_(request: gr.Request, event: gr.EventData) -> Screen:
        return desk.open(str((event._data or {}).get("id", "")), whose(request))

    return open_


def _acting(desk: Desk) -> Callable[..., Screen]:
    def act(work: Work | None, request: gr.Request, event: gr.EventData) -> Screen:
        return desk.act(work, Event.of(event._data), whose(request))

    return act


def add_briefing_files(app: FastAPI, bot: Live | ZhengwenError, briefings: Briefings) -> None:
    """`/staff/briefings/{id}/{number}.docx` and `.md`, behind the guard: a version as it was saved."""

    def download(id: str, number: int, kind: str) -> Response:
        try:
            if isinstance(bot, ZhengwenError):
                raise bot
            name, content = Drafting(bot, briefings).file(id, number, kind, datetime.now(UTC))
        except ZhengwenError as error:
            return Response(str(error), 404, media_type="text/plain; charset=utf-8")
        return attached(content, name)

    for kind in ("docx", "md"):
        path = f"/staff/briefings/{{id}}/{{number:int}}.{kind}"
        app.add_api_route(path, _of_kind(download, kind), include_in_schema=False)


def _of_kind(download: Callable[[str, int, str], Response], kind: str) -> Callable[[Request], Response]:
    def of_kind(request: Request) -> Response:
        return download(request.path_params["id"], request.path_params["number"], kind)

    return of_kind
