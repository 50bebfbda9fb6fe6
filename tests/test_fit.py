"""Whether a clause holds the kind of thing asked for, and speaks of the right time and place."""

from __future__ import annotations

from dataclasses import replace

import pytest
from core_fakes import PLAN, REVIEW, STANDING, a_passage, a_report, asked, evidence_for, whole
from hypothesis import given
from hypothesis import strategies as st

from chatbot.fit import NO_FIGURE, figure_fit, figures_of, focus_fit, name_cover, period_fit
from chatbot.types import Passage, Period, Term
from chatbot.understand import understand
from chatbot.wordlists import read_toml

TEXT = st.text("去今年新建水库公园一二三座个亿元%增长下降5.30、和，“”谁哪多少时候地", min_size=1, max_size=40)


PART = ("一、工作回顾",)


def fit(question: str, text: str, path: tuple[str, ...] = PART) -> dict[str, float]:
    """The features of a passage taken as one clause."""
    return whole(asked(question), a_passage(text, path=path))


def about(period: Period, text: str = "新建水库3座") -> Passage:
    return a_passage(text, period)


@pytest.mark.parametrize("period", [REVIEW, PLAN, STANDING])
def test_a_question_without_a_time_fits_every_time(period: Period):
    assert period_fit(asked("水库在哪里"), about(period)) == 0.0


@pytest.mark.parametrize(("message", "period"), [("去年新建水库几座", REVIEW), ("今年新建水库几座", PLAN)])
def test_the_time_asked_for_fits_in_full(message: str, period: Period):
    assert period_fit(asked(message), about(period)) == 1.0


@pytest.mark.parametrize(
    ("message", "period"),
    [
        ("去年新建水库几座", PLAN),
        ("今年新建水库几座", REVIEW),
        ("2025年新建水库几座", REVIEW),
        ("2025年新建水库几座", STANDING),
    ],
)
def test_another_time_does_not_fit(message: str, period: Period):
    assert period_fit(asked(message), about(period)) == -1.0


@pytest.mark.parametrize("period", [REVIEW, PLAN, STANDING])
def test_a_year_that_the_sentence_names_itself_fits(period: Period):
    assert period_fit(asked("2025年新建水库几座"), about(period, "2025年新建水库3座")) > 0


def test_what_holds_for_all_time_does_not_contradict_the_years_of_the_report():
    assert period_fit(asked("去年新建水库几座"), about(STANDING)) == 0.0


@given(TEXT, TEXT)
def test_every_fit_lies_between_no_and_yes(question: str, text: str):
    assert {name: value for name, value in fit(question, text).items() if not -1.000001 <= value <= 1.000001} == {}


def test_a_figure_question_is_not_answered_by_a_clause_without_figure():
    found = fit("新建水库多少座？", "水库建设稳步推进")
    assert found["unit"] == NO_FIGURE < 0 and found["type"] < 0


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("新建水库多少座？", "新建水库3座"),
        ("新增里程多少公里？", "新增里程21公里"),
        ("水库投资多少亿元？", "水库投资3.4亿元"),
        ("财政收入增长多少？", "财政收入增长3.2%"),
        ("财政收入总额是多少？", "财政收入320亿元"),
        ("工业占比是多少？", "工业占比达到28.4%"),
    ],
)
def test_the_figure_asked_for_fits(question: str, text: str):
    assert fit(question, text)["unit"] > 0.5


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("水库投资多少亿元？", "新建水库3座"),
        ("新建水库多少座？", "水库投资3.4亿元"),
        ("新增里程多少公里？", "新增里程增长21%"),
        ("财政收入增长多少？", "财政收入320亿元"),
        ("财政收入总额是多少？", "财政收入增长3.2%"),
    ],
)
def test_a_figure_of_another_kind_cannot_answer(question: str, text: str):
    assert fit(question, text)["unit"] < 0


@pytest.mark.parametrize(
    ("question", "text", "fits"),
    [
        ("渔船总量是多少艘？", "渔船总量达到860艘", True),
        ("渔船总量是多少艘？", "新增渔船12艘", False),
        ("累计培训渔民多少人？", "新增培训渔民320人", False),
        ("新增渔船多少艘？", "累计渔船860艘", False),
        ("新增渔船多少艘？", "新增渔船12艘、累计860艘", True),
        ("渔船总量新增多少艘？", "新增渔船12艘", True),
        ("渔船有多少艘？", "新增渔船12艘", True),
        ("渔船有多少艘？", "累计渔船860艘", True),
    ],
    ids=[
        "total for total",
        "added for total",
        "added for sum",
        "sum for added",
        "both told",
        "both asked",
        "added for either",
        "sum for either",
    ],
)
def test_a_total_is_not_what_was_added(question: str, text: str, fits: bool):
    assert fit(question, text)["unit"] == (1.0 if fits else -1.0)


