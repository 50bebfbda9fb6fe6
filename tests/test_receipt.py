"""What an answer tells of how it came about."""

from __future__ import annotations

import json

from core_fakes import a_passage, asked, evidence_for

from chatbot.compose import Composed, Written
from chatbot.models import Usage
from chatbot.prompts import NAMES, fingerprint
from chatbot.receipt import receipt

QUESTION = asked("去年新建水库几座？")
FOUND = evidence_for(QUESTION, a_passage("新建水库3座，改造小区87个。", start=12))
WRITTEN = Written(
    "small-model", Composed(written=2, failure="模型的回答中途断了"), Usage(2, 900, 60), "去年水库几座？", 123.456
)
MODEL = {
    "name",
    "prompts",
    "rewritten",
    "sentences",
    "failure",
    "first_sentence_ms",
    "calls",
    "prompt_tokens",
    "answer_tokens",
}


def test_without_a_model_nothing_is_told_of_one():
    assert "model" not in dict(receipt(QUESTION, FOUND, 0.5, None, {}))


def test_the_question_is_told_as_asked_and_as_understood():
    told = dict(receipt(QUESTION, FOUND, 0.5, None, {}))
    assert (told["asked"], told["answer_type"], told["periods"]) == (QUESTION.asked, "number", ["2030/review"])
    assert [term[0] for term in told["terms"]] == [term.text for term in QUESTION.terms]  # type: ignore[attr-defined]


def test_each_passage_is_told_with_its_place_and_its_best_clause():
    (line,) = dict(receipt(QUESTION, FOUND, 0.5, None, {}))["passages"]  # type: ignore[misc]
    assert (line["key"], line["start"], line["end"], line["best"]) == ("E1", 12, 27, "新建水库3座")
    assert set(line["features"]) == {name for name, _ in FOUND[0].best.features}


def test_the_index_is_told_by_the_fingerprint_of_each_report_asked():
    ids = QUESTION.report_ids
    told = dict(receipt(QUESTION, FOUND, 0.5, None, {ids[0]: "abc", "another": "def"}))
    assert told["index"] == {ids[0]: "abc"} and dict(receipt(QUESTION, FOUND, 0.5, None, {}))["index"] == {ids[0]: ""}


def test_what_the_model_did_is_told():
    told = dict(receipt(QUESTION, FOUND, 0.5, WRITTEN, {}))["model"]
    assert isinstance(told, dict) and set(told) == MODEL
    assert (told["name"], told["sentences"], told["failure"]) == ("small-model", 2, "模型的回答中途断了")
    assert (told["calls"], told["prompt_tokens"], told["answer_tokens"]) == (2, 900, 60)
    assert (told["rewritten"], told["first_sentence_ms"]) == ("去年水库几座？", 123.5)
    assert told["prompts"] == {name: fingerprint(name) for name in NAMES}


def test_what_is_not_known_is_none_and_not_zero():
    told = dict(receipt(QUESTION, FOUND, 0.5, Written("small-model"), {}))["model"]
    assert isinstance(told, dict)
    assert (told["first_sentence_ms"], told["prompt_tokens"], told["answer_tokens"]) == (None, None, None)


def test_a_receipt_can_be_written_as_json():
    told = dict(receipt(QUESTION, FOUND, 0.5, WRITTEN, {"yunchuan-2031": "abc"}))
    assert json.loads(json.dumps(told, ensure_ascii=False))["asked"] == QUESTION.asked


def test_a_receipt_tells_of_the_model_only_what_is_listed():
    """Neither address nor key of the endpoint has a place in it; nor has what the prompts say."""
    told = json.dumps(dict(receipt(QUESTION, FOUND, 0.5, WRITTEN, {})), ensure_ascii=False)
    assert not [word for word in ("http", "api_key", "sk-", "规则：", "现在开始") if word in told]


def test_the_decision_score_is_told_and_none_where_nothing_was_decided():
    assert dict(receipt(QUESTION, FOUND, 0.123456, None, {}))["likely"] == 0.1235
    assert dict(receipt(QUESTION, FOUND, None, None, {}))["likely"] is None
