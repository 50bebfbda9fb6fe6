"""What the browser keeps of a conversation: it comes back the same, and anything else counts as nothing."""

from __future__ import annotations

import json
from dataclasses import replace

import gradio as gr
import pytest
from web_fakes import GROWTH, NASTY, SILENT, Book, FakeBot, TornBook

from chatbot.types import Dropped
from chatbot.web.cards import Cards
from chatbot.web.kept import LONGEST_QUESTION, MOST, Kept, Turn, from_browser, to_browser
from chatbot.web.talk import Conversation
from chatbot.web.texts import Texts
from chatbot.web.transcript import drawn

ZH, EN = Texts.of("zh"), Texts.of("en")
QUESTION = "去年地区生产总值增长多少？"
SILENCE = "地铁票价是多少？"


def talk(bot: FakeBot | None = None, ledger: Book | None = None, texts: Texts = ZH) -> Conversation:
    bot = bot or FakeBot()
    return Conversation(bot, Cards(bot.reports, bot.text_of, texts), texts, "auto", ledger)


def after(talk: Conversation, *questions: str, stored: object = None) -> object:
    """What the browser keeps after these questions; through JSON, as a browser would."""
    for question in questions:
        *_, (_, _, stored, _, _) = talk.ask(question, stored, ())
        stored = json.loads(json.dumps(stored))
    return stored


def turns(count: int) -> Kept:
    kept = Kept()
    for number in range(count):
        kept = kept.with_turn(Turn(f"第{number}问", SILENT))
    return kept


def test_a_conversation_comes_back_as_it_was_shown() -> None:
    here = talk()
    *_, (_, shown, stored, _, _) = here.ask(QUESTION, None, ())
    assert here.again(json.loads(json.dumps(stored)))[1] == shown and "增长6.1%" in shown


def test_it_comes_back_in_the_language_of_the_page() -> None:
    _, shown, *_ = talk(texts=EN).again(after(talk(), SILENCE))
    assert "The report does not say" in shown and "报告未提及" not in shown


def test_the_server_knows_earlier_turns_only_from_the_browser() -> None:
    bot = FakeBot()
    after(talk(bot), QUESTION, SILENCE)
    after(talk(bot), SILENCE)
    assert [[asked for asked, _ in history] for _, history, _, _ in bot.asked] == [[], [QUESTION], []]


def test_a_new_conversation_keeps_the_old_one_among_the_earlier_and_hands_none_of_it_on() -> None:
    bot = FakeBot()
    here = talk(bot)
    _, shown, stored, _, earlier = here.anew(after(here, QUESTION))
    assert "zw-turn" not in shown and "增长6.1%" in earlier
    after(here, SILENCE, stored=stored)
    assert bot.asked[-1][1] == ()


def test_an_error_is_kept_and_is_no_history() -> None:
    kept = from_browser(after(talk(), "没有人教过的问题"))
    assert kept.turns[0].error == ZH.unexpected and kept.history == []


def test_only_the_newest_turns_are_kept_and_the_present_conversation_moves_along() -> None:
    kept = turns(MOST - 1).anew().with_turn(Turn("新一", SILENT)).with_turn(Turn("新二", SILENT))
    assert len(kept.turns) == MOST and [turn.question for turn in kept.present] == ["新一", "新二"]


def test_a_very_long_question_is_kept_cut() -> None:
    assert len(from_browser(after(talk(), "长" * 5000)).turns[0].question) == LONGEST_QUESTION


def test_half_a_character_is_no_error() -> None:
    assert from_browser(after(talk(), "\ud800")).turns[0].question == "?"


def test_none_of_a_dropped_sentences_words_are_kept() -> None:
    answer = replace(GROWTH, dropped=(Dropped("房价下跌42.5%。", "引文里没有这个数字：42.5%"),))
    stored = json.dumps(to_browser(Kept().with_turn(Turn("问", answer))), ensure_ascii=False)
    assert "42.5" not in stored and "引文里没有这个数字" in stored


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        [],
        7,
        {"turns": 1},
        {"turns": [{"question": 1}]},
        {"turns": [{"question": "问", "answer": {"status": "bad", "sentences": []}}]},
        {"turns": [{"question": "问", "answer": {"status": "answered", "sentences": ["甲"], "receipt": [["a", 1]]}}]},
        {"turns": [], "begun": "x"},
    ],
    ids=str,
)
def test_anything_else_counts_as_no_conversation(value: object) -> None:
    assert from_browser(value) == Kept()
    assert talk().again(value)[1] == gr.skip()


def test_places_outside_of_the_kept_turns_are_put_right() -> None:
    stored = to_browser(turns(2))
    assert [from_browser({**stored, "begun": begun}).begun for begun in (-5, 99)] == [0, 2]


def test_foreign_text_from_the_browser_stays_text() -> None:
    stored = json.dumps(to_browser(Kept().with_turn(Turn("问", GROWTH, receipt_id="r"))))
    evil = json.loads(stored.replace("town-2024", json.dumps(NASTY)[1:-1]))
    evil["turns"][0] |= {"question": NASTY, "receipt_id": f'">{NASTY}'}
    shown = talk().again(evil)[1]
    assert "<img" not in shown and "&lt;img" in shown


def test_an_answer_is_entered_in_the_ledger_with_what_a_replay_needs() -> None:
    book = Book()
    stored = after(talk(ledger=book), QUESTION, SILENCE)
    door, asked, answer, setting = book.kept[1]
    assert (door, asked, answer["status"]) == ("page", SILENCE, "refused")
    assert setting == {"history": [(QUESTION, GROWTH.text)], "report_ids": [], "mode": "auto"}
    assert [turn.receipt_id for turn in from_browser(stored).turns] == ["receipt-1", "receipt-2"]


def test_an_error_is_not_entered() -> None:
    book = Book()
    after(talk(ledger=book), "没有人教过的问题")
    assert book.kept == []


@pytest.mark.parametrize("ledger", [None, TornBook()], ids=["none", "one that fails"])
def test_without_a_ledger_the_answer_is_shown_and_not_asked_about(ledger: Book | None) -> None:
    stored = after(talk(ledger=ledger), QUESTION)
    html = talk().again(stored)[1]
    assert "增长6.1%" in html and "zw-rate" not in html


def test_the_log_is_told_of_an_answer_that_was_not_kept(caplog: pytest.LogCaptureFixture) -> None:
    after(talk(ledger=TornBook()), QUESTION)
    assert "an answer was not kept: disk full" in caplog.text and QUESTION not in caplog.text


def test_what_is_kept_can_be_rated_in_words_of_the_page() -> None:
    html = drawn(1, Turn("问", GROWTH, receipt_id="r-1"), Cards((), FakeBot().text_of, EN), EN)
    assert 'data-receipt="r-1"' in html and "Not helpful" in html and html.count("<option") == 5
