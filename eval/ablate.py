"""What each part of the search is worth: the same questions, with parts taken away, side by side in one run.

For each variant the weights of ranking are learned anew without the features taken away, those of refusal on top of it;
every question is judged under weights that have not seen it (five folds, as in eval/calibrate.py). Which clauses are
candidates, and the signs that refusal goes by, stay those of the product: a variant is worth at most what its row says.
The plain recipe stands beside: LangChain's recursive splitter, the encoder as it comes, its nearest pieces.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from chatbot.archive import Progress
from chatbot.settings import Settings
from chatbot.types import Evidence, Question
from eval.calibrate import FOLDS, tried
from eval.candidates import Candidates, EveryCandidate, collect
from eval.decision import best_thresholds, outcome
from eval.plain import plain_ranks
from eval.questions import QuestionSet, load_sets
from eval.summary import mean
from eval.table import shown, table
from vectorstore.associations import Associations
from vectorstore.embed import open_embedder

COVERAGE = frozenset({"own", "cover", "lack", "strange", "gone", "unsaid", "formal"})
PAIRED = frozenset({"paired", "foremost", "alike"})
SAYINGS = frozenset({"hint", "hint_near"})
CUTOFFS = (1, 3, 5)
HEADINGS = ("做法", "找到@1", "找到@3", "找到@5", "答对", "该拒则拒", "误拒", "口语答对")

Keep = Callable[[str], bool]
VARIANTS: Mapping[str, Keep] = {
    "只用向量（句）": lambda name: name == "sentence",
    "只用向量（句与分句）": lambda name: name in ("dense", "sentence"),
    "只用 BM25": lambda name: name == "bm25",
    "向量（句）加 BM25，不用分句": lambda name: name in ("sentence", "bm25"),
    "向量（句与分句）加 BM25": lambda name: name in ("dense", "sentence", "bm25"),
    "全部，除去词语覆盖": lambda name: name not in COVERAGE,
    "全部，除去俗语库": lambda name: name not in SAYINGS,
    "全部，除去双塔编码器": lambda name: name not in PAIRED,
    "全部，除去年份": lambda name: name != "period",
    "全部": lambda name: True,
}
NO_LEXICON = "全部，除去词典与俗语库"


@dataclass(frozen=True, slots=True)
class Row:
    """One variant; shares from 0 to 1, None where it answers nothing. `found`: all evidence in the first 1, 3, 5."""

    name: str
    found: tuple[float | None, ...]
    accuracy: float | None = None
    refusal: float | None = None
    false_refusal: float | None = None
    colloquial: float | None = None


class Unlearned(EveryCandidate):
    """The retriever without what everyday words are called in reports."""

    def find(self, question: Question) -> tuple[Evidence, ...]:
        return super().find(replace(question, terms=tuple(replace(term, official=()) for term in question.terms)))


def ablate(settings: Settings, out: Path | None, tell: Progress) -> list[Row]:
    """Print the table; write it to `out` as JSON if given."""
    embedder = open_embedder(settings)
    found = list(collect(load_sets(), settings, embedder, tell))
    rows = [plain_row(only(load_sets(), found), settings, tell)]
    for name, keep in VARIANTS.items():
        tell(name)
        rows.append(row(name, found, keep))
    rows.insert(-1, row(NO_LEXICON, _without_lexicon(settings, tell), lambda name: name not in SAYINGS))
    print(printed(rows))
    if out:
        out.write_text(json.dumps([asdict(r) for r in rows], ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return rows


def _without_lexicon(settings: Settings, tell: Progress) -> list[Candidates]:
    embedder = open_embedder(settings)
    nothing = Associations(np.zeros((0, 1), np.float32), [])
    return list(collect(load_sets(), settings, embedder, tell, Unlearned, nothing))


def row(name: str, found: Sequence[Candidates], keep: Keep) -> Row:
    trials = [trial for part in range(FOLDS) for trial in tried(found, part, keep)]
    cases, likely = [t.case for t in trials], np.array([t.likely for t in trials])
    chosen = best_thresholds(cases, likely)
    over_all = outcome(cases, likely, chosen)
    everyday = [i for i, t in enumerate(trials) if t.found.gold.category == "colloquial"]
    spoken = outcome([cases[i] for i in everyday], likely[everyday], chosen)
    places = [trial.place for trial in trials if not trial.found.gold.refuse]
    return Row(
        name,
        tuple(_within(places, k) for k in CUTOFFS),
        accuracy=over_all.accuracy,
        refusal=over_all.refusal,
        false_refusal=over_all.false_refusal,
        colloquial=spoken.accuracy,
    )


def _within(places: Sequence[int | None], most: int) -> float | None:
    """The share of places (None: not found at all) among the first `most`."""
    return mean(place is not None and place <= most for place in places)


def only(sets: Sequence[QuestionSet], found: Sequence[Candidates]) -> list[QuestionSet]:
    """The sets with the questions that have candidates: what the plain recipe is asked too, and nothing else."""
    asked = {candidates.gold for candidates in found}
    return [replace(s, questions=tuple(gold for gold in s.questions if gold in asked)) for s in sets]


def plain_row(sets: Sequence[QuestionSet], settings: Settings, tell: Progress) -> Row:
    tell("通行做法")
    ranks = plain_ranks(sets, settings, tell)
    return Row("通行做法（500/50 切段，向量检索）", tuple(_within(ranks, k) for k in CUTOFFS))


def printed(rows: Sequence[Row]) -> str:
    shares = [(*r.found, r.accuracy, r.refusal, r.false_refusal, r.colloquial) for r in rows]
    return table([HEADINGS, *([r.name, *map(shown, row)] for r, row in zip(rows, shares, strict=True))])
