"""What is told of a run: each figure is over the questions it can be told of, by kind and over all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from chatbot.types import Answer
from eval.judge import Verdict
from eval.measures import MEASURES, RANKS, STEPS, figures
from eval.questions import GoldQuestion
from eval.summary import TOTAL, Judged, by_kind

GOLD = GoldQuestion("T1", "number", "新增里程是多少？", ("21公里",), (), ("新增里程21公里",), "一", False, "")
UNTOLD = replace(GOLD, category="unanswerable", facts=(), evidence=(), refuse=True, why="没有说")
UNKNOWN = replace(GOLD, category="other", facts=(), evidence=())
RIGHT = Verdict(True, False, (True, True), facts=1.0, clean=True, focused=True, recall=1.0, precision=0.5)
WRONG = Verdict(False, False, (True, False), facts=0.5, clean=False, focused=False, recall=0.0, precision=0.0)
REFUSED = Verdict(False, True, (), facts=0.0, clean=True, focused=True, recall=0.0, precision=None)
UNJUDGED = Verdict(None, True)


def judged(gold: GoldQuestion, verdict: Verdict, beside: Mapping[str, float | None] | None = None) -> Judged:
    return Judged(gold, Answer("answered", ("新增里程21公里。[1]",)), verdict, beside or {})


def told(name: str, gold: GoldQuestion, verdict: Verdict) -> float | None:
    return MEASURES[name](judged(gold, verdict))


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("accuracy", 1.0, 0.0),
        ("facts", 1.0, 0.5),
        ("clean", 1.0, 0.0),
        ("focused", 1.0, 0.0),
        ("citation_recall", 1.0, 0.0),
        ("citation_precision", 0.5, 0.0),
        ("exact", 1.0, 0.5),
        ("false_refusal", 0.0, 0.0),
    ],
)
def test_a_question_to_be_answered_is_measured_by_its_verdict(name: str, right: float, wrong: float):
    assert (told(name, GOLD, RIGHT), told(name, GOLD, WRONG)) == (right, wrong)


def test_a_refusal_is_false_where_an_answer_is_due_and_right_where_none_is():
    assert (told("false_refusal", GOLD, REFUSED), told("refusal", GOLD, REFUSED)) == (1.0, None)
    assert (told("false_refusal", UNTOLD, Verdict(True, True)), told("refusal", UNTOLD, Verdict(True, True))) == (
        None,
        1.0,
    )


@pytest.mark.parametrize("name", ["accuracy", "facts", "false_refusal", "citation_recall", "refusal", "complete"])
def test_where_nobody_has_said_what_is_right_nothing_is_right_or_wrong(name: str):
    assert told(name, replace(UNKNOWN, category="list"), UNJUDGED) is None


@pytest.mark.parametrize(
    ("kind", "verdict", "complete"),
    [("list", RIGHT, 1.0), ("list", WRONG, 0.0), ("number", RIGHT, None)],
    ids=["every entry", "not every entry", "no list"],
)
def test_a_list_is_complete_when_it_tells_every_fact(kind: str, verdict: Verdict, complete: float | None):
    assert told("complete", replace(GOLD, category=kind), verdict) == complete


def test_without_quotes_there_is_nothing_to_be_exact():
    assert told("exact", GOLD, REFUSED) is None


@pytest.mark.parametrize("name", ["supported", "confused", "calls", "tokens", *RANKS, *STEPS])
def test_what_stands_beside_the_verdict_is_handed_on_and_what_does_not_is_undefined(name: str):
    measure = MEASURES[name]
    assert measure(judged(GOLD, RIGHT, {name: 0.75})) == 0.75
    assert measure(judged(GOLD, RIGHT)) is None


def test_figures_are_told_by_kind_and_then_over_all():
    found = figures([judged(UNTOLD, Verdict(True, True)), judged(GOLD, RIGHT), judged(GOLD, WRONG)])
    assert list(found) == ["number", "unanswerable", TOTAL]
    assert all(measures.keys() == MEASURES.keys() for measures in found.values())
    assert (found["number"]["accuracy"].mean, found["number"]["accuracy"].n) == (0.5, 2)
    assert (found["unanswerable"]["accuracy"].mean, found[TOTAL]["refusal"].mean) == (None, 1.0)


def test_an_answer_weighs_the_same_however_many_quotes_it_has():
    three = replace(RIGHT, exact=(True, True, True))
    assert figures([judged(GOLD, three), judged(GOLD, WRONG)])[TOTAL]["exact"].mean == 0.75


def test_briefs_are_a_kind_of_their_own_and_count_in_no_figure_of_all():
    brief = judged(replace(GOLD, category="briefing"), WRONG)
    found = figures([brief, judged(GOLD, RIGHT)])
    assert found["briefing"]["facts"].mean == 0.5
    assert {found[TOTAL][name].n for name in ("accuracy", "facts", "exact")} == {1}


def test_no_questions_give_no_figures():
    assert {figure.n for figure in figures([])[TOTAL].values()} == {0}


@pytest.mark.parametrize("name", ["accuracy", "facts", "refusal", "false_refusal"])
def test_the_table_that_is_printed_tells_the_same(name: str):
    every = [judged(GOLD, RIGHT), judged(GOLD, REFUSED), judged(UNTOLD, Verdict(False, False))]
    every.append(judged(UNKNOWN, UNJUDGED))
    assert getattr(by_kind(every)[TOTAL], name) == figures(every)[TOTAL][name].mean