@pytest.mark.parametrize(
    ("question", "text", "fits"),
    [
        ("去年新建渔港几座？", "新建渔港9座", True),
        ("去年新建渔港几座？", "三年累计新建渔港9座", False),
        ("去年渔业产值增长多少？", "渔业产值年均增长5.2%", False),
        ("去年新建渔港几座？", "三年累计新建渔港9座，其中2030年4座", True),
        ("新建渔港几座？", "三年累计新建渔港9座", True),
        ("三年累计新建渔港几座？", "三年累计新建渔港9座", True),
    ],
    ids=["one year", "three for one", "mean for one", "the year is named", "no time asked", "three asked"],
)
def test_years_taken_together_do_not_answer_for_one(question: str, text: str, fits: bool):
    assert fit(question, text)["unit"] == (1.0 if fits else -1.0)


@pytest.mark.parametrize(
    ("text", "path", "fits"),
    [
        ("三年累计新建渔港9座", ("一、工作回顾",), True),
        ("新建渔港9座", ("一、五年工作回顾",), True),
        ("新建渔港9座", ("一、工作回顾",), False),
        ("渔业产值稳步增长，新建渔港9座", ("一、2030年工作回顾",), False),
    ],
    ids=["said", "in the heading", "unsaid", "a year in the heading"],
)
def test_one_year_does_not_answer_for_years_taken_together(text: str, path: tuple[str, ...], fits: bool):
    assert fit("三年累计新建渔港几座？", text, path)["unit"] == (1.0 if fits else -1.0)


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("五年来新建渔港9座", False),
        ("五年新建渔港9座", False),
        ("过去五年新建渔港9座", False),
        ("三年间新建渔港9座", False),
        ("三年行动新建渔港9座", True),
        ("五年规划新建渔港9座", True),
        ("三年内新建渔港9座", True),
        ("五年级学生捐建渔港9座", True),
    ],
)
def test_a_clause_that_opens_with_several_years_counts_them_together(text: str, fits: bool):
    assert fit("去年新建渔港几座？", text)["unit"] == (1.0 if fits else -1.0)


@pytest.mark.parametrize(
    ("text", "fits"),
    [("五年来，渔业稳步发展，新建渔港9座。", False), ("渔业五年来稳步发展，新建渔港9座。", True)],
    ids=["opens with them", "another clause says them"],
)
def test_a_sentence_that_opens_with_several_years_counts_them_throughout(text: str, fits: bool):
    clause = evidence_for(asked("去年新建渔港几座？"), a_passage(text))[0].clauses[-1]
    assert clause.feature("unit") == (1.0 if fits else -1.0)


@pytest.mark.parametrize(
    ("question", "text", "sign"),
    [
        ("渔业占比是多少？", "渔业占比达到6.2%", 1),
        ("渔业占比是多少？", "渔业增长6.2%", -1),
        ("渔业比重是多少？", "渔业下降0.3个百分点", -1),
        ("渔业机械化率是多少？", "渔业机械化提高到6.2%", 1),
    ],
    ids=["a part", "growth", "points", "a rate may have grown"],
)
def test_growth_does_not_tell_a_part_of_a_whole(question: str, text: str, sign: int):
    assert sign * fit(question, text)["unit"] > 0


@pytest.mark.parametrize(
    ("question", "text", "expected"),
    [
        ("农村改厕多少户？", "城市改厕300户", -1.0),
        ("农村改厕多少户？", "城市和农村改厕300户", 0.0),
        ("农村改厕多少户？", "改厕300户", 0.0),
        ("改厕多少户？", "城市改厕300户", 0.0),
        ("农村和城市改厕多少户？", "城市改厕300户", 0.0),
        ("进出口总额是多少？", "出口总额12亿元", -1.0),
        ("出口总额是多少？", "进出口总额12亿元", -1.0),
        ("出口总额是多少？", "进出口总额12亿元，出口7亿元", 0.0),
        ("农村居民收入多少元？", "城镇居民收入300元", -1.0),
    ],
    ids=["other", "both", "neither", "unasked", "both asked", "part", "whole", "part told too", "longer words"],
)
def test_one_of_two_opposites_does_not_answer_for_the_other(question: str, text: str, expected: float):
    assert fit(question, text)["contrast"] == expected


