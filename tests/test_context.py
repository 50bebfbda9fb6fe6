"""What else must be said with a clause: each rule by a sentence that keeps it and one that does not."""

from __future__ import annotations

import pytest
from core_fakes import PLAN, REVIEW, STANDING, a_passage, evidence_for

from chatbot.compose import supported
from chatbot.context import leans, says_plan
from chatbot.types import Evidence, Passage, Period, Question
from chatbot.verify import fault

ASKED = Question("报告怎么说", "报告怎么说")
AHEAD = "今年新建学校3所，到2035年建成地铁4条，建成公园60个。"
JOBS = "城镇新增就业4.6万人，其中，高校毕业生2万人。"
RANK = "建成公园12个，高技术产业增长8%，居全省第一。"
AID = "改造小区87个，对困难家庭，每户补贴5000元。"
PLACE = "改造水厂2座，青石区新建学校3所，改造小区5个。"


def why(said: str, *passages: Passage) -> str:
    """Why what a model says under the keys of all passages may not be shown; empty when it may."""
    found = evidence_for(ASKED, *passages)
    keys = "".join(f"[{e.key}]" for e in found)
    return fault(ASKED, supported(said + keys, by_key(found)), by_key(found), ("云川",))


def by_key(found: tuple[Evidence, ...]) -> dict[str, Evidence]:
    return {e.key: e for e in found}


# Time


@pytest.mark.parametrize(
    ("text", "period", "said"),
    [
        (AHEAD, PLAN, "建成公园60个。"),
        (AHEAD, PLAN, "2031年计划建成公园60个。"),
        ("五年来，新增就业20万人，建成公园60个。", REVIEW, "2030年建成公园60个。"),
        ("上半年新建公园12个，改造小区5个。", REVIEW, "2030年改造小区5个。"),
        ("上半年，新建公园12个。", REVIEW, "全年新建公园12个。"),
        ("到2027年建成学校5所，建成公园60个；到2035年建成水厂3座。", STANDING, "到2035年建成公园60个。"),
        ("“十四五”期间，新建公园60个。", STANDING, "新建公园60个。"),
        ("去年新增学校12所，今年再建15所。", PLAN, "2031年新增学校12所。"),
        ("去年新增学校12所，今年再建15所。", REVIEW, "2030年再建15所。"),
        ("新建学校12所，明年再建15所。", PLAN, "2031年再建15所。"),
        ("新建学校12所。", STANDING, "2030年新建学校12所。"),
    ],
    ids=[
        "a later year",
        "a later year, as a plan",
        "five years",
        "half a year",
        "half for the whole",
        "two years",
        "a five-year plan",
        "last year in a plan",
        "this year in a review",
        "next year",
        "no year at all",
    ],
)
def test_what_is_said_of_another_time_is_not_said_of_this_year(text: str, period: Period, said: str):
    assert why(said, a_passage(text, period))


@pytest.mark.parametrize(
    ("text", "period", "said"),
    [
        (AHEAD, PLAN, "到2035年建成地铁4条，建成公园60个。"),
        (AHEAD, PLAN, "2031年计划新建学校3所。"),
        ("五年来，新增就业20万人，建成公园60个。", REVIEW, "五年来，建成公园60个。"),
        ("今年，新建学校3所，改造小区87个。", PLAN, "2031年将改造小区87个。"),
        ("去年，新建学校3所，改造小区87个。", REVIEW, "2030年改造小区87个。"),
        ("去年新增学校12所，今年再建15所。", PLAN, "今年再建15所。"),
        ("到2027年建成学校5所；到2035年建成水厂3座。", STANDING, "到2035年建成水厂3座。"),
    ],
    ids=[
        "the year said",
        "this year's part",
        "the years said",
        "this year",
        "last year",
        "said as it stands",
        "the second year",
    ],
)
def test_what_is_said_with_its_time_is_shown(text: str, period: Period, said: str):
    assert why(said, a_passage(text, period)) == ""


def test_a_time_told_first_does_not_speak_for_what_stood_ahead_of_it():
    assert why("到2035年建成公园60个，新建学校3所。", a_passage("新建学校3所，到2035年建成公园60个。", PLAN))


