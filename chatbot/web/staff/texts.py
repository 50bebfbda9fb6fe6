"""The staff room's own words, read from texts.toml: one value for each language, no name missing, none left over."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from chatbot.web.staff.desk_texts import BriefingTexts, ReportTexts

_FILE = Path(__file__).with_name("texts.toml")


@dataclass(frozen=True, slots=True)
class LoginTexts:
    """The words of the login page, and what those are told who do not get in."""

    head: str
    lead: str
    name: str
    password: str
    enter: str
    nobody: str
    needed: str
    elsewhere: str
    bad_form: str
    busy: str
    other: str
    other_lang: str
    other_name: str


@dataclass(frozen=True, slots=True)
class RoomTexts:
    """The words around the tabs."""

    head: str
    who: str
    leave: str
    expired: str
    log_in: str
    roles: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class FigureTexts:
    """The words of the table of figures. `dimensions` names the kinds of units (`figures.Quantity.dimension`)."""

    tab: str
    report: str
    words: str
    words_hint: str
    status: str
    year: str
    dimension: str
    any: str
    caption: str
    cut: str
    none: str
    columns: tuple[str, ...]
    columns_more: tuple[str, ...]
    up: str
    down: str
    level: str
    source: str
    xlsx: str
    csv: str
    sheet: str
    pairs: str
    pairs_lead: str
    no_pairs: str
    pair_columns: tuple[str, ...]
    bars: str
    bars_lead: str
    bullets: str
    bullets_lead: str
    result: str
    target: str
    no_chart: str
    statuses: Mapping[str, str]
    dimensions: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class QuestionTexts:
    """The words of the many questions at once."""

    tab: str
    lead: str
    file: str
    reports: str
    reports_hint: str
    start: str
    no_file: str
    begun: str
    jobs: str
    none: str
    job_columns: tuple[str, ...]
    progress: str
    failed: str
    states: Mapping[str, str]
    resume: str
    stop: str
    remove: str
    sure: str
    download: str
    label: str
    columns: tuple[str, ...]
    sheet: str
    statuses: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ReceiptTexts:
    """The words of the answers given."""

    tab: str
    lead: str
    words: str
    status: str
    day: str
    day_hint: str
    bad_day: str
    any: str
    search: str
    more: str
    found: str
    none: str
    choose: str
    line: str
    doors: Mapping[str, str]
    history: str
    citations: str
    no_citations: str
    receipt: str
    rated: str
    unrated: str
    bad_ones: str
    given: str
    mode: str
    reports: str
    index: str
    dropped: str
    id: str
    replay: str
    compared: str
    same: str
    before: str
    now: str
    changed_status: str
    changed_answer: str
    gone: str
    new: str
    same_index: str
    changed_index: str
    old_index: str
    no_index: str


@dataclass(frozen=True, slots=True)
class StaffTexts:
    """What texts.toml says in one language. `root` leads to the top of the room, `site` to that of the site."""

    lang: str
    root: str
    site: str
    path: str
    name: str
    public: str
    other: str
    other_name: str
    login: LoginTexts
    room: RoomTexts
    figures: FigureTexts
    questions: QuestionTexts
    receipts: ReceiptTexts
    reports: ReportTexts
    briefings: BriefingTexts

    @classmethod
    def of(cls, language: str = "zh") -> StaffTexts:
        """The words of `language` (`zh` or `en`). KeyError for another one, TypeError for a table that does not fit."""
        return _read(language)


@cache
def _read(language: str) -> StaffTexts:
    words = _fixed(tomllib.loads(_FILE.read_text(encoding="utf-8"))[language])
    tables = {
        "login": LoginTexts(**words["login"]),
        "room": RoomTexts(**words["room"]),
        "figures": FigureTexts(**words["figures"]),
        "questions": QuestionTexts(**words["questions"]),
        "receipts": ReceiptTexts(**words["receipts"]),
        "reports": ReportTexts(**words["reports"]),
        "briefings": BriefingTexts(**words["briefings"]),
    }
    return StaffTexts(**words | tables)


def _fixed(table: dict[str, Any]) -> dict[str, Any]:
    """The same with tuples for lists."""
    return {name: _value(value) for name, value in table.items()}


def _value(value: Any) -> Any:
    if isinstance(value, dict):
        return _fixed(value)
    return tuple(value) if isinstance(value, list) else value
