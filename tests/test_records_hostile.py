"""200 hostile strings in every field: stored and read back the same, or refused in one line; never anything else."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from records_postgres import DATABASES, Watch, opened

from chatbot.errors import UsageError
from chatbot.records.database import Records
from chatbot.records.values import Order, Rating

PIECES = (
    "\0",
    "\ud800",
    "\udfff",
    "\U0010ffff",
    "\ufffe",
    "\x1b[31m",
    "\r\n",
    "\u202e",
    "\u200b",
    "e\u0301",
    "'; DROP TABLE receipts; --",
    '" OR ""="',
    "%s %(name)s :name $1 ?",
    "{0} {name}",
    "\\",
    "%",
    "_",
    "\\u0000",
    "<script>alert(1)</script>",
    "政府工作报告",
    "👩‍👩‍👧‍👦",
    "长" * 3000,
    "x" * 600_000,
    "[" * 50_000,
    "NaN",
    "null",
)


def strings() -> list[str]:
    chance = random.Random(20310301)
    made = ["".join(chance.choices(PIECES, k=chance.randint(1, 4))) for _ in range(200 - len(PIECES))]
    return [*PIECES, *made]


@pytest.fixture(params=DATABASES)
def records(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Records]:
    with opened(request.param, tmp_path, Watch()) as records:
        records.accounts.add("王芳", "春眠不觉晓处处闻啼鸟", "approver")
        yield records


Field = Callable[[Records, str], str]  # stores the text and gives it back


def asked(records: Records, text: str) -> str:
    return records.receipts.get(records.receipts.keep("page", text, {})).asked


def answer(records: Records, text: str) -> str:
    return str(records.receipts.get(records.receipts.keep("page", "问", {"answer": text})).answer["answer"])


def setting(records: Records, text: str) -> str:
    return str(records.receipts.get(records.receipts.keep("page", "问", {}, {"history": text})).setting["history"])


def status(records: Records, text: str) -> str:
    return records.receipts.get(records.receipts.keep("page", "问", {"status": text})).status


def title(records: Records, text: str) -> str:
    """Blanks at its ends are not kept, hence the characters around it."""
    made = records.briefings.create(Order(f"题{text}题", "无"), records.accounts.list()[0])
    return records.briefings.get(made.id).order.title[1:-1]


def report_id(records: Records, text: str) -> str:
    made = records.briefings.create(Order("题", "无", report_ids=(text,)), records.accounts.list()[0])
    return records.briefings.get(made.id).order.report_ids[0]


def content(records: Records, text: str) -> str:
    person = records.accounts.list()[0]
    made = records.briefings.create(Order("题", "无"), person)
    records.briefings.save_version(made.id, 0, text, person)
    return records.briefings.version(made.id, 1).content


def note(records: Records, text: str) -> str:
    person = records.accounts.list()[0]
    made = records.briefings.create(Order("题", "无"), person)
    records.briefings.save_version(made.id, 0, "{}", person)
    records.briefings.submit(made.id, 1, person)
    records.briefings.return_(made.id, 1, person, text)
    return records.briefings.get(made.id).verdicts[-1].note


def reason(records: Records, text: str) -> str:
    return rated(records, text, "").reason


def comment(records: Records, text: str) -> str:
    """Cut at 500 characters; here the rest is put back."""
    return rated(records, "", text).comment + text[500:]


def rated(records: Records, reason: str, comment: str) -> Rating:
    records.receipts.purge(datetime(2099, 1, 1, tzinfo=UTC))
    records.feedback.rate(records.receipts.keep("page", "问", {}), False, reason, comment)
    (rating,) = records.feedback.list()
    return rating


def name(records: Records, text: str) -> str:
    return records.accounts.add(text, "春眠不觉晓处处闻啼鸟").name


def password(records: Records, text: str) -> str:
    records.accounts.set_password("王芳", text)
    records.accounts.check("王芳", text)
    return text


def sought(records: Records, text: str) -> str:
    """A search may find nothing, but it is a search."""
    records.receipts.find(text), records.receipts.find(status=text), records.receipts.find(before=text)
    records.briefings.list(text=text), records.briefings.list(state=text)  # type: ignore[arg-type]
    return text


FIELDS = (asked, answer, setting, status, title, report_id, content, note, reason, comment, name, password, sought)


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.__name__)
def test_hostile_text_is_stored_as_it_is_or_refused_in_one_line(records: Records, field: Field):
    for text in strings():
        try:
            assert field(records, text) == text
        except UsageError as refusal:
            line = str(refusal)
            assert "\n" not in line and len(line) < 200, repr(text[:40])
    assert records.accounts.list()


def test_some_of_it_is_stored_and_some_refused():
    """Or else the test above would be idle."""
    kinds = {"\0" in text or any("\ud800" <= c <= "\udfff" for c in text) for text in strings()}
    assert kinds == {True, False} and len(strings()) == 200


def test_an_answer_with_half_characters_is_kept_whole(records: Records):
    assert answer(records, "半\ud800字\0") == "半\ud800字\0"
