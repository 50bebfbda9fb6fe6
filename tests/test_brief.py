"""A brief: its outline, how much of the evidence it holds, and what of a passage it quotes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from core_fakes import PLAN, STANDING, a_passage, asked, evidence_for, span_of

from chatbot.bot import Bot
from chatbot.brief import LENGTHS, brief, part_of, quotes_of
from chatbot.errors import UsageError
from chatbot.types import MASTHEAD, Draft, DraftSentence, Evidence, Passage, Period
from chatbot.verify import verify

DONE, TASKS = "一、工作回顾", "二、主要任务"
WATER, PORTS = (DONE, "（一）水利"), (TASKS, "（三）渔港")
QUESTION = asked("写一份水库要点")


def offered(*passages: Passage) -> tuple[Evidence, ...]:
    return evidence_for(QUESTION, *passages)


def outline(*evidence: Evidence, length: str = "full") -> list[tuple[str, str]]:
    """Heading (empty where it stays) and text of each sentence."""
    return [(s.heading, s.text) for s in brief(QUESTION, evidence, length).sentences]


def size(sentences: Sequence[DraftSentence]) -> int:
    """The characters of the text, as `Answer.text` has them with markers of two digits."""
    return sum(len(s.text) + 4 * len(s.quotes) + (len(s.heading) + 3 if s.heading else 0) + 1 for s in sentences)


def cut(passage: Passage, *texts: str) -> Evidence:
    """The passage with the clauses that these words make up."""
    (whole,) = offered(passage)
    spans = [span_of(passage, text) for text in texts]
    return replace(whole, clauses=tuple(c for c in whole.clauses if any(span.holds(c.span) for span in spans)))


# the outline


def test_results_stand_before_tasks_under_our_parts_and_the_headings_of_the_report():
    first, second = a_passage("新建水库3座。", path=WATER), a_passage("修建渔港4座。", PLAN, 50, PORTS)
    third = a_passage("改造码头2座。", PLAN, 90, PORTS)
    assert outline(*offered(third, first, second)) == [
        ("一、主要成效（2030年） › （一）水利", "新建水库3座。"),
        ("二、重点任务（2031年） › （三）渔港", "修建渔港4座。"),
        ("", "改造码头2座。"),
    ]


def test_a_single_part_has_no_number():
    assert outline(*offered(a_passage("新建水库3座。", path=WATER))) == [
        ("主要成效（2030年） › （一）水利", "新建水库3座。")
    ]


def test_difficulties_are_no_results():
    trouble = a_passage("水库老化。", start=90, path=(DONE, "困难和问题"))
    found = outline(*offered(a_passage("新建水库3座。", path=WATER), trouble))
    assert found[1] == ("二、困难和问题（2030年）", "水库老化。")


def test_a_task_that_solves_problems_is_a_task():
    task = a_passage("化解水库风险。", PLAN, path=(TASKS, "（四）着力解决突出问题"))
    assert outline(*offered(task))[0][0].startswith("重点任务（2031年）")


def test_what_is_neither_done_nor_planned_comes_last():
    self = a_passage("严控水库经费。", STANDING, 90, ("三、自身建设", "（一）廉政"))
    found = outline(*offered(self, a_passage("修建水库4座。", PLAN, 50, PORTS)))
    assert [heading.split(" › ")[0] for heading, _ in found] == ["一、重点任务（2031年）", "二、其他有关内容"]


def test_sentences_that_lead_into_sections_make_the_general_part():
    ways = ("（一）水利", "（二）绿化")
    leads = [a_passage(f"{way}成效明显。", start=500 * i, path=(DONE, way)) for i, way in enumerate(ways)]
    told = [a_passage(f"新建水库{i}座。", start=500 * i + 90, path=(DONE, way, "项目")) for i, way in enumerate(ways)]
    headings = [heading for heading, _ in outline(*offered(*leads, *told))]
    assert [heading.split(" › ")[0] for heading in headings] == ["一、总体情况"] * 2 + ["二、主要成效（2030年）"] * 2


def test_one_leading_sentence_makes_no_part():
    lead, told = a_passage("水利成效明显。", path=WATER), a_passage("新建水库3座。", start=90, path=(*WATER, "项目"))
    assert outline(*offered(lead, told))[0] == ("主要成效（2030年） › （一）水利", "水利成效明显。")


def test_the_years_of_a_part_are_told_and_none_where_none_is_known():
    early, late = (
        a_passage("建水库1座。", Period("review", 2029), path=WATER),
        a_passage("建水库2座。", start=50, path=WATER),
    )
    assert outline(*offered(early, late))[0][0].startswith("主要成效（2029、2030年）")
    assert outline(*offered(a_passage("建水库。", Period("plan"), path=PORTS)))[0][0].startswith("重点任务 ›")


def test_each_report_has_its_own_outline():
    other = replace(a_passage("修建水库5座。", PLAN, path=PORTS), report_id="bay-2031")
    found = outline(*offered(a_passage("修建水库3座。", PLAN, path=PORTS), other))
    assert [heading for heading, _ in found] == ["重点任务（2031年） › （三）渔港"] * 2


@pytest.mark.parametrize(
    ("heading", "part"),
    [
        ("二、重点任务（2031年）", "plan"),
        ("主要成效（2030年）", "review"),
        ("1. Results (2030)", "review"),
        ("（一）水利", ""),
    ],
)
def test_a_heading_of_ours_tells_its_part(heading: str, part: str):
    assert part_of(heading) == part


# what goes in


def test_bare_headings_their_ornaments_and_the_head_of_the_report_stay_out():
    heading, said = a_passage("（一）水利", path=WATER), a_passage("新建水库3座。", start=50, path=WATER)
    ornate = a_passage("【水库建设】", start=200, path=(DONE, "水库建设"))
    title = a_passage("云川市水库工作报告", STANDING, 90, (MASTHEAD,))
    assert [text for _, text in outline(*offered(heading, said, title, ornate))] == ["新建水库3座。"]


@pytest.mark.parametrize("length", list(LENGTHS))
def test_a_brief_is_as_long_as_was_asked_for_with_headings_and_markers(length: str):
    many = [a_passage(f"新建水库{i}座，" * 8 + "。", start=200 * i, path=WATER) for i in range(100)]
    found = size(brief(QUESTION, offered(*many), length).sentences)
    assert LENGTHS[length] - 120 < found <= LENGTHS[length]


def test_of_too_much_the_best_is_told_in_the_order_of_the_report():
    best = a_passage("水库" * 150 + "。", start=900, path=WATER)
    others = [a_passage("河道" * 200 + "。", start=i, path=WATER) for i in (0, 2000)]
    assert [text[:2] for _, text in outline(*offered(*others, best), length="short")] == ["河道", "水库"]


def test_a_short_brief_tells_of_every_period():
    done = [a_passage(f"水库水库水库建成{i}座，" * 9 + "。", start=300 * i, path=WATER) for i in range(20)]
    task = a_passage("修建渔港4座。", PLAN, 9000, PORTS)
    assert any("重点任务" in heading for heading, _ in outline(*offered(*done, task), length="short"))


def test_a_length_that_there_is_not_is_a_usage_error(town: Bot):
    with pytest.raises(UsageError, match="short"):
        town.brief("民生", length="endless")


def test_a_bot_s_brief_is_as_long_as_was_asked_for(town: Bot):
    full, short = (town.brief("2031年主要任务", length=length) for length in ("full", "short"))
    assert 0 < len(short.text) <= LENGTHS["short"] and len(short.sentences) <= len(full.sentences)


def test_one_sentence_is_told_however_long_it_is():
    assert len(outline(*offered(a_passage("水库" * 900 + "。")), length="short")) == 1


@pytest.mark.parametrize(
    "evidence", [(), tuple(replace(e, part="near") for e in offered(a_passage("疏浚航道。")))], ids=len
)
def test_without_evidence_that_says_it_a_brief_is_a_refusal(evidence: tuple[Evidence, ...]):
    found = brief(QUESTION, evidence)
    assert (found.sentences, found.status) == ((), "refused")
    assert ("疏浚航道" in found.note) is bool(evidence)


def test_nothing_at_all_is_refused_without_a_pointer():
    assert brief(QUESTION, ()) == Draft((), "refused")


# what is quoted


SENTENCE = a_passage("水利成效明显，新建水库3座，植树造林；改造码头2座，疏浚航道。", path=WATER)


def test_a_whole_passage_is_quoted_with_its_stop():
    (whole,) = offered(SENTENCE)
    assert quotes_of(whole) == (SENTENCE.span,)
    assert outline(whole)[0][1] == SENTENCE.text


def test_some_of_its_clauses_make_a_sentence_of_their_own():
    assert outline(cut(SENTENCE, "新建水库3座"))[0][1] == "新建水库3座。"


def test_clauses_that_follow_one_another_are_one_quote_and_others_are_joined():
    assert quotes_of(cut(SENTENCE, "新建水库3座，植树造林")) == (span_of(SENTENCE, "新建水库3座，植树造林"),)
    apart = cut(SENTENCE, "新建水库3座", "改造码头2座")
    assert outline(apart)[0][1] == "新建水库3座；改造码头2座。"


def test_a_clause_that_does_not_stand_by_itself_is_told_with_its_sentence():
    leaning = a_passage("五年来，新建水库3座，植树造林，疏浚航道，改造码头。", path=WATER)
    assert outline(cut(leaning, "新建水库3座"))[0][1] == leaning.text


def test_an_entry_of_a_list_ends_with_a_full_stop():
    assert outline(*offered(a_passage("新建水库3座；", PLAN, path=PORTS)))[0][1] == "新建水库3座。"


def test_all_of_a_brief_stands_the_check():
    task = replace(offered(a_passage("修建水库4座；", PLAN, 500, PORTS))[0], key="E2")
    evidence = (cut(SENTENCE, "新建水库3座", "疏浚航道"), task)
    found = brief(QUESTION, evidence)
    assert len(found.sentences) == 2 and verify(QUESTION, found, evidence) == (found.sentences, ())