@pytest.mark.parametrize(
    ("question", "text", "expected"),
    [
        ("城镇居民收入增长多少？", "城镇、农村居民收入增长5%", 0.0),
        ("农村居民收入增长多少？", "城镇、农村居民收入增长5%", 0.0),
        ("城镇居民收入增长多少？", "城镇和农村居民收入增长5%", 0.0),
        ("城镇居民收入增长多少？", "城镇就业稳定，农村居民收入增长5%", -1.0),
    ],
    ids=["the end is shared", "said itself", "和", "the end is not its own"],
)
def test_of_a_list_with_a_shared_end_each_is_said(question: str, text: str, expected: float):
    assert fit(question, text)["contrast"] == expected


@pytest.mark.parametrize(
    ("question", "text", "fits"),
    [
        ("出口总额是多少？", "进出口总额12亿元", False),
        ("进出口总额是多少？", "进出口总额12亿元", True),
        ("出口总额是多少？", "出口总额7亿元", True),
        ("城镇居民收入多少元？", "城镇居民收入300元", True),
        ("城镇居民收入多少元？", "农村居民收入300元", False),
    ],
    ids=["the whole for a part", "the whole", "the part", "the same", "the other"],
)
def test_a_figure_under_the_name_of_the_opposite_does_not_fit(question: str, text: str, fits: bool):
    assert fit(question, text)["unit"] == (1.0 if fits else -1.0)


def test_at_the_figure_opposites_are_told_apart_though_the_sentence_says_both():
    whole, part = evidence_for(asked("出口总额是多少？"), a_passage("进出口总额12亿元，出口总额7亿元。"))[0].clauses
    assert (whole.feature("contrast"), part.feature("contrast")) == (0.0, 0.0)
    assert (whole.feature("unit"), part.feature("unit")) == (-1.0, 1.0)


@pytest.mark.parametrize(
    ("question", "text", "expected"),
    [
        ("农村收入增长多少？", "城镇居民收入增长5%", -1.0),
        ("城镇收入增长多少？", "农村居民收入增长5%", -1.0),
        ("农村收入增长多少？", "农村居民收入增长5%", 0.0),
        ("农村收入增长多少？", "居民收入增长5%", 0.0),
        ("收入增长多少？", "城镇居民收入增长5%", 0.0),
    ],
    ids=["other", "the other way round", "the same", "neither", "nothing said"],
)
def test_a_short_word_means_the_longer_one_of_a_pair(question: str, text: str, expected: float):
    """Of 农村居民 and 城镇居民 the question only says 农村."""
    assert fit(question, text)["contrast"] == expected


@pytest.mark.parametrize(
    ("before", "follow_up", "text", "expected"),
    [
        ("去年农村改厕多少户？", "那城市呢？", "城市改厕300户。", 0.0),
        ("去年农村改厕多少户？", "那城市呢？", "农村改厕300户。", -1.0),
        ("去年农村改厕多少户？", "那今年呢？", "农村改厕300户。", 0.0),
        ("去年农村改厕多少户？", "那今年呢？", "城市改厕300户。", -1.0),
        ("去年农村改廁多少戶？", "那城鎮呢？", "城镇改厕300户。", 0.0),
    ],
    ids=["its own word", "not the earlier one", "none of its own", "then the earlier one counts", "traditional"],
)
def test_of_two_opposites_the_word_of_the_follow_up_decides(before: str, follow_up: str, text: str, expected: float):
    question = understand(follow_up, asked(before), [a_report()])
    assert whole(question, a_passage(text))["contrast"] == expected


def test_of_a_list_of_names_the_figure_of_the_follow_up_s_own_name_fits_best():
    text = "渔业产值、港口投资分别增长6.6%、4.3%。"
    question = understand("那港口投资呢？", asked("去年渔业产值增长多少？"), [a_report()])
    figures, terms = figures_of(a_passage(text)), question.terms
    best = max(figures, key=lambda figure: figure_fit(question, terms, figure, text))
    assert best.name == "港口投资"


