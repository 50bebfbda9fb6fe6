"""A citation opens the report at its sentence: beside the conversation on a desk, over it on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from web_browser import DESK, PHONE, ask, fresh, needs_chromium
from web_fakes import GROWTH, TEXT, TOWN, FakeBot
from web_server import serving

QUESTION = "去年地区生产总值增长多少？"
LONG = TEXT.replace("一年来，", "一年来，我们做了许多事。\n" * 80 + "一年来，")  # the quotes are far down
QUOTES = [citation.quote for citation in GROWTH.citations]

pytestmark = needs_chromium


class LongReportBot(FakeBot):
    """The quotes lie where they lie in the longer text."""

    def __init__(self) -> None:
        super().__init__(replace(TOWN, text=LONG, page_starts=(0, LONG.index("二、今年"))))

    def ask(self, *asked, **more):
        answer = super().ask(*asked, **more)
        moved = (
            replace(c, start=LONG.index(c.quote), end=LONG.index(c.quote) + len(c.quote)) for c in answer.citations
        )
        return replace(answer, citations=tuple(moved))


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving(LongReportBot()) as url:
        yield url


@pytest.fixture(scope="module")
def context(browser: Browser) -> Iterator[BrowserContext]:
    with browser.new_context(reduced_motion="reduce") as context:
        yield context


@pytest.fixture(scope="module")
def tab(context: BrowserContext) -> Iterator[Page]:
    with context.new_page() as tab:
        yield tab


@pytest.fixture
def page(tab: Page, address: str) -> Page:
    ask(fresh(tab, address), QUESTION)
    return tab


@pytest.fixture(params=[DESK, PHONE], ids=["desk", "phone"])
def either(page: Page, request: pytest.FixtureRequest) -> Page:
    page.set_viewport_size(request.param)
    return page


def read(page: Page, marker: int = 1) -> None:
    page.click(f".zw-marker >> nth={marker - 1}")
    expect(page.locator("#zw-pane mark")).to_have_text(QUOTES[marker - 1])


@pytest.mark.parametrize("marker", [1, 2])
def test_exactly_the_quoted_words_are_marked_and_in_view(either: Page, marker: int) -> None:
    read(either, marker)
    expect(either.locator("#zw-pane mark")).to_be_in_viewport(ratio=1)
    expect(either.locator("#zw-pane mark")).to_be_focused()
    expect(either.locator(".zw-pane-title")).to_have_text("某市政府工作报告（2024年）")


def test_another_marker_moves_the_mark(page: Page) -> None:
    read(page, 1)
    read(page, 2)
    expect(page.locator("#zw-pane mark")).to_have_count(1)


def test_the_whole_text_is_there_with_headings_and_page_numbers(page: Page) -> None:
    read(page)
    assert page.locator("#zw-pane article").evaluate("article => article.textContent") == LONG
    expect(page.locator("#zw-pane h2[id^='zw-s']")).to_have_text(["一、过去一年工作回顾", "二、今年主要任务"])
    assert page.locator("#zw-pane .zw-page").evaluate_all("marks => marks.map(mark => mark.title)") == [
        "第1页",
        "第2页",
    ]


def test_on_a_desk_it_is_beside_the_conversation_which_stays_in_use(page: Page) -> None:
    read(page)
    pane, answer = page.locator("#zw-beside").bounding_box(), page.locator(".zw-answer").bounding_box()
    assert answer["x"] + answer["width"] <= pane["x"] and pane["x"] + pane["width"] <= 1280
    ask(page, "地铁票价是多少？")
    expect(page.locator("#zw-pane mark")).to_be_visible()


def test_on_a_phone_it_is_a_dialog_over_everything_that_keeps_the_focus(page: Page) -> None:
    page.set_viewport_size(PHONE)
    read(page)
    box = page.get_by_role("dialog").bounding_box()
    assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, 360, 740)
    for _ in range(8):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.matches('body, #zw-over *')")  # body: the browser's own bar


def test_escape_closes_it_and_the_focus_is_back_on_the_marker(either: Page) -> None:
    read(either, 2)
    either.keyboard.press("Escape")
    expect(either.locator("#zw-pane")).to_be_hidden()
    expect(either.locator(".zw-marker >> nth=1")).to_be_focused()


def test_the_button_closes_it(either: Page) -> None:
    read(either)
    either.click(".zw-pane-close")
    expect(either.locator("#zw-pane")).to_be_hidden()
    expect(either.locator(".zw-marker >> nth=0")).to_be_focused()


def test_a_marker_is_followed_from_the_keyboard(page: Page) -> None:
    page.focus(".zw-marker >> nth=0")
    page.keyboard.press("Enter")
    expect(page.locator("#zw-pane mark")).to_be_focused()


def test_the_tree_leads_to_a_section_and_shows_where_the_quote_is(page: Page) -> None:
    read(page, 2)
    page.click(".zw-tree summary")
    expect(page.locator(".zw-tree a[aria-current]")).to_have_text("主要预期目标")
    page.click(".zw-tree a >> nth=0")
    expect(page.locator("#zw-pane h2[id^='zw-s'] >> nth=0")).to_be_focused()
    expect(page.locator("#zw-pane h2[id^='zw-s'] >> nth=0")).to_be_in_viewport()


def test_it_moves_when_the_window_becomes_narrow(page: Page) -> None:
    read(page)
    page.set_viewport_size(PHONE)
    expect(page.get_by_role("dialog").locator("mark")).to_be_visible()
    page.set_viewport_size(DESK)
    expect(page.get_by_role("complementary").locator("mark")).to_be_visible()


def test_a_card_leads_to_the_same_place(page: Page) -> None:
    page.click(".zw-card summary >> nth=1")
    page.click(".zw-card[open] .zw-open")
    expect(page.locator("#zw-pane mark")).to_have_text(QUOTES[1])


def test_a_report_that_cannot_be_had_is_said_in_words(page: Page) -> None:
    page.route("**/report/**", lambda route: route.abort())
    page.click(".zw-marker >> nth=0")
    expect(page.locator(".zw-pane-text")).to_have_text("没能打开报告，请稍后再试，或点“单独打开”。")


def test_a_report_that_is_gone_is_said_in_words(page: Page) -> None:
    page.evaluate("document.querySelector('.zw-marker').setAttribute('href', 'report/nowhere?start=1&end=2')")
    page.click(".zw-marker >> nth=0")
    expect(page.locator(".zw-pane-text")).to_contain_text("没有编号为 nowhere 的报告")


def test_without_a_script_a_link_opens_the_report_at_the_mark(browser: Browser, page: Page) -> None:
    there = page.locator(".zw-marker >> nth=0").evaluate("link => link.href")
    with browser.new_context(java_script_enabled=False) as context:
        alone = context.new_page()
        alone.goto(there)
        expect(alone.locator("mark")).to_have_text(QUOTES[0])
        expect(alone.locator("mark")).to_be_in_viewport()
