"""Cut text into paragraphs and sentences, keeping what stands in quotes, brackets and book marks whole.

All spans are half-open offsets into the text that was handed in.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from chatbot.types import Span

PAIRS = {"“": "”", "‘": "’", "《": "》", "〈": "〉", "（": "）", "(": ")", "「": "」", "『": "』", "【": "】", "[": "]"}
CLOSERS = frozenset(PAIRS.values())
STOPS = frozenset("。！？!?")
CONTINUES = frozenset("，、；：,;:的和与等")  # after 。” these words carry the sentence on
LONG_SENTENCE = 400
DEEPEST = 20  # openers remembered: keeps a text of nothing but openers linear


def paragraphs(text: str) -> tuple[Span, ...]:
    """The lines of `text` without their line feed, empty ones left out."""
    spans, start = [], 0
    for line in text.split("\n"):
        spans.append(Span(start, start + len(line)))
        start += len(line) + 1
    return tuple(span for span in spans if not span.of(text).isspace() and span.start < span.end)


def enclosed(text: str) -> bytearray:
    """1 for each character between a matched pair of brackets or quotes; the outermost pair itself is 0.

    Brackets without a partner on the same line count for nothing, so that one stray “ cannot swallow a paragraph.
    """
    mask = bytearray(len(text))
    for start, end in _pairs(text):
        mask[start + 1 : end] = b"\x01" * (end - start - 1)
    return mask


def _pairs(text: str) -> Iterator[tuple[int, int]]:
    open_at: list[int] = []
    for place, letter in enumerate(text):
        if letter == "\n":
            open_at.clear()
        elif letter in PAIRS:
            open_at.append(place)
            del open_at[:-DEEPEST]
        elif letter in CLOSERS:
            partner = next((i for i in reversed(range(len(open_at))) if PAIRS[text[open_at[i]]] == letter), None)
            if partner is not None:
                yield open_at[partner], place
                del open_at[partner:]


def sentences(text: str) -> tuple[Span, ...]:
    """Sentences in order, without white space around them; a line feed always ends one."""
    cut = [pieces for line in paragraphs(text) for pieces in cut_at(text, line, _sentence_ends(line.of(text)))]
    return tuple(cut)


def cut_at(text: str, span: Span, ends: list[int]) -> tuple[Span, ...]:
    """Parts of `span` up to each of `ends` (offsets relative to `span.start`), trimmed; blank parts left out."""
    edges = [0, *ends, span.end - span.start]
    parts = (trim(text, Span(span.start + a, span.start + b)) for a, b in pairwise(edges))
    return tuple(part for part in parts if part.start < part.end)


def trim(text: str, span: Span) -> Span:
    """`span` without the white space at either end."""
    body = span.of(text)
    start = span.start + len(body) - len(body.lstrip())
    return Span(start, max(start, span.start + len(body.rstrip())))


def _sentence_ends(line: str) -> list[int]:
    """Offsets just behind each 。！？ that closes a sentence, with the quotes that close right behind it."""
    mask = enclosed(line)
    ends = []
    for place, letter in enumerate(line):
        if letter in STOPS:
            end = _behind_closers(line, place + 1)
            closes = not mask[end - 1] and not (mask[place] and line[end : end + 1] in CONTINUES)
            if closes and (end == len(line) or line[end] not in STOPS):
                ends.append(end)
    return ends


def _behind_closers(line: str, place: int) -> int:
    while place < len(line) and line[place] in CLOSERS:
        place += 1
    return place


def entries(text: str, sentence: Span) -> tuple[Span, ...]:
    """One long or enumerating sentence cut at its ；, any other as it is.

    `…，包括：甲；乙；丙。` gives the announcing words and each entry; a sentence of more than 400 characters is cut
    at every ； outside quotes.
    """
    body = sentence.of(text)
    mask = enclosed(body)
    breaks = [i + 1 for i, letter in enumerate(body) if letter in "；;" and not mask[i]]
    colon = next((i + 1 for i, letter in enumerate(body) if letter in "：:" and not mask[i]), 0)
    if colon and len([b for b in breaks if b > colon]) >= 2 and breaks[0] > colon:
        return cut_at(text, sentence, [colon, *breaks])
    return cut_at(text, sentence, breaks if len(body) > LONG_SENTENCE else [])
