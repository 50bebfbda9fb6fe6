"""The suite of false sentences: one case a claim, evenly over kinds and reports, the same for the same seed.

A case is what a model might have written beside the evidence it had: `supported` chooses its quotes as in the product.
Each carries the true sentence it was made from, so that a kind whose originals fail is seen to prove nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from random import Random

from chatbot.compose import supported
from chatbot.types import DraftSentence, Evidence
from eval import figure_mutations as figure
from eval import support_mutations as support
from eval import word_mutations as word
from eval.claims import Claim, Shelf, fitting
from eval.mutant import Mutant, Mutator

EACH = 120  # cases of a kind
_ROUNDS = 4  # times a report is gone through for a kind

KINDS: Mapping[str, tuple[Mutator, ...]] = {
    "数字改动": (figure.digit_changed, figure.multiplied, figure.other_figure, figure.worded_figure),
    "单位改动": (figure.unit_changed,),
    "小数点移位": (figure.point_moved,),
    "万亿改动": (figure.scale_changed,),
    "汉字数字错": (figure.wrong_numeral,),
    "换算错": (figure.wrong_conversion,),
    "两数互换": (figure.figures_swapped, figure.names_swapped),
    "程度词": (figure.hedge_dropped, figure.hedge_added, figure.hedge_changed),
    "方向相反": (word.direction_flipped,),
    "年份改动": (word.year_changed,),
    "目标与完成": (word.status_changed,),
    "名称调换": (word.name_swapped,),
    "列举增减": (word.member_removed, word.member_added, word.member_replaced),
    "否定": (word.negation_added, word.negation_removed),
    "范围词": (word.quantifier_changed, word.quantifier_added),
    "依据调换": (support.other_key, support.other_quote),
    "拼接": (support.figure_of_another, support.fate_of_another, support.linked),
}


@dataclass(frozen=True, slots=True)
class Case:
    """A sentence that must not be shown, and the true one it comes from, with the evidence both could claim."""

    kind: str
    rule: str
    sentence: DraftSentence
    original: DraftSentence
    offered: Mapping[str, Evidence]


def cases(shelves: Sequence[Shelf], seed: int, each: int = EACH) -> list[Case]:
    """`each` cases of every kind, its rules and the reports in turn; fewer where they do not hold as many."""
    return [case for kind in KINDS for case in islice(_of_kind(kind, shelves, seed), each)]


def _of_kind(kind: str, shelves: Sequence[Shelf], seed: int) -> Iterator[Case]:
    """Cases of a kind, no sentence twice."""
    told = set[str]()
    for case in _in_turn([_in_turn([_made(kind, rule, s, seed) for s in shelves]) for rule in KINDS[kind]]):
        if case.sentence.text not in told:
            told.add(case.sentence.text)
            yield case


def _in_turn(streams: list[Iterator[Case]]) -> Iterator[Case]:
    while streams:
        for stream in list(streams):
            if case := next(stream, None):
                yield case
            else:
                streams.remove(stream)


def _made(kind: str, rule: Mutator, shelf: Shelf, seed: int) -> Iterator[Case]:
    """One case a claim, in an order of the seed's, then more of the same claims."""
    dice = Random(f"{seed}/{rule.__name__}/{shelf.report.id}")
    for _ in range(_ROUNDS):
        for claim in dice.sample(shelf.claims, len(shelf.claims)):
            if case := _case(kind, rule, claim, shelf, dice):
                yield case


def _case(kind: str, rule: Mutator, claim: Claim, shelf: Shelf, dice: Random) -> Case | None:
    made = [mutant for mutant in rule(claim, shelf) if mutant.keys or mutant.whole or _is_new(mutant, claim, shelf)]
    if not made:
        return None
    mutant = dice.choice(made)
    frame = dice.choice(_frames(claim))
    text = mutant.text if mutant.whole else frame.format(mutant.text)
    sentence = _drafted(text, mutant.keys or (claim.evidence.key,), shelf)
    if mutant.quote:
        sentence = replace(sentence, quotes=(mutant.quote,))
    original = _drafted(frame.format(claim.body), (claim.evidence.key,), shelf)
    if sentence.text == original.text and sentence.quotes == original.quotes:
        return None  # put right on the way: a missing or wrong frame is replaced by the one of the evidence
    return Case(kind, rule.__name__, sentence, original, shelf.offered)


def _frames(claim: Claim) -> list[str]:
    """Bare, as the product says it, and with a comma as models do."""
    frames = fitting(claim, claim.body)
    return frames + [frame.replace("年：", "年，") for frame in frames if "年：" in frame]


def _is_new(mutant: Mutant, claim: Claim, shelf: Shelf) -> bool:
    """Whether the report does not happen to say what was made."""
    return mutant.text != claim.body and mutant.text not in shelf.report.text


def _drafted(text: str, keys: Sequence[str], shelf: Shelf) -> DraftSentence:
    return supported(text + "".join(f"[{key}]" for key in keys), shelf.offered)
