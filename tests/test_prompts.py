"""Our words to a model: filled strictly, fingerprinted, with one example that cannot be taken for evidence."""

from __future__ import annotations

import re
from hashlib import sha256
from string import Template

import pytest
from core_fakes import report_text

from chatbot.compose import supported
from chatbot.prompts import FOLDER, NAMES, filled, fingerprint, prompt

PLACES = {"answer": {"evidence", "question"}, "rewrite": {"history", "question"}}
VALUES = {name: {place: f"<{place}>" for place in places} for name, places in PLACES.items()}


def test_each_file_of_the_folder_is_a_prompt_with_a_name():
    assert {path.name for path in FOLDER.iterdir()} == {f"{name}.txt" for name in NAMES}


@pytest.mark.parametrize("name", NAMES)
def test_each_place_stands_in_a_prompt_once(name: str):
    assert sorted(re.findall(r"\$(\w+)", prompt(name))) == sorted(PLACES[name])


@pytest.mark.parametrize("name", NAMES)
def test_the_values_stand_in_their_places_and_nothing_else_changes(name: str):
    assert filled(name, **VALUES[name]) == Template(prompt(name)).substitute(VALUES[name])
    assert all(value in filled(name, **VALUES[name]) for value in VALUES[name].values())


@pytest.mark.parametrize("name", NAMES)
def test_a_missing_and_a_surplus_value_are_errors_that_name_the_file(name: str):
    fewer = dict(list(VALUES[name].items())[1:])
    for values in (fewer, {}, VALUES[name] | {"more": ""}):
        with pytest.raises(ValueError, match=f"{name}.txt"):
            filled(name, **values)


@pytest.mark.parametrize("value", ["$question", "${evidence}", "$$", "$", "{question}", "\\1"])
def test_a_value_is_never_read_as_a_place(value: str):
    assert value in filled("answer", evidence=value, question="水库几座")
    assert filled("answer", evidence=value, question="水库几座").count("水库几座") == 1


def test_a_prompt_that_is_not_there_is_an_error():
    with pytest.raises(FileNotFoundError):
        prompt("no-such-prompt")


def test_fingerprints_are_short_and_those_of_two_prompts_differ():
    assert all(re.fullmatch("[0-9a-f]{12}", fingerprint(name)) for name in NAMES)
    assert len({fingerprint(name) for name in NAMES}) == len(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_fingerprint_covers_every_character_of_the_file(name: str):
    text = (FOLDER / f"{name}.txt").read_text(encoding="utf-8").strip()
    assert fingerprint(name) == sha256(text.encode()).hexdigest()[:12]


@pytest.mark.parametrize("name", NAMES)
def test_a_prompt_holds_one_worked_example_set_apart_from_the_task(name: str):
    assert prompt(name).count("例子") == 1
    assert prompt(name).index("例子") < prompt(name).index("现在开始") < prompt(name).index("$")


def test_the_keys_of_the_example_cannot_be_those_of_evidence():
    """Keys of evidence are E and hexadecimal digits; those of the example are no keys at all to the reader."""
    keys = re.findall(r"\[(\w+)\]", prompt("answer"))
    assert keys and not any(re.fullmatch("E[0-9a-f]+", key) for key in keys)
    assert supported(prompt("answer"), {}).keys == ()


def test_the_example_is_not_taken_from_a_report():
    reports = [*(FOLDER.parent / "data" / "reports").glob("*.txt"), *(FOLDER.parent / "eval" / "reports").glob("*.txt")]
    texts = [path.read_text(encoding="utf-8").replace("\n", "") for path in reports] + [report_text()]
    said = [
        part
        for part in re.split("[，。：？\n]", prompt("answer").split("例子")[1])
        if re.search(r"\d+个|\d+公里", part)
    ]
    assert said and not any(part in text for part in said for text in texts)
