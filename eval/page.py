"""The web page in a real browser: pictures of its states for the docs, its weight, and how soon it is seen."""

from __future__ import annotations

import asyncio
import shutil
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from threading import Thread
from time import sleep
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from app import open_bot, suggestions
from chatbot.archive import Progress
from chatbot.errors import SetupError
from chatbot.settings import CODE_FOLDER, Settings
from eval.scripted import server as scripted
from eval.scripted.scripts import reciter, slowed

PICTURES = CODE_FOLDER / "docs" / "screenshots"
SIZES = {"desk": (1280, 860), "phone": (360, 740)}
RUNS = 5
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")
FIGURE, FOLLOW_UP, SILENCE = "去年城镇新增就业多少万人？", "今年的目标呢？", "地铁票价是多少？"
WIDE = "养老服务方面做了哪些事？"
PIECE_SECONDS = 0.2  # that the slow model takes for each piece of a text


class NoBook:
    """A ledger in which nothing stays: with one, the page asks what readers think."""

    def keep(self, door: str, asked: str, answer: Mapping[str, Any], setting: Mapping[str, Any] | None = None) -> str:
        return "picture"

    def rate(self, receipt_id: str, good: bool, reason: str = "", comment: str = "") -> None:
        pass


def page(settings: Settings, out: Path, tell: Progress) -> None:
    """Write the pictures to `out` as PNG and print the measurements. Raises SetupError without browser or index."""
    with _served(settings) as address, chromium() as browser:
        for name, (width, height) in SIZES.items():
            with browser.new_context(viewport={"width": width, "height": height}) as context:
                tell(f"拍摄网页：{width} × {height}")
                _pictures(context.new_page(), address, out, name)
        _streaming(settings, browser, out)
        tell(f"测量网页，{RUNS} 次")
        print(_measured([_visit(browser, address) for _ in range(RUNS)]))


@contextmanager
def _served(settings: Settings) -> Iterator[str]:
    # Gradio takes seconds to import; no other command of the evaluation needs it.
    from chatbot.web.server import create_app

    bot = open_bot(settings)
    examples = suggestions(bot, settings.default_report)
    with serving(lambda: create_app(bot, examples=examples, ledger=NoBook())) as address:
        yield address


@contextmanager
def serving(make: Callable[[], ASGIApp]) -> Iterator[str]:
    """The address of an app while it is served in a thread of its own."""
    servers: list[uvicorn.Server] = []

    async def run(listener: socket.socket) -> None:
        servers.append(uvicorn.Server(uvicorn.Config(make(), log_level="critical", timeout_graceful_shutdown=1)))
        await servers[0].serve([listener])

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = Thread(target=lambda: asyncio.run(run(listener)), daemon=True)
        thread.start()
        while thread.is_alive() and not (servers and servers[0].started):
            sleep(0.05)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        servers[0].should_exit = True
        thread.join(timeout=10)


@contextmanager
def chromium() -> Iterator[Any]:
    # Only developers have it.
    from playwright.sync_api import sync_playwright

    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        raise SetupError("没有找到 Chromium 浏览器", "请先安装 chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


def _pictures(page: Any, address: str, out: Path, size: str) -> None:
    out.mkdir(parents=True, exist_ok=True)
    page.goto(address)
    page.wait_for_selector(".zw-chip")
    for name, step in STATES.items():
        step(page)
        page.wait_for_timeout(900)  # smooth scrolling comes to rest
        page.screenshot(path=out / f"{size}-{name}.png")


def _streaming(settings: Settings, browser: Any, out: Path) -> None:
    """The answer while a slow model is writing it: its first sentence, the next one still to come."""
    with scripted.serving(slowed(reciter(), PIECE_SECONDS)) as server:
        written = settings.model_copy(update={"openai_base_url": server.url, "openai_model": scripted.MODEL})
        with _served(written) as address:
            for name, (width, height) in SIZES.items():
                with browser.new_context(viewport={"width": width, "height": height}) as context:
                    page = context.new_page()
                    page.goto(address)
                    page.wait_for_selector(".zw-chip")
                    page.fill("#zw-box textarea", WIDE)
                    page.keyboard.press("Enter")
                    page.wait_for_selector(".zw-working .zw-sentence")
                    page.screenshot(path=out / f"{name}-streaming.png")


def _ask(page: Any, question: str) -> None:
    answered = page.locator(".zw-turn:not(.zw-working)")
    before = answered.count()
    page.fill("#zw-box textarea", question)
    page.keyboard.press("Enter")
    page.wait_for_function(
        "(count) => document.querySelectorAll('.zw-turn:not(.zw-working)').length > count", arg=before
    )


def _copy(page: Any) -> None:
    """The last answer with its references, into the clipboard; the button says that it is done."""
    button = page.locator(".zw-copy").last
    button.click()
    button.scroll_into_view_if_needed()


def _read(page: Any) -> None:
    page.click(".zw-marker >> nth=-1")
    page.wait_for_selector("#zw-pane mark")


def _look_at_the_contents(page: Any) -> None:
    page.click(".zw-tree summary")
    page.locator(".zw-pane-text").evaluate("text => text.scrollTo(0, 0)")


def _rate(page: Any) -> None:
    page.click(".zw-pane-close")
    _ask(page, SILENCE)
    page.click(".zw-bad >> nth=-1")
    page.locator(".zw-turn").last.scroll_into_view_if_needed()


def _begin_anew(page: Any) -> None:
    page.click("#zw-clear")
    page.wait_for_selector(".zw-earlier")


def _switch(page: Any) -> None:
    page.click(".zw-lang a")
    page.wait_for_url("**/en/")
    page.wait_for_selector(".zw-earlier")


STATES: Mapping[str, Callable[[Any], None]] = {
    "welcome": lambda page: None,
    "answer": lambda page: _ask(page, FIGURE),
    "follow-up": lambda page: _ask(page, FOLLOW_UP),
    "copied": _copy,
    "reader": _read,
    "contents": _look_at_the_contents,
    "refusal": _rate,
    "earlier": _begin_anew,
    "english": _switch,
}


def _visit(browser: Any, address: str) -> tuple[float, float, float, float]:
    """Of a first visit with an empty cache: KB moved, files, seconds to the first paint and until one can type."""
    with browser.new_context() as context:
        page = context.new_page()
        sizes: list[float] = []
        network = context.new_cdp_session(page)
        network.send("Network.enable")
        network.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
        page.goto(address)
        page.wait_for_selector("#zw-box textarea")
        ready = page.evaluate("performance.now()")
        page.wait_for_timeout(1500)  # what comes in late counts too
        paint = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
        return sum(sizes) / 1000, float(len(sizes)), paint / 1000, ready / 1000


def _measured(visits: Sequence[tuple[float, float, float, float]]) -> str:
    weight, files, paint, ready = (median(column) for column in zip(*visits, strict=True))
    size = f"网页 {weight:.0f} KB（{files:.0f} 个文件）"
    return f"{size}；首次绘出 {paint:.2f} 秒，可以提问 {ready:.2f} 秒（{len(visits)} 次的中位数）"
