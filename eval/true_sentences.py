"""The suite of true sentences: what a faithful model writes from the evidence, which the check must let stand.

Verbatim, shortened, merged and put in another order here; other words for the same in `paraphrases.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from random import Random

from chatbot.compose import supported
from chatbot.types import DraftSentence, Evidence
from eval.claims import Claim, Shelf, fitting, lists, templates
from eval.paraphrases import PARAPHRASES, Paraphrase

EACH = 120  # sentences of a kind and set of reports
EACH_PARAPHRASE = 24
LONGEST = 110  # characters of two merged statements
GATED = ("原句", "节略", "合并")  # of these, no more than the gate's share may be dropped

Writer = Callable[[Shelf, Random], Iterator[str]]


@dataclass(frozen=True, slots=True)
class TrueSentence:
    kind: str
    said: str
    sentence: DraftSentence
    offered: Mapping[str, Evidence]


def true_sentences(shelves: Sequence[Shelf], seed: int) -> list[TrueSentence]:
    """Of every kind as many as it may have, from the reports in turn; fewer where they do not hold as many."""
    return [*_told(_WRITERS, shelves, seed, EACH), *_told(_paraphrasers(), shelves, seed, EACH_PARAPHRASE)]


def _told(writers: Mapping[str, Writer], shelves: Sequence[Shelf], seed: int, most: int) -> Iterator[TrueSentence]:
    for kind, writer in writers.items():
        for shelf in shelves:
            dice = Random(f"{seed}/{kind}/{shelf.report.id}")
            said = dict.fromkeys(islice(writer(shelf, dice), -(-most // len(shelves))))
            yield from (TrueSentence(kind, s, supported(s, shelf.offered), shelf.offered) for s in said)


def _verbatim(shelf: Shelf, dice: Random) -> Iterator[str]:
    """One statement, two, or a whole passage."""
    for claim in dice.sample(shelf.claims, len(shelf.claims)):
        yield _said(claim.body, claim, dice)


def _shortened(shelf: Shelf, dice: Random) -> Iterator[str]:
    """Whole statements of a passage left out, year and status said."""
    for run in _free_runs(shelf, dice, 3):
        first = dice.randrange(len(run) - 2)
        kept = [run[first], run[first + 2]] if dice.random() < 0.6 else list(run[first : first + 2])
        yield _said("，".join(c.body for c in kept), kept[0], dice, templates(kept[0].passage)[-1])


def _merged(shelf: Shelf, dice: Random) -> Iterator[str]:
    """Statements of two passages that speak of the same year and status, with both keys."""
    runs = [run for run in shelf.runs if _is_free(run)]
    for one, two in zip(dice.sample(runs, len(runs)), dice.sample(runs, len(runs)), strict=True):
        first, second = dice.choice(one), dice.choice(two)
        if _go_together(first, second) and first.body not in second.passage.text:
            yield _joined(first, second, dice)


def _go_together(first: Claim, second: Claim) -> bool:
    """Whether one sentence may say both: two passages, the same year and status, not too long."""
    short = len(first.body) + len(second.body) <= LONGEST
    framed_alike = templates(first.passage) == templates(second.passage)
    return (
        short and framed_alike and first.passage.period == second.passage.period and first.evidence != second.evidence
    )


def _joined(first: Claim, second: Claim, dice: Random) -> str:
    frame = dice.choice(fitting(first, first.body))
    link = dice.choice(("；", "，"))
    if dice.random() < 0.5:
        return frame.format(first.body + link + second.body) + f"[{first.evidence.key}][{second.evidence.key}]"
    return frame.format(f"{first.body}[{first.evidence.key}]{link}{second.body}") + f"[{second.evidence.key}]"


def _reordered(shelf: Shelf, dice: Random) -> Iterator[str]:
    for run in _free_runs(shelf, dice, 2):
        first = dice.randrange(len(run) - 1)
        yield _said(f"{run[first + 1].body}，{run[first].body}", run[first], dice)


def _free_runs(shelf: Shelf, dice: Random, least: int) -> Iterator[tuple[Claim, ...]]:
    """Passages of statements none of which hangs on another, several times over."""
    runs = [run for run in shelf.runs if len(run) >= least and _is_free(run)]
    for _ in range(4):
        yield from dice.sample(runs, len(runs))


def _is_free(run: Sequence[Claim]) -> bool:
    held, opened = tuple(lists()["cut"]["scope"]), tuple(lists()["cut"]["prepositions"])
    return not any(c.body.startswith(opened) or any(word in c.body for word in held) for c in run)


def _said(body: str, claim: Claim, dice: Random, frame: str = "") -> str:
    frames = fitting(claim, body)
    return (frame if frame in frames else dice.choice(frames)).format(body) + f"[{claim.evidence.key}]"


_WRITERS: Mapping[str, Writer] = {
    "原句": _verbatim,
    "节略": _shortened,
    "合并": _merged,
    "换序": _reordered,
}


def _paraphrasers() -> Mapping[str, Writer]:
    return {kind: partial(_paraphrased, paraphrase) for kind, paraphrase in PARAPHRASES.items()}


def _paraphrased(paraphrase: Paraphrase, shelf: Shelf, dice: Random) -> Iterator[str]:
    """A body may be framed; one that says its year or opens with other words stays as it is."""
    for claim in dice.sample(shelf.claims, len(shelf.claims)):
        if made := list(paraphrase(claim, shelf)):
            body = dice.choice(made)
            opened = not body.startswith(claim.body[:2])
            yield _said(body, claim, dice, "{}" if opened else "")
