"""What a request for a brief is about, its members, and how fully a text or a heading says each."""

from __future__ import annotations

import pytest
from core_fakes import a_passage, a_report

from chatbot.topic import Member, heads, is_row, kind_asked, members, spoken, topic_as_it_stands, topic_of, without_form
from chatbot.types import Question, Term
from chatbot.understand import as_statement, for_brief, understand


def topic(request: str) -> list[str]:
    return [term.text for term in topic_of(Question(request, request))]


def groups(request: str) -> list[list[str]]:
    question = for_brief(understand(request))
    return [[term.text for term in member] for member in members(question, [])]


def member(name: str, *texts: str) -> Member:
    """The only member of a topic, weighed among passages with these texts."""
    passages = [a_passage(text, start=100 * i) for i, text in enumerate(texts)]
    (found,) = members(for_brief(understand(name)), passages)
    return found


# the topic


@pytest.mark.parametrize(
    ("request_", "about"),
    [
        ("养老", ["养老"]),
        ("请准备一份养老工作的简报", ["养老"]),
        ("领导要一份关于重点渔港的材料，请把要点和数字列出来。", ["重点", "渔港"]),
        ("处里明天要汇报养老，请整理去年的成绩。", ["养老"]),
        ("民政局要2031年养老任务要点，请整理。", ["养老"]),
        ("为区里开会准备一页材料：2031年渔港都有哪些，量化任务是什么？", ["渔港"]),
        ("整理一份渔港的简报，供办公会学习。", ["渔港"]),
        ("领导下周去海湾考察，帮我梳理渔港的进展，分条列出", ["渔港"]),
        ("科技局要一份“2031年养老重点任务”简报，请归纳要点。", ["养老"]),
        ("给我写个要点：2031年养老打算怎么干。", ["养老"]),
    ],
)
def test_the_topic_is_what_is_left_without_who_asks_what_for_and_in_what_form(request_: str, about: list[str]):
    assert topic(request_) == about


@pytest.mark.parametrize("request_", ["2031年工作成效", "请写一份政府工作报告要点", "请整理今年的主要任务和安排"])
def test_a_request_may_name_no_matter_at_all(request_: str):
    assert topic(request_) == []


@pytest.mark.parametrize(
    ("name", "kept"), [("科技成果转化", "成果"), ("新材料产业", "材料"), ("养老服务清单管理", "养老")]
)
def test_words_of_the_form_stay_where_they_are_part_of_a_name(name: str, kept: str):
    assert kept in without_form(name)


def test_where_all_words_are_common_ones_the_topic_stands_as_it_is():
    question = for_brief(understand("数字云川"), [a_report()])
    assert [term.text for term in question.terms] == ["数字云川"]
    assert [t.text for t in topic_as_it_stands(understand("请整理数字云川的材料"))] == ["数字云川"]


def test_the_region_alone_is_no_topic():
    assert for_brief(understand("云川的情况"), [a_report()]).terms == ()


@pytest.mark.parametrize("request_", ["2031年主要经济指标", "请起草云川经济增长主要目标的简报", "今年的主要目标"])
def test_the_main_indicators_stand_for_a_row_of_names(request_: str):
    (found,) = members(for_brief(understand(request_, None, [a_report()]), [a_report()]), [])
    assert is_row(found) and spoken(found, "地区生产总值增长6%") > 0.6


def test_the_targets_of_a_matter_are_no_economic_indicators():
    assert topic("养老的主要目标") == ["养老"]


@pytest.mark.parametrize(
    ("request_", "kind"),
    [("养老工作成效", "review"), ("养老重点任务", "plan"), ("养老", None), ("养老的成效和下一步任务", None)],
)
def test_what_was_done_and_what_is_to_be_done_are_told_apart(request_: str, kind: str | None):
    assert kind_asked(understand(request_)) == kind


def test_a_brief_is_asked_for_without_comparing_years():
    question = for_brief(understand("2030年和2031年养老", None, [a_report()]))
    assert (question.answer_type, question.compare) == ("overview", False)


