"""The word lists are read by people and by rules: they keep their form, and the guards know friend from foe."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

WORDS = Path(__file__).parent.parent / "chatbot" / "words"
MESSAGES = tomllib.loads((Path(__file__).parent / "words_questions.toml").read_text(encoding="utf-8"))
QUESTION_WORDS = tomllib.loads((WORDS / "question_words.toml").read_text(encoding="utf-8"))
GUARD = tomllib.loads((WORDS / "guard.toml").read_text(encoding="utf-8"))


def table(name: str) -> list[list[str]]:
    """The cells of every row that is neither a comment nor blank."""
    lines = (WORDS / name).read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if line and not line.startswith("#")]


def guards(category: str, message: str) -> list[str]:
    text = unicodedata.normalize("NFKC", message)
    return [pattern for pattern in GUARD[category]["patterns"] if re.search(pattern, text, re.IGNORECASE)]


def repeated(items: list[str]) -> list[str]:
    return [item for item, times in Counter(items).items() if times > 1]


@pytest.mark.parametrize(("name", "columns"), [("lexicon.tsv", 3), ("english.tsv", 2)])
def test_every_row_has_its_columns_and_no_empty_cell(name: str, columns: int) -> None:
    wrong = [row for row in table(name) if len(row) != columns or any(cell != cell.strip() or not cell for cell in row)]
    assert wrong == []


@pytest.mark.parametrize(("name", "least"), [("lexicon.tsv", 1800), ("english.tsv", 900)])
def test_the_tables_are_as_rich_as_promised(name: str, least: int) -> None:
    assert len(table(name)) >= least


@pytest.mark.parametrize("name", ["lexicon.tsv", "english.tsv"])
def test_keys_are_unique(name: str) -> None:
    assert repeated([row[0] for row in table(name)]) == []


@pytest.mark.parametrize("name", ["lexicon.tsv", "english.tsv"])
def test_terms_are_one_to_four_different_and_not_empty(name: str) -> None:
    terms = {row[0]: row[1].split("|") for row in table(name)}
    assert [key for key, words in terms.items() if not 1 <= len(words) <= 4 or "" in words or repeated(words)] == []


def test_no_everyday_word_is_one_of_its_own_terms() -> None:
    assert [row[0] for row in table("lexicon.tsv") if row[0] in row[1].split("|")] == []


def test_everyday_words_are_short_and_hold_no_blank() -> None:
    assert [row[0] for row in table("lexicon.tsv") if len(row[0]) > 10 or re.search(r"\s", row[0])] == []


def test_the_lexicon_is_spread_over_the_topics_of_a_report() -> None:
    topics = Counter(row[2] for row in table("lexicon.tsv"))
    assert len(topics) >= 30 and max(topics.values()) < 0.1 * topics.total()


def test_english_phrases_are_lower_case_with_straight_quotes() -> None:
    assert [row[0] for row in table("english.tsv") if row[0] != row[0].lower() or not row[0].isascii()] == []


def test_of_question_words_only_the_filler_is_kept() -> None:
    assert list(QUESTION_WORDS) == ["filler"]


def test_filler_is_rich_enough_without_repeats_or_empty_words() -> None:
    words = QUESTION_WORDS["filler"]
    assert len(words) >= 250 and repeated(words) == [] and all(word == word.strip() != "" for word in words)


def test_every_guard_says_what_it_stops_and_how_it_is_answered() -> None:
    def in_order(guard: dict[str, Any]) -> bool:
        return bool(guard["about"]) and guard["status"] in ("blocked", "out_of_scope")

    assert [name for name, guard in GUARD.items() if not in_order(guard)] == []


def test_guard_patterns_compile_are_many_and_do_not_repeat() -> None:
    patterns = [pattern for guard in GUARD.values() for pattern in guard["patterns"]]
    assert len([re.compile(pattern) for pattern in patterns]) >= 300 and repeated(patterns) == []


@pytest.mark.parametrize("category", GUARD)
def test_no_guard_pattern_matches_the_empty_message(category: str) -> None:
    assert guards(category, "") == []


@pytest.mark.parametrize("category", GUARD)
def test_no_guard_fires_on_an_honest_question(category: str) -> None:
    fired = {message: found for message in MESSAGES["honest"] if (found := guards(category, message))}
    assert len(MESSAGES["honest"]) >= 150 and fired == {}


@pytest.mark.parametrize("category", GUARD)
def test_each_guard_catches_the_demands_of_its_kind(category: str) -> None:
    demands = MESSAGES["demands"][category]
    assert len(demands) >= 15 and [demand for demand in demands if not guards(category, demand)] == []
