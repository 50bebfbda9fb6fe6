"""What programs are answered is kept like what the page answers; what becomes of it never costs anybody the answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client
from records_postgres import Watch, opened
from web_fakes import GROWTH, TOPIC, TOWN, Book, FakeBot, TornBook, WritingBot
from web_server import in_a_loop, serving

from chatbot.errors import SetupError
from chatbot.present import as_json
from chatbot.web.ledger import RecordsLedger
from chatbot.web.server import Doors
from chatbot.web.staff.receipts import PastAnswers
from chatbot.web.staff.texts import StaffTexts
from chatbot.web.texts import Texts

QUESTION = "去年地区生产总值增长多少？"
UNKNOWN = "没有人教过的问题"
BEFORE = [{"role": "user", "content": "先问"}, {"role": "assistant", "content": "先答"}]
GIVEN = json.loads(json.dumps(as_json(GROWTH)))


def gradio(url: str, endpoint: str, *arguments: Any) -> Any:
    (answer,) = httpx.post(f"{url}/gradio_api/run/{endpoint}", json={"data": arguments}).json()["data"]
    return answer


def by_gradio(url: str, question: str) -> Any:
    return gradio(url, "ask", question, [["先问", "先答"]], [TOWN.id], "extractive")


def by_completions(url: str, question: str, stream: bool = False) -> httpx.Response:
    messages = [*BEFORE, {"role": "user", "content": question}]
    body = {"model": "zhengwen-extractive", "messages": messages, "report_ids": [TOWN.id], "stream": stream}
    return httpx.post(f"{url}/v1/chat/completions", json=body, timeout=20)


def whole(url: str, question: str) -> Any:
    answer = by_completions(url, question).json()
    return answer["choices"][0]["message"]["zhengwen"] if "choices" in answer else None


def stream(url: str, question: str) -> Any:
    chunks = by_completions(url, question, stream=True).text.split("\n\n")
    return json.loads(chunks[-3].removeprefix("data: "))["zhengwen"] if len(chunks) > 2 else None


def tool(url: str, question: str) -> Any:
    async def call() -> str:
        async with streamable_http_client(f"{url}/mcp") as (read, write, _), ClientSession(read, write) as session:
            await session.initialize()
            arguments = {"message": question, "report_ids": [TOWN.id], "mode": "extractive"}
            result = await session.call_tool("ask", arguments)
            return "null" if result.isError else result.content[0].text

    return json.loads(in_a_loop(call()))


Way = Callable[[str, str], Any]
HISTORIES = {by_gradio: (("先问", "先答"),), whole: (("先问", "先答"),), stream: (("先问", "先答"),), tool: ()}
ways = pytest.mark.parametrize("ask", HISTORIES, ids=["/ask", "/v1", "/v1 streamed", "mcp"])


class Locked(Book):
    """A ledger whose database is out of order."""

    def keep(self, *_: object) -> str:
        raise SetupError("记录数据库暂时用不了", "请检查磁盘空间")


@pytest.fixture(scope="module")
def book() -> Book:
    return Book()


@pytest.fixture(scope="module")
def address(book: Book) -> Iterator[str]:
    with serving(WritingBot(), Doors(mcp=True), book) as url:
        yield url


@ways
def test_an_answer_is_kept_with_what_a_replay_needs(address: str, book: Book, ask: Way) -> None:
    before = len(book.kept)
    answer = ask(address, QUESTION)
    ((door, asked, kept, setting),) = book.kept[before:]
    assert (door, asked) == ("api", QUESTION)
    assert json.loads(json.dumps(kept))["answer"] == answer["answer"] == GIVEN["answer"]
    assert setting == {"history": HISTORIES[ask], "report_ids": [TOWN.id], "mode": "extractive"}


@ways
def test_an_error_is_not_kept(address: str, book: Book, ask: Way) -> None:
    before = len(book.kept)
    ask(address, UNKNOWN)
    assert book.kept[before:] == []


def test_a_brief_is_not_kept(address: str, book: Book) -> None:
    """It could not be asked again as a question."""
    before = len(book.kept)
    assert gradio(address, "brief", TOPIC, [], "auto")["status"] == "answered"
    assert book.kept[before:] == []


@ways
@pytest.mark.parametrize("ledger", [None, TornBook(), Locked()], ids=["none", "torn", "locked"])
def test_without_a_ledger_that_works_the_answer_is_given_all_the_same(ask: Way, ledger: Book | None) -> None:
    with serving(FakeBot(), Doors(mcp=True), ledger) as url:
        assert ask(url, QUESTION)["answer"] == GROWTH.text


@ways
def test_the_staff_find_it_among_the_past_answers(tmp_path: Path, ask: Way) -> None:
    with opened("sqlite", tmp_path, Watch()) as records:
        with serving(FakeBot(), Doors(mcp=True), RecordsLedger(records)) as url:
            ask(url, QUESTION)
        past = PastAnswers(FakeBot(), records.receipts, StaffTexts.of(), Texts.of())
        ((_, id),) = past.search("", "", "").choices["choices"]
        assert "由接口给出" in past.open(id)[0] and "没有变化" in past.replay(id)
