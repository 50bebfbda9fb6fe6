"""How the word lists are read: comments, letters, the longest match."""

from __future__ import annotations

from importlib.resources import files

import pytest

from chatbot.wordlists import (
    asking,
    filler,
    filler_phrases,
    glossary,
    lexicon,
    longest,
    place_names,
    read_toml,
    read_tsv,
    sayings,
)

TABLES = sorted(file.name for file in (files("chatbot") / "words").iterdir() if file.name.endswith(".tsv"))


@pytest.mark.parametrize("name", TABLES)
def test_comments_and_empty_lines_are_no_rows(name: str):
    rows = read_tsv(name)
    assert rows and all(row[0] and not row[0].startswith("#") for row in rows)


def test_a_list_that_is_not_there_is_an_error():
    with pytest.raises(FileNotFoundError):
        read_toml("no_such_list.toml")


@pytest.mark.parametrize("table", ["answer_types", "attributes", "periods"])
def test_every_expression_that_says_what_is_asked_compiles_and_none_matches_nothing(table: str):
    assert [name for name in read_toml("asking.toml")[table] if asking(table, name).search("")] == []


def test_every_expression_for_words_of_a_question_compiles():
    assert all(asking("words", name).pattern for name in read_toml("asking.toml")["words"])


def test_expressions_take_no_heed_of_case():
    assert asking("periods", "last_year").search("LAST YEAR")


def test_filler_is_lower_case():
    assert all(word == word.lower() for word in filler())


def test_a_single_character_is_never_cut_out_as_filler():
    """It may be part of a word."""
    single = [word for word in filler() if len(word) == 1]
    assert single and [word for word in single if filler_phrases().fullmatch(word)] == []


def found(text: str, *entries: str) -> list[str]:
    return [span.of(text) for span in longest(text, entries)]


def test_at_each_place_the_longest_entry_wins_and_none_is_found_inside_another():
    assert found("全市农村公路建设", "农村", "农村公路", "公路建设", "公路") == ["农村公路"]


def test_an_entry_may_follow_right_behind_another():
    assert found("水库公园水库", "水库", "公园") == ["水库", "公园", "水库"]


def test_entries_are_found_in_any_case():
    assert found("Gdp和GDP", "gdp") == ["Gdp", "GDP"]


@pytest.mark.parametrize("text", ["", "水", "水库"])
def test_a_text_without_an_entry_holds_none(text: str):
    assert found(text, "公园") == []


@pytest.mark.parametrize("keys", [lexicon(), glossary()], ids=["everyday", "english"])
def test_every_key_of_a_list_is_found_in_itself(keys: dict[str, tuple[str, ...]]):
    assert [key for key in keys if [span.of(key) for span in longest(key, keys, 60)] != [key]] == []


def test_letters_that_grow_in_lower_case_shift_nothing():
    assert found("İ公园水库", "公园") == ["公园"]


def test_an_official_word_for_a_change_brings_the_thing_that_changes():
    """地区生产总值增长 is in the report as 地区生产总值…增长 too."""
    changes = [words for words in lexicon().values() if "地区生产总值增长" in words]
    assert changes and all("地区生产总值" in words for words in changes)


def test_places_are_known_by_their_short_and_their_full_names():
    assert {"重庆", "重庆市", "四川", "四川省"} <= place_names() and "全国" not in place_names()


def test_every_saying_points_to_at_least_one_term():
    assert all(saying and terms and all(terms) for saying, terms in sayings())
