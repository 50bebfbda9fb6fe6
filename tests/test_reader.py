"""The reader: a report's whole text with its sections as headings, its page marks, and one stretch marked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from web_fakes import NASTY, TEXT, TOWN, FakeBot, report
from web_server import serving

from chatbot.errors import IndexMissing
from chatbot.types import Period, Report, Section, Span
from chatbot.web.fulltext import Leaf, headings, tree
from chatbot.web.reader import document
from chatbot.web.texts import Texts

ZH, EN = Texts.of("zh"), Texts.of("en")
QUOTE = "一般公共预算收入增长8%"
AT = Span(TEXT.index(QUOTE), TEXT.index(QUOTE) + len(QUOTE))
# Headings on lines of their own, run-in ones, one that only the sections know, one glued to the line before.
RICH = (
    "报告\n一、回顾\n开头的话。\n（一）稳增长。产值增长6%。\n"
    "（二）惠民生。新增就业7万人。办好实事：甲；乙。\n二、任务\n干。"
)
NOTHING = Span(0, 0)


def section(path: tuple[str, ...], start: str, end: str = "") -> Section:
    return Section(path, Span(RICH.index(start), RICH.index(end) if end else len(RICH)), Period("review", 2023))


SECTIONS = (
    section(("标题",), "报告", "一、"),
    section(("一、回顾",), "一、", "（一）"),
    section(("一、回顾", "（一）稳增长"), "（一）", "（二）"),
    section(("一、回顾", "（二）惠民生"), "（二）", "办好"),
    section(("一、回顾", "重点实事"), "办好", "二、"),
    section(("二、任务",), "二、"),
)


class Reading(HTMLParser):
    """What stands between the tags: all of it, what is marked, and each heading."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text, self.marked, self.headings = "", [], []
        self._open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._open.append(tag)
        if tag == "mark":
            self.marked.append("")
        if re.fullmatch("h[2-6]", tag):
            self.headings.append((tag, ""))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data
        if "mark" in self._open:
            self.marked[-1] += data
        if any(re.fullmatch("h[2-6]", tag) for tag in self._open):
            tag, said = self.headings[-1]
            self.headings[-1] = (tag, said + data)


def leaf(text: str = RICH, sections: tuple[Section, ...] = SECTIONS, mark: Span = NOTHING, pages=()) -> Reading:
    held = Report("x", "报告", "", "", None, "", "", "", "", text, pages)
    return Reading(Leaf(held, headings(text, sections), mark, "第{page}页").html())


def inside(html: str) -> Reading:
    """Of a whole document the report's text."""
    return Reading(re.search(r"<article.*</article>", html, re.DOTALL)[0])


def of(part: str, text: str = RICH) -> Span:
    return Span(text.index(part), text.index(part) + len(part))


def test_all_of_the_text_is_there_and_nothing_else() -> None:
    assert leaf(mark=of("新增就业"), pages=(0, 20)).text == RICH


def test_sections_are_headings_of_their_level_with_the_full_stop_that_follows() -> None:
    assert [(tag, said.strip()) for tag, said in leaf().headings] == [
        ("h2", "一、回顾"),
        ("h3", "（一）稳增长。"),
        ("h3", "（二）惠民生。"),
        ("h2", "二、任务"),
    ]


def test_a_section_that_the_text_does_not_spell_out_is_a_place_to_jump_to() -> None:
    names = {heading.name: heading for heading in headings(RICH, SECTIONS)}
    assert names["重点实事"].span == Span(RICH.index("办好"), RICH.index("办好"))
    assert ("span", {"id": names["重点实事"].id}) in leaf().tags


@pytest.mark.parametrize("part", ["产值增长6%", "一、回顾", "（二）惠民生。新增就业", "甲；乙。", "报告", "干。"])
def test_the_mark_holds_exactly_the_stretch(part: str) -> None:
    assert "".join(leaf(mark=of(part)).marked) == part


def test_a_mark_over_lines_is_one_mark_a_line_and_the_first_can_be_jumped_to() -> None:
    read = leaf(mark=of("开头的话。\n（一）稳增长。产值"))
    assert "".join(read.marked) == "开头的话。\n（一）稳增长。产值"
    assert [attributes.get("id") for tag, attributes in read.tags if tag == "mark"] == ["zw-mark", None, None]


