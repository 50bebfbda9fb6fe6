"""How an answer came about: what the receipt of the chain says, in plain words, and what it must not say."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape

import pytest
from core_fakes import PLAN, a_passage, asked, evidence_for
from web_fakes import GROWTH, NASTY

from chatbot.compose import Composed, Written
from chatbot.models import Usage
from chatbot.prompts import NAMES, fingerprint
from chatbot.receipt import receipt
from chatbot.types import Answer, Dropped
from chatbot.web.receipt import how
from chatbot.web.receipt import told as cut_down
from chatbot.web.texts import Texts

ZH = Texts.of("zh")
QUESTION = asked("去年新建多少座凉亭？")
PASSAGES = [a_passage(f"新建凉亭{count}座。", start=20 * count) for count in range(10, 18)]
EVIDENCE = tuple(
    replace(evidence, score=float(rank)) for rank, evidence in enumerate(evidence_for(QUESTION, *PASSAGES), 1)
)
WRITTEN = Written("small-model", Composed(written=2), Usage(1, 812, 64), first_ms=1234.0)
INDEX = {"yunchuan-2031": "0123456789ab"}
TIMES = (("understand", 1.2), ("retrieve", 30.0), ("draft", 2500.0), ("verify", 4.0), ("total", 2535.2))


def answer(written: Written | None = None, question=QUESTION, evidence=EVIDENCE, index=INDEX) -> Answer:
    """An answer with the receipt that the chain makes."""
    return replace(GROWTH, receipt=receipt(question, evidence, 0.5, written, index), timing_ms=TIMES)


def told(answer: Answer, texts: Texts = ZH) -> dict[str, list[str]]:
    """What a reader sees: each heading with its lines."""
    rows: dict[str, list[str]] = {}
    for tag, text in re.findall(r"<(dt|dd)>(.*?)</d[td]>", how(answer, "id", str, texts)):
        if tag == "dt":
            rows[unescape(text)] = []
        else:
            rows[list(rows)[-1]].append(unescape(text))
    return rows


def test_it_is_closed_and_has_a_name_to_open_it_by() -> None:
    html = how(answer(), "zw-3-how", str, ZH)
    assert html.startswith('<details class="zw-receipt" id="zw-3-how"><summary>这个答案怎么来的</summary><dl>')


def test_in_english_it_has_its_english_name() -> None:
    assert "<summary>How this answer came about</summary>" in how(answer(), "id", str, Texts.of("en"))


def test_without_a_receipt_there_is_nothing() -> None:
    assert how(replace(GROWTH, receipt=()), "id", str, ZH) == ""


def test_it_says_how_the_question_was_understood() -> None:
    assert told(answer())["问题理解为"] == [QUESTION.text]


@pytest.mark.parametrize(
    ("question", "period"),
    [
        (asked("去年新建多少座凉亭？"), "2030年（已完成的）"),
        (replace(QUESTION, periods=(PLAN,)), "2031年（目标或安排）"),
        (replace(QUESTION, periods=()), "没有限定"),
        (replace(QUESTION, periods=(PLAN._replace(year=None),)), "（目标或安排）"),
    ],
    ids=["review", "plan", "none", "no year"],
)
def test_it_names_the_period(question, period: str) -> None:
    assert told(answer(question=question))["所问时间"] == [period]


def test_it_shows_the_six_best_passages_with_their_scores_and_how_many_there_were() -> None:
    first, *lines = told(answer())["查找原文"]
    assert first == "选出 8 段，其中得分最高的 6 段："
    assert lines == [f"{score}.0 分：“新建凉亭{score + 9}座”" for score in (8, 7, 6, 5, 4, 3)]


def test_nothing_found_is_not_listed() -> None:
    assert "查找原文" not in told(answer(evidence=()))


def test_dropped_sentences_are_counted_by_reason_and_none_of_their_words_repeated() -> None:
    reasons = ("引文里没有这个数字：42个", "引文里没有这样说：全部拆除", "引文里没有这个数字：17个")
    dropped = tuple(Dropped("凉亭有42个，全部拆除。", reason) for reason in reasons)
    html = how(replace(answer(), dropped=dropped), "id", str, ZH)
    assert told(replace(answer(), dropped=dropped))["未予显示"] == [
        "2 句草稿：引文里没有这个数字",
        "1 句草稿：引文里没有这样说",
    ]
    assert "42" not in html and "拆除" not in html


def test_without_a_model_there_is_no_word_of_one() -> None:
    assert list(told(answer())) == ["问题理解为", "所问时间", "查找原文", "索引版本", "用时"]


def test_it_says_what_the_model_cost_and_when_it_said_its_first_sentence() -> None:
    assert told(answer(WRITTEN))["语言模型"] == [
        "small-model",
        "调用 1 次，写成并通过核对 2 句",
        "输入 812 词元，输出 64 词元",
        "起草后 1.2 秒出现第一句",
    ]


def test_it_says_why_a_model_failed_and_leaves_out_what_it_did_not_tell() -> None:
    failed = Written("small-model", Composed(failure="模型服务太忙（429）"), Usage(1))
    assert told(answer(failed))["语言模型"][1:] == [
        "调用 1 次，写成并通过核对 0 句",
        "未能完成：模型服务太忙（429）",
    ]


def test_it_gives_the_fingerprints_of_prompts_and_index() -> None:
    shown = told(answer(WRITTEN))
    assert [line.split()[-1] for line in shown["提示词版本"]] == [fingerprint(name) for name in NAMES]
    assert shown["索引版本"] == ["《yunchuan-2031》 0123456789ab"]


def test_every_prompt_has_a_name_in_both_languages() -> None:
    for texts in (ZH, Texts.of("en")):
        assert set(texts.receipt.prompt_names()) == set(NAMES)


def test_it_gives_the_time_of_each_stage() -> None:
    assert told(answer())["用时"] == ["理解问题 1 毫秒，查找原文 30 毫秒，起草 2.5 秒，核对 4 毫秒，共 2.5 秒"]


def test_it_says_the_same_once_it_is_cut_down_to_be_kept() -> None:
    unknown = Written("small-model", Composed(failure="超时"), Usage(1))  # it told no tokens
    for whole in (answer(), answer(WRITTEN), answer(unknown)):
        kept = replace(whole, receipt=cut_down(whole))
        assert how(kept, "id", str, ZH) == how(whole, "id", str, ZH)
        assert len(str(kept.receipt)) < len(str(whole.receipt))


def test_foreign_text_stays_text() -> None:
    question = replace(QUESTION, text=NASTY, report_ids=(NASTY,))
    evidence = evidence_for(question, a_passage(f"{NASTY}。"))
    foreign = answer(Written(NASTY, Composed(failure=NASTY)), question, evidence, {NASTY: NASTY})
    html = how(replace(foreign, dropped=(Dropped(NASTY, NASTY),)), '"><i>', str, ZH)
    assert "<img" not in html and "<i>" not in html
    assert html.count("&lt;img") == 7  # question, passage, dropped, model, failure, report, fingerprint
