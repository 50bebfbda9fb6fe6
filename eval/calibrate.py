"""Learns from our own sets what features are worth: `ranking.toml`, then `decision.toml` on top of it.

What is printed is cross-validated: each fifth of the questions is ranked and decided by weights that were learned on
the other four. What is written is learned on all. Seeded: the same sets, index and code give the same files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from chatbot.archive import Progress
from chatbot.settings import CODE_FOLDER, Settings
from eval.candidates import Candidates, collect
from eval.decision import REGISTERS, THRESHOLDS, Case, Decision, best_thresholds, case_of, learn_decision, outcome
from eval.judge import evidence_rank
from eval.listwise import learn, stacked
from eval.questions import load_sets
from eval.summary import TOTAL, mean
from eval.table import shown, table
from vectorstore.embed import open_embedder

FOLDS = 5
SEED = 1
RANKING = CODE_FOLDER / "vectorstore" / "ranking.toml"
DECISION = CODE_FOLDER / "chatbot" / "words" / "decision.toml"
DECIDING = frozenset(
    {"alike", "formal", "fair", "weakest", "absent"}
)  # features that tell whether a clause answers, not which comes first
MADE_BY = "# Learned from our own questions; made by: python -m eval calibrate"


@dataclass(frozen=True, slots=True)
class Trial:
    """A question that no weight has seen: is the clause ranked first right (None: there is no right one to find)?

    `place` is that of the passage, in the order of the ranking, with which all its evidence has been found (from 1;
    None if it never is). `case` is what would be answered, `likely` how likely that is right in the decision's eyes.
    """

    found: Candidates
    first: bool | None
    place: int | None
    case: Case
    likely: float


def calibrate(settings: Settings, out: Path | None, tell: Progress) -> None:
    """Learn and write the two files (into the folder `out` if given), and print what they are good for."""
    found = list(collect(load_sets(), settings, open_embedder(settings), tell))
    tell(f"{len(found)} 题，{sum(len(c.right) for c in found)} 个候选分句；交叉检验 {FOLDS} 折")
    trials = [trial for part in range(FOLDS) for trial in tried(found, part)]
    chosen = best_thresholds([t.case for t in trials], np.array([t.likely for t in trials]))
    print(ranking_table(trials), *_threshold_tables(trials, chosen), kind_table(trials, chosen), sep="\n\n")
    weights = learn_ranking(found)
    decision = learn_decision([case_of(c, weights) for c in found])
    _write(out / RANKING.name if out else RANKING, ranking_toml(weights), tell)
    _write(out / DECISION.name if out else DECISION, decision_toml(decision, chosen), tell)


def tried(found: Sequence[Candidates], part: int, keep: Callable[[str], bool] = str.isidentifier) -> Iterator[Trial]:
    """The questions of one part, under weights learned on the others; ranked by the features to keep, else by all."""
    parts = folds(len(found))
    taught = [c for c, p in zip(found, parts, strict=True) if p != part]
    weights = learn_ranking(taught, keep)
    decision = learn_decision([case_of(c, weights) for c in taught])
    for c, p in zip(found, parts, strict=True):
        if p == part:
            case, texts = case_of(c, weights), [e.passage.text for e in c.evidence(weights)]
            yield Trial(c, _first(c, weights), evidence_rank(c.gold, texts), case, decision.likelihood(case))


def folds(size: int) -> list[int]:
    """A part for each of `size` questions, drawn by a fixed seed."""
    parts: list[int] = np.random.default_rng(SEED).permutation(np.arange(size) % FOLDS).tolist()
    return parts


def learn_ranking(found: Sequence[Candidates], keep: Callable[[str], bool] = str.isidentifier) -> dict[str, float]:
    """Feature to keep → weight; those that only help to decide are left out."""
    ranked = [i for i, name in enumerate(found[0].names) if name not in DECIDING and keep(name)]
    weights = learn(stacked([(c.features[:, ranked], c.right) for c in found]))
    return dict(zip((found[0].names[i] for i in ranked), weights.tolist(), strict=True))


def _first(found: Candidates, weights: Mapping[str, float]) -> bool | None:
    return bool(found.right[np.argmax(found.scores(weights))]) if found.right.any() else None


def ranking_table(trials: Sequence[Trial]) -> str:
    """By kind: questions to be answered, share of them with a right clause among the candidates, and with it first."""
    rows = [["排序", "题数", "候选中有", "排在第一"]]
    for kind, part in _kinds([t for t in trials if not t.found.gold.refuse]):
        rows.append(
            [
                kind,
                str(len(part)),
                shown(mean(t.first is not None for t in part)),
                shown(mean(bool(t.first) for t in part)),
            ]
        )
    return table(rows)


def _threshold_tables(trials: Sequence[Trial], chosen: Mapping[str, float]) -> Iterator[str]:
    for register in REGISTERS:
        yield threshold_table([t for t in trials if t.case.register == register], register, chosen[register])


def threshold_table(trials: Sequence[Trial], register: str, chosen: float) -> str:
    """What each threshold does to the questions of one register."""
    cases, likely = [t.case for t in trials], np.array([t.likely for t in trials])
    rows = [[f"门槛 {register}，{len(trials)} 题", "答对", "误拒", "该拒则拒", ""]]
    for threshold in THRESHOLDS:
        o = outcome(cases, likely, {register: threshold})
        mark = "← 选用" if threshold == chosen else ""
        rows.append([shown(threshold, 2), shown(o.accuracy), shown(o.false_refusal), shown(o.refusal), mark])
    return table(rows)


def kind_table(trials: Sequence[Trial], chosen: Mapping[str, float]) -> str:
    """By kind, at the chosen thresholds: shares answered right, falsely refused, rightly refused."""
    rows = [["作答", "题数", "答对", "误拒", "该拒则拒"]]
    for kind, part in _kinds(trials):
        o = outcome([t.case for t in part], np.array([t.likely for t in part]), chosen)
        gold = {t.found.gold.refuse for t in part}
        told = [o.accuracy, o.false_refusal] if False in gold else [None, None]
        refused = o.refusal if True in gold else None
        rows.append([kind, str(len(part)), *map(shown, told), shown(refused)])
    return table(rows)


def _kinds(trials: Sequence[Trial]) -> Iterator[tuple[str, list[Trial]]]:
    for kind in sorted({t.found.gold.category for t in trials}):
        yield kind, [t for t in trials if t.found.gold.category == kind]
    yield TOTAL, list(trials)


def ranking_toml(weights: Mapping[str, float]) -> str:
    about = "# What each feature of a clause (chatbot/relevance.py, vectorstore/retrieve.py) is worth in ranking."
    return "\n".join([about, MADE_BY, *_lines(weights)]) + "\n"


def decision_toml(decision: Decision, thresholds: Mapping[str, float]) -> str:
    about = (
        "# When a quote answers (chatbot/decide.py): the weights of its signs in a logistic sum, and a bias by group."
    )
    lines = [about, MADE_BY, "", "[threshold]", *(f"{name} = {value:.2f}" for name, value in thresholds.items())]
    lines += ["", "[bias]", *_lines(decision.biases), "", "[weights]", *_lines(decision.weights)]
    return "\n".join(lines) + "\n"


def _lines(weights: Mapping[str, float]) -> list[str]:
    return [f"{name} = {value + 0.0:.3f}" for name, value in weights.items()]


def _write(path: Path, text: str, tell: Progress) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    tell(f"已写入 {path.name}")
