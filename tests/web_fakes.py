"""A bot for the tests of the web room: three questions it knows, and a failure for any other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from chatbot.errors import UnknownReport, UsageError
from chatbot.types import Answer, Citation, Passage, Report, Section
from vectorstore.passages import passages
from vectorstore.sections import sections

TEXT = (
    "关于某市政府工作的报告\n"
    "一、过去一年工作回顾\n"
    "一年来，我们稳中求进，经济运行持续向好。全市地区生产总值达到3000亿元、增长6.1%，一般公共预算收入增长8%。"
    "就业物价总体平稳，城镇新增就业7.2万人。\n"
    "二、今年主要任务\n"
    "今年发展主要预期目标是：地区生产总值增长6%左右，城镇新增就业6万人以上。"
)


def report(id: str = "town-2024", title: str = "某市政府工作报告", year: int | None = 2024, text: str = TEXT) -> Report:
    return Report(id, title, "某市", "市", year, "", "", "town.txt", "0" * 64, text, (0, text.find("二、今年")))


def cite(source: Report, quote: str, marker: int = 1, path: tuple[str, ...] = ("一、过去一年工作回顾",)) -> Citation:
    start = source.text.index(quote)
    return Citation(marker, quote, source.id, path, source.page_at(start), start, start + len(quote))


TOWN = report()
# As chatbot/receipt.py makes it; tests/test_web_receipt.py has the real one.
RECEIPT = (
    ("understood", "2023年地区生产总值增长多少?"),
    ("periods", ["2023/review"]),
    ("passages", [{"score": 9.25, "best": "全市地区生产总值达到3000亿元、增长6.1%"}]),
    ("index", {"town-2024": "0123456789ab"}),
)
GROWTH = Answer(
    "answered",
    ("去年全市地区生产总值达到3000亿元、增长6.1%。[1]", "今年的预期目标是增长6%左右。[2]"),
    (
        cite(TOWN, "全市地区生产总值达到3000亿元、增长6.1%"),
        cite(TOWN, "地区生产总值增长6%左右", 2, ("二、今年主要任务", "主要预期目标")),
    ),
    timing_ms=(("understand", 1.0), ("total", 20.0)),
    receipt=RECEIPT,
)
SILENT = Answer("refused", ("报告没有提到地铁票价。",), note="报告提到了城镇新增就业。")
TOPIC = "城镇新增就业"
BRIEF = Answer(
    "answered",
    ("【一、过去一年工作回顾】\n就业物价总体平稳，城镇新增就业7.2万人。[1]",),
    (cite(TOWN, "就业物价总体平稳，城镇新增就业7.2万人"),),
    timing_ms=(("understand", 1.0), ("total", 15.0)),
)
TOO_LONG = Answer("blocked", ("问题太长，请缩短到500字以内。",))
NASTY = '<img src=x onerror="window.hit=1">${window.hit=1}{{hit}}'
ECHO = Answer(
    "answered", (f"{NASTY}`;window.hit=1;`</p><script>window.hit=1</script>[1][7]",), (cite(TOWN, "稳中求进"),)
)


class FakeBot:
    """Knows a few questions by their words; any other one is an AssertionError. Remembers what it was asked."""

    def __init__(self, *reports: Report) -> None:
        self.reports: tuple[Report, ...] = reports or (TOWN,)
        self.asked: list[tuple[str, tuple[tuple[str, str], ...], tuple[str, ...], str]] = []
        self.briefed: list[tuple[str, tuple[str, ...], str]] = []

    def text_of(self, report_id: str) -> str:
        return self._held(report_id).text

    def _held(self, report_id: str) -> Report:
        for held in self.reports:
            if held.id == report_id:
                return held
        raise UnknownReport(f"没有编号为 {report_id} 的报告")

    def passages(self, report_id: str) -> tuple[Passage, ...]:
        return passages(self._held(report_id))

    def sections(self, report_id: str) -> tuple[Section, ...]:
        return sections(self._held(report_id))

    def brief(self, topic: str, report_ids: Sequence[str] = (), mode: str = "auto", length: str = "full") -> Answer:
        self.briefed.append((topic, tuple(report_ids), mode))
        for report_id in report_ids:
            self.text_of(report_id)
        assert topic == TOPIC, f"unexpected topic: {topic}"
        return BRIEF

    def ask(
        self,
        message: str,
        history: Sequence[tuple[str, str]] = (),
        report_ids: Sequence[str] = (),
        mode: str = "auto",
    ) -> Answer:
        self.asked.append((message, tuple(history), tuple(report_ids), mode))
        for report_id in report_ids:
            self.text_of(report_id)
        return _known(message)

    def stages(
        self,
        message: str,
        history: Sequence[tuple[str, str]] = (),
        report_ids: Sequence[str] = (),
        mode: str = "auto",
    ) -> Iterator[tuple[str, Answer | None]]:
        for stage in ("understand", "retrieve", "draft", "verify"):
            yield stage, None
        yield "done", self.ask(message, history, report_ids, mode)


class WritingBot(FakeBot):
    """The same with a model: after each sentence of its answer it shows how far it is."""

    def stages(
        self,
        message: str,
        history: Sequence[tuple[str, str]] = (),
        report_ids: Sequence[str] = (),
        mode: str = "auto",
    ) -> Iterator[tuple[str, Answer | None]]:
        whole = replace(self.ask(message, history, report_ids, mode), mode="model")
        for stage in ("guard", "understand", "retrieve", "draft"):
            yield stage, None
        for told in range(1, len(whole.sentences) + 1):
            citations = whole.citations[:told]
            yield (
                "draft",
                replace(whole, sentences=whole.sentences[:told], citations=citations, timing_ms=(), receipt=()),
            )
        for stage in ("verify", "present"):
            yield stage, None
        yield "done", whole


def _known(message: str) -> Answer:
    if len(message) > 500:
        return TOO_LONG
    known = {"去年地区生产总值增长多少？": GROWTH, "地铁票价是多少？": SILENT, NASTY: ECHO}
    assert message in known, f"unexpected question: {message}"
    return known[message]


class Book:
    """A ledger for tests: numbers the answers it keeps, and rates only those."""

    def __init__(self) -> None:
        self.kept: list[tuple[str, str, Mapping[str, Any], Mapping[str, Any]]] = []
        self.ratings: list[tuple[str, bool, str, str]] = []

    def keep(self, door: str, asked: str, answer: Mapping[str, Any], setting: Mapping[str, Any] | None = None) -> str:
        self.kept.append((door, asked, answer, setting or {}))
        return f"receipt-{len(self.kept)}"

    def rate(self, receipt_id: str, good: bool, reason: str = "", comment: str = "") -> None:
        if receipt_id not in {f"receipt-{number}" for number in range(1, len(self.kept) + 1)}:
            raise UsageError("这份回答没有留存，不能评价")
        self.ratings.append((receipt_id, good, reason, comment))


class TornBook(Book):
    """One that cannot be written in."""

    def keep(self, door: str, asked: str, answer: Mapping[str, Any], setting: Mapping[str, Any] | None = None) -> str:
        raise OSError("disk full")
