"""The bank of sayings: what sounds like the question lends its official terms, and only that."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from index_fakes import HashEmbedder, NoEmbedder

from chatbot.wordlists import sayings
from vectorstore.associations import Associations, open_associations, pieces
from vectorstore.embed import Vectors, unit

AXES = np.eye(4, dtype=np.float32)
BANK = Associations(AXES[:3], [("就业",), ("住房", "保障性住房"), ("就业", "失业率")])


def towards(*parts: float) -> Vectors:
    """One unit vector with these parts along the axes."""
    return unit(np.array([[*parts, *[0.0] * (4 - len(parts))]], np.float32))


def test_a_saying_word_for_word_lends_its_terms_in_full():
    assert BANK.hints(towards(0, 1)) == {"住房": pytest.approx(1.0), "保障性住房": pytest.approx(1.0)}


def test_what_sounds_like_no_saying_gets_no_hint():
    assert BANK.hints(towards(0, 0, 0, 1)) == {}


def test_a_nearer_saying_gives_a_stronger_hint():
    found = BANK.hints(towards(0.6, 0.8))
    assert found["住房"] > found["就业"] > 0


def test_of_two_sayings_for_one_term_the_nearer_counts():
    found = BANK.hints(towards(1, 0, 0.9))
    assert found["就业"] > found["失业率"]


def test_any_piece_of_a_question_may_find_a_saying():
    assert BANK.hints(np.concatenate([towards(0, 0, 0, 1), towards(0, 1)])).keys() == {"住房", "保障性住房"}


def test_an_empty_bank_knows_nothing():
    assert Associations(np.zeros((0, 4), np.float32), []).hints(towards(1)) == {}


@given(st.lists(st.lists(st.floats(-1, 1, width=32), min_size=4, max_size=4), min_size=1, max_size=3))
def test_every_hint_is_a_strength_up_to_one(rows: list[list[float]]):
    found = BANK.hints(unit(np.array(rows, np.float32)))
    assert all(0 < strength <= 1.00001 for strength in found.values())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("新建水库几座", ["新建水库几座"]),
        ("房子太贵了，年轻人买不起，怎么办？", ["房子太贵了，年轻人买不起，怎么办？", "房子太贵了", "年轻人买不起"]),
        ("唉，房子太贵了", ["唉，房子太贵了"]),
        ("", [""]),
    ],
    ids=["one clause", "several", "one and a sigh", "nothing"],
)
def test_a_question_is_heard_as_a_whole_and_clause_by_clause(text: str, expected: list[str]):
    assert pieces(text) == expected


def test_a_saying_of_the_list_is_found_by_its_own_words(tmp_path: Path):
    bank, (saying, terms) = open_associations(tmp_path, HashEmbedder()), sayings()[0]
    found = bank.hints(HashEmbedder().embed_array([saying]))
    assert all(found[term] == pytest.approx(1.0, abs=1e-3) for term in terms)


def test_the_bank_is_embedded_once_and_then_read(tmp_path: Path):
    first = open_associations(tmp_path, HashEmbedder())
    again = open_associations(tmp_path, NoEmbedder())
    question = HashEmbedder().embed_array(["有活干了没"])
    assert again.hints(question) == first.hints(question)


def test_another_encoder_has_a_bank_of_its_own(tmp_path: Path):
    open_associations(tmp_path, HashEmbedder("one"))
    other = HashEmbedder("other")
    open_associations(tmp_path, other)
    assert other.embedded == len(sayings()) and len(list(tmp_path.glob("*.npy"))) == 2


def test_nothing_half_written_is_left(tmp_path: Path):
    open_associations(tmp_path / "new" / "folder", HashEmbedder())
    assert [path.name for path in (tmp_path / "new" / "folder").iterdir() if "tmp" in path.name] == []


@pytest.mark.parametrize("damage", [b"", b"not numpy"], ids=["empty", "junk"])
def test_a_damaged_bank_is_made_again(tmp_path: Path, damage: bytes):
    open_associations(tmp_path, HashEmbedder())
    next(tmp_path.glob("*.npy")).write_bytes(damage)
    assert open_associations(tmp_path, HashEmbedder()).hints(HashEmbedder().embed_array([sayings()[0][0]]))
