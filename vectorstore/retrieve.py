"""retrieve: a question → evidence. Dense neighbours and BM25 propose passages; their clauses are then weighed.

Candidates come from two sides: the sentences and clauses nearest in meaning, and the passages whose words cover the
question. Every candidate's clauses are scored by the features of `chatbot.relevance`, with the weights in `ranking.toml`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from typing import Any, Protocol

import numpy as np
from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from chatbot.relevance import Weighed, score_clauses, weigh
from chatbot.types import Clause, Evidence, Passage, Question, Report, Span, Term
from chatbot.understand import understand
from vectorstore.index import Hit, Index, Shard
from vectorstore.passages import clauses

_DENSE_POOL = 120  # nearest sentences and clauses asked of Chroma
_LEXICAL_POOL = 40  # passages asked of BM25
_KEEP = 12  # passages offered as evidence
_FLOOR = 0.0  # similarity of what was not among the nearest


@cache
def weights() -> dict[str, float]:
    numbers: dict[str, float] = tomllib.loads((files("vectorstore") / "ranking.toml").read_text(encoding="utf-8"))
    return numbers


class ReportRetriever(BaseRetriever):
    """LangChain retriever over the reports of an index; `find` is the same with a question already understood."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    index: Index
    embedder: Embeddings

    def find(self, question: Question) -> tuple[Evidence, ...]:
        """Evidence for `question`, best first, out of the reports it names (all of them when it names none)."""
        ids = question.report_ids or tuple(report.id for report in self.index.reports)
        vector = self.embedder.embed_query(spoken(question))
        found = [e for id in ids for e in _search(self.index.shard(id), question, vector)]
        return _kept(sorted(found, key=lambda e: -e.score), question)

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        return [_document(e) for e in self.find(understand(query, None, self.index.reports))]


def spoken(question: Question) -> str:
    """What is embedded: the question with official words put in for everyday ones."""
    text = question.text
    for term in question.terms:
        if term.kind == "everyday" and term.official and question.language == "zh":
            text = text.replace(term.text, term.official[0])
    return text


def _search(shard: Shard, question: Question, vector: Sequence[float]) -> Iterable[Evidence]:
    weighed = weigh(question, shard.passages)
    hits = shard.nearest(vector, _DENSE_POOL)
    lexical = shard.lexical.scores(_words(question.terms))
    similar = {(hit.passage, hit.span): hit.similarity for hit in hits}
    for i in _candidates(hits, lexical):
        yield _evidence(weighed, shard.passages[i], i, similar, float(lexical[i] / (lexical.max() or 1.0)))


def _words(terms: Sequence[Term]) -> str:
    return " ".join(word for term in terms for word in (term.text, *term.official))


def _candidates(hits: Sequence[Hit], lexical: np.ndarray) -> list[int]:
    by_words = [int(i) for i in np.argsort(-lexical)[:_LEXICAL_POOL] if lexical[i] > 0]
    return list(dict.fromkeys([hit.passage for hit in hits] + by_words))


def _evidence(
    weighed: Weighed, passage: Passage, position: int, similar: dict[tuple[int, Span], float], bm25: float
) -> Evidence:
    spans = clauses(passage)
    whole = similar.get((position, passage.span), _FLOOR)
    dense = [similar.get((position, span), whole) for span in spans]
    scored = score_clauses(weighed, passage, spans, weights(), dense, {"sentence": whole, "bm25": bm25})
    return Evidence(_key(passage), passage, max(c.score for c in scored), scored)


def _key(passage: Passage) -> str:
    return "E" + blake2b(passage.id.encode(), digest_size=2).hexdigest()


def _kept(found: list[Evidence], question: Question) -> tuple[Evidence, ...]:
    """The best passages; of a comparison, as many for each period. Keys are made unique."""
    if not question.compare:
        return tuple(found[:_KEEP])
    share = _KEEP // len(question.periods)
    return tuple(e for period in question.periods for e in [f for f in found if f.passage.period == period][:share])


def _document(evidence: Evidence) -> Document:
    passage = evidence.passage
    metadata: dict[str, Any] = {"start": passage.span.start, "end": passage.span.end, "report_id": passage.report_id}
    return Document(page_content=passage.text, metadata=metadata | {"key": evidence.key, "score": evidence.score})


__all__ = ["Clause", "Report", "ReportRetriever"]