def test_a_page_that_begins_inside_the_mark_does_not_cut_it() -> None:
    assert leaf(mark=of("产值增长6%"), pages=(0, RICH.index("增长6%"))).marked == ["产值增长6%"]


def test_pages_are_numbered_where_they_begin() -> None:
    pages = [attributes for tag, attributes in leaf(pages=(0, 9)).tags if attributes.get("class") == "zw-page"]
    assert [page["aria-label"] for page in pages] == ["第1页", "第2页"]


@given(st.text("甲乙。\n<&", min_size=1, max_size=40), st.data())
def test_any_text_and_any_mark_come_out_whole(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    pages = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=3)))
    read = leaf(text, (), Span(start, end), tuple(pages))
    assert read.text == text and "".join(read.marked) == text[start:end]


def test_the_tree_is_nested_and_says_where_the_mark_is() -> None:
    html = tree(headings(RICH, SECTIONS), of("新增就业"))
    assert re.sub("<a[^>]*>|</a>", "", html) == (
        "<ol><li>一、回顾<ol><li>（一）稳增长</li><li>（二）惠民生</li><li>重点实事</li></ol></li><li>二、任务</li></ol>"
    )
    assert re.findall(r'aria-current="true">(.*?)<', html) == ["（二）惠民生"]


def test_foreign_text_stays_text() -> None:
    evil = report(text=f"{NASTY}\n前{NASTY}后", title=NASTY)
    sections = (Section((NASTY,), Span(0, len(evil.text)), Period("standing")),)
    html = document(evil, sections, Span(len(NASTY) + 1, len(evil.text)), ZH)
    assert "<img" not in html and inside(html).text == evil.text


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving(FakeBot()) as url:
        yield url


def test_a_link_shows_the_report_with_the_quote_marked(address: str) -> None:
    answer = httpx.get(f"{address}/report/{TOWN.id}?start={AT.start}&end={AT.end}")
    assert answer.status_code == 200 and answer.headers["content-type"] == "text/html; charset=utf-8"
    assert inside(answer.text).marked == [QUOTE] and inside(answer.text).text == TEXT
    assert '<html lang="zh-CN">' in answer.text and "<script" not in answer.text


def test_without_a_place_nothing_is_marked(address: str) -> None:
    assert inside(httpx.get(f"{address}/report/{TOWN.id}").text).marked == []


def test_its_words_are_english_when_asked_for(address: str) -> None:
    page = httpx.get(f"{address}/report/{TOWN.id}?lang=en").text
    assert '<html lang="en">' in page and EN.reader.tree in page and 'lang="zh-CN"' in page


@pytest.mark.parametrize(
    "place",
    [
        "start=5",
        "end=5",
        "start=5&end=5",
        "start=9&end=5",
        "start=-1&end=5",
        f"start=0&end={len(TEXT) + 1}",
        "start=a&end=b",
        "start=1.5&end=3",
        "start=²&end=³",
        f"start=0&end={'9' * 5000}",
        "start=%00&end=1",
    ],
)
def test_a_place_that_is_none_is_one_calm_line_with_400(address: str, place: str) -> None:
    answer = httpx.get(f"{address}/report/{TOWN.id}?{place}")
    assert answer.status_code == 400 and ZH.reader.bad_place in answer.text and "<mark" not in answer.text


@pytest.mark.parametrize("id", ["nowhere", "%3Cscript%3E", "..%2F..%2Fetc%2Fpasswd", "a" * 3000])
def test_an_unknown_report_is_one_calm_line_with_404(address: str, id: str) -> None:
    answer = httpx.get(f"{address}/report/{id}")
    assert answer.status_code == 404 and "<script>" not in answer.text and "Traceback" not in answer.text


def test_an_unknown_report_is_named_in_words_that_stay_text(address: str) -> None:
    page = httpx.get(f"{address}/report/%3Cb%3E").text
    assert "没有编号为 <b> 的报告" in unescape(page) and "<b>" not in page


def test_without_an_index_it_says_so_with_503() -> None:
    with serving(IndexMissing("还没有可用的索引", "请运行 `make setup`")) as url:
        answer = httpx.get(f"{url}/report/x")
    assert answer.status_code == 503 and "还没有可用的索引" in answer.text
