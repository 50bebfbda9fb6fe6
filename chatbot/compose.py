"""draft, with a model: it words the answer, and what it words is believed only where the quotes bear it out.

extractive draft (what must be told) → prompt → stream → sentences → each checked, released or dropped

The extractive draft decides whether there is an answer and which quotes it must rest on; the model may say them better,
put them together, and add what another passage answers too. What it leaves untold is told in the report's own words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from langchain_core.messages import HumanMessage

from chatbot.budget import fitting, tokens
from chatbot.context import says_plan
from chatbot.decide import Candidate, answers
from chatbot.figures import quantities, same_amount
from chatbot.fit import figure_fit, figures_of
from chatbot.models import LONGEST_ANSWER, Model, ModelFailure, Usage
from chatbot.prompts import filled
from chatbot.segment import words
from chatbot.types import Draft, DraftSentence, Dropped, Evidence, Period, Question, Span
from chatbot.verify import fault
from chatbot.wordlists import read_toml

_KEYS = re.compile(r"[\[【]\s*(E[0-9a-f]+(?:\s*[,，、;；]\s*E[0-9a-f]+)*)\s*[\]】]")
_KEY = re.compile(r"E[0-9a-f]+")
_END = re.compile(r"[。！？!?\n]")
_BRACKETS = re.compile(r"(?:\s|。|[,，、;；]?\s*[\[【][^\]】\n]*[\]】])*")
_OPEN_BRACKET = re.compile(r"[\[【][^\]】]*$")
_MORE_BRACKETS = re.compile(r"[,，、;；]?\s*(?:[\[【]|$)")
_MARKUP = re.compile(r"^(?:[-*•]\s+|\d{1,2}[.、)]\s*(?!\d)|回答[:：]\s*)|\*\*")
_LONGEST = 600  # characters of a sentence with its keys; a whole passage of a report is shorter
_NO_ROOM = "报告的段落放不进模型的上下文"
_TOLD = 0.7  # share of the words of a quote's answering clause that a sentence must say to have told it


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be worded. `base` is the extractive draft; `places` are the regions the reports are about."""

    question: Question
    evidence: tuple[Evidence, ...]
    base: Draft
    places: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Composed:
    """What stands so far: `sentences` verified, in order; `written` of them by the model; `failure` ended it early."""

    sentences: tuple[DraftSentence, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    written: int = 0
    failure: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """What the model did. `rewritten` is the follow-up in full; `first_ms` from draft to first sentence."""

    model: str
    composed: Composed = Composed()
    usage: Usage = field(default_factory=Usage)
    rewritten: str = ""
    first_ms: float | None = None


def compose(task: Task, model: Model, room: int, usage: Usage) -> Iterator[Composed]:
    """Each value holds one sentence more than the one before; the last is the whole. Never raises for the model."""
    due = list(task.base.sentences)
    done = Composed()
    offered = {e.key: e for e in chosen(task, room, model.name)}
    if not offered:
        yield Composed(tuple(due), failure=_NO_ROOM)
        return
    try:
        prompt = HumanMessage(_prompt(task.question, offered.values()))
        for said in sentences(model.stream([prompt], usage)):
            after = _judged(task, said, offered, due, done)
            if len(after.sentences) > len(done.sentences):
                yield after
            done = after
    except ModelFailure as error:
        done = replace(done, failure=str(error))
    yield replace(done, sentences=(*done.sentences, *due))


def _judged(task: Task, said: str, offered: dict[str, Evidence], due: list[DraftSentence], done: Composed) -> Composed:
    """`done` and what this sentence of the model adds to it; what it tells is taken off `due`."""
    if len(said) > _LONGEST:
        return replace(done, dropped=(*done.dropped, Dropped(said[:_LONGEST], "句子太长")))
    sentence = supported(said, offered)
    reason = fault(task.question, sentence, offered, task.places) or _repeats(sentence, done)
    if reason:
        return replace(done, dropped=(*done.dropped, Dropped(said, reason)))
    sentence = _needed(task, said, sentence, offered)
    told = [quote for quote in due if _tells(task.question, sentence, quote, offered)]
    if not told and not _welcome(task.question, sentence, offered):
        return replace(done, dropped=(*done.dropped, Dropped(said, "与问题无关")))
    before = () if told else tuple(due)  # what must be told comes before what may be
    for quote in told or tuple(due):
        due.remove(quote)
    return replace(done, sentences=(*done.sentences, *before, sentence), written=done.written + 1)


def chosen(task: Task, room: int, model: str) -> tuple[Evidence, ...]:
    """What the model may read: the evidence of the extractive draft, then the best of the rest that fits."""
    needed = {key for sentence in task.base.sentences for key in sentence.keys}
    ordered = sorted(task.evidence, key=lambda e: (e.key not in needed, -e.score))
    free = room - tokens(_prompt(task.question, ()), model) - LONGEST_ANSWER
    return tuple(ordered[place] for place in fitting([_line(e) for e in ordered], free, model))


def _prompt(question: Question, evidence: Iterable[Evidence]) -> str:
    return filled("answer", evidence="\n".join(map(_line, evidence)), question=question.text)


def _line(evidence: Evidence) -> str:
    """A whole passage with its key, and the year and status of what it says."""
    passage = evidence.passage
    status = {"review": "已完成", "plan": "目标或安排", "standing": ""}[passage.period.kind]
    year = f"{passage.period.year}年" if passage.period.year else ""
    said = "，".join(filter(None, (year, status)))
    text = " ".join(passage.text.split())
    return f"[{evidence.key}]（{said}）{text}" if said else f"[{evidence.key}]{text}"


def sentences(pieces: Iterable[str]) -> Iterator[str]:
    """The sentences of a stream, each with the keys in brackets that follow it, as soon as they are complete."""
    held = ""
    for piece in pieces:
        held += piece
        while cut := _cut(held):
            if held[:cut].strip():
                yield held[:cut].strip()
            held = held[cut:]
    if held.strip():
        yield held.strip()


def _cut(text: str) -> int:
    """Where the first sentence of `text` ends for certain; 0 while more must be seen."""
    end = next((m.end() for m in _END.finditer(text) if not _OPEN_BRACKET.search(text[: m.end()])), 0)
    if not end:
        return 0
    after = _BRACKETS.match(text, end)
    stop = after.end() if after else end
    return 0 if _MORE_BRACKETS.match(text, stop) else stop


def supported(said: str, offered: dict[str, Evidence]) -> DraftSentence:
    """The sentence without its keys, resting on the stretches of their passages that say most of it."""
    keys = tuple(dict.fromkeys(key for group in _KEYS.findall(said) for key in _KEY.findall(group)))
    text = _MARKUP.sub("", " ".join(_KEYS.sub("", said).split())).strip()
    text = f"{text.rstrip('。 ')}。" if text else text
    known = [offered[key] for key in keys if key in offered]
    periods = {e.passage.period for e in known}
    if len(periods) == 1:
        text = _framed(text, periods.pop())
    return DraftSentence(text, keys, tuple(_stretch(text, e) for e in known))


def _framed(text: str, period: Period) -> str:
    """`text` with its year and status said, if it does not say them itself."""
    if period.year is None or not text:
        return text
    body = re.sub(rf"^{period.year}年(?!目标或)[：:，,]?", "", text)
    told = body != text or f"{period.year}年" in text
    if told and (period.kind == "review" or says_plan(text)):
        return text
    frame: str = read_toml("phrases.toml")["zh"][period.kind]
    return frame.format(year=period.year, body=body.rstrip("。"))


def _stretch(text: str, evidence: Evidence) -> Span:
    """The shortest run of clauses that says most of `text`."""
    clauses = sorted(evidence.clauses, key=lambda c: c.span)
    wanted = [word.text for word in words(text) if word.text.strip("，。；、 ")]
    runs = [Span(first.span.start, last.span.end) for i, first in enumerate(clauses) for last in clauses[i:]] or [
        evidence.passage.span
    ]

    def worth(run: Span) -> tuple[int, int]:
        told = evidence.passage.slice(run)
        return sum(word in told for word in wanted), run.start - run.end

    return max(runs, key=worth)


def _needed(task: Task, said: str, sentence: DraftSentence, offered: dict[str, Evidence]) -> DraftSentence:
    """The sentence without the keys it stands without, and with the year and status of those that are left."""
    for key in sentence.keys:
        keys = tuple(k for k in sentence.keys if k != key)
        fewer = supported(_under(said, keys), offered)
        if keys and not fault(task.question, fewer, offered, task.places):
            sentence = fewer
    return sentence


def _under(said: str, keys: Sequence[str]) -> str:
    """What the model said, under these keys."""
    return _KEYS.sub("", said) + "".join(f"[{key}]" for key in keys)


def _tells(question: Question, sentence: DraftSentence, due: DraftSentence, offered: dict[str, Evidence]) -> bool:
    """Whether `sentence` says what must be told of `due`: its answering clause; of a figure asked for, that figure."""
    source = next((offered[key] for key in due.keys if key in offered), None)
    if source is None:  # its passage did not fit into the prompt
        return False
    best = source.best.span
    if not any(q.start < best.end and best.start < q.end for q in sentence.quotes):
        return False
    stated = quantities(sentence.text)
    clause = source.passage.slice(best)
    wanted = _asked_figure(question, source) if question.answer_type == "number" else ""
    figures = quantities(wanted or clause)
    content = [word.text for word in words(wanted or clause) if word.pos[:1] in "nvajlim" and len(word.text) > 1]
    said = sum(word in sentence.text for word in content)
    return all(any(same_amount(f, other) for other in stated) for f in figures) and said >= _TOLD * len(content)


def _asked_figure(question: Question, source: Evidence) -> str:
    """Name and figure of the indicator in the best clause that fits the question best; empty without one."""
    inside = [f for f in figures_of(source.passage) if source.best.span.holds(f.quantity.span)]
    clause = source.passage.slice(source.best.span)
    best = max(inside, key=lambda f: figure_fit(question, question.terms, f, clause), default=None)
    return best.name + source.passage.slice(best.quantity.span) if best else ""


def _welcome(question: Question, sentence: DraftSentence, offered: dict[str, Evidence]) -> bool:
    """Whether a sentence beyond what must be told answers the question too, by what decides refusal as well."""
    if question.answer_type in ("number", "yesno", "date", "person", "rank"):
        return False
    return all(_answers(question, offered[key], sentence.quotes) for key in sentence.keys)


def _answers(question: Question, evidence: Evidence, quotes: Sequence[Span]) -> bool:
    inside = [c for c in evidence.clauses if any(q.holds(c.span) for q in quotes)]
    best = max(inside, key=lambda c: c.score, default=None)
    return best is not None and answers(question, Candidate(evidence, best, 0.0, 0.0))


def _repeats(sentence: DraftSentence, done: Composed) -> str:
    """A sentence that rests on nothing that was not quoted before."""
    before = [quote for earlier in done.sentences for quote in earlier.quotes]
    told = all(any(b.holds(quote) for b in before) for quote in sentence.quotes)
    return "重复" if before and told else ""
