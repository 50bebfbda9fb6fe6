"""The values of the walk, in order of appearance. None of them ever changes once made.

Every offset is a character offset into `Report.text`, which is normalised once, at the door.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal, NamedTuple

PeriodKind = Literal["review", "plan", "standing"]
Language = Literal["zh", "en"]
Attribute = Literal["", "growth", "amount", "share", "ratio"]
AnswerStatus = Literal["answered", "partial", "refused", "out_of_scope", "blocked"]
IndicatorStatus = Literal["完成值", "预期目标", "规划目标", "累计"]
AnswerType = Literal["number", "date", "name", "person", "place", "list", "how", "reason", "rank", "yesno", "overview"]


MASTHEAD = "标题"  # the path of the lines above a report's text: title, occasion, speaker


class Span(NamedTuple):
    """Half-open range of characters in `Report.text`."""

    start: int
    end: int

    def of(self, text: str) -> str:
        return text[self.start : self.end]

    def holds(self, other: Span) -> bool:
        return self.start <= other.start and other.end <= self.end


class Period(NamedTuple):
    """What a section speaks of: the `review` of a year, the `plan` for a year, or `standing` (neither)."""

    kind: PeriodKind
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """One government work report. `page_starts[i]` is where page `i + 1` begins; empty without pages."""

    id: str
    title: str
    region: str
    level: str
    year: int | None
    speaker: str
    date: str
    source: str
    sha256: str
    text: str = field(repr=False)
    page_starts: tuple[int, ...] = field(default=(), repr=False)

    def page_at(self, offset: int) -> int | None:
        """The page number (from 1) of `offset`, or None when the source has no pages."""
        return bisect_right(self.page_starts, offset) or None


@dataclass(frozen=True, slots=True)
class Section:
    """A leaf of the section tree. The spans of all sections, in order, tile `Report.text`."""

    path: tuple[str, ...]
    span: Span
    period: Period


@dataclass(frozen=True, slots=True)
class Passage:
    """One sentence: `report.text[span.start:span.end] == text`."""

    id: str
    report_id: str
    span: Span
    path: tuple[str, ...]
    page: int | None
    period: Period
    text: str

    def slice(self, span: Span) -> str:
        """The text at `span` of the report, which must lie inside this passage."""
        return self.text[span.start - self.span.start : span.end - self.span.start]


@dataclass(frozen=True, slots=True)
class Quantity:
    """An amount as the text states it, e.g. 6% 左右 ↑.

    `value` is in `unit` with 万/亿 multiplied out (`30145.79亿元` is value 3014579000000, unit 元; the words stay in
    the text at `span`). `ceiling` is the upper end of a range. `dimension` says what kind of unit it is
    (money, percent, point, count, length, area, mass, …) and decides which figures may be compared.
    """

    value: Decimal
    unit: str
    dimension: str
    span: Span
    qualifier: str = ""
    direction: Literal["", "up", "down", "level"] = ""
    ceiling: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Indicator:
    """A named figure. `span` holds name and figure together; `name_span` the name as it stands."""

    name: str
    quantity: Quantity
    period: Period
    status: IndicatorStatus
    span: Span
    name_span: Span


@dataclass(frozen=True, slots=True)
class Term:
    """A content word of a question: as typed, the official words for it, and what it is worth (0 to about 2).

    `trust` is how far an official word stands in for the asked one.
    `kind` is `plain`, `everyday` (found in the lexicon), `name` (quoted, a code or Latin letters: evidence must hold
    it), `place`, or `context` (carried over from an earlier turn).
    """

    text: str
    official: tuple[str, ...] = ()
    weight: float = 1.0
    trust: float = 0.95
    kind: Literal["plain", "everyday", "name", "place", "context"] = "plain"


@dataclass(frozen=True, slots=True)
class Question:
    """A message understood: stand-alone, in simplified characters, with what is asked for spelled out.

    `focus` holds the nouns the question word hangs on (`哪座水库` → 水库); `units` the measure words asked for;
    `count` how many things are asked for (`哪三个` → 3); `each`: a figure is asked for each of several things (各多少);
    `periods` is empty when the question names no time.
    """

    asked: str
    text: str
    language: Language = "zh"
    answer_type: AnswerType = "name"
    attribute: Attribute = ""
    units: tuple[str, ...] = ()
    periods: tuple[Period, ...] = ()
    focus: tuple[str, ...] = ()
    count: int | None = None
    each: bool = False
    compare: bool = False
    target: bool = False
    terms: tuple[Term, ...] = ()
    places: tuple[str, ...] = ()
    report_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Clause:
    """A stretch of a passage that may answer, with what speaks for it (each feature between -1 and 1)."""

    span: Span
    score: float
    features: tuple[tuple[str, float], ...] = ()

    def feature(self, name: str) -> float:
        return dict(self.features).get(name, 0.0)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A passage offered to the drafter under an opaque key (`E7f3`) that no model can take for a figure.

    `clauses` are its clauses in the order of the text, scored against the question. In a list handed over whole it is
    an `entry`, or the `name` of the list. A brief tells nothing of what is only `near` to its topic.
    """

    key: str
    passage: Passage
    score: float
    clauses: tuple[Clause, ...] = ()
    part: Literal["", "name", "entry", "near"] = ""

    @property
    def best(self) -> Clause:
        return max(self.clauses, key=lambda clause: clause.score)


@dataclass(frozen=True, slots=True)
class DraftSentence:
    """A sentence nobody believes yet, with the spans (verbatim quotes) it rests on.

    `heading` stands above it where a new group begins, in a brief or a list.
    """

    text: str
    keys: tuple[str, ...]
    quotes: tuple[Span, ...]
    heading: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """`likely`: how likely, from 0 to 1, the best clause answers in the eyes of the decision; None where nothing was
    decided by likelihood (lists handed over whole, briefs, no clause of the right time).
    """

    sentences: tuple[DraftSentence, ...]
    status: AnswerStatus = "answered"
    note: str = ""
    likely: float | None = None


@dataclass(frozen=True, slots=True)
class Citation:
    """`quote == report.text[start:end]`, character for character."""

    marker: int
    quote: str
    report_id: str
    path: tuple[str, ...]
    page: int | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Dropped:
    """A drafted sentence that did not stand up, and why."""

    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What is shown. `sentences` carry their `[1]` markers; `note` is the pointer set apart from the answer."""

    status: AnswerStatus
    sentences: tuple[str, ...]
    citations: tuple[Citation, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    note: str = ""
    mode: str = "extractive"
    timing_ms: tuple[tuple[str, float], ...] = ()
    receipt: tuple[tuple[str, object], ...] = ()

    @property
    def text(self) -> str:
        """The answer as a person reads it, with `[1]` markers."""
        return "\n".join((*self.sentences, *([self.note] if self.note else [])))
