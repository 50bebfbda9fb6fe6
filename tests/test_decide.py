"""Whether evidence answers. However like a passage sounds, some things rule it out."""

from __future__ import annotations

import pytest
from core_fakes import PLAN, REVIEW, STANDING, a_passage, asked, evidence_for
from hypothesis import given
from hypothesis import strategies as st

from chatbot.decide import answers, candidate, confidence, group, is_demand, reach, signs, veto
from chatbot.quote import window
from chatbot.types import MASTHEAD, Passage, Period, Question
from chatbot.understand import understand
from chatbot.wordlists import read_toml
from vectorstore.retrieve import ReportRetriever

TEXT = st.text("去今年新建水库公园三座个亿元增长5.3、，谁哪多少", min_size=1, max_size=40).filter(
    lambda t: t.strip("，、")
)


def ruled_out(question: str, text: str, period: Period = REVIEW) -> str:
    """Why `text` cannot answer, though the index finds it as like as can be."""
    understood = asked(question)
    found = evidence_for(understood, a_passage(text, period))[0]
    return veto(understood, window(understood, found, found.clauses[0]))


def confident(question: str, *passages: Passage) -> float:
    understood = asked(question)
    found = candidate(understood, evidence_for(understood, *passages))
    return confidence(understood, found) if found else 0.0


def reached(question: str, *passages: Passage) -> float:
    """How far the question speaks like a report that holds these passages."""
    understood = asked(question)
    found = candidate(understood, evidence_for(understood, *passages))
    assert found
    return reach(found, window(understood, *found[:2]))


@pytest.mark.parametrize(
    ("question", "text", "period"),
    [
        ("今年新建水库几座？", "新建水库3座。", REVIEW),
        ("去年新建水库几座？", "新建水库3座。", PLAN),
        ("2025年新建水库几座？", "新建水库3座。", REVIEW),
        ("2025年新建水库几座？", "新建水库3座。", STANDING),
    ],
)
def test_another_time_is_ruled_out(question: str, text: str, period: Period):
    assert ruled_out(question, text, period)
    assert confident(question, a_passage(text, period)) == 0.0


@pytest.mark.parametrize("question", ["成都新建水库几座？", "上海市新建水库几座？", "成都开工了哪些水库？"])
def test_another_place_is_ruled_out(question: str):
    assert ruled_out(question, "新建水库3座。") and confident(question, a_passage("新建水库3座。")) == 0.0


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("新建水库几座？", "水库建设稳步推进。"),
        ("水库投资多少亿元？", "新建水库3座。"),
        ("新建水库几座？", "水库投资3.4亿元。"),
        ("财政收入增长多少？", "财政收入320亿元。"),
        ("财政收入总额是多少？", "财政收入增长3.2%。"),
    ],
    ids=["no figure", "count for money", "money for count", "amount for growth", "growth for amount"],
)
def test_without_such_a_figure_it_is_ruled_out(question: str, text: str):
    assert ruled_out(question, text) and confident(question, a_passage(text)) == 0.0


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("新增渔船和渔网各多少？", "新增渔船和渔网共320件。"),
        ("新增渔船和渔网分别是多少？", "新增渔船和渔网共320件。"),
        ("远洋和近海捕捞量各增长多少？", "捕捞量增长5%。"),
        ("远洋和近海捕捞量各增长多少？", "捕捞量860吨、增长5%。"),
    ],
    ids=["各", "分别", "growth", "the other figure is no growth"],
)
def test_one_figure_for_all_does_not_tell_how_many_of_each(question: str, text: str):
    assert confident(question, a_passage(text)) == 0.0


@pytest.mark.xfail(strict=True, reason="any two figures pass for one of each, whatever they count")
def test_a_figure_of_something_else_is_none_of_the_figures_for_each():
    assert confident("新增渔船和渔网各多少？", a_passage("新增渔船和渔网共320件，疏浚航道60公里。")) == 0.0


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("新增渔船和渔网各多少？", "新增渔船120艘、渔网200张。"),
        ("新增渔船和渔网各多少？", "新增渔船120艘，新增渔网200张。"),
        ("新增渔船和渔网分别是多少？", "新增渔网200张，新增渔船120艘。"),
        ("远洋和近海捕捞量各增长多少？", "远洋、近海捕捞量分别增长3%、5%。"),
        ("远洋和近海捕捞量各增长多少？", "远洋捕捞量增长3%，近海捕捞量增长5%。"),
        ("新增渔船和渔网共多少件？", "新增渔船和渔网共320件。"),
    ],
    ids=["one clause", "two clauses", "the other way round", "分别", "growth in two clauses", "all together asked"],
)
def test_a_figure_for_each_tells_how_many_of_each(question: str, text: str):
    understood = asked(question)
    found = candidate(understood, evidence_for(understood, a_passage(text)))
    assert found and answers(understood, found)


