"""The model's words before they are judged: a stream cut into sentences, and what each of them rests on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest
from core_fakes import PLAN, STANDING, a_passage, asked, evidence_for
from hypothesis import example, given
from hypothesis import strategies as st

from chatbot.compose import sentences, supported
from chatbot.types import Evidence, Passage

WORKS = a_passage("新建水库3座，改造小区87个，造林5万亩。")
PLANS = a_passage("新建水库12座，改造小区130个。", PLAN, 100)
VALUES = a_passage("弘扬青松精神，办好民生实事。", STANDING, 200)
HOW_MANY = "去年新建水库几座？"

# The stream

STREAMS = [
    "新建水库3座。[E1]改造小区87个。[E2]",
    "新建水库3座[E1]。改造小区87个[E2]。",
    "新建水库3座。[E1]。改造小区87个。[E2]。造林。",
    "- 新建水库3座。 [E1, E2]\n- 改造小区87个！[E1][E2]\n\n造林5万亩？",
    "新建水库3座。\n[E1]\n改造小区87个。【E2】",
    "新建水库3座。[E1]、[E2]，改造小区87个",
    "新建水库3座。[E1 改造小区87个。[E2]造林。",
    "[E1]新建水库3座。。。[E2]",
    "。！\n",
    "",
]


def cut(text: str, sizes: Sequence[int]) -> Iterator[str]:
    """`text` in pieces of these sizes; the rest in one."""
    start = 0
    for size in sizes:
        yield text[start : start + size]
        start += size
    yield text[start:]


@given(
    st.sampled_from(STREAMS) | st.text(alphabet="水3。！\n [E1】【],、；", max_size=30),
    st.lists(st.integers(0, 6), max_size=40),
)
@example(STREAMS[5], [11, 1, 1, 1])
def test_where_a_stream_is_broken_up_never_changes_the_sentences(text: str, sizes: list[int]):
    assert list(sentences(cut(text, sizes))) == list(sentences([text]))


@given(st.sampled_from(STREAMS), st.lists(st.integers(0, 6), max_size=40))
def test_nothing_of_a_stream_is_lost(text: str, sizes: list[int]):
    assert "".join("".join(sentences(cut(text, sizes))).split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("stream", "found"),
    [
        (STREAMS[0], ["新建水库3座。[E1]", "改造小区87个。[E2]"]),
        (STREAMS[1], ["新建水库3座[E1]。", "改造小区87个[E2]。"]),
        (STREAMS[2], ["新建水库3座。[E1]。", "改造小区87个。[E2]。", "造林。"]),
        (STREAMS[3], ["- 新建水库3座。 [E1, E2]", "- 改造小区87个！[E1][E2]", "造林5万亩？"]),
        (STREAMS[4], ["新建水库3座。\n[E1]", "改造小区87个。【E2】"]),
        (STREAMS[5], ["新建水库3座。[E1]、[E2]", "，改造小区87个"]),
        ("新建水库3座。“白鹭”投用。", ["新建水库3座。", "“白鹭”投用。"]),
        ("增长5.8%。", ["增长5.8%。"]),
        ("", []),
    ],
    ids=[
        "keys behind",
        "keys before",
        "stops on both sides",
        "bullets",
        "keys on a line of their own",
        "keys in a row",
        "no keys",
        "decimal point",
        "nothing",
    ],
)
def test_a_stream_is_cut_into_sentences_each_with_its_keys(stream: str, found: list[str]):
    assert list(sentences(stream)) == found


def test_a_sentence_is_there_as_soon_as_the_next_begins():
    def pieces() -> Iterator[str]:
        yield "新建水库3座。[E1]"
        yield "改"
        raise AssertionError("the first sentence was complete")

    assert next(sentences(pieces())) == "新建水库3座。[E1]"


# A sentence and what it rests on


def offered(*passages: Passage, question: str = HOW_MANY) -> dict[str, Evidence]:
    return {e.key: e for e in evidence_for(asked(question), *passages)}


@pytest.mark.parametrize(
    ("said", "keys"),
    [
        ("新建水库3座。[E1]", ("E1",)),
        ("新建水库3座[E1]。", ("E1",)),
        ("新建水库3座[E1][E2]。", ("E1", "E2")),
        ("新建水库3座。[E1, E2]", ("E1", "E2")),
        ("新建水库3座。[E1; E2]", ("E1", "E2")),
        ("新建水库3座。[ E1、E2 ][E1]", ("E1", "E2")),
        ("新建水库3座。【E1】", ("E1",)),
        ("新建水库3座[E1]，改造小区87个[E2]。", ("E1", "E2")),
        ("新建水库3座。[Ka1b2]", ()),
        ("新建水库3座。[1]", ()),
        ("新建水库3座。", ()),
    ],
)
def test_keys_are_read_wherever_they_stand(said: str, keys: tuple[str, ...]):
    assert supported(said, offered(WORKS, PLANS)).keys == keys


@pytest.mark.parametrize(
    "said",
    [
        "新建水库3座。[E1]",
        "- 新建水库3座。[E1]",
        "* **新建水库3座**。[E1]",
        "1. 新建水库3座[E1]。",
        "2、新建水库3座。 [E1]",
        "回答：新建水库3座。[E1]",
        "新建水库3座。。[E1]。",
        "新建水库3座\n。[E1]",
    ],
)
def test_marks_of_a_list_and_superfluous_stops_are_taken_off(said: str):
    assert supported(said, offered(WORKS)).text == "2030年：新建水库3座。"


def test_a_figure_at_the_head_is_no_number_of_a_list():
    assert (
        supported("1.5万个学位投用。[E1]", offered(a_passage("1.5万个学位投用。", STANDING))).text
        == "1.5万个学位投用。"
    )


@pytest.mark.parametrize(
    ("said", "passage", "text"),
    [
        ("新建水库3座。", WORKS, "2030年：新建水库3座。"),
        ("2030年新建水库3座。", WORKS, "2030年新建水库3座。"),
        ("新建水库12座。", PLANS, "2031年目标或安排：新建水库12座。"),
        ("2031年新建水库12座。", PLANS, "2031年目标或安排：新建水库12座。"),
        ("2031年计划新建水库12座。", PLANS, "2031年计划新建水库12座。"),
        ("2031年目标或安排：新建水库12座。", PLANS, "2031年目标或安排：新建水库12座。"),
        ("到2035年新建水库60座。", PLANS, "2031年目标或安排：到2035年新建水库60座。"),
        ("改造2000年以前建成的小区。", WORKS, "2030年：改造2000年以前建成的小区。"),
        ("办好民生实事。", VALUES, "办好民生实事。"),
    ],
    ids=[
        "result",
        "result with year",
        "plan",
        "plan with year",
        "told as plan",
        "framed",
        "a later year",
        "a year in its name",
        "neither",
    ],
)
def test_year_and_status_are_said_where_the_model_does_not(said: str, passage: Passage, text: str):
    assert supported(f"{said}[E1]", offered(passage)).text == text


def test_a_sentence_about_two_periods_gets_no_frame():
    said = "2030年新建水库3座，2031年计划新建12座。"
    assert supported(f"{said}[E1][E2]", offered(WORKS, PLANS)).text == said


@pytest.mark.parametrize(
    ("said", "quote"),
    [
        ("新建水库3座", "新建水库3座"),
        ("改造小区87个", "改造小区87个"),
        ("新建水库3座，造林5万亩", "新建水库3座，改造小区87个，造林5万亩"),
        ("造林5万亩，改造小区87个", "改造小区87个，造林5万亩"),
    ],
)
def test_the_quote_is_the_shortest_stretch_that_says_the_sentence(said: str, quote: str):
    (span,) = supported(f"{said}。[E1]", offered(WORKS)).quotes
    assert WORKS.slice(span) == quote


def test_a_passage_without_clauses_is_quoted_whole():
    found = {"E1": replace(offered(WORKS)["E1"], clauses=())}
    assert supported("新建水库3座。[E1]", found).quotes == (WORKS.span,)


def test_a_key_that_was_not_offered_has_no_quote():
    found = supported("新建水库3座。[E1][Eff]", offered(WORKS))
    assert (found.keys, len(found.quotes)) == (("E1", "Eff"), 1)