def test_what_is_carried_over_names_no_figure():
    term = Term("渔业产值")
    assert name_cover([term], "渔业产值") == 1.0 and name_cover([replace(term, kind="context")], "渔业产值") == 0.0


@pytest.mark.parametrize(
    ("question", "text", "unit"),
    [
        ("渔业产值是多少？", "渔业产值连续7个月增长", NO_FIGURE),
        ("渔业产值连续增长几个月？", "渔业产值连续7个月增长", 1.0),
        ("渔业产值连续增长多少个月？", "渔业产值连续7个月增长", 1.0),
    ],
    ids=["how much", "how long", "how long with a measure"],
)
def test_how_long_does_not_tell_how_much(question: str, text: str, unit: float):
    assert fit(question, text)["unit"] == unit


@pytest.mark.parametrize(("text", "fits"), [("渔业用地占比近三分之一", True), ("渔业用地与林地之比为3∶1", False)])
def test_a_fraction_is_a_share(text: str, fits: bool):
    assert (fit("渔业用地现在还有几成？", text)["unit"] > 0) == fits


@pytest.mark.parametrize("text", ["渔业产值增长3倍", "渔业产值增长3%", "渔业产值提高3个百分点"])
def test_a_multiple_or_a_share_is_no_amount(text: str):
    assert fit("渔业产值总额是多少？", text)["unit"] == -1.0


def test_groups_of_opposites_hold_several_words_each_once():
    groups = read_toml("asking.toml")["contrasts"]["groups"]
    assert groups and [group for group in groups if len(group) < 2 or len({*group}) < len(group)] == []


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("新建了哪些水库？", "新建青石、白鹭、云门水库"),
        ("什么时候通车？", "6月底前通车"),
        ("水库建在哪里？", "水库建在青石镇"),
        ("为什么缓建水库？", "由于雨水较多缓建水库"),
    ],
    ids=["list", "date", "place", "reason"],
)
def test_the_kind_of_thing_asked_for_fits(question: str, text: str):
    assert fit(question, text)["type"] == 1.0


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("民生实事有哪些？", "办好15件民生实事"),
        ("新建了哪三座水库？", "新建青石、白鹭水库"),
        ("什么时候通车？", "全线通车"),
        ("谁负责水库建设？", "扎实推进水库建设"),
        ("为什么缓建水库？", "缓建水库3座"),
    ],
    ids=["bare count", "too few", "no date", "nobody", "no reason"],
)
def test_another_kind_of_thing_cannot_answer(question: str, text: str):
    assert fit(question, text)["type"] < 0


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("工作体系、责任体系、政策体系、考核体系", 1),
        ("工作体系、责任体系、政策体系", -1),
        ("工作、责任、政策、考核", -1),
    ],
    ids=["enough", "too few", "of another kind"],
)
def test_a_member_of_the_kind_asked_for_counts_though_the_question_says_its_words(text: str, sign: int):
    assert sign * fit("建立了工作和责任、政策、考核的哪四个体系？", text)["type"] > 0


def test_a_noun_that_nothing_hangs_on_is_never_missed():
    assert fit("新建了多少？", "新建公园")["focus"] == 1.0


def test_the_noun_asked_for_is_missed_where_it_is_not_said():
    assert fit("哪座水库开工了？", "云门水库开工")["focus"] > fit("哪座水库开工了？", "云门公园开工")["focus"]


NOUNS = ("青石", "渔港", "吞吐量")


@pytest.mark.parametrize(
    ("clause", "left", "share"),
    [
        ("吞吐量达到9万吨", "青石渔港通航，", 1.0),
        ("青石渔港吞吐量达到9万吨", "", 1.0),
        ("吞吐量达到9万吨", "", 3 / 7),
        ("投资9亿元", "青石渔港通航，", 0.0),
        ("投资9亿元", "青石渔港吞吐量大增，", 0.0),
    ],
    ids=["in what is left", "in the clause", "nowhere", "the last word nowhere", "the last word in what is left"],
)
def test_what_stands_before_the_last_noun_may_be_said_before_the_clause(clause: str, left: str, share: float):
    assert focus_fit(NOUNS, (), clause, left) == pytest.approx(share)


def test_what_the_sentence_said_before_the_clause_counts_for_the_noun_asked_for():
    question = asked("青石渔港吞吐量是多少万吨？")
    clause = evidence_for(question, a_passage("青石渔港通航，吞吐量达到9万吨。"))[0].clauses[-1]
    assert clause.feature("focus") == 1.0