def test_two_years_compared_need_but_one_figure_a_year():
    question = asked("去年和今年新建水库各几座？")
    evidence = evidence_for(question, a_passage("新建水库3座。", REVIEW), a_passage("新建水库5座。", PLAN, 50))
    found = [candidate(question, evidence, period) for period in question.periods]
    assert question.compare and not question.each
    assert [bool(one and answers(question, one)) for one in found] == [True, True]


def test_a_list_that_is_given_whole_need_not_look_like_one():
    """Of the announcing clause alone 没有这一项 would be said: it has no members."""
    question = asked("水利建设有哪些问题？")
    found = candidate(question, evidence_for(question, a_passage("水利建设还有不少问题：水库老化。")))
    assert found and veto(question, [found.clause]) and confidence(question, found) > 0


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("民生实事有哪些？", "办好15件民生实事。"),
        ("新建了哪些水库？", "新建水库3座。"),
        ("新建了哪三座水库？", "新建水库3座。"),
    ],
)
def test_a_count_alone_is_no_list(question: str, text: str):
    assert ruled_out(question, text) and confident(question, a_passage(text)) == 0.0


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("请列出获评示范的3个渔村的名称。", "3个渔村获评示范，渔港、渔市、码头、船坞建成。"),
        ("获评示范的3个渔村是哪些？", "建成渔港、渔市、码头、船坞，3个渔村获评示范。"),
    ],
)
def test_a_list_of_other_things_beside_a_count_is_no_list(question: str, text: str):
    assert confident(question, a_passage(text)) == 0.0


@pytest.mark.parametrize(
    ("question", "text", "told"),
    [
        ("学生接种的渔疫疫苗是几价的？", "为3万名学生接种渔疫疫苗。", False),
        ("学生接种的渔疫疫苗是几价的？", "为3万名学生接种九价渔疫疫苗。", True),
        ("渔疫疫苗是二价还是九价？", "为学生接种渔疫疫苗。", False),
        ("渔疫疫苗是二价还是九价？", "为学生接种2价渔疫疫苗。", True),
    ],
)
def test_a_grade_that_is_asked_for_must_be_told(question: str, text: str, told: bool):
    assert (confident(question, a_passage(text)) > 0) is told


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("去年一般公共预算收入总额达到多少亿元？", False),
        ("去年地区生产总值达到多少亿元？", True),
    ],
)
def test_the_amount_of_another_indicator_does_not_stand_for_one_of_which_the_growth_is_told(question: str, told: bool):
    text = "地区生产总值达到3145亿元，固定资产投资增长4%，一般公共预算收入增长16%。"
    assert (confident(question, a_passage(text)) > 0) is told


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("谁负责水库建设？", "水库建设稳步推进。"),
        ("水库什么时候建成？", "水库建设稳步推进。"),
        ("为什么建水库？", "新建水库3座。"),
    ],
    ids=["person", "date", "reason"],
)
def test_a_person_a_date_or_a_reason_must_be_there(question: str, text: str):
    assert ruled_out(question, text)


