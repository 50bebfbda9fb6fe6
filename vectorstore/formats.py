"""The bytes of one txt, docx or pdf file → its raw pages.

The door for python-docx, pypdfium2 and charset-normalizer: their types and errors go no further. What a file is, its
first bytes say; its name only where they do not.
"""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.sax import SAXException

import docx
import pypdfium2
from charset_normalizer import from_bytes
from docx.opc.exceptions import OpcError
from docx.table import Table

from chatbot.errors import UnreadableFile

MAX_DOCX_BYTES = 200 * 1024 * 1024  # unpacked
MIN_PAGE_CHARACTERS = 20  # fewer on average: the pages are pictures
MIN_PAGE_LINES = 20
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
HYPHENS = re.compile("[\x02\ufffe]")  # pdfium's mark for a hyphen at the end of a line
INDENT = "　　"
ADVICE_TYPES = "请换成 txt、docx 或文字版 pdf 文件再添加"
ADVICE_SCAN = "请先做文字识别（OCR），或换用文字版文件"
ADVICE_SAVE = "请用 WPS 或 Word 打开，另存为 docx 后再添加"
ADVICE_LOCK = "请先解除密码再添加"
ADVICE_BROKEN = "文件可能已损坏，请重新下载或另存后再添加"

Pages = tuple[tuple[str, ...], bool]


def parse(name: str, data: bytes) -> Pages:
    """The pages of a file and whether they are real pages. Raises UnreadableFile, naming the file and what to do."""
    if not data.strip(b"\0\r\n\t "):
        raise UnreadableFile(f"《{name}》是空文件", "请检查文件内容")
    if data.startswith(b"%PDF-"):
        return _pdf(name, data)
    if data.startswith(b"PK\x03\x04") and is_docx(io.BytesIO(data)):
        return _docx(name, data)
    if Path(name).suffix.lower() == ".txt":
        return _txt(name, data)
    raise _unknown(name, data)


def is_docx(file: Path | io.BytesIO) -> bool:
    try:
        with zipfile.ZipFile(file) as archive:
            return "word/document.xml" in archive.namelist()
    except (OSError, zipfile.BadZipFile):
        return False


def _unknown(name: str, data: bytes) -> UnreadableFile:
    if data.startswith(OLE):
        locked = "EncryptedPackage".encode("utf-16-le") in data
        return UnreadableFile(
            f"《{name}》" + ("加了密码" if locked else "是旧版 doc 文件"), ADVICE_LOCK if locked else ADVICE_SAVE
        )
    if Path(name).suffix.lower() in {".doc", ".wps", ".rtf", ".odt", ".ofd"}:
        return UnreadableFile(f"《{name}》的格式读不了", ADVICE_SAVE)
    if Path(name).suffix.lower() in {".docx", ".pdf"}:
        return UnreadableFile(f"《{name}》打不开", ADVICE_BROKEN)
    return UnreadableFile(f"《{name}》的类型读不了", ADVICE_TYPES)


# txt


def _txt(name: str, data: bytes) -> Pages:
    text = decode(data)
    if text is None:
        raise UnreadableFile(f"《{name}》不是文字文件，或编码认不出", "请用记事本打开，另存为 UTF-8 编码的 txt 再添加")
    pages = text.split("\f") if "\f" in text.strip() else _marked_pages(text)
    while len(pages) > 1 and not pages[-1].strip():
        pages.pop()
    if not text.strip():
        raise UnreadableFile(f"《{name}》里没有文字", "请检查文件内容")
    return tuple(pages), len(pages) > 1


