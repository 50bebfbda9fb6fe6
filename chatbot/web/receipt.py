"""How an answer came about, in plain words: what its receipt holds, behind a closed <details>.

A dropped sentence is counted under its reason and never repeated: what the report does not say is on no screen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from html import escape
from typing import Any

from chatbot.types import Answer, Dropped
from chatbot.web.texts import ReceiptTexts, Texts

BEST = 6  # passages shown, of all that were weighed

TitleOf = Callable[[str], str]


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
    told: dict[str, Any] = dict(answer.receipt)
    words = texts.receipt
    yield words.question, (told["understood"],)
    yield words.period, (_periods(told["periods"], texts),)
    yield words.searched, tuple(_passages(told["passages"], words))
    yield words.dropped, tuple(_dropped(answer.dropped, words))
    yield words.model, tuple(_model(told["model"], words)) if "model" in told else ()
    yield words.prompts, tuple(_fingerprints(told["model"]["prompts"], words.prompt_names())) if "model" in told else ()
    yield words.index, tuple(f"{texts.title.format(title=title_of(id))} {hash}" for id, hash in told["index"].items())
    yield words.time, (_times(dict(answer.timing_ms), texts),)


def _periods(periods: Sequence[str], texts: Texts) -> str:
    return texts.receipt.comma.join(_period(period, texts) for period in periods) or texts.receipt.no_period


def _period(period: str, texts: Texts) -> str:
    """`2023/review` in words; the year may be `None`."""
    year, _, kind = period.partition("/")
    status = {"review": texts.receipt.review, "plan": texts.receipt.plan}.get(kind, "")
    return (texts.plain_year.format(year=year) if year.isdigit() else "") + status


def _passages(passages: Sequence[Mapping[str, Any]], words: ReceiptTexts) -> Iterator[str]:
    best = sorted(passages, key=lambda passage: -passage["score"])[:BEST]
    if best:
        yield words.found.format(found=len(passages), shown=len(best))
    for passage in best:
        yield words.passage.format(score=f"{passage['score']:.1f}", text=passage["best"])


def _dropped(dropped: Sequence[Dropped], words: ReceiptTexts) -> Iterator[str]:
    """The kind of each reason; after the colon it would give the words that must not be shown."""
    for reason, count in Counter(d.reason.split("：")[0] for d in dropped).items():
        yield words.drop.format(reason=reason, count=count)


def _model(model: Mapping[str, Any], words: ReceiptTexts) -> Iterator[str]:
    yield model["name"]
    yield words.written.format(calls=model["calls"], sentences=model["sentences"])
    if model["prompt_tokens"] is not None:
        yield words.tokens.format(prompt=model["prompt_tokens"], answer=model["answer_tokens"])
    if model["first_sentence_ms"] is not None:
        yield words.first.format(time=_time(model["first_sentence_ms"], words))
    if model["failure"]:
        yield words.failure.format(reason=model["failure"])


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
