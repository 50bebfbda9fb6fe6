"""What the records hand out. No value changes once made, and none is tied to the database; all times are aware UTC."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Role = Literal["editor", "approver"]
State = Literal["draft", "submitted", "approved", "returned"]
Step = Literal["submitted", "approved", "returned"]
Door = Literal["page", "staff", "api", "batch"]


@dataclass(frozen=True, slots=True)
class Account:
    """A person of the staff. `locked_until` is None unless the account is locked now; `password_at`: when last set."""

    id: int
    name: str
    role: Role
    created_at: datetime
    password_at: datetime
    locked_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """What a briefing is to be. An empty `report_ids` leaves the choice of reports to the bot."""

    title: str
    topic: str
    audience: str = ""
    length: str = ""
    report_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class VersionHead:
    """A version without its content."""

    number: int
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Version:
    """One saved text of a briefing; `content` is JSON text, exactly as it was handed in."""

    briefing_id: str
    number: int
    content: str = field(repr=False)
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Verdict:
    """A step of a version on its way: handed in, approved or returned, by whom, when, with what words."""

    number: int
    step: Step
    by: str
    note: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Briefing:
    """A briefing with its history, oldest first; `newest` is the number of its last version, 0 before the first."""

    id: str
    order: Order
    state: State
    newest: int
    created_by: str
    created_at: datetime
    changed_by: str
    changed_at: datetime
    versions: tuple[VersionHead, ...] = ()
    verdicts: tuple[Verdict, ...] = ()


@dataclass(frozen=True, slots=True)
class Receipt:
    """An answer that was given. `answer` is the contract's object, `setting` what else it was asked with."""

    id: str
    at: datetime
    door: Door
    asked: str
    mode: str
    status: str
    answer: Mapping[str, Any] = field(repr=False)
    setting: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Rating:
    """What a reader thought of an answer; `asked` is the question that was answered."""

    receipt_id: str
    good: bool
    reason: str
    comment: str
    at: datetime
    asked: str


@dataclass(frozen=True, slots=True)
class RatingCounts:
    """How many ratings; `reasons` are those of the bad ones, most frequent first."""

    good: int
    bad: int
    reasons: tuple[tuple[str, int], ...] = ()
