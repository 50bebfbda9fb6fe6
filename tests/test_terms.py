"""The content words of a question, and how fully a stretch of text speaks of each."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.terms import is_coordinated, is_numbered, match, said, terms
from chatbot.types import Term
from chatbot.wordlists import lexicon

CHINESE = st.text("水库公园建设工业农业投资增长的，。“”《》2030年abc ", max_size=40)


def texts(question: str, english: bool = False) -> list[str]:
    return [term.text for term in terms(question, english)]


def the(word: str, question: str) -> Term:
    return next(term for term in terms(question) if term.text == word)


@pytest.mark.parametrize(
    "question", ["“青松计划”是什么？", "《青松计划》是什么？", "「青松计划」是什麼？", '"青松计划"是什么'], ids=ascii
)
def test_what_is_quoted_is_a_name_and_stays_whole(question: str):
    assert the("青松计划", question).kind == "name"


@pytest.mark.parametrize(
    ("question", "code"), [("5G基站建了多少", "5G"), ("COP15大会在哪里", "COP15"), ("NX78项目", "NX78")]
)
def test_a_code_or_latin_name_is_kept(question: str, code: str):
    assert code in "".join(texts(question))


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("7号线什么时候通车？", "7号线"),
        ("7号线一期什么时候通车？", "7号线一期"),
        ("轨道交通18号线里程多少公里？", "18号线"),
        ("七号线什么时候通车？", "七号线"),
        ("轨道交通十八号线二期里程多少公里？", "十八号线二期"),
        ("S7号线什么时候通车？", "S7号线"),
        ("T3A航站楼建成了吗？", "T3A航站楼"),
        ("去年T2航站楼建成了吗？", "T2航站楼"),
    ],
)
def test_one_of_a_numbered_row_is_a_name_and_stays_whole(question: str, name: str):
    assert the(name, question).kind == "name" and is_numbered(name)


@pytest.mark.parametrize("text", ["号线", "7号", "7号线通车", "航站楼", "A栋", "7号楼", "", "水库"])
def test_what_has_no_number_or_more_than_a_name_is_not_one_of_a_row(text: str):
    assert not is_numbered(text)


def test_each_of_several_numbered_names_is_a_name():
    assert [t.text for t in terms("7号线和15号线通车了吗？") if t.kind == "name"] == ["7号线", "15号线"]


def test_a_numbered_name_weighs_more_than_any_plain_word():
    found = terms("青石水库旁边的7号线什么时候通车？")
    assert the("7号线", "7号线什么时候通车？").weight > max(t.weight for t in found if t.kind != "name")


@pytest.mark.parametrize("question", ["2030年新建公园", "30年新建公园", "新建公园 2031", pytest.param("2030新建公园")])
def test_a_year_is_no_content_word(question: str):
    assert [text for text in texts(question) if any(c.isdigit() for c in text)] == []


@pytest.mark.parametrize("zone", ["青石新区", "青石高新区", "青石经开区", "青石县", "青石区"])
@pytest.mark.parametrize("behind", ["的渔港", "在渔业上", "今年的渔业"])
def test_a_zone_or_district_at_the_head_of_a_question_is_a_place(zone: str, behind: str):
    assert the(zone, f"{zone}{behind}怎么样？").kind == "place"


@pytest.mark.parametrize(
    "question", ["新区的渔港怎么样？", "全区的渔港怎么样？", "老区的渔港怎么样？", "景区的渔港怎么样？"]
)
def test_a_common_word_for_a_district_is_no_place(question: str):
    assert [term.text for term in terms(question) if term.kind == "place"] == []


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("渔业产值增长了多少？", ["渔业", "产值"]),
        ("渔业产值实际下降百分之几？", ["渔业", "产值"]),
        ("渔业产值提高到多少？", ["渔业", "产值"]),
        ("渔业产值增长", ["渔业", "产值"]),
        ("提高渔业产值的办法", ["提高", "渔业", "产值", "办法"]),
    ],
    ids=["了多少", "实际…百分之几", "到多少", "at the end", "before what it is done to"],
)
def test_a_change_that_is_asked_for_is_no_content_word(question: str, found: list[str]):
    assert texts(question) == found


@pytest.mark.parametrize(
    ("question", "place"),
    [
        ("各县市的渔港有多少？", False),
        ("全区县的渔港有多少？", False),
        ("全椒县的渔港有多少？", True),
        ("本溪市的渔港有多少？", True),
    ],
)
def test_all_the_districts_together_are_no_place(question: str, place: bool):
    assert any(term.kind == "place" for term in terms(question)) is place


@pytest.mark.parametrize("question", ["渔市哪天开？", "渔市哪一天开？", "渔市哪年开？", "渔市哪月开？"])
def test_the_day_that_is_asked_for_is_no_content_word(question: str):
    assert texts(question) == ["渔市", "开"]


@pytest.mark.parametrize("question", ["多少", "是什么？", "有哪些呢", "为什么", "", "？？？", "   "])
def test_question_words_alone_leave_nothing(question: str):
    assert terms(question) == ()


def test_no_term_comes_twice():
    found = texts("水库和水库以及水库")
    assert len(found) == len(set(found)) == 1


def test_terms_come_in_the_order_of_the_question():
    question = "水库边上的公园和医院"
    found = [text for text in texts(question) if text in ("水库", "公园", "医院")]
    assert found == sorted(found, key=question.index) and len(found) == 3


def test_a_longer_word_weighs_more_than_a_single_character():
    assert the("水库", "水库和路").weight > the("路", "水库和路").weight


def test_an_everyday_word_brings_official_words():
    word = next(word for word in lexicon() if len(word) == 4 and not word.isascii())
    found = the(word, f"{word}，水库")
    assert (found.kind, found.official) == ("everyday", lexicon()[word])


def test_an_official_word_that_is_said_stays_whole():
    """Each of the words in it would bring passages about another thing."""
    word, whole = next(
        (w, name) for w, names in lexicon().items() for name in names if w in name and len(w) == 5 < len(name)
    )
    assert [term.text for term in terms(f"{whole}有多少？")] == [whole]
    assert the(word, f"{word}有多少？").official == lexicon()[word]


@pytest.mark.parametrize(
    ("question", "place"),
    [("巫山今年修路吗？", "巫山"), ("我们涪陵今年修路吗？", "涪陵"), ("我住在北碚，今年修路吗？", "北碚")],
)
def test_a_county_is_a_place_without_its_rank_too(question: str, place: str):
    assert the(place, question).kind == "place"


@pytest.mark.parametrize("question", ["开车上街没处停", "太平时节的酒店", "往东南去的路", "大河里还能打鱼吗"])
def test_a_word_that_is_only_by_chance_a_county_is_no_place(question: str):
    assert not [term for term in terms(question) if term.kind == "place"]


def test_a_place_of_the_list_is_a_place():
    assert the("成都", "成都新建公园多少个").kind == "place"


def test_an_english_word_brings_chinese_ones():
    found = [term for term in terms("how many reservoirs were built", english=True) if "水库" in term.official]
    assert [term.text for term in found] == ["reservoirs"]


@given(CHINESE)
def test_terms_of_any_text_have_text_and_a_positive_weight(text: str):
    assert all(term.text and 0 < term.weight <= 2 for term in terms(text))


@given(CHINESE, st.booleans())
def test_every_term_stands_in_its_question(text: str, english: bool):
    assert all(term.text in text for term in terms(text, english))


def test_the_word_itself_speaks_of_it_in_full():
    assert match(Term("水库"), "新建水库三座") == 1.0


def test_an_official_word_is_worth_the_trust_in_it():
    term = Term("地铁", ("轨道交通",), trust=0.7)
    assert match(term, "轨道交通通车") == 0.7 and said(term, "轨道交通通车")


def test_text_without_word_or_official_word_does_not_speak_of_it():
    term = Term("地铁", ("轨道交通",))
    assert match(term, "新建水库") == 0.0 and not said(term, "新建水库")


def test_a_latin_name_is_said_in_full_or_not_at_all():
    assert match(Term("NX78", kind="name"), "NX7项目") == 0.0


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("7号线", "推进7号线一期建设"),
        ("7号线一期", "推进7号线一期、15号线建设"),
        ("T2航站楼", "T2航站楼建成投用"),
        ("七号线", "推进七号线一期建设"),
        ("七号线", "推进三号线、七号线建设"),
        ("十七号线", "推进十七号线建设"),
        ("S7号线", "推进S7号线建设"),
    ],
)
def test_a_numbered_name_is_said_where_it_stands(name: str, text: str):
    assert match(the(name, name), text) == 1.0


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("7号线", "推进9号线建设"),
        ("七号线", "推进九号线建设"),
        ("7号线一期", "推进7号线二期建设"),
        ("T2航站楼", "T3航站楼建成投用"),
        ("T3A航站楼", "T3B航站楼建成投用"),
    ],
    ids=["line", "line in characters", "phase", "terminal", "part of a terminal"],
)
def test_another_of_the_row_does_not_say_a_numbered_name(name: str, text: str):
    assert match(the(name, name), text) == 0.0


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("7号线", "推进17号线建设"),
        ("8号线", "轨道交通18号线开通"),
        ("7号线", "推进S7号线建设"),
        ("七号线", "推进十七号线建设"),
        ("七号线", "推进二十七号线建设"),
    ],
)
def test_a_longer_number_does_not_say_a_shorter_one(name: str, text: str):
    assert match(the(name, name), text) == 0.0


def test_a_number_of_three_characters_does_not_say_one_of_two():
    assert match(the("十一号线", "十一号线"), "推进二十一号线建设") == 0.0


@pytest.mark.parametrize(
    ("word", "text", "expected"),
    [
        ("城镇居民", "城镇、农村居民收入增长5%", True),
        ("城镇居民", "城镇和农村居民收入增长5%", True),
        ("农村居民", "城镇、农村居民收入增长5%", False),
        ("城镇居民", "城镇，农村居民收入增长5%", False),
        ("城镇居民", "城镇就业、农村居民收入", False),
        ("城镇", "城镇、农村", False),
    ],
    ids=["、", "和", "said itself", "another clause", "another end", "nothing to share"],
)
def test_a_word_whose_end_is_shared_is_said_by_the_list(word: str, text: str, expected: bool):
    assert is_coordinated(word, text) is expected


def test_a_shared_ending_counts_nearly_as_the_word():
    """工业投资 is said by 工业、基础设施投资."""
    shared, apart = match(Term("工业投资"), "工业、设施投资增长"), match(Term("工业投资"), "工业增长，投资放缓")
    assert 1.0 > shared > apart


@given(CHINESE, st.text("水库公园建设", min_size=1, max_size=6))
def test_a_match_lies_between_nothing_and_all(text: str, word: str):
    assert 0.0 <= match(Term(word), text) <= 1.0
    assert match(Term(word), text + word) == 1.0


def test_letters_inside_a_longer_name_are_no_word_of_their_own():
    assert "AI" in [term.text for term in terms("AI产业")]
    assert "AI" not in [term.text for term in terms("KAITO系列卖得怎样")]


@pytest.mark.parametrize("word", ["新安", "我们市", "隔壁市", "开发区", "建成区"])
def test_an_ordinary_word_is_no_place(word: str):
    assert [term.text for term in terms(f"{word}的路灯亮不亮") if term.kind == "place"] == []


def test_of_what_size_a_thing_is_counts_as_a_word():
    assert "百亿级" in [term.text for term in terms("六个百亿级的产业")]


@pytest.mark.parametrize(
    ("question", "place"),
    [
        ("What was the GDP of Chengdu?", "成都"),
        ("How many visitors came to Mianyang?", "绵阳"),
    ],
)
def test_a_place_is_known_by_its_english_name(question: str, place: str):
    assert [place in term.official for term in terms(question, english=True) if term.kind == "place"] == [True]
