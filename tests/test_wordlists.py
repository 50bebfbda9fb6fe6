"""How the word lists are read: comments, letters, the longest match."""

from __future__ import annotations

from importlib.resources import files

import pytest

from chatbot.wordlists import (
    asking,
    filler,
    filler_phrases,
    glossary,
    glossary_pattern,
    lexicon,
    lexicon_pattern,
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


def test_expressions_take_no_heed_of_case():
    assert asking("periods", "last_year").search("LAST YEAR")


def test_filler_is_lower_case():
    assert all(word == word.lower() for word in filler())


def test_a_single_character_is_never_cut_out_as_filler():
    """It may be part of a word."""
    single = [word for word in filler() if len(word) == 1]
    assert single and [word for word in single if filler_phrases().fullmatch(word)] == []


@pytest.mark.parametrize(("pattern", "keys"), [(lexicon_pattern(), lexicon()), (glossary_pattern(), glossary())])
def test_the_longest_key_wins(pattern, keys):
    shadowed = [key for key in keys if (m := pattern.match(key)) and m[0].lower() != key]
    assert shadowed == []


def test_an_english_phrase_is_found_at_word_boundaries_only():
    key = next(key for key in glossary() if key.isalpha())
    assert glossary_pattern().search(f"the {key} of")
    assert not glossary_pattern().fullmatch(f"x{key}x")


def test_everyday_words_in_latin_letters_are_found_in_any_case():
    key = next(key for key in lexicon() if key.isascii() and key.isalpha())
    assert lexicon_pattern().search(key.upper()) and lexicon()[key]


def test_an_official_word_for_a_change_brings_the_thing_that_changes():
    """地区生产总值增长 is in the report as 地区生产总值…增长 too."""
    changes = [words for words in lexicon().values() if "地区生产总值增长" in words]
    assert changes and all("地区生产总值" in words for words in changes)


def test_places_are_known_by_their_short_and_their_full_names():
    assert {"重庆", "重庆市", "四川", "四川省"} <= place_names() and "全国" not in place_names()


def test_every_saying_points_to_at_least_one_term():
    assert all(saying and terms and all(terms) for saying, terms in sayings())
