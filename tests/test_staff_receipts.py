"""Past answers: found, opened, asked again; what has changed is told. And the ledger that keeps them."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from records_postgres import Watch, opened
from web_fakes import ECHO, GROWTH, NASTY, SILENT, TOWN, FakeBot, cite

from chatbot.errors import IndexMissing, SetupError, UsageError
from chatbot.present import as_json
from chatbot.records.database import Records
from chatbot.records.errors import Missing
from chatbot.replay import change
from chatbot.types import Answer
from chatbot.web.cards import Cards
from chatbot.web.kept import Kept
from chatbot.web.ledger import RecordsLedger, ledger_for, purging
from chatbot.web.staff.ratings import Ratings
from chatbot.web.staff.receipts import PAGE, PastAnswers
from chatbot.web.staff.texts import StaffTexts
from chatbot.web.talk import Conversation
from chatbot.web.texts import Texts

ZH, WORDS = StaffTexts.of("zh"), Texts.of("zh")
QUESTION = "去年地区生产总值增长多少？"
SETTING = {"history": [["先问", "先答"]], "report_ids": [TOWN.id], "mode": "extractive"}


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def records(tmp_path: Path, watch: Watch) -> Iterator[Records]:
    with opened("sqlite", tmp_path, watch) as records:
        yield records


@pytest.fixture
def past(records: Records) -> PastAnswers:
    return over(records, FakeBot())


def over(records: Records, bot: Any) -> PastAnswers:
    return PastAnswers(bot, records.receipts, ZH, WORDS)


def keep(records: Records, asked: str = QUESTION, answer: Answer = GROWTH, **setting: object) -> str:
    return records.receipts.keep("page", asked, as_json(answer), setting or None)


def ids(listed: Any) -> list[str]:
    return [id for _, id in listed.choices["choices"]]


def text_of(html: str) -> str:
    return unescape(re.sub("<[^>]*>", " ", html))


# Finding


def test_the_newest_answer_comes_first_with_time_status_and_question(past: PastAnswers, records: Records, watch: Watch):
    first = keep(records, answer=SILENT)
    watch.go_on(minutes=5)
    second = keep(records)
    listed = past.search(None, None, None)
    assert ids(listed) == [second, first] and "2 份" in listed.line
    assert re.fullmatch(rf"2031-03-0\d \d\d:\d\d · 报告未提及 · {QUESTION}", listed.choices["choices"][1][0])


def test_answers_are_found_by_words_status_and_day(past: PastAnswers, records: Records, watch: Watch):
    silent = keep(records, "地铁票价是多少？", SILENT)
    watch.go_on(days=3)
    growth = keep(records)
    assert ids(past.search("地铁", "", "")) == [silent] and ids(past.search("3000亿元", "", "")) == [growth]
    assert ids(past.search("", "refused", "")) == [silent]
    assert ids(past.search("", "", "2031-03-03")) == [growth]
    assert ids(past.search("", "", " 2031-02-20 ")) == [growth, silent]
    assert "没有符合条件" in past.search("火星", "", "").line


@pytest.mark.parametrize("day", ["昨天", "2031-13-01", "03/01/2031", "0001-01-01", "9999-12-31", "\0", "2031-03"])
def test_a_day_that_is_none_is_told_in_a_line_or_finds_nothing(past: PastAnswers, records: Records, day: str):
    keep(records)
    listed = past.search("", "", day)
    assert "日期读不懂" in listed.line or "没有符合" in listed.line or "超出" in listed.line or "1 份" in listed.line
    assert day in ("0001-01-01", "9999-12-31") or "日期读不懂" in listed.line


@pytest.mark.parametrize("words", ["\0", "\ud800", "100%", "_", "'; DROP TABLE receipts", "长" * 100_000])
def test_hostile_words_find_nothing_and_break_nothing(past: PastAnswers, records: Records, words: str):
    kept = keep(records)
    assert ids(past.search(words, "", "")) == [] and ids(past.search("", "", "")) == [kept]


def test_further_pages_come_below_those_that_are_listed(past: PastAnswers, records: Records, watch: Watch):
    kept = []
    for _ in range(PAGE + 3):
        watch.go_on(seconds=1)
        kept.insert(0, keep(records))
    first = past.search("", "", "")
    assert ids(first) == kept[:PAGE] and first.more["visible"]
    rest = past.further("", "", "", first.choices["choices"])
    assert ids(rest) == kept and not rest.more["visible"]


# Opening


def test_an_opened_answer_shows_question_answer_quotes_and_receipt(past: PastAnswers, records: Records):
    id = keep(records, **SETTING)
    html, replay, changed = past.open(id)
    told = text_of(html)
    for part in (
        QUESTION,
        GROWTH.sentences[0],
        GROWTH.citations[1].quote,
        "先问",
        "先答",
        id,
        "0123456789ab",
        "由网页给出",
    ):
        assert part in told
    assert "2023年（已完成的）" in told
    start = GROWTH.citations[0].start
    assert f"../report/{TOWN.id}?start={start}&end={GROWTH.citations[0].end}&lang=zh#zw-mark" in unescape(html)
    assert (replay["interactive"], changed) == (True, "")


def test_a_refusal_has_no_quotes_and_its_note_is_shown(past: PastAnswers, records: Records):
    told = text_of(past.open(keep(records, "地铁票价是多少？", SILENT))[0])
    assert "没有引文" in told and told.count(SILENT.note) == 1


@pytest.mark.parametrize("id", ["x" * 16, "", "nope", "\0" * 16])
def test_an_answer_that_is_gone_is_told_in_a_line(past: PastAnswers, id: str):
    html, replay, _ = past.open(id)
    assert not replay["interactive"] and ("没有这份回答" in html) == bool(id)


def test_a_report_that_is_gone_has_no_link_but_its_quote(records: Records):
    gone = replace(GROWTH.citations[0], report_id="gone-2020")
    html, *_ = over(records, FakeBot()).open(keep(records, answer=replace(GROWTH, citations=(gone,))))
    assert "<a " not in html and gone.quote in html and "gone-2020" in html


def test_markup_in_question_answer_quote_and_history_is_text(records: Records):
    quote = replace(cite(TOWN, "稳中求进"), quote=NASTY, path=(NASTY,), report_id=NASTY)
    answer = Answer("answered", (NASTY,), (quote,), note=NASTY)
    id = keep(records, NASTY, answer, history=[[NASTY, NASTY]], report_ids=[NASTY], mode="auto")
    html, *_ = over(records, FakeBot()).open(id)
    assert "<img" not in html and "<script" not in html and html.count("&lt;img") >= 7


# Asking again


def test_the_same_question_is_asked_with_the_same_history_reports_and_mode(records: Records):
    bot = FakeBot()
    over(records, bot).replay(keep(records, **SETTING))
    assert bot.asked == [(QUESTION, (("先问", "先答"),), (TOWN.id,), "extractive")]


def test_an_unchanged_answer_is_said_to_be_the_same(past: PastAnswers, records: Records):
    told = text_of(past.replay(keep(records)))
    assert "没有变化" in told and "索引没有变（0123456789ab）" in told


def test_what_has_changed_is_told_piece_by_piece(past: PastAnswers, records: Records):
    old = replace(
        GROWTH,
        status="partial",
        sentences=("去年全市地区生产总值达到2900亿元、增长6.1%。[1]",),
        citations=(cite(TOWN, "稳中求进"),),
        receipt=(("index", {TOWN.id: "aaaaaaaaaaaa", "gone": "bbbbbbbbbbbb"}),),
    )
    html = past.replay(keep(records, answer=old))
    assert "<del>部分回答</del> <ins>已答</ins>" in html
    assert "<del>29</del><ins>30</ins>00亿元" in html
    told = text_of(html)
    assert "现在没有的引文" in told and "：稳中求进" in told and GROWTH.citations[0].quote in told
    assert "索引变了（aaaaaaaaaaaa → 0123456789ab）" in told and "gone：只有当时查过（bbbbbbbbbbbb）" in told
    assert "没有变化" not in told


def test_markup_in_what_has_changed_is_text(past: PastAnswers, records: Records):
    """In what stayed, what went and what came."""
    gone = replace(cite(TOWN, "稳中求进"), quote=f"{NASTY}旧")
    old = replace(ECHO, sentences=(f"<b>旧</b>{ECHO.text}",), citations=(gone,), status="partial")
    html = past.replay(keep(records, NASTY, old))
    assert not re.search("<(?:img|script|b)[ >]", html)
    assert "&lt;script&gt;window.hit=1" in html and "&lt;b&gt;旧" in html


def test_a_question_that_cannot_be_asked_again_is_told_in_a_line(past: PastAnswers, records: Records):
    gone = keep(records, report_ids=["gone"], history=[], mode="auto")
    assert "没有编号为 gone 的报告" in past.replay(gone)
    assert "没有索引" in over(records, IndexMissing("没有索引", "请建立")).replay(gone)
    assert WORDS.unexpected in past.replay(keep(records, "没有人教过的问题"))
    assert "没有这份回答" in past.replay(None)


def test_a_change_keeps_every_character_of_both_answers():
    before, now = as_json(GROWTH), as_json(replace(GROWTH, sentences=("今年的预期目标是增长6%左右。[1]",)))
    words = change(before, now).words
    assert "".join(text for kind, text in words if kind != "new") == before["answer"]
    assert "".join(text for kind, text in words if kind != "gone") == now["answer"]


def test_an_old_receipt_of_any_shape_can_be_compared():
    assert change({}, {}).is_none
    assert change({}, as_json(GROWTH)).new == tuple((c.report_id, c.quote) for c in GROWTH.citations)


# The ledger


def test_the_ledger_keeps_an_answer_and_its_rating(records: Records):
    ledger = RecordsLedger(records)
    id = ledger.keep("page", QUESTION, as_json(GROWTH), SETTING)
    ledger.rate(id, False, "不完整", "少了一项")
    assert records.receipts.get(id).setting == SETTING
    assert [(rating.receipt_id, rating.reason) for rating in records.feedback.list()] == [(id, "不完整")]


def test_for_no_days_nothing_is_kept(records: Records):
    assert ledger_for(records, 0) is None and isinstance(ledger_for(records, 1), RecordsLedger)


def test_a_refused_keep_does_not_spoil_the_answer():
    with_ledger = Conversation(FakeBot(), Cards((TOWN,), str, WORDS), WORDS, "auto", Refusing())
    *_, (_, log, *_) = with_ledger.ask(QUESTION, Kept(), ())
    assert "增长6.1%" in log


class Refusing:
    """A ledger whose database is full."""

    def keep(self, *_: object) -> str:
        raise SetupError("记录数据库暂时用不了", "请检查磁盘空间")

    def rate(self, *_: object) -> None:
        raise UsageError("没有这份回答")


def test_old_answers_go_at_the_start_and_again_after_a_while(records: Records, watch: Watch):
    old = keep(records)
    watch.go_on(days=181)
    young = keep(records)
    seen = Counted(records.receipts)
    with purging(seen, 180, watch, every=0.01):
        assert seen.asked >= 1
        with pytest.raises(Missing):
            records.receipts.get(old)
        assert records.receipts.get(young)
        watch.go_on(days=181)
        assert seen.more.wait(30)
    with pytest.raises(Missing):
        records.receipts.get(young)


class Counted:
    """Says when it was asked again, after the clock went on."""

    def __init__(self, receipts: Any) -> None:
        self._receipts, self.asked, self.more = receipts, 0, threading.Event()

    def purge(self, older_than: object) -> int:
        gone = self._receipts.purge(older_than)
        self.asked += 1
        if self.asked > 1 and gone:
            self.more.set()
        return int(gone)


def test_a_database_out_of_order_does_not_end_the_purging(caplog: pytest.LogCaptureFixture, watch: Watch):
    broken = Broken()
    with purging(broken, 180, watch, every=0.01):
        assert broken.again.wait(30)
    assert "记录数据库暂时用不了" in caplog.text


class Broken:
    def __init__(self) -> None:
        self.times, self.again = 0, threading.Event()

    def purge(self, older_than: object) -> int:
        self.times += 1
        if self.times > 1:
            self.again.set()
        raise SetupError("记录数据库暂时用不了", "请检查磁盘空间")


def test_nothing_is_kept_longer_than_was_said(records: Records, watch: Watch):
    keep(records)
    with purging(records.receipts, 0, lambda: watch.now + timedelta(seconds=1)):
        assert records.receipts.find() == ()


# What readers thought of them


def test_ratings_are_counted_and_the_bad_ones_told(records: Records):
    ratings = Ratings(records.feedback, ZH, WORDS)
    assert ZH.receipts.unrated in ratings.html()
    good, bad = keep(records), keep(records, asked="<b>坏</b>问题？")
    records.feedback.rate(good, True)
    records.feedback.rate(bad, False, WORDS.rating.reasons[0], "<img src=x>")
    told = ratings.html()
    assert "有帮助 1，没帮助 1（没有回答我的问题 1）" in text_of(told)
    assert (
        "<b>坏" not in told and "<img" not in told and "坏</b>问题？ · 没有回答我的问题 · <img src=x>" in text_of(told)
    )


def test_where_the_ratings_cannot_be_read_there_is_a_line(records: Records, monkeypatch: pytest.MonkeyPatch):
    def fails(*_: object, **__: object) -> None:
        raise UsageError("读不出来")

    monkeypatch.setattr(records.feedback, "summary", fails)
    assert "读不出来" in Ratings(records.feedback, ZH, WORDS).html()
