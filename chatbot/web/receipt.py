"""How an answer came about, in plain words: what its receipt holds, behind a closed <details>.

A dropped sentence is counted under its reason and never repeated: what the report does not say is on no screen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from html import escape

from pydantic import BaseModel

from chatbot.types import Answer, Dropped
from chatbot.web.texts import ReceiptTexts, Texts

BEST = 6  # passages shown, of all that were weighed

TitleOf = Callable[[str], str]


class Weighed(BaseModel):
    """A passage that was weighed: its score and its best clause."""

    score: float
    best: str


class Model(BaseModel):
    """What a language model was asked with, and what came of it."""

    name: str
    calls: int
    sentences: int
    prompt_tokens: int | None
    answer_tokens: int | None
    first_sentence_ms: float | None
    failure: str
    prompts: dict[str, str]


class Told(BaseModel):
    """As much of a receipt as is shown: of the passages the best, of which there were `found` in all."""

    understood: str
    periods: list[str]
    passages: list[Weighed]
    found: int | None = None
    model: Model | None = None
    index: dict[str, str]


def told(answer: Answer) -> tuple[tuple[str, object], ...]:
    """The receipt cut down to what is shown. ValidationError, a ValueError, for one that is none."""
    return tuple(_told(answer).model_dump().items()) if answer.receipt else ()


def _told(answer: Answer) -> Told:
    whole = Told.model_validate(dict(answer.receipt))
    best = sorted(whole.passages, key=lambda passage: -passage.score)[:BEST]
    return whole.model_copy(update={"passages": best, "found": whole.found or len(whole.passages)})


def how(answer: Answer, id: str, title_of: TitleOf, texts: Texts) -> str:
    """The closed <details> with this `id`; nothing for an answer without a receipt (a blocked message)."""
    if not answer.receipt:
        return ""
    drawn = "".join(_row(name, lines) for name, lines in _rows(answer, title_of, texts))
    summary = f"<summary>{escape(texts.receipt.head)}</summary>"
    return f'<details class="zw-receipt" id="{escape(id)}">{summary}<dl>{drawn}</dl></details>'


def _row(name: str, lines: Sequence[str]) -> str:
    said = "".join(f"<dd>{escape(line)}</dd>" for line in lines)
    return f"<dt>{escape(name)}</dt>{said}" if lines else ""


def _rows(answer: Answer, title_of: TitleOf, texts: Texts) -> Iterator[tuple[str, Sequence[str]]]:
    """Each heading with its lines, as plain text."""
    told, words = _told(answer), texts.receipt
    prompts = told.model.prompts if told.model else {}
    yield words.question, (told.understood,)
    yield words.period, (_periods(told.periods, texts),)
    yield words.searched, tuple(_passages(told, words))
    yield words.dropped, tuple(_dropped(answer.dropped, words))
    yield words.model, tuple(_model(told.model, words)) if told.model else ()
    yield words.prompts, tuple(_fingerprints(prompts, words.prompt_names()))
    yield words.index, tuple(f"{texts.title.format(title=title_of(id))} {hash}" for id, hash in told.index.items())
    yield words.time, (_times(dict(answer.timing_ms), texts),)


def _periods(periods: Sequence[str], texts: Texts) -> str:
    return texts.receipt.comma.join(_period(period, texts) for period in periods) or texts.receipt.no_period


def _period(period: str, texts: Texts) -> str:
    """`2023/review` in words; the year may be `None`."""
    year, _, kind = period.partition("/")
    status = {"review": texts.receipt.review, "plan": texts.receipt.plan}.get(kind, "")
    return (texts.plain_year.format(year=year) if year.isdigit() else "") + status


def _passages(told: Told, words: ReceiptTexts) -> Iterator[str]:
    if told.passages:
        yield words.found.format(found=told.found, shown=len(told.passages))
    for passage in told.passages:
        yield words.passage.format(score=f"{passage.score:.1f}", text=passage.best)


def _dropped(dropped: Sequence[Dropped], words: ReceiptTexts) -> Iterator[str]:
    """The kind of each reason; after the colon it would give the words that must not be shown."""
    for reason, count in Counter(d.reason.split("：")[0] for d in dropped).items():
        yield words.drop.format(reason=reason, count=count)


def _model(model: Model, words: ReceiptTexts) -> Iterator[str]:
    yield model.name
    yield words.written.format(calls=model.calls, sentences=model.sentences)
    if model.prompt_tokens is not None:
        yield words.tokens.format(prompt=model.prompt_tokens, answer=model.answer_tokens)
    if model.first_sentence_ms is not None:
        yield words.first.format(time=_time(model.first_sentence_ms, words))
    if model.failure:
        yield words.failure.format(reason=model.failure)


def _fingerprints(hashes: Mapping[str, str], names: Mapping[str, str]) -> Iterator[str]:
    return (f"{names.get(name, name)} {hash}" for name, hash in hashes.items())


def _times(spent: Mapping[str, float], texts: Texts) -> str:
    words = texts.receipt
    stages = [stage for stage in (*texts.stages(), ("total", words.total)) if stage[0] in spent]
    return words.comma.join(f"{word} {_time(spent[name], words)}" for name, word in stages)


def _time(milliseconds: float, words: ReceiptTexts) -> str:
    if milliseconds < 1000:
        return words.milliseconds.format(time=f"{milliseconds:.0f}")
    return words.seconds.format(time=f"{milliseconds / 1000:.1f}")
