"""`/v1`: the official client of OpenAI can ask, with and without a stream; whatever is sent, an error is one line."""

from __future__ import annotations

import asyncio
import json
import random
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import httpx
import openai
import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from web_fakes import GROWTH, SILENT, TOWN, FakeBot, WritingBot
from web_server import in_a_loop, serving, serving_app

from chatbot.bot import Bot
from chatbot.chain import Writer
from chatbot.errors import IndexMissing, SetupError, UpstreamError, ZhengwenError
from chatbot.models import OpenAIModel
from chatbot.present import as_json
from chatbot.types import Answer
from chatbot.web.api_docs import Described
from chatbot.web.completions import add_completions, further
from chatbot.web.gate import LARGEST_BODY
from chatbot.web.protocol import MODES, AnswerObject, sound
from chatbot.web.server import Doors
from chatbot.web.service import Service
from chatbot.web.texts import Texts
from chatbot.web.turns import Turns
from eval.scripted.reading import evidence
from eval.scripted.reply import Message, Reply
from eval.scripted.server import serving as scripted
from vectorstore.retrieve import ReportRetriever

QUESTION = "去年地区生产总值增长多少？"
ZH = Texts.of("zh")
KEY = "密钥-1"
WAIT = 20  # seconds until a test that hangs gives up
User = list[dict[str, Any]]


def user(question: str = QUESTION) -> User:
    return [{"role": "user", "content": question}]


def told(answer: Answer) -> dict[str, Any]:
    """The contract's object as it comes out of JSON."""
    return json.loads(json.dumps(as_json(answer)))


@pytest.fixture(scope="module")
def bot() -> FakeBot:
    return FakeBot()


@pytest.fixture(scope="module")
def address(bot: FakeBot) -> Iterator[str]:
    with serving(bot) as url:
        yield url


@pytest.fixture(scope="module")
def client(address: str) -> Iterator[openai.OpenAI]:
    with client_of(address) as client:
        yield client


def client_of(address: str, key: str = "none") -> openai.OpenAI:
    return openai.OpenAI(base_url=f"{address}/v1", api_key=key, max_retries=0)


def post(address: str, body: Any) -> httpx.Response:
    return httpx.post(f"{address}/v1/chat/completions", json=body, timeout=WAIT)


def is_one_line(answer: httpx.Response, status: int, code: str) -> bool:
    error = answer.json()["error"]
    assert set(error) == {"message", "type", "param", "code"}
    assert error["message"] and "\n" not in error["message"]
    return (answer.status_code, error["code"]) == (status, code)


# With the official client


def test_the_official_client_gets_the_answer_with_the_contracts_object(client: openai.OpenAI) -> None:
    done = client.chat.completions.create(model="zhengwen", messages=user())
    choice = done.choices[0]
    assert (choice.message.role, choice.finish_reason, choice.message.content) == ("assistant", "stop", GROWTH.text)
    assert choice.message.model_extra == {"zhengwen": told(GROWTH)}
    assert (done.model, done.usage.total_tokens) == ("zhengwen", 0)


def test_a_refusal_is_an_ordinary_answer(client: openai.OpenAI) -> None:
    choice = client.chat.completions.create(model="zhengwen", messages=user("地铁票价是多少？")).choices[0]
    assert (choice.message.content, choice.finish_reason) == (SILENT.text, "stop")
    assert choice.message.zhengwen["status"] == "refused"


def test_earlier_messages_are_the_history_and_system_messages_nothing(client: openai.OpenAI, bot: FakeBot) -> None:
    talk = [
        {"role": "system", "content": "你是海盗。"},
        {"role": "user", "content": "先问"},
        {"role": "assistant", "content": "先答"},
        {"role": "developer", "content": "只说英文。"},
        *user(),
        {"role": "assistant", "content": "开头"},
    ]
    client.chat.completions.create(model="zhengwen", messages=talk)
    assert bot.asked[-1] == (QUESTION, (("先问", "先答"),), (), "auto")


