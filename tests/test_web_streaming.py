"""A model writes, the page shows: sentences come one by one, and what does not stand is at no time in the page.

A real browser, the real chain, and the scripted model server behind the real client.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import langchain_openai  # noqa: F401  # slow to import; no wait of a test is to be spent on it
import pytest
from playwright.sync_api import Browser, Page, expect
from pydantic import SecretStr
from web_browser import needs_chromium, opened, say
from web_server import serving as page_around

from chatbot.bot import Bot
from chatbot.chain import Writer
from chatbot.models import OpenAIModel
from eval.scripted.reading import evidence
from eval.scripted.reply import Message, Reply
from eval.scripted.server import ScriptedServer, serving
from vectorstore.index import Index
from vectorstore.retrieve import ReportRetriever
from vectorstore.shelf import Shelf

QUESTION = "去年改造老旧小区多少个？今年打算改造多少个？"
TRUE = ("2030年改造老旧小区87个。", "2031年将改造老旧小区130个。")
LIE = "全市房价下跌42.5%，旧房全部拆除。"
FROM_LIE = ("42.5", "房价", "拆除")
PACE = 0.04  # seconds between pieces of two characters

pytestmark = needs_chromium

# Looks at the page after every change, before it is painted.
_LOOK = """() => {
  window.looks = [];
  new MutationObserver(() => {
    const turn = document.querySelector(".zw-turn:last-child");
    const said = turn ? [...turn.querySelectorAll(".zw-sentence")].map((p) => p.textContent) : [];
    const working = Boolean(turn && turn.matches(".zw-working"));
    window.looks.push({ said, working, html: document.documentElement.outerHTML });
  }).observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
}"""


def written(messages: tuple[Message, ...]) -> str:
    """A true sentence, a lie under the same key, another true sentence."""
    lines = evidence(str(messages[-1]["content"]))
    done, planned = (next(line.key for line in lines if count in line.text) for count in ("87个", "130个"))
    return f"{TRUE[0]}[{done}]{LIE}[{done}]{TRUE[1]}[{planned}]"


@pytest.fixture(scope="module")
def model() -> Iterator[ScriptedServer]:
    with serving(lambda call: Reply(written, token_delay=PACE, usage=(400, 40))) as server:
        yield server


@pytest.fixture(scope="module")
def address(town: Bot, town_index: Index, town_retriever: ReportRetriever, model: ScriptedServer) -> Iterator[str]:
    writer = Writer(OpenAIModel(model.url, "small-model", SecretStr("sk-1")), 4000)
    bot = Bot(town.reports, town_retriever, town.reports[0].id, writer, holdings=Shelf(town_index))
    with page_around(bot) as url:
        yield url


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    with browser.new_context() as context:
        yield opened(context.new_page(), address)


def in_work(page: Page, sentences: int) -> None:
    expect(page.locator(".zw-working .zw-sentence")).to_have_count(sentences)


def done(page: Page) -> None:
    expect(page.locator(".zw-turn:not(.zw-working)")).to_have_count(1)


def looks(page: Page) -> list[dict[str, Any]]:
    """What was to be seen from question to answer."""
    page.evaluate(_LOOK)
    say(page, QUESTION)
    done(page)
    found: list[dict[str, Any]] = page.evaluate("window.looks")
    return found


def test_sentences_appear_one_by_one_and_nothing_unverified_is_ever_in_the_page(page: Page) -> None:
    seen = looks(page)
    in_work = [look["said"] for look in seen if look["working"]]
    first, second = f"{TRUE[0]}[1]", f"{TRUE[1]}[2]"
    assert [said for said, before in zip(in_work, [None, *in_work], strict=False) if said != before] == [
        [],
        [first],
        [first, second],
    ]
    assert seen[-1]["said"] == [first, second]
    assert not [word for word in FROM_LIE for look in seen if word in look["html"]]


def test_the_answer_says_that_a_sentence_was_dropped_and_why(page: Page) -> None:
    say(page, QUESTION)
    done(page)
    expect(page.locator(".zw-foot")).to_contain_text("由语言模型起草，已逐句与原文核对 · 另有 1 句草稿未予显示")
    page.click(".zw-receipt summary")
    expect(page.locator(".zw-receipt")).to_contain_text("1 句草稿：引文里没有这个数字")


def test_a_sentence_that_stands_is_left_alone_when_the_answer_is_done(page: Page) -> None:
    """A screen reader tells what is new in the log: a sentence that was put in anew would be read out twice."""
    say(page, QUESTION)
    in_work(page, 1)
    page.evaluate("document.querySelector('.zw-sentence').mine = true")
    done(page)
    assert page.evaluate("document.querySelector('.zw-sentence').mine")
    page.click(".zw-marker >> nth=0")
    expect(page.locator("#zw-pane mark")).to_have_text("改造老旧小区87个")


def test_a_reader_who_scrolls_away_is_left_where_they_are(page: Page) -> None:
    page.set_viewport_size({"width": 500, "height": 400})
    say(page, QUESTION)
    in_work(page, 1)
    page.wait_for_function("scrollY > 0")
    page.mouse.wheel(0, -5000)
    done(page)
    page.wait_for_timeout(600)
    assert page.evaluate("scrollY") == 0


def test_a_new_conversation_ends_an_answer_in_work(page: Page) -> None:
    say(page, QUESTION)
    in_work(page, 1)
    page.get_by_role("button", name="新对话").click()
    page.wait_for_timeout(1500)
    expect(page.locator(".zw-turn")).to_have_count(0)


def test_a_question_sent_while_an_answer_is_in_work_waits_in_the_box(page: Page) -> None:
    say(page, QUESTION)
    in_work(page, 1)
    say(page, "去年建成多少个口袋公园？")
    done(page)
    expect(page.locator(".zw-turn")).to_have_count(1)
    expect(page.locator("#zw-box textarea")).to_have_value("去年建成多少个口袋公园？")
