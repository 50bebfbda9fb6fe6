"""Learning finds what tells right from wrong, on data small enough to see through."""

from __future__ import annotations

import tomllib
from dataclasses import replace

import numpy as np
import pytest

from eval.calibrate import DECIDING, FOLDS, decision_toml, folds, learn_ranking, ranking_toml
from eval.candidates import Candidates, EveryCandidate, candidates_of
from eval.decision import (
    THRESHOLDS,
    WRONG,
    Case,
    best_thresholds,
    case_of,
    learn_decision,
    outcome,
    telling,
    worth,
)
from eval.judge import folded
from eval.listwise import RIDGE, gradient, learn, softmax, stacked
from eval.logistic import fit
from eval.questions import GoldQuestion
from vectorstore.retrieve import ReportRetriever, weights

GOLD = GoldQuestion("T1", "number", "新增里程是多少？", ("21公里",), (), ("新增里程21公里",), "一", False, "")
UNTOLD = replace(GOLD, category="unanswerable", facts=(), evidence=(), refuse=True)


def questions(seed: int = 0, count: int = 40) -> list[tuple[np.ndarray, np.ndarray]]:
    """Each with nine clauses of three features: the first is highest for the right one, the second lowest, the third
    is noise."""
    draw = np.random.default_rng(seed)
    made = []
    for _ in range(count):
        features, right = draw.random((9, 3)), np.zeros(9, bool)
        place = draw.integers(9)
        features[place, :2] = (1.1, -0.1)
        right[place] = True
        made.append((features, right))
    return made


def case(right: bool, refuse: bool = False, group: str = "number", **signs: float) -> Case:
    return Case(UNTOLD if refuse else GOLD, group, signs or None, right)


