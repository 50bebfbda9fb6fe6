"""The verb whose object is asked for, and the clauses that say it."""

from __future__ import annotations

import pytest

from chatbot.action import action_fit, action_of


@pytest.mark.parametrize(
    ("message", "action"),
    [
        ("今年要办好哪些赛事？", "办好"),
        ("去年建成了哪些水库？", "建成"),
        ("去年一共培育了多少家企业？", "培育"),
        ("今年要開拓哪些市場？", "开拓"),
        ("今年支持哪两个县建渔港？", "支持"),
    ],
    ids=["list", "done", "figure", "traditional", "one of several verbs"],
)
def test_the_verb_stands_before_the_question_word(message: str, action: str):
    assert action_of(message) == action


@pytest.mark.parametrize(
    "message", ["水库有哪些？", "去年水库多少座？", "办好赛事", "", "Which ports were built?", "哪里建成了渔港？"]
)
def test_without_a_verb_of_content_before_it_there_is_none(message: str):
    assert action_of(message) == ""


def test_a_clause_fits_that_says_the_verb():
    assert action_fit("今年要办好哪些赛事？", "办好龙舟赛") == 1.0
    assert action_fit("今年要办好哪些赛事？", "支持赛事联合举办") == 0.0
    assert action_fit("赛事有哪些？", "办好龙舟赛") == 0.0
