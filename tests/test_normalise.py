"""Normalising: every character survives in order, and the paragraphs are those the author wrote."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vectorstore.files import Source, read_all
from vectorstore.normalise import is_chrome, normalise

HERE = Path(__file__).parents[1]
DEFAULT = HERE / "data" / "reports" / "chongqing-2024.txt"
CORPUS = HERE.parent / "shared" / "corpus"
ALPHABET = (
    "各位代表！去年三所，。；：“”（）《》一二、— -\t\n\f\r\u3000\u200b\xad１２3４.．%％［1］[2]①²∶aB ﬁ⼀页第\ud800"
)
SENTENCE = "去年全市新建学校三所开放公园五个修建道路八条安置居民两千户，"
OTHER = "今年还要继续努力把各项工作做得更细更实更好让居民满意。"


def key(text: str) -> str:
    """How a checker compares a quote with its source."""
    return "".join(unicodedata.normalize("NFKC", text).lower().split())


def text_of(*pages: str) -> str:
    return normalise(pages)[0]


def wrapped(*paragraphs: str, columns: int = 20, indent: str = "", gap: str = "\n") -> str:
    """`paragraphs` cut hard at `columns` characters; the first line is shorter by two, where the indent stood."""
    lines = []
    for paragraph in paragraphs:
        first, rest = paragraph[: columns - 2], paragraph[columns - 2 :]
        lines += [indent + first, *(rest[at : at + columns] for at in range(0, len(rest), columns))]
    return gap.join(line for line in lines if line)


def prose(number: int) -> str:
    """A paragraph that differs in length from its neighbours."""
    return f"第{number}件事" + SENTENCE * (3 + number % 3) + OTHER[number % 7 :]


@pytest.mark.parametrize(
    ("raw", "normal"),
    [
        pytest.param("增长 6%左右", "增长6%左右", id="space before a digit"),
        pytest.param("地区生产总值 3万亿 元", "地区生产总值3万亿元", id="space in a unit"),
        pytest.param("政 府 工 作 报 告", "政府工作报告", id="spaced title"),
        pytest.param("从1 9 9 3 年3 月到1 1 ．5 ％", "从1993年3月到11.5%", id="spaced digits"),
        pytest.param("１９８４年增长２５．３％", "1984年增长25.3%", id="full-width digits"),
        pytest.param("打造 Made in China 品牌", "打造Made in China品牌", id="Latin words keep one space"),
        pytest.param("（一）是什么？好！", "（一）是什么？好！", id="Chinese punctuation stays"),
        pytest.param("缩小至 2.28∶1。", "缩小至2.28∶1。", id="the ratio sign stays"),
        pytest.param("面积5 km²，①说明", "面积5 km²，①说明", id="superscripts and circled digits stay"),
        pytest.param(
            "七大清单[3]项目，六通［16］全部", "七大清单［3］项目，六通［16］全部", id="note marks are no citations"
        ),
        pytest.param("深\u200b圳\xad市\ufeff", "深圳市", id="invisible characters go"),
        pytest.param("⼈⺠政府⽼⼈", "人⺠政府老人", id="Kangxi radicals"),
        pytest.param("二〇二四年，二○二三年", "二〇二四年，二○二三年", id="both zeros stay"),
        pytest.param("指标\t 单位\t\t3", "指标\t单位\t3", id="cells stay apart"),
        pytest.param("\r\n一\r\n\r\n二\r三\u2028四\n", "一\n二\n三\n四", id="line breaks of every kind"),
    ],
)
def test_characters(raw: str, normal: str) -> None:
    assert text_of(raw) == normal


@pytest.mark.parametrize("gap", ["\n", "\n\n", "\r\n"], ids=["tight", "empty lines", "crlf"])
@pytest.mark.parametrize("indent", ["", "　　"], ids=["indent lost", "indent kept"])
def test_hard_wraps_are_joined(gap: str, indent: str) -> None:
    paragraphs = [prose(number) for number in range(9)]
    assert text_of(wrapped(*paragraphs, gap=gap, indent=indent)) == "\n".join(paragraphs)


def test_a_heading_breaks_after_a_full_line() -> None:
    full = ("甲" * 18 + "乙" * 20) + "丙" * 19 + "。"
    heading = "（一）扎实推进各项工作，打开新局面。" + SENTENCE * 2 + "好。"
    text = text_of(wrapped(prose(1), prose(2), full, heading, prose(3), prose(4)))
    assert full in text.split("\n")
    assert heading in text.split("\n")


def test_a_first_line_short_by_the_lost_indent_breaks_after_a_full_line() -> None:
    full = ("甲" * 18 + "乙" * 20) + "丙" * 19 + "。"
    assert text_of(wrapped(*map(prose, range(8)), full, prose(8))).split("\n")[-2:] == [full, prose(8)]


def test_title_lines_and_headings_without_full_stop_stay_apart() -> None:
    body = wrapped(*map(prose, range(9)), columns=40)
    head = "某市政府工作报告\n——2020年1月2日在某市第一届人民代表大会上\n市长  某某\n各位代表：\n"
    text = text_of(head + body + "\n二、今年的任务\n" + body)
    lines = text.split("\n")
    assert lines[:4] == ["某市政府工作报告", "——2020年1月2日在某市第一届人民代表大会上", "市长某某", "各位代表："]
    assert "二、今年的任务" in lines


def test_a_page_break_inside_a_paragraph_joins_it_and_is_remembered() -> None:
    paragraphs = [prose(number) for number in range(8)]
    lines = wrapped(*paragraphs).split("\n")
    text, starts = normalise(["\n".join([*lines[:11], "— 1 —"]), "\n".join([*lines[11:], "2"])])
    assert text == "\n".join(paragraphs)
    assert starts[0] == 0
    assert key(text[: starts[1]]) == key("".join(lines[:11]))


def test_paragraphs_of_one_line_stay_as_they_are() -> None:
    paragraphs = [prose(number) for number in range(12)]
    assert text_of("\n".join(paragraphs)) == "\n".join(paragraphs)


def test_a_link_on_its_own_line_is_joined_where_empty_lines_part_paragraphs() -> None:
    text = (
        "\n\n".join(prose(number) for number in range(6)) + "\n\n前一句。通过\n教育法\n，并且\n积极施行。\n\n" + OTHER
    )
    assert "前一句。通过教育法，并且积极施行。" in text_of(text).split("\n")


@pytest.mark.parametrize(
    "line",
    [
        "— 3 —",
        "-12-",
        "第 3 页 共 10 页",
        "【字号：大 中 小】",
        "下载 打印 【字号：大 中 小】",
        "来源：某某日报",
        "打印本页 关闭窗口",
    ],
)
def test_chrome_is_dropped(line: str) -> None:
    assert text_of(f"前一段。\n{line}\n后一段。") == "前一段。\n后一段。"


@pytest.mark.parametrize(
    "line", ["-3", "3", "大中小企业", "来源：主要是三个方面，一是税收。", "（三）", "下载量增长", "第3页说"]
)
def test_text_is_not_taken_for_chrome(line: str) -> None:
    assert not is_chrome(line)


def test_running_headers_and_page_numbers_are_dropped_at_page_edges() -> None:
    text, starts = normalise([f"某市政府工作报告\n第{word}段。\n{number}" for number, word in enumerate("甲乙丙丁", 1)])
    assert text == "第甲段。\n第乙段。\n第丙段。\n第丁段。"
    assert starts == (0, 5, 10, 15)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(st.text(), st.text(ALPHABET, max_size=80)), max_size=4))
def test_any_text_is_normalised_once(pages: list[str]) -> None:
    """Never raises; a second time changes nothing; page starts never fall and lie inside the text."""
    text, starts = normalise(pages)
    assert normalise([text]) == (text, (0,))
    assert len(starts) == max(1, len(pages))
    assert list(starts) == sorted(starts)
    assert starts[0] == 0
    assert starts[-1] <= len(text)
    assert all(line == line.strip() and line for line in text.split("\n")) or not text


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.text("各位代表！去年，。；（）一、“” \n\t\u3000１2．％abZ∶①［3］⼈", max_size=60), min_size=1, max_size=2
    )
)
def test_every_character_survives_in_order(pages: list[str]) -> None:
    raw = ["\n".join(f"文{line}" for line in page.split("\n")) for page in pages]  # so that no line is a page number
    assert key(text_of(*raw)) == key("".join(raw))


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 30), min_size=9, max_size=20), st.integers(16, 45))
def test_wrapped_text_of_any_width_is_normalised_once(numbers: list[int], columns: int) -> None:
    text = text_of(wrapped(*map(prose, numbers), columns=columns))
    assert text_of(text) == text
    assert key(text) == key("".join(map(prose, numbers)))


@pytest.fixture(scope="module")
def default() -> Source:
    [source] = [item for item in read_all(DEFAULT) if isinstance(item, Source)]
    return source


def test_the_shipped_report_is_whole(default: Source) -> None:
    assert key(text_of(*default.pages)) == key(DEFAULT.read_text(encoding="utf-8"))


def test_the_shipped_report_has_its_paragraphs_and_pages(default: Source) -> None:
    text, starts = normalise(default.pages)
    assert [line for line in text.split("\n") if re.match("[一二三]、", line)] == [
        "一、2023年工作回顾",
        "二、2024年主要任务",
        "三、全面加强政府自身建设",
    ]
    assert sum(bool(re.match("（[一二三四五六七八九十]）", line)) for line in text.split("\n")) == 9 + 10 + 4
    assert all(line[-1] in "。！：上顾务设衡华告" for line in text.split("\n"))
    assert len(starts) == len(default.pages) == 17


@pytest.mark.skipif(not CORPUS.exists(), reason="the shared reports are not here")
def test_docx_and_pdf_of_one_report_are_the_same_text() -> None:
    found = [item for file in sorted(CORPUS.glob("2024年北京*")) for item in read_all(file)]
    one, two = (text_of(*item.pages) for item in found if isinstance(item, Source))
    assert Counter(re.findall(r"\d+(?:\.\d+)?", one)) == Counter(re.findall(r"\d+(?:\.\d+)?", two))
    assert one == two


@pytest.mark.skipif(not CORPUS.exists(), reason="the shared reports are not here")
def test_every_paragraph_of_every_shared_report_is_found_in_its_source() -> None:
    for file in sorted(CORPUS.glob("*.txt")):
        [source] = [item for item in read_all(file) if isinstance(item, Source)]
        text = text_of(*source.pages)
        assert text_of(text) == text, file.name
        assert all(key(line) in key("".join(source.pages)) for line in text.split("\n")), file.name
