"""rewrite: a follow-up → a stand-alone question, by a model that may only put together what was said before."""

from __future__ import annotations

import re
from collections.abc import Sequence

from langchain_core.messages import HumanMessage

from chatbot.guard import clean
from chatbot.models import Model, Usage
from chatbot.prompts import filled
from chatbot.segment import Word, simplified, words

_LONGEST = 120  # characters
_TURNS = 3  # earlier messages that are told
_ASKING = ("几", "多少", "哪")
_DENIALS = ("不", "未", "没", "非", "无", "除")
_QUOTES = "“”\"'‘’「」"
_SPACE = re.compile(r"[\s？?。]")
_LABEL = re.compile(r"^(?:改写(?:后)?(?:的问题)?|问题)\s*[:：]\s*")


def rewritten(message: str, history: Sequence[str], model: Model, usage: Usage) -> str:
    """The question made stand-alone; empty when what the model wrote cannot be trusted. Raises ModelFailure."""
    before = " / ".join(history[-_TURNS:])
    prompt = filled("rewrite", history=before, question=message)
    written = "".join(model.stream([HumanMessage(prompt)], usage)).strip().split("\n")[0]
    question = clean(simplified(_LABEL.sub("", written))).strip(_QUOTES + " ")
    return question if is_faithful(question, message, history) else ""


def is_faithful(question: str, message: str, history: Sequence[str]) -> bool:
    """Whether `question` keeps every content word of `message` and adds none that was not said in `history`."""
    if not question or len(question) > _LONGEST or _SPACE.sub("", question) == _SPACE.sub("", simplified(message)):
        return False  # a follow-up left as it is has lost what it leans on
    said = simplified(" ".join((*history, message)))
    asked = simplified(message)
    kept = all(word in question for word in _content(asked))
    return kept and all(word in said for word in _content(question))


def _content(text: str) -> list[str]:
    """Words that carry meaning: nouns, verbs, adjectives, names, figures, places, and what denies."""
    return [word.text for word in words(text) if _is_content(word)]


def _is_content(word: Word) -> bool:
    if word.text.startswith(_ASKING) or not any(character.isalnum() for character in word.text):
        return False
    placed = word.pos[:1] == "f" and len(word.text) > 1  # 西部, but not 中
    return word.pos[:1] in "nvamtjlixbsz" or placed or word.text in _DENIALS
