"""The stress test: it asks what it says it asks, sees what may not be, and its gate shuts when it must."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import cycle
from time import sleep

import langchain_openai  # noqa: F401  # slow to import; no limit of a test is to be spent on it
import pytest
from core_fakes import report_text

from chatbot.bot import Bot
from chatbot.errors import UsageError
from chatbot.types import Answer, Evidence, Question
from eval.__main__ import main
from eval.judge import folded, judge
from eval.questions import GoldQuestion
from eval.recheck import Recheck
from eval.scripted.reply import Reply
from eval.scripted.scripts import parrot, slowed
from eval.scripted.server import ScriptedServer, serving
from eval.stress import FAULTS, sampled, tried
from eval.stress_report import Found, examples, gate, report
from eval.summary import Judged
from eval.trials import (
    LABELLED,
    MARGIN,
    RAISED,
    REFUSED,
    SHORT,
    UNLABELLED,
    WRITTEN,
    Asked,
    Met,
    Mixed,
    Pair,
    Stopwatch,
    Subject,
    calls,
    every,
    faulted,
    met,
    outcome,
    overheads,
    scripted_model,
)
from vectorstore.retrieve import ReportRetriever

PARKS = GoldQuestion("P", "number", "去年建成多少个口袋公园？", ("41个",), (), ("建成口袋公园41个",), "一", False, "")
LINE = GoldQuestion(
    "L", "number", "去年轨道交通新增里程多少公里？", ("21公里",), (), ("新增里程21公里",), "一", False, ""
)
UNTOLD = GoldQuestion("U", "unanswerable", "轨道交通投资了多少亿元？", (), (), (), "", True, "不在报告内")


@pytest.fixture(scope="module")
def server() -> Iterator[ScriptedServer]:
    with serving(()) as running:
        yield running


@pytest.fixture(scope="module")
def subject(town: Bot, town_retriever: ReportRetriever) -> Subject:
    return Subject(town.reports, town_retriever, folded(report_text()), (PARKS, LINE, UNTOLD))


@pytest.fixture(scope="module")
def answer(town: Bot) -> Answer:
    """The answer to PARKS without a model."""
    return town.ask(PARKS.question)


@pytest.fixture(scope="module")
def found(subject: Subject, server: ScriptedServer) -> Found:
    """Every trial, as small as can be."""
    return tried([subject], server, 1, lambda _: None)


def one(subject: Subject, server: ScriptedServer) -> Asked:
    return every([subject], scripted_model(server))[0]


def judged(subject: Subject, answer: Answer) -> Judged:
    return Judged(PARKS, answer, judge(PARKS, answer, subject.source))


class Broken:
    def find(self, question: Question) -> tuple[Evidence, ...]:
        raise ZeroDivisionError(question.text)


class Slow:
    def __init__(self, retriever: ReportRetriever) -> None:
        self._retriever = retriever

    def find(self, question: Question) -> tuple[Evidence, ...]:
        sleep(SHORT.whole + MARGIN)
        return self._retriever.find(question)


def test_an_answer_of_the_bot_stands_when_it_is_checked_again(town: Bot, answer: Answer):
    assert Recheck(town.reports)(PARKS.question, answer) == ()


def test_a_refusal_in_our_own_words_stands(town: Bot):
    refused = town.ask(UNTOLD.question)
    assert refused.status == "refused" and Recheck(town.reports)(UNTOLD.question, refused) == ()


@pytest.mark.parametrize(
    ("old", "new"),
    [("41", "42"), ("建成", "拆除"), ("2030", "2029"), ("[1]", "")],
    ids=["figure", "verb", "year", "no marker"],
)
def test_a_changed_sentence_is_seen(town: Bot, answer: Answer, old: str, new: str):
    changed = replace(answer, sentences=tuple(s.replace(old, new) for s in answer.sentences))
    assert changed != answer and len(Recheck(town.reports)(PARKS.question, changed)) == 1


@pytest.mark.parametrize("moved", [{"start": 1}, {"quote": "建成口袋公园42个"}, {"quote": ""}], ids=str)
def test_a_quote_that_is_not_the_report_s_is_seen(town: Bot, answer: Answer, moved: dict[str, object]):
    changed = replace(answer, citations=(replace(answer.citations[0], **moved), *answer.citations[1:]))
    assert "不是原文" in Recheck(town.reports)(PARKS.question, changed)[0]


@pytest.mark.parametrize("status", ["answered", "refused"])
def test_a_sentence_without_quotes_is_seen(town: Bot, status: str):
    said = Answer(status, ("建成口袋公园41个。",))  # type: ignore[arg-type]
    assert Recheck(town.reports)(PARKS.question, said) == ("没有引文：建成口袋公园41个。",)


def test_every_kind_of_fault_is_met(found: Found):
    assert set(found.met) == set(FAULTS)
    assert all(len(kind) >= 1 for kind in found.met.values())


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_labelled_and_leaves_nothing_that_may_not_be_shown(found: Found, name: str):
    assert {(m.outcome, m.reasons) for m in found.met[name]} <= {(LABELLED, ()), (WRITTEN, ())}


def test_only_questions_that_reach_the_model_are_asked_for_faults_and_time(found: Found):
    assert (len(found.pairs), len(found.overheads)) == (3, 2)
    assert REFUSED not in {m.outcome for kind in found.met.values() for m in kind}


def test_a_liar_makes_no_difference(found: Found):
    assert [pair.differs() for pair in found.pairs] == [(False, False, False)] * 3
    assert [bool(calls(pair.lied.answer)) for pair in found.pairs] == [True, True, False]


def test_nothing_is_asked_beside_the_scripts(found: Found):
    assert found.astray == []


@pytest.mark.parametrize("times", [1, 8])
def test_an_endpoint_fails_as_often_as_it_should_with_good_answers_between(
    subject: Subject, server: ScriptedServer, times: int
):
    script = Mixed(Reply(status=401), times)
    server.play(script)
    reaching = replace(subject, golds=(PARKS, LINE))
    outcomes = [m.outcome for m in faulted(cycle(every([reaching], scripted_model(server))), script)]
    assert (outcomes.count(LABELLED), outcomes.count(WRITTEN)) == (times, times // 4)


def test_an_exception_is_counted(subject: Subject, server: ScriptedServer):
    caught = met(one(replace(subject, retriever=Broken()), server))
    assert caught.outcome == RAISED and "ZeroDivisionError" in caught.reasons[0]


def test_a_late_answer_is_counted(subject: Subject, town_retriever: ReportRetriever, server: ScriptedServer):
    server.play(parrot())
    assert met(one(replace(subject, retriever=Slow(town_retriever)), server)).late


@pytest.mark.parametrize(("calls", "late"), [(0, True), (1, True), (2, False)])
def test_each_call_has_its_own_limit(calls: int, late: bool):
    assert Met(WRITTEN, 2 * SHORT.whole + MARGIN - 0.01, calls).late is late


@pytest.mark.parametrize(
    ("changed", "wanted"),
    [
        ({"mode": "model"}, WRITTEN),
        ({"note": "未经模型整理"}, LABELLED),
        ({"citations": ()}, REFUSED),
        ({}, UNLABELLED),
    ],
    ids=["model", "labelled", "refused", "unlabelled"],
)
def test_an_answer_says_who_worded_it(answer: Answer, changed: dict[str, object], wanted: str):
    assert outcome(replace(answer, **changed)) == wanted


@pytest.mark.parametrize(
    ("changed", "seen"),
    [
        ({"status": "refused"}, (True, False, False)),
        ({"sentences": ("2030年：建成口袋公园14个。[1]",)}, (False, True, False)),
        ({"citations": ()}, (False, False, True)),
    ],
    ids=["status", "facts", "citations"],
)
def test_a_difference_that_a_liar_makes_is_seen(
    subject: Subject, answer: Answer, changed: dict[str, object], seen: tuple[bool, ...]
):
    assert Pair(judged(subject, answer), judged(subject, replace(answer, **changed))).differs() == seen


def test_the_time_of_the_model_is_not_ours(subject: Subject, server: ScriptedServer):
    """The model takes at least half a second over its answer."""
    server.play(slowed(parrot(), 0.1))
    watched = Stopwatch(scripted_model(server))
    spent = list(overheads([every([subject], watched)[0]], watched))
    assert watched.seconds > 0.5 and 0 < spent[0] < 1000 * watched.seconds


def test_the_time_of_a_model_that_fails_is_not_ours_either(subject: Subject, server: ScriptedServer):
    server.play(lambda _: Reply(first_delay=60))
    watched = Stopwatch(scripted_model(server, SHORT))
    list(overheads([every([subject], watched)[0]], watched))
    assert watched.seconds >= SHORT.first


def test_a_sample_is_spread_over_all_subjects(subject: Subject):
    large = replace(subject, golds=(PARKS, LINE) * 30)
    assert [len(s.golds) for s in sampled([large, subject], 21)] == [20, 1]
    assert [len(s.golds) for s in sampled([large, subject], None)] == [60, 3]


def test_questions_that_never_reach_a_model_try_nothing(subject: Subject, server: ScriptedServer):
    with pytest.raises(UsageError, match="用不到模型"):
        tried([replace(subject, golds=(UNTOLD,))], server, 1, lambda _: None)


GOOD = Met(LABELLED, 0.1)


@pytest.mark.parametrize(
    ("one", "held"),
    [
        (GOOD, True),
        (Met(WRITTEN, 0.1), True),
        (Met(LABELLED, SHORT.whole + MARGIN + 0.1), False),
        (Met(RAISED, 0.1, reasons=("ValueError()",)), False),
        (Met(WRITTEN, 0.1, 1, ("引文里没有这个数字：5：5个。[1]",)), False),
        (Met(UNLABELLED, 0.1), False),
    ],
    ids=["good", "written", "late", "raised", "unverified", "unlabelled"],
)
def test_the_gate_shuts_on_every_breach(subject: Subject, answer: Answer, one: Met, held: bool):
    same = Pair(judged(subject, answer), judged(subject, answer))
    shut = Found({"broken": [GOOD, one]}, [same], [10.0], [])
    assert gate(report(shut, 1)) is held
    assert bool(examples(shut)) is (not held and one.outcome != UNLABELLED)


def test_the_gate_shuts_when_lies_cost_an_answer(subject: Subject, answer: Answer):
    wrong = replace(answer, sentences=("2030年：建成口袋公园14个。[1]",))
    cost = Found({"broken": [GOOD]}, [Pair(judged(subject, answer), judged(subject, wrong))], [10.0], [])
    assert not gate(report(cost, 1)) and wrong.text in examples(cost)[0]


def test_a_truth_that_a_liar_hits_upon_does_not_shut_the_gate(subject: Subject, answer: Answer):
    wrong = replace(answer, sentences=("2030年：建成口袋公园14个。[1]",))
    gain = Found({"broken": [GOOD]}, [Pair(judged(subject, wrong), judged(subject, answer))], [10.0], [])
    assert gate(report(gain, 1)) and answer.text in examples(gain)[0]


@pytest.mark.parametrize(("ms", "mark"), [(99.0, "达到"), (101.0, "未达到")])
def test_our_own_time_is_held_against_its_target_outside_the_gate(
    subject: Subject, answer: Answer, ms: float, mark: str
):
    same = Pair(judged(subject, answer), judged(subject, answer))
    lines = report(Found({"broken": [GOOD]}, [same], [ms], []), 1)
    assert lines[-1].cells[-1] == mark and gate(lines)


def test_the_table_has_three_parts(found: Found):
    heads = [line.name[:2] for line in report(found, 1) if not line.value]
    assert heads == ["一、", "二、", "三、"]


def test_a_set_that_does_not_exist_is_a_usage_error(capsys: pytest.CaptureFixture[str]):
    assert main(["stress", "--set", "nowhere"]) == 2
    assert "nowhere" in capsys.readouterr().err