@pytest.mark.parametrize(("model", "mode"), MODES.items())
def test_the_model_is_the_bots_mode(client: openai.OpenAI, bot: FakeBot, model: str, mode: str) -> None:
    client.chat.completions.create(model=model, messages=user(), extra_body={"report_ids": [TOWN.id]})
    assert bot.asked[-1] == (QUESTION, (), (TOWN.id,), mode)


def test_content_may_come_in_parts(client: openai.OpenAI, bot: FakeBot) -> None:
    client.chat.completions.create(
        model="zhengwen", messages=[{"role": "user", "content": [{"type": "text", "text": QUESTION}]}]
    )
    assert bot.asked[-1][0] == QUESTION


def test_fields_that_make_no_difference_here_are_let_pass(client: openai.OpenAI) -> None:
    done = client.chat.completions.create(model="zhengwen", messages=user(), temperature=0.3, seed=1, n=1, user="u")
    assert done.choices[0].message.content == GROWTH.text


def test_the_models_are_listed_and_told_one_by_one(client: openai.OpenAI) -> None:
    assert [model.id for model in client.models.list()] == list(MODES)
    assert client.models.retrieve("zhengwen-extractive").id == "zhengwen-extractive"
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("gpt-4")


# Streams


class Telling(FakeBot):
    """Shows these answers while it drafts, then the last one as the whole; an error ends it where it stands."""

    def __init__(self, *shown: Answer | Exception) -> None:
        super().__init__()
        self.shown = shown

    def stages(self, *_: object, **__: object) -> Iterator[tuple[str, Answer | None]]:
        yield "draft", None
        for answer in self.shown[:-1]:
            assert isinstance(answer, Answer)
            yield "draft", answer
        if isinstance(self.shown[-1], Exception):
            raise self.shown[-1]
        yield "done", self.shown[-1]


def saying(*sentences: str, note: str = "") -> Answer:
    return Answer("answered", sentences, note=note, mode="model")


def streamed(bot: FakeBot, **more: Any) -> list[Any]:
    with serving(bot) as url, client_of(url) as client:
        return list(client.chat.completions.create(model="zhengwen", messages=user(), stream=True, **more))


def pieces(chunks: Sequence[Any]) -> list[str]:
    return [c.choices[0].delta.content for c in chunks if c.choices and c.choices[0].delta.content]


@pytest.mark.parametrize("bot", [FakeBot, WritingBot])
def test_a_stream_is_the_answer_and_its_end_has_the_object(bot: type[FakeBot]) -> None:
    chunks = streamed(bot())
    assert "".join(pieces(chunks)) == GROWTH.text
    assert [c.choices[0].finish_reason for c in chunks] == [None] * (len(chunks) - 1) + ["stop"]
    assert chunks[0].choices[0].delta.role == "assistant"
    assert chunks[-1].zhengwen["citations"] == told(GROWTH)["citations"]
    assert [c for c in chunks[:-1] if "zhengwen" in c.model_extra] == []


def test_sentences_come_one_by_one_each_as_it_stands() -> None:
    assert pieces(streamed(WritingBot())) == [GROWTH.sentences[0], "\n" + GROWTH.sentences[1]]


def test_usage_comes_in_a_last_chunk_when_it_is_wanted() -> None:
    model = {"prompt_tokens": 400, "answer_tokens": 40}
    chunks = streamed(Telling(replace(GROWTH, receipt=(("model", model),))), stream_options={"include_usage": True})
    assert chunks[-1].choices == [] and chunks[-2].choices[0].finish_reason == "stop"
    assert (chunks[-1].usage.prompt_tokens, chunks[-1].usage.total_tokens) == (400, 440)