def test_a_sentence_to_be_looked_up_asks_for_nothing():
    found = as_statement("2031年请整理3项要点和多少水库", [a_report()])
    assert (found.answer_type, found.count, found.periods, found.compare) == ("name", None, (), False)


# members


@pytest.mark.parametrize(
    ("request_", "parts"),
    [
        ("就业、社保、教育和养老", [["就业"], ["社保"], ["教育"], ["养老"]]),
        ("渔港建设", [["渔港", "建设"]]),
        ("渔港建设以及灯塔", [["渔港", "建设"], ["灯塔"]]),
        ("美丽海湾建设，覆盖渔港和灯塔", [["美丽海湾", "建设"], ["渔港"], ["灯塔"]]),
        ("巩固和改善渔港", [["巩固", "改善", "渔港"]]),
    ],
)
def test_a_topic_names_its_members_side_by_side(request_: str, parts: list[list[str]]):
    assert groups(request_) == parts


def test_a_rare_word_tells_more_than_a_common_one():
    rare, common = member("灯塔经济", "灯塔一座", *["经济增长"] * 20)
    assert rare.text == "灯塔" and rare.weight > 2 * common.weight


def test_a_word_that_the_report_never_says_is_not_made_up_for_by_the_rest():
    found = member("火山建设", *["加快建设"] * 20)
    assert spoken(found, "加快建设渔港") < 0.5


# what says a member


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("渔港", "新建渔港3座"),
        ("住房保障", "筹集保障性住房8000套"),
        ("医疗卫生", "优化卫生健康服务体系"),
        ("灯塔改造", "改造沿海灯塔"),
        ("生态环境", "持续打好污染防治攻坚战"),
    ],
)
def test_a_text_says_a_member_in_its_own_words_or_in_official_ones(name: str, text: str):
    assert spoken(member(name, text, "别的事。"), text) > 0.6


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("渔港", "新建水库3座"),
        ("教育", "开展主题教育"),
        ("教育", "深化警示教育"),
        ("养老", "做好养老金融大文章"),
        ("科技创新", "创新工作方法"),
        ("新能源汽车", "汽车出口额增长5%"),
    ],
)
def test_what_only_looks_like_a_member_does_not_say_it(name: str, text: str):
    assert spoken(member(name, text, "别的事。"), text) < 0.5


def test_words_of_a_name_must_stand_in_one_clause():
    name = (Term("灯塔改造工程"),)
    assert spoken(name, "改造渔港，新建灯塔，工程开工") < 0.5 < spoken(name, "改造灯塔等工程")


# headings


@pytest.mark.parametrize(
    ("name", "heading"),
    [
        ("教育", "推进教育强市建设"),
        ("民生", "（八）民生福祉持续增进"),
        ("渔港", "第三，加快修建渔港，方便渔民"),
        ("消费", "促进消费扩容提质"),
        ("营商环境", "持续优化营商环境"),
        ("民生实事", "重点民生实事"),
    ],
)
def test_a_heading_is_about_what_opens_or_ends_one_of_its_clauses(name: str, heading: str):
    assert heads(member(name, heading), heading)


@pytest.mark.parametrize(
    ("name", "heading"),
    [
        ("科技创新", "（二）坚持以科技创新推动产业创新，加快构建现代化产业体系"),
        ("就业", "加强就业服务和社会保障"),
        ("灯塔", "推进灯塔与渔港联动联建"),
        ("灯塔", "修建渔港"),
    ],
)
def test_a_heading_that_only_mentions_a_matter_is_not_about_it(name: str, heading: str):
    assert not heads(member(name, heading), heading)


def test_a_numbered_or_ascii_name_is_said_only_as_it_is():
    line = (Term("3号线", weight=1.6, kind="name"),)
    assert spoken(line, "三号线开通") == 1 and spoken(line, "13号线开通") == 0
