"""Tables as files: questions out of csv and xlsx, tables into them. The only place that knows openpyxl.

A spreadsheet program takes a cell that begins with = + - or @ for a formula. What we write is text from reports and
people: such a cell is written so that it stays text.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import islice

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from chatbot.errors import UnreadableFile, UsageError
from chatbot.jobs import Row

MOST_ROWS = 2000
LARGEST = 5 * 1024 * 1024  # bytes
LONGEST = 2000  # characters of a question; the bot itself takes fewer
WIDEST = 50  # columns that are looked at

_UNPACKED = 60 * 1024 * 1024  # bytes of an xlsx file, which is a zip file, once unpacked
_CELL = 32_767  # characters that Excel takes in a cell
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_QUESTION = frozenset(("问题", "提问", "question", "questions"))
_ID = frozenset(("题号", "编号", "序号", "id", "no", "no."))
_WIDE, _NARROW, _LONG = 60, 14, 24  # widths of columns, and the length from which a text counts as long
_ENCODINGS = ("utf-8-sig", "gb18030")

Cell = str | int | Decimal | None


def read_questions(content: bytes) -> tuple[Row, ...]:
    """The questions of a csv file (UTF-8 with or without a mark, GB18030) or an xlsx file, whatever it is called.

    Rows without anything in them are left out. A row that cannot be asked has a fault. Raises UsageError for a file
    that is too large or has too many rows, UnreadableFile for one of another kind.
    """
    if len(content) > LARGEST:
        raise UsageError(f"文件太大：最多 {LARGEST // 1024 // 1024} MB", "请分成几份")
    lines = _xlsx_lines(content) if content.startswith(b"PK\x03\x04") else _csv_lines(content)
    table = [line for line in islice(lines, MOST_ROWS * 2) if any(line)]
    rows = tuple(_rows(table))
    if len(rows) > MOST_ROWS:
        raise UsageError(f"问题太多：最多 {MOST_ROWS} 题", "请分成几份")
    return rows


def _rows(table: Sequence[Sequence[str]]) -> Iterator[Row]:
    head = [cell.casefold() for cell in table[0]] if table else []
    at = next((place for place, cell in enumerate(head) if cell in _QUESTION), None)
    id_at = next((place for place, cell in enumerate(head) if cell in _ID), None) if at is not None else None
    for number, line in enumerate(table[at is not None :], 1):
        question, id = _cell(line, at or 0), _cell(line, id_at) if id_at is not None else ""
        yield Row((id or str(number))[:100], question[:LONGEST], _fault(question))


def _cell(line: Sequence[str], at: int) -> str:
    return line[at] if at < len(line) else ""


def _fault(question: str) -> str:
    if not question:
        return "这一行没有问题"
    return f"这一行的问题太长：有 {len(question)} 个字符" if len(question) > LONGEST else ""


def _csv_lines(content: bytes) -> Iterator[list[str]]:
    text = _decoded(content)
    first = text.split("\n", 1)[0]
    delimiter = "\t" if "\t" in first else ";" if ";" in first and "," not in first else ","
    try:
        for line in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            yield [cell.strip() for cell in line[:WIDEST]]
    except csv.Error as error:
        raise UnreadableFile("这个 csv 文件读不懂", "请用表格软件另存为 xlsx 再上传") from error


def _decoded(content: bytes) -> str:
    encodings = ("utf-16",) if content.startswith((b"\xff\xfe", b"\xfe\xff")) else _ENCODINGS
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise UnreadableFile("这不是 csv 或 xlsx 文件，或编码读不懂", "请用 UTF-8 或 GB18030 编码，或另存为 xlsx")


def _xlsx_lines(content: bytes) -> Iterator[list[str]]:
    unreadable = UnreadableFile("这个 xlsx 文件读不懂", "请用表格软件打开后另存为 xlsx，不要加密")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(part.file_size for part in packed.infolist()) > _UNPACKED:
                raise UsageError("这个 xlsx 文件展开后太大", "请只留下问题一列，再上传")
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # some programs write wrong ones
        for values in sheet.iter_rows(values_only=True, max_col=WIDEST):
            yield ["" if value is None else str(value).strip() for value in values]
        book.close()
    except UsageError:
        raise
    except Exception as error:  # a door: what a damaged file makes of openpyxl is never the same twice
        raise unreadable from error


def as_xlsx(title: str, head: Sequence[str], lines: Iterable[Sequence[Cell]]) -> bytes:
    """A workbook of one sheet; numbers are numbers, every text is text."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    sheet.freeze_panes = "A2"
    table = [tuple(line) for line in lines]
    for place in range(len(head)):
        longest = max((len(str(line[place] or "")) for line in table[:200]), default=0)
        sheet.column_dimensions[get_column_letter(place + 1)].width = _WIDE if longest > _LONG else _NARROW
    for number, line in enumerate([tuple(head), *table]):
        sheet.append([_written(sheet, value, bold=not number) for value in line])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _written(sheet: object, value: Cell, bold: bool) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, _storable(value)[:_CELL] if isinstance(value, str) else value)
    cell.alignment, cell.font = Alignment(wrap_text=True, vertical="top"), Font(bold=bold)
    if isinstance(value, str):
        cell.data_type = "s"
        cell.quotePrefix = value.startswith(_FORMULA)  # stays text when the cell is edited, too
    return cell


def _storable(text: str) -> str:
    legal: str = ILLEGAL_CHARACTERS_RE.sub("", text)
    return legal.encode("utf-8", "ignore").decode("utf-8")


def as_csv(head: Sequence[str], lines: Iterable[Sequence[Cell]]) -> bytes:
    """UTF-8 with a mark, by which Excel knows it; a text that would be a formula has an apostrophe before it."""
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    for line in (tuple(head), *lines):
        writer.writerow([_plain(value) for value in line])
    return file.getvalue().encode("utf-8-sig", "ignore")


def _plain(value: Cell) -> Cell:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
