"""Whatever a model says or fails to say, the answer is as true as without it; against a server that lies and fails.

The same questions go to a bot without a model and to one whose model is the scripted server.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from random import Random

import langchain_openai  # noqa: F401  # slow to import; no limit of a test is to be spent on it
import pytest
from core_fakes import faults
from pydantic import SecretStr

from chatbot.bot import Bot
from chatbot.chain import Writer
from chatbot.models import FAILURES, Limits, OpenAIModel
from chatbot.present import as_json
from chatbot.types import Answer
from eval.scripted import scripts
from eval.scripted.faulty import faults_of
from eval.scripted.lies import LIES
from eval.scripted.reading import evidence, question, which
from eval.scripted.reply import Call, Message, Reply
from eval.scripted.rewrites import REWRITES
from eval.scripted.scripts import liar, parrot, repeated
from eval.scripted.server import Script, ScriptedServer, serving
from vectorstore.retrieve import ReportRetriever

NOTE = "未经模型整理"
KEY = "sk-secret-of-the-tests"
PATIENT = Limits(connect=10, first=10, whole=20)
QUICK = Limits(connect=0.3, first=0.3, whole=0.4)  # seconds; for what fails by being late
LATE = ("busy", "silent", "hesitant")
BOTH_YEARS = "去年改造老旧小区多少个？今年呢？"
QUESTIONS = (
    "去年轨道交通新增里程多少公里？",
    "去年建成多少个口袋公园？",
    "今年地区生产总值增长目标是多少？",
    "今年要建哪几座水库？",
    "去年规上工业增加值增长多少？",
    "今年一般性支出压减多少？",
    BOTH_YEARS,
)
FOLLOW_UPS = ("那口袋公园呢？", "那老旧小区改造了多少个？")
HISTORY = (("去年轨道交通新增里程多少公里？", "2030年：新增里程21公里。"),)


def say_first(messages: tuple[Message, ...]) -> str:
    return repeated(str(messages[-1]["content"]))


FAULTS = faults_of(say_first)


@pytest.fixture(scope="module")
def server() -> Iterator[ScriptedServer]:
    with serving(()) as running:
        yield running


@pytest.fixture(scope="module")
def plain(town: Bot) -> dict[str, Answer]:
    """Each question and its answer without a model."""
    return {asked: town.ask(asked) for asked in QUESTIONS}


@pytest.fixture
def written(town: Bot, town_retriever: ReportRetriever, server: ScriptedServer) -> Bot:
    """The bot of the town with the scripted model; a new circuit breaker for each test."""
    return with_model(town, town_retriever, server)


def with_model(town: Bot, retriever: ReportRetriever, server: ScriptedServer, limits: Limits = PATIENT) -> Bot:
    model = OpenAIModel(server.url, "small-model", SecretStr(KEY), limits)
    return Bot(town.reports, retriever, town.reports[0].id, Writer(model, 4000))


def telling(name: str, seed: int = 0) -> Script:
    """Answers every prompt for an answer with that lie, and no other prompt."""
    random = Random(seed)

    def script(call: Call) -> Reply | None:
        told = which(call.prompt) == "answer"
        return Reply(LIES[name](evidence(call.prompt), question(call.prompt), random)) if told else None

    return script


def rewriting(name: str) -> Script:
    """Rewrites follow-ups falsely, then repeats the first passage."""
    honest = parrot()
    return lambda call: Reply(REWRITES[name](call.prompt)) if which(call.prompt) == "rewrite" else honest(call)


def essence(answer: Answer) -> tuple[object, ...]:
    return answer.status, answer.sentences, answer.citations


def assert_as_without_a_model(answer: Answer, plain: Answer, bot: Bot) -> None:
    assert essence(answer) == essence(plain)
    assert answer.mode == "extractive"
    assert NOTE in answer.note
    assert faults(answer, bot) == []


def assert_no_secret(answer: Answer, server: ScriptedServer) -> None:
    shown = json.dumps(as_json(answer), ensure_ascii=False)
    assert KEY not in shown
    assert server.url.removesuffix("/v1") not in shown


@pytest.mark.parametrize("asked", QUESTIONS)
def test_a_model_that_repeats_the_first_passage_is_believed(server: ScriptedServer, written: Bot, asked: str):
    server.play(parrot())
    answer = written.ask(asked)
    assert (answer.status, answer.mode) == ("answered", "model")
    assert NOTE not in answer.note
    assert faults(answer, written) == []
    assert server.unexpected == []


def test_a_sentence_of_the_model_ends_with_one_full_stop(server: ScriptedServer, written: Bot):
    server.play(parrot())
    assert "。。" not in written.ask(QUESTIONS[0]).text


@pytest.mark.parametrize("name", [*LIES])
def test_a_lie_changes_nothing(server: ScriptedServer, plain: dict[str, Answer], written: Bot, name: str):
    for asked in QUESTIONS:
        server.play(telling(name))
        assert_as_without_a_model(written.ask(asked), plain[asked], written)
        assert server.unexpected == []


def test_a_key_that_carries_nothing_is_not_cited(server: ScriptedServer, town: Bot, written: Bot):
    asked = "去年轨道交通新增里程多少公里？"

    def script(call: Call) -> Reply:
        first, second, *_ = evidence(call.prompt)
        return Reply(f"{first.text.rstrip('。')}。[{first.key}, {second.key}]")

    server.play(script)
    assert [c.quote for c in written.ask(asked).citations] == [c.quote for c in town.ask(asked).citations]


@pytest.mark.parametrize("seed", range(6))
def test_several_lies_at_once_change_nothing(server: ScriptedServer, plain: dict[str, Answer], written: Bot, seed: int):
    server.play(liar(seed))
    for asked in QUESTIONS:
        assert_as_without_a_model(written.ask(asked), plain[asked], written)
    assert server.unexpected == []


@pytest.mark.parametrize("seed", range(4))
def test_nothing_false_is_on_the_screen_while_a_liar_writes(server: ScriptedServer, written: Bot, seed: int):
    server.play(liar(seed))
    shown = [answer for _, answer in written.stages(QUESTIONS[seed]) if answer]
    assert [faults(answer, written) for answer in shown] == [[]] * len(shown)


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_changes_nothing_and_tells_no_secret(
    server: ScriptedServer, town: Bot, town_retriever: ReportRetriever, name: str
):
    late = name in LATE or name.startswith("endless")
    bot = with_model(town, town_retriever, server, QUICK if late else PATIENT)
    server.play(lambda _: FAULTS[name])
    answer = bot.ask(QUESTIONS[0])
    assert_as_without_a_model(answer, town.ask(QUESTIONS[0]), bot)
    assert_no_secret(answer, server)
    assert dict(answer.receipt)["model"]["failure"] != ""


def test_what_stood_before_a_cut_stays_and_the_rest_is_told_in_the_report_s_words(
    server: ScriptedServer, town: Bot, written: Bot
):
    def script(call: Call) -> Reply:
        review, plan = (e for e in evidence(call.prompt) if "老旧小区" in e.text)
        text = f"{review.text}[{review.key}]{plan.text}[{plan.key}]"
        return Reply(text, cut_after=(len(review.text) + 20) // 2)

    server.play(script)
    answer = written.ask(BOTH_YEARS)
    assert (answer.status, answer.mode, len(answer.sentences)) == ("answered", "model", 2)
    assert answer.sentences[1].startswith(town.ask(BOTH_YEARS).sentences[1].split("[")[0])
    assert dict(answer.receipt)["model"]["failure"] == "模型的回答中途断了"
    assert faults(answer, written) == []


@pytest.mark.parametrize(
    ("asked", "mode"),
    [
        ("轨道交通投资了多少亿元？", "auto"),
        (QUESTIONS[0], "extractive"),
        ("How many pocket parks were built last year?", "auto"),
    ],
    ids=["nothing to word", "no model wanted", "fixed English frames"],
)
def test_the_model_is_not_asked_where_there_is_nothing_for_it_to_do(
    server: ScriptedServer, town: Bot, written: Bot, asked: str, mode: str
):
    server.play(())
    answer = written.ask(asked, mode=mode)
    assert essence(answer) == essence(town.ask(asked))
    assert NOTE not in answer.note
    assert (server.calls, server.unexpected) == ([], [])


def test_the_answer_stays_when_the_endpoint_is_left_alone(server: ScriptedServer, town: Bot, written: Bot):
    server.play(lambda _: Reply(status=401))
    for asked in QUESTIONS:
        assert essence(written.ask(asked)) == essence(town.ask(asked))
    assert len(server.calls) == FAILURES


def test_the_answer_says_so_when_the_endpoint_is_left_alone(server: ScriptedServer, written: Bot):
    server.play(lambda _: Reply(status=401))
    assert [NOTE in written.ask(asked).note for asked in QUESTIONS] == [True] * len(QUESTIONS)


@pytest.mark.parametrize("name", sorted(set(REWRITES) - {"without_history"}))
@pytest.mark.parametrize("asked", FOLLOW_UPS)
def test_a_false_rewrite_is_not_asked(server: ScriptedServer, town: Bot, written: Bot, name: str, asked: str):
    server.play(rewriting(name))
    answer, plain = written.ask(asked, HISTORY), town.ask(asked, HISTORY)
    assert dict(answer.receipt)["model"]["rewritten"] == ""
    assert (answer.status, [c.path for c in answer.citations]) == (plain.status, [c.path for c in plain.citations])
    assert faults(answer, written) == []
    assert [which(call.prompt) for call in server.calls] == ["rewrite", "answer"]


def test_a_rewrite_that_leaves_out_the_history_is_not_asked(server: ScriptedServer, written: Bot):
    server.play(rewriting("without_history"))
    answer = written.ask(FOLLOW_UPS[1], HISTORY)
    assert [quote.path[0] for quote in answer.citations] == ["一、2030年工作回顾"]


@pytest.mark.parametrize("name", ["key_refused", "cut", "empty", "no_json"])
@pytest.mark.parametrize("asked", FOLLOW_UPS)
def test_a_rewrite_that_fails_changes_nothing(server: ScriptedServer, town: Bot, written: Bot, name: str, asked: str):
    server.play(lambda _: FAULTS[name])
    assert_as_without_a_model(written.ask(asked, HISTORY), town.ask(asked, HISTORY), written)


def test_an_endpoint_that_fails_every_other_time_never_shows(
    server: ScriptedServer, town: Bot, town_retriever: ReportRetriever
):
    bot = with_model(town, town_retriever, server, QUICK)
    server.play(scripts.faults(1))
    answers = [bot.ask(QUESTIONS[turn % len(QUESTIONS)]) for turn in range(30)]
    assert {answer.status for answer in answers} == {"answered"}
    assert [faults(answer, bot) for answer in answers] == [[]] * len(answers)
    assert {answer.mode for answer in answers} == {"model", "extractive"}
