"""A raw source → the `Report` everything else works on."""

from __future__ import annotations

import re
from hashlib import sha256

from chatbot.errors import UnreadableFile
from chatbot.types import Report
from vectorstore.files import Source
from vectorstore.metadata import Metadata, describe
from vectorstore.normalise import normalise

SENTENCE = re.compile(r"[\u4e00-\u9fff][^\n。！？]{3,}[。！？]")


def open_report(source: Source, *, region: str = "", year: int | None = None, title: str = "") -> Report:
    """`source` normalised and described; what the caller says of it is believed before the text.

    Raises UnreadableFile when the text holds no Chinese sentence.
    """
    text, starts = normalise(source.pages)
    if not SENTENCE.search(text):
        raise UnreadableFile(f"《{source.name}》里没有成句的中文", "请确认这是政府工作报告的正文")
    known = describe(text, source.name, region, year)
    return Report(
        id=report_id(known, text),
        title=title or known.title,
        region=known.region,
        level=known.level,
        year=known.year,
        speaker=known.speaker,
        date=known.date,
        source=source.name,
        sha256=source.sha256,
        text=text,
        page_starts=starts if source.paged else (),
    )


def report_id(known: Metadata, text: str) -> str:
    """Readable and stable, e.g. `chongqing-2024-0a1b2c`: place, year and the beginning of the text's SHA-256."""
    digest = sha256(text.encode()).hexdigest()[:6]
    return "-".join(str(part) for part in (known.slug or "report", known.year, digest) if part)