@pytest.mark.parametrize(
    "shown",
    [
        [saying("甲。"), saying("乙。", "甲。"), saying("甲。", "乙。")],
        [saying("甲。"), saying("甲。", "丙。"), saying("甲。", "丙。", note="另见。")],
        [saying("甲。", note="还会变"), saying("甲。", "乙。", note="变了")],
        [saying(), saying("甲。")],
    ],
    ids=["reordered", "grown", "note", "nothing yet"],
)
def test_what_was_sent_is_never_taken_back(shown: list[Answer]) -> None:
    chunks = streamed(Telling(*shown))
    assert "".join(pieces(chunks)) == shown[-1].text


def test_a_stream_whose_answer_turned_out_different_ends_in_an_error() -> None:
    with pytest.raises(openai.APIError, match=ZH.api.changed):
        streamed(Telling(saying("甲。"), saying("乙。")))


def test_an_error_after_the_first_sentence_is_an_event_of_the_stream() -> None:
    with pytest.raises(openai.APIError, match="断了"):
        streamed(Telling(saying("甲。"), UpstreamError("断了")))


def test_an_error_before_the_first_sentence_has_its_own_http_status() -> None:
    with pytest.raises(openai.APIStatusError) as caught:
        streamed(Telling(IndexMissing("索引损坏了", "请执行 python -m vectorstore build")))
    assert caught.value.status_code == 503 and "vectorstore build" in str(caught.value)


def test_only_what_goes_on_from_what_was_sent_is_sent() -> None:
    assert further("甲。", saying("甲。", "乙。", note="注")) == "\n乙。"
    assert further("甲。", saying("乙。", "甲。")) == further("甲。", saying()) == ""


# Errors


def failing(error: ZhengwenError) -> FakeBot:
    class Failing(FakeBot):
        def ask(self, *_: object, **__: object) -> Answer:
            raise error

    return Failing()


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"model": "gpt-4"}, 404, "model_not_found"),
        ({"model": "x\n" * 500}, 404, "model_not_found"),
        ({"report_ids": ["nowhere"]}, 404, "report_not_found"),
        ({"report_ids": "town-2024"}, 400, "invalid_value"),
        ({"messages": []}, 400, "invalid_value"),
        ({"messages": [{"role": "system", "content": QUESTION}]}, 400, "invalid_value"),
        ({"messages": [{"role": "tool", "content": QUESTION}]}, 400, "invalid_value"),
        ({"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {}}]}]}, 400, "invalid_value"),
        ({"messages": [{"role": "user", "content": {"text": QUESTION}}]}, 400, "invalid_value"),
        ({"n": 2}, 400, "invalid_value"),
        ({"messages": user("没有人教过的问题")}, 500, "internal_error"),
    ],
)
def test_what_cannot_be_asked_is_told_in_one_line(
    address: str, stream: bool, change: dict[str, Any], status: int, code: str
) -> None:
    answer = post(address, {"model": "zhengwen", "messages": user(), "stream": stream} | change)
    assert is_one_line(answer, status, code)


def test_a_wrong_field_is_named_and_its_value_is_not(address: str) -> None:
    answer = post(address, {"model": "zhengwen", "messages": [{"role": "pirate", "content": QUESTION}]})
    assert "messages.0.role" in answer.text and "pirate" not in answer.text


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (SetupError("还没有配置模型", "请设置 OPENAI_MODEL"), 503, "not_ready"),
        (UpstreamError("服务没有回应"), 502, "upstream_failed"),
    ],
)
def test_errors_of_the_bot_have_the_status_of_their_kind(error: ZhengwenError, status: int, code: str) -> None:
    with serving(failing(error)) as url:
        answer = post(url, {"model": "zhengwen", "messages": user()})
    assert is_one_line(answer, status, code) and error.what in answer.text