@pytest.mark.parametrize(
    ("question", "text", "period"),
    [
        ("去年新建水库几座？", "新建水库3座。", REVIEW),
        ("今年新建水库几座？", "新建水库3座。", PLAN),
        ("今年开工哪三座水库？", "开工建设青石、白鹭、云门三座水库。", PLAN),
        ("财政收入增长多少？", "财政收入增长3.2%。", REVIEW),
    ],
)
def test_what_says_all_that_is_asked_is_not_ruled_out(question: str, text: str, period: Period):
    assert ruled_out(question, text, period) == ""
    understood = asked(question)
    found = candidate(understood, evidence_for(understood, a_passage(text, period)))
    assert found and answers(understood, found)


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("上海水利建设有哪些问题？", "水利建设还有不少问题：水库老化，河道淤积。"),
        ("农村水利建设有哪些问题？", "城市水利建设还有不少问题：水库老化，河道淤积。"),
        ("2025年水利建设有哪些问题？", "水利建设还有不少问题：水库老化，河道淤积。"),
    ],
    ids=["another place", "the opposite", "another time"],
)
def test_a_list_of_something_else_is_ruled_out(question: str, text: str):
    assert confident(question, a_passage(text)) == 0.0


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("7号线通车了吗？", "轨道交通9号线通车运营。"),
        ("7号线新增里程多少公里？", "轨道交通9号线通车运营，新增里程21公里。"),
        ("T2航站楼面积多少平方米？", "T3航站楼面积达到20万平方米。"),
    ],
    ids=["line", "its length", "terminal"],
)
def test_another_of_a_numbered_row_cannot_answer(question: str, text: str):
    understood = asked(question)
    found = candidate(understood, evidence_for(understood, a_passage(text)))
    assert found and not answers(understood, found)


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("9号线通车了吗？", "轨道交通9号线通车运营。"),
        ("T3航站楼面积多少平方米？", "T3航站楼面积达到20万平方米。"),
    ],
)
def test_what_holds_the_numbered_name_answers(question: str, text: str):
    understood = asked(question)
    found = candidate(understood, evidence_for(understood, a_passage(text)))
    assert found and answers(understood, found)


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("“885”代表什么？", "深入实施“885”行动，新建水库3座。"),
        ("“885”各个数字指什么？", "深入实施“885”行动，水库、公园、小区建设取得进展。"),
        ("“三张网”和“885”分别代表什么？", "三张网即水网、路网、电网，深入实施“885”行动。"),
    ],
    ids=["said", "said beside other things", "another is explained"],
)
def test_who_asks_what_digits_stand_for_is_not_told_by_a_passage_that_only_says_them(question: str, text: str):
    assert confident(question, a_passage(text)) == 0.0


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("“885”代表什么？", "深入实施“885”行动，“885”即8个水库、8个公园、5个小区。"),
        ("“885”代表什么？", "深入实施“885”（8个水库、8个公园、5个小区）行动。"),
        ("“885”指什么？", "“885”行动——8个水库、8个公园、5个小区。"),
        ("“青松计划”是什么意思？", "深入实施“青松计划”，新建水库3座。"),
        ("“885”行动新建水库几座？", "深入实施“885”行动，新建水库3座。"),
    ],
    ids=["即", "in brackets", "dash", "no digits", "something else asked"],
)
def test_what_explains_the_digits_or_need_not_is_not_ruled_out(question: str, text: str):
    assert confident(question, a_passage(text)) > 0


@pytest.mark.parametrize("text", ["水利建设还有不少差距：", "水利建设还有不少差距:"], ids=["full width", "half width"])
@pytest.mark.parametrize("question", ["水利建设还有哪些差距？", "水利建设差距怎么样？"], ids=["a list", "how"])
def test_what_only_announces_is_no_answer(question: str, text: str):
    assert confident(question, a_passage(text)) == 0.0


def test_a_figure_is_not_looked_for_in_what_only_announces():
    question = asked("民生实事新建水库几座？")
    found = evidence_for(question, a_passage("接续实施民生实事："), a_passage("新建水库3座。", start=50))
    best = candidate(question, found)
    assert best and best.evidence.passage.text == "新建水库3座。"


def test_what_announces_figures_that_are_all_asked_for_stays_a_candidate():
    question, text = asked("渔业发展目标是哪几项，各是多少？"), "渔业发展目标是：新建渔港，改造渔船，培训渔民。"
    best = candidate(question, evidence_for(question, a_passage(text, PLAN)))
    assert best and best.evidence.passage.slice(best.clause.span) == "渔业发展目标是"


@pytest.mark.parametrize("text", ["（一）水利建设", "（一）水利建设。"])
def test_a_heading_is_no_candidate(text: str):
    question, path = asked("水利建设怎么样？"), ("一、工作回顾", "（一）水利建设")
    assert candidate(question, evidence_for(question, a_passage(text, path=path))) is None
    found = candidate(
        question, evidence_for(question, a_passage(text, path=path), a_passage("新建水库3座。", start=50))
    )
    assert found and found.evidence.key == "E2"


