"""The door to language models, against a real server that speaks their protocol well or badly."""

from __future__ import annotations

import re
import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from threading import Thread
from threading import enumerate as running
from time import monotonic, sleep

import httpx2
import langchain_openai  # noqa: F401  # slow to import; no limit of a test is to be spent on it
import pytest
from langchain_core.messages import HumanMessage
from pydantic import SecretStr

from chatbot.bounded import EndlessResponse, bounded
from chatbot.models import FAILURES, LONGEST_ANSWER, Limits, ModelFailure, OpenAIModel, Usage, open_model
from chatbot.settings import Settings
from eval.scripted.faulty import faults_of
from eval.scripted.reply import PIECE, Reply
from eval.scripted.server import ScriptedServer, serving

SAID = "轨道交通三号线开通运营，新增里程21公里。[Ea1b2c3]"
KEY = "sk-secret-of-the-tests"
FAULTS = faults_of(SAID)
QUICK = Limits(connect=0.3, first=0.3, whole=0.6)  # seconds; for what fails by being late
PATIENT = Limits(connect=10, first=10, whole=20)
MARGIN = 0.5  # seconds that a busy machine may add
LATE, CUT, ENDLESS, UNREADABLE = "迟迟没有", "中途断了", "没完没了", "读不懂"
REASONS = (
    {
        "key_refused": "拒绝了密钥（401）",
        "forbidden": "拒绝了密钥（403）",
        "not_found": "没有这个模型，或地址不对（404）",
        "busy": LATE,  # it may try again in a second, which is more than there is
        "busy_for_long": "太忙（429）",
        "broken": "出错（500）",
        "overloaded": "出错（503）",
        "silent": LATE,
        "hesitant": LATE,
        "hung_up": CUT,
        "cut": CUT,
        "no_end": CUT,
        "empty": "什么也没有回答",
        "blank": "什么也没有回答",
        "too_long": ENDLESS,
        "endless_text": "没能按时答完",
        "endless_nothing": LATE,
        "endless_comments": LATE,
        "endless_line": LATE,
        "endless_error": LATE,
    }
    | {name: UNREADABLE for name in FAULTS if name.startswith(("no_", "web_", "usage_", "error_"))}
    | {"no_end": CUT}
)
TIMELY = [name for name, reason in REASONS.items() if reason not in (LATE, "没能按时答完")]


@pytest.fixture(scope="module")
def server() -> Iterator[ScriptedServer]:
    with serving(()) as running:
        yield running


@dataclass
class Told:
    """What came of one call."""

    pieces: list[str] = field(default_factory=list)
    usage: Usage = field(default_factory=Usage)
    failure: str = ""
    seconds: float = 0.0


def a_model(url: str, limits: Limits = PATIENT, rest: float = 60.0, key: str = KEY) -> OpenAIModel:
    return OpenAIModel(url, "small-model", SecretStr(key), limits, rest)


def told(model: OpenAIModel) -> Told:
    found, started = Told(), monotonic()
    try:
        for piece in model.stream([HumanMessage("里程多少？")], found.usage):
            found.pieces.append(piece)
    except ModelFailure as failure:
        found.failure = str(failure)
    found.seconds = monotonic() - started
    return found


