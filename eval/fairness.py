"""Learns what a fair question is (vectorstore/fair.py): questions of pairs and sets against what `eval/demands` holds.

Its files are `kind<TAB>message`; `fair.tsv` holds what looks like a demand and is none (a request for a brief), or is
short. What is printed is cross-validated in five folds.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from chatbot.archive import Progress
from chatbot.segment import simplified
from chatbot.settings import CODE_FOLDER
from eval.calibrate import FOLDS, folds
from eval.logistic import Logistic, fit
from eval.questions import HERE, load_sets
from eval.table import shown, table
from eval.train import Pair
from vectorstore.embed import Embedder
from vectorstore.fair import FILE, Fairness, save

DEMANDS = HERE / "demands"
FAIR = CODE_FOLDER / "vectorstore" / FILE
TAUGHT = 40_000  # questions of pairs, drawn by a fixed seed
SEED = 1
RIDGE = 0.05  # of eval/logistic.py; the vectors have length 1, so weights must be large to say anything
CUTS = (-0.9, -0.8, -0.6, -0.4, -0.2, 0.0)

Matrix = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


def messages(path: Path) -> list[str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line.split("\t")[1] for line in lines if line and not line.startswith("#")]


def demands() -> list[str]:
    return [message for path in sorted(DEMANDS.glob("*.tsv")) if path.stem != "fair" for message in messages(path)]


def fair_questions(pairs: Sequence[Pair]) -> list[str]:
    """Some of the pairs, the questions of our sets that are no demands, and `fair.tsv`."""
    chosen = np.random.default_rng(SEED).permutation(len(pairs))[:TAUGHT]
    asked = [g.question for s in load_sets() for g in s.questions if g.category != "adversarial"]
    return [*(pairs[i].question for i in chosen), *asked, *messages(DEMANDS / "fair.tsv")]


def learn_fairness(pairs: Sequence[Pair], embedder: Embedder, tell: Progress, out: Path = FAIR) -> None:
    fair, unfair = fair_questions(pairs), demands()
    vectors = embedder.embed_array([simplified(text) for text in (*fair, *unfair)]).astype(np.float64)
    holds = np.arange(len(vectors)) < len(fair)
    tell(f"{len(fair)} 句合宜的提问，{len(unfair)} 句不该答的要求")
    tell(cuts_table(cross_validated(vectors, holds), holds))
    learned = fit(vectors, holds, RIDGE)
    save(Fairness(embedder.name, learned.weights.astype(np.float32), learned.bias), out)
    tell(f"已写入 {out.name}")


def cross_validated(vectors: Matrix, holds: Flags) -> Matrix:
    """From -1 to 1, of each message by what was learned from the other folds."""
    parts, found = np.array(folds(len(vectors))), np.zeros(len(vectors))
    for part in range(FOLDS):
        learned: Logistic = fit(vectors[parts != part], holds[parts != part], RIDGE)
        found[parts == part] = 2 * learned.likelihood(vectors[parts == part]) - 1
    return found


def cuts_table(found: Matrix, holds: Flags) -> str:
    """What each cut would turn away: demands, and fair questions by mistake."""
    rows = [["合宜程度低于", "拦下的要求", "误拦的提问"]]
    for cut in CUTS:
        below = found < cut
        rows.append([shown(cut, 1), shown(float(below[~holds].mean())), shown(float(below[holds].mean()))])
    return table(rows)
