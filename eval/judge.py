"""Is an answer right? Strings against strings, no model: what it says, what it cites, whether it is to the point.

A question counts as right when every fact (one of its `|` alternatives) stands in the answer, no forbidden string does,
a citation covers some of the evidence (where any is given), and the answer is no longer than its kind needs. A brief is
right when it holds enough of its facts; a question that the report does not answer, when it is refused.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from chatbot.types import Answer
from eval.questions import GoldQuestion

LONGEST = {  # characters of an answer of each kind, markers and white space not counted
    "number": 160,
    "fact": 200,
    "colloquial": 200,
    "compare": 260,
    "multiturn": 260,
    "english": 400,
    "traditional": 200,
    "list": 600,
    "briefing": 4000,
}
LONGEST_OTHER = 300
REFUSALS = frozenset({"refused", "out_of_scope", "blocked"})
BRIEF_SHARE = 0.7  # of its facts that a brief must hold
_SHORTEST_QUOTE = 6  # characters from which a quote inside the evidence covers it
_MARKERS = re.compile(r"\[\d+\]|【\d+】")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3})")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is to be said of one answer; None where the question does not arise.

    `facts`, `recall` and `precision` are shares from 0 to 1: of the facts that are told, of the evidence that is cited,
    of the citations that bear on the question. `exact` says of each quote whether the report holds it.
    """

    right: bool | None
    refused: bool
    exact: tuple[bool, ...] = ()
    facts: float | None = None
    clean: bool | None = None
    focused: bool | None = None
    recall: float | None = None
    precision: float | None = None


def judge(gold: GoldQuestion, answer: Answer, report: str) -> Verdict:
    """The verdict on `answer`; `report` is the folded text of the source file."""
    refused = answer.status in REFUSALS
    quotes = [folded(citation.quote) for citation in answer.citations]
    exact = tuple(bool(quote) and quote in report for quote in quotes)
    if gold.refuse:
        return Verdict(refused, refused, exact)
    if not gold.facts:
        return Verdict(None, refused, exact)  # nobody has said what a right answer holds
    text = folded(answer.text)
    told = share([states(text, fact) for fact in gold.facts])
    clean = not any(states(text, word) for word in gold.forbidden)
    focused = len(text) <= LONGEST.get(gold.category, LONGEST_OTHER)
    cited = [any(covers(quote, snippet) for quote in quotes) for snippet in _evidence(gold)]
    recall = share(cited) if cited else None
    if gold.category == "briefing":
        right = told >= BRIEF_SHARE
    else:
        right = not refused and told == 1 and clean and focused and recall != 0
    return Verdict(right, refused, exact, told, clean, focused, recall, _precision(gold, quotes))


def share(held: Sequence[bool]) -> float:
    return sum(held) / max(1, len(held))


def _evidence(gold: GoldQuestion) -> list[str]:
    return [folded(snippet) for snippet in gold.evidence]


def _precision(gold: GoldQuestion, quotes: Sequence[str]) -> float | None:
    """The share of the quotes that cover evidence or state a fact; None without quotes."""
    bearing = [
        any(covers(quote, snippet) for snippet in _evidence(gold)) or any(states(quote, fact) for fact in gold.facts)
        for quote in quotes
    ]
    return share(bearing) if bearing else None


def holds_answer(gold: GoldQuestion, clause: str) -> bool:
    """Whether a clause of the report is one to answer from: it lies in the evidence and states a fact."""
    text = folded(clause)
    return any(covers(text, snippet) for snippet in _evidence(gold)) and any(states(text, f) for f in gold.facts)


def evidence_rank(gold: GoldQuestion, texts: Sequence[str]) -> int | None:
    """From 1: the place in `texts` up to which all evidence of a question has been seen; None if it never has."""
    missing = set(_evidence(gold))
    for place, text in enumerate(map(folded, texts), start=1):
        missing -= {snippet for snippet in missing if covers(text, snippet)}
        if not missing:
            return place
    return None


def folded(text: str) -> str:
    """NFKC in lower case, without white space, citation markers and thousands separators; `∶` is a colon."""
    text = _MARKERS.sub("", unicodedata.normalize("NFKC", text).lower())
    return _THOUSANDS.sub("", re.sub(r"\s+", "", text)).replace("∶", ":")


def states(text: str, fact: str) -> bool:
    """Whether one alternative of `fact` stands in the folded `text`, its outer digits not part of a longer number."""
    return any(re.search(_pattern(option), text) for option in map(folded, fact.split("|")) if option)


def _pattern(option: str) -> str:
    before = r"(?<![\d.])" if option[0].isdigit() else ""
    after = r"(?!\d)" if option[-1].isdigit() else ""
    return before + re.escape(option) + after


def covers(quote: str, snippet: str) -> bool:
    """Whether a folded quote covers a folded snippet: one holds the other, or they share half of the snippet."""
    if snippet in quote or (len(quote) >= _SHORTEST_QUOTE and quote in snippet):
        return True
    half = max(_SHORTEST_QUOTE, len(snippet) // 2)
    return any(snippet[start : start + half] in quote for start in range(max(1, len(snippet) - half + 1)))
