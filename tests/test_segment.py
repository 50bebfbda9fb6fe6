"""Words, search tokens and simplified characters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.segment import bigrams, simplified, tokens, words

ANY_TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=60)  # the guard keeps lone surrogates out


@given(ANY_TEXT)
def test_words_laid_end_to_end_are_the_text(text: str):
    assert "".join(word.text for word in words(text)) == text


def test_a_noun_and_a_verb_are_told_apart():
    tags = {word.text: word.pos[:1] for word in words("建设水库")}
    assert tags == {"建设": "v", "水库": "n"}


def test_tokens_hold_words_and_every_pair_of_neighbours():
    found = tokens("新建公园")
    assert {"新建", "建公", "公园"} <= set(found)


def test_tokens_of_latin_letters_are_lower_case_and_figures_stay_whole():
    assert {"gdp", "5.8"} <= set(tokens("GDP增长5.8%"))


@pytest.mark.parametrize("text", ["", "   ", "，。！", "🏞️", "\u200b"], ids=ascii)
def test_there_are_no_tokens_without_letters_or_figures(text: str):
    assert tokens(text) == []


def test_pairs_do_not_run_across_a_mark():
    assert "园改" not in tokens("公园，改造")


@pytest.mark.parametrize(("text", "pairs"), [("", []), ("水", []), ("水库", ["水库"]), ("三水库", ["三水", "水库"])])
def test_bigrams_are_the_neighbours_in_order(text: str, pairs: list[str]):
    assert bigrams(text) == pairs


@pytest.mark.parametrize(
    ("text", "simple"),
    [("軌道交通", "轨道交通"), ("財政預算", "财政预算"), ("GDP 增長5.8%", "GDP 增长5.8%"), ("水库", "水库")],
)
def test_traditional_characters_become_simplified_and_the_rest_stays(text: str, simple: str):
    assert simplified(text) == simple


@given(ANY_TEXT)
def test_simplifying_again_changes_nothing(text: str):
    once = simplified(text)
    assert simplified(once) == once