@pytest.mark.parametrize("head", ["截至2030年底", "到2030年"])
def test_what_was_done_in_a_year_is_not_told_as_the_total_by_then(head: str):
    assert why(f"{head}建成公园41个。", a_passage("建成公园41个。"))


# Status

DONE, PLANNED = a_passage("改造小区87个。"), a_passage("新建公园25个。", PLAN, 40)


@pytest.mark.parametrize(
    "said",
    [
        "计划新建公园25个，改造小区87个。",
        "改造小区87个，新建公园25个。",
        "2030年改造小区87个，新建公园25个。",
        "2030年改造小区87个，计划新建公园25个。",
        "2030年计划新建公园25个。",
        "2031年新建公园25个，2030年改造小区87个。",
    ],
)
def test_of_two_periods_each_clause_must_stand_under_its_own_year_and_status(said: str):
    assert why(said, DONE, PLANNED)


@pytest.mark.parametrize(
    "said", ["2030年改造小区87个，2031年计划新建公园25个。", "2031年计划新建公园25个，2030年改造小区87个。"]
)
def test_a_sentence_may_tell_a_result_and_a_plan(said: str):
    assert why(said, DONE, PLANNED) == ""


def test_a_plan_of_one_report_is_not_the_result_in_the_next():
    """Both speak of 2031: the report of 2031 as a plan, that of 2032 as a result."""
    planned, done = a_passage("改造小区130个。", PLAN), a_passage("改造小区87个。", Period("review", 2031), 40)
    assert why("2031年改造小区87个，改造小区130个。", planned, done)
    assert why("2031年计划改造小区130个，改造小区87个。", planned, done)


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("力争新增就业5万人，建成公园60个。", STANDING),
        ("计划新增就业5万人，建成公园60个。", REVIEW),
        ("将新增就业5万人，建成公园60个。", STANDING),
    ],
)
def test_a_wish_counts_for_the_clauses_after_it(text: str, period: Period):
    assert why("建成公园60个。", a_passage(text, period))
    assert why(text, a_passage(text, period)) == ""


@pytest.mark.parametrize("text", ["目前拥有企业260家。", "去年改造小区87个。", "已建成公园41个。"])
def test_what_is_so_already_is_not_told_as_a_plan(text: str):
    assert why(text, a_passage(f"今年培育企业20家，{text}", PLAN))


@pytest.mark.parametrize("text", ["改造主要道路5条", "满足需要", "收入提高到20%", "首要任务"])
def test_a_word_that_only_looks_like_a_plan_tells_none(text: str):
    assert not says_plan(text)


@pytest.mark.parametrize("text", ["将改造", "要改造", "到2035年改造", "力争改造", "目标是改造", "计划改造"])
def test_a_plan_is_known_by_its_words(text: str):
    assert says_plan(text)


# Condition and place


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (AID, "每户补贴5000元。"),
        ("如果水位超过警戒线，转移群众5万人。", "转移群众5万人。"),
        ("除2个项目外，全部建成投用。", "全部建成投用。"),
        ("在青石区，新建公园12个。", "新建公园12个。"),
        ("未完工的有：公园2个，水厂1座。", "公园2个，水厂1座。"),
        ("专家预测，全国经济增长6%。", "全国经济增长6%。"),
        ("年初承诺的12件实事中，11件如期完成。", "11件如期完成。"),
        (PLACE, "改造小区5个。"),
        (PLACE, "云川市改造小区5个。"),
        (JOBS, "高校毕业生2万人。"),
        (JOBS, "城镇新增就业4.6万人，高校毕业生2万人。"),
    ],
    ids=[
        "for whom",
        "if",
        "except",
        "where",
        "before a colon",
        "by whom",
        "of how many",
        "in a district",
        "of the city",
        "of which",
        "and of which",
    ],
)
def test_a_clause_is_not_shown_without_its_condition(text: str, said: str):
    assert why(said, a_passage(text))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (AID, "对困难家庭，每户补贴5000元。"),
        (AID, "改造小区87个。"),
        ("除2个项目外，全部建成投用。", "除2个项目外，全部建成投用。"),
        (PLACE, "青石区新建学校3所，改造小区5个。"),
        (PLACE, "云川市改造水厂2座。"),
        (JOBS, "城镇新增就业4.6万人，其中，高校毕业生2万人。"),
        ("城镇新增就业4.6万人，其中高校毕业生2万人。", "城镇新增就业4.6万人，其中高校毕业生2万人。"),
        ("主要工作有：新建公园2个，改造水厂1座。", "改造水厂1座。"),
        ("青石区新建学校3所；改造小区5个。", "改造小区5个。"),
    ],
    ids=[
        "for whom",
        "ahead of it",
        "except",
        "in a district",
        "of the city",
        "of which",
        "of which, in one",
        "a harmless colon",
        "another part",
    ],
)
def test_a_clause_is_shown_with_its_condition(text: str, said: str):
    assert why(said, a_passage(text)) == ""


