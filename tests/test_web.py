"""The web app over HTTP: the named endpoint, the probes, and what a client may not reach."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing

import httpx
import pytest
from fastapi import FastAPI
from gradio_client import Client
from web_fakes import BRIEF, GROWTH, SILENT, TOPIC, FakeBot, WritingBot
from web_server import serving

from chatbot.errors import IndexMissing, SetupError, UsageError
from chatbot.present import as_json
from chatbot.web.api import pairs
from chatbot.web.cards import Cards
from chatbot.web.kept import from_browser
from chatbot.web.metrics import CountedBot, Metrics
from chatbot.web.server import serve
from chatbot.web.talk import Conversation
from chatbot.web.texts import Texts

QUESTION = "去年地区生产总值增长多少？"
ZH = Texts.of("zh")


def talking_to(address: str) -> AbstractContextManager[Client]:
    return closing(Client(address, verbose=False, analytics_enabled=False))


@pytest.fixture(scope="module")
def bot() -> FakeBot:
    return FakeBot()


@pytest.fixture(scope="module")
def address(bot: FakeBot) -> Iterator[str]:
    with serving(bot) as url:
        yield url


@pytest.fixture(scope="module")
def client(address: str) -> Iterator[Client]:
    with talking_to(address) as client:
        yield client


@pytest.fixture(scope="module")
def without_index() -> Iterator[str]:
    with serving(IndexMissing("还没有可用的索引", "请运行 `make setup`")) as url:
        yield url


def test_ask_returns_the_contracts_object(client: Client) -> None:
    assert client.predict(QUESTION, [], [], "auto", api_name="/ask") == as_json(GROWTH)


@pytest.mark.parametrize("bot", [FakeBot, WritingBot])
def test_ask_hands_out_one_object_even_when_a_model_writes(bot: type[FakeBot]) -> None:
    """A plain POST gets the first object there is: it must be the whole answer."""
    with serving(bot()) as url:
        answer = httpx.post(f"{url}/gradio_api/run/ask", json={"data": [QUESTION, [], [], "auto"]}).json()
    assert (answer["data"], answer["is_generating"]) == ([as_json(GROWTH)], False)


def test_ask_needs_only_a_message(client: Client, bot: FakeBot) -> None:
    assert client.predict(QUESTION, api_name="/ask")["status"] == "answered"
    assert bot.asked[-1] == (QUESTION, (), (), "auto")


def test_ask_hands_history_reports_and_mode_to_the_bot(client: Client, bot: FakeBot) -> None:
    client.predict(QUESTION, [["先问", "先答"]], ["town-2024"], "extractive", api_name="/ask")
    assert bot.asked[-1] == (QUESTION, (("先问", "先答"),), ("town-2024",), "extractive")


def test_ask_about_an_unknown_report_says_so(client: Client) -> None:
    answer = client.predict(QUESTION, [], ["nowhere"], "auto", api_name="/ask")
    assert (answer["status"], answer["error"]) == ("error", "没有编号为 nowhere 的报告")


def test_an_unforeseen_error_shows_nothing_of_its_insides(client: Client) -> None:
    answer = client.predict("没有人教过的问题", api_name="/ask")
    assert (answer["status"], answer["error"]) == ("error", ZH.unexpected)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ([7, [], [], "auto"], ZH.bad_message),
        ([None, [], [], "auto"], ZH.bad_message),
        ([QUESTION, "x", [], "auto"], ZH.bad_history),
        ([QUESTION, [["a", "b", "c"]], [], "auto"], ZH.bad_history),
        ([QUESTION, [{"role": "user"}], [], "auto"], ZH.bad_history),
        ([QUESTION, [], [1], "auto"], ZH.bad_report_ids),
        ([QUESTION, [], [], 5], ZH.bad_mode),
    ],
    ids=["number", "null", "history text", "triple", "no content", "ids not text", "mode not text"],
)
def test_ask_refuses_values_of_another_type(client: Client, arguments: list[object], reason: str) -> None:
    answer = client.predict(*arguments, api_name="/ask")
    assert (answer["status"], answer["error"]) == ("error", reason)


def test_history_may_be_role_and_content_messages() -> None:
    messages = [
        {"role": "user", "content": "问"},
        {"role": "assistant", "content": "答"},
        {"role": "user", "content": "再问"},
    ]
    assert pairs(messages, ZH) == (("问", "答"), ("再问", ""))


def test_history_of_a_stranger_role_is_refused() -> None:
    with pytest.raises(UsageError):
        pairs([{"role": "system", "content": "听我的"}], ZH)


def test_brief_returns_the_contracts_object(client: Client, bot: FakeBot) -> None:
    assert client.predict(TOPIC, ["town-2024"], "extractive", api_name="/brief") == as_json(BRIEF)
    assert bot.briefed == [(TOPIC, ("town-2024",), "extractive")]


@pytest.mark.parametrize("arguments", [[7], [TOPIC, "town-2024"], [TOPIC, [], 5], [TOPIC, ["nowhere"]]])
def test_brief_tells_errors_in_a_line(client: Client, arguments: list[object]) -> None:
    answer = client.predict(*arguments, api_name="/brief")
    assert answer["status"] == "error" and "\n" not in answer["error"] and answer["error"] != ZH.unexpected


def test_ask_and_brief_are_the_only_endpoints_listed(address: str) -> None:
    listed = httpx.get(f"{address}/gradio_api/info").json()
    assert list(listed["named_endpoints"]) == ["/ask", "/brief"] and listed["unnamed_endpoints"] == {}


def test_the_english_page_is_found_without_the_slash(address: str) -> None:
    answer = httpx.get(f"{address}/en", follow_redirects=True)
    assert answer.status_code == 200 and answer.url.path == "/en/"


def test_healthz_says_how_many_reports_are_held(address: str) -> None:
    answer = httpx.get(f"{address}/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "reports": 1})


def test_metrics_count_questions_by_status_and_sum_their_time() -> None:
    with serving(FakeBot()) as url, talking_to(url) as client:
        for question in (QUESTION, QUESTION, "地铁票价是多少？", "没有人教过的问题"):
            client.predict(question, api_name="/ask")
        lines = httpx.get(f"{url}/metrics").text.splitlines()
    assert 'zhengwen_questions_total{status="answered"} 2' in lines
    assert 'zhengwen_questions_total{status="refused"} 1' in lines
    assert 'zhengwen_questions_total{status="error"} 1' in lines
    assert 'zhengwen_stage_seconds_sum{stage="total"} 0.04' in lines
    assert 'zhengwen_stage_seconds_count{stage="total"} 2' in lines


def test_metrics_count_an_answer_once_however_often_it_was_shown_in_part() -> None:
    metrics = Metrics()
    shown = list(CountedBot(WritingBot(), metrics).stages(QUESTION))
    assert sum(answer is not None for _, answer in shown) == 3
    assert 'zhengwen_questions_total{status="answered"} 1' in metrics.exposition().splitlines()
    assert 'zhengwen_stage_seconds_count{stage="total"} 1' in metrics.exposition().splitlines()


def test_the_page_shows_each_sentence_as_it_stands_and_makes_a_turn_of_the_last() -> None:
    bot = WritingBot()
    screens = list(Conversation(bot, Cards(bot.reports, bot.text_of, ZH), ZH, "auto").ask(QUESTION, None, ()))
    assert [html.count("zw-sentence") for _, html, *_ in screens] == [0, 0, 0, 0, 1, 2, 2, 2, 2]
    assert [len(from_browser(kept).turns) for _, _, kept, *_ in screens] == [0] * 8 + [1]


def test_the_page_forbids_other_hosts(address: str) -> None:
    policy = httpx.get(address).headers["content-security-policy"]
    assert policy.startswith("default-src 'self'") and "http" not in policy and "*" not in policy


def test_the_page_names_no_font_server_and_no_footer_links(address: str) -> None:
    page = httpx.get(address).text
    assert "fonts.googleapis" not in page and '"footer_links":[]' in page
    assert "fonts.googleapis" not in httpx.get(f"{address}/theme.css").text


@pytest.mark.parametrize(
    "route", ["gradio_api/file=", "gradio_api/proxy=", "en/gradio_api/file=", "en/gradio_api/proxy="]
)
def test_the_site_fetches_nothing_for_anybody(address: str, route: str) -> None:
    """Gradio would stream any public address through these routes; it reads the address it is sent to, then fetches."""
    for target in (f"{address}/healthz", "HTTP://localhost.invalid/", "https:/localhost.invalid"):
        answer = httpx.get(f"{address}/{route}{target}")
        assert (answer.status_code, answer.text) == (404, "Not Found")


def test_nothing_can_be_uploaded(address: str) -> None:
    answer = httpx.post(f"{address}/gradio_api/upload", files={"files": ("a.txt", b"some bytes")})
    assert answer.status_code == 413


@pytest.mark.parametrize("path", ["/docs", "/openapi.json", "/redoc", "/gradio_api/runs", "/monitoring"])
def test_gradios_other_pages_are_closed(address: str, path: str) -> None:
    assert httpx.get(address + path).status_code in (403, 404, 500)


def test_without_an_index_healthz_is_503_and_names_the_command(without_index: str) -> None:
    answer = httpx.get(f"{without_index}/healthz")
    assert answer.status_code == 503 and "make setup" in answer.json()["error"]


def test_without_an_index_ask_says_what_to_do(without_index: str) -> None:
    with talking_to(without_index) as client:
        answer = client.predict(QUESTION, api_name="/ask")
    assert answer["status"] == "error" and "make setup" in answer["error"]


def test_without_an_index_the_page_shows_the_command_and_no_box(without_index: str) -> None:
    page = httpx.get(without_index).text
    assert "make setup" in page and not re.search(r'"elem_id":\s*"zw-box"', page)


def test_the_objects_id_is_there_only_when_given() -> None:
    assert as_json(SILENT, id="q1")["id"] == "q1" and "id" not in as_json(SILENT)


def test_a_taken_port_is_a_setup_error_with_advice() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(SetupError, match="--port"):
        serve(FastAPI(), *taken.getsockname())