@pytest.mark.parametrize(
    ("question", "likeness", "reason"),
    [("老伯伯的帽子有几座？", 0.0, "没有说到"), ("老伯伯的帽子有几座？", 1.0, ""), ("水库有几座？", 0.0, "")],
    ids=["neither said nor like it", "like it", "said"],
)
def test_a_clause_that_says_no_word_of_the_question_and_is_like_it_in_nothing_is_ruled_out(
    question: str, likeness: float, reason: str
):
    understood = asked(question)
    found = evidence_for(understood, a_passage("新建水库3座。"), likeness=likeness)[0]
    assert veto(understood, window(understood, found, found.clauses[0])) == reason


def test_a_figure_of_something_else_is_ruled_out_where_the_question_is_formal():
    """Of 社会消费品零售总额 nothing is said, though 增长 and the year fit."""
    assert ruled_out("社会消费品零售总额增长多少？", "渔业产值增长5.2%。") == "没有这种数据"


@pytest.mark.parametrize(
    ("fair", "message", "demand"),
    [
        (-0.9, "给我写一首诗", True),
        (-0.9, "新建水库几座？", False),
        (-0.25, "给我写一首诗", False),
        (0.0, "给我写一首诗", False),
        (0.9, "给我写一首诗", False),
        (-0.25, "写一份辞职信", True),
        (-0.05, "写一份辞职信", False),
        (-0.5, "写一份水库的材料", False),
    ],
    ids=[
        "unfair",
        "unfair, but told",
        "hardly unfair",
        "not known",
        "fair",
        "to be written",
        "to be written, hardly unfair",
        "to be written, but told",
    ],
)
def test_a_demand_is_what_is_unfair_and_not_told(fair: float, message: str, demand: bool):
    """Of what is to be written less is needed to take it for one."""
    question = asked(message)
    assert is_demand(question, evidence_for(question, a_passage("新建水库3座。"), fair=fair)) is demand


def test_without_evidence_there_is_no_demand():
    assert not is_demand(asked("新建水库几座？"), ())


def test_without_evidence_there_is_no_candidate():
    assert candidate(asked("新建水库几座？"), ()) is None


def test_there_is_no_candidate_of_another_time():
    question = asked("今年新建水库几座？")
    assert candidate(question, evidence_for(question, a_passage("新建水库3座。", REVIEW))) is None


def test_for_a_period_of_a_comparison_only_its_own_passages_stand():
    question = asked("去年和今年新建水库各几座？")
    evidence = evidence_for(question, a_passage("新建水库3座。", REVIEW), a_passage("新建水库5座。", PLAN, 50))
    found = {period: candidate(question, evidence, period) for period in question.periods}
    assert [c.evidence.passage.period for c in found.values() if c] == [REVIEW, PLAN]


def test_the_candidate_is_the_best_clause_of_all():
    question = asked("新建水库几座？")
    evidence = evidence_for(question, a_passage("新建公园8个。"), a_passage("改造小区，新建水库3座。", start=50))
    found = candidate(question, evidence)
    assert found and found.evidence.passage.slice(found.clause.span) == "新建水库3座" and found.margin > 0


def test_a_lead_is_never_counted_beyond_its_bound():
    question = asked("新建水库几座？")
    alone = candidate(question, evidence_for(question, a_passage("新建水库3座。")))
    assert alone and 0 <= alone.margin <= 3


def test_what_another_time_tells_more_of_is_seen():
    question = asked("今年新建水库几座？")
    evidence = evidence_for(question, a_passage("新建公园5座。", PLAN), a_passage("新建水库3座。", REVIEW, 50))
    found = candidate(question, evidence)
    assert found and found.elsewhere > 0


def test_a_question_reaches_as_far_as_the_best_clause_says_it():
    park = a_passage("新建公园8个。")
    assert reached("新建水库几座？", a_passage("新建水库3座。")) == pytest.approx(1.0)
    assert 0 < reached("新建公园和水库几座？", park) < 1 and reached("老伯伯的帽子几顶？", park) == 0.0


def test_a_clause_of_another_time_shows_that_the_report_uses_the_words():
    plan, review = a_passage("新建公园5座。", PLAN), a_passage("新建水库3座。", REVIEW, 50)
    assert reached("今年新建水库几座？", plan) < reached("今年新建水库几座？", plan, review) == pytest.approx(1.0)


