"""Tokens counted offline, and which lines fit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.budget import fitting, tokens

KNOWN, UNKNOWN = "gpt-4", "a-model-of-your-own"
LINES = ["新建水库3座。", "改造老旧小区87个，惠及居民2.1万户。", "造林。"]


def test_the_vocabulary_of_a_known_model_is_counted_exactly():
    assert tokens("hello world", KNOWN) == 2 and tokens("", KNOWN) == 0


@pytest.mark.parametrize("text", LINES)
@pytest.mark.parametrize("model", [UNKNOWN, "gpt-4o", ""], ids=["unknown", "another vocabulary", "nameless"])
def test_for_any_other_model_the_count_is_on_the_safe_side(model: str, text: str):
    exact = tokens(text, KNOWN)
    assert 1.3 * exact <= tokens(text, model) < 1.3 * exact + 1


def test_what_looks_like_a_control_token_is_counted_as_text():
    assert tokens("<|endoftext|>", KNOWN) > 1


@given(st.lists(st.text(alphabet="新建水库3座。x", max_size=30), max_size=8), st.integers(-10, 120))
def test_what_fits_is_whole_in_order_and_within_the_room(lines: list[str], room: int):
    places = list(fitting(lines, room, UNKNOWN))
    assert places == sorted(set(places))
    assert not places or sum(tokens(lines[place] + "\n", UNKNOWN) for place in places) <= room


def test_a_line_too_long_does_not_bar_those_after_it():
    room = tokens(LINES[0] + "\n", UNKNOWN) + tokens(LINES[2] + "\n", UNKNOWN)
    assert list(fitting(LINES, room, UNKNOWN)) == [0, 2]


@pytest.mark.parametrize("room", [0, -600])
def test_nothing_fits_where_there_is_no_room(room: int):
    assert list(fitting(LINES, room, UNKNOWN)) == []
