"""The reports as they are looked after: what a file was taken for, what is held, taking in and taking out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NamedTuple, Protocol

from chatbot.errors import UnreadableFile, UsageError
from chatbot.types import Report, Section

FIRST_YEAR, LAST_YEAR = 1900, 2200
LONGEST_TITLE, LONGEST_REGION = 80, 20  # characters

Progress = Callable[[str], None]
Doubt = Literal["no_year", "no_region", "no_sections", "no_figures", "duplicate", "same_year"]


class Warned(NamedTuple):
    """What is to be looked at before a report is published; `of` names the other report, where there is one."""

    doubt: Doubt
    of: str = ""


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a file was taken for: the report, its section tree (leaves in order), how many sentences and figures."""

    report: Report
    sections: tuple[Section, ...] = field(repr=False)
    sentences: int
    figures: int
    warnings: tuple[Warned, ...] = ()


@dataclass(frozen=True, slots=True)
class Held:
    """A report that is held; `published` when it is in the index. The counts are 0 when it is not.

    A `shipped` one came with the program: taken out, its file stays.
    """

    id: str
    title: str
    region: str
    year: int | None
    published: bool
    shipped: bool
    sentences: int = 0
    figures: int = 0


@dataclass(frozen=True, slots=True)
class Told:
    """What a person says of a report. Empty fields leave it to the text."""

    title: str = ""
    region: str = ""
    year: int | None = None


def told(title: str, region: str, year: str) -> Told:
    """The three as they were typed. Raises UsageError for a year that is none and for lines that are too long."""
    title, region, year = (" ".join(typed.split()) for typed in (title, region, year))
    year = year.removesuffix("年")
    if year and not (year.isascii() and year.isdigit() and FIRST_YEAR <= int(year[:9]) <= LAST_YEAR):
        raise UsageError(f"“{year[:20]}”不是年份", "请写四位数字，如 2024；不知道就留空")
    if len(title) > LONGEST_TITLE or len(region) > LONGEST_REGION:
        raise UsageError("标题或地区太长", f"标题最多 {LONGEST_TITLE} 字，地区最多 {LONGEST_REGION} 字")
    return Told(title, region, int(year) if year else None)


class Archive(Protocol):
    """All raise a ZhengwenError of one line; what fails has changed nothing."""

    def held(self) -> tuple[Held, ...]:
        """All reports that are held, as they are searched."""
        ...

    def recognise(self, path: Path) -> tuple[Recognised | UnreadableFile, ...]:
        """What each file at `path` (a txt, docx, pdf, or a zip of them) is taken for. Nothing is kept."""
        ...

    def opened(self, report_id: str) -> Recognised:
        """A held report as it would be recognised now, to be corrected. Raises UnknownReport."""
        ...

    def corrected(self, recognised: Recognised, told: Told) -> Recognised:
        """The same text with what a person says of it; a held report keeps its id, which links and briefings name."""
        ...

    def publish(self, reports: Sequence[Report], progress: Progress) -> tuple[str, ...]:
        """Hold the reports and bring the index up to date, all or none; the running bot takes them up. Gives the ids.

        One at a time: who comes meanwhile waits and is told so through `progress`.
        """
        ...

    def withdraw(self, report_id: str, progress: Progress) -> None:
        """Take a report out of the running bot and of what is held. Raises UsageError for the last one."""
        ...
