"""What is held of each report beside its text: what a bot hands out to tables and readers that ask no question."""

from __future__ import annotations

from typing import Protocol

from chatbot.errors import IndexMissing
from chatbot.types import Passage, Section


class Holdings(Protocol):
    """Both in the order of the text; both raise UnknownReport, or IndexMissing where the index is damaged."""

    def passages(self, report_id: str) -> tuple[Passage, ...]: ...

    def sections(self, report_id: str) -> tuple[Section, ...]: ...


class NoHoldings:
    """Stands where a bot was given none: whoever asks for them is told so, not handed an empty report."""

    def passages(self, report_id: str) -> tuple[Passage, ...]:
        raise _missing(report_id)

    def sections(self, report_id: str) -> tuple[Section, ...]:
        raise _missing(report_id)


def _missing(report_id: str) -> IndexMissing:
    return IndexMissing(f"报告“{report_id}”的分段没有打开", "请执行 python -m vectorstore build 后重新启动")
