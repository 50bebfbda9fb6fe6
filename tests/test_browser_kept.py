"""What stays in the browser: the conversation, the language, the ratings; and how it is erased."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from web_browser import ask, fresh, needs_chromium, opened
from web_fakes import Book, FakeBot
from web_server import serving

QUESTION, SILENCE = "去年地区生产总值增长多少？", "地铁票价是多少？"

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def bot() -> FakeBot:
    return FakeBot()


@pytest.fixture(scope="module")
def book() -> Book:
    return Book()


@pytest.fixture(scope="module")
def address(bot: FakeBot, book: Book) -> Iterator[str]:
    with serving(bot, ledger=book) as url:
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


def kept(page: Page) -> list[str]:
    return page.evaluate("Object.keys(localStorage).sort()")


def test_a_reload_shows_the_conversation_again_and_it_goes_on(page: Page, bot: FakeBot) -> None:
    ask(page, QUESTION)
    page.reload()
    expect(page.locator(".zw-sentence").first).to_have_text("去年全市地区生产总值达到3000亿元、增长6.1%。[1]")
    expect(page.locator(".zw-chip").first).to_be_hidden()
    ask(page, SILENCE)
    assert [question for question, _ in bot.asked[-1][1]] == [QUESTION]


def test_a_citation_opens_after_a_reload(page: Page) -> None:
    ask(page, QUESTION)
    page.reload()
    page.click(".zw-marker >> nth=1")
    expect(page.locator("#zw-pane mark")).to_have_text("地区生产总值增长6%左右")


def test_a_new_conversation_folds_the_old_one_up(page: Page) -> None:
    ask(page, QUESTION)
    page.click("#zw-clear")
    expect(page.locator("#zw-conversation .zw-turn")).to_have_count(0)
    page.click(".zw-earlier > summary")
    expect(page.locator(".zw-earlier .zw-question")).to_have_text(QUESTION)
    page.reload()
    expect(page.locator(".zw-earlier > summary")).to_have_text("以前的提问（1）")


def test_erasing_leaves_nothing_on_the_screen_nor_in_the_browser(page: Page, bot: FakeBot) -> None:
    ask(page, QUESTION)
    page.click("#zw-clear")
    expect(page.locator(".zw-earlier")).to_have_count(1)
    ask(page, SILENCE)
    page.click("#zw-conversation .zw-good")
    expect(page.locator("#zw-conversation .zw-said-thanks")).to_be_visible()
    assert kept(page) == ["zw-kept", "zw-rated"]
    page.get_by_role("button", name="清除记录").click()
    expect(page.locator(".zw-turn")).to_have_count(0)
    expect(page.locator(".zw-earlier")).to_have_count(0)
    assert kept(page) == []
    page.reload()
    expect(page.locator(".zw-chip").first).to_be_visible()
    expect(page.locator(".zw-turn")).to_have_count(0)
    ask(page, QUESTION)
    assert bot.asked[-1][1] == ()


def test_erased_in_one_tab_it_is_gone_from_the_other(page: Page, context: BrowserContext, address: str) -> None:
    ask(page, QUESTION)
    with context.new_page() as other:
        expect(opened(other, address).locator(".zw-turn")).to_have_count(1)
        page.click("#zw-erase")
        expect(other.locator(".zw-turn")).to_have_count(0)
        ask(other, SILENCE)
        expect(other.locator(".zw-turn")).to_have_count(1)


def test_what_the_browser_has_of_another_shape_does_no_harm(page: Page, address: str) -> None:
    page.evaluate("localStorage.setItem('zw-kept', 'not ours')")
    ask(opened(page, address), QUESTION)
    expect(page.locator(".zw-turn")).to_have_count(1)


def test_the_other_language_shows_the_same_conversation_in_its_words(page: Page) -> None:
    ask(page, SILENCE)
    page.get_by_role("link", name="English").click()
    expect(page.locator("#zw-send")).to_have_text("Ask")
    expect(page.locator(".zw-label")).to_have_text("The report does not say")
    assert page.evaluate("document.documentElement.lang") == "en"
    ask(page, QUESTION)
    page.click(".zw-marker >> nth=0")
    expect(page.locator("#zw-pane mark")).to_have_text("全市地区生产总值达到3000亿元、增长6.1%")
    expect(page.locator(".zw-tree summary")).to_have_text("Contents")
    page.get_by_role("link", name="How often is it wrong?").click()
    page.wait_for_url("**/quality")


def test_the_language_is_remembered_until_it_is_changed(page: Page, address: str) -> None:
    page.get_by_role("link", name="English").click()
    page.wait_for_url("**/en/")
    page.goto(address)
    page.wait_for_url("**/en/")
    page.get_by_role("link", name="中文").click()
    expect(page.locator("#zw-send")).to_have_text("提问")
    page.goto(address)
    expect(page.locator("#zw-send")).to_have_text("提问")


def test_a_good_answer_is_rated_with_one_click(page: Page, book: Book) -> None:
    ask(page, QUESTION)
    page.get_by_role("button", name="有帮助", exact=True).click()
    expect(page.locator(".zw-said-thanks")).to_have_text("谢谢，您的意见已收到。")
    expect(page.locator(".zw-good")).to_have_attribute("aria-pressed", "true")
    assert book.ratings[-1] == (f"receipt-{len(book.kept)}", True, "", "")


def test_a_bad_answer_is_rated_with_reason_and_comment_from_the_keyboard(page: Page, book: Book) -> None:
    ask(page, QUESTION)
    page.focus(".zw-bad")
    page.keyboard.press("Enter")
    page.select_option(".zw-why select", label="弄错了年份或对象")
    page.get_by_label("补充说明").fill("说的是去年")
    page.keyboard.press("Enter")
    expect(page.locator(".zw-said-thanks")).to_have_text("谢谢，您的意见已收到。")
    expect(page.locator(".zw-why")).to_be_hidden()
    assert book.ratings[-1][1:] == (False, "弄错了年份或对象", "说的是去年")


def test_a_rating_is_shown_again_when_the_talk_goes_on_and_after_a_reload(page: Page) -> None:
    ask(page, QUESTION)
    page.click(".zw-good")
    ask(page, SILENCE)
    for _ in range(2):
        expect(page.locator(".zw-good").first).to_have_attribute("aria-pressed", "true")
        expect(page.locator(".zw-good").last).to_have_attribute("aria-pressed", "false")
        page.reload()


def test_a_rating_that_does_not_arrive_is_said_in_words(page: Page) -> None:
    ask(page, QUESTION)
    page.route("**/rate", lambda route: route.abort())
    page.click(".zw-good")
    expect(page.locator(".zw-said-thanks")).to_have_text("没能送出，请稍后再试。")
    expect(page.locator(".zw-good")).to_have_attribute("aria-pressed", "false")


def test_two_people_at_once_see_only_their_own_conversations(browser: Browser, address: str, bot: FakeBot) -> None:
    with browser.new_context() as mine, browser.new_context() as theirs:
        me, they = opened(mine.new_page(), address), opened(theirs.new_page(), address)
        ask(me, QUESTION)
        ask(they, SILENCE)
        for page, question in ((me, QUESTION), (they, SILENCE)):
            page.reload()
            expect(page.locator(".zw-question")).to_have_text(question)
        ask(they, SILENCE)
        assert [question for question, _ in bot.asked[-1][1]] == [SILENCE]
