"""`POST /rate`: what a reader thinks of an answer, to the ledger and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from web_fakes import Book, FakeBot
from web_server import serving

from chatbot.web.rating import LARGEST, LONGEST_COMMENT
from chatbot.web.texts import Texts

ZH, EN = Texts.of("zh"), Texts.of("en")
GOOD = {"receipt_id": "receipt-1", "good": True}
BAD = {"receipt_id": "receipt-1", "good": False, "reason": 1, "comment": " 数字不对 "}


@pytest.fixture(scope="module")
def book() -> Book:
    book = Book()
    book.keep("page", "问", {})
    return book


@pytest.fixture(scope="module")
def address(book: Book) -> Iterator[str]:
    with serving(FakeBot(), ledger=book) as url:
        yield url


@pytest.mark.parametrize(
    ("rating", "kept"),
    [(GOOD, ("receipt-1", True, "", "")), (BAD, ("receipt-1", False, "与报告原文不符", "数字不对"))],
    ids=["good", "bad"],
)
def test_a_rating_goes_to_the_ledger_with_the_words_of_its_reason(
    address: str, book: Book, rating: dict[str, object], kept: tuple[object, ...]
) -> None:
    answer = httpx.post(f"{address}/rate", json=rating)
    assert (answer.status_code, answer.json()) == (200, {"thanks": ZH.rating.thanks})
    assert book.ratings[-1] == kept


@pytest.mark.parametrize(
    "change",
    [
        {"receipt_id": ""},
        {"receipt_id": 7},
        {"receipt_id": "r" * 65},
        {"good": "yes"},
        {"good": None},
        {"reason": 5},
        {"reason": -1},
        {"reason": "<b>"},
        {"comment": "长" * (LONGEST_COMMENT + 1)},
        {"more": 1},
        {"receipt_id": "receipt-99"},
    ],
    ids=str,
)
def test_what_is_no_rating_is_refused_in_one_line(address: str, book: Book, change: dict[str, object]) -> None:
    before = len(book.ratings)
    answer = httpx.post(f"{address}/rate", json=BAD | change)
    assert answer.status_code == 400 and "\n" not in answer.json()["error"]
    assert len(book.ratings) == before


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 5000, b'{"receipt_id": "\\ud800"}'])
def test_what_is_no_json_is_refused(address: str, body: bytes) -> None:
    assert httpx.post(f"{address}/rate", content=body).status_code == 400


def test_a_large_body_is_not_read(address: str) -> None:
    assert httpx.post(f"{address}/rate", content=b" " * (LARGEST + 1)).status_code == 413


def test_it_cannot_be_had_by_a_link(address: str) -> None:
    assert httpx.get(f"{address}/rate").status_code in (404, 405)


def test_where_nothing_is_kept_there_is_nothing_to_rate() -> None:
    with serving(FakeBot()) as url:
        assert httpx.post(f"{url}/rate", json=GOOD).status_code in (404, 405)


def test_both_languages_have_the_same_reasons() -> None:
    assert len(ZH.rating.reasons) == len(EN.rating.reasons) == 5
