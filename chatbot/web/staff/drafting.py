"""What a person does with briefings: draft, edit sentence by sentence, save, hand in, approve or return."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

from chatbot.briefing import Briefing, Line, added, as_json, edited, figures, from_json, moved, of_answer, removed
from chatbot.document import as_markdown, briefing_document
from chatbot.errors import UsageError
from chatbot.live import Live
from chatbot.parts import renumbered
from chatbot.records.briefings import Briefings
from chatbot.records.errors import NotAllowed, Outdated
from chatbot.records.values import Account, Order, State
from chatbot.records.values import Briefing as Record

NO_REPORT = "所用的报告已经撤下"
DRAFT = "草稿"
LONGEST_SENTENCE = 600  # characters
MOST_LINES = 300

_FORBIDDEN = re.compile(r'[\\/:*?"<>|\x00-\x1f]')  # in names of files

Sign = Literal[" ", "-", "+"]


class Refused(UsageError):
    """The reports do not tell of the topic."""


@dataclass(frozen=True, slots=True)
class Work:
    """A briefing on the desk: what the records know of it, its text as it lies there, and what that was made from.

    `base` is the number of the version that `text` came from; `changed`: there is something in it that is not saved.
    """

    record: Record
    text: Briefing
    base: int
    changed: bool = False

    @property
    def is_old(self) -> bool:
        """Whether somebody has saved a newer version than the one that lies here."""
        return self.base != self.record.newest

    @property
    def faults(self) -> int:
        return sum(bool(line.fault) for line in self.text.lines)


class Compared(NamedTuple):
    """A line of a comparison: in both, only in the one before (-), only in the one after (+)."""

    sign: Sign
    text: str


class Drafting:
    """Over the bot and the records. All raise ZhengwenErrors; a Work is only given back when all of it was done."""

    def __init__(self, bot: Live, briefings: Briefings) -> None:
        self._bot, self._briefings = bot, briefings

    def list(self, state: State | None, words: str) -> tuple[Record, ...]:
        return self._briefings.list(state, words)

    def draft(self, order: Order, by: Account) -> Work:
        """A first version out of what the reports say of the topic, saved. Raises Refused where they say nothing."""
        if not order.topic.strip():
            raise UsageError("还没有写主题", "请写明要整理什么，例如“稳就业”")
        answer = self._bot.brief(order.topic, order.report_ids, "extractive", length=order.length)
        if not answer.citations:
            raise Refused(" ".join(answer.sentences).rstrip("。"), answer.note)
        text = of_answer(answer, order.title, order.topic, order.audience, order.length)
        record = self._briefings.create(order, by)
        self._briefings.save_version(record.id, 0, as_json(text), by)
        return self.open(record.id)

    def open(self, id: str, number: int | None = None) -> Work:
        """The newest version, or that of the number, verified against the reports as they are today."""
        record = self._briefings.get(id)
        base = record.newest if number is None else number
        return self.verified(Work(record, from_json(self._briefings.version(id, base).content), base))

    # Sentences

    def edit(self, work: Work, typed: Mapping[int, str]) -> Work:
        """The sentences as typed, each that differs verified against the reports."""
        text = work.text
        for place, sentence in typed.items():
            if _tidy(sentence) != _text(text, place):
                text = self._verified(work, edited(text, place, _sentence(sentence)), place)
        return _with(work, text)

    def add(self, work: Work, after: int, sentence: str) -> Work:
        """One more sentence below that one (-1: at the top), under the same headings, verified."""
        if len(work.text.lines) >= MOST_LINES:
            raise UsageError(f"最多 {MOST_LINES} 句", "请另起一份简报")
        text = added(work.text, after + 1, _sentence(sentence))
        return _with(work, self._verified(work, text, after + 1))

    def remove(self, work: Work, place: int) -> Work:
        if len(work.text.lines) == 1:
            raise UsageError("简报里至少要有一句", "可以改写这一句，或删除整份简报")
        return _with(work, renumbered(removed(work.text, place)))

    def move(self, work: Work, place: int, to: int) -> Work:
        return _with(work, renumbered(moved(work.text, place, to)))

    def _verified(self, work: Work, text: Briefing, place: int) -> Briefing:
        line = self._checked(work, text.lines[place])
        return replace(text, lines=(*text.lines[:place], line, *text.lines[place + 1 :]))

    def verified(self, work: Work) -> Work:
        """Every sentence verified against the reports as they are today."""
        lines = tuple(self._checked(work, line) for line in work.text.lines)
        return replace(work, text=replace(work.text, lines=lines))

    def _checked(self, work: Work, line: Line) -> Line:
        """Against the reports ordered, else those cited, that are still there: no other may bear a sentence out."""
        held = {report.id for report in self._bot.reports}
        chosen = [report_id for report_id in _reports(work) if report_id in held]
        return self._bot.checked(line, chosen) if chosen else replace(line, fault=NO_REPORT)

    # Versions

    def save(self, work: Work, by: Account) -> Work:
        """The next version, every sentence verified. Raises Outdated when somebody saved one meanwhile."""
        work = self.verified(work)
        self._briefings.save_version(work.record.id, work.base, as_json(work.text), by)
        return self.open(work.record.id)

    def save_over(self, work: Work, by: Account) -> Work:
        """The text as it lies here as the next version, whatever it was made from; the others stay as versions."""
        return self.save(replace(work, base=self._briefings.get(work.record.id).newest), by)

    def refreshed(self, work: Work) -> Work:
        """The same text with what the records know by now."""
        return replace(work, record=self._briefings.get(work.record.id))

    def compare(self, work: Work, number: int) -> tuple[Compared, ...]:
        """From that version to the text as it lies here."""
        before = from_json(self._briefings.version(work.record.id, number).content)
        return compared([line.text for line in before.lines], [line.text for line in work.text.lines])

    # The way to approval

    def submit(self, work: Work, by: Account) -> Work:
        self._check_saved(work)
        return replace(work, record=self._briefings.submit(work.record.id, work.base, by))

    def approve(self, work: Work, by: Account, note: str) -> Work:
        """Only a version of which every sentence stands, verified once more today."""
        self._check_saved(work)
        faults = self.verified(work).faults
        if faults:
            raise NotAllowed(f"有 {faults} 句没有原文支持", "请改正或删去这些句子，保存后再审核")
        return replace(work, record=self._briefings.approve(work.record.id, work.base, by, note))

    def return_(self, work: Work, by: Account, note: str) -> Work:
        self._check_saved(work)
        return replace(work, record=self._briefings.return_(work.record.id, work.base, by, note))

    def delete(self, work: Work) -> None:
        self._briefings.delete(work.record.id)

    # Files

    def file(self, id: str, number: int, kind: str, at: datetime) -> tuple[str, bytes]:
        """Name and content of a version as docx or md; one that is not approved, or not sound today, is a draft."""
        work = self.open(id, number)
        title = work.text.title if is_approved(work) else f"{work.text.title}（{DRAFT}）"
        text, rows = replace(work.text, title=title), figures(work.text, self._bot)
        reports = self._bot.reports
        name = f"{_FORBIDDEN.sub('_', title)}.{kind}"
        if kind == "docx":
            return name, briefing_document(text, reports, at, rows)
        return name, as_markdown(text, reports, rows).encode()

    def _check_saved(self, work: Work) -> None:
        if work.changed:
            raise NotAllowed("有改动还没有保存", "请先保存")
        if work.is_old:
            raise Outdated(f"屏幕上是第 {work.base} 版，不是最新一版", "请先打开最新一版", work.record.newest)


def is_approved(work: Work) -> bool:
    """Whether this very version was approved and every sentence of it still stands."""
    steps = [verdict.step for verdict in work.record.verdicts if verdict.number == work.base]
    return steps[-1:] == ["approved"] and not work.faults and not work.changed


def compared(before: Sequence[str], after: Sequence[str]) -> tuple[Compared, ...]:
    """The lines of both in order, each marked as kept, gone or new."""
    found: list[Compared] = []
    for kind, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            found += [Compared(" ", text) for text in before[a:b]]
        else:
            found += [Compared("-", text) for text in before[a:b]]
            found += [Compared("+", text) for text in after[c:d]]
    return tuple(found)


def _with(work: Work, text: Briefing) -> Work:
    return work if text == work.text else replace(work, text=text, changed=True)


def _reports(work: Work) -> tuple[str, ...]:
    """The reports that may support a sentence: those ordered, else those cited."""
    cited = (citation.report_id for line in work.text.lines for citation in line.citations)
    return work.record.order.report_ids or tuple(dict.fromkeys(cited))


def _text(text: Briefing, place: int) -> str:
    """What stands there; empty where there is no such line, which `edited` then tells."""
    return text.lines[place].text if place < len(text.lines) else ""


def _tidy(sentence: str) -> str:
    return " ".join(sentence.split())


def _sentence(typed: str) -> str:
    sentence = _tidy(typed)
    if not sentence:
        raise UsageError("句子不能为空", "要去掉一句，请用“删除”")
    if len(sentence) > LONGEST_SENTENCE:
        raise UsageError(f"句子太长：有 {len(sentence)} 字，最多 {LONGEST_SENTENCE} 字", "请分成几句")
    return sentence
