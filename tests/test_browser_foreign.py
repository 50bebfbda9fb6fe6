"""Foreign text is inert: in a question, in a report and its title, in what a model wrote. In a real browser."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect
from web_browser import ask, needs_chromium, opened
from web_fakes import FakeBot, report
from web_payloads import PAYLOADS
from web_server import serving

from chatbot.types import Answer, Citation, Dropped, Period, Section, Span

HARMLESS = "去年新建凉亭多少座"
ASKED = (HARMLESS, *PAYLOADS)
ALLOWED = ("/gradio_api/", "/report/", "/assets/", "/static/", "/theme.css")

pytestmark = needs_chromium

_OPEN = """() => {
  for (const details of document.querySelectorAll(".zw-turn details")) details.open = true;
  document.querySelector(".zw-marker").click();
}"""
# The tags of the turn and of the reader, and the lines that must be the payload.
_SEEN = """() => {
  const tags = (area) => [...document.querySelectorAll(area + " *")].map((node) => node.tagName).sort();
  const lines = [".zw-question", ".zw-pane-title", "#zw-pane mark"];
  const said = lines.map((line) => document.querySelector(line).textContent);
  return { tags: [tags(".zw-turn"), tags(".zw-pane-text")], said, hit: window.hit ?? null };
}"""


class Parrot(FakeBot):
    """Knows one report for each payload, which is its title, its heading and its text, and answers in its words."""

    def __init__(self) -> None:
        super().__init__(*(report(f"evil-{n}", text, None, f"甲{text}\n乙{text}丙") for n, text in enumerate(ASKED)))

    def sections(self, report_id: str) -> tuple[Section, ...]:
        text = ASKED[int(report_id.removeprefix("evil-"))]
        return (Section((text,), Span(0, 2 * len(text) + 4), Period("standing")),)

    def stages(self, message: str, *about: object) -> Iterator[tuple[str, Answer | None]]:
        yield "done", self.ask(message)

    def ask(self, message: str, history: Sequence[tuple[str, str]] = (), report_ids=(), mode: str = "auto") -> Answer:
        start = len(message) + 3
        model = {"name": message, "calls": 1, "sentences": 1, "failure": message, "prompts": {message: message}}
        nothing = {"prompt_tokens": None, "answer_tokens": None, "first_sentence_ms": None}
        return Answer(
            "answered",
            (f"{message}[1]",),
            (Citation(1, message, f"evil-{ASKED.index(message)}", (message,), None, start, start + len(message)),),
            (Dropped(message, message),),
            note=message,
            receipt=(
                ("understood", message),
                ("periods", []),
                ("passages", [{"score": 1.0, "best": message}]),
                ("model", model | nothing),
                ("index", {message: message}),
            ),
        )


@dataclass
class Watch:
    """What a page did that it should not: dialogs, and requests for anything but the page's own parts."""

    page: Page
    dialogs: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("dialog", lambda dialog: (self.dialogs.append(dialog.message), dialog.dismiss()))
        self.page.on("request", lambda request: self.requests.append(urlsplit(request.url).path))

    def quiet(self) -> bool:
        strange = [path for path in self.requests if not path.startswith(ALLOWED)]
        return not (self.dialogs or strange)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving(Parrot()) as url:
        yield url


@pytest.fixture(scope="module")
def page(browser: Browser, address: str) -> Iterator[Page]:
    with browser.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce") as context:
        yield opened(context.new_page(), address)


@pytest.fixture(scope="module")
def watch(page: Page) -> Watch:
    return Watch(page)


def erase(page: Page) -> None:
    if page.locator(".zw-turn").count():
        page.evaluate("document.querySelector('#zw-erase').click()")
    page.wait_for_function("!document.querySelector('.zw-turn')")


def seen(page: Page, text: str) -> dict[str, Any]:
    """What is to be seen after `text` was asked, everything about it opened and its citation followed."""
    erase(page)
    ask(page, text)
    page.evaluate(_OPEN)
    page.wait_for_function("(text) => document.querySelector('#zw-pane mark')?.textContent === text", arg=text)
    found: dict[str, Any] = page.evaluate(_SEEN)
    return found


@pytest.fixture(scope="module")
def plain(page: Page, watch: Watch) -> list[list[str]]:
    """The tags for a harmless question."""
    tags: list[list[str]] = seen(page, HARMLESS)["tags"]
    return tags


def test_there_are_many() -> None:
    assert len(set(PAYLOADS)) >= 50


@pytest.mark.parametrize("payload", PAYLOADS)
def test_it_is_shown_as_it_stands_and_does_nothing(page: Page, watch: Watch, plain: object, payload: str) -> None:
    assert seen(page, payload) == {"tags": plain, "said": [payload] * 3, "hit": None}
    assert watch.quiet()


def test_all_of_them_come_back_after_a_reload_and_do_nothing(page: Page, watch: Watch, address: str) -> None:
    erase(page)
    for payload in PAYLOADS[::10]:
        ask(page, payload)
    watch.requests.clear()
    page.reload()
    expect(page.locator(".zw-turn")).to_have_count(len(PAYLOADS[::10]))
    page.click("#zw-scope input")
    expect(page.get_by_role("option")).to_have_count(len(ASKED))
    watch.requests.remove("/")
    assert watch.quiet() and page.evaluate("window.hit === undefined")


@pytest.mark.parametrize("payload", PAYLOADS[::6])
def test_the_reader_alone_shows_it_as_it_stands(page: Page, watch: Watch, address: str, payload: str) -> None:
    watch.requests.clear()
    there = f"/report/evil-{ASKED.index(payload)}"
    page.goto(f"{address}{there}?start={len(payload) + 3}&end={2 * len(payload) + 3}")
    assert page.locator("h1").evaluate("line => line.textContent") == payload
    assert page.locator("mark").evaluate("mark => mark.textContent") == payload
    assert watch.quiet() and page.evaluate("window.hit === undefined")