def readers() -> set[Thread]:
    return {thread for thread in running() if "_read" in thread.name}


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def test_an_answer_comes_piece_by_piece_as_it_is_written(server: ScriptedServer):
    server.play([Reply(SAID, token_delay=0.03)])
    arrived = [monotonic() for _ in a_model(server.url).stream([HumanMessage("里程多少？")], Usage())]
    assert len(arrived) == -(-len(SAID) // PIECE)
    assert arrived[-1] - arrived[0] > 0.03 * len(arrived) / 2


def test_the_answer_is_whole_and_its_cost_is_counted(server: ScriptedServer):
    server.play([Reply(SAID, usage=(300, 21))])
    answer = told(a_model(server.url))
    assert ("".join(answer.pieces), answer.failure) == (SAID, "")
    assert answer.usage == Usage(calls=1, prompt_tokens=300, answer_tokens=21)


def test_the_costs_of_several_calls_add_up(server: ScriptedServer):
    server.play([Reply(SAID, usage=(300, 21)), Reply(SAID, usage=(40, 2))])
    model, usage = a_model(server.url), Usage()
    for _ in range(2):
        assert "".join(model.stream([HumanMessage("里程多少？")], usage)) == SAID
    assert usage == Usage(calls=2, prompt_tokens=340, answer_tokens=23)


def test_a_cost_that_is_not_told_is_none(server: ScriptedServer):
    server.play([Reply(SAID)])
    assert told(a_model(server.url)).usage == Usage(calls=1, prompt_tokens=None, answer_tokens=None)


def test_the_request_holds_model_key_question_and_limits(server: ScriptedServer):
    server.play([Reply(SAID)])
    told(a_model(server.url))
    (call,) = server.calls
    assert (call.prompt, call.key, call.stream, call.wants_usage) == ("里程多少？", KEY, True, True)
    assert (call.body["model"], call.body["temperature"]) == ("small-model", 0)
    assert LONGEST_ANSWER in (call.body.get("max_tokens"), call.body.get("max_completion_tokens"))


def test_every_fault_has_a_reason_here():
    assert set(REASONS) == set(FAULTS)


@pytest.mark.parametrize("name", FAULTS)
def test_every_fault_is_a_failure_in_time_with_a_chinese_reason_and_no_secret(server: ScriptedServer, name: str):
    server.play(lambda _: FAULTS[name])
    failed = told(a_model(server.url, PATIENT if name in TIMELY else QUICK))
    assert REASONS[name] in failed.failure
    assert not re.search(r"[A-Za-z]{2}|127\.0\.0\.1|://", failed.failure)
    assert failed.usage.calls == 1
    assert failed.seconds < (5 if name in TIMELY else QUICK.whole + MARGIN)


def test_the_first_token_is_waited_for_no_longer_than_its_limit(server: ScriptedServer):
    server.play(lambda _: Reply(SAID, first_delay=3))
    assert 0.3 <= told(a_model(server.url, Limits(1, 0.3, 5))).seconds < 0.3 + MARGIN


def test_the_whole_answer_is_waited_for_no_longer_than_its_limit(server: ScriptedServer):
    server.play(lambda _: Reply(SAID * 10, token_delay=0.05))
    slow = told(a_model(server.url, Limits(1, 1, 0.5)))
    assert slow.pieces
    assert slow.failure == "模型没能按时答完"
    assert 0.5 <= slow.seconds < 0.5 + MARGIN


def test_pieces_that_come_within_the_limits_are_waited_for(server: ScriptedServer):
    server.play([Reply("里程21公里。", first_delay=0.2, token_delay=0.2)])
    assert "".join(told(a_model(server.url, Limits(1, 0.8, 5))).pieces) == "里程21公里。"


@pytest.mark.skipif(sys.platform != "linux", reason="other systems answer for a listener with a full queue")
def test_a_connection_is_waited_for_no_longer_than_its_limit():
    with socket.socket() as listener, socket.socket() as first, socket.socket() as second:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for waiting in (first, second):  # they fill the queue: whoever comes next is not heard
            waiting.setblocking(False)
            waiting.connect_ex(listener.getsockname())
        port = listener.getsockname()[1]
        failed = told(a_model(f"http://127.0.0.1:{port}/v1", Limits(connect=0.3, first=5, whole=5)))
    assert failed.failure == "连不上模型服务"
    assert failed.seconds < 0.3 + MARGIN


def test_nobody_at_the_port_is_told_at_once():
    failed = told(a_model(f"http://127.0.0.1:{closed_port()}/v1"))
    assert failed.failure == "连不上模型服务"
    assert failed.seconds < 2


@pytest.mark.parametrize("key", ["钥匙", "sk-1\nsk-2"], ids=["not ascii", "two lines"])
def test_a_key_that_cannot_be_sent_is_told(server: ScriptedServer, key: str):
    server.play(())
    assert told(a_model(server.url, key=key)).failure == "请求发不出去：密钥里有不能用的字符"


def test_without_a_key_the_request_is_sent_all_the_same(server: ScriptedServer):
    server.play([Reply(SAID)])
    assert told(a_model(server.url, key="")).failure == ""


@pytest.mark.parametrize(
    "first",
    [Reply(status=503), Reply(status=429, headers=(("Retry-After", "0.1"),)), Reply(SAID, cut_after=0)],
    ids=["overloaded", "busy for a moment", "hung up"],
)
def test_what_may_pass_is_tried_once_more(server: ScriptedServer, first: Reply):
    server.play([first, Reply(SAID)])
    answer = told(a_model(server.url))
    assert ("".join(answer.pieces), answer.failure) == (SAID, "")


@pytest.mark.parametrize("name", ["key_refused", "not_found", "busy_for_long", "cut", "no_json", "empty"])
def test_what_will_not_pass_is_not_tried_again(server: ScriptedServer, name: str):
    server.play(lambda _: FAULTS[name])
    assert told(a_model(server.url)).seconds < 2
    assert len(server.calls) == 1


def test_no_second_try_for_a_listener_who_has_gone(server: ScriptedServer):
    server.play(lambda _: Reply(status=503))
    told(a_model(server.url, Limits(1, 0.2, 0.2)))
    sleep(0.8)
    assert len(server.calls) == 1


@pytest.mark.parametrize("name", ["silent", "hesitant", "busy", "endless_text", "endless_comments", "endless_line"])
def test_no_thread_goes_on_for_long_after_the_failure(server: ScriptedServer, name: str):
    before = readers()
    server.play(lambda _: FAULTS[name])
    told(a_model(server.url, Limits(0.2, 0.2, 0.4)))
    for reader in readers() - before:
        reader.join(0.2 + 0.4 + 2 * MARGIN)
    assert readers() <= before


def test_no_thread_goes_on_after_an_early_close(server: ScriptedServer):
    before = readers()
    server.play(lambda _: Reply(SAID * 10, token_delay=0.02))
    stream = a_model(server.url).stream([HumanMessage("里程多少？")], Usage())
    next(stream)
    stream.close()
    for reader in readers() - before:
        reader.join(2 * MARGIN)
    assert readers() <= before


def test_after_three_failures_the_endpoint_is_left_alone(server: ScriptedServer):
    server.play(lambda _: Reply(status=401))
    model = a_model(server.url)
    reasons = [told(model).failure for _ in range(FAILURES + 2)]
    assert reasons[:FAILURES] == ["模型服务拒绝了密钥（401）"] * FAILURES
    assert set(reasons[FAILURES:]) == {"模型服务连续失败，暂停使用，稍后自动再试"}
    assert len(server.calls) == FAILURES


def test_a_call_that_is_not_made_is_not_counted(server: ScriptedServer):
    server.play(lambda _: Reply(status=401))
    model = a_model(server.url)
    assert [told(model).usage.calls for _ in range(FAILURES + 1)] == [1] * FAILURES + [0]


@pytest.mark.parametrize(("then", "calls"), [(Reply(SAID), 3), (Reply(status=401), 1)], ids=["well again", "still ill"])
def test_after_a_rest_one_call_decides(server: ScriptedServer, then: Reply, calls: int):
    server.play(lambda _: Reply(status=401))
    model = a_model(server.url, rest=0.3)
    for _ in range(FAILURES):
        told(model)
    sleep(0.35)
    server.play(lambda _: then)
    for _ in range(3):
        told(model)
    assert len(server.calls) == calls


def test_an_answer_in_between_clears_the_count(server: ScriptedServer):
    bad = Reply(status=401)
    server.play([bad, bad, Reply(SAID), bad, bad, Reply(SAID)])
    model = a_model(server.url)
    assert [bool(told(model).failure) for _ in range(6)] == [True, True, False, True, True, False]


def test_a_listener_who_goes_away_says_nothing_against_the_endpoint(server: ScriptedServer):
    server.play(lambda _: Reply(SAID))
    model = a_model(server.url)
    for _ in range(FAILURES + 1):
        stream = model.stream([HumanMessage("里程多少？")], Usage())
        next(stream)
        stream.close()
    assert "".join(told(model).pieces) == SAID


def test_a_model_that_talks_nonsense_is_left_alone_too(server: ScriptedServer):
    server.play(lambda _: FAULTS["no_json"])
    model = a_model(server.url)
    for _ in range(FAILURES + 2):
        told(model)
    assert len(server.calls) == FAILURES


def test_calls_at_the_same_time_do_not_mix(server: ScriptedServer):
    server.play(lambda call: Reply(call.prompt * 20, token_delay=0.01))
    model = a_model(server.url)
    streams = {words: model.stream([HumanMessage(words)], Usage()) for words in ("甲乙", "丙丁")}
    firsts = {words: next(stream) for words, stream in streams.items()}
    assert {words: firsts[words] + "".join(streams[words]) for words in streams} == {w: w * 20 for w in streams}


@pytest.mark.parametrize(("seconds", "longest"), [(60, 200_000), (0.2, 10**9)], ids=["by its size", "by its time"])
def test_an_endless_body_is_ended(server: ScriptedServer, seconds: float, longest: int):
    server.play(lambda _: FAULTS["endless_line"])
    body = {"messages": [{"role": "user", "content": "里程多少？"}]}
    hooks, started = {"response": [bounded(seconds, longest)]}, monotonic()
    with httpx2.Client(event_hooks=hooks) as client, pytest.raises(EndlessResponse):
        client.post(f"{server.url}/chat/completions", json=body)
    assert monotonic() - started < 5


@pytest.mark.parametrize(
    ("given", "there"),
    [
        ({}, False),
        ({"openai_model": "m"}, False),
        ({"openai_base_url": "http://127.0.0.1:1/v1"}, False),
        ({"openai_base_url": "http://127.0.0.1:1/v1", "openai_model": "m"}, True),
        ({"openai_api_key": "k", "openai_model": "m"}, True),
    ],
    ids=["nothing", "name alone", "address alone", "address and name", "key and name"],
)
def test_a_model_is_there_when_it_has_a_name_and_a_place(given: dict[str, str], there: bool):
    empty = {"openai_base_url": "", "openai_api_key": "", "openai_model": ""}
    model = open_model(Settings(_env_file=None, **(empty | given)))
    assert (model is not None) is there


def test_the_limits_are_those_of_the_settings(server: ScriptedServer):
    server.play(lambda _: Reply(SAID, first_delay=3))
    settings = Settings(_env_file=None, openai_base_url=server.url, openai_model="m", model_first_seconds=0.2)
    model = open_model(settings)
    assert model is not None
    assert told(model).seconds < 0.2 + MARGIN
