"""Citation cards and the transcript: what they show, and that nothing foreign in them becomes HTML."""

from __future__ import annotations

from dataclasses import fields, replace
from html.parser import HTMLParser

import pytest
from web_fakes import ECHO, GROWTH, NASTY, SILENT, TEXT, TOWN, FakeBot, cite, report

from chatbot.errors import IndexMissing
from chatbot.types import Answer, Citation, Dropped
from chatbot.web.cards import Cards, excerpt, place, report_title
from chatbot.web.kept import Turn
from chatbot.web.texts import Texts
from chatbot.web.transcript import basis, conversation, drawn, earlier, header, missing, working

ZH = Texts.of("zh")


def cards(*reports: object) -> Cards:
    bot = FakeBot(*reports)
    return Cards(bot.reports, bot.text_of, ZH)


class Tags(HTMLParser):
    """All tags with their attribute names, and the text between them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attrs)

    def handle_data(self, data: str) -> None:
        self.text += data


def harmless(html: str) -> bool:
    seen = Tags(html)
    foreign = seen.tags & {"script", "img", "svg", "iframe", "b"}
    return not foreign and not any(name.startswith("on") for name in seen.attributes)


def test_excerpt_is_the_whole_paragraph_when_it_is_short() -> None:
    parts = excerpt(TEXT, cite(TOWN, "一般公共预算收入增长8%"))
    assert "".join(parts) == TEXT.split("\n")[2]


def test_excerpt_of_the_last_paragraph_ends_with_the_text() -> None:
    assert excerpt(TEXT, cite(TOWN, "城镇新增就业6万人以上")).after == "。"


def test_a_long_paragraph_is_cut_at_sentence_ends_around_the_quote() -> None:
    text = "前文很长。" * 50 + "要找的话" + "，后文也长。" * 50
    start = text.index("要找的话")
    parts = excerpt(text, Citation(1, "要找的话", "x", (), None, start, start + 4), reach=12)
    assert parts == ("…前文很长。前文很长。", "要找的话", "，后文也长。，后文也长。…")


def test_a_long_run_without_sentence_end_is_cut_at_the_reach() -> None:
    text = "长" * 300 + "甲" + "长" * 300
    parts = excerpt(text, Citation(1, "甲", "x", (), None, 300, 301), reach=20)
    assert parts == ("…" + "长" * 20, "甲", "长" * 20 + "…")


def test_nothing_around_a_quote_is_shown_when_the_place_does_not_hold_it() -> None:
    moved = replace(cite(TOWN, "稳中求进"), start=0, end=4)
    assert excerpt(TEXT, moved) == ("", "稳中求进", "")


def test_a_card_of_a_report_that_is_gone_still_shows_its_quote() -> None:
    card = cards(report(id="another")).card(cite(TOWN, "稳中求进"), "zw-1-1")
    assert "<mark>稳中求进</mark></blockquote>" in card and TOWN.id in card


@pytest.mark.parametrize(
    ("citation", "line"),
    [
        (cite(TOWN, "稳中求进", 1, ("甲", "乙")), "甲 › 乙 · 第1页"),
        (replace(cite(TOWN, "稳中求进", 1, ("甲",)), page=None), "甲"),
        (replace(cite(TOWN, "稳中求进", 1, ()), page=12), "第12页"),
    ],
    ids=["path and page", "no pages", "no headings"],
)
def test_place_names_what_is_known(citation: Citation, line: str) -> None:
    assert place(citation, ZH) == line


@pytest.mark.parametrize(
    ("title", "year", "shown"),
    [
        ("某市报告", 2024, "某市报告（2024年）"),
        ("2024年某市报告", 2024, "2024年某市报告"),
        ("某市报告", None, "某市报告"),
    ],
    ids=["year added", "year there already", "year unknown"],
)
def test_report_title_carries_the_year_once(title: str, year: int | None, shown: str) -> None:
    assert report_title(report(title=title, year=year), ZH) == shown


def test_a_card_is_closed_and_holds_paragraph_place_and_title() -> None:
    card = cards().card(GROWTH.citations[1], "zw-1-2")
    assert card.startswith('<details class="zw-card" id="zw-1-2"><summary>')
    assert "<mark>地区生产总值增长6%左右</mark>" in card
    assert "二、今年主要任务 › 主要预期目标 · 第2页" in card
    assert "《某市政府工作报告（2024年）》" in card


def test_markers_lead_into_the_report_and_unknown_ones_stay_text() -> None:
    html = drawn(3, Turn("问", replace(GROWTH, sentences=("甲。[1]乙。[9]",))), cards(), ZH)
    there = cite(TOWN, "全市地区生产总值达到3000亿元、增长6.1%")
    assert f'href="./report/town-2024?start={there.start}&amp;end={there.end}&amp;lang=zh#zw-mark"' in html
    assert 'id="zw-3-1"' in html and "乙。[9]" in html


def test_foreign_text_in_question_answer_and_path_stays_text() -> None:
    citation = replace(ECHO.citations[0], path=(NASTY,))
    answer = replace(ECHO, citations=(citation,), note=f"{NASTY}[1]", mode=NASTY)
    assert harmless(drawn(1, Turn(NASTY, answer), cards(), ZH))


def test_foreign_text_in_a_report_stays_text() -> None:
    evil = report(text=f"{NASTY}\n前{NASTY}中{NASTY}后", title=f"<b>{NASTY}", id='"><script>')
    answer = Answer("answered", ("话。[1]",), (cite(evil, f"中{NASTY}"),))
    html = drawn(1, Turn("问", answer), cards(evil), ZH) + basis((evil,), ZH)
    assert harmless(html)
    assert NASTY in Tags(html).text


def test_foreign_text_in_an_error_stays_text() -> None:
    assert harmless(drawn(1, Turn(NASTY, error=NASTY), cards(), ZH) + missing(IndexMissing(NASTY, f"`{NASTY}`"), ZH))


def test_a_refusal_is_labelled_and_its_note_stands_apart() -> None:
    html = drawn(1, Turn("问", SILENT), cards(), ZH)
    assert '<p class="zw-label">报告未提及</p>' in html
    assert '<aside class="zw-note">' in html and "zw-cards" not in html and "data-copy" not in html


def test_dropped_sentences_are_counted_and_never_shown() -> None:
    answer = replace(GROWTH, dropped=(Dropped("杜撰的句子", "figure"),))
    html = drawn(1, Turn("问", answer), cards(), ZH)
    assert "另有 1 句草稿未予显示" in html and "杜撰" not in html


def test_an_overlong_question_is_shown_shortened() -> None:
    assert "长" * 161 not in drawn(1, Turn("长" * 5000, SILENT), cards(), ZH)


def test_stages_before_the_present_one_are_done_and_later_ones_wait() -> None:
    html = working("问", "retrieve", ZH)
    assert '<li class="zw-stage-done">理解问题</li><li class="zw-stage-now" aria-current="step">查找原文</li>' in html
    assert '<li class="zw-stage-next">起草</li><li class="zw-stage-next">核对</li>' in html


def test_sentences_that_stand_are_shown_above_the_stages() -> None:
    html = working("问", "draft", ZH, GROWTH)
    assert Tags(html).text.index("增长6%左右。[2]") < Tags(html).text.index("理解问题")


def test_markers_lead_nowhere_until_their_cards_are_there() -> None:
    html = working("问", "draft", ZH, GROWTH)
    assert html.count('<a class="zw-marker">') == 2 and "href" not in html


def test_an_answer_in_work_that_quotes_nothing_is_not_shown() -> None:
    assert working("问", "draft", ZH, SILENT) == working("问", "draft", ZH)


def test_foreign_text_in_an_answer_in_work_stays_text() -> None:
    assert harmless(working(NASTY, "draft", ZH, ECHO))


def test_all_stages_are_done_while_the_answer_is_drawn() -> None:
    assert working("问", "present", ZH).count("zw-stage-done") == 4


@pytest.mark.parametrize(
    ("note", "left"),
    [("未经模型整理", ""), ("报告提到了就业。\n未经模型整理", "报告提到了就业。")],
    ids=["alone", "beside nearest content"],
)
def test_that_no_model_edited_an_answer_is_a_label_and_no_nearest_content(note: str, left: str) -> None:
    html = drawn(1, Turn("问", replace(GROWTH, note=note)), cards(), ZH)
    assert '<p class="zw-label">未经模型整理</p>' in html
    assert (f"<p>{left}</p></aside>" in html) is bool(left) and ("zw-note" in html) is bool(left)


@pytest.mark.parametrize(
    ("mode", "said"),
    [("extractive", "摘取原文作答"), ("model", "由语言模型起草，已逐句与原文核对")],
)
def test_the_foot_says_how_the_answer_was_made(mode: str, said: str) -> None:
    html = drawn(1, Turn("问", replace(GROWTH, mode=mode)), cards(), ZH)
    assert f'<span class="zw-origin">{said}</span>' in html


def test_plain_text_holds_answer_and_every_reference() -> None:
    assert cards().plain("增长多少？", GROWTH).split("\n") == [
        "问：增长多少？",
        "答：去年全市地区生产总值达到3000亿元、增长6.1%。[1]",
        "今年的预期目标是增长6%左右。[2]",
        "",
        "出处：",
        "[1] 《某市政府工作报告（2024年）》 一、过去一年工作回顾 · 第1页 “全市地区生产总值达到3000亿元、增长6.1%”",
        "[2] 《某市政府工作报告（2024年）》 二、今年主要任务 › 主要预期目标 · 第2页 “地区生产总值增长6%左右”",
        "",
        "（AI 辅助生成 / 自动整理，请以报告原文为准）",
    ]


def test_earlier_turns_are_folded_up_and_numbered_from_one() -> None:
    html = earlier((Turn("甲问", GROWTH), Turn("乙问", error="出错")), cards(), ZH)
    assert html.startswith('<details class="zw-earlier" id="zw-earlier"><summary>以前的提问（2）</summary>')
    assert 'id="zw-1-1"' in html and "出错" in html and earlier((), cards(), ZH) == ""


@pytest.mark.parametrize(("language", "there"), [("zh", "en/"), ("en", "../")])
def test_the_header_leads_to_the_other_language(language: str, there: str) -> None:
    assert f'<a href="{there}" lang=' in header(Texts.of(language))


def test_the_header_says_that_answers_are_compiled_automatically_and_how_to_check_them() -> None:
    assert "回答由程序自动整理" in header(ZH) and "可与报告原文逐字核对" in header(ZH)


def test_every_answer_is_labelled_on_the_page_and_in_what_is_copied() -> None:
    for answer in (GROWTH, SILENT, replace(GROWTH, mode="model")):
        assert '<span class="zw-ai">AI 辅助生成 / 自动整理</span>' in drawn(1, Turn("问", answer), cards(), ZH)
    assert "AI 辅助生成 / 自动整理" in cards().plain("问", GROWTH)


def test_missing_index_shows_the_command_that_mends_it() -> None:
    html = missing(IndexMissing("没有索引", "请运行 `make setup`"), ZH)
    assert "没有索引" in html and "<code>make setup</code>" in html


def test_the_log_is_announced_to_listening_users() -> None:
    assert conversation(["<p>甲</p>"]) == '<div class="zw-log" role="log" aria-live="polite"><p>甲</p></div>'


def test_both_languages_have_every_word() -> None:
    for texts in (ZH, Texts.of("en")):
        for words in (texts, texts.receipt, texts.reader, texts.rating):
            assert all(getattr(words, field.name) for field in fields(words))


def test_a_closed_card_names_the_report_where_there_are_several() -> None:
    citation, other = GROWTH.citations[0], replace(TOWN, id="other", title="乙县政府工作报告")
    assert TOWN.title not in cards(TOWN).card(citation, "c").split("</summary>")[0]
    assert TOWN.title in cards(TOWN, other).card(citation, "c").split("</summary>")[0]
