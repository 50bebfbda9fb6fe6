"""The page in a real browser, as two people with different screens see it. Skipped where there is no Chromium."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect
from web_browser import ask, fresh, needs_chromium, opened
from web_fakes import NASTY, TEXT, TOWN, FakeBot
from web_server import serving, serving_app

from chatbot.errors import IndexMissing
from chatbot.web.server import create_app

QUESTION = "去年地区生产总值增长多少？"
SECOND = replace(TOWN, id="county-2023", title="<i>乙县</i>政府工作报告", year=2023, text=TEXT)

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def bot() -> FakeBot:
    return FakeBot(TOWN, SECOND)


@pytest.fixture(scope="module")
def address(bot: FakeBot) -> Iterator[str]:
    with serving(bot) as url:
        yield url


@pytest.fixture(scope="module")
def desk(browser: Browser) -> Iterator[BrowserContext]:
    """One browser profile for most tests, so that Gradio's scripts are loaded once."""
    with browser.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce") as context:
        yield context


@pytest.fixture(scope="module")
def tab(desk: BrowserContext) -> Iterator[Page]:
    with desk.new_page() as tab:
        yield tab


@pytest.fixture
def page(tab: Page, address: str) -> Page:
    return fresh(tab, address)


def test_an_answer_shows_its_sentences_and_closed_cards(page: Page) -> None:
    ask(page, QUESTION)
    expect(page.locator(".zw-sentence").first).to_have_text("去年全市地区生产总值达到3000亿元、增长6.1%。[1]")
    expect(page.locator("details.zw-card")).to_have_count(2)
    expect(page.locator("details.zw-card[open]")).to_have_count(0)
    expect(page.locator("#zw-box textarea")).to_have_value("")


def test_a_card_shows_the_quote_marked_in_its_paragraph(page: Page) -> None:
    ask(page, QUESTION)
    page.click(".zw-card summary >> nth=1")
    card = page.locator("details.zw-card[open]")
    expect(card.locator("mark")).to_have_text("地区生产总值增长6%左右")
    expect(card.locator("blockquote")).to_have_text(TEXT.split("\n")[-1])
    expect(card.locator(".zw-source")).to_contain_text("第2页")


def test_an_open_card_stays_open_when_the_talk_goes_on(page: Page) -> None:
    ask(page, QUESTION)
    page.click(".zw-card summary >> nth=1")
    ask(page, "地铁票价是多少？")
    expect(page.locator("details.zw-card[open]")).to_have_count(1)
    expect(page.locator("#zw-1-2")).to_have_attribute("open", "")


def test_how_an_answer_came_about_opens_from_the_keyboard_and_stays_open(page: Page) -> None:
    ask(page, QUESTION)
    page.focus(".zw-copy")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("details.zw-receipt[open] dd").first).to_have_text("2023年地区生产总值增长多少?")
    ask(page, "地铁票价是多少？")
    expect(page.locator("#zw-1-how")).to_have_attribute("open", "")


def test_a_new_answer_comes_into_view_above_the_box(page: Page) -> None:
    for question in (QUESTION, QUESTION, "地铁票价是多少？"):
        ask(page, question)
    page.wait_for_function(
        "document.querySelector('.zw-note').getBoundingClientRect().bottom"
        " <= document.querySelector('#zw-composer').getBoundingClientRect().top"
    )


def test_the_second_question_comes_with_the_first_turn_as_history(page: Page, bot: FakeBot) -> None:
    ask(page, QUESTION)
    ask(page, "地铁票价是多少？")
    assert [question for question, _ in bot.asked[-1][1]] == [QUESTION]


def test_a_refusal_is_calm_and_its_note_apart(page: Page) -> None:
    ask(page, "地铁票价是多少？")
    expect(page.locator(".zw-label")).to_have_text("报告未提及")
    expect(page.locator(".zw-note p")).to_have_text("报告提到了城镇新增就业。")


def test_the_title_and_the_examples_follow_the_reports(desk: BrowserContext) -> None:
    bot, examples = FakeBot(TOWN), {"zh": ("甲？", "乙？")}
    with serving_app(lambda: create_app(bot, examples=examples)) as url, desk.new_page() as page:
        opened(page, url)
        expect(page.locator(".zw-basis")).to_contain_text(TOWN.title)
        expect(page.locator(".zw-chip:visible")).to_have_text(["甲？", "乙？"])
        bot.reports, examples["zh"] = (replace(TOWN, title="乙县政府工作报告"),), (QUESTION,)
        page.reload()
        expect(page.locator(".zw-basis")).to_contain_text("乙县")
        expect(page.locator(".zw-chip:visible")).to_have_text([QUESTION])
        page.click(".zw-chip:visible")
        expect(page.locator(".zw-card")).to_have_count(2)


def test_a_click_on_an_example_asks_it(page: Page) -> None:
    page.get_by_role("button", name=QUESTION).click()
    expect(page.locator(".zw-card")).to_have_count(2)
    expect(page.locator(".zw-chip").first).to_be_hidden()


def test_copy_puts_answer_and_references_into_the_clipboard(browser: Browser, address: str) -> None:
    with browser.new_context(permissions=["clipboard-read", "clipboard-write"]) as context:
        page = opened(context.new_page(), address)
        ask(page, QUESTION)
        page.click(".zw-copy")
        expect(page.locator(".zw-copy")).to_have_text("已复制")
        copied = page.evaluate("navigator.clipboard.readText()")
    assert "增长6.1%。[1]" in copied and "[2] 《某市政府工作报告（2024年）》" in copied
    assert "AI 辅助生成 / 自动整理" in copied


