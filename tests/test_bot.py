"""The bot that every door talks to, over an invented report in a real index."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from core_fakes import HARBOUR, NothingMayBeAsked, a_report, faults, index_over, retriever_over
from index_fakes import HashEmbedder
from model_fakes import ScriptedModel

from chatbot.bot import MODES, Bot
from chatbot.chain import Writer
from chatbot.errors import SetupError, UnknownReport, UsageError
from chatbot.types import Answer
from eval.scripted.reading import evidence
from vectorstore.retrieve import ReportRetriever

QUESTION = "去年轨道交通新增里程多少公里？"
CLOSED = Bot([a_report(text="新建水库3座。")], NothingMayBeAsked())


def without_time(answer: Answer) -> tuple[object, ...]:
    return answer.status, answer.sentences, answer.citations, answer.note


@pytest.mark.parametrize("call", ["ask", "brief"])
def test_an_unknown_report_is_an_error_that_names_it_and_says_what_to_do(call: str):
    with pytest.raises(UnknownReport, match=r"no-such-report.*vectorstore list"):
        getattr(CLOSED, call)("水库", report_ids=["no-such-report"])


def test_an_unknown_report_is_an_error_before_the_first_stage():
    with pytest.raises(UnknownReport):
        CLOSED.stages("水库", report_ids=["no-such-report"])


@pytest.mark.parametrize("mode", ["best", ""])
@pytest.mark.parametrize("call", ["ask", "brief", "stages"])
def test_a_mode_that_is_not_there_is_a_usage_error(call: str, mode: str):
    with pytest.raises(UsageError):
        getattr(CLOSED, call)("水库", mode=mode)


@pytest.mark.parametrize("call", ["ask", "brief", "stages"])
def test_the_model_s_mode_without_a_model_is_a_matter_of_setting_up(call: str):
    with pytest.raises(SetupError, match="OPENAI_MODEL"):
        getattr(CLOSED, call)("水库", mode="model")


def test_every_mode_but_the_model_s_may_be_chosen():
    assert [CLOSED.check(mode) for mode in MODES if mode != "model"] == [None, None]


def test_the_text_of_a_report_is_handed_out_by_its_id():
    assert CLOSED.text_of("yunchuan-2031") == "新建水库3座。"
    with pytest.raises(UnknownReport):
        CLOSED.text_of("no-such-report")


def test_a_question_is_answered_with_the_report_s_own_words(town: Bot):
    answer = town.ask(QUESTION)
    assert answer.status == "answered" and "21公里" in answer.text and faults(answer, town) == []


def test_the_same_question_gets_the_same_answer(town: Bot):
    assert without_time(town.ask(QUESTION)) == without_time(town.ask(QUESTION))


def test_the_stages_end_in_the_answer_that_ask_gives(town: Bot):
    assert [without_time(a) for _, a in town.stages(QUESTION) if a] == [without_time(town.ask(QUESTION))]


def test_a_bot_holds_no_conversation(town: Bot):
    alone = without_time(town.ask("那今年呢？"))
    town.ask(QUESTION)
    assert without_time(town.ask("那今年呢？")) == alone


def test_a_history_says_what_a_follow_up_is_about(town: Bot):
    answer = town.ask("那今年呢？", [("去年改造老旧小区多少个？", "2030年：改造老旧小区87个。[1]")])
    assert [c.quote for c in answer.citations] == ["改造老旧小区130个"]


def test_a_chosen_report_is_the_only_one_that_is_asked(town: Bot):
    newer = town.reports[1]
    answer = town.ask("轨道交通新增里程多少公里？", report_ids=[newer.id])
    assert {c.report_id for c in answer.citations} == {newer.id} and "2031年" in answer.text


def test_without_a_choice_the_default_report_is_asked(town: Bot):
    assert {c.report_id for c in town.ask("轨道交通新增里程多少公里？").citations} == {town.reports[0].id}


def test_a_year_in_the_question_chooses_the_report(town: Bot):
    assert {c.report_id for c in town.ask("2032年改造老旧小区多少个？").citations} == {town.reports[1].id}


def test_a_brief_shows_nothing_that_is_not_quoted(town: Bot):
    answer = town.brief("民生")
    assert answer.status == "answered" and len(answer.citations) > 1 and faults(answer, town) == []


@pytest.mark.parametrize(
    "history",
    [
        pytest.param([("\ud800", "")], id="surrogate"),
        pytest.param([("水库" * 10_000, "")], id="endless"),
        pytest.param([("\x00", "\ud800")], id="nul"),
    ],
)
def test_earlier_messages_are_cleaned_like_the_last_one(town: Bot, history: list[tuple[str, str]]):
    answer = town.ask("那今年呢？", history)
    assert len(str(dict(answer.receipt)["understood"])) < 2000


def test_a_lone_surrogate_in_a_message_is_no_error(town: Bot):
    assert town.ask("\ud800去年轨道交通新增里程多少公里？").status == "answered"


# Lists that a clause announces

GAPS = ["渔港设施比较陈旧；", "冷链能力仍有短板，渔船老化；", "渔民收入增长不快。"]


@contextmanager
def bot_over(folder: Path, text: str) -> Iterator[Bot]:
    """A bot over one report with this text."""
    with index_over(folder, text) as (index, settings):
        yield Bot(index.reports, retriever_over(index, settings, HashEmbedder()), index.reports[0].id)


@pytest.fixture(scope="module")
def harbour(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    """Over a report that announces two lists: one in entries, one in a sentence."""
    with bot_over(tmp_path_factory.mktemp("harbour"), HARBOUR) as bot:
        yield bot


@pytest.mark.parametrize("question", ["渔业发展还有哪些差距？", "渔业发展的差距有哪些？", "列出渔业发展的差距"])
def test_a_list_cut_into_entries_is_given_whole_each_entry_with_its_quote(harbour: Bot, question: str):
    answer = harbour.ask(question)
    assert answer.sentences[0].startswith("【渔业发展还有不少差距，共3项】\n") and len(answer.sentences) == 3
    assert [c.quote for c in answer.citations] == GAPS and faults(answer, harbour) == []


def test_a_list_in_one_sentence_is_given_whole(harbour: Bot):
    answer = harbour.ask("今年渔业发展的主要预期目标有哪些？")
    assert [c.quote for c in answer.citations] == [
        "今年渔业发展的主要预期目标是：远洋捕捞量增长7%，新建渔港4座，渔民收入稳步提高"
    ]
    assert faults(answer, harbour) == []


@pytest.mark.parametrize(
    ("question", "quotes"),
    [
        ("今年新建渔港几座？", ["新建渔港4座"]),
        ("今年远洋捕捞量增长多少？", ["远洋捕捞量增长7%"]),
        ("冷链能力怎么样？", ["冷链能力仍有短板，渔船老化"]),
        ("渔业发展差距有几个？", []),
        ("渔业发展还有哪五个差距？", []),
    ],
    ids=["a figure", "another figure", "one entry", "a number that is not told", "as many as there are not"],
)
def test_who_asks_for_one_thing_of_an_announced_list_does_not_get_it_whole(
    harbour: Bot, question: str, quotes: list[str]
):
    assert [c.quote for c in harbour.ask(question).citations] == quotes


@pytest.mark.parametrize(
    "question",
    [
        "渔民收入有哪些差距？",
        "渔船改造有哪些进展？",
        "哪些渔港设施陈旧？",
        "灯塔、码头、航标、浮标、锚地还有哪些差距？",
    ],
    ids=["of an entry", "of another sentence", "of an entry by its words", "of things not told of"],
)
def test_a_list_that_is_not_announced_as_what_is_asked_for_is_not_given(harbour: Bot, question: str):
    answer = harbour.ask(question)
    assert "共3项" not in answer.text and answer.citations == ()


@pytest.mark.parametrize(
    "question",
    ["上海渔业发展还有哪些差距？", "2025年渔业发展还有哪些差距？", "今年渔业发展还有哪些差距？"],
    ids=["another place", "another year", "the other year"],
)
def test_a_list_of_another_place_or_time_is_not_given(harbour: Bot, question: str):
    answer = harbour.ask(question)
    assert "共3项" not in answer.text and not {c.quote for c in answer.citations} & {*GAPS}


@pytest.mark.xfail(
    strict=True, reason="a word that the report does not use at all says little against an announced list"
)
def test_a_list_of_something_else_is_not_given(harbour: Bot):
    assert harbour.ask("教育还有哪些差距？").citations == ()


@pytest.mark.parametrize(
    "question",
    ["渔业发展还有哪三个差距？", "渔业发展的差距是什么？", "漁業發展還有哪些差距？"],
    ids=["as many as there are", "asked as a name", "traditional"],
)
def test_a_list_is_given_to_who_asks_for_it_in_other_words(harbour: Bot, question: str):
    assert [c.quote for c in harbour.ask(question).citations] == GAPS


def test_what_search_found_in_one_section_is_no_list_of_its_entries(tmp_path: Path):
    lines = [
        f"全市{trade}业产值稳步增长，新建{trade}业基地{i}座。"
        for i, trade in enumerate("渔林牧种盐茶果花药糖棉麻桑", 1)
    ]
    head, tail = HARBOUR.split("（一）")[0], "二、2031年主要任务\n继续努力。\n"
    with bot_over(tmp_path, head + "".join(lines) + "\n" + tail) as bot:
        assert "共" not in bot.ask("新建了哪些基地？").text


# Lists of headings

TASKS = """云川市人民政府工作报告
——2031年1月8日在云川市第九届人民代表大会第二次会议上
各位代表：
一、2030年工作回顾
渔业稳步发展，新建渔港3座。
二、2031年主要任务
今年，重点抓好三个方面工作。
（一）修建渔港
新建渔港4座，投资2亿元。
（二）改造渔船
改造渔船120艘。
（三）疏浚航道
疏浚航道60公里。
各位代表，让我们团结奋斗！
"""
PARTS = ["（一）修建渔港", "（二）改造渔船", "（三）疏浚航道"]


@pytest.fixture(scope="module")
def tasks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    """Over a report whose second section says how many parts it has."""
    with bot_over(tmp_path_factory.mktemp("tasks"), TASKS) as bot:
        yield bot


@pytest.mark.parametrize("question", ["今年要重点抓好哪些方面工作？", "今年重点抓好哪三个方面工作？"])
def test_a_section_gives_the_headings_of_its_parts_under_the_sentence_that_counts_them(tasks: Bot, question: str):
    answer = tasks.ask(question)
    assert answer.sentences[0].startswith("【今年，重点抓好三个方面工作，共3项】\n")
    assert [c.quote for c in answer.citations] == PARTS and faults(answer, tasks) == []


@pytest.mark.parametrize(
    "question",
    [
        "今年重点抓好哪五个方面工作？",
        "去年重点抓好哪些方面工作？",
        "上海今年重点抓好哪些方面工作？",
        "今年改造渔船多少艘？",
        "今年疏浚航道多少公里？",
    ],
    ids=["another number", "another year", "another place", "one figure", "another figure"],
)
def test_the_headings_of_a_section_are_not_given_otherwise(tasks: Bot, question: str):
    answer = tasks.ask(question)
    assert not {c.quote for c in answer.citations} & {*PARTS} and faults(answer, tasks) == []


# The report itself


@pytest.mark.parametrize(
    ("question", "quote"),
    [
        ("报告是谁作的？", "云川市人民政府市长李某某"),
        ("谁作的政府工作报告？", "云川市人民政府市长李某某"),
        ("報告是誰作的？", "云川市人民政府市长李某某"),
        ("报告是什么时候作的？", "2031年1月8日在云川市第九届人民代表大会第二次会议上"),
        ("在哪个会上作的报告？", "2031年1月8日在云川市第九届人民代表大会第二次会议上"),
    ],
    ids=["who", "who gave it", "traditional", "when", "which meeting"],
)
def test_who_gave_the_report_and_when_is_told_by_its_head(town: Bot, question: str, quote: str):
    answer = town.ask(question)
    assert answer.sentences == (f"{quote}。[1]",)
    assert [c.quote for c in answer.citations] == [quote] and faults(answer, town) == []


def test_an_english_question_about_the_report_is_told_in_an_english_frame(town: Bot):
    answer = town.ask("Who delivered the report?")
    assert [c.quote for c in answer.citations] == ["云川市人民政府市长李某某"] and faults(answer, town) == []
    assert answer.sentences[0][0].isascii()


@pytest.mark.parametrize(
    "question",
    ["上海的政府工作报告是谁作的？", "2025年的政府工作报告是谁作的？"],
    ids=["of another place", "of another year"],
)
def test_who_gave_another_report_is_not_told(town: Bot, question: str):
    assert town.ask(question).citations == ()


def test_the_only_amount_of_money_does_not_answer_for_what_the_report_never_speaks_of(town: Bot):
    assert town.ask("火星基地投资了多少亿元？").status == "refused"


# Follow-ups


@pytest.mark.parametrize(
    ("before", "follow_up", "told"),
    [
        ("去年规上工业增加值增长多少？", "那社会消费品零售总额呢？", "社会消费品零售总额增长8.7%"),
        ("去年规上工业增加值增长多少？", "固定资产投资呢？", "固定资产投资增长4.3%"),
        ("去年社会消费品零售总额增长多少？", "规上工业增加值呢？", "规上工业增加值增长6.6%"),
        ("去年一般公共预算收入增长多少？", "今年的目标呢？", "一般公共预算收入增长4%"),
        ("去年城镇新增就业多少万人？", "今年任务呢？", "城镇新增就业4.5万人以上"),
    ],
    ids=["a name with 总额", "another of the list", "the first of the list", "the target", "the task"],
)
def test_a_follow_up_is_told_its_own_figure(town: Bot, before: str, follow_up: str, told: str):
    answer = town.ask(follow_up, [(before, "")])
    assert [s.partition("：")[2] for s in answer.sentences] == [f"{told}。[1]"] and faults(answer, town) == []


def test_a_report_chosen_twice_counts_once(town: Bot):
    once, twice = (town.ask(QUESTION, report_ids=[town.reports[0].id] * n) for n in (1, 2))
    assert without_time(once) == without_time(twice)


def test_without_reports_nothing_is_looked_up():
    with pytest.raises(UnknownReport):
        Bot((), NothingMayBeAsked()).ask("新建水库几座？")


# With a model


def tells_the_miles(prompt: str) -> str:
    """A true sentence, worded a little otherwise, from whichever passage of the prompt says it."""
    key = next(line.key for line in evidence(prompt) if "21公里" in line.text)
    return f"新增了里程21公里。[{key}]"


def with_model(town: Bot, retriever: ReportRetriever, model: ScriptedModel) -> Bot:
    return Bot(town.reports, retriever, town.reports[0].id, Writer(model, 4000))


@pytest.mark.parametrize("mode", ["auto", "model"])
def test_with_a_model_both_modes_that_may_use_it_do(town: Bot, town_retriever: ReportRetriever, mode: str):
    bot = with_model(town, town_retriever, ScriptedModel(tells_the_miles))
    answer = bot.ask(QUESTION, mode=mode)
    assert (answer.mode, answer.sentences) == ("model", ("2030年：新增了里程21公里。[1]",)) and faults(
        answer, bot
    ) == []


def test_the_extractive_mode_asks_no_model(town: Bot, town_retriever: ReportRetriever):
    answer = with_model(town, town_retriever, ScriptedModel()).ask(QUESTION, mode="extractive")
    assert without_time(answer) == without_time(town.ask(QUESTION)) and answer.mode == "extractive"


def test_a_model_that_lies_changes_nothing_but_the_note(town: Bot, town_retriever: ReportRetriever):
    bot = with_model(town, town_retriever, ScriptedModel(lambda prompt: tells_the_miles(prompt).replace("21", "12")))
    answer, plain = bot.ask(QUESTION), town.ask(QUESTION)
    assert (answer.sentences, answer.citations) == (plain.sentences, plain.citations)
    assert (answer.mode, answer.note) == ("extractive", "未经模型整理")


@pytest.mark.parametrize("call", ["ask", "brief"])
def test_neither_a_refusal_nor_a_brief_costs_a_call(town: Bot, town_retriever: ReportRetriever, call: str):
    bot = with_model(town, town_retriever, ScriptedModel())
    message = "轨道交通投资了多少亿元？" if call == "ask" else "民生"
    assert without_time(getattr(bot, call)(message)) == without_time(getattr(town, call)(message))


def test_a_follow_up_costs_two_calls(town: Bot, town_retriever: ReportRetriever):
    model = ScriptedModel("去年轨道交通新增里程多少公里？", tells_the_miles)
    answer = with_model(town, town_retriever, model).ask("那去年新增里程呢？", [("今年轨道交通多少公里？", "")])
    assert answer.mode == "model" and len(model.prompts) == 2


def test_the_stages_show_the_model_s_sentence_before_they_end(town: Bot, town_retriever: ReportRetriever):
    bot = with_model(town, town_retriever, ScriptedModel(tells_the_miles))
    shown = [(name, answer.sentences) for name, answer in bot.stages(QUESTION) if answer]
    assert {name for name, _ in shown} == {"draft", "done"} and len({sentences for _, sentences in shown}) == 1


def test_a_list_is_found_where_another_passage_says_the_question_as_well(tmp_path: Path):
    told = "强化渔业管理效能。提升渔船效能，按时检修。提升码头效能，错峰装卸。提升冷链效能，随到随存。"
    rival = "要提升效能。"
    report = HARBOUR.split("（一）")[0] + f"二、2031年主要任务\n（一）资产\n{rival}\n（二）渔业\n{told}\n"
    with bot_over(tmp_path, report) as bot:
        answer = bot.ask("今年要提升哪三种效能？")
        assert [c.quote for c in answer.citations] == ["提升渔船效能", "提升码头效能", "提升冷链效能"]
