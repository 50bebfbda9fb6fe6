"""The drafter without a model: the report's own words, with their quote, or a refusal with a pointer."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from core_fakes import PLAN, REVIEW, STANDING, a_passage, a_report, asked, evidence_for
from hypothesis import given
from hypothesis import strategies as st

from chatbot.draft import draft, frame, phrase, refusal
from chatbot.quote import LONGEST
from chatbot.types import MASTHEAD, Draft, Evidence, Passage, Period, Question
from chatbot.understand import understand
from chatbot.verify import verify

PAST, NEXT = a_passage("新建水库3座，改造小区87个。"), a_passage("新建水库5座，改造小区130个。", PLAN, 50)
ALIGNED = a_passage("工业增加值、固定资产投资、商品零售额分别增长6.6%、4.3%、8.7%。")


def drafted(question: str, *passages: Passage) -> Draft:
    understood = asked(question)
    return draft(understood, evidence_for(understood, *passages))


def quotes(found: Draft, *passages: Passage) -> list[str]:
    return [p.slice(q) for s in found.sentences for q in s.quotes for p in passages if p.span.holds(q)]


def follow_up(*messages: str) -> Question:
    """The last of `messages`, each understood with the one before it."""
    question = None
    for message in messages:
        question = understand(message, question, [a_report()])
    assert question is not None
    return question


def test_a_figure_is_given_with_its_year_and_the_words_around_it():
    found = drafted("去年新建水库几座？", PAST, NEXT)
    assert [s.text for s in found.sentences] == ["2030年：新建水库3座。"] and quotes(found, PAST) == ["新建水库3座"]


def test_a_target_is_called_a_target():
    assert drafted("今年新建水库几座？", PAST, NEXT).sentences[0].text == "2031年目标或安排：新建水库5座。"


def test_a_sentence_names_the_key_of_the_evidence_it_quotes():
    assert drafted("今年新建水库几座？", PAST, NEXT).sentences[0].keys == ("E2",)


def test_a_comparison_gives_both_years():
    found = drafted("去年和今年新建水库各几座？", PAST, NEXT)
    assert found.status == "answered" and quotes(found, PAST, NEXT) == ["新建水库3座", "新建水库5座"]


def test_a_comparison_with_one_year_untold_is_partial_and_names_it():
    found = drafted("去年和今年新建水库各几座？", PAST)
    assert found.status == "partial" and quotes(found, PAST) == ["新建水库3座"] and "2031" in found.note


def test_beside_a_year_that_is_told_beyond_doubt_the_other_needs_no_more_than_to_say_all(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr("chatbot.draft.answers", lambda question, found: found.evidence.passage.period == NEXT.period)
    assert drafted("去年和今年新建水库各几座？", PAST, NEXT).status == "answered"
    other = a_passage("新建渔港3座。", PAST.period)
    assert drafted("去年和今年新建水库各几座？", other, NEXT).status == "partial"


def test_a_comparison_with_neither_year_told_is_refused():
    found = drafted("去年和今年新建水库各几座？", a_passage("水库建设稳步推进。"))
    assert (found.status, found.sentences) == ("refused", ())


def test_one_figure_of_an_aligned_list_becomes_a_sentence_of_its_own():
    found = drafted("固定资产投资增长多少？", ALIGNED)
    assert found.sentences[0].text == "2030年：固定资产投资增长4.3%。"


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("固定资产投资呢？", "固定资产投资增长4.3%"),
        ("那商品零售额呢？", "商品零售额增长8.7%"),
        ("商品零售额增长多少？", "商品零售额增长8.7%"),
    ],
)
def test_of_an_aligned_list_a_follow_up_is_told_the_figure_of_its_own_name(question: str, told: str):
    understood = follow_up("去年工业增加值增长多少？", question)
    assert [s.text for s in draft(understood, evidence_for(understood, ALIGNED)).sentences] == [f"2030年：{told}。"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("渔业产值、港口投资分别增长6.6%、4.3%", "港口投资增长4.3%"),
        ("渔业产值、港口投资预计分别增长6.6%左右、4.3%左右", ""),
        ("渔业产值、港口投资分别为6亿元、4亿元，分别增长6.6%、4.3%", ""),
    ],
    ids=["stands", "an estimate", "two lists in one"],
)
def test_where_the_one_figure_would_be_dropped_the_list_is_told_as_it_stands(text: str, told: str):
    question = asked("港口投资增长多少？")
    evidence = evidence_for(question, a_passage(f"{text}。"))
    found = draft(question, evidence)
    assert [s.text for s in found.sentences] == [f"2030年：{told or text}。"]
    assert verify(question, found, evidence) == (found.sentences, ())


@pytest.mark.parametrize("question", ["新增渔船和渔网各多少？", "新增渔船和渔网分别是多少？"])
@pytest.mark.parametrize(
    "text", ["新增渔船120艘、渔网200张", "新增渔船120艘，新增渔网200张"], ids=["one clause", "two"]
)
def test_a_figure_for_each_is_told_of_each(question: str, text: str):
    assert [s.text for s in drafted(question, a_passage(f"{text}。")).sentences] == [f"2030年：{text}。"]


def test_of_two_things_in_two_sentences_each_is_told():
    first, second = a_passage("新增渔业学位17个，渔业床位40张。"), a_passage("养殖学位63个。", REVIEW, 50)
    found = drafted("去年新增的养殖学位与渔业学位各有多少个？", first, second)
    assert sorted(quotes(found, first, second)) == ["养殖学位63个", "新增渔业学位17个，渔业床位40张"]


def test_what_the_first_sentence_leaves_unsaid_is_not_made_up_by_another_thing():
    first, second = a_passage("新增渔业学位17个，渔业床位40张。"), a_passage("新增医疗床位63张。", REVIEW, 50)
    assert len(drafted("去年新增的养殖学位与渔业学位各有多少个？", first, second).sentences) < 2


@pytest.mark.parametrize(
    "question", ["工业增加值和商品零售额各增长多少？", "工业增加值、固定资产投资、商品零售额分别增长多少？"]
)
def test_of_an_aligned_list_each_figure_asked_for_is_told(question: str):
    (sentence,) = drafted(question, ALIGNED).sentences
    assert "6.6%" in sentence.text and "8.7%" in sentence.text


def test_how_many_of_each_is_refused_where_only_one_figure_for_all_is_told():
    found = drafted("新增渔船和渔网各多少？", a_passage("新增渔船和渔网共320件。"))
    assert (found.status, found.sentences) == ("refused", ()) and "320件" in found.note


@pytest.mark.parametrize(
    ("question", "text", "told"),
    [
        ("新建渔港几座？", "五年来，渔业稳步发展，新建渔港9座。", "五年来，渔业稳步发展，新建渔港9座"),
        ("新建渔港几座？", "渔业稳步发展。五年来，新建渔港9座。", "五年来，新建渔港9座"),
        ("水产吞吐量居第几？", "渔港水产吞吐量大幅提高，居全省第一。", "渔港水产吞吐量大幅提高，居全省第一"),
        ("新建渔港几座？", "渔业稳步发展，新建渔港9座。", "新建渔港9座"),
    ],
    ids=["time", "time next to it", "subject", "leans on nothing"],
)
def test_a_quote_that_leans_on_what_stands_before_it_is_lengthened_to_it_and_no_further(
    question: str, text: str, told: str
):
    passage = a_passage(text)
    found = drafted(question, passage)
    assert [s.text for s in found.sentences] == [f"2030年：{told}。"] and quotes(found, passage) == [told]


@pytest.mark.parametrize(("length", "lengthened"), [(99, True), (100, False)], ids=["just", "too long"])
def test_a_quote_is_lengthened_up_to_its_bound(length: int, lengthened: bool):
    """五年来， and ，新建渔港9座 are 11 characters."""
    passage = a_passage(f"五年来，{'稳' * length}，新建渔港9座。")
    (quote,) = quotes(drafted("新建渔港几座？", passage), passage)
    assert quote.startswith("五年来") is lengthened and len(quote) <= LONGEST


def test_a_quote_that_no_length_lets_stand_is_drafted_as_it_is_and_dropped():
    question = asked("新建渔港几座？")
    evidence = evidence_for(question, a_passage(f"五年来，{'稳' * 100}，新建渔港9座。"))
    found = draft(question, evidence)
    assert [s.text for s in found.sentences] == ["2030年：新建渔港9座。"] and verify(question, found, evidence)[0] == ()


ENTRIES = ("水库老化；", "河道淤积，堤防不牢；", "饮水尚有困难。")
GAPS = asked("水利建设还有哪些差距？")


def handed_over(name: str = "", path: tuple[str, ...] = ("一、工作回顾", "水利差距")) -> tuple[Evidence, ...]:
    """The entries as evidence, after a passage that names the list if there is one."""
    texts = (name, *ENTRIES) if name else ENTRIES
    found = evidence_for(GAPS, *(a_passage(text, start=100 * i, path=path) for i, text in enumerate(texts)))
    return tuple(replace(e, part="name" if e.passage.text == name else "entry") for e in found)


@pytest.mark.parametrize(
    "name", ["水利建设还有不少差距：", "水利建设还有不少差距，主要是：", "一年来很不容易，水利建设还有不少差距："]
)
def test_a_list_handed_over_whole_stands_under_what_announces_it_with_the_number_of_its_entries(name: str):
    found = draft(GAPS, handed_over(name))
    assert [s.heading for s in found.sentences] == ["水利建设还有不少差距，共3项", "", ""]
    assert tuple(s.text for s in found.sentences) == ENTRIES and found.likely is None


def test_a_list_that_nothing_announces_stands_under_its_heading():
    found = draft(GAPS, handed_over())
    assert [s.heading for s in found.sentences] == ["水利差距，共3项", "", ""]
    assert tuple(s.text for s in found.sentences) == ENTRIES


def test_every_entry_of_a_list_has_a_key_and_a_quote_of_its_own_and_stands_the_check():
    evidence = handed_over("水利建设还有不少差距：")
    found = draft(GAPS, evidence)
    assert [s.keys for s in found.sentences] == [("E2",), ("E3",), ("E4",)]
    assert tuple(quotes(found, *(e.passage for e in evidence))) == ENTRIES
    assert verify(GAPS, found, evidence) == (found.sentences, ())


def test_passages_of_one_section_are_no_list_unless_they_are_handed_over_as_one():
    loose = tuple(replace(e, part="") for e in handed_over("水利建设还有不少差距："))
    assert len(draft(GAPS, loose).sentences) < 2


def test_a_list_in_one_sentence_is_told_whole():
    text = "今年水利建设主要目标是：建成水库4座，疏浚河道60公里，加固堤防8公里"
    found = drafted("今年水利建设的主要目标有哪些？", a_passage(f"{text}。", PLAN))
    assert [s.text for s in found.sentences] == [f"2031年目标或安排：{text}。"]


def test_a_draft_says_how_likely_its_best_clause_answers():
    answered, refused = drafted("去年新建水库几座？", PAST), drafted("谁去年建了水库？", PAST)
    assert answered.likely is not None and answered.likely > 0.5 and refused.likely == 0.0


def test_where_no_clause_speaks_of_the_time_asked_for_nothing_is_likely_or_unlikely():
    assert drafted("今年新建水库几座？", PAST).likely is None


@pytest.mark.parametrize("text", ["（一）水利", "（一）水利。"])
@pytest.mark.parametrize("question", ["水利怎么样？", "水利有哪些？", "水利多少？"])
def test_a_bare_heading_is_never_quoted(question: str, text: str):
    found = drafted(question, a_passage(text, path=("一、工作回顾", "（一）水利")))
    assert (found.status, found.sentences) == ("refused", ())


# The head of the report

HEAD = ("云川市人民政府工作报告", "——2031年1月8日在云川市第九届人民代表大会第二次会议上", "云川市人民政府市长李某某")


def of_the_head(question: str, *lines: str) -> Draft:
    """What is drafted when the lines at the head of the report are handed over."""
    return drafted(question, *(a_passage(line, STANDING, 100 * i, (MASTHEAD,)) for i, line in enumerate(lines)))


@pytest.mark.parametrize(
    ("question", "key", "told"),
    [
        ("报告是谁作的？", "E3", "云川市人民政府市长李某某。"),
        ("报告是什么时候作的？", "E2", "2031年1月8日在云川市第九届人民代表大会第二次会议上。"),
        ("哪天作的报告？", "E2", "2031年1月8日在云川市第九届人民代表大会第二次会议上。"),
        ("在哪里作的报告？", "E2", "2031年1月8日在云川市第九届人民代表大会第二次会议上。"),
        ("在哪个会上作的报告？", "E2", "2031年1月8日在云川市第九届人民代表大会第二次会议上。"),
        ("作报告的市长叫什么名字？", "E3", "云川市人民政府市长李某某。"),
        ("作报告的会议叫什么名字？", "E2", "2031年1月8日在云川市第九届人民代表大会第二次会议上。"),
        ("Who delivered the report?", "E3", "According to the report: “云川市人民政府市长李某某”."),
    ],
    ids=["who", "when", "which day", "where", "which meeting", "a name", "the name of the meeting", "English"],
)
def test_who_asks_about_the_report_itself_is_told_the_line_that_says_it(question: str, key: str, told: str):
    found = of_the_head(question, *HEAD)
    assert [(s.text, s.keys) for s in found.sentences] == [(told, (key,))]


@pytest.mark.parametrize("dashes", ["", "——", "--", "—"])
def test_a_line_of_the_head_is_quoted_without_the_dashes_before_it(dashes: str):
    question, passage = asked("报告是什么时候作的？"), a_passage(f"{dashes}1月8日在会议上", STANDING, 7, (MASTHEAD,))
    found = draft(question, evidence_for(question, passage))
    assert quotes(found, passage) == ["1月8日在会议上"]
    assert verify(question, found, evidence_for(question, passage)) == (found.sentences, ())


def test_a_head_that_does_not_say_it_is_refused():
    assert of_the_head("报告是谁作的？", *HEAD[:2]) == Draft((), "refused")


@pytest.mark.parametrize("office", ["副市长", "代市长", "省长", "县长", "区长", "州长", "管委会主任", "自治区主席"])
def test_the_speaker_may_hold_any_office(office: str):
    (sentence,) = of_the_head("报告是谁作的？", *HEAD[:2], f"云川{office}李某某").sentences
    assert sentence.text == f"云川{office}李某某。"


@pytest.mark.parametrize("place", ["长寿区", "长沙市", "长治市"])
def test_a_place_with_the_character_of_an_office_is_no_speaker(place: str):
    lines = (line.replace("云川市", place) for line in HEAD)
    assert [s.text for s in of_the_head("报告是谁作的？", *lines).sentences] == [f"{place}人民政府市长李某某。"]


def test_lines_of_the_head_beside_other_passages_are_passages_like_any_other():
    question = asked("去年新建水库几座？")
    found = draft(question, evidence_for(question, a_passage(HEAD[1], STANDING, 900, (MASTHEAD,)), PAST))
    assert quotes(found, PAST) == ["新建水库3座"]


def test_without_evidence_it_refuses_and_points_nowhere():
    assert draft(asked("新建水库几座？"), ()) == Draft((), "refused")


@pytest.mark.parametrize(
    "question", ["2025年新建水库几座？", "成都新建水库几座？", "水库投资多少亿元？", "新建了哪些水库？"]
)
def test_a_refusal_says_nothing_and_points_to_the_nearest_content(question: str):
    found = drafted(question, PAST)
    assert (found.status, found.sentences) == ("refused", ()) and "水库" in found.note


def test_a_pointer_is_short_and_names_the_section():
    question = asked("灯塔多高？")
    long = a_passage("扎实推进水库建设" * 20 + "。", path=("一、工作回顾", "（二）水利"))
    note = refusal(question, evidence_for(question, long)).note
    assert len(note) < 110 and "（二）水利" in note and note.count("…") == 1


def test_a_pointer_goes_to_the_clause_that_says_most_of_the_question_whatever_is_asked_of_it():
    """The park has a figure of the right kind, the reservoir has none."""
    question = asked("云门水库投资多少亿元？")
    park, reservoir = a_passage("公园投资3.4亿元。"), a_passage("稳步推进各项工作，云门水库开工。", start=50)
    note = refusal(question, evidence_for(question, park, reservoir)).note
    assert "“云门水库开工”" in note


def test_a_pointer_goes_to_no_bare_heading():
    question, path = asked("水利为什么重要？"), ("一、工作回顾", "（一）水利")
    heading, said = a_passage("（一）水利", path=path), a_passage("修建公园3座。", start=50, path=path)
    assert "“修建公园3座”" in refusal(question, evidence_for(question, heading, said)).note
    assert refusal(question, evidence_for(question, heading)).note == ""


@pytest.mark.parametrize(
    ("period", "text"),
    [
        (REVIEW, "2030年：新建水库3座。"),
        (PLAN, "2031年目标或安排：新建水库3座。"),
        (STANDING, "新建水库3座。"),
        (Period("plan"), "新建水库3座。"),
    ],
)
def test_a_frame_says_year_and_status(period: Period, text: str):
    assert frame(asked("新建水库几座？"), a_passage("新建水库3座。", period), "新建水库3座") == text


def test_a_year_is_not_said_twice():
    assert frame(asked("水库"), a_passage("2030年新建水库3座。"), "2030年新建水库3座") == "2030年：新建水库3座。"


def test_braces_in_a_report_are_plain_characters():
    assert "{year}" in frame(asked("水库"), PAST, "新建{year}水库")


def test_an_english_question_gets_an_english_frame_around_the_report_s_words():
    found = drafted("How many reservoirs were built last year?", PAST)
    assert re.fullmatch(r"[\x00-\x7f]+2030: “新建水库3座[^”]*”\.", found.sentences[0].text)


@pytest.mark.parametrize(
    "name", ["review", "plan", "standing", "refused", "blocked", "out_of_scope", "pointer", "missing_year"]
)
def test_every_phrase_is_there_in_both_languages(name: str):
    assert phrase(name, asked("水库")) != phrase(name, asked("reservoirs"))


@given(
    st.sampled_from(
        ["新建水库几座？", "去年新建水库几座？", "新建了哪些水库？", "哪座水库开工？", "固定资产投资增长多少？", "水库"]
    ),
    st.lists(
        st.sampled_from(["新建水库3座", "开工青石、云门水库", "投资增长4.3%", "公园25个", "稳步推进"]),
        min_size=1,
        max_size=4,
    ),
    st.sampled_from([REVIEW, PLAN, STANDING]),
)
def test_what_it_drafts_stands_the_check(question: str, pieces: list[str], period: Period):
    """The drafter without a model only uses the report's words: nothing it says may be dropped."""
    understood = asked(question)
    evidence = evidence_for(understood, a_passage("，".join(pieces) + "。", period), ALIGNED)
    found = draft(understood, evidence)
    assert verify(understood, found, evidence) == (found.sentences, ())
