"""A message understood: its time, what it asks for, and what it leaves to the question before it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from core_fakes import a_report
from hypothesis import given
from hypothesis import strategies as st

from chatbot.terms import terms
from chatbot.types import Period, Question
from chatbot.understand import answer_type, attribute, periods, subject_words, understand
from chatbot.wordlists import asking

REPORT = a_report("yunchuan-2024", "云川", 2024)
LAST, THIS = Period("review", 2023), Period("plan", 2024)


def asked(*messages: str) -> Question:
    """The last of `messages`, each understood with the one before it."""
    question = None
    for message in messages:
        question = understand(message, question, [REPORT])
    assert question is not None
    return question


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("去年建了几座水库", (LAST,)),
        ("上年建了几座水库", (LAST,)),
        ("2023年建了几座水库", (LAST,)),
        ("23年建了几座水库", (LAST,)),
        ("今年建几座水库", (THIS,)),
        ("2024年建几座水库", (THIS,)),
        ("2024 建几座水库", (THIS,)),
        ("去年和今年各建几座水库", (LAST, THIS)),
        ("今年和去年各建几座水库", (THIS, LAST)),
        ("how many reservoirs were built last year", (LAST,)),
        ("how many reservoirs in 2024", (THIS,)),
        ("水库在哪里", ()),
        ("2022年建了几座水库", (Period("standing", 2022),)),
        ("2035年建几座水库", (Period("standing", 2035),)),
    ],
)
def test_the_years_of_a_question_are_those_of_the_report(message: str, expected: tuple[Period, ...]):
    assert asked(message).periods == expected


def test_a_year_named_twice_counts_once():
    assert periods("去年，也就是2023年，建了几座", 2024) == (LAST,)


@pytest.mark.parametrize("message", ["今年比去年多建几座水库", "今年比上年同期多建几座水库"])
def test_the_year_one_compares_with_is_not_the_year_asked_for(message: str):
    assert periods(message, 2024) == (THIS,)


def test_a_year_inside_a_quoted_name_is_not_the_year_asked_for():
    assert periods("“2030年青松计划”是什么", 2024) == ()


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("水库建设的目标是几座", (THIS,)),
        ("实际完成水库几座", (LAST,)),
        ("实际呢", (LAST,)),
        ("水库建设实际情况怎么样", (LAST,)),
    ],
    ids=["target", "actual", "actual alone", "the actual situation"],
)
def test_a_wish_without_a_year_means_the_plan_and_a_result_the_review(message: str, expected: tuple[Period, ...]):
    assert periods(message, 2024) == expected


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("渔港现在有几座，今年要建到几座", (LAST, THIS)),
        ("目前渔港有几座，今年目标是几座", (LAST, THIS)),
        ("How many harbours are there now and how many in 2024", (LAST, THIS)),
        ("渔港现在有几座", ()),
        ("去年渔港现有几座", (LAST,)),
        ("渔港目前几座，2030年要建到几座", (Period("standing", 2030),)),
    ],
    ids=[
        "now and this year",
        "now and the target",
        "English",
        "now alone",
        "now and a year gone by",
        "a year far ahead",
    ],
)
def test_now_beside_a_year_that_is_planned_for_is_how_things_stand(message: str, expected: tuple[Period, ...]):
    assert periods(message, 2024) == expected


def test_what_is_now_and_what_is_planned_are_compared():
    assert asked("渔港现在有几座，今年要建到几座？").compare and not asked("渔港现在有几座？").compare


@pytest.mark.parametrize("message", ["12023年的水库", "编号20231的水库"])
def test_digits_inside_a_longer_number_are_no_year(message: str):
    assert periods(message, 2024) == ()


def test_without_a_report_a_year_is_a_year_gone_by():
    assert periods("2023年建了几座水库", None) == (LAST,) and periods("去年建了几座水库", None) == ()


def test_of_several_reports_the_newest_says_what_this_year_is():
    old = a_report("yunchuan-2022", "云川", 2022)
    assert understand("今年建几座水库", None, [old, REPORT]).periods == (THIS,)


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("新建公园多少个？", "number"),
        ("水库有几座？", "number"),
        ("how many parks were built?", "number"),
        ("新建了哪些公园？", "list"),
        ("开工哪三座水库？", "list"),
        ("什么时候通车？", "date"),
        ("when will it open?", "date"),
        ("谁负责这项工作？", "person"),
        ("水库建在哪里？", "place"),
        ("为什么要建水库？", "reason"),
        ("水库被列为什么工程？", "name"),
        ("水库被当成几号工程来抓？", "name"),
        ("列出去年改造的户数。", "number"),
        ("如何推进水库建设？", "how"),
        ("好多田荒着没人管，有啥打算？", "how"),
        ("有啥打算，要修几座水库？", "number"),
        ("有没有新建水库？", "yesno"),
        ("听说要建几座水库，是不是真的？", "yesno"),
        ("用了好多年的水管换了多长？", "number"),
        ("渔业产值一连几月增长？", "number"),
        ("新修的堤有好长？", "number"),
        ("写一份水库建设的要点", "overview"),
        ("这个计划叫什么？", "name"),
        ("水库", "name"),
    ],
)
def test_what_kind_of_answer_is_asked_for(message: str, expected: str):
    assert answer_type(message) == expected


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("财政收入增长多少", "growth"),
        ("what was the growth of revenue", "growth"),
        ("财政收入总额是多少", "amount"),
        ("渔业总值是多少", "amount"),
        ("渔业生产总值是多少", ""),
        ("工业占比是多少", "share"),
        ("风机有多大功率", ""),
        ("渔业产值是增长还是下降", "growth"),
        ("每一百台冰箱有几台是这里造的", "share"),
        ("城乡收入比值是多少", "ratio"),
        ("新建公园", ""),
    ],
)
def test_which_side_of_a_figure_is_asked_for(message: str, expected: str):
    assert attribute(message) == expected


@pytest.mark.parametrize(
    ("message", "units"),
    [
        ("新增里程多少公里", ("公里",)),
        ("惠及多少户多少人", ("户", "人")),
        ("投资多少万亿元", ("元",)),
        ("花了多少钱", ("元",)),
        ("渔业连续增产几个年头了", ("个年头",)),
        ("飞了几架次", ("架次",)),
        ("用了好多年的水管换了多少公里", ("公里",)),
        ("听说要建几座水库，真的假的", ()),
        ("每一百台冰箱有几台是这里造的", ("成",)),
        ("水库里的鱼交了好多出来", ()),
        ("第几座水库", ()),
        ("新建公园", ()),
    ],
)
def test_the_measure_words_asked_for(message: str, units: tuple[str, ...]):
    assert asked(message).units == units


@pytest.mark.parametrize(
    ("message", "noun"),
    [
        ("哪座水库已经开工？", "水库"),
        ("哪三座水库开工？", "水库"),
        ("新建的水库是哪座？", "水库"),
        ("去年渔业产值实际增长多少？", "产值"),
        ("渔业产值同比提高了多少？", "产值"),
        ("渔业产值下降到多少？", "产值"),
    ],
)
def test_the_noun_that_the_question_word_hangs_on(message: str, noun: str):
    assert noun in asked(message).focus


@pytest.mark.parametrize(
    ("message", "count"),
    [
        ("哪三座水库", 3),
        ("哪3座水库", 3),
        ("哪十二座水库", 12),
        ("哪座水库", None),
        ("水库", None),
        ("东湖等6座水库获得什么奖", None),
        ("10座水库里举了哪三座", 3),
        ("把六座水库列出来", 6),
    ],
)
def test_how_many_things_are_asked_for(message: str, count: int | None):
    assert asked(message).count == count


def test_two_years_make_a_comparison_of_figures():
    question = asked("去年和今年新建公园各多少个？")
    assert question.compare and question.answer_type == "number"


def test_of_two_years_各_asks_for_no_figure_for_each_of_several_things():
    assert not asked("去年和今年新建公园各多少个？").each


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("渔船和渔网各多少？", True),
        ("渔船和渔网各有多少？", True),
        ("渔船和渔网分别是多少？", True),
        ("渔船和渔网产量分别增长多少？", True),
        ("渔船和渔网各新增了几件？", True),
        ("渔船和渔网产量分别增长到多少？", True),
        ("渔船、渔网各自占百分之几？", True),
        ("渔船有多少艘？", False),
        ("各区有多少艘渔船？", False),
        ("各类渔船有多少艘？", False),
        ("各级渔政人员有多少名？", False),
        ("各项渔业投资是多少？", False),
        ("渔船各有特色，一共多少艘？", False),
        ("渔船和渔网分别在哪里？", False),
    ],
)
def test_whether_a_figure_is_asked_for_each_of_several_things(message: str, expected: bool):
    assert asked(message).each is expected


def test_one_year_makes_no_comparison():
    assert not asked("去年新建公园多少个？").compare


@pytest.mark.parametrize(
    ("traditional", "simple"),
    [("去年財政收入增長多少？", "去年财政收入增长多少？"), ("開工哪三座水庫？", "开工哪三座水库？")],
)
def test_traditional_characters_are_understood_as_simplified_ones(traditional: str, simple: str):
    assert replace(asked(traditional), asked=simple) == asked(simple)


def test_what_was_typed_is_kept_as_it_was_typed():
    assert asked(" 開工哪三座水庫？ ").asked == " 開工哪三座水庫？ "


@pytest.mark.parametrize(
    ("message", "language"), [("How many parks?", "en"), ("GDP增长多少", "zh"), ("123", "zh"), ("水", "zh")]
)
def test_one_chinese_character_makes_a_question_chinese(message: str, language: str):
    assert asked(message).language == language


@pytest.mark.parametrize(
    "message",
    ["渔业投资（不含渔港）增长多少？", "渔业投资(不包括渔港)增长多少？", "渔業投資（不計漁港）增長多少？"],
    ids=["不含", "half-width brackets", "traditional"],
)
def test_what_is_left_out_by_an_aside_is_not_asked_for(message: str):
    assert "港" not in asked(message).text and "港" not in "".join(term.text for term in asked(message).terms)


@pytest.mark.parametrize(
    "message", ["渔业投资（含渔港）增长多少？", "渔业投资不含渔港增长多少？", "渔业投资（渔港）增长多少？"]
)
def test_other_words_in_brackets_or_without_them_are_asked_for(message: str):
    assert asked(message).text == message


@pytest.mark.parametrize("message", ["云川新建公园多少个", "云川市新建公园多少个"])
def test_the_place_a_report_is_about_is_not_searched_for(message: str):
    assert "云川" not in "".join(subject_words(asked(message)))


def test_another_place_is_searched_for():
    assert "成都" in subject_words(asked("成都新建公园多少个"))


def test_a_question_carries_the_ids_of_the_reports_it_may_ask():
    assert asked("新建公园").report_ids == ("yunchuan-2024",)


def test_a_follow_up_keeps_topic_and_kind_and_changes_the_year():
    question = asked("去年新建公园多少个？", "那今年呢？")
    assert question.periods == (THIS,) and question.answer_type == "number"
    assert "公园" in "".join(subject_words(question))


@pytest.mark.parametrize("thanks", ["谢谢，", "好的。", "明白了！", "Thanks, "])
def test_thanks_before_a_question_are_no_part_of_it(thanks: str):
    assert asked(f"{thanks}去年新增渔船多少艘？").text == "去年新增渔船多少艘？"


def test_thanks_alone_stay_what_they_are():
    assert asked("谢谢！").text == "谢谢！"


def test_a_follow_up_keeps_the_year_and_changes_the_topic():
    question = asked("今年新建公园多少个？", "水库呢？")
    assert question.periods == (THIS,) and question.answer_type == "number"
    assert "水库" in subject_words(question)


def test_an_earlier_topic_weighs_less_than_a_new_one():
    question = asked("今年新建公园多少个？", "保障性住房呢？")
    own = max(t.weight for t in question.terms if t.kind != "context")
    assert all(t.weight < own for t in question.terms if t.kind == "context")


@pytest.mark.parametrize(
    ("before", "follow_up", "expected"),
    [
        ("去年渔业产值增长多少？", "那社会消费品零售总额呢？", "growth"),
        ("去年渔业产值增长多少？", "进出口总额呢？", "growth"),
        ("去年渔业产值增长多少？", "那林业产值呢？", "growth"),
        ("去年渔业产值总额是多少？", "那林业产值呢？", "amount"),
        ("去年渔业产值是多少？", "那增速呢？", "growth"),
        ("去年渔业产值总额是多少？", "那增速呢？", "growth"),
        ("去年渔业产值增长多少？", "那总量呢？", "amount"),
        ("去年渔业产值总额是多少？", "那林业产值增长多少？", "growth"),
        ("去年渔业产值增长多少？", "那林业产值总额是多少？", "amount"),
    ],
    ids=[
        "a name with 总额",
        "another one",
        "a plain name",
        "an amount before",
        "only a side",
        "the other side",
        "back to the amount",
        "asked anew",
        "an amount asked anew",
    ],
)
def test_a_follow_up_keeps_the_side_of_a_figure_unless_it_says_which(before: str, follow_up: str, expected: str):
    assert asked(before, follow_up).attribute == expected


@pytest.mark.parametrize(
    "follow_up", ["今年任务呢？", "今年实际呢？", "今年的目标呢？", "今年任务量呢？", "今年力争多少？"]
)
def test_words_that_name_no_thing_are_no_new_topic(follow_up: str):
    question = asked("去年渔业产值增长多少？", follow_up)
    assert (subject_words(question), question.periods) == (("渔业", "产值"), (THIS,))


@pytest.mark.parametrize(
    ("message", "noun"), [("今年改造渔港的任务是多少座？", "任务"), ("今年新建渔港力争达到多少座？", "力争")]
)
def test_words_that_name_no_thing_are_not_what_an_answer_must_name(message: str, noun: str):
    assert noun not in asked(message).focus


@pytest.mark.parametrize(
    ("before", "follow_up", "units"),
    [
        ("去年新增渔船多少艘？", "那今年呢？", ("艘",)),
        ("去年新增渔船多少艘？", "今年要多少？", ("艘",)),
        ("去年新增渔船多少艘？", "那投资多少亿元？", ("元",)),
        ("去年新增渔船多少艘？", "那公园呢？", ()),
        ("去年渔业产值连续几个月回升？", "那工业产值呢？", ("个月",)),
        ("去年新增渔船多少艘？", "全市城镇调查失业率控制在多少以内？", ()),
    ],
    ids=[
        "another year",
        "asked anew",
        "a measure of its own",
        "another topic",
        "times",
        "a question that stands alone",
    ],
)
def test_a_follow_up_keeps_the_measure_while_the_topic_stays(before: str, follow_up: str, units: tuple[str, ...]):
    assert asked(before, follow_up).units == units


@pytest.mark.parametrize(
    ("follow_up", "each"),
    [("那今年呢？", True), ("农机和拖拉机呢？", True), ("农机有多少台？", False), ("渔港今年投用几座？", False)],
    ids=["another year", "other things", "one thing asked for", "one thing in another year"],
)
def test_a_follow_up_that_asks_nothing_itself_asks_for_each_of_several_things_too(follow_up: str, each: bool):
    assert asked("去年渔船和渔网各多少？", follow_up).each is each


def test_a_question_that_stands_alone_takes_no_topic_along():
    question = asked("今年新建公园多少个？", "全市城镇调查失业率控制在多少以内？")
    assert "公园" not in "".join(term.text for term in question.terms)


def test_a_follow_up_to_a_follow_up_still_knows_the_topic():
    assert "公园" in "".join(t.text for t in asked("去年新建公园多少个？", "那今年呢？", "去年呢？").terms)


def test_a_follow_up_with_a_time_of_its_own_leaves_the_years_together_behind():
    question = asked("过去五年一共建了多少座水库？", "今年要建多少座？", "能灌溉多少亩？")
    assert question.periods == (THIS,) and "五年" not in question.text
    assert not {"过去", "五年"} & {term.text for term in question.terms}
    assert "五年" in asked("过去五年一共建了多少座水库？", "能灌溉多少亩？").text


@pytest.mark.parametrize("follow_up", ["今年的民生实事里，这一项是多少？", "今年的民生实事里又有多少？"])
def test_a_follow_up_that_only_names_a_whole_asks_for_the_part_that_was_talked_of(follow_up: str):
    found = {term.text: term for term in asked("去年新增托位几个？", follow_up).terms}
    assert found["民生实事"].weight < found["托位"].weight and found["托位"].kind != "context"


@pytest.mark.parametrize(
    ("message", "units"),
    [
        ("How many fishing boats were exported last year?", ("个",)),
        ("How many passengers did the harbour see?", ("人",)),
        ("How many suggestions from people were handled?", ("个",)),
        ("How many square kilometres were restored?", ("平方公里",)),
        ("How many kilometres of road are planned?", ("公里",)),
        ("How many times did output grow?", ()),
        ("How much did the harbour cost?", ("元",)),
    ],
)
def test_what_is_counted_in_english_has_a_measure(message: str, units: tuple[str, ...]):
    assert asked(message).units == units


@pytest.mark.parametrize(
    ("message", "attribute"),
    [
        ("渔船今年比去年多还是少？两年各多少艘？", ""),
        ("新建渔港，今年的目标比去年多了还是少了，各是多少座？", ""),
        ("渔业产值是增长还是下降？", "growth"),
        ("渔业产值增减了多少？", "growth"),
        ("去年新增减税降费规模是多少？", "amount"),
    ],
    ids=["more or less", "with 了", "up or down", "either way", "by chance"],
)
def test_more_or_less_beside_a_question_for_the_figures_asks_for_no_change(message: str, attribute: str):
    question = asked(message)
    assert question.attribute == attribute
    assert not {"多", "少", "多了", "少了"} & {term.text for term in question.terms}


@pytest.mark.parametrize(
    ("message", "person"),
    [
        ("渔船和渔网去年谁增长得快？各增长多少？", False),
        ("渔船和渔网谁的产值高，各多少？", False),
        ("渔港是谁建的？", True),
        ("谁高票当选？", True),
    ],
)
def test_who_is_faster_asks_for_no_person(message: str, person: bool):
    assert (asked(message).answer_type == "person") is person


@pytest.mark.parametrize(
    ("before", "follow_up", "word"),
    [
        ("去年新建渔港几座？", "今年还要新建多少？", "渔港"),
        ("去年开通轨道交通多少公里？", "具体是哪几条线？", "轨道交通"),
        ("今年启动哪些渔港项目？", "那要建成的呢？", "渔港"),
    ],
)
def test_a_follow_up_with_an_action_or_a_measure_alone_takes_the_topic_along(before: str, follow_up: str, word: str):
    assert any(word in term.text for term in asked(before, follow_up).terms)


def test_what_is_carried_over_makes_the_text_stand_alone():
    text = asked("去年新建公园多少个？", "那今年呢？").text
    assert "公园" in text and text.endswith("那今年呢？")


@given(
    st.text(st.characters(exclude_categories=("Cs",)), max_size=60), st.text("去今年那呢公园水库多少个？ ", max_size=12)
)
def test_any_message_is_understood_somehow(first: str, then: str):
    question = asked(first, then)
    assert question.asked == then and all(term.text for term in question.terms)


def weights(message: str) -> dict[str, float]:
    return {term.text: term.weight for term in asked(message).terms}


@pytest.mark.parametrize(
    ("message", "whole", "part"),
    [
        ("签约项目中有多少个开工？", ("签约", "项目"), ("开工",)),
        ("全市医院中，三甲有多少家？", ("医院",), ("三甲",)),
        ("新增学位当中，幼儿园占多少？", ("新增", "学位"), ("幼儿园",)),
        ("13艘渔船里，木船有几艘？", ("渔船",), ("木船",)),
        ("渔业投资减半，获奖作品中有几部渔歌？", ("获奖作品",), ("渔业", "投资", "渔歌")),
        ("代表建议中，代表满意率是多少？", ("代表建议",), ("代表", "满意率")),
    ],
    ids=["中有", "中，", "当中", "里，", "in its own clause only", "said again"],
)
def test_of_a_part_that_is_asked_for_the_whole_counts_by_half(
    message: str, whole: tuple[str, ...], part: tuple[str, ...]
):
    found, plain = weights(message), {term.text: term.weight for term in terms(message)}
    assert {word: found[word] for word in whole} == {word: plain[word] / 2 for word in whole}
    assert {word: found[word] for word in part} == {word: plain[word] for word in part}


@pytest.mark.parametrize(
    "message",
    [
        "新增里程多少公里，其中地铁多少？",
        "水库在哪里，投资多少？",
        "高中有多少所？",
        "县一中有多少间宿舍？",
        "渔业发展中有哪些问题？",
        "市里头今年要建几个公园？",
        "渔业中心有多少个？",
        "渔港、渔船其中多少是新的？",
        "渔船中",
    ],
)
def test_where_no_part_is_asked_for_every_term_counts_in_full(message: str):
    assert weights(message) == {term.text: term.weight for term in terms(message)}


@pytest.mark.parametrize(
    ("message", "units"),
    [
        ("买张船票要几个钱？", ("元",)),
        ("一度电多少元钱？", ("元",)),
        ("建了几个钱塘潮观景台？", ("元",)),
        ("建了几个公园？", ("个",)),
        ("收了多少条意见？", ("条",)),
        ("交了多少渔船保险费？", ("元",)),
    ],
)
def test_how_much_money_is_asked_for_in_several_ways(message: str, units: tuple[str, ...]):
    assert asked(message).units == units


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("多久巡查一次渔港？", "date"),
        ("渔港多长时间清淤一回？", "date"),
        ("渔市周几开放？", "date"),
        ("渔市星期几开放？", "date"),
        ("渔港哪天开港？", "date"),
        ("渔市几点开门？", "date"),
        ("多久能领到一次性补贴？", "number"),
        ("多久能办成一件事？", "number"),
        ("多久能到渔港？", "number"),
        ("多长的路一次建成？", "number"),
        ("渔港多大？", "number"),
        ("提出了几点建议？", "name"),
        ("渔港是什么等级？", "name"),
        ("渔港建在哪一个村？", "place"),
    ],
)
def test_a_rhythm_and_a_day_are_asked_for_as_times_and_a_length_as_a_figure(message: str, expected: str):
    assert answer_type(message) == expected


@pytest.mark.parametrize(
    ("message", "expected"),
    [("接下来建几座水库", (THIS,)), ("接下来三年建几座水库", ()), ("未来三年建几座水库", ())],
)
def test_several_years_to_come_are_not_this_year(message: str, expected: tuple[Period, ...]):
    assert periods(message, 2024) == expected


@pytest.mark.parametrize(
    ("follow_up", "units"), [("增长多少？", ()), ("占比多少？", ()), ("多少？", ("艘",)), ("今年要多少？", ("艘",))]
)
def test_a_follow_up_for_another_side_of_the_figure_leaves_its_measure_behind(follow_up: str, units: tuple[str, ...]):
    assert asked("去年新增渔船多少艘？", follow_up).units == units


@pytest.mark.parametrize(
    ("message", "about"),
    [
        ("作报告的市长叫什么名字？", True),
        ("宣读报告的领导是谁？", True),
        ("政府工作报告的作者是谁？", True),
        ("政府工作报告的三大行动叫什么名字？", False),
        ("工作报告的渔港项目叫什么？", False),
    ],
)
def test_a_question_about_the_report_itself_is_told_from_one_about_what_it_tells(message: str, about: bool):
    assert bool(asking("words", "masthead").search(message)) is about
