"""brief, in a first plain version: the passages on a topic under the report's headings, every sentence cited."""

from __future__ import annotations

from collections.abc import Sequence

from chatbot.lists import is_heading
from chatbot.types import MASTHEAD, Draft, DraftSentence, Evidence, Passage, Question

_BUDGET = 3600  # characters; about three printed pages


def brief(question: Question, evidence: Sequence[Evidence]) -> Draft:
    """The evidence in the order of the report, under its own headings, up to a fixed length; best passages first in."""
    told = [e for e in evidence if not _is_heading(e.passage)]
    chosen = _within(_BUDGET, sorted(told, key=lambda e: -e.score))
    sentences: list[DraftSentence] = []
    heading = ""
    for e in sorted(chosen, key=lambda e: (e.passage.report_id, e.passage.span)):
        above = _heading(e.passage)
        sentences.append(
            DraftSentence(e.passage.text, (e.key,), (e.passage.span,), heading=above if above != heading else "")
        )
        heading = above
    return Draft(tuple(sentences)) if sentences else Draft((), "refused")


def _within(budget: int, evidence: Sequence[Evidence]) -> list[Evidence]:
    chosen: list[Evidence] = []
    for e in evidence:
        budget -= len(e.passage.text) + 4
        if budget < 0:
            break
        chosen.append(e)
    return chosen


def _is_heading(passage: Passage) -> bool:
    """Whether a passage only repeats a heading, or belongs to the title block."""
    return is_heading(passage) or passage.path[0] == MASTHEAD


def _heading(passage: Passage) -> str:
    return " › ".join(passage.path)
