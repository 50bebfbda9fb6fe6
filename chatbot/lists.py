"""Lists that a report gives whole: under a heading, behind a colon, or as the headings under another.

Whether a question asks for such a list, and whether a passage is or announces one.
"""

from __future__ import annotations

import re

from chatbot.terms import match
from chatbot.types import Evidence, Passage, Question
from chatbot.wordlists import asking

COLONS = ("：", ":")
SAID = 0.45  # share of a question from which the clause before a colon names what it asks for
_LONGEST = 250  # characters of a passage that is read as a list in one sentence
_HEARD = re.compile("[，,]?(?:主要)?(?:是|有|为|包括|表现在|表现为|如下)?[：:]")
_TAIL = re.compile("[，,]?(?:主要)?(?:是|有|为|包括|表现在|表现为|如下)$")


def asks_for_several(question: Question) -> bool:
    """Whether a list would answer: 哪些, 各是多少 of 哪几项, 主要目标是什么."""
    if question.answer_type == "list":
        return True
    words = asking("words", "several").search(question.text)
    return bool(words) and (question.answer_type == "name" or question.each)


def is_heading(passage: Passage) -> bool:
    """Whether a passage only repeats its heading."""
    return passage.text.rstrip("。：") in passage.path


def announces(evidence: Evidence) -> bool:
    """Whether the clause that says the question best stands before a colon."""
    best, passage = evidence.best, evidence.passage
    behind = passage.text[best.span.end - passage.span.start :]
    return bool(_HEARD.match(behind)) and best.feature("cover") >= SAID


def is_listed(question: Question, evidence: Evidence) -> bool:
    """Whether a list is asked for that this passage gives whole, if not too long.

    Its very name (主要预期目标) is the heading above, or is said by the clause that announces it: 主要预期目标是：….
    """
    passage = evidence.passage
    if not asks_for_several(question) or is_heading(passage) or len(passage.text) > _LONGEST:
        return False
    heading = passage.path[-1] if len(passage.path) > 1 else ""
    named = bool(question.terms) and all(match(term, heading) >= 0.9 for term in question.terms)
    return not passage.text.endswith(COLONS) and (named or announces(evidence))


def name_of(evidence: Evidence) -> str:
    """What announces a list, without the words that lead to it: 工作中还有不少差距."""
    best, passage = evidence.best, evidence.passage
    said, behind = passage.slice(best.span), passage.text[best.span.end - passage.span.start :]
    return _TAIL.sub("", said) if behind.startswith(COLONS) else said
