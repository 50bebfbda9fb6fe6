"""The reports of an index, to be read and not asked: their passages and sections."""

from __future__ import annotations

from dataclasses import dataclass

from chatbot.types import Passage, Section
from vectorstore.index import Index


@dataclass(frozen=True, slots=True)
class Shelf:
    """`chatbot.holdings.Holdings` over an index, which must stay open as long."""

    index: Index

    def passages(self, report_id: str) -> tuple[Passage, ...]:
        return self.index.shard(report_id).passages

    def sections(self, report_id: str) -> tuple[Section, ...]:
        return self.index.shard(report_id).sections
