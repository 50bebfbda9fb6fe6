"""Beside right and wrong: whether sentences hold, whether the time is right, and whether the evidence was found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from core_fakes import a_report, report_text

from chatbot.types import Answer, AnswerStatus, Citation, Report
from eval.beside import Beside
from eval.questions import GoldQuestion

PARKS = GoldQuestion("P", "number", "去年建成多少个口袋公园？", ("41个",), (), ("建成口袋公园41个",), "一", False, "")
NEW_PARKS = replace(PARKS, id="N", question="今年新建多少个公园？", facts=("25个",), evidence=("新建公园25个",))
UNTOLD = replace(PARKS, id="U", category="unanswerable", facts=(), evidence=(), refuse=True, why="没有说")
DONE, PLANNED = "建成口袋公园41个", "新建公园25个"
REPORT = a_report(text=report_text())


@pytest.fixture(scope="module")
def beside() -> Beside:
    return Beside([REPORT])


def citation(marker: int, quote: str, report: Report = REPORT) -> Citation:
    start = report.text.index(quote)
    return Citation(marker, quote, report.id, (), None, start, start + len(quote))


def answer(*said: tuple[str, str], status: AnswerStatus = "answered") -> Answer:
    """Sentences, each with its quote."""
    sentences = tuple(f"{sentence}[{marker}]" for marker, (sentence, _) in enumerate(said, 1))
    return Answer(status, sentences, tuple(citation(marker, quote) for marker, (_, quote) in enumerate(said, 1)))


RIGHT = answer((f"2030年：{DONE}。", DONE))
LIE = ("2030年：建成口袋公园42个。", DONE)


def offering(*words: str) -> Answer:
    """An answer before which the passages that hold these words were weighed, best first."""
    found = [{"start": start_of_passage(word), "score": 0.0} for word in words]
    return replace(RIGHT, receipt=(("passages", found),))


def start_of_passage(words: str) -> int:
    """Where the sentence begins in which `words` stand."""
    before = REPORT.text[: REPORT.text.index(words)]
    return max(before.rfind("。"), before.rfind("\n")) + 1


@pytest.mark.parametrize(
    ("said", "share"),
    [([(f"2030年：{DONE}。", DONE)], 1.0), ([LIE], 0.0), ([(f"2030年：{DONE}。", DONE), LIE], 0.5)],
    ids=["the sentence holds", "it does not", "one of two does"],
)
def test_support_is_the_share_of_sentences_that_their_own_quotes_carry(
    beside: Beside, said: Sequence[tuple[str, str]], share: float
):
    assert beside(PARKS, answer(*said))["supported"] == share


def test_a_quote_that_is_not_where_it_says_supports_nothing(beside: Beside):
    moved = replace(RIGHT, citations=tuple(replace(c, start=c.start + 1) for c in RIGHT.citations))
    assert beside(PARKS, moved)["supported"] == 0.0


def test_support_never_falls_below_nothing(beside: Beside):
    """Three false quotes under one sentence are three reasons."""
    three = tuple(replace(RIGHT.citations[0], marker=marker, quote="别的") for marker in (1, 2, 3))
    assert beside(PARKS, replace(RIGHT, citations=three))["supported"] == 0.0


@pytest.mark.parametrize("name", ["supported", "confused"])
def test_an_answer_without_quotes_has_neither_support_nor_a_time(beside: Beside, name: str):
    assert beside(PARKS, Answer("refused", ("报告没有提到这一点。",)))[name] is None


@pytest.mark.parametrize(
    ("quotes", "confused"),
    [((DONE,), 0.0), ((PLANNED,), 1.0), ((PLANNED, DONE), 0.0)],
    ids=["of the year meant", "of the other", "one of them"],
)
def test_an_answer_is_confused_when_no_quote_is_of_the_time_of_the_evidence(
    beside: Beside, quotes: Sequence[str], confused: float
):
    assert beside(PARKS, answer(*((quote, quote) for quote in quotes)))["confused"] == confused


@pytest.mark.parametrize(
    ("gold", "given"),
    [(UNTOLD, RIGHT), (PARKS, answer((PLANNED, PLANNED), status="refused"))],
    ids=["nothing is meant", "a refusal"],
)
def test_where_no_time_is_meant_or_nothing_answered_there_is_no_confusion(
    beside: Beside, gold: GoldQuestion, given: Answer
):
    assert beside(gold, given)["confused"] is None


def test_where_two_times_are_meant_one_of_them_is_enough(beside: Beside):
    """What the other year says is a matter of completeness."""
    both = replace(PARKS, category="compare", evidence=(DONE, PLANNED))
    assert beside(both, RIGHT)["confused"] == 0.0


def test_the_time_of_a_quote_is_that_of_the_report_it_is_from():
    """The reports of two years have the same words at the same offsets."""
    later = a_report("yunchuan-2032", year=2032, text=report_text(year=2032))
    gold, beside = replace(PARKS, evidence=("一、2030年工作回顾",)), Beside([REPORT, later])
    of_the_later = replace(RIGHT, citations=(citation(1, DONE, later),))
    assert [beside(gold, given)["confused"] for given in (RIGHT, of_the_later)] == [0.0, 1.0]


def test_evidence_is_the_passages_in_which_snippets_stand_whatever_their_width_and_spaces(beside: Beside):
    gold = replace(PARKS, evidence=("开工建设青石、白鹭、云门三座水库", "建成 口袋公园４１个"))
    assert [passage.text[:6] for passage in beside.evidence(gold)] == ["建成口袋公园", "开工建设青石"]


def test_what_the_model_cost_is_read_from_the_receipt(beside: Beside):
    receipt = (("likely", 0.75), ("model", {"calls": 2, "prompt_tokens": 410}))
    told = beside(PARKS, replace(RIGHT, receipt=receipt))
    assert (told["likely"], told["calls"], told["tokens"]) == (0.75, 2.0, 410.0)


@pytest.mark.parametrize(
    ("receipt", "calls"),
    [((), 0.0), ((("likely", None), ("model", {"calls": 1, "prompt_tokens": None})), 1.0)],
    ids=["no model", "an endpoint that does not count"],
)
def test_what_is_not_told_is_undefined_but_no_model_is_no_call(
    beside: Beside, receipt: tuple[tuple[str, object], ...], calls: float
):
    told = beside(PARKS, replace(RIGHT, receipt=receipt))
    assert (told["likely"], told["tokens"], told["calls"]) == (None, None, calls)


def test_every_step_has_its_time(beside: Beside):
    told = beside(PARKS, replace(RIGHT, timing_ms=(("draft", 1.5), ("total", 4.0))))
    assert (told["draft_ms"], told["total_ms"]) == (1.5, 4.0)


@pytest.mark.parametrize(
    ("offered", "reciprocal"),
    [((DONE, PLANNED), 1.0), ((PLANNED, DONE), 0.5), ((PLANNED,), 0.0), ((), 0.0)],
    ids=["first", "second", "not among them", "nothing offered"],
)
def test_evidence_is_ranked_by_the_order_in_which_passages_were_offered(
    beside: Beside, offered: Sequence[str], reciprocal: float
):
    quality = beside.ranked([(PARKS, offering(*offered))])
    assert quality.by_query["P"]["MRR@10"] == reciprocal


def test_recall_is_over_all_the_passages_meant(beside: Beside):
    both = replace(PARKS, evidence=(DONE, PLANNED))
    found = beside.ranked([(both, offering(DONE, "开工建设青石", PLANNED))]).by_query["P"]
    assert (found["recall@1"], found["recall@3"]) == (0.5, 1.0)


def test_what_is_to_be_refused_and_briefs_are_not_ranked(beside: Beside):
    brief = replace(PARKS, id="B", category="briefing")
    pairs = [(PARKS, offering(DONE)), (UNTOLD, offering(DONE)), (brief, offering(DONE))]
    assert beside.ranked(pairs).by_query.keys() == {"P"}


def test_a_question_whose_evidence_nobody_knows_has_no_rank(beside: Beside):
    found = beside.ranked([(replace(PARKS, evidence=()), offering(DONE)), (NEW_PARKS, offering(PLANNED))])
    assert set(found.by_query["P"].values()) == {None} and found.means["MRR@10"] == 1.0
