"""retrieve: a question → evidence. Dense neighbours and BM25 propose passages; their clauses are then weighed.

Candidates come from four sides: the sentences and clauses nearest in meaning, those whose words are nearest to the
question's words, those the dual encoder has learned to expect after such a question, and the passages whose words cover
the question (BM25, with official words for everyday ones).
Every candidate's clauses are scored by the features of `chatbot.relevance`, with the weights in `ranking.toml`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt
from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict, PrivateAttr

from chatbot.figures import quantities
from chatbot.lists import SAID, announces
from chatbot.relevance import score_clauses, weigh
from chatbot.types import Evidence, Passage, Question, Span, Term
from chatbot.understand import understand
from chatbot.wordlists import asking
from vectorstore.associations import Associations, pieces
from vectorstore.dual import shipped
from vectorstore.embed import Embedder, Vectors
from vectorstore.fair import fairness_of
from vectorstore.index import Index, Shard
from vectorstore.overview import overview
from vectorstore.passages import clauses
from vectorstore.topic import (
    announced_places,
    counted_places,
    headed_places,
    listed_places,
    masthead_places,
    parallel_places,
    parts_places,
    problem_places,
)
from vectorstore.vocabulary import Vocabulary, content_words, likeness

_DENSE_POOL = 60  # nearest sentences and clauses asked of Chroma: their passages are candidates
_WORD_POOL = 20  # clauses asked of the vocabulary
_PAIRED_POOL = 20  # clauses asked of the dual encoder
_WORDS_COUNT = 0.5  # what the cosine of the dual encoder is worth beside that of the sentence encoder, to rank by both
_LEXICAL_POOL = 20  # passages asked of BM25, and again with the hints
_NEARLY = 1.0  # of a score, below the best
_WEIGHED = 32  # passages whose clauses are weighed one by one
_TELLING = 0.6  # weight of a term, against the weightiest, from which a passage must come near to it
_KEEP = 12  # passages offered as evidence

Scores = npt.NDArray[np.float32]


@cache
def weights() -> dict[str, float]:
    numbers: dict[str, float] = tomllib.loads((files("vectorstore") / "ranking.toml").read_text(encoding="utf-8"))
    return numbers


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with its vectors: the whole, and one for each term; `hints` are official terms with strengths.

    `paired` is its vector in the space of the dual encoder; `fair` says how likely a report could tell it at all.
    """

    question: Question
    fair: float
    vector: Sequence[float]
    paired: Vectors
    terms: tuple[Term, ...]
    term_vectors: Vectors
    hints: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Reading:
    """A shard with its clauses in one row: `places[i]` and `spans[i]` say which passage and where clause i is.

    `vectors` are theirs, `wholes` those of the passages, `paired` theirs in the space of the dual encoder.
    """

    shard: Shard
    places: tuple[int, ...]
    spans: tuple[Span, ...]
    vocabulary: Vocabulary
    vectors: Vectors
    wholes: Vectors
    paired: Vectors
    of_passage: Mapping[int, tuple[int, ...]] = field(repr=False)


