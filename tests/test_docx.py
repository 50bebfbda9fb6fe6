"""The file of a brief, opened again: its form after GB/T 9704-2012, and that it holds all that the answer says."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import docx
import pytest
from core_fakes import a_report
from docx.document import Document
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph
from hypothesis import given, settings
from hypothesis import strategies as st

from chatbot.document import AI_LINE, document
from chatbot.official import BIAOSONG, FALLBACKS, FANGSONG, HEITI, KAITI, LATIN, SONGTI
from chatbot.types import Answer, Citation
from vectorstore.formats import parse

AT = datetime(2031, 2, 3, 4, 5, 6, tzinfo=UTC)
REVIEW = "一、2030年工作回顾"
WORKS = "（二）城乡面貌持续改善"
PLAN = "二、2031年主要任务"
HERE, THERE = a_report(), a_report("bay-2031", "海湾")
Told = tuple[tuple[str, ...], str]  # headings, sentence
TOLD: Sequence[Told] = (
    ((REVIEW,), "全市地区生产总值达到3210.5亿元。"),
    ((REVIEW, WORKS), "建成口袋公园41个。"),
    ((REVIEW, WORKS), "新增里程21公里。"),
    ((PLAN, "（一）持续改善民生", "1. 住房"), "筹集保障性住房8000套。"),
    ((PLAN, "（一）持续改善民生", "1. 住房", "（1）旧房"), "改造老旧小区130个。"),
)


def a_brief(told: Sequence[Told] = TOLD, report_ids: Sequence[str] = ()) -> Answer:
    """As `present` puts it together: a heading where it changes, one citation a sentence."""
    sentences, citations, above = [], [], ""
    for marker, ((path, text), report_id) in enumerate(zip(told, report_ids or [HERE.id] * len(told), strict=True), 1):
        heading = " › ".join(path)
        sentences.append((f"【{heading}】\n" if heading != above else "") + f"{text}[{marker}]")
        citations.append(Citation(marker, text, report_id, path, 3, 0, len(text)))
        above = heading
    return Answer("answered", tuple(sentences), tuple(citations))


def opened(answer: Answer | None = None, title: str = "民生") -> Document:
    return docx.Document(io.BytesIO(document(title, answer or a_brief(), [HERE, THERE], AT)))


def lines(file: Document, style: str) -> list[str]:
    return [p.text for p in file.paragraphs if p.style is not None and p.style.name == style]


def outline(file: Document) -> list[tuple[int, str]]:
    """Level and text of each heading but the last one, 出处."""
    headings = [p for p in file.paragraphs if p.style.name.startswith("Heading")]
    return [(int(p.style.name.removeprefix("Heading ")), p.text) for p in headings][:-1]


def fonts(file: Document, style: str) -> dict[str, str]:
    found = file.styles[style].element.rPr.rFonts
    return {script: found.get(qn(f"w:{script}")) for script in ("eastAsia", "ascii", "hAnsi")}


def raised(paragraph: Paragraph) -> str:
    return "".join(run.text for run in paragraph.runs if run.font.superscript)


# the page


def test_the_page_is_a4_with_the_margins_of_the_standard():
    section = opened().sections[0]
    sizes = [section.page_width, section.page_height, section.top_margin, section.left_margin]
    assert [round(size.mm) for size in sizes] == [210, 297, 37, 28]


def test_the_text_area_is_156_by_225_mm():
    section = opened().sections[0]
    width = section.page_width - section.left_margin - section.right_margin
    height = section.page_height - section.top_margin - section.bottom_margin
    assert (round(width / Mm(1)), round(height / Mm(1))) == (156, 225)


def test_a_page_has_22_lines_of_28_characters():
    file = opened()
    text = file.styles["Normal"]
    character = text.font.size.pt + int(text.element.rPr.find(qn("w:spacing")).get(qn("w:val"))) / 20
    assert Mm(156).pt // character == 28
    assert Mm(225).pt // text.paragraph_format.line_spacing.pt == 22


@pytest.mark.parametrize("style", ["Normal", "Title", "Heading 1", "Heading 2", "Heading 3", "Heading 4", "出处"])
def test_lines_are_of_one_fixed_height(style: str):
    layout = opened().styles[style].paragraph_format
    assert Pt(28) <= layout.line_spacing <= Pt(30)
    assert (layout.space_before, layout.space_after) == (0, 0)


def test_page_numbers_stand_at_the_outer_edge():
    file = opened()
    feet = [file.sections[0].footer.paragraphs[0], file.sections[0].even_page_footer.paragraphs[0]]
    assert file.settings.odd_and_even_pages_header_footer
    assert [str(foot.alignment).split()[0] for foot in feet] == ["RIGHT", "LEFT"]


@pytest.mark.parametrize("side", ["footer", "even_page_footer"])
def test_a_page_number_is_a_field_between_dashes(side: str):
    foot = getattr(opened().sections[0], side).paragraphs[0]
    codes = [code.text for code in foot._p.iter(qn("w:instrText"))]
    marks = [mark.get(qn("w:fldCharType")) for mark in foot._p.iter(qn("w:fldChar"))]
    assert (codes, marks, foot.text) == (["PAGE"], ["begin", "separate", "end"], "— 1 —")


# type


@pytest.mark.parametrize(
    ("style", "font", "size"),
    [
        ("Title", BIAOSONG, 22),
        ("Normal", FANGSONG, 16),
        ("Heading 1", HEITI, 16),
        ("Heading 2", KAITI, 16),
        ("Heading 3", FANGSONG, 16),
        ("出处", FANGSONG, 14),
    ],
)
def test_a_style_has_its_chinese_font_and_times_for_the_rest(style: str, font: str, size: int):
    file = opened()
    assert fonts(file, style) == {"eastAsia": font, "ascii": LATIN, "hAnsi": LATIN}
    assert file.styles[style].font.size == Pt(size)


def test_a_page_number_is_in_song_of_size_4():
    file = opened()
    assert fonts(file, "Footer") == dict.fromkeys(("eastAsia", "ascii", "hAnsi"), SONGTI)
    assert file.styles["Footer"].font.size == Pt(14)


def test_of_the_headings_only_the_third_is_bold():
    file = opened()
    assert [file.styles[f"Heading {level}"].font.bold for level in (1, 2, 3, 4)] == [False, False, True, False]


def test_nothing_of_the_template_s_colours_and_theme_fonts_is_left():
    file = opened()
    used = {p.style.name for p in file.paragraphs} | {"Footer"}
    properties = [file.styles[style].element.rPr for style in used]
    assert [e for p in properties for e in p.iter(qn("w:color"), qn("w:i"))] == []
    assert [name for p in properties for name in p.rFonts.keys() if "Theme" in name] == []  # noqa: SIM118


def test_every_font_declares_what_may_stand_in_for_it():
    with zipfile.ZipFile(io.BytesIO(document("民生", a_brief(), [HERE], AT))) as file:
        table = file.read("word/fontTable.xml").decode()
        assert file.namelist().count("word/fontTable.xml") == 1
    for font, others in FALLBACKS.items():
        assert f'w:name="{font}"><w:altName w:val="{others}"' in table


@pytest.mark.parametrize(("style", "characters"), [("Normal", 2), ("Heading 1", 2), ("出处", 2), ("Title", 0)])
def test_the_first_line_is_set_in_by_two_characters(style: str, characters: int):
    found = opened().styles[style]
    assert found.element.pPr.ind.get(qn("w:firstLineChars")) == str(100 * characters)
    assert found.paragraph_format.first_line_indent == characters * found.font.size


def test_quotation_marks_are_chinese():
    runs = [run for p in opened().paragraphs for run in p.runs]
    assert {run._r.rPr.rFonts.get(qn("w:hint")) for run in runs} == {"eastAsia"}


def test_the_text_is_marked_as_chinese():
    found = opened().styles.element.iter(qn("w:lang"))
    assert {language.get(qn("w:eastAsia")) for language in found} == {"zh-CN"}


# what stands in it


def test_the_title_stands_first_and_below_it_how_the_document_came_about():
    assert [p.text for p in opened(title="保障和改善\n民生").paragraphs][:2] == ["保障和改善 民生", AI_LINE]


def test_headings_are_counted_anew_on_the_levels_that_their_own_numbers_tell():
    assert outline(opened()) == [
        (1, REVIEW),
        (2, "（一）城乡面貌持续改善"),
        (1, PLAN),
        (2, "（一）持续改善民生"),
        (3, "1.住房"),
        (4, "（1）旧房"),
    ]


def test_more_than_ten_headings_are_counted_on():
    told = [((f"（{i}）第{i}类",), f"建成水库{i}座。") for i in range(1, 23)]
    numbers = [text.split("、")[0] for level, text in outline(opened(a_brief(told))) if level == 1]
    assert numbers[9:12] == ["十", "十一", "十二"] and numbers[19:22] == ["二十", "二十一", "二十二"]


@pytest.mark.parametrize(
    ("path", "levels"),
    [
        (("第一部分 工作回顾", "工业", "技改", "项目", "明细"), [1, 2, 3, 4, 4]),
        (("（二）城乡面貌", "提升品质"), [1, 2]),
        (("2030年工作回顾", "（一）经济"), [1, 2]),
        (("1.5万套住房",), [1]),
    ],
    ids=str,
)
def test_a_heading_without_a_number_is_one_level_below_the_one_above(path: tuple[str, ...], levels: list[int]):
    assert [level for level, _ in outline(opened(a_brief([(path, "建成。")])))] == levels


def test_back_from_a_sub_heading_the_heading_above_it_is_told_again():
    told = [((REVIEW, WORKS), "建成口袋公园41个。"), ((REVIEW,), "城镇新增就业4.6万人。")]
    assert outline(opened(a_brief(told)))[:3] == [(1, REVIEW), (2, "（一）城乡面貌持续改善"), (1, REVIEW)]


def test_every_sentence_is_a_paragraph_with_its_markers_raised():
    body = [p for p in opened().paragraphs if p.style.name == "Normal"]
    assert [(p.text.removesuffix(raised(p)), raised(p)) for p in body] == [
        (text, f"[{marker}]") for marker, (_, text) in enumerate(TOLD, 1)
    ]


def test_only_the_markers_are_raised():
    answer = replace(a_brief(TOLD[:2]), sentences=("正文[1]里的方括号。[1][2]",))
    assert [raised(p) for p in opened(answer).paragraphs if raised(p)] == ["[1][2]"]


def test_a_note_stands_below_the_sentences():
    file = opened(replace(a_brief(), note="没有2025年的数据"))
    assert lines(file, "Normal")[-1] == "没有2025年的数据"


def test_the_sources_tell_number_section_page_and_quote():
    file = opened()
    first, *sources = lines(file, "出处")
    assert lines(file, "Heading 1")[-1] == "三、出处" and first == "引自《云川政府工作报告》（2031年）。"
    assert sources[1] == f"[2] {REVIEW} › {WORKS}，第3页：“建成口袋公园41个。”"
    assert len(sources) == len(TOLD)


def test_a_source_without_pages_names_none():
    answer = a_brief(TOLD[:1])
    answer = replace(answer, citations=(replace(answer.citations[0], page=None),))
    assert lines(opened(answer), "出处")[1] == f"[1] {REVIEW}：“{TOLD[0][1]}”"


def test_several_reports_are_told_apart():
    told = [((REVIEW,), "新建水库3座。"), ((REVIEW,), "新建水库5座。")]
    file = opened(a_brief(told, [HERE.id, THERE.id]))
    assert lines(file, "Subtitle")[2:] == ["《云川政府工作报告》（2031年）", "《海湾政府工作报告》（2031年）"]
    assert outline(file)[:2] == [(1, REVIEW), (1, REVIEW.replace("一、", "二、"))]
    assert lines(file, "出处")[0] == "引自《云川政府工作报告》（2031年）、《海湾政府工作报告》（2031年）。"
    assert lines(file, "出处")[2].startswith(f"[2] 《海湾政府工作报告》（2031年）{REVIEW}")


@pytest.mark.parametrize(("title", "year"), [("2031年政府工作报告", 2031), ("政府工作报告", None)], ids=str)
def test_a_year_that_is_in_the_title_or_unknown_is_not_added(title: str, year: int | None):
    report = replace(HERE, title=title, year=year)
    file = docx.Document(io.BytesIO(document("民生", a_brief(), [report], AT)))
    assert lines(file, "出处")[0] == f"引自《{title}》。"


def test_our_own_reader_finds_every_sentence_and_quote():
    pages, _ = parse("brief.docx", document("民生", a_brief(), [HERE], AT))
    assert all(pages[0].count(text) == 2 for _, text in TOLD)


# the file


def test_the_properties_say_what_the_document_is_and_how_it_came_about():
    found = opened().core_properties
    assert (found.title, found.author, found.comments, found.created) == ("民生", "政问", AI_LINE, AT)
    assert "AI" in found.keywords and found.language == "zh-CN"


def test_a_long_topic_is_a_title_in_full():
    topic = "民" * 600
    file = opened(title=topic)
    assert lines(file, "Title") == [topic] and len(file.core_properties.title) == 255


@pytest.mark.parametrize("nasty", ["<w:p/>", "&amp;", "]]>", "【民生】", "[1]", "“”", "𠮷"])
def test_marks_of_xml_and_our_own_are_text_in_a_title(nasty: str):
    file = opened(title=nasty)
    assert lines(file, "Title") == [nasty] == [file.core_properties.title]


@pytest.mark.parametrize("char", ["\0", "\x01", "\x1b", "\udcff", "\ufffe", "\uffff"], ids=repr)
def test_what_xml_forbids_is_left_out(char: str):
    told = [((f"一、回{char}顾",), f"建成{char}公园41个。")]
    file = opened(a_brief(told), title=f"民{char}生")
    assert lines(file, "Title") == ["民生"] and outline(file) == [(1, "一、回顾")]
    assert lines(file, "Normal") == ["建成公园41个。[1]"]


@settings(max_examples=40, deadline=None)  # a file each
@given(st.text(st.characters(), max_size=40), st.text(st.characters(), min_size=1, max_size=40))
def test_any_text_makes_a_file_that_opens_and_holds_it(title: str, text: str):
    file = opened(a_brief([((REVIEW,), text)]), title)
    allowed = re.sub("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", text).replace("\r", "\n")
    assert lines(file, "Normal") == [f"{allowed}[1]"] and f"“{allowed}”" in lines(file, "出处")[1]
