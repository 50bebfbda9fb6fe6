"""The form of an official document after GB/T 9704-2012 (党政机关公文格式), written as docx.

The door for python-docx on the way out; on the way in it is `vectorstore/formats.py`. Sizes of type are in points:
2号 is 22, 3号 16, 4号 14.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple
from xml.sax.saxutils import quoteattr

from docx import Document
from docx.document import Document as Docx
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement
from docx.oxml.ns import nsdecls, qn
from docx.section import Section
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph
from docx.text.run import Run

AUTHOR = "政问"
LATIN = "Times New Roman"
BIAOSONG, FANGSONG, HEITI, KAITI, SONGTI = "方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312", "宋体"
FALLBACKS = {  # font → those to take where it is missing, in this order
    BIAOSONG: "宋体,SimSun,Noto Serif CJK SC",
    FANGSONG: "仿宋,FangSong,Noto Serif CJK SC",
    HEITI: "SimHei,Noto Sans CJK SC",
    KAITI: "楷体,KaiTi,Noto Serif CJK SC",
    SONGTI: "SimSun,Noto Serif CJK SC",
}
LINE = 28.95  # points: 22 lines in 225 mm, in whole twentieths
CLOSER = -0.25  # points between characters: 28 of 3号 in 156 mm
FOOT = 25.5  # mm from the edge to the page number's lower end, so that its dashes are 7 mm below the text
MOST = 255  # characters of a property of the file

_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # in XML 1.0


class Form(NamedTuple):
    """What a kind of paragraph looks like; `style` is Word's own name where it has one."""

    style: str
    font: str
    size: float
    bold: bool = False
    centred: bool = False
    latin: str = LATIN
    indented: bool = True


FORMS = {
    "title": Form("Title", BIAOSONG, 22, centred=True),
    "line": Form("Subtitle", KAITI, 16, centred=True),
    "text": Form("Normal", FANGSONG, 16),
    "heading 1": Form("Heading 1", HEITI, 16),
    "heading 2": Form("Heading 2", KAITI, 16),
    "heading 3": Form("Heading 3", FANGSONG, 16, bold=True),
    "heading 4": Form("Heading 4", FANGSONG, 16),
    "source": Form("出处", FANGSONG, 14),
    "column": Form("表头", HEITI, 14, centred=True),
    "cell": Form("表格", FANGSONG, 14, indented=False),
    "page number": Form("Footer", SONGTI, 14, latin=SONGTI, indented=False),
}


class Block(NamedTuple):
    """A paragraph: its form (a key of `FORMS`), its text, and the markers that stand raised behind it."""

    form: str
    text: str
    markers: str = ""


class Table(NamedTuple):
    """A table with a row of headings; each row has as many cells."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


WIDTHS = (56, 40, 19, 27, 14)  # mm of the columns of a table of five; together the text area


def written(title: str, blocks: Iterable[Block | Table], labels: tuple[str, str], at: datetime) -> bytes:
    """The file. `labels`, a remark and key words, go with title, author and time into its properties."""
    docx = Document()
    _set_page(docx.sections[0])
    for form in FORMS.values():
        _set_style(docx, form)
    _number_pages(docx)
    _declare_fonts(docx)
    _set_language(docx)
    _set_properties(docx, title, labels, at)
    for block in (Block("title", title), *blocks):
        if isinstance(block, Table):
            _add_table(docx, block)
        else:
            _add(docx, block)
    file = io.BytesIO()
    docx.save(file)
    return file.getvalue()


def _add(docx: Docx, block: Block) -> None:
    paragraph = docx.add_paragraph(style=FORMS[block.form].style)
    _run(paragraph, block.text)
    if block.markers:
        _run(paragraph, block.markers).font.superscript = True


def _add_table(docx: Docx, table: Table) -> None:
    """With lines around all cells; the headings come again on each page, and no row is broken by one."""
    grid = docx.add_table(rows=0, cols=len(table.columns))
    grid.style = "Table Grid"
    grid.autofit = False
    for form, cells in (("column", table.columns), *(("cell", row) for row in table.rows)):
        row = grid.add_row()
        properties = row._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        if form == "column":
            properties.append(OxmlElement("w:tblHeader"))
        for i, text in enumerate(cells):
            row.cells[i].width = Mm(_width(i, len(cells)))
            paragraph = row.cells[i].paragraphs[0]
            paragraph.style = FORMS[form].style
            _run(paragraph, text)
    for i, column in enumerate(grid.columns):
        column.width = Mm(_width(i, len(table.columns)))


def _width(i: int, columns: int) -> float:
    return WIDTHS[i] if columns == len(WIDTHS) else sum(WIDTHS) / columns


def _run(paragraph: Paragraph, text: str = "") -> Run:
    """A run whose quotation marks and dashes are Chinese; what XML forbids is left out."""
    run = paragraph.add_run(_FORBIDDEN.sub("", text))
    run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:hint"), "eastAsia")
    return run


def _set_page(section: Section) -> None:
    """A4 with a text area of 156 mm by 225 mm.

    The grid is of lines only: in one of characters narrower than 3号, LibreOffice gives each of them two places.
    """
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.footer_distance = Mm(FOOT)
    grid = section._sectPr.find(qn("w:docGrid"))
    grid.set(qn("w:type"), "lines")
    grid.set(qn("w:linePitch"), str(round(LINE * 20)))


# styles


def _set_style(docx: Docx, form: Form) -> None:
    if form.style not in (style.name for style in docx.styles):
        docx.styles.add_style(form.style, WD_STYLE_TYPE.PARAGRAPH)
    style: Any = docx.styles[form.style]
    _set_font(style, form)
    _set_paragraph(style, form)


def _set_font(style: Any, form: Form) -> None:
    """Nothing of the template's colours, slants and theme fonts stays."""
    if style.element.rPr is not None:
        style.element.remove(style.element.rPr)
    properties = style.element.get_or_add_rPr()
    spacing = OxmlElement("w:spacing")
    spacing.set(qn("w:val"), str(round(CLOSER * 20)))
    properties.append(spacing)
    style.font.size, style.font.bold = Pt(form.size), form.bold
    fonts = properties.get_or_add_rFonts()
    for script, font in (("ascii", form.latin), ("hAnsi", form.latin), ("eastAsia", form.font), ("cs", form.latin)):
        fonts.set(qn(f"w:{script}"), font)