@pytest.mark.parametrize(
    ("text", "said"),
    [(AID, "对困难家庭，改造小区87个。"), (PLACE, "青石区新建学校3所，改造水厂2座。")],
    ids=["condition", "place"],
)
def test_a_condition_does_not_speak_for_what_stood_ahead_of_it(text: str, said: str):
    assert why(said, a_passage(text))


# Subject


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (RANK, "建成公园12个，居全省第一。"),
        (RANK, "居全省第一。"),
        ("新建公园12个，新建学校5所，比上年多2所。", "新建公园12个，比上年多2所。"),
        ("新建公园12个，改造小区5个，惠及群众2万人。", "新建公园12个，惠及群众2万人。"),
        ("生产总值3210亿元，增长5.8%，财政收入300亿元，增长3%。", "生产总值3210亿元，增长3%。"),
        ("生产总值3210亿元，增长5.8%。", "增长5.8%。"),
    ],
    ids=["rank elsewhere", "rank alone", "comparison", "benefit", "figure elsewhere", "figure alone"],
)
def test_a_clause_without_a_subject_must_follow_the_one_that_names_it(text: str, said: str):
    assert why(said, a_passage(text))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (RANK, "高技术产业增长8%，居全省第一。"),
        ("财政收入300亿元，生产总值3210亿元，增长5.8%。", "生产总值3210亿元，增长5.8%。"),
        ("增长5.8%。", "增长5.8%。"),
        ("2030年，是攻坚之年。", "2030年，是攻坚之年。"),
    ],
    ids=["rank", "figure", "the whole passage", "the year is the subject"],
)
def test_a_clause_that_follows_its_subject_is_shown(text: str, said: str):
    assert why(said, a_passage(text)) == ""


def test_the_clause_ahead_of_it_must_stand_in_the_same_passage():
    jobs, growth = a_passage("新增就业5万人。"), a_passage("生产总值3210亿元，增长5.8%。", start=40)
    assert why("新增就业5万人，增长5.8%。", jobs, growth)


@pytest.mark.parametrize(
    "text",
    [
        "同比增长6.1%",
        "居全省第一",
        "占全国的三成",
        "惠及群众2万人",
        "其中国家级2个",
        "达到37.5%",
        "是首个枢纽",
    ],
)
def test_a_clause_leans_when_it_does_not_say_what_it_is_about(text: str):
    assert leans(text)


@pytest.mark.parametrize(
    "text", ["新增里程21公里", "失业率控制在5.1%", "居民收入增长6%", "占地5亩", "城镇新增就业4.6万人"]
)
def test_a_clause_with_a_name_or_a_deed_stands_alone(text: str):
    assert not leans(text)


def test_a_clause_that_names_what_it_measures_may_open_a_sentence_but_follows_only_its_own():
    passage = a_passage("新建公园12个，垃圾分类覆盖118个小区，回收利用率31%。")
    assert why("回收利用率31%。", passage) == ""
    assert why("垃圾分类覆盖118个小区，回收利用率31%。", passage) == ""
    assert why("新建公园12个，回收利用率31%。", passage)


# What is taken back


@pytest.mark.parametrize("back", ["这些目标均未实现", "但没有开放", "均未完成"])
def test_what_the_report_takes_back_is_not_shown_without_that(back: str):
    passage = a_passage(f"建成公园30个，投资增长5%，{back}。")
    assert why("投资增长5%。", passage)
    assert why(f"投资增长5%，{back}。", passage) == ""
