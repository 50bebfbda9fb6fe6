"""Which passages a brief rests on, in an invented report with hand-made search results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import count

import pytest
from core_fakes import PLAN, REVIEW, STANDING, a_passage, a_report

from chatbot.types import Clause, Evidence, Passage, Period
from chatbot.understand import for_brief, understand
from vectorstore.overview import overview
from vectorstore.passages import clauses

DONE, TASKS, SELF = "一、2030年工作回顾", "二、2031年主要任务", "三、加强政府自身建设"
CITY = (DONE, "（二）城乡面貌持续改善")
TROUBLE = (DONE, "困难和问题")
FISHERY = (TASKS, "（一）大力发展渔业")
HARBOURS, BOATS, FISH = (*FISHERY, "修建渔港"), (*FISHERY, "更新渔船"), (*FISHERY, "深化科技养殖")
LIST = (TASKS, "重点民生实事")
LEAD = "坚持陆海统筹，做大海洋经济。"
MIXED = "城市更新稳步推进，完成试点6个，打通道路9条；新建灯塔4座，造林80万亩；污水治理有力有效。"
LONG = "机构改革稳步推进，市场活力不断增强，新设企业260家，新建灯塔4座，信用体系逐步完善，服务更加便捷，监管更加有效。"
REPORT: tuple[tuple[tuple[str, ...], Period, str], ...] = (
    ((DONE,), REVIEW, DONE),
    (CITY, REVIEW, "渔业总产值增长5.8%。"),
    (CITY, REVIEW, MIXED),
    (CITY, REVIEW, LONG),
    (CITY, REVIEW, "建成口袋公园41个。"),
    (TROUBLE, REVIEW, "渔业发展还有不少短板；"),
    ((TASKS,), PLAN, TASKS),
    (FISHERY, PLAN, FISHERY[-1]),
    (FISHERY, PLAN, LEAD),
    (HARBOURS, PLAN, "新建渔港4座。"),
    (HARBOURS, PLAN, "改造码头2座。"),
    (BOATS, PLAN, "更新渔船80艘。"),
    (FISH, PLAN, "推广深水网箱60口。"),
    (LIST, PLAN, "新建公园25个；"),
    (LIST, PLAN, "修建水库4座；"),
    (LIST, PLAN, "改造小区130个；"),
    (LIST, PLAN, "疏浚河道60公里；"),
    (LIST, PLAN, "新增托位900个。"),
    ((SELF,), STANDING, SELF),
    ((SELF, "（一）依法行政"), STANDING, "严格规范执法。"),
    ((SELF, "（二）廉洁从政"), STANDING, "严控“三公”经费。"),
)


def a_whole(report: Sequence[tuple[tuple[str, ...], Period, str]] = REPORT) -> list[Passage]:
    starts = count(0, 500)
    return [a_passage(text, period, next(starts), path) for path, period, text in report]


PASSAGES = a_whole()


def found(scores: Mapping[str, float], passages: Sequence[Passage], alike: float = 0.0) -> dict[int, Evidence]:
    """What search made of the passages with these texts."""
    places = {passage.text: i for i, passage in enumerate(passages)}
    return {places[text]: _evidence(passages[places[text]], score, alike) for text, score in scores.items()}


def _evidence(passage: Passage, score: float, alike: float) -> Evidence:
    return Evidence("E1", passage, score, (Clause(passage.span, score, (("dense", alike),)),))


def told(
    topic: str, scores: Mapping[str, float], passages: Sequence[Passage] = PASSAGES, alike: float = 0.0
) -> list[str]:
    """What the brief quotes, in order; the quotes of one passage joined by /."""
    question = for_brief(understand(topic, None, [a_report()]), [a_report()])
    chosen = overview(question, passages, found(scores, passages, alike))
    return ["/".join(passages[c.place].slice(quote) for quote in c.quotes) for c in chosen]


# sections


def test_a_section_whose_heading_is_about_the_topic_is_taken_without_what_search_found_nothing_in():
    scores = {LEAD: 5.0, "新建渔港4座。": 4.0, "更新渔船80艘。": 3.0}
    assert told("渔业", scores) == [FISHERY[-1], LEAD, "新建渔港4座。", "改造码头2座。", "更新渔船80艘。"]


def test_beside_a_section_only_passages_that_say_the_whole_topic_and_score_as_well_are_told():
    scores = {LEAD: 5.0, "新建渔港4座。": 8.0, "渔业总产值增长5.8%。": 9.0, "建成口袋公园41个。": 9.0}
    assert "渔业总产值增长5.8%。" in told("渔业", scores) and "建成口袋公园41个。" not in told("渔业", scores)
    weak = scores | {"渔业总产值增长5.8%。": 2.0, "渔业发展还有不少短板；": 9.0}
    assert "渔业总产值增长5.8%。" not in told("渔业", weak)


def test_of_a_section_whose_heading_only_mentions_the_topic_the_passages_that_say_it_are_told():
    passages = a_whole(
        [
            ((TASKS, "（一）以灯塔建设引领渔港振兴"), PLAN, text)
            for text in ("新建灯塔4座。", "改造码头2座。", "植树造林。", "清淤。")
        ]
    )
    scores = {"新建灯塔4座。": 5.0, "改造码头2座。": 5.0}
    assert told("灯塔", scores, passages) == ["新建灯塔4座。"]


def test_a_list_stays_whole():
    assert len(told("重点民生实事", {"新建公园25个；": 4.0})) == 5


def test_a_part_of_the_report_is_taken_only_when_its_heading_says_nearly_all_of_the_topic():
    whole = [SELF, "严格规范执法。", "严控“三公”经费。"]
    assert told("政府自身建设", {"严格规范执法。": 4.0}) == whole
    assert told("政府网站建设", {"严格规范执法。": 4.0}) == []


def test_each_member_of_a_topic_has_a_section_of_its_own():
    scores = {LEAD: 5.0, "新建公园25个；": 4.0}
    both = told("渔业和民生实事", scores)
    assert LEAD in both and "疏浚河道60公里；" in both


def test_several_members_without_a_heading_have_the_section_that_holds_most_of_what_search_found():
    scores = {"推广深水网箱60口。": 4.0, "更新渔船80艘。": 4.0, "改造小区130个；": 1.0}
    assert "新建渔港4座。" in told("今年网箱、码头、海带的情况", scores)


def test_where_hardly_any_member_is_said_no_section_holds_them():
    scores = {"推广深水网箱60口。": 4.0, "更新渔船80艘。": 4.0, "改造小区130个；": 1.0}
    assert told("今年网箱、海参、海带的情况", scores) == ["推广深水网箱60口。"]


def test_where_no_section_holds_most_of_it_none_is_taken():
    scores = {"推广深水网箱60口。": 4.0, "修建水库4座；": 4.0, "改造小区130个；": 2.0}
    assert told("今年海参、海带、贝类的情况", scores) == []


def test_the_years_asked_for_decide():
    scores = {LEAD: 5.0, "渔业总产值增长5.8%。": 9.0}
    assert set(told("2030年渔业", scores)) == {"渔业总产值增长5.8%。"}
    assert "渔业总产值增长5.8%。" not in told("2031年渔业", scores)


def test_a_request_for_results_gets_no_tasks_and_the_other_way():
    scores = {LEAD: 5.0, "渔业总产值增长5.8%。": 9.0}
    assert LEAD not in told("渔业工作成效", scores)
    assert "渔业总产值增长5.8%。" not in told("渔业重点任务", scores)


def test_without_a_topic_all_sentences_with_figures_of_the_period_are_told():
    assert set(told("2030年工作成效", {})) == {"渔业总产值增长5.8%。", MIXED, LONG, "建成口袋公园41个。"}


# passages


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        (MIXED, "新建灯塔4座，造林80万亩"),
        (LONG, "新建灯塔4座"),
    ],
    ids=["the part between semicolons", "the clause of a long sentence"],
)
def test_of_a_long_sentence_only_what_says_the_topic_is_quoted(text: str, quoted: str):
    assert told("灯塔", {text: 5.0}) == [quoted]


def test_a_sentence_that_the_topic_opens_is_quoted_whole():
    assert told("城市更新", {MIXED: 5.0}) == [MIXED]


def test_two_parts_of_one_sentence_are_two_quotes():
    text = "灾害防御扎实，植树造林；新建灯塔4座，造林80万亩；污水治理有效；改造灯塔2座。"
    assert told("灯塔", {text: 5.0}, a_whole([(CITY, REVIEW, text)])) == ["新建灯塔4座，造林80万亩/改造灯塔2座。"]


def test_nothing_is_cut_inside_quotation_marks():
    text = "植树造林；建成“码头；灯塔”示范区3个；改造泊位2座。"
    assert told("灯塔", {text: 5.0}, a_whole([(CITY, REVIEW, text)])) == ["建成“码头；灯塔”示范区3个"]


def test_a_passage_that_scores_far_below_the_best_is_left_out():
    assert told("灯塔", {LONG: 9.0, MIXED: 3.0}) == ["新建灯塔4座"]


def test_a_sentence_that_names_everything_tells_of_nothing():
    text = "，".join([*(f"全面推进{what}" for what in "甲乙丙丁戊己庚辛壬癸子丑"), "建设灯塔"]) + "。"
    assert told("灯塔", {text: 5.0}, a_whole([(CITY, REVIEW, text)])) == []


def test_a_bare_label_brings_what_stands_behind_it():
    texts = ("兴渔业。", "新建码头4座。", "放流鱼苗八百万尾。", "办教育。", "新建学校2所。")
    passages = a_whole([(CITY, REVIEW, text) for text in texts])
    assert told("渔业", {"兴渔业。": 5.0}, passages) == ["兴渔业。", "新建码头4座。", "放流鱼苗八百万尾。"]


@pytest.mark.parametrize("topic", ["火星移民", "海水淡化", "核电站建设", "远洋航天"])
def test_what_nothing_says_has_no_passages(topic: str):
    assert told(topic, {LEAD: 9.0, "建成口袋公园41个。": 8.0, MIXED: 7.0}) == []


def test_a_strong_likeness_in_meaning_stands_for_the_words():
    assert told("航标", {"新建渔港4座。": 5.0}, alike=0.8) == ["新建渔港4座。"]
    assert told("航标", {"新建渔港4座。": 5.0}, alike=0.5) == []


def test_a_row_of_indicators_is_told_clause_by_clause_with_figures():
    text = "以渔业为抓手，改善环境，激发潜能，改善服务，社会消费品零售总额增长7.5%。"
    passages = a_whole([(CITY, REVIEW, text), (CITY, REVIEW, "进出口总额保持稳定。")])
    assert told("主要经济指标", {}, passages) == ["社会消费品零售总额增长7.5%"]


def test_where_one_period_has_a_section_of_its_own_another_without_the_words_has_the_one_that_search_found():
    review = (DONE, "（一）碧海蓝天")
    passages = a_whole(
        [
            ((TASKS, "（一）推进渔港建设"), PLAN, "新建码头4座。"),
            (review, REVIEW, "疏浚航道2条。"),
            (review, REVIEW, "改造泊位9个。"),
            ((DONE, "（二）教育"), REVIEW, "新建学校2所。"),
        ]
    )
    scores = {"新建码头4座。": 5.0, "疏浚航道2条。": 5.0, "新建学校2所。": 1.0}
    assert told("渔港", scores, passages) == ["新建码头4座。", "疏浚航道2条。", "改造泊位9个。"]


def test_quotes_are_clauses_or_parts_of_their_passage():
    question = for_brief(understand("灯塔", None, [a_report()]), [a_report()])
    for chosen in overview(question, PASSAGES, found({MIXED: 5.0, LONG: 5.0}, PASSAGES)):
        passage = PASSAGES[chosen.place]
        assert all(passage.span.holds(quote) for quote in chosen.quotes)
        assert any(quote.holds(clause) for quote in chosen.quotes for clause in clauses(passage))