def decode(data: bytes) -> str | None:
    """The text of `data` in UTF-8, UTF-16 or GB18030, or as charset-normalizer guesses; None when it is no text."""
    marks = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
    marked = [encoding for mark, encoding in marks.items() if data.startswith(mark)]
    for encoding in marked or ("utf-8", "gb18030", "utf-16-le", "utf-16-be"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _reads(text):
            return text
    guess = from_bytes(data).best()
    return str(guess) if guess is not None and _reads(str(guess)) else None


def _reads(text: str) -> bool:
    """Whether `text` looks like writing: next to no control, private or unassigned characters, and no rare ones."""
    odd = sum(
        unicodedata.category(char) in {"Cc", "Co", "Cn", "Cs"} and char not in "\t\r\n\f\v\x1a\ufffe" for char in text
    )
    rare = sum(
        "\u3400" <= char <= "\u4dbf" or "\u0700" <= char <= "\u1fff" or "\ua000" <= char <= "\uf8ff" for char in text
    )
    return odd + rare <= 0.01 * len(text)


def _marked_pages(text: str) -> list[str]:
    """`text` cut where a line begins with exactly one space: so pages are marked where form feeds were lost.

    Only if such lines come at page distance and no other line is indented.
    """
    lines = text.splitlines(keepends=True)
    marks = [at for at, line in enumerate(lines) if line.startswith(" ") and not line.startswith(("  ", " \u3000"))]
    indented = sum(line[0] in " \t\u3000" and bool(line.strip()) for line in lines)
    lengths = [after - before for before, after in zip([0, *marks], marks, strict=False)]
    regular = len(marks) > 2 and min(lengths[:-1]) >= max(MIN_PAGE_LINES, max(lengths) / 2)
    if not regular or indented > len(marks) or len(lines) - marks[-1] > 2 * max(lengths):
        return [text]
    return ["".join(lines[start:end]) for start, end in zip([0, *marks], [*marks, len(lines)], strict=True)]


# docx


def _docx(name: str, data: bytes) -> Pages:
    """Paragraphs and table rows in the order of the document; foot notes are not part of it."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(info.file_size for info in archive.infolist())
        if unpacked > MAX_DOCX_BYTES:
            raise UnreadableFile(f"《{name}》解压后过大", ADVICE_BROKEN)
        text = "\n".join(_blocks(docx.Document(io.BytesIO(data))))
    except (
        OpcError,
        zipfile.BadZipFile,
        SAXException,
        SyntaxError,
        KeyError,
        ValueError,
        NotImplementedError,
        RuntimeError,
    ):
        raise UnreadableFile(f"《{name}》打不开", ADVICE_BROKEN) from None
    if not text.strip():
        raise UnreadableFile(f"《{name}》里没有文字", ADVICE_SCAN)
    return (text,), False


def _blocks(parent: Any) -> Iterator[str]:
    for block in parent.iter_inner_content():
        if isinstance(block, Table):
            yield from _rows(block)
        else:
            yield block.text


def _rows(table: Table) -> Iterator[str]:
    """A line per row, tabs between its cells; a row with a cell of several paragraphs as those paragraphs."""
    for row in table.rows:
        cells = [list(_blocks(cell)) for cell in _distinct(row.cells)]
        if all(len(cell) <= 1 for cell in cells):
            yield "\t".join(" ".join(text.split("\n")) for cell in cells for text in cell)
        else:
            yield from (text for cell in cells for text in cell)


def _distinct(cells: tuple[Any, ...]) -> Iterator[Any]:
    """Merged cells come once for every column they span."""
    before = None
    for cell in cells:
        if cell._tc is not before:
            yield cell
        before = cell._tc


# pdf


def _pdf(name: str, data: bytes) -> Pages:
    try:
        with pypdfium2.PdfDocument(data) as document:
            pages = tuple(_page_text(document[number]) for number in range(len(document)))
    except pypdfium2.PdfiumError as error:
        locked = "password" in str(error).lower()
        raise UnreadableFile(
            f"《{name}》" + ("加了密码" if locked else "打不开"), ADVICE_LOCK if locked else ADVICE_BROKEN
        ) from None
    if sum(len("".join(page.split())) for page in pages) < MIN_PAGE_CHARACTERS * len(pages):
        raise UnreadableFile(f"《{name}》是扫描件，没有文字层", ADVICE_SCAN)
    return pages, True


def _page_text(page: Any) -> str:
    """The text of a page; lines that are set in from the margin begin with two wide spaces."""
    layer = page.get_textpage()
    text = HYPHENS.sub("-", layer.get_text_range())
    lines = text.split("\r\n")
    if layer.count_chars() != len(text):  # characters beyond the BMP: positions cannot be told
        return "\n".join(lines)
    starts = [sum(len(line) + 2 for line in lines[:number]) for number in range(len(lines))]
    boxes = [layer.get_charbox(start) if line.strip() else None for start, line in zip(starts, lines, strict=True)]
    margin = _margin([box for box in boxes if box])
    return "\n".join((INDENT if box and box[0] > margin else "") + line for box, line in zip(boxes, lines, strict=True))


def _margin(boxes: list[tuple[float, float, float, float]]) -> float:
    """The left edge of most lines, in points, and a character's height to the right of it: beyond lies an indent."""
    if not boxes:
        return 0.0
    edge = Counter(round(box[0]) for box in boxes).most_common(1)[0][0]
    return edge + 0.8 * max(box[3] - box[1] for box in boxes)