def test_without_an_index_it_is_503_and_names_the_command() -> None:
    with serving(IndexMissing("还没有可用的索引", "请运行 `make setup`")) as url:
        for stream in (False, True):
            answer = post(url, {"model": "zhengwen", "messages": user(), "stream": stream})
            assert is_one_line(answer, 503, "not_ready") and "make setup" in answer.text


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/v1/chat/completions", 405, "method_not_allowed"),
        ("POST", "/v1/embeddings", 404, "not_found"),
        ("GET", "/v1/", 404, "not_found"),
    ],
)
def test_other_addresses_are_told_in_the_same_shape(
    address: str, method: str, path: str, status: int, code: str
) -> None:
    assert is_one_line(httpx.request(method, address + path), status, code)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "invalid_value"),
        (b"{", 400, "invalid_json"),
        (b"\xff\xfe", 400, "invalid_json"),
        (b"[" * 100_000, 400, "invalid_json"),
        (b'{"a":' * 50_000, 400, "invalid_json"),
        (b'{"x": ' + b"[" * 300 + b"]" * 300 + b"}", 400, "invalid_json"),
        (b"9" * 10_000, 400, "invalid_json"),
        (b'"' + b"x" * LARGEST_BODY + b'"', 413, "request_too_large"),
    ],
    ids=["empty", "cut", "not utf-8", "deep", "deep objects", "deep and whole", "long number", "large"],
)
def test_a_body_that_is_no_request_is_refused(address: str, body: bytes, status: int, code: str) -> None:
    answer = httpx.post(
        f"{address}/v1/chat/completions", content=body, headers={"content-type": "application/json"}, timeout=WAIT
    )
    assert is_one_line(answer, status, code)