def cases(count: int = 60) -> list[Case]:
    """`cover` is high where the answer is right; `noise` is anything; `flat` is always the same."""
    draw = np.random.default_rng(3)
    made = []
    for i in range(count):
        cover = 0.9 if i % 2 else 0.3
        signs = {"cover": cover + 0.1 * draw.random(), "noise": draw.random(), "flat": 0.5}
        made.append(case(bool(i % 2), group=("number", "other")[i // 2 % 2], **signs))
    return made


def test_ranking_learns_which_features_speak_for_a_clause_and_which_against():
    speaks_for, against, noise = learn(stacked(questions()))
    assert speaks_for > 3 * abs(noise) and against < -3 * abs(noise)


def test_learned_weights_put_the_right_clause_first_in_questions_never_seen():
    learned = learn(stacked(questions()))
    assert all(right[np.argmax(features @ learned)] for features, right in questions(seed=1))


def test_the_same_questions_give_the_same_weights():
    assert learn(stacked(questions())).tolist() == learn(stacked(questions())).tolist()


def test_a_question_without_a_right_clause_teaches_nothing():
    dull = (np.ones((4, 3)), np.zeros(4, bool))
    assert learn(stacked([*questions(), dull])).tolist() == learn(stacked(questions())).tolist()


def test_shares_of_the_clauses_of_a_question_sum_to_one():
    lists = stacked(questions(count=5))
    assert np.add.reduceat(softmax(lists, np.array([300.0, -2.0, 0.5])), lists.starts) == pytest.approx([1.0] * 5)


def test_the_gradient_is_the_slope_of_the_loss():
    lists, point = stacked(questions(count=6)), np.array([0.4, -0.3, 0.2])

    def loss(at: np.ndarray) -> float:
        told = np.add.reduceat(np.where(lists.right, softmax(lists, at), 0.0), lists.starts)
        return float(-np.log(told).mean() + RIDGE / 2 * at @ at)

    steps = np.eye(3) * 1e-6
    slopes = [(loss(point + step) - loss(point - step)) / 2e-6 for step in steps]
    assert gradient(lists, point) == pytest.approx(slopes, abs=1e-6)


def test_without_telling_features_the_likelihood_is_the_share_of_what_holds():
    model = fit(np.zeros((8, 2)), np.array([True] * 6 + [False] * 2))
    assert model.likelihood(np.zeros((1, 2))) == pytest.approx([0.75], abs=1e-4)


def test_the_decision_learns_the_sign_that_matters():
    decision = learn_decision(cases())
    assert decision.weights["cover"] > 3 * abs(decision.weights["noise"])


def test_a_high_sign_is_likelier_right_than_a_low_one():
    decision = learn_decision(cases())
    low, high = (decision.likelihood(case(True, cover=cover, noise=0.5, flat=0.5)) for cover in (0.3, 0.95))
    assert low < 0.5 < high


def test_a_vetoed_question_is_never_answered():
    assert learn_decision(cases()).likelihood(case(False)) == 0.0


def test_a_sign_that_never_changes_gets_no_weight():
    assert telling(cases()) == ("cover", "noise")


def test_a_threshold_is_judged_by_answers_and_refusals():
    found = [case(True, a=1.0), case(False, a=1.0), case(True, a=1.0), case(False, refuse=True, a=1.0)]
    o = outcome(found, np.array([0.9, 0.8, 0.1, 0.2]), {"official": 0.5, "everyday": 0.0})
    assert (o.accuracy, o.false_refusal, o.refusal) == (pytest.approx(1 / 3), pytest.approx(1 / 3), 1.0)


def test_the_thresholds_chosen_part_what_is_right_from_what_is_to_be_refused():
    likely = {True: (0.9, 0.62, 0.58), False: (0.5, 0.32, 0.28)}
    found, seen = [], []
    for official, values in likely.items():
        group = "number" if official else "other_everyday"
        found += [case(True, group=group, a=1.0), case(True, group=group, a=1.0), case(False, True, group, a=1.0)]
        seen += values
    assert best_thresholds(found, np.array(seen)) == {"official": 0.6, "everyday": 0.3}


OPEN = {"right": case(True, a=1.0), "wrong": case(False, a=1.0), "to be refused": case(False, True, a=1.0)}


@pytest.mark.parametrize(
    ("shown", "expected"),
    [(["right"], 1.0), (["wrong"], -0.4), (["to be refused"], -0.4), (["right", "wrong"], 0.6), ([], 0.0)],
    ids=["right", "wrong", "to be refused", "one of each", "nothing"],
)
def test_a_right_answer_is_worth_one_a_wrong_one_costs_and_a_refusal_is_worth_nothing(
    shown: list[str], expected: float
):
    hidden = [case(True, a=1.0), case(False, a=1.0)]
    likely = np.array([0.5] * len(shown) + [0.4] * len(hidden))
    assert worth([*(OPEN[name] for name in shown), *hidden], likely, 0.5, wrong=0.4) == pytest.approx(expected)


BEARABLE = int(1 / WRONG["everyday"])  # wrong answers that together cost no more than a right one is worth


@pytest.mark.parametrize(
    ("wrong", "threshold"), [(BEARABLE - 1, 0.2), (BEARABLE + 1, 0.7)], ids=["worth it", "too dear"]
)
def test_an_answer_is_risked_while_the_right_ones_are_worth_more_than_the_wrong_ones_cost(wrong: int, threshold: float):
    """Below the wrong ones there is one more right one, above them what is surely right."""
    right, mistaken = (case(is_right, group="number_everyday", a=1.0) for is_right in (True, False))
    likely = np.array([0.3, *[0.45] * wrong, 0.9])
    assert best_thresholds([right, *[mistaken] * wrong, right], likely)["everyday"] == threshold


def test_a_wrong_answer_costs_more_where_the_report_s_own_words_were_used():
    likely = np.array([0.3, 0.45, 0.45, 0.9])
    found = [
        [case(right, group=group, a=1.0) for right in (True, False, False, True)]
        for group in ("number", "number_everyday")
    ]
    official, everyday = (best_thresholds(part, likely) for part in found)
    assert (official["official"], everyday["everyday"]) == (0.7, 0.5)


def test_of_thresholds_that_are_worth_as_much_the_one_in_the_middle_is_chosen():
    found = [case(True, a=1.0), case(True, group="number_everyday", a=1.0)]
    assert best_thresholds(found, np.array([0.9, 0.9])) == {"official": 0.5, "everyday": 0.5}


def test_a_register_without_questions_gets_a_threshold_all_the_same():
    assert set(best_thresholds([], np.zeros(0)).values()) <= set(THRESHOLDS)


def test_a_group_that_was_never_seen_is_not_answered():
    assert learn_decision(cases()).likelihood(case(True, group="other_everyday", cover=0.9)) == 0.0


def test_every_question_is_tried_once_and_parts_are_even():
    parts = folds(23)
    assert sorted(map(parts.count, range(FOLDS))) == [4, 4, 5, 5, 5]
    assert parts == folds(23)


def test_the_files_written_say_which_command_made_them_and_are_read_as_written():
    ranking = ranking_toml({"cover": 1.5, "lack": -0.25})
    decision = decision_toml(learn_decision(cases()), {"official": 0.4, "everyday": 0.25})
    decided = tomllib.loads(decision)
    assert "python -m eval calibrate" in ranking and "python -m eval calibrate" in decision
    assert tomllib.loads(ranking) == {"cover": 1.5, "lack": -0.25}
    assert decided["threshold"] == {"official": 0.4, "everyday": 0.25}
    assert set(decided["bias"]) == {"number", "other"}
    assert set(decided["weights"]) == {"cover", "noise"}


@pytest.fixture
def found(town_retriever: ReportRetriever) -> Candidates:
    """The candidates of a question about the first of the two invented reports."""
    index = town_retriever.index
    every = EveryCandidate(index=index, embedder=town_retriever.embedder, associations=town_retriever.associations)
    return next(candidates_of(GOLD, every, index.reports[:1], folded(index.reports[0].text)))


def test_evidence_made_from_features_is_what_the_retriever_finds(found: Candidates, town_retriever: ReportRetriever):
    ours, theirs = found.evidence(weights()), town_retriever.find(found.question)
    assert [(e.key, e.passage) for e in ours] == [(e.key, e.passage) for e in theirs]
    assert [e.score for e in ours] == pytest.approx([e.score for e in theirs])
    assert all(dict(o.best.features) == pytest.approx(dict(t.best.features)) for o, t in zip(ours, theirs, strict=True))


def test_the_clause_to_answer_from_is_known_among_the_candidates(found: Candidates):
    report = found.reports[0]
    assert {span.of(report.text) for span, right in zip(found.spans, found.right, strict=True) if right} == {
        "新增里程21公里"
    }


def test_what_only_helps_to_decide_has_no_weight_in_ranking(found: Candidates):
    assert set(found.names) >= DECIDING and learn_ranking([found]).keys() == set(found.names) - DECIDING
    assert not weights().keys() & DECIDING


def test_what_only_helps_to_decide_is_weighed_in_deciding(found: Candidates):
    shown = case_of(found, weights()).signs
    assert shown and shown.keys() >= DECIDING


@pytest.mark.parametrize("question", ["报告是谁作的？", "写一份民生要点"], ids=["the head of the report", "a brief"])
def test_where_whole_sections_answer_there_is_nothing_to_rank(town_retriever: ReportRetriever, question: str):
    index = town_retriever.index
    every = EveryCandidate(index=index, embedder=town_retriever.embedder, associations=town_retriever.associations)
    gold = replace(GOLD, question=question)
    assert list(candidates_of(gold, every, index.reports[:1], folded(index.reports[0].text))) == []


@pytest.mark.parametrize(
    ("question", "register"),
    [(GOLD.question, "official"), ("老伯伯的帽子多少钱？", "everyday")],
    ids=["official", "everyday"],
)
def test_a_case_is_decided_in_the_register_of_its_question(
    town_retriever: ReportRetriever, question: str, register: str
):
    index = town_retriever.index
    every = EveryCandidate(index=index, embedder=town_retriever.embedder, associations=town_retriever.associations)
    gold = replace(GOLD, question=question)
    one = next(candidates_of(gold, every, index.reports[:1], folded(index.reports[0].text)))
    assert case_of(one, weights()).register == register


def test_ranking_learned_from_one_question_puts_its_clause_first(found: Candidates):
    assert found.right[np.argmax(found.scores(learn_ranking([found])))]
