"""The real browser of the web room's tests, and what a person does first: open the page, ask and wait."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

CHROMIUM = shutil.which("chromium")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESK, PHONE = {"width": 1280, "height": 800}, {"width": 360, "height": 740}
_CLOSE = "if (!document.querySelector('#zw-pane').hidden) document.querySelector('.zw-pane-close').click()"
_ANSWERED = ".zw-turn:not(.zw-working)"

expect.set_options(timeout=20_000)  # a busy machine is no fault of the page
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


def opened(page: Page, address: str) -> Page:
    """The page once it can be typed into."""
    page.goto(address)
    expect(page.locator("#zw-box textarea")).to_be_editable()
    return page


def fresh(page: Page, address: str) -> Page:
    """The page as another person finds it: nothing asked, opened or kept. To load Gradio anew would take a second."""
    page.unroute_all()
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(DESK)
    if page.url.rstrip("/") != address:
        return _loaded_anew(page, address)
    page.wait_for_selector("#zw-pane", state="attached")  # it may have been loaded anew just now
    page.evaluate(_CLOSE)
    page.fill("#zw-box textarea", "…")  # emptied when all is erased
    page.evaluate("document.querySelector('#zw-erase').click()")
    page.wait_for_function("!document.querySelector('#zw-box textarea').value && !document.querySelector('.zw-turn')")
    return page


def _loaded_anew(page: Page, address: str) -> Page:
    if page.url.startswith(address):
        page.evaluate("localStorage.clear()")
    return opened(page, address)


def say(page: Page, question: str) -> None:
    """Type the question and send it."""
    page.fill("#zw-box textarea", question)
    page.keyboard.press("Enter")


def ask(page: Page, question: str) -> None:
    """Say it and wait until its turn is answered."""
    before = page.locator(_ANSWERED).count()
    say(page, question)
    # Looked at with every frame; an `expect` looks ever more seldom.
    page.wait_for_function(
        "([turns, count]) => document.querySelectorAll(turns).length > count", arg=[_ANSWERED, before]
    )