def test_a_large_body_is_refused_even_if_its_size_was_not_announced(address: str) -> None:
    def parts() -> Iterator[bytes]:
        for _ in range(LARGEST_BODY // 1024 + 1):
            yield b"x" * 1024

    answer = httpx.post(f"{address}/v1/chat/completions", content=parts(), timeout=WAIT)
    assert is_one_line(answer, 413, "request_too_large")


def test_a_form_of_another_site_is_no_request(address: str) -> None:
    """A browser sends text/plain to any host without asking it first."""
    body = json.dumps({"model": "zhengwen", "messages": user()})
    answer = httpx.post(f"{address}/v1/chat/completions", content=body, headers={"content-type": "text/plain"})
    assert answer.status_code == 400


# The key


@pytest.fixture(scope="module")
def locked() -> Iterator[str]:
    with serving(FakeBot(), Doors(key=KEY)) as url:
        yield url


@pytest.mark.parametrize(
    "header",
    [None, "", "Bearer", "Bearer wrong", f"Basic {KEY}", KEY, f"Bearer {KEY}x", f"Bearer {KEY[:-1]}"],
)
@pytest.mark.parametrize("path", ["/v1/models", "/v1/models/zhengwen", "/v1/nothing", "/v1/nothing/docs"])
def test_where_a_key_is_set_nothing_goes_without_it(locked: str, path: str, header: str | None) -> None:
    headers = {} if header is None else {"authorization": header.encode()}
    answer = httpx.get(locked + path, headers=headers)
    assert is_one_line(answer, 401, "invalid_api_key") and answer.headers["www-authenticate"] == "Bearer"


def test_no_question_is_answered_without_the_key(locked: str) -> None:
    assert is_one_line(post(locked, {"model": "zhengwen", "messages": user()}), 401, "invalid_api_key")


def test_with_the_key_it_answers(locked: str) -> None:
    body = {"model": "zhengwen", "messages": user()}
    answer = httpx.post(f"{locked}/v1/chat/completions", json=body, headers={"authorization": f"bearer {KEY}".encode()})
    assert answer.json()["choices"][0]["message"]["content"] == GROWTH.text


def test_the_official_client_sends_its_key() -> None:
    with serving(FakeBot(), Doors(key="sk-1")) as url:
        with client_of(url, "sk-1") as client:
            assert client.chat.completions.create(model="zhengwen", messages=user()).choices
        with client_of(url, "sk-2") as client, pytest.raises(openai.AuthenticationError):
            client.models.list()


def test_the_documents_and_the_page_need_no_key(locked: str) -> None:
    assert [httpx.get(locked + path).status_code for path in ("/v1/docs", "/v1/openapi.json", "/")] == [200] * 3


# Turns


class Slow(WritingBot):
    """Stops in the middle until it is let go; says when it has been asked, and when its walk was closed."""

    def __init__(self) -> None:
        super().__init__()
        self.begun, self.go_on, self.closed = threading.Event(), threading.Event(), threading.Event()

    def ask(self, *args: Any, **more: Any) -> Answer:
        self.begun.set()
        assert self.go_on.wait(WAIT)
        return super().ask(*args, **more)

    def stages(self, *_: object, **__: object) -> Iterator[tuple[str, Answer | None]]:
        try:
            yield "draft", replace(GROWTH, sentences=GROWTH.sentences[:1])
            assert self.go_on.wait(WAIT)
            for _ in range(1000):  # more than a connection holds
                yield "draft", replace(GROWTH, sentences=GROWTH.sentences[:1])
            yield "done", GROWTH
        finally:
            self.closed.set()


def small(bot: FakeBot, waiting: int = 0) -> FastAPI:
    """An app that answers one at a time."""
    app = FastAPI()
    add_completions(app, Service(bot, ZH, Turns(1, waiting, ZH.api.busy)), "", Described())
    return app


def asked_at_once(bot: Slow, times: int, waiting: int) -> list[httpx.Response]:
    """The answers to questions that come while the first is in work, which is let go when all have come."""

    async def ask() -> list[httpx.Response]:
        transport = httpx.ASGITransport(small(bot, waiting))
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            body = {"model": "zhengwen", "messages": user()}
            calls = [asyncio.create_task(client.post("/v1/chat/completions", json=body)) for _ in range(times)]
            await asyncio.to_thread(bot.begun.wait, WAIT)
            await asyncio.wait(calls, return_when=asyncio.FIRST_COMPLETED)
            bot.go_on.set()
            return await asyncio.gather(*calls)

    return in_a_loop(ask())


def test_who_finds_no_place_to_wait_is_sent_away_and_told_when_to_come_back() -> None:
    answers = asked_at_once(Slow(), times=4, waiting=2)
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert is_one_line(answers[-1], 429, "too_many_requests") and answers[-1].headers["retry-after"] == "1"


def test_a_reader_who_leaves_gives_the_turn_back_and_ends_the_walk() -> None:
    bot = Slow()
    with serving_app(lambda: small(bot)) as url:
        body = {"model": "zhengwen", "messages": user(), "stream": True}
        with httpx.stream("POST", f"{url}/v1/chat/completions", json=body, timeout=WAIT) as answer:
            assert GROWTH.sentences[0] in next(answer.iter_lines())
            assert is_one_line(post(url, body), 429, "too_many_requests")
        bot.go_on.set()
        assert bot.closed.wait(WAIT)
        assert post(url, body | {"stream": False}).status_code == 200


# Hostile bodies


class Anyone(WritingBot):
    """Answers whatever is asked."""

    def ask(self, message: str, *args: Any, **more: Any) -> Answer:
        return super().ask("地铁票价是多少？", *args, **more)


_ODD: tuple[Any, ...] = (
    None, True, 0, -1, 1e308, float("nan"), 10**400, "", "\x00", "\ud800", "𠮷" * 300, "'; DROP TABLE reports; --",
    "<script>alert(1)</script>", "\u202e反", [], {}, [[]], [None], {"role": "user"},
    [{"role": "user", "content": "问"}],
    {"$ref": "#"}, "zhengwen", ["town-2024"], ["../../etc/passwd"], {"include_usage": True}, "问" * 5000,
)  # fmt: skip
_FIELDS = ("model", "messages", "stream", "stream_options", "n", "report_ids", "temperature", "tools", "__class__")


def hostile(seed: int) -> bytes:
    """A body that is nearly a request: some fields odd, some messages odd, at times cut or spoilt."""
    dice = random.Random(seed)
    body: dict[str, Any] = {"model": dice.choice(list(MODES)), "messages": user(), "stream": dice.random() < 0.5}
    for _ in range(dice.randrange(1, 3)):
        body[dice.choice(_FIELDS)] = dice.choice(_ODD)
    if dice.random() < 0.3:
        role = dice.choice(("user", "assistant", "system", *_ODD))
        body["messages"] = [*user(), {"role": role, "content": dice.choice(_ODD)}, *dice.choices(_ODD, k=2)][
            : dice.randrange(5)
        ]
    data = json.dumps(body).encode()
    if dice.random() < 0.2:
        place = dice.randrange(len(data))
        data = dice.choice((data[:place], data[:place] + bytes([dice.randrange(256)]) + data[place + 1 :], data * 2))
    return data


def test_a_hundred_hostile_bodies_are_answered_or_refused_in_one_line() -> None:
    statuses = []
    with serving(Anyone()) as url, httpx.Client(base_url=url, timeout=WAIT) as client:
        for seed in range(100):
            answer = client.post(
                "/v1/chat/completions", content=hostile(seed), headers={"content-type": "application/json"}
            )
            statuses.append(answer.status_code)
            assert answer.status_code in (200, 400, 404), (seed, answer.text)
            if answer.status_code != 200:
                assert "\n" not in answer.json()["error"]["message"], seed
    assert set(statuses) == {200, 400, 404} and statuses.count(200) >= 10, "the bodies are all of one kind"


def test_half_characters_of_a_model_do_not_spoil_the_answer() -> None:
    spoilt = replace(GROWTH, receipt=(("model", {"name": "\ud800"}), ("terms", [["\udfff", ()]])))
    assert AnswerObject.of(spoilt).receipt == {"model": {"name": "?"}, "terms": [["?", []]]}
    assert sound("好") == "好"


def test_the_object_leaves_out_nothing_of_the_contract() -> None:
    assert set(AnswerObject.model_fields) == set(as_json(GROWTH))
    assert AnswerObject.of(GROWTH).model_dump() == told(GROWTH)


def test_the_real_bot_answers_with_quotes_from_its_report(town: Bot) -> None:
    with serving(town) as url, client_of(url) as client:
        for stream in (False, True):
            question = user("去年改造老旧小区多少个？")
            done = client.chat.completions.create(model="zhengwen", messages=question, stream=stream)
            said = list(done)[-1].zhengwen if stream else done.choices[0].message.zhengwen
            citation = said["citations"][0]
            text = town.text_of(citation["report_id"])
            assert "87个" in said["answer"] and text[citation["start"] : citation["end"]] == citation["quote"]


def written(messages: tuple[Message, ...]) -> str:
    """A true sentence, a lie under the same key, another true sentence."""
    lines = evidence(str(messages[-1]["content"]))
    done, planned = (next(line.key for line in lines if count in line.text) for count in ("87个", "130个"))
    return f"2030年改造老旧小区87个。[{done}]全市房价下跌42.5%。[{done}]2031年将改造老旧小区130个。[{planned}]"


def test_what_a_model_writes_is_streamed_as_far_as_it_stands(town: Bot, town_retriever: ReportRetriever) -> None:
    """The real chain, the real model client, and a model server that plays its part."""
    question = "去年改造老旧小区多少个？今年打算改造多少个？"
    with scripted(lambda call: Reply(written, usage=(400, 40))) as model:
        writer = Writer(OpenAIModel(model.url, "small-model", SecretStr("sk-1")), 4000)
        with serving(Bot(town.reports, town_retriever, town.reports[0].id, writer)) as url, client_of(url) as client:
            chunks = list(
                client.chat.completions.create(
                    model="zhengwen-model",
                    messages=user(question),
                    stream=True,
                    stream_options={"include_usage": True},
                )
            )
    assert pieces(chunks) == ["2030年改造老旧小区87个。[1]", "\n2031年将改造老旧小区130个。[2]"]
    assert "".join(pieces(chunks)) == chunks[-2].zhengwen["answer"] and len(chunks[-2].zhengwen["dropped"]) == 1
    assert (chunks[-1].usage.prompt_tokens, chunks[-1].usage.completion_tokens) == (400, 40)
