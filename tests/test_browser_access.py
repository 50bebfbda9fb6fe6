"""The page for everyone: axe finds nothing in any state, the keyboard alone will do, nothing is lost at 400 %."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect
from web_browser import ask, fresh, needs_chromium
from web_fakes import TEXT, TOWN, Book, FakeBot
from web_server import serving

from chatbot.errors import IndexMissing

QUESTION, SILENCE = "去年地区生产总值增长多少？", "地铁票价是多少？"
SECOND = replace(TOWN, id="county-2023", title="乙县政府工作报告", year=2023, text=TEXT)
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# (rule, beginning of the selector): what Gradio itself causes, each with a word on why. Gradio 6.31 causes none.
FROM_GRADIO: tuple[tuple[str, str], ...] = ()

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving(FakeBot(TOWN, SECOND), ledger=Book()) as url:
        yield url


@pytest.fixture(scope="module")
def context(browser: Browser) -> Iterator[BrowserContext]:
    with browser.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce") as context:
        yield context


@pytest.fixture(scope="module")
def tab(context: BrowserContext) -> Iterator[Page]:
    with context.new_page() as tab:
        yield tab


@pytest.fixture
def page(tab: Page, address: str) -> Page:
    return fresh(tab, address)


def violations(page: Page) -> list[tuple[str, str]]:
    """(rule, selector) of all that axe finds and Gradio does not cause."""
    found = Axe().run(page, options={"runOnly": RULES, "resultTypes": ["violations"]}).response["violations"]
    nodes = [(rule["id"], str(node["target"][0])) for rule in found for node in rule["nodes"]]
    return [
        (rule, place)
        for rule, place in nodes
        if not any(rule == known and place.startswith(start) for known, start in FROM_GRADIO)
    ]


def choosing(page: Page) -> None:
    page.click("#zw-scope input")
    expect(page.get_by_role("option")).to_have_count(2)


def answered(page: Page) -> None:
    ask(page, QUESTION)
    page.click(".zw-card summary >> nth=0")
    page.click(".zw-receipt summary")
    page.click(".zw-bad")


def refused(page: Page) -> None:
    ask(page, SILENCE)


def failed(page: Page) -> None:
    ask(page, "没有人教过的问题")


def reading(page: Page) -> None:
    ask(page, QUESTION)
    page.click(".zw-marker >> nth=0")
    expect(page.locator("#zw-pane mark")).to_be_visible()
    page.click(".zw-tree summary")


def reading_on_a_phone(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    reading(page)


def with_earlier_questions(page: Page) -> None:
    ask(page, QUESTION)
    page.click(".zw-good")
    page.click("#zw-clear")
    page.click(".zw-earlier > summary")


def in_english(page: Page) -> None:
    ask(page, QUESTION)
    page.get_by_role("link", name="English").click()
    expect(page.locator("#zw-send")).to_have_text("Ask")
    expect(page.locator(".zw-turn")).to_have_count(1)


def reading_alone(page: Page) -> None:
    ask(page, QUESTION)
    page.goto(page.locator(".zw-marker >> nth=0").evaluate("link => link.href"))


STATES = (
    lambda page: None,
    choosing,
    answered,
    refused,
    failed,
    reading,
    reading_on_a_phone,
    with_earlier_questions,
    in_english,
    reading_alone,
)
NAMES = ["at first", *(state.__name__ for state in STATES[1:])]


@pytest.mark.parametrize("state", STATES, ids=NAMES)
def test_axe_finds_nothing(page: Page, state: Callable[[Page], None]) -> None:
    state(page)
    assert violations(page) == []


@pytest.mark.parametrize("state", [answered, reading, reading_alone], ids=lambda state: state.__name__)
def test_axe_finds_nothing_in_the_dark(page: Page, state: Callable[[Page], None]) -> None:
    page.emulate_media(color_scheme="dark")
    page.reload()
    state(page)
    assert violations(page) == []


def test_axe_finds_nothing_without_an_index(browser: Browser) -> None:
    with serving(IndexMissing("还没有可用的索引", "请运行 `make setup`")) as url, browser.new_context() as context:
        page = context.new_page()
        page.goto(url)
        expect(page.get_by_role("alert")).to_be_visible()
        assert violations(page) == []


def test_axe_would_find_a_fault(page: Page) -> None:
    page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<img src=\"favicon.ico\">')")
    assert violations(page) == [("image-alt", "img")]


def test_each_landmark_is_there_once_and_one_live_region_is_ours(page: Page) -> None:
    reading(page)
    for landmark in ("banner", "main", "complementary", "contentinfo"):
        expect(page.get_by_role(landmark)).to_have_count(1)
    live = "[...document.querySelectorAll('[aria-live], [role=log], [role=status], [role=alert]')]"
    ours = f"{live}.filter((node) => node.closest('[id^=zw-]')).map((node) => node.className)"
    assert page.evaluate(ours) == ["zw-log"]


def tab_to(page: Page, selector: str, key: str = "Tab") -> None:
    """Press the key until that has the focus, and can be seen to have it."""
    for _ in range(40):
        page.keyboard.press(key)
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert outline != "none", f"{selector} has the focus and does not show it"
            return
    raise AssertionError(f"{selector} is not reached by {key}")


def test_the_keyboard_alone_will_do(page: Page) -> None:
    """Ask, read the report, close it, open a card, copy, rate, begin anew, erase."""
    page.focus("#zw-box textarea")
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    expect(page.locator(".zw-turn:not(.zw-working)")).to_have_count(1)
    tab_to(page, ".zw-marker", "Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#zw-pane mark")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".zw-marker >> nth=1")).to_be_focused()
    tab_to(page, ".zw-card summary")
    page.keyboard.press("Enter")
    expect(page.locator(".zw-card[open]")).to_have_count(1)
    tab_to(page, ".zw-copy")
    page.keyboard.press("Enter")
    expect(page.locator(".zw-copy")).not_to_have_text("复制（含出处）")
    tab_to(page, ".zw-good")
    page.keyboard.press("Space")
    expect(page.locator(".zw-said-thanks")).to_be_visible()
    tab_to(page, "#zw-clear")
    page.keyboard.press("Enter")
    expect(page.locator(".zw-earlier")).to_have_count(1)
    tab_to(page, "#zw-erase")
    page.keyboard.press("Enter")
    expect(page.locator(".zw-earlier")).to_have_count(0)


@pytest.mark.parametrize(
    "state", [answered, refused, reading, with_earlier_questions], ids=lambda state: state.__name__
)
def test_nothing_is_wider_than_the_screen_at_400_percent(page: Page, state: Callable[[Page], None]) -> None:
    """1280 × 1024 at 400 % are 320 × 256 pixels of the page's own."""
    page.set_viewport_size({"width": 320, "height": 256})
    state(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert page.evaluate("[...document.querySelectorAll('#zw-pane *')].every((n) => n.scrollWidth <= 320)")


def test_at_400_percent_the_box_does_not_cover_what_has_the_focus(page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 256})
    ask(page, QUESTION)
    tab_to(page, ".zw-copy", "Shift+Tab")
    covered = """() => {
      const { left, top, width, height } = document.activeElement.getBoundingClientRect();
      return !document.activeElement.contains(document.elementFromPoint(left + width / 2, top + height / 2));
    }"""
    assert not page.evaluate(covered)