# Names with letters or numbers


@pytest.mark.parametrize(
    ("question", "text", "path", "expected"),
    [
        ("7号线里程多少公里？", "9号线里程21公里", PART, -1.0),
        ("7号线里程多少公里？", "17号线里程21公里", PART, -1.0),
        ("7号线里程多少公里？", "7号线里程21公里", PART, 0.0),
        ("7号线里程多少公里？", "里程21公里", ("（一）7号线",), 0.0),
        ("七号线里程多少公里？", "九号线里程21公里", PART, -1.0),
        ("七号线里程多少公里？", "十七号线里程21公里", PART, -1.0),
        ("T2航站楼面积多少平方米？", "T3航站楼面积20万平方米", PART, -1.0),
        ("T3A航站楼面积多少平方米？", "T3B航站楼面积20万平方米", PART, -1.0),
        ("NX78项目投资多少亿元？", "NX79项目投资3亿元", PART, -1.0),
        ("LED产业产值多少亿元？", "照明产业产值3亿元", PART, -1.0),
        ("LED产业产值多少亿元？", "LED产业产值3亿元", PART, 0.0),
        ("AI产业产值多少亿元？", "人工智能产业产值3亿元", PART, 0.0),
        ("新增里程多少公里？", "9号线新增里程21公里", PART, 0.0),
    ],
)
def test_for_a_name_with_letters_or_numbers_no_other_stands_in(
    question: str, text: str, path: tuple[str, ...], expected: float
):
    assert fit(question, text, path)["place"] == expected


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("PM2.5浓度下降多少？", "PM10浓度下降3.1%"),
        pytest.param(
            *("HPV疫苗接种多少人？", "流感疫苗接种300人"),
            marks=pytest.mark.xfail(strict=True, reason="chatbot/fit.py, _is_code: in English EV and R&D look so too"),
        ),
    ],
    ids=["PM2.5", "HPV"],
)
def test_for_a_short_name_of_the_lexicon_no_other_stands_in(question: str, text: str):
    assert fit(question, text)["place"] == -1.0


@pytest.mark.parametrize(("asks", "told"), [("3号线", "三号线"), ("三号线", "3号线"), ("十一号线", "11号线")])
def test_a_number_may_be_written_in_digits_or_in_characters(asks: str, told: str):
    assert fit(f"{asks}新增里程多少公里？", f"{told}新增里程21公里")["place"] == 0.0


def test_a_name_numbered_in_characters_is_a_noun_that_its_sentence_says():
    assert fit("十一号线里程多少公里？", "轨道交通十一号线里程21公里")["focus"] == 1.0


@pytest.mark.parametrize(
    ("text", "path", "expected"),
    [
        ("新建公园3个", ("一、工作回顾",), -1.0),
        ("成都新建公园3个", ("一、工作回顾",), 0.0),
        ("新建公园3个", ("成都片区",), 0.0),
    ],
    ids=["elsewhere", "in the sentence", "in a heading"],
)
def test_a_place_named_must_be_spoken_of(text: str, path: tuple[str, ...], expected: float):
    assert fit("成都新建公园多少个？", text, path)["place"] == expected


@pytest.mark.parametrize(
    ("question", "text", "expected"),
    [
        ("去四川的高速有几条？", "川渝高速公路达到5条", 0.0),
        ("去成都的高速扩建吗？", "成渝高速扩容", 0.0),
        ("河北的项目有几个？", "京津冀协同项目5个", 0.0),
        ("四川的高速有几条？", "沪渝高速公路达到5条", -1.0),
        ("四川的水库有几座？", "百川水库3座", -1.0),
    ],
)
def test_a_place_may_be_named_by_one_character_beside_another_s(question: str, text: str, expected: float):
    assert fit(question, text)["place"] == expected


def test_a_place_may_be_named_without_its_rank():
    assert fit("成都市新建公园多少个？", "成都新建公园3个")["place"] == 0.0


# Places, times and persons