def test_a_question_in_the_words_of_reports_reaches_far_though_no_clause_says_them():
    assert reached("社会消费品零售总额是多少？", a_passage("新建公园8个。")) == 1.0


@pytest.mark.parametrize(
    ("answer_type", "said", "expected"),
    [
        ("number", 0.9, "number"),
        ("number", 0.1, "number_everyday"),
        ("list", 0.9, "other"),
        ("list", 0.1, "other_everyday"),
    ],
)
def test_figures_and_the_rest_are_weighed_apart_in_official_words_and_in_everyday_ones(
    answer_type: str, said: float, expected: str
):
    assert group(Question("q", "q", answer_type=answer_type), said) == expected


def test_every_sign_that_is_weighed_is_one_that_a_found_clause_has(town_retriever: ReportRetriever):
    question = understand("轨道交通新增里程多少公里？", None, town_retriever.index.reports[:1])
    found = candidate(question, town_retriever.find(question))
    assert found
    shown = signs(found, window(question, *found[:2]))
    assert {"alike", "formal"} <= read_toml("decision.toml")["weights"].keys() <= {*shown}


def test_every_kind_of_question_has_its_bias():
    assert set(read_toml("decision.toml")["bias"]) == {"number", "other", "number_everyday", "other_everyday"}


@pytest.mark.parametrize("register", ["official", "everyday"])
def test_a_threshold_lies_between_never_and_always(register: str):
    assert 0 < read_toml("decision.toml")["threshold"][register] < 1


def test_what_is_ruled_out_is_not_answered():
    question = asked("水库投资多少亿元？")
    found = candidate(question, evidence_for(question, a_passage("新建水库3座。")))
    assert found and not answers(question, found)


@given(TEXT, TEXT)
def test_confidence_is_a_probability_and_every_sign_a_number(question: str, text: str):
    understood = asked(question)
    evidence = evidence_for(understood, a_passage(text))
    found = candidate(understood, evidence)
    if found:
        assert 0 <= confidence(understood, found) <= 1
        assert all(-3 <= value <= 3 for value in signs(found, window(understood, *found[:2])).values())


# Who does a work


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("渔港由哪家公司承建？", "渔港主体完工。"),
        ("哪个部门负责渔港？", "渔港建成投用。"),
        ("渔港的设计单位是哪家？", "渔港建成投用。"),
        ("渔船由哪家企业制造？", "渔船下水。"),
        ("哪家企业投资渔港？", "由于台风，渔港缓建。"),
        ("渔港由哪家公司承建？", "渔港泊位由30个增加到50个。"),
    ],
)
def test_who_does_a_work_is_not_told_by_what_speaks_of_the_work_alone(question: str, text: str):
    assert confident(question, a_passage(text)) == 0.0


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("渔港由哪家公司承建？", "渔港由云川水务集团承建。"),
        ("哪个部门负责渔港？", "渔港由渔业局牵头。"),
        ("渔船由哪家企业制造？", "云川船厂制造的渔船下水。"),
        ("哪个渔港投资最大？", "青石渔港最大。"),
        ("哪家企业创造的渔业产值最多？", "渔业产值最多的是云川船厂。"),
        ("哪家公司的渔船最多？", "渔船最多的是云川船厂。"),
        ("新增渔业投资主体多少个？", "新增渔业主体30个。"),
    ],
    ids=["by whom", "the office", "who makes it", "which thing", "创造", "whose", "how many"],
)
def test_what_names_who_does_it_or_need_not_is_not_ruled_out(question: str, text: str):
    assert confident(question, a_passage(text)) > 0


# Single things with names of their own

BRIDGES = a_passage("云川大桥建成通车。"), a_passage("青石大桥开工，总投资3.4亿元。", start=100)
MANY = tuple(a_passage(f"云川大桥第{n}标段完工。", start=100 * n) for n in (2, 3, 4))


@pytest.mark.parametrize(
    "question", ["云川大桥总投资多少亿元？", "去年雲川大橋總投資多少億元？", "云川大桥和白沙大桥总投资多少？"]
)
def test_what_is_told_of_one_bridge_is_not_told_of_another(question: str):
    assert confident(question, *BRIDGES) == 0.0


