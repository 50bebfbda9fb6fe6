"""Does the evidence answer the question? Calibrated evidence, not one score threshold.

The features of the best clause (asked words said, lacked or strange; kind of thing; period) are weighed by the numbers
in `decision.toml`, which `python -m eval calibrate` learns from our own questions.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from math import exp
from typing import NamedTuple

from chatbot.figures import quantities
from chatbot.fit import unit_fit
from chatbot.kinds import names_in
from chatbot.lists import COLONS, is_heading, is_listed
from chatbot.quote import quote_span, window
from chatbot.segment import simplified
from chatbot.types import MASTHEAD, Clause, Evidence, Period, Question
from chatbot.wordlists import asking, read_toml

_PLAIN = 0.6  # share said from which a question speaks so much like the report that what it asks for must be named
_OFFICIAL = 0.45  # share of a question said from which it counts as asked in the report's words
_UNSAID = 0.5  # share of the official words asked that a passage lacks from which it tells of something else
_HEARD = 0.1  # likeness by what was learned below which a clause without one word of the question says nothing of it
_NAMED = 0.65  # how much of the noun asked for counts as naming it
_DEMAND, _WRITTEN = -0.3, -0.1  # fairness below which a message is no question for a report, or no brief on it
_OF_KIND = ("没有这种数据", "没有这一项", "没有列出")  # vetoes for what does not look like what is asked for
_FOREMOST = 5  # clauses of one period that are looked at for a comparison
_GOAL = re.compile("^(?!.*(?:(?<!未)完成|超|提前|[高好优快]于)).*(?:目标|预期)")  # and not what became of it
_ALL_SAID = 0.9  # share of a question from which a clause says all of it
_LISTS = re.compile("^[^，。；]*[，：:（(]?(?:包括|即|分别[是为]|有|[：:（(])")  # the members follow
_NEVER = -30.0  # where nothing was learned of such questions, none is answered
_WIDE = 3.0  # a lead beyond this says nothing more


@cache
def _numbers() -> Mapping[str, Mapping[str, float]]:
    numbers: dict[str, dict[str, float]] = read_toml("decision.toml")
    return numbers


class Candidate(NamedTuple):
    """The best clause of all that speak of the right time, and how it stands among the others.

    `margin` is its lead over the best of any other passage; `elsewhere` how much more of the question some clause of
    another time covers: then the thing is told, but not for the time asked. `names` are the single things that the
    question names as some passage does: 长江大桥.
    """

    evidence: Evidence
    clause: Clause
    margin: float
    elsewhere: float
    names: frozenset[str] = frozenset()


def candidate(question: Question, evidence: Sequence[Evidence], period: Period | None = None) -> Candidate | None:
    """The clause to answer from (of `period`, if given), or None when no clause speaks of the right time."""
    pairs = [(e, clause) for e in evidence if not is_heading(e.passage) for clause in e.clauses]
    if question.answer_type == "number":
        pairs = [(e, clause) for e, clause in pairs if is_listed(question, e) or not _announces(e, clause)]
    timely = [(e, c) for e, c in pairs if (c.feature("period") >= 0 if period is None else e.passage.period == period)]
    if not timely:
        return None
    best, clause = max(timely, key=lambda pair: pair[1].score) if period is None else _of_its_kind(question, timely)
    others = [c.score for e, c in timely if e is not best]
    margin = min(_WIDE, clause.score - max(others, default=clause.score - _WIDE))
    elsewhere = max(c.feature("cover") for _, c in pairs) - clause.feature("cover")
    names = names_in(simplified(question.asked), [e.passage for e in evidence])
    return Candidate(best, clause, margin, elsewhere, names)


def _of_its_kind(question: Question, timely: Sequence[tuple[Evidence, Clause]]) -> tuple[Evidence, Clause]:
    """Of the foremost clauses of one period the first that can answer at all; a goal is no result."""
    foremost = sorted(timely, key=lambda pair: -pair[1].score)[:_FOREMOST]
    fitting = (
        (e, c)
        for e, c in foremost
        if not veto(question, window(question, e, c))
        and not (e.passage.period.kind == "review" and _GOAL.search(e.passage.slice(c.span)))
    )
    return next(fitting, foremost[0])


def confidence(question: Question, found: Candidate) -> float:
    """How likely it is, from 0 to 1, that the candidate holds what `question` asks for; 0 where it cannot."""
    quoted = window(question, found.evidence, found.clause)
    if vetoed(question, found, quoted):
        return 0.0
    shown = signs(found, quoted)
    weights, bias = _numbers()["weights"], _numbers()["bias"].get(group(question, reach(found, quoted)), _NEVER)
    total = bias + sum(weights.get(name, 0.0) * value for name, value in shown.items())
    return 1 / (1 + exp(-total))


def reach(found: Candidate, quoted: Sequence[Clause]) -> float:
    """How far the question speaks like the report: by what any clause says of it, of whatever time, or by its words."""
    best = _best_of(quoted)
    return max(best["cover"], found.clause.feature("cover") + found.elsewhere, best.get("formal", 0.0))


def group(question: Question, said: float) -> str:
    """What is asked and how: for figures or the rest, in the report's own words or in everyday ones."""
    kind = "number" if question.answer_type == "number" else "other"
    return kind if said >= _OFFICIAL else f"{kind}_everyday"