@pytest.mark.parametrize(
    ("question", "text", "sign"),
    [
        ("养老院在哪里？", "养老院落户青石镇", 1),
        ("养老院在哪里？", "养老院位于老码头旁", 1),
        ("渔业博览会在哪里举办？", "在望海楼召开渔业博览会", 1),
        ("地址在哪里？", "地址：青石路8号", 1),
        ("养老院在哪里？", "在全市推行养老院星级评定", -1),
        ("养老院在哪里？", "在规定时间内办结养老院审批", -1),
        ("养老院在哪里？", "养老院在抓紧建设", -1),
        ("养老院在哪里？", "建成区级养老院3所", -1),
        ("养老院在哪里？", "建成公园25个", -1),
        ("养老院在哪里？", "修建农村公路120公里", -1),
        ("养老院在哪里？", "惠及25个行政村", -1),
        ("养老院在哪里？", "覆盖全县", -1),
        ("哪个镇建了渔港？", "青石镇建成渔港", 1),
        ("哪个镇建了渔港？", "云门县建成渔港", -1),
        ("哪个区县建了渔港？", "云门县建成渔港", 1),
        ("哪一个村建了渔港？", "白鹭村建成渔港", 1),
        ("哪座城市建了渔港？", "云川市建成渔港", 1),
        ("哪座城市建了渔港？", "推进城市更新，建成渔港", -1),
        ("哪个省建了渔港？", "山东省建成渔港", 1),
        ("首个渔港示范城市是哪座城市？", "青岛成为首个渔港示范城市", 1),
        ("首个渔港示范城市是哪座城市？", "首个渔港示范城市通过验收", -1),
        ("哪个区建了渔港？", "在云门工业基地建成渔港", 1),
    ],
)
def test_a_place_is_told_by_a_name_of_the_rank_asked_for_or_by_where_a_thing_is_set(
    question: str, text: str, sign: int
):
    assert asked(question).answer_type == "place" and sign * fit(question, text)["type"] > 0


@pytest.mark.parametrize(
    ("question", "text", "sign"),
    [
        ("渔市几点关门？", "渔市22时关门", 1),
        ("渔市几点关门？", "渔市夜里十点关门", 1),
        ("渔市几点关门？", "渔市24小时营业", 1),
        ("渔市几点关门？", "渔市2031年底建成", -1),
        ("渔市几点关门？", "渔市延长营业时间8小时", -1),
        ("多久巡查一次渔港？", "每月巡查渔港", 1),
        ("多久巡查一次渔港？", "渔港每3天巡查1次", 1),
        ("多长时间巡查一次渔港？", "渔港一月一检", 1),
        ("多久巡查一次渔港？", "渔港2031年底建成", -1),
        ("多久巡查一次渔港？", "每人补助300元", -1),
        ("渔港什么时候建成？", "渔港2031年底建成", 1),
        ("渔港什么时候建成？", "渔港每天开行渔船3趟", -1),
        ("渔港什么时候建成？", "渔港每年新增渔船9艘", -1),
        ("渔市周几开放？", "渔市每周三开放", 1),
        ("渔市周几开放？", "渔市周边开放", -1),
        ("渔港哪天开港？", "渔港9月9日开港", 1),
    ],
)
def test_a_time_of_day_a_rhythm_and_a_date_do_not_stand_for_one_another(question: str, text: str, sign: int):
    assert asked(question).answer_type == "date" and sign * fit(question, text)["type"] > 0


@pytest.mark.parametrize(
    ("question", "text", "sign"),
    [
        ("渔业标兵是谁？", "渔业标兵田秀兰", 1),
        ("渔业标兵是谁？", "渔业标兵沈阿海获全国表彰", 1),
        ("渔业标兵是谁？", "渔业标兵大会召开，渔业标兵沈阿海等获奖", 1),
        ("渔业标兵是谁？", "渔业标兵评选、", -1),
        ("渔业标兵是谁？", "渔业标兵工作站，", -1),
        ("渔业标兵是谁？", "渔业标兵等人才", -1),
        ("渔业标兵是谁？", "渔业标兵任务，", -1),
        ("渔港由谁承建？", "渔港由云川水务集团承建", 1),
        ("谁负责渔港建设？", "市渔业局负责渔港建设", 1),
        ("谁投资建渔港？", "渔港完成投资3亿元", -1),
        ("谁负责渔港建设？", "由于台风，渔港建设放缓", -1),
        ("谁管理渔港？", "优化渔港布局、加强管理", -1),
        ("渔业标兵是谁？", "渔业标兵由各镇推荐", -1),
        ("渔业保险要覆盖到谁？", "将渔业保险覆盖到独居老年人", 1),
        ("迎接谁的渔业评估？", "做好迎接世行渔业评估工作", 1),
        ("渔业保险要覆盖到谁？", "渔业保险覆盖面扩大", -1),
        ("渔业标兵是谁？", "渔业标兵服务群众", -1),
    ],
)
def test_who_is_told_by_a_name_or_of_a_work_by_whom_it_is_done(question: str, text: str, sign: int):
    assert asked(question).answer_type == "person" and sign * fit(question, text)["type"] > 0