@pytest.mark.parametrize(
    ("question", "passages"),
    [
        ("青石大桥总投资多少亿元？", BRIDGES),
        ("云川大桥和青石大桥总投资多少亿元？", BRIDGES),
        ("大桥总投资多少亿元？", BRIDGES),
        ("新建大桥总投资多少亿元？", BRIDGES),
        ("云川大桥总投资多少亿元？", (*MANY, *BRIDGES)),
    ],
    ids=["itself", "one of two", "no name", "a kind", "what many passages name"],
)
def test_what_may_be_told_of_the_thing_named_is_not_ruled_out(question: str, passages: tuple[Passage, ...]):
    assert confident(question, *passages) > 0


@pytest.mark.parametrize(
    ("text", "is_out"),
    [
        ("云川渔业产值320亿元，渔业投资增长3.2%。", True),
        ("渔业投资增长3.2%，达到320亿元。", False),
        ("渔业投资320亿元，渔业产值增长3.2%。", False),
    ],
    ids=["of another", "its own, behind", "its own"],
)
def test_the_figure_of_the_right_kind_must_be_that_of_what_is_asked(text: str, is_out: bool):
    understood = asked("渔业投资达到多少亿元？")
    [found] = evidence_for(understood, a_passage(text))
    assert bool(veto(understood, found.clauses)) == is_out


# Compared years


def compared(*passages: Passage, message: str = "去年和今年新建渔港各几座？") -> list[str]:
    """The clause chosen for each period."""
    question = asked(message)
    found = [candidate(question, evidence_for(question, *passages), period) for period in question.periods]
    return [c.evidence.passage.slice(c.clause.span) for c in found if c]


NEXT_YEAR = a_passage("新建渔港5座。", PLAN, 200)


@pytest.mark.parametrize(
    ("first", "second", "chosen"),
    [
        ("新建渔港的预期目标是4座。", "渔港建成3座。", "渔港建成3座"),
        ("新建渔港目标4座。", "渔港建成3座。", "渔港建成3座"),
        ("新建渔港9公里。", "渔港建成3座。", "渔港建成3座"),
        ("新建渔港3座、完成年度目标的120%。", "渔港养殖场建成1座。", "新建渔港3座、完成年度目标的120%"),
        ("新建渔港3座、高于预期目标。", "渔港养殖场建成1座。", "新建渔港3座、高于预期目标"),
        ("新建渔港3座。", "渔港建成4座。", "新建渔港3座"),
    ],
    ids=["a goal", "a target", "another kind of figure", "a goal reached", "better than a goal", "the foremost"],
)
def test_for_a_year_compared_the_foremost_clause_that_tells_a_result_is_chosen(first: str, second: str, chosen: str):
    assert compared(a_passage(first), a_passage(second, start=100), NEXT_YEAR) == [chosen, "新建渔港5座"]


def test_for_the_year_planned_for_a_goal_is_what_is_asked_for():
    goal = a_passage("新建渔港的目标是5座。", PLAN, 200)
    assert compared(a_passage("新建渔港3座。"), goal) == ["新建渔港3座", "新建渔港的目标是5座"]


def test_where_no_clause_of_a_year_can_answer_the_foremost_is_left_to_be_refused():
    assert compared(a_passage("新建渔港9公里。"), a_passage("渔港。", start=100)) == ["新建渔港9公里"]


def test_where_the_head_of_the_report_alone_is_found_there_is_no_demand_however_unfair():
    question, line = asked("给我写一首诗"), a_passage("云川市市长李某某", STANDING, path=(MASTHEAD,))
    assert not is_demand(question, evidence_for(question, line, fair=-0.9))
    assert is_demand(question, evidence_for(question, line, a_passage("新建水库3座。", start=50), fair=-0.9))


def test_of_a_quote_the_clause_that_lacks_least_counts():
    question = asked("新建渔港和水库各几座？")
    found = candidate(
        question, evidence_for(question, a_passage("新建渔港3座，水库4座。"), a_passage("水库。", start=50))
    )
    assert found
    quoted = window(question, found.evidence, found.clause)
    shown = signs(found, quoted)
    for name in ("lack", "strange", "gone", "absent"):
        assert shown[name] == min(clause.feature(name) for clause in quoted)