def signs(found: Candidate, quoted: Sequence[Clause]) -> dict[str, float]:
    """The features of a quote, of each the best among its clauses, and what follows from two of them together.

    Where most of the question is said, a missing focus (`gap`), a word used elsewhere (`miss`) or nowhere (`odd`) tells
    that a detail is not given; in everyday wording it tells nothing.
    """
    best = _best_of(quoted)
    cover = best["cover"]
    return best | {
        "gap": cover * (1 - best["focus"]),
        "miss": cover * best["lack"],
        "odd": cover * best["strange"],
        "hole": cover * best["gone"],
        "plain": (1 - cover) * best["hint"],
        "margin": found.margin,
        "elsewhere": found.elsewhere,
    }


def _best_of(quoted: Sequence[Clause]) -> dict[str, float]:
    names = dict(quoted[0].features)
    missing = {"lack", "strange", "gone", "absent"}  # the clause that lacks least counts
    return {name: (min if name in missing else max)(c.feature(name) for c in quoted) for name in names}


def veto(question: Question, quoted: Sequence[Clause]) -> str:
    """Why the quote cannot answer, whatever its words: another time or place, or not the kind of thing asked for."""
    found = _best_of(quoted)
    if found["period"] < 0:
        return "另一时期"
    if found["place"] < 0:
        return "另一地方"
    if found["contrast"] < 0:
        return "说的是另一类"
    if found["status"] < 0:
        return "不是目标"
    if not found["cover"] and max(found.get(name, 0.0) for name in ("hint", "hint_near", "alike")) < _HEARD:
        return "没有说到"
    unnamed = found["cover"] >= _PLAIN and found["focus"] < _NAMED
    other = found["formal"] >= _PLAIN and found["unsaid"] >= _UNSAID and found["cover"] < _PLAIN
    mistaken = found["cover"] >= _PLAIN and _is_of_another(quoted)
    if question.answer_type == "number" and (found["unit"] < 0 or unnamed or other or mistaken):
        return "没有这种数据"
    if question.answer_type in ("person", "date", "place", "list", "reason", "rank") and found["type"] < 0:
        return "没有这一项"
    if question.count and question.answer_type == "name" and found["type"] < 0:
        return "没有列出"
    return ""


def _is_of_another(quoted: Sequence[Clause]) -> bool:
    """Whether the figure that is named as asked is of the wrong kind, and those of the right kind are another's."""
    named = max(c.feature("name") for c in quoted)
    return named >= _NAMED and not any(c.feature("unit") >= 0 and 2 * c.feature("name") >= named for c in quoted)


def is_demand(question: Question, evidence: Sequence[Evidence]) -> bool:
    """Whether the message asks for nothing that any report could tell (`fair` is the same for every clause).

    What is to be written (简报, 诗) is more often such a demand than what is asked.
    """
    if evidence and all(e.passage.path == (MASTHEAD,) for e in evidence):
        return False
    clauses = [clause for e in evidence for clause in e.clauses]
    said = max((max(c.feature("cover"), c.feature("context")) for c in clauses), default=0.0)
    least = _WRITTEN if question.answer_type == "overview" else _DEMAND
    return said < _OFFICIAL and any(clause.feature("fair") < least for clause in clauses[:1])


def vetoed(question: Question, found: Candidate, quoted: Sequence[Clause]) -> bool:
    """Whether the quote cannot answer; a list given whole need not look like one."""
    reason = veto(question, quoted)
    if reason in ("", *_OF_KIND) and is_listed(question, found.evidence):
        return False
    rules = (
        _lumped,
        _only_announces,
        _unexplained,
        _unattributed,
        _of_another_name,
        _of_the_meeting,
        _ungraded,
        _only_counted,
        _told_otherwise,
    )
    return bool(reason) or any(rule(question, found, quoted) for rule in rules)


