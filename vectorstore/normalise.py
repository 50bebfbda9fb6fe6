"""Raw pages → the one text that every offset in the program points into.

What changes: white space, invisible characters, full-width letters and digits, line breaks inside paragraphs, and the
chrome around the text. Every other character stays, in its order, so that a quote can be found in the source again
(after NFKC, lower case and without white space). What stays on purpose: Chinese punctuation, `∶`, circled digits and
superscripts (NFKC would make a note mark a figure), and note marks, which are set as `［3］` so that nobody takes them
for one of our `[3]`.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from vectorstore.paragraphs import Line, join, width

KEPT = frozenset("！（），：；？［］")  # full-width forms that are Chinese punctuation
LINE_BREAKS = re.compile("\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
FOLDED = ((0x2E80, 0x2FDF), (0xF900, 0xFB06), (0xFF00, 0xFFEF), (0x1D400, 0x1D7FF), (0x2F800, 0x2FA1F))
NOTE_MARK = re.compile(r"(?<=[\u4e00-\u9fff”’》）］])\[(\d{1,3})\]")
PAGE_NUMBER = re.compile(
    r"(?:[—–－]{1,2}\d{1,4}[—–－]{0,2}|-{1,2}\d{1,4}-{1,2}|第\d{1,4}页(?:[,，/]?共\d{1,4}页)?|\d{1,4}/\d{1,4})"
)
LATIN = r"[!-~\u00a1-\u024f\u0370-\u04ff]"
SPACED_DIGITS = re.compile(r"(?<!\d)(?<!\d )\d(?: \d)+(?!\d)(?! \d)")  # １ ９ ９ ３ 年, as old web pages set it
BARE_NUMBER = re.compile(r"\d{1,4}")
MAX_LABEL_LINE = 40
MIN_HEADER_PAGES = 3


class Chrome(NamedTuple):
    tools: tuple[str, ...]
    fillers: tuple[str, ...]
    labels: tuple[str, ...]
    lines: frozenset[str]
    tails: tuple[str, ...]


def normalise(pages: Sequence[str]) -> tuple[str, tuple[int, ...]]:
    """The text with one '\\n' between paragraphs and none inside, and the offset where each page begins.

    Page starts never fall and lie in [0, len(text)]; the first is 0. Never raises; a text that is normal already
    comes back as it is.
    """
    kept = _without_chrome([list(_lines(page)) for page in pages])
    text = "\n".join(_tight(paragraph) for paragraph in join([line for page in kept for line in page]))
    text = _settle(text)
    return text, _page_starts(text, kept)


def _settle(text: str) -> str:
    """Until nothing changes any more: joining may bring two characters together that a rule speaks about."""
    while True:
        kept = _without_chrome([list(_lines(text))])[0]
        again = "\n".join(_tight(paragraph) for paragraph in join(kept))
        if again == text:
            return text
        text = again


def fold(text: str) -> str:
    """`text` with full-width forms, look-alikes and odd spaces folded and invisible characters gone."""
    return text.translate({ord(char): _folded(char) for char in set(text)})


@cache
def _folded(char: str) -> str:
    category = unicodedata.category(char)
    if char in "\n\t" or char in KEPT:
        return char
    if category == "Zs":
        return " "
    if category in {"Cc", "Cf", "Cs"} or char in "\ufffe\uffff":
        return ""
    normal = unicodedata.normalize("NFKC", char)
    return normal if any(low <= ord(char) <= high for low, high in FOLDED) and not normal[:1].isspace() else char


def _lines(page: str) -> Iterator[Line]:
    """The lines of a page that hold something, margins measured and taken off."""
    gap = False
    for raw in LINE_BREAKS.split(page):
        text = _tight(fold(raw))
        if text:
            yield Line(text, _indent(raw), gap)
        gap = not text


def _indent(raw: str) -> int:
    margin = raw[: len(raw) - len(raw.lstrip())]
    return width(margin) + 3 * margin.count("\t")


def _tight(text: str) -> str:
    """Typesetting spaces gone: one stays between two Latin words, one tab between two cells of a table row."""
    text = re.sub(r" *\t[\t ]*", "\t", text.strip())
    text = re.sub(rf"(?<!{LATIN}) +| +(?!{LATIN})", "", re.sub(" +", " ", text))
    text = re.sub(r"(?<=\d) ?(?=[%‰])|(?<=\d) (?=\.\d)|(?<=[^\n]\d\.) (?=\d+%)", "", text)
    text = SPACED_DIGITS.sub(lambda digits: digits[0].replace(" ", ""), text)
    return NOTE_MARK.sub(r"［\1］", text)


def _without_chrome(pages: Sequence[list[Line]]) -> list[list[Line]]:
    """`pages` without what `chrome.toml` names, page numbers, running headers and licence notes."""
    headers = _headers(pages)
    kept = [list(_kept(page, headers, paged=len(pages) > 1)) for page in pages]
    return _without_tail(kept)


def _kept(page: Sequence[Line], headers: frozenset[str], paged: bool) -> Iterator[Line]:
    turn, dropped, last = True, False, len(page) - 1
    for number, line in enumerate(page):
        edge = paged and number in {0, last} and (line.text in headers or BARE_NUMBER.fullmatch(line.text))
        if edge or is_chrome(line.text):
            dropped = True
            continue
        yield line._replace(turn=turn, gap=line.gap and not dropped)
        turn, dropped = False, False


def is_chrome(line: str) -> bool:
    """True for a line that a web page or a page layout put there: a toolbar, a source label, a page number."""
    chrome = _chrome()
    if line in chrome.lines or PAGE_NUMBER.fullmatch(line.replace(" ", "")):
        return True
    if len(line) <= MAX_LABEL_LINE and "。" not in line and line.replace(" ", "").startswith(chrome.labels):
        return True
    return any(tool in line for tool in chrome.tools) and not re.sub(_toolbar(), "", line)


def _headers(pages: Sequence[Sequence[Line]]) -> frozenset[str]:
    """Lines that stand first or last on most pages."""
    edges = Counter(text for page in pages if page for text in {page[0].text, page[-1].text})
    return frozenset(text for text, times in edges.items() if times >= max(MIN_HEADER_PAGES, len(pages) / 2))


def _without_tail(pages: list[list[Line]]) -> list[list[Line]]:
    """`pages` up to a licence note in the last fifth."""
    total, seen = sum(len(line.text) for page in pages for line in page), 0
    for at, page in enumerate(pages):
        for number, line in enumerate(page):
            if seen >= 0.8 * total and line.text.startswith(_chrome().tails):
                return [*pages[:at], page[:number], *[[] for _ in pages[at + 1 :]]]
            seen += len(line.text)
    return pages


def _page_starts(text: str, pages: Sequence[Sequence[Line]]) -> tuple[int, ...]:
    """Where each page begins, by counting characters that are not white space: no rule ever adds or moves one."""
    places = [at for at, char in enumerate(text) if not char.isspace()]
    starts, seen = [], 0
    for page in pages:
        starts.append(places[seen] if seen < len(places) else len(text))
        seen += sum(not char.isspace() for line in page for char in line.text)
    return (0, *starts[1:])


@cache
def _chrome() -> Chrome:
    words = tomllib.loads((Path(__file__).parent / "chrome.toml").read_text(encoding="utf-8"))
    return Chrome(
        tuple(words["tools"]),
        tuple(words["fillers"]),
        tuple(words["labels"]),
        frozenset(words["lines"]),
        tuple(words["tails"]),
    )


@cache
def _toolbar() -> re.Pattern[str]:
    """What a toolbar is made of."""
    words = sorted((*_chrome().tools, *_chrome().fillers), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, words)) + r"|[\W_]")