def test_copy_works_without_the_clipboard_interface(page: Page) -> None:
    """As on an intranet page without TLS."""
    ask(page, QUESTION)
    page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    page.click(".zw-copy")
    expect(page.locator(".zw-copy")).to_have_text("已复制")


def test_an_empty_question_does_nothing(page: Page, bot: FakeBot) -> None:
    before = len(bot.asked)
    page.fill("#zw-box textarea", "   ")
    page.keyboard.press("Enter")
    page.wait_for_timeout(500)
    expect(page.locator(".zw-turn")).to_have_count(0)
    assert len(bot.asked) == before


def test_a_very_long_question_gets_the_guards_answer(page: Page) -> None:
    ask(page, "长" * 5000)
    expect(page.locator(".zw-sentence")).to_have_text("问题太长，请缩短到500字以内。")


def test_an_unforeseen_error_is_told_in_words_and_the_talk_goes_on(page: Page) -> None:
    ask(page, "没有人教过的问题")
    expect(page.locator(".zw-error")).to_contain_text("程序出现意外错误")
    ask(page, QUESTION)
    expect(page.locator(".zw-card")).to_have_count(2)


def test_foreign_markup_never_runs(page: Page) -> None:
    ask(page, NASTY)
    expect(page.locator(".zw-question")).to_have_text(NASTY)
    assert page.evaluate("window.hit") is None
    assert page.locator(".zw-turn :is(img, script)").count() == 0


def test_new_conversation_clears_the_screen_and_the_history(page: Page, bot: FakeBot) -> None:
    ask(page, QUESTION)
    page.get_by_role("button", name="新对话").click()
    expect(page.locator("#zw-conversation .zw-turn")).to_have_count(0)
    expect(page.locator(".zw-chip").first).to_be_visible()
    ask(page, QUESTION)
    assert bot.asked[-1][1] == ()


def test_two_people_do_not_see_each_others_questions(page: Page, browser: Browser, address: str, bot: FakeBot) -> None:
    ask(page, QUESTION)
    with browser.new_context() as context:
        other = opened(context.new_page(), address)
        expect(other.locator(".zw-turn")).to_have_count(0)
        ask(other, "地铁票价是多少？")
        assert bot.asked[-1][1] == ()


def test_the_chosen_report_is_the_one_asked(desk: BrowserContext, address: str, bot: FakeBot) -> None:
    page = opened(desk.new_page(), address)
    page.click("#zw-scope input")
    page.get_by_role("option", name="<i>乙县</i>政府工作报告（2023年）").click()
    page.keyboard.press("Escape")
    ask(page, QUESTION)
    assert bot.asked[-1][2] == ("county-2023",)


def test_a_report_added_meanwhile_can_be_chosen_and_is_called_by_its_title(browser: Browser) -> None:
    bot = FakeBot(TOWN)
    with serving(bot) as url, browser.new_context() as context:
        page = opened(context.new_page(), url)
        expect(page.locator("#zw-scope")).to_have_count(0)
        bot.reports = (TOWN, SECOND)
        page.reload()
        page.click("#zw-scope input")
        page.get_by_role("option", name="<i>乙县</i>政府工作报告（2023年）").click()
        page.keyboard.press("Escape")
        ask(page, QUESTION)
    assert bot.asked[-1][2] == ("county-2023",)


def test_no_request_leaves_this_machine(browser: Browser, address: str) -> None:
    with browser.new_context() as context:
        requests: list[Request] = []
        context.on("request", lambda request: requests.append(request))
        ask(opened(context.new_page(), address), QUESTION)
        hosts = {request.url.split("/")[2].split(":")[0] for request in requests if request.url.startswith("http")}
    assert hosts == {"127.0.0.1"}


@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_is_wider_than_the_screen(browser: Browser, address: str, width: int) -> None:
    with browser.new_context(viewport={"width": width, "height": 740}) as context:
        page = opened(context.new_page(), address)
        ask(page, QUESTION)
        page.click(".zw-card summary >> nth=0")
        page.click(".zw-receipt summary")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        expect(page.locator("#zw-send")).to_be_in_viewport()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground(browser: Browser, address: str, scheme: str) -> None:
    """WCAG AA: 4.5 : 1 for every text colour on every ground it is used on."""
    with browser.new_context(color_scheme=scheme) as context:
        colours = opened(context.new_page(), address).evaluate(_COLOURS)
    used = [(text, ground) for text in ("ink", "muted", "accent") for ground in ("paper", "surface", "tint")]
    for text, ground in [*used, ("ink", "mark"), ("on-accent", "accent"), ("on-accent", "accent-strong")]:
        assert _contrast(colours[text], colours[ground]) >= 4.5, (text, ground)


def test_without_an_index_the_page_says_what_to_run(browser: Browser) -> None:
    with serving(IndexMissing("还没有可用的索引", "请运行 `make setup`")) as url, browser.new_context() as context:
        page = context.new_page()
        page.goto(url)
        expect(page.get_by_role("alert")).to_contain_text("还没有可用的索引")
        expect(page.locator(".zw-missing code")).to_have_text("make setup")
        expect(page.locator("#zw-box")).to_have_count(0)


_COLOURS = """() => {
  const style = getComputedStyle(document.body);
  const names = ["paper", "surface", "ink", "muted", "accent", "accent-strong", "on-accent", "tint", "mark"];
  return Object.fromEntries(names.map((name) => [name, style.getPropertyValue("--zw-" + name).trim()]));
}"""


def _contrast(one: str, other: str) -> float:
    """Contrast of two #rrggbb colours as WCAG 2 defines it, 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    shares = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
