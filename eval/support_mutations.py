"""Mutations of what a sentence rests on: another key or quote, and halves of two claims welded into one sentence."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from itertools import islice

from chatbot.segment import bigrams
from chatbot.types import Evidence
from eval.claims import Claim, Shelf, figures, lists
from eval.mutant import Mutant

Halves = tuple[str, str]

_NEAREST = 4  # passages most like the claim's own
_PARTNERS = 40  # claims looked at for the other half: the rest of the passage, then the passages after it


def other_key(claim: Claim, shelf: Shelf) -> Iterator[Mutant]:
    """The key of a passage of the same year and status, like the claim's own, that does not say the same."""
    wanted = set(bigrams(claim.body))
    near = [e for e in shelf.offered.values() if e.passage.period == claim.passage.period]
    others = [e for e in near if not _says_part_of(claim, e)]
    others.sort(key=lambda e: -sum(pair in e.passage.text for pair in wanted))
    yield from (Mutant(claim.body, keys=(evidence.key,)) for evidence in others[:_NEAREST])


def other_quote(claim: Claim, _: Shelf) -> Iterator[Mutant]:
    """The right passage, but a stretch of it that says something else."""
    for clause in claim.evidence.clauses:
        apart = clause.span.end <= claim.parts[0].start or clause.span.start >= claim.parts[-1].end
        if apart and claim.body not in claim.passage.slice(clause.span):
            yield Mutant(claim.body, keys=(claim.evidence.key,), quote=clause.span)


def _says_part_of(claim: Claim, evidence: Evidence) -> bool:
    return any(claim.passage.slice(part) in evidence.passage.text for part in claim.parts)


def figure_of_another(claim: Claim, shelf: Shelf) -> Iterator[Mutant]:
    """The name of one claim with the figure of another."""
    return _welded(claim, shelf, figure_halves)


def fate_of_another(claim: Claim, shelf: Shelf) -> Iterator[Mutant]:
    """The projects of one claim with what became of those of another (开工, 获批)."""
    return _welded(claim, shelf, settled_halves)


def linked(claim: Claim, shelf: Shelf) -> Iterator[Mutant]:
    """Two claims, each true, with a cause or part-of between them that nobody states."""
    for other in islice(_partners(claim, shelf), _NEAREST):
        for link in lists()["weld"]["links"] if figures(claim.body) and figures(other.body) else ():
            yield Mutant(claim.body + link + other.body, keys=_keys(claim, other))


def _welded(claim: Claim, shelf: Shelf, halves: Callable[[str], Halves | None]) -> Iterator[Mutant]:
    mine = halves(claim.body)
    for other in _partners(claim, shelf) if mine else ():
        theirs = halves(other.body)
        if mine and theirs and theirs[0] != mine[0] and not _much_the_same(mine[1], theirs[1]):
            text = mine[0] + theirs[1]
            if text not in shelf.report.text:
                yield Mutant(text, keys=_keys(claim, other))


def figure_halves(text: str) -> Halves | None:
    """Name and the rest of a single statement: 城镇新增就业 | 达到73.9万人; None when it is not so simple."""
    verbs = "|".join(lists()["weld"]["figure_verbs"])
    found = re.fullmatch(rf"([^\d，；、：]{{4,24}}?)((?:{verbs})[\d.]+[^，；、]*)", text)
    return (found[1], found[2]) if found and "分别" not in text else None


def settled_halves(text: str) -> Halves | None:
    """藻渡水库等项目 | 开工; None when it is not so simple."""
    ends = "|".join(end for alike in lists()["weld"]["settled"] for end in alike)
    found = re.fullmatch(rf"([^，；：]{{4,60}}?)(?:全面|正式|已)?({ends})", text)
    return (found[1], found[2]) if found else None


def _much_the_same(one: str, two: str) -> bool:
    return one == two or any(one in alike and two in alike for alike in lists()["weld"]["settled"])


def _partners(claim: Claim, shelf: Shelf) -> Iterator[Claim]:
    """Other claims of the same year and status, from this one on."""
    singles, places = _singles(shelf)
    start = places[claim.parts[0]] + len(claim.parts)
    for step in range(_PARTNERS):
        other = singles[(start + step) % len(singles)]
        if other.passage.period == claim.passage.period and other.parts[0] not in claim.parts:
            yield other


@cache
def _singles(shelf: Shelf) -> tuple[tuple[Claim, ...], dict[object, int]]:
    found = tuple(claim for run in shelf.runs for claim in run)
    return found, {claim.parts[0]: place for place, claim in enumerate(found)}


def _keys(claim: Claim, other: Claim) -> tuple[str, ...]:
    return tuple(dict.fromkeys((claim.evidence.key, other.evidence.key)))