def _unexplained(question: Question, found: Candidate, quoted: Sequence[Clause]) -> bool:
    """Whether it is asked what the digits of a name (“885”) stand for, and the passage only says the name."""
    names = [term.text for term in question.terms if term.kind == "name" and any(c.isdigit() for c in term.text)]
    if not names or not asking("words", "meaning").search(question.text):
        return False
    told = found.evidence.passage.text
    return not any(re.search(rf"{re.escape(name)}”?[^，。；]{{0,6}}(?:即|指|包括|[：:（(]|——)", told) for name in names)


def _unattributed(question: Question, found: Candidate, quoted: Sequence[Clause]) -> bool:
    """Whether it is asked who does a work, and the quote speaks of the work alone."""
    text = found.evidence.passage.slice(quote_span(quoted))
    return bool(asking("words", "agent").search(question.text)) and not asking("words", "agency").search(text)


def _of_another_name(question: Question, found: Candidate, quoted: Sequence[Clause]) -> bool:
    """Whether the question names a bridge, a road, a hospital, and the passage speaks of none that it names."""
    told = found.evidence.passage.text + "".join(found.evidence.passage.path)
    return bool(found.names) and not any(name in told for name in found.names)


def _of_the_meeting(question: Question, found: Candidate, quoted: Sequence[Clause]) -> bool:
    """Whether the head of the report says nothing of what is asked but a day or a place of its own."""
    heads = found.evidence.passage.path == (MASTHEAD,) and not asking("words", "masthead").search(question.text)
    return heads and question.answer_type in ("date", "place") and not _best_of(quoted)["cover"]


def _ungraded(question: Question, found: Candidate, quoted: Sequence[Clause]) -> bool:
    """Whether a grade is asked for (几价) that the quote does not tell."""
    asked = asking("words", "grade").search(question.text)
    if not asked:
        return False
    text = found.evidence.passage.slice(quote_span(quoted))
    return not re.search(rf"[一二三四五六七八九十两\d]{asked[1] or asked[2]}", text)


def _only_counted(question: Question, found: Candidate, quoted: Sequence[Clause]) -> bool:
    """Whether a list is asked for of which the clause that says it all tells the number alone."""
    said = found.clause.feature("cover") >= _ALL_SAID and found.clause.feature("type") < 0
    text = found.evidence.passage.text[found.clause.span.start - found.evidence.passage.span.start :]
    return question.answer_type == "list" and said and bool(quantities(text.split("，")[0])) and not _LISTS.search(text)


def _told_otherwise(question: Question, found: Candidate, quoted: Sequence[Clause]) -> bool:
    """Whether the figure that is named as asked stands elsewhere in the sentence and is of the wrong kind."""
    best, beside = _best_of(quoted), [c for c in found.evidence.clauses if c not in quoted]
    named = max((c.feature("name") for c in beside if c.feature("unit") < 0), default=0.0)
    asked = question.answer_type == "number" and best["formal"] >= _PLAIN
    return asked and named >= _NAMED and 2 * best["name"] < named


def _only_announces(_: Question, found: Candidate, quoted: Sequence[Clause]) -> bool:
    """Whether the quote ends before a colon: what it announces is not in it."""
    return _announces(found.evidence, quoted[-1])


def _announces(evidence: Evidence, clause: Clause) -> bool:
    """Whether the clause stands before a colon."""
    passage = evidence.passage
    return passage.text[clause.span.end - passage.span.start :].startswith(COLONS)


def _lumped(question: Question, found: Candidate, quoted: Sequence[Clause]) -> bool:
    """Whether a figure is asked for each of several things and the quote gives one for all of them together."""
    text = found.evidence.passage.slice(quote_span(quoted))
    fitting = [figure for figure in quantities(text) if unit_fit(question, figure, text) >= 0]
    return question.each and len(fitting) < 2


def says_all(question: Question, found: Candidate) -> bool:
    """Whether the quote says all of the question, and a figure of the kind asked for: enough for a period whose
    counterpart is told beyond doubt."""
    quoted = window(question, found.evidence, found.clause)
    best = _best_of(quoted)
    return not vetoed(question, found, quoted) and best["cover"] >= _ALL_SAID and best["unit"] > 0


def answers(question: Question, found: Candidate) -> bool:
    said = reach(found, window(question, found.evidence, found.clause))
    register = "official" if said >= _OFFICIAL else "everyday"
    return confidence(question, found) >= _numbers()["threshold"][register]
