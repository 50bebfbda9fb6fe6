"""From verified sentences to what is read: markers, citations that are the report's own characters, the JSON object."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from core_fakes import PLAN, a_passage, a_report, asked, evidence_for, report_text
from hypothesis import given
from hypothesis import strategies as st

from chatbot.draft import phrase
from chatbot.present import as_json, as_plain, present
from chatbot.types import Answer, Draft, DraftSentence, Dropped, Evidence, Passage, Report, Span
from vectorstore.passages import passages

REPORT = replace(a_report(text=report_text().strip()), page_starts=(0, 100, 200))
PASSAGES = passages(REPORT)
QUESTION = asked("新建水库几座？")
CITATION = ["marker", "quote", "report_id", "path", "page", "start", "end"]


def evidence() -> tuple[Evidence, ...]:
    return evidence_for(QUESTION, *PASSAGES)


def sentence(place: int, span: Span | None = None, heading: str = "") -> DraftSentence:
    passage = PASSAGES[place]
    return DraftSentence(passage.text, (f"E{place + 1}",), (span or passage.span,), heading)


def shown(*kept: DraftSentence, draft: Draft | None = None, dropped: tuple[Dropped, ...] = ()) -> Answer:
    return present(QUESTION, draft or Draft(tuple(kept)), kept, dropped, evidence(), {REPORT.id: REPORT})


@st.composite
def some_sentences(draw: st.DrawFn) -> list[DraftSentence]:
    """Sentences that quote one to three stretches of one passage each."""
    found = []
    for place in draw(st.lists(st.integers(0, len(PASSAGES) - 1), min_size=1, max_size=6)):
        span = PASSAGES[place].span
        starts = draw(st.lists(st.integers(span.start, span.end - 1), min_size=1, max_size=3, unique=True))
        quotes = tuple(Span(start, draw(st.integers(start + 1, span.end))) for start in starts)
        found.append(DraftSentence(PASSAGES[place].text, (f"E{place + 1}",), quotes))
    return found


@given(some_sentences())
def test_a_quote_is_the_report_s_own_text_at_its_place(kept: list[DraftSentence]):
    for citation in shown(*kept).citations:
        assert citation.quote == REPORT.text[citation.start : citation.end] != ""
        assert citation.report_id == REPORT.id and citation.page == REPORT.page_at(citation.start)


@given(some_sentences())
def test_markers_count_from_one_and_each_is_used_and_explained(kept: list[DraftSentence]):
    answer = shown(*kept)
    used = {int(m) for m in re.findall(r"\[(\d+)\]", answer.text)}
    assert [c.marker for c in answer.citations] == list(range(1, len(answer.citations) + 1))
    assert used == {c.marker for c in answer.citations}


@given(some_sentences())
def test_every_sentence_carries_the_markers_of_its_own_quotes(kept: list[DraftSentence]):
    answer = shown(*kept)
    spans = {c.marker: Span(c.start, c.end) for c in answer.citations}
    for drafted, text in zip(kept, answer.sentences, strict=True):
        assert [spans[int(m)] for m in re.findall(r"\[(\d+)\]", text)] == list(drafted.quotes)


def test_what_is_quoted_twice_is_one_citation():
    answer = shown(sentence(0), sentence(1), sentence(0))
    assert [c.marker for c in answer.citations] == [1, 2] and answer.sentences[2].endswith("[1]")


def test_a_citation_tells_the_section_and_the_page():
    passage = PASSAGES[-2]
    citation = shown(sentence(len(PASSAGES) - 2)).citations[0]
    assert citation.path == passage.path and citation.page == 3


def test_a_report_without_pages_has_citations_without_a_page():
    plain = replace(REPORT, page_starts=())
    answer = present(QUESTION, Draft((sentence(0),)), [sentence(0)], (), evidence(), {plain.id: plain})
    assert answer.citations[0].page is None


def test_a_heading_stands_above_its_sentence():
    assert shown(sentence(0, heading="一 › 甲")).sentences[0].startswith("【一 › 甲】\n")


def test_when_nothing_stands_the_answer_is_a_refusal_with_reasons():
    dropped = (Dropped("编出来的话", "有引文里没有的内容"),)
    answer = shown(draft=Draft((sentence(0),), note="不再可信的提示"), dropped=dropped)
    assert (answer.status, answer.citations, answer.note) == ("refused", (), "")
    assert answer.sentences == (phrase("refused", QUESTION),) and answer.dropped == dropped


def test_a_refusal_keeps_its_pointer_and_has_no_citation():
    answer = shown(draft=Draft((), "refused", note="最接近的内容"))
    assert (answer.status, answer.citations) == ("refused", ()) and answer.text.endswith("最接近的内容")


def test_a_partial_answer_says_what_is_missing():
    answer = shown(sentence(0), draft=Draft((sentence(0),), "partial", note="没有2025年的数据"))
    assert answer.status == "partial" and "没有2025年的数据" in answer.text


def test_a_stretch_is_cited_from_the_passage_that_holds_it():
    other = a_passage("别处。", start=5000)
    kept = DraftSentence("并提", ("E1", "E2"), (PASSAGES[0].span, other.span))
    report = replace(REPORT, text=REPORT.text.ljust(5000) + "别处。")
    found = present(
        QUESTION, Draft((kept,)), [kept], (), evidence_for(QUESTION, PASSAGES[0], other), {REPORT.id: report}
    )
    assert [c.quote for c in found.citations] == [PASSAGES[0].text, "别处。"]
    assert found.citations[1].path == other.path


def test_the_same_place_in_two_reports_is_two_citations():
    there = replace(a_passage("新建水库5座。", PLAN), report_id="bay-2031")
    reports = {
        REPORT.id: replace(REPORT, text="新建水库3座。"),
        "bay-2031": a_report("bay-2031", "海湾", text="新建水库5座。"),
    }
    found = evidence_for(QUESTION, a_passage("新建水库3座。"), there)
    kept = [DraftSentence(e.passage.text, (e.key,), (e.passage.span,)) for e in found]
    answer = present(QUESTION, Draft(tuple(kept)), kept, (), found, reports)
    assert [(c.report_id, c.quote) for c in answer.citations] == [(e.passage.report_id, e.passage.text) for e in found]


def test_the_object_of_the_batch_contract_has_its_fields():
    answer = replace(shown(sentence(0)), timing_ms=(("understand", 1.0), ("total", 2.0)))
    line = json.loads(json.dumps(as_json(answer, id="q1"), ensure_ascii=False))
    assert {"id", "status", "answer", "citations", "mode", "timing_ms"} <= line.keys()
    assert line["id"] == "q1" and line["status"] == "answered" and line["answer"] == answer.text
    assert list(line["citations"][0]) == CITATION and line["timing_ms"] == {"understand": 1.0, "total": 2.0}


def test_the_fields_of_a_citation_are_plain_values():
    citation = as_json(shown(sentence(0)))["citations"][0]
    kinds = [type(citation[name]) for name in CITATION]
    assert kinds == [int, str, str, list, int, int, int]


@pytest.mark.parametrize(("id", "there"), [(None, False), (0, True), ("", True), ([1], True)], ids=str)
def test_an_id_is_handed_back_as_it_came_and_left_out_when_there_was_none(id: object, there: bool):
    line = as_json(shown(sentence(0)), id=id)
    assert ("id" in line) is there and line.get("id") == id


@given(some_sentences())
def test_every_answer_can_be_written_as_json(kept: list[DraftSentence]):
    line = as_json(shown(*kept))
    assert json.loads(json.dumps(line)) == line


def test_on_a_terminal_each_quote_stands_with_its_place():
    text = as_plain(shown(sentence(0), sentence(1)))
    assert f"[1] {' › '.join(PASSAGES[0].path)}，第1页：“{PASSAGES[0].text}”" in text and "\n[2] " in text


def test_passages_and_reports_are_what_the_check_is_made_of():
    """The invented report used here is cut where it says it is."""
    assert all(isinstance(p, Passage) and p.span.of(REPORT.text) == p.text for p in PASSAGES)
    assert isinstance(REPORT, Report) and len(PASSAGES) > 15