def _set_paragraph(style: Any, form: Form) -> None:
    """Lines of a fixed height; the first set in by two characters unless it is centred or a page number."""
    properties = style.element.get_or_add_pPr()
    for tag in ("w:pBdr", "w:tabs", "w:contextualSpacing", "w:numPr"):
        for element in properties.findall(qn(tag)):
            properties.remove(element)
    layout = style.paragraph_format
    layout.space_before = layout.space_after = Pt(0)
    layout.line_spacing_rule, layout.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(LINE)
    loose = WD_ALIGN_PARAGRAPH.JUSTIFY if form.indented else WD_ALIGN_PARAGRAPH.LEFT  # narrow cells tear words apart
    layout.alignment = WD_ALIGN_PARAGRAPH.CENTER if form.centred else loose
    layout.widow_control = False
    characters = 0 if form.centred or not form.indented else 2
    layout.first_line_indent = Pt(characters * form.size)
    properties.ind.set(qn("w:firstLineChars"), str(100 * characters))


# page numbers


def _number_pages(docx: Docx) -> None:
    """— 1 — at the outer edge, one character in: right on odd pages, left on even ones."""
    docx.settings.odd_and_even_pages_header_footer = True
    section = docx.sections[0]
    right, left = WD_ALIGN_PARAGRAPH.RIGHT, WD_ALIGN_PARAGRAPH.LEFT
    for footer, side, alignment in ((section.footer, "right", right), (section.even_page_footer, "left", left)):
        paragraph = footer.paragraphs[0]
        paragraph.style = FORMS["page number"].style
        paragraph.alignment = alignment
        indent = paragraph._p.get_or_add_pPr().get_or_add_ind()
        indent.set(qn(f"w:{side}Chars"), "100")
        indent.set(qn(f"w:{side}"), str(round(FORMS["page number"].size * 20)))
        paragraph.paragraph_format.line_spacing = Pt(FORMS["page number"].size)
        _run(paragraph, "— ")
        _field(paragraph, "PAGE")
        _run(paragraph, " —")


def _field(paragraph: Paragraph, name: str) -> None:
    """A field that the program that opens the file fills in."""
    for kind in ("begin", "separate", "end"):
        mark = OxmlElement("w:fldChar")
        mark.set(qn("w:fldCharType"), kind)
        _run(paragraph)._r.append(mark)
        if kind == "begin":
            code = OxmlElement("w:instrText")
            code.text = name
            _run(paragraph)._r.append(code)
        elif kind == "separate":
            _run(paragraph, "1")


# the file


def _declare_fonts(docx: Docx) -> None:
    """The table of fonts, with what may stand in for them."""
    fonts = "".join(
        f"<w:font w:name={quoteattr(font)}><w:altName w:val={quoteattr(others)}/>"
        '<w:charset w:val="86"/><w:family w:val="auto"/></w:font>'
        for font, others in FALLBACKS.items()
    )
    xml = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:fonts {nsdecls("w")}>{fonts}</w:fonts>'
    table = Part(PackURI("/word/fontTable.xml"), CONTENT_TYPE.WML_FONT_TABLE, xml.encode(), docx.part.package)
    for key in [key for key, rel in docx.part.rels.items() if rel.reltype == RELATIONSHIP_TYPE.FONT_TABLE]:
        docx.part.drop_rel(key)
    docx.part.relate_to(table, RELATIONSHIP_TYPE.FONT_TABLE)


def _set_language(docx: Docx) -> None:
    """Chinese, so that programs break lines and check spelling by its rules."""
    for element in (*docx.styles.element.iter(qn("w:lang")), *docx.settings.element.iter(qn("w:themeFontLang"))):
        element.set(qn("w:eastAsia"), "zh-CN")


def _set_properties(docx: Docx, title: str, labels: tuple[str, str], at: datetime) -> None:
    properties = docx.core_properties
    properties.title = _FORBIDDEN.sub("", title)[:MOST]
    properties.author = properties.last_modified_by = AUTHOR
    properties.comments, properties.keywords = labels
    properties.language = "zh-CN"
    properties.created = properties.modified = at
