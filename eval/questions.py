"""Our own question sets: what is asked, what must come back, and which report it is about.

A set is `eval/questions/<report>-<part>.jsonl`, one question a line; `python -m eval.check_questions` checks them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path

from pydantic import ConfigDict, TypeAdapter, ValidationError

from chatbot.errors import UsageError

HERE = Path(__file__).resolve().parent
DEFAULT_REPORT = "chongqing-2024"
REFUSED = frozenset({"unanswerable", "adversarial"})
ANSWERED = frozenset(
    {"number", "fact", "colloquial", "list", "compare", "multiturn", "english", "traditional", "briefing"}
)


@dataclass(frozen=True, slots=True)
class GoldQuestion:
    """A question with what a right answer holds.

    Each of `facts` must stand in the answer (`|` separates alternatives), none of `forbidden` may; `evidence` are
    verbatim snippets a citation must cover; `refuse` says that the report does not tell, `why` for what reason.
    """

    __pydantic_config__ = ConfigDict(extra="forbid")

    id: str
    category: str
    question: str
    facts: tuple[str, ...]
    forbidden: tuple[str, ...]
    evidence: tuple[str, ...]
    section: str
    refuse: bool
    why: str
    turns: tuple[str, ...] = ()

    @property
    def spoken(self) -> tuple[str, ...]:
        """The messages in order; the last one is to be answered."""
        return self.turns or (self.question,)


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """The questions of one file; `report` is the text they are about."""

    name: str
    report: Path
    questions: tuple[GoldQuestion, ...]


QUESTION = TypeAdapter(GoldQuestion)
QUESTION_FIELDS = {field.name for field in fields(GoldQuestion)}


def report_path(questions: Path) -> Path:
    """The report a question file asks about, by the file's name: `<report>-<part>.jsonl`."""
    if questions.stem.startswith(f"{DEFAULT_REPORT}-"):
        return default_report()
    return HERE / "reports" / f"{questions.stem.rpartition('-')[0]}.txt"


def default_report() -> Path:
    return HERE.parent / "data" / "reports" / f"{DEFAULT_REPORT}.txt"


def question_files() -> list[Path]:
    return sorted((HERE / "questions").glob("*.jsonl"))


def load(path: Path) -> QuestionSet:
    """The set in `path`. Raises UsageError for a line that is no question, with its number."""
    lines = enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
    questions = tuple(_question(line, f"{path.name} 第 {number} 行") for number, line in lines if line.strip())
    return QuestionSet(path.stem, report_path(path), questions)


def load_file(path: Path, report: Path) -> QuestionSet:
    """Questions about `report` in any file of the batch layout: `id`, `question` or `turns`, and more if it has it.

    Raises UsageError for a line that holds no question, with its number.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")  # as batch does: JSON may hold other line ends
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"不能读取 {path}", "请检查路径，文件须为 UTF-8 的 JSON Lines") from error
    places = [(f"{path.name} 第 {number} 行", line) for number, line in enumerate(lines, start=1) if line.strip()]
    return QuestionSet(path.stem, report, tuple(_foreign(line, place) for place, line in places))


def _foreign(line: str, place: str) -> GoldQuestion:
    """A line of somebody else's file; what it leaves out is empty."""
    try:
        given = json.loads(line)
        known = {name: given[name] for name in QUESTION_FIELDS & given.keys() if given[name] is not None}
        last = (known.get("turns") or [known["question"]])[-1]
        if not last.strip():
            raise ValueError(line)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise UsageError(f"{place}没有问题", "每行要有 question 或 turns") from error
    filled = {"category": "other", "facts": [], "forbidden": [], "evidence": [], "section": "", "refuse": False}
    asked = {"id": str(known.get("id", place)), "question": known.get("question") or last}
    return _question(json.dumps(filled | {"why": ""} | known | asked), place)


def _question(line: str, place: str) -> GoldQuestion:
    try:
        return QUESTION.validate_json(line, strict=True)
    except ValidationError as error:
        raise UsageError(f"{place}不是一道题", "请用 python -m eval.check_questions 查看") from error


def load_sets(names: Sequence[str] = ()) -> tuple[QuestionSet, ...]:
    """The sets of these names, or all of them. Raises UsageError for a name that no set has."""
    files = {path.stem: path for path in question_files()}
    for name in names:
        if name not in files:
            raise UsageError(f"没有“{name}”这套题", f"现有的有：{'、'.join(files)}")
    return tuple(load(files[name]) for name in names or files)
