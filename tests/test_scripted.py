"""The scripted model server, by plain HTTP and by the client that everybody uses; and its ready-made scripts."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count, islice
from random import Random
from time import monotonic, sleep

import httpx
import openai
import pytest

from chatbot.prompts import filled
from chatbot.settings import CODE_FOLDER
from eval.__main__ import main
from eval.scripted.faulty import faults_of
from eval.scripted.lies import LIES
from eval.scripted.reading import Line, evidence, history, question, which
from eval.scripted.reply import DONE, PIECE, Call, Reply
from eval.scripted.rewrites import REWRITES
from eval.scripted.scripts import NOTHING, faults, liar, parrot, reciter, repeated, slowed
from eval.scripted.server import MODEL, UNEXPECTED, ScriptedServer, serving

SAID = "新增里程21公里。[E1]"
LINES = (
    "[Ea1b2c3]（2030年，已完成）建成口袋公园41个，改造老旧小区87个。",
    "[Ed4e5f6]（2031年，目标或安排）地区生产总值增长6%左右。",
    "[E070809]坚持人民至上。",
)
ASKED = "去年建成多少个口袋公园？"
ANSWER = filled("answer", evidence="\n".join(LINES), question=ASKED)
REWRITE = filled("rewrite", history="去年建成多少个口袋公园？ / 今年呢？", question="那老旧小区呢？")
TRUE = "2030年：建成口袋公园41个，改造老旧小区87个。[Ea1b2c3]"


@pytest.fixture(scope="module")
def server() -> Iterator[ScriptedServer]:
    with serving(()) as running:
        yield running


def post(server: ScriptedServer, words: str = "在吗？", **more: object) -> httpx.Response:
    body = {"model": "m", "messages": [{"role": "user", "content": words}]} | more
    return httpx.post(f"{server.url}/chat/completions", json=body, headers={"Authorization": "Bearer sk-1"})


def streamed(server: ScriptedServer, **more: object) -> list[bytes]:
    """The parts of a stream; what came before a cut when it was cut."""
    body = {"model": "m", "stream": True, "messages": [{"role": "user", "content": "在吗？"}]} | more
    found: list[bytes] = []
    with (
        httpx.Client() as client,
        client.stream("POST", f"{server.url}/chat/completions", json=body) as response,
    ):
        try:
            found.extend(response.iter_bytes())
        except httpx.RemoteProtocolError:
            found.append(b"<cut>")
    return b"".join(found).replace(b"\n\n", b"\n\n\0").strip(b"\0").split(b"\0")


def pieces(parts: list[bytes]) -> list[str]:
    events = [json.loads(part.removeprefix(b"data: ")) for part in parts if part.startswith(b"data: {")]
    return [c["delta"]["content"] for e in events for c in e["choices"] if "content" in c["delta"]]


def a_call(prompt: str, stream: bool = True) -> Call:
    return Call(({"role": "user", "content": prompt},), {"stream": stream})


def wait_for(fact: Callable[[], bool]) -> None:
    until = monotonic() + 5
    while not fact():
        assert monotonic() < until, "it does not come true"
        sleep(0.01)


def test_a_stream_comes_in_small_pieces_and_ends_with_a_reason_and_done(server: ScriptedServer):
    server.play([Reply(SAID)])
    *parts, ending, done = streamed(server)
    assert "".join(pieces(parts)) == SAID
    assert {len(piece) for piece in pieces(parts)} <= {PIECE, len(SAID) % PIECE}
    assert json.loads(ending.removeprefix(b"data: "))["choices"][0]["finish_reason"] == "stop"
    assert done == DONE


def test_without_a_stream_the_answer_is_one_object(server: ScriptedServer):
    server.play([Reply(SAID, usage=(30, 7))])
    answer = post(server).json()
    assert answer["choices"][0]["message"]["content"] == SAID
    assert answer["usage"] == {"prompt_tokens": 30, "completion_tokens": 7, "total_tokens": 37}


@pytest.mark.parametrize(("options", "told"), [({}, False), ({"stream_options": {"include_usage": True}}, True)])
def test_a_stream_tells_the_usage_only_when_asked(server: ScriptedServer, options: dict[str, object], told: bool):
    server.play([Reply(SAID, usage=(30, 7))])
    assert any(b'"total_tokens": 37' in part for part in streamed(server, **options)) is told


def test_the_client_that_everybody_uses_understands_it(server: ScriptedServer):
    server.play([Reply(SAID), Reply(SAID)])
    with openai.OpenAI(base_url=server.url, api_key="sk-1", max_retries=0) as client:
        assert [model.id for model in client.models.list()] == [MODEL]
        asked = {"model": "m", "messages": [{"role": "user", "content": "在吗？"}]}
        assert client.chat.completions.create(**asked).choices[0].message.content == SAID
        stream = client.chat.completions.create(**asked, stream=True)
        assert "".join(chunk.choices[0].delta.content or "" for chunk in stream) == SAID


@pytest.mark.parametrize("status", [401, 429, 500, 503])
def test_a_status_comes_with_its_headers_and_the_key_in_its_complaint(server: ScriptedServer, status: int):
    server.play([Reply(status=status, headers=(("Retry-After", "7"),))])
    answer = post(server)
    assert (answer.status_code, answer.headers["Retry-After"]) == (status, "7")
    assert "sk-1" in answer.json()["error"]["message"]


def test_time_passes_before_the_first_piece_and_between_pieces(server: ScriptedServer):
    server.play([Reply("一二三四五六", first_delay=0.15, token_delay=0.05)])
    started = monotonic()
    streamed(server)
    assert 0.15 + 3 * 0.05 <= monotonic() - started < 3


@pytest.mark.parametrize(("cut_after", "came"), [(0, []), (2, ["新增", "里程"])])
def test_a_cut_stream_ends_without_an_end(server: ScriptedServer, cut_after: int, came: list[str]):
    server.play([Reply(SAID, cut_after=cut_after)])
    *parts, last = streamed(server)
    assert (pieces(parts), last) == (came, b"<cut>")


def test_an_answer_in_one_object_can_be_cut_too(server: ScriptedServer):
    server.play([Reply(SAID, cut_after=1)])
    with pytest.raises(httpx.RemoteProtocolError):
        post(server)


def test_a_stream_can_stop_without_saying_so(server: ScriptedServer):
    server.play([Reply(SAID, finish=None)])
    parts = streamed(server)
    assert "".join(pieces(parts)) == SAID
    assert not any(b"DONE" in part or b'"finish_reason": "stop"' in part for part in parts)


def test_what_is_raw_is_sent_as_it_is(server: ScriptedServer):
    server.play([Reply(raw=(b"data: {oops\n\n", b"\xff\xfe"))])
    assert post(server, stream=True).content == b"data: {oops\n\n\xff\xfe"


def test_an_endless_answer_ends_when_nobody_listens_any_more(server: ScriptedServer):
    sent = count()
    server.play([Reply(raw=(b": %d\n\n" % place for place in sent), token_delay=0.01)])
    body = {"stream": True, "messages": [{"role": "user", "content": "在吗？"}]}
    with httpx.Client() as client, client.stream("POST", f"{server.url}/chat/completions", json=body) as response:
        assert len(list(islice(response.iter_bytes(), 5))) == 5
    sleep(0.2)  # for the news to come through
    so_far = repr(sent)
    sleep(0.2)
    assert repr(sent) == so_far


def test_replies_come_in_order_and_one_call_too_many_is_loud(server: ScriptedServer):
    server.play([Reply("一"), Reply("二")])
    assert [post(server).json()["choices"][0]["message"]["content"] for _ in range(2)] == ["一", "二"]
    assert server.unexpected == []
    assert post(server, "还有吗？").status_code == UNEXPECTED
    assert server.unexpected == ["no reply for: 还有吗？"]


def test_a_function_decides_from_the_request(server: ScriptedServer):
    server.play(lambda call: Reply("是") if call.prompt == "对吗？" and call.key == "sk-1" else None)
    assert post(server, "对吗？").json()["choices"][0]["message"]["content"] == "是"
    assert post(server, "错吗？").status_code == UNEXPECTED
    assert [call.prompt for call in server.calls] == ["对吗？", "错吗？"]


def test_a_text_is_found_from_the_messages(server: ScriptedServer):
    server.play([Reply(lambda messages: messages[-1]["content"] * 2)])
    assert post(server, "好").json()["choices"][0]["message"]["content"] == "好好"


@pytest.mark.parametrize("script", [lambda _: 1 / 0, [Reply(lambda _: str(1 / 0))]], ids=["script", "text"])
def test_a_script_that_fails_is_loud(server: ScriptedServer, script: list[Reply]):
    server.play(script)
    assert post(server).status_code == UNEXPECTED
    assert "ZeroDivisionError" in server.unexpected[0]


@pytest.mark.parametrize("body", [b"", b"{oops", b"[]", b"{}", b'{"messages": []}', b'{"messages": [1]}'])
def test_what_is_no_chat_request_is_loud(server: ScriptedServer, body: bytes):
    server.play([Reply(SAID)])
    assert httpx.post(f"{server.url}/chat/completions", content=body).status_code == UNEXPECTED
    assert server.unexpected == ["not a chat request"]


def test_any_other_path_is_loud(server: ScriptedServer):
    server.play(())
    assert httpx.post(f"{server.url}/embeddings", json={}).status_code == UNEXPECTED
    assert server.unexpected == ["POST /v1/embeddings"]


def test_every_request_is_kept_whole(server: ScriptedServer):
    server.play([Reply(SAID)])
    post(server, "在吗？", temperature=0)
    (call,) = server.calls
    assert (call.prompt, call.key, call.stream, call.body["temperature"]) == ("在吗？", "sk-1", False, 0)


def test_one_slow_answer_holds_up_no_other(server: ScriptedServer):
    server.play(lambda call: Reply("慢", first_delay=1.0) if call.prompt == "慢" else Reply("快"))
    with ThreadPoolExecutor() as pool:
        slow = pool.submit(post, server, "慢")
        wait_for(lambda: bool(server.calls))
        post(server, "快")
        assert not slow.done()


def test_leaving_ends_even_a_silent_answer_and_frees_the_port():
    with ThreadPoolExecutor() as pool:
        with serving([Reply(first_delay=3600)]) as server:
            waiting = pool.submit(post, server)
            wait_for(lambda: bool(server.calls))
            started = monotonic()
        assert monotonic() - started < 5
        assert isinstance(waiting.exception(timeout=5), httpx.TransportError) or waiting.result().status_code == 500
    with pytest.raises(httpx.ConnectError):
        post(server)


def test_our_prompts_are_read_as_they_are_written():
    assert (which(ANSWER), which(REWRITE), which("写一首诗")) == ("answer", "rewrite", "")
    assert evidence(ANSWER) == (
        Line("Ea1b2c3", "建成口袋公园41个，改造老旧小区87个。", "2030", "已完成"),
        Line("Ed4e5f6", "地区生产总值增长6%左右。", "2031", "目标或安排"),
        Line("E070809", "坚持人民至上。"),
    )
    assert (question(ANSWER), question(REWRITE)) == (ASKED, "那老旧小区呢？")
    assert history(REWRITE) == "去年建成多少个口袋公园？ / 今年呢？"


def test_the_parrot_says_the_first_passage_with_year_and_key_and_nothing_without_one():
    assert parrot()(a_call(ANSWER)) == Reply(TRUE, usage=(400, 40))
    assert repeated(filled("answer", evidence="", question=ASKED)) == NOTHING
    assert repeated(filled("answer", evidence=LINES[1], question=ASKED)).startswith("2031年目标或安排：地区生产总值")


def test_the_reciter_says_three_passages_a_sentence_each():
    said = reciter()(a_call(ANSWER)).text
    assert said.startswith(TRUE) and said.count("。") == 3
    assert [said.index(f"[{key}]") for key in ("Ea1b2c3", "Ed4e5f6", "E070809")] == sorted(
        said.index(f"[{key}]") for key in ("Ea1b2c3", "Ed4e5f6", "E070809")
    )


@pytest.mark.parametrize("script", [parrot(), reciter(), liar()], ids=["parrot", "reciter", "liar"])
def test_a_prompt_that_is_not_ours_is_not_answered(script):
    assert script(a_call("写一首诗")) is None


@pytest.mark.parametrize("name", LIES)
@pytest.mark.parametrize("few", [False, True], ids=["three passages", "one passage"])
def test_every_lie_says_something_other_than_the_truth(name: str, few: bool):
    lines = evidence(ANSWER)[: 1 if few else None]
    told = {LIES[name](lines, ASKED, Random(seed)) for seed in range(5)}
    whole = lines[0].text.rstrip("。")
    assert not told & {f"{said}。[{lines[0].key}]" for said in (whole, *whole.split("，"))}


@pytest.mark.parametrize("rewrite", REWRITES)
def test_every_false_rewrite_is_one_line(rewrite: str):
    assert re.fullmatch(r"[^\n]+", REWRITES[rewrite](REWRITE))


def test_a_seed_tells_the_same_lies_and_another_seed_others():
    def told(seed: int) -> list[Reply | None]:
        script = liar(seed)
        return [script(a_call(prompt)) for prompt in (ANSWER, REWRITE) * 5]

    assert told(1) == told(1) != told(2)


def test_faults_come_all_in_an_order_of_the_seed_with_a_good_answer_after_each():
    kinds = faults_of(repeated)
    script = faults(3)
    replies = [script(a_call(ANSWER)) for _ in range(2 * len(kinds))]
    assert replies[1::2] == [parrot()(a_call(ANSWER))] * len(kinds)
    assert len({repr(reply) for reply in replies[::2]}) == len(kinds)


def test_a_slowed_script_says_the_same_more_slowly():
    assert slowed(parrot(), 0.5)(a_call(ANSWER)) == Reply(TRUE, usage=(400, 40), token_delay=0.5)
    assert slowed(parrot(), 0.5)(a_call("写一首诗")) is None


def test_the_command_serves_until_it_is_ended():
    command = [sys.executable, "-m", "eval", "scripted", "--script", "parrot", "--delay", "0"]
    with subprocess.Popen(
        command, cwd=CODE_FOLDER, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout
        told = dict(pair.split("=", 1) for pair in process.stdout.readline().split())
        body = {"messages": [{"role": "user", "content": ANSWER}]}
        answer = httpx.post(f"{told['OPENAI_BASE_URL']}/chat/completions", json=body).json()
        process.send_signal(signal.SIGINT)
    assert answer["choices"][0]["message"]["content"] == TRUE
    assert told["OPENAI_MODEL"] == MODEL
    assert process.returncode == 130


def test_a_port_that_cannot_be_had_is_a_matter_of_setting_up(
    server: ScriptedServer, capsys: pytest.CaptureFixture[str]
):
    port = server.url.split(":")[2].removesuffix("/v1")
    assert main(["scripted", "--port", port]) == 3
    assert f"不能使用端口 {port}" in capsys.readouterr().err