class ReportRetriever(BaseRetriever):
    """LangChain retriever over the reports of an index; `find` is the same with a question already understood."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    index: Index
    embedder: Embedder
    associations: Associations
    _readings: dict[str, Reading] = PrivateAttr(default_factory=dict)

    def find(self, question: Question) -> tuple[Evidence, ...]:
        """Evidence for `question`, best first, out of the reports it names (all of them when it names none).

        Of a topic for a brief, or a list that a section enumerates, all the passages of those sections.
        """
        ids = question.report_ids or tuple(report.id for report in self.index.reports)
        asked = self._asked(question)
        searches = [Search(self._reading(id), asked) for id in ids]
        found = sorted((evidence for search in searches for evidence in search.found()), key=lambda e: -e.score)
        whole = [evidence for search in searches for evidence in search.sections(found)]
        if whole or question.answer_type != "overview":
            return _unique(whole) or _kept(found, question)
        return tuple(replace(evidence, part="near") for evidence in _kept(found, question))

    def _asked(self, question: Question) -> Asked:
        terms = tuple(term for term in question.terms if term.kind != "context")
        heard = pieces(question.text)
        vectors = self.embedder.embed_array([*heard, *(term.text for term in terms)])
        hints = self.associations.hints(vectors[: len(heard)])
        paired = shipped().questions.encode([question.text])[0]
        fair = fairness_of(vectors[0], self.embedder)
        return Asked(question, fair, vectors[0].tolist(), paired, terms, vectors[len(heard) :], hints)

    def _reading(self, report_id: str) -> Reading:
        if report_id not in self._readings:
            shard = self.index.shard(report_id)
            self._readings[report_id] = read_shard(shard, self.embedder)
        return self._readings[report_id]

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        return [_document(e) for e in self.find(understand(query, None, self.index.reports))]


def read_shard(shard: Shard, embedder: Embedder) -> Reading:
    """The clauses of a shard and the vectors of their words."""
    rows = [(place, span) for place, passage in enumerate(shard.passages) for span in clauses(passage)]
    texts = [shard.passages[place].slice(span) for place, span in rows]
    vocabulary = list(dict.fromkeys(word for text in texts for word in content_words(text)))
    of_passage: dict[int, tuple[int, ...]] = {}
    for i, (place, _) in enumerate(rows):
        of_passage[place] = (*of_passage.get(place, ()), i)
    return Reading(
        shard=shard,
        places=tuple(place for place, _ in rows),
        spans=tuple(span for _, span in rows),
        vocabulary=Vocabulary(texts, vocabulary, embedder.embed_array(vocabulary)),
        vectors=shard.clause_vectors(),
        wholes=shard.vectors(range(len(shard.passages))),
        paired=shipped().clauses.encode(texts),
        of_passage=of_passage,
    )


class Search:
    """One question in one report: what each of its passages has for it."""

    def __init__(self, reading: Reading, asked: Asked) -> None:
        shard = reading.shard
        self._reading, self._asked, self._passages = reading, asked, shard.passages
        self._weighed = weigh(asked.question, shard.passages)
        self._hits = shard.nearest(asked.vector, _DENSE_POOL)
        self._similar: Scores = reading.vectors @ np.asarray(asked.vector, np.float32)
        self._wholes: Scores = reading.wholes @ np.asarray(asked.vector, np.float32)
        self._near = reading.vocabulary.nearest(asked.term_vectors)
        self._late = likeness(self._near, [term.weight for term in asked.terms])
        self._alike: Scores = reading.paired @ asked.paired
        # The report's own words speak for themselves: what was learned counts as far as the question uses others.
        unknown = 1 - self._weighed.known_share
        self._paired, self._foremost = unknown * self._alike, unknown * _reciprocal_ranks(self._likeness())
        self._bm25 = _scaled(shard.lexical.scores(_words(asked.terms))) * self._weighed.known_share
        self._hints: dict[int, float] = {}
        self._hinted = shard.lexical.scores(" ".join(asked.hints))

    def found(self) -> list[Evidence]:
        """Every candidate passage, its clauses scored."""
        rough = {place: self._rough(place) for place in self._candidates()}
        return [self.evidence(place) for place in sorted(rough, key=lambda place: -rough[place])[:_WEIGHED]]

    def sections(self, found: Sequence[Evidence]) -> list[Evidence]:
        """All passages of the sections the question is about, when it asks for that; `found` are best first."""
        places = {passage.id: place for place, passage in enumerate(self._passages)}
        if self._asked.question.answer_type == "overview":
            return self._overview({places[e.passage.id]: e for e in found if e.passage.id in places})
        if lines := masthead_places(self._asked.question, self._passages):
            return [self.evidence(place) for place in lines]
        if headings := headed_places(self._asked.question, self._passages):
            return [replace(self.evidence(place), part="entry") for place in headings]
        if problems := self._problems():
            return problems
        lists = (self._listed(e, places[e.passage.id]) for e in self._leading(found) if e.passage.id in places)
        return next((each for each in lists if each), [])

    def _problems(self) -> list[Evidence]:
        """What the report owns up to: all of it, or what speaks of the matter that is asked about."""
        told = [self.evidence(place) for place in problem_places(self._asked.question, self._passages)]
        if all(asking("words", "problem").fullmatch(term.text) for term in self._asked.terms):
            return [replace(evidence, part="entry") for evidence in told]
        return told if any(evidence.best.feature("cover") >= SAID for evidence in told) else []

    def _leading(self, found: Sequence[Evidence]) -> Sequence[Evidence]:
        """The best passage; where a number of things is asked for also those nearly as good, for a list has one too."""
        near = [e for e in found if found[0].score - e.score <= _NEARLY]
        return near if self._asked.question.count else found[:1]

    def _overview(self, found: Mapping[int, Evidence]) -> list[Evidence]:
        """What a brief tells; of a passage of which it quotes a part, the clauses of that part."""
        chosen = overview(self._asked.question, self._passages, found)
        told = [_cut(self.evidence(each.place), each.quotes) for each in chosen]
        return told if self._asked.question.terms else [replace(e, score=_figures(e)) for e in told]

    def _listed(self, first: Evidence, best: int) -> list[Evidence]:
        """The list that the best passage announces, names or belongs to; none where it speaks of something else."""
        if any(first.best.feature(name) < 0 for name in ("period", "place", "contrast", "status")):
            return []
        question, passages, named = self._asked.question, self._passages, True
        listed = announced_places(question, passages, best) if announces(first) else []
        if not listed and first.best.feature("cover") >= SAID:
            listed = parts_places(question, passages, best)
        if not listed and self._opens(first) and (beside := parallel_places(question, passages, best)):
            return [self._opening(place) for place in beside]
        if not listed:
            named = False
            listed = counted_places(self._weighed, passages, best) or listed_places(self._weighed, passages, best)
        entries = [replace(self.evidence(place), part="entry") for place in listed]
        return [replace(first, part="name"), *entries] if named and entries else entries

    def _opens(self, first: Evidence) -> bool:
        """Whether it is the first clause of the best passage that says the question."""
        return first.best.span == first.clauses[0].span and first.best.feature("cover") >= SAID

    def _opening(self, place: int) -> Evidence:
        """The first clause of a passage as an entry of a list."""
        whole = self.evidence(place)
        return replace(whole, clauses=whole.clauses[:1], part="entry")

    def evidence(self, place: int) -> Evidence:
        passage, rows = self._passages[place], self._reading.of_passage[place]
        spans = [self._reading.spans[i] for i in rows]
        whole = {"weakest": self._weakest(place)}
        known = [self._features(place, i) | whole for i in rows]
        scored = score_clauses(self._weighed, passage, spans, weights(), known)
        return Evidence(_key(passage), passage, max(c.score for c in scored), scored)

    def _likeness(self) -> Scores:
        """Of each clause its cosine to the question by the sentence encoder and, at half its worth, by its words."""
        likeness: Scores = self._similar + _WORDS_COUNT * self._alike
        return likeness

    def _rough(self, place: int) -> float:
        """What likeness and words alone make of a passage: enough to leave out the hopeless before weighing clauses."""
        rows = self._reading.of_passage[place]
        features = {
            "dense": max(*(float(self._similar[i]) for i in rows), float(self._wholes[place])),
            "late": max(float(self._late[i]) for i in rows),
            "paired": max(float(self._paired[i]) for i in rows),
            "hint": self._hint_near(place),
            "cover": float(self._bm25[place]),
        }
        return sum(weights().get(name, 0.0) * value for name, value in features.items())

    def _weakest(self, place: int) -> float:
        """How near the passage comes to the term of the question that it comes least near to."""
        weights = [term.weight for term in self._asked.terms]
        telling = [i for i, weight in enumerate(weights) if weight >= _TELLING * max(weights)]
        rows = self._reading.of_passage[place]
        return float(self._near[np.ix_(telling, rows)].max(axis=1).min()) if telling else 0.0

    def _hint_near(self, place: int) -> float:
        if place not in self._hints:
            self._hints[place] = _hint(self._asked.hints, self._passages[place].text)
        return self._hints[place]

    def _features(self, place: int, row: int) -> dict[str, float]:
        """What only the index can tell of the clause in that row of the reading."""
        passage, span = self._passages[place], self._reading.spans[row]
        return {
            "dense": float(self._similar[row]),
            "sentence": float(self._wholes[place]),
            "late": float(self._late[row]),
            "paired": float(self._paired[row]),
            "foremost": float(self._foremost[row]),
            "alike": float(self._alike[row]),
            "hint": _hint(self._asked.hints, passage.slice(span)) if self._hint_near(place) else 0.0,
            "hint_near": self._hint_near(place),
            "bm25": float(self._bm25[place]),
            "fair": self._asked.fair,
        }

    def _candidates(self) -> list[int]:
        """Places of passages worth a look, each once."""
        places = [hit.passage for hit in self._hits]
        places += [self._reading.places[i] for i in np.argsort(-self._late)[:_WORD_POOL]]
        places += [self._reading.places[i] for i in np.argsort(-self._paired)[:_PAIRED_POOL] if self._paired[i] > 0]
        for scores in (self._bm25, self._hinted):
            places += [int(i) for i in np.argsort(-scores)[:_LEXICAL_POOL] if scores[i] > 0]
        return list(dict.fromkeys(places))


def _reciprocal_ranks(scores: Scores) -> Scores:
    """1 for the highest, 1/2 for the next, and so on."""
    ranks = np.empty(len(scores), np.float32)
    ranks[np.argsort(-scores, kind="stable")] = np.arange(1, len(scores) + 1)
    return np.float32(1) / ranks


def _words(terms: Sequence[Term]) -> str:
    return " ".join(word for term in terms for word in (term.text, *term.official))


def _scaled(scores: Scores) -> Scores:
    """Scores from 0 to 1."""
    top = float(scores.max(initial=0.0))
    return scores / top if top else scores


def _hint(hints: Mapping[str, float], text: str) -> float:
    """How strongly the sayings point to `text`: the strongest term it holds, and a little for each further one."""
    held = sorted((strength for term, strength in hints.items() if term in text), reverse=True)
    return min(1.0, held[0] + 0.2 * sum(held[1:3])) if held else 0.0


def _figures(evidence: Evidence) -> float:
    """What a passage is worth where no matter is named: the more figures it tells, the more."""
    return float(len(quantities(evidence.passage.text)))


def _cut(evidence: Evidence, quotes: Sequence[Span]) -> Evidence:
    """With the clauses inside the quotes alone."""
    inside = tuple(clause for clause in evidence.clauses if any(quote.holds(clause.span) for quote in quotes))
    return replace(evidence, clauses=inside or evidence.clauses)


def _key(passage: Passage) -> str:
    return "E" + blake2b(passage.id.encode(), digest_size=3).hexdigest()


def _unique(found: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """One evidence for each key."""
    return tuple({evidence.key: evidence for evidence in found}.values())


def _kept(found: list[Evidence], question: Question) -> tuple[Evidence, ...]:
    """The best passages and the one that says most of the question, under unique keys; of a comparison, as many for
    each period.
    """
    if question.compare:
        share = _KEEP // len(question.periods)
        found = [e for period in question.periods for e in [f for f in found if f.passage.period == period][:share]]
    fullest = max(found, key=lambda e: max(clause.feature("cover") for clause in e.clauses), default=None)
    return _unique([*found[:_KEEP], *([fullest] if fullest else [])])


def _document(evidence: Evidence) -> Document:
    passage = evidence.passage
    metadata: dict[str, Any] = {"start": passage.span.start, "end": passage.span.end, "report_id": passage.report_id}
    return Document(page_content=passage.text, metadata=metadata | {"key": evidence.key, "score": evidence.score})
