"""How well the product's own splitter and retriever find documents, on a set in the BEIR layout.

All documents lie one after the other in one report, each a section under its title: a passage found maps back to its
document by where it stands. A document scores as its best passage.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from itertools import accumulate, pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import NamedTuple, TypeVar

from threadpoolctl import threadpool_limits
from tqdm import tqdm

from chatbot.archive import Progress
from chatbot.errors import UsageError
from chatbot.settings import Settings
from chatbot.types import Evidence, Passage, Question, Report, Section, Span
from chatbot.understand import understand
from eval.beir import BeirSet, Document, Files, Query, load
from eval.ir_metrics import Quality, library, measure
from eval.summary import mean, percentile
from eval.table import shown, table
from vectorstore.associations import open_associations
from vectorstore.embed import Embedder, Vectors, open_embedder
from vectorstore.index import Index
from vectorstore.keys import entries
from vectorstore.normalise import normalise
from vectorstore.passages import passages
from vectorstore.periods import STANDING
from vectorstore.retrieve import ReportRetriever, Search
from vectorstore.shard import Cut, write_cut

CORPUS = "corpus"  # the id of the one report
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Outcome:
    """One run. `seconds` and milliseconds are wall-clock; `indexing` is from texts to shard, `opening` from there on.

    `silent` documents hold no sentence. Of the queries, `asked` count in `quality`; to `unjudged` nothing relevant is
    known. `missing` counts what is relevant to those asked and not in the corpus, `found` the documents ranked a query.
    """

    documents: int
    silent: int
    passages: int
    asked: int
    unjudged: int
    missing: int
    found: float | None
    indexing: float
    opening: float
    p50: float | None
    p95: float | None
    quality: Quality


def retrieval(settings: Settings, files: Files, limit: int | None, out: Path | None, tell: Progress) -> None:
    """Print what a run over the set in `files` came to, and keep it in `out`. What is wrong is told before the work."""
    library()
    if out and not out.absolute().parent.is_dir():
        raise UsageError(f"没有文件夹 {out.absolute().parent}", "请先建立它，或改写 --out")
    beir = load(files)
    outcome = run(beir, judged(beir)[:limit], open_embedder(settings))
    print(table([("指标", "值"), *rows(outcome)]))
    if out:
        out.write_text(json.dumps(asdict(outcome), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def judged(beir: BeirSet) -> list[Query]:
    """The queries to which something relevant is known, in their order. Raises UsageError when there is none."""
    found = [query for query in beir.queries if beir.relevant(query)]
    if not found:
        raise UsageError("没有一个问题有相关的文档", "请检查三个文件是否属于同一套")
    return found


def run(beir: BeirSet, queries: Sequence[Query], embedder: Embedder) -> Outcome:
    """Index all documents of `beir` in a temporary folder and ask `queries`. Raises UsageError without a sentence."""
    started = perf_counter()
    shelf = shelve(beir.documents)
    if not shelf.cut.passages:
        raise UsageError("所有文档里没有一个成句的文字", "请检查 --corpus 所指的文件")
    with indexed(shelf.cut, embedder) as (index, folder):
        built = perf_counter()
        associations = open_associations(folder, embedder)
        retriever = EveryPassage(index=index, embedder=embedder, associations=associations)
        retriever.open()
        opened = perf_counter()
        with threadpool_limits(1, user_api="blas"):  # as the bot that users get
            asked = [ask(query, retriever, shelf) for query in _watched(queries, "检索")]
    return _outcome(beir, shelf, asked, indexing=built - started, opening=opened - built)


class Asked(NamedTuple):
    """The documents found for a query with their scores, and the milliseconds it took to understand and to search."""

    query: Query
    scores: dict[str, float]
    ms: float


def ask(query: Query, retriever: EveryPassage, shelf: Shelf) -> Asked:
    started = perf_counter()
    found = retriever.find(understand(query.text, None, retriever.index.reports))
    ms = 1000 * (perf_counter() - started)
    scores: dict[str, float] = {}
    for evidence in found:  # best first
        scores.setdefault(shelf.document(evidence.passage), evidence.score)
    return Asked(query, scores, ms)


def _outcome(beir: BeirSet, shelf: Shelf, asked: Sequence[Asked], indexing: float, opening: float) -> Outcome:
    queries, times = [one.query for one in asked], [one.ms for one in asked]
    judgements = {query.id: beir.judgements[query.id] for query in queries}
    return Outcome(
        documents=len(beir.documents),
        silent=len(beir.documents) - len({shelf.document(passage) for passage in shelf.cut.passages}),
        passages=len(shelf.cut.passages),
        asked=len(queries),
        unjudged=sum(not beir.relevant(query) for query in beir.queries),
        missing=beir.missing(queries),
        found=mean(len(one.scores) for one in asked),
        indexing=indexing,
        opening=opening,
        p50=percentile(times, 0.50),
        p95=percentile(times, 0.95),
        quality=measure(judgements, {one.query.id: one.scores for one in asked}),
    )


class EveryPassage(ReportRetriever):
    """The retriever with nothing cut away: all passages whose clauses it weighs, best first."""

    def open(self) -> None:
        """Read in now what the first question would wait for."""
        for report in self.index.reports:
            self._reading(report.id)

    def find(self, question: Question) -> tuple[Evidence, ...]:
        asked = self._asked(question)
        found = [e for id in question.report_ids for e in Search(self._reading(id), asked).found()]
        return tuple(sorted(found, key=lambda e: -e.score))


# All documents as one report: a shard for each of ten thousand would take hours


class Shelf(NamedTuple):
    """The documents in one report: `ids[i]` begins at `starts[i]`."""

    cut: Cut
    ids: tuple[str, ...]
    starts: tuple[int, ...]

    def document(self, passage: Passage) -> str:
        """The id of the document that holds `passage`."""
        return self.ids[bisect_right(self.starts, passage.span.start) - 1]


def shelve(documents: Sequence[Document]) -> Shelf:
    """`documents` normalised, cut into passages and put one after the other, a line feed behind each."""
    texts = [normalise([document.text])[0] + "\n" for document in _watched(documents, "整理")]
    edges = [0, *accumulate(map(len, texts))]
    spans = [Span(*edge) for edge in pairwise(edges)]
    parts = [Section(_path(document), span, STANDING) for document, span in zip(documents, spans, strict=True)]
    pairs = list(zip(texts, parts, strict=True))
    found = tuple(passage for text, part in _watched(pairs, "切分") for passage in _placed(text, part))
    cut = Cut(_report("".join(texts)), tuple(parts), found)
    return Shelf(cut, tuple(document.id for document in documents), tuple(edges[:-1]))


def _path(document: Document) -> tuple[str, ...]:
    title = (document.title or "").strip()
    return (title,) if title else ()


def _placed(text: str, section: Section) -> Iterator[Passage]:
    """The passages of a document, cut as those of a report of its own, at their places in the section."""
    for passage in passages(_report(text)):
        span = Span(section.span.start + passage.span.start, section.span.start + passage.span.end)
        yield replace(passage, id=f"{CORPUS}:{span.start}-{span.end}", span=span, path=section.path)


def _report(text: str) -> Report:
    return Report(CORPUS, "", "", "", None, "", "", "", "", text)


@contextmanager
def indexed(cut: Cut, embedder: Embedder) -> Iterator[tuple[Index, Path]]:
    """An index of that one report, and the folder it lies in; gone at the end."""
    with TemporaryDirectory(prefix="zhengwen-") as name:
        folder = Path(name)
        shard = folder / CORPUS
        shard.mkdir()
        with tqdm(total=len(entries(cut.passages)), desc="编入") as bar:
            write_cut(cut, shard, Watched(embedder, bar.update), lambda _: None, CORPUS)
        with Index([shard]) as index:
            yield index, folder


class Watched(Embedder):
    """An embedder that tells how many texts it has embedded."""

    def __init__(self, embedder: Embedder, done: Callable[[int], object]) -> None:
        self.name = embedder.name
        self._embedder, self._done = embedder, done

    def embed_array(self, texts: Sequence[str]) -> Vectors:
        vectors = self._embedder.embed_array(texts)
        self._done(len(texts))
        return vectors


def _watched(things: Sequence[T], doing: str) -> Iterable[T]:
    """`things`, with a bar on stderr."""
    bar: Iterable[T] = tqdm(things, desc=doing)
    return bar


def rows(outcome: Outcome) -> list[tuple[str, str]]:
    """What stands in the table, line by line."""
    counts = {
        "文档": outcome.documents,
        "没有成句文字的文档": outcome.silent,
        "片段": outcome.passages,
        "问题": outcome.asked,
        "没有相关判断、未计入的问题": outcome.unjudged,
        "语料里没有的相关文档": outcome.missing,
    }
    times = {
        "每问排出的文档（平均）": outcome.found,
        "建立索引 s": outcome.indexing,
        "读入索引 s": outcome.opening,
        "一问 p50 ms": outcome.p50,
        "一问 p95 ms": outcome.p95,
    }
    qualities = [(name, shown(value)) for name, value in outcome.quality.means.items()]
    return [*qualities, *((n, str(v)) for n, v in counts.items()), *((n, shown(v, 1)) for n, v in times.items())]