# Twins


@pytest.mark.parametrize(
    ("question", "text", "expected"),
    [
        ("县二中新建宿舍几间？", "县一中新建宿舍30间", -1.0),
        ("县二中新建宿舍几间？", "县二中新建宿舍30间", 0.0),
        ("县二中新建宿舍几间？", "县第二中学新建宿舍30间", 0.0),
        ("县二中新建宿舍几间？", "县十二中新建宿舍30间", -1.0),
        ("第二人民医院床位几张？", "第一人民医院床位300张", -1.0),
        ("第一小学扩建教室几间？", "第一、第二小学扩建教室30间", 0.0),
        ("第三小学扩建教室几间？", "第一、第二小学扩建教室30间", -1.0),
        ("一中和二中新建宿舍各几间？", "县一中新建宿舍30间", 0.0),
        ("县二中新建宿舍几间？", "新建宿舍30间", 0.0),
        ("县二中新建宿舍几间？", "第一小学新建宿舍30间", 0.0),
        ("新建渔业二中心几个？", "新建渔业一中心3个", 0.0),
        ("渔业项目一中标多少万元？", "渔业项目二中标300万元", 0.0),
    ],
    ids=[
        "its twin",
        "the same",
        "the same in full",
        "a longer number",
        "hospitals",
        "one of two told",
        "none of two told",
        "one of two asked for",
        "none said",
        "of another kind",
        "中心",
        "中标",
    ],
)
def test_a_twin_does_not_answer_for_the_other(question: str, text: str, expected: float):
    assert fit(question, text)["contrast"] == expected


@pytest.mark.parametrize(
    ("question", "text", "name"),
    [
        ("第二小学学位是多少个？", "第一小学学位300个，第二小学学位600个。", "第二小学学位"),
        ("民办幼儿园多少所？", "公办幼儿园300所，各类幼儿园600所。", "各类幼儿园"),
        ("城镇收入是多少元？", "农村居民收入300元，居民收入500元。", "居民收入"),
    ],
    ids=["twins", "opposites", "short for opposites"],
)
def test_of_the_figures_of_a_sentence_that_of_the_opposite_or_the_twin_is_not_chosen(
    question: str, text: str, name: str
):
    understood, figures = asked(question), figures_of(a_passage(text))
    best = max(figures, key=lambda figure: figure_fit(understood, understood.terms, figure, text))
    assert best.name == name


# How long, and years to come


@pytest.mark.parametrize(
    ("question", "text", "unit"),
    [
        ("渔船办证时间缩短多少？", "渔船办证时间缩短3个工作日", 1.0),
        ("到渔港车程多久？", "到渔港车程1小时", 1.0),
        ("最近一段时间新增渔船多少？", "新增渔船连续7个月增长", NO_FIGURE),
    ],
    ids=["shortened", "a drive", "a stretch of time"],
)
def test_how_long_is_told_where_it_is_asked_for(question: str, text: str, unit: float):
    assert fit(question, text)["unit"] == unit


@pytest.mark.parametrize(
    ("question", "text", "path", "expected"),
    [
        ("未来三年新建渔港几座？", "未来三年新建渔港30座", PART, 1.0),
        ("未来三年新建渔港几座？", "新建渔港30座", ("二、今后三年工作",), 1.0),
        ("接下来三年新建渔港几座？", "今后三年新建渔港30座", PART, 1.0),
        ("未来三年新建渔港几座？", "到2035年新建渔港30座", PART, 1.0),
        ("未来三年新建渔港几座？", "今后五年新建渔港30座", PART, 0.0),
        ("未来三年新建渔港几座？", "新建渔港30座", PART, 0.0),
        ("新建渔港几座？", "未来三年新建渔港30座", PART, 0.0),
    ],
    ids=["the same", "in the heading", "other words", "up to a year", "other years", "none told", "none asked"],
)
def test_years_to_come_fit_where_as_many_are_told_of(question: str, text: str, path: tuple[str, ...], expected: float):
    assert fit(question, text, path)["period"] == expected
