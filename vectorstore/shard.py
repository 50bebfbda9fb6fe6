"""One report in the index: a folder with its report, sections, passages, BM25 and vectors, and a manifest of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from langchain_core.embeddings import Embeddings
from pydantic import TypeAdapter

from chatbot.archive import Progress
from chatbot.errors import UnreadableFile
from chatbot.indicators import indicators
from chatbot.types import Passage, Report, Section
from vectorstore.embed import Vectors
from vectorstore.keys import Entry, Hit, clause_entries, entries, sentence_entry
from vectorstore.lexical import LexicalIndex
from vectorstore.passages import passages
from vectorstore.saved import PASSAGES, REPORT, SECTIONS, Damaged, Saved
from vectorstore.sections import sections

if TYPE_CHECKING:
    from vectorstore.store import VectorStore

DATABASE = "chroma.sqlite3"


@dataclass(frozen=True, slots=True)
class ShardManifest:
    """What a shard holds. `files` are sizes in bytes: Chroma takes truncated files without a word."""

    fingerprint: str
    report_id: str
    title: str
    region: str
    year: int | None
    pages: int
    sections: int
    passages: int
    indicators: int
    entries: int
    files: dict[str, int]


MANIFEST = Saved(TypeAdapter(ShardManifest))


class Cut(NamedTuple):
    """A report with what it is cut into: sections that tile its text, and passages in their order."""

    report: Report
    sections: tuple[Section, ...]
    passages: tuple[Passage, ...]


class Shard:
    """An open shard. To be closed."""

    def __init__(self, folder: Path) -> None:
        """Raises Damaged unless everything is there as it was written."""
        manifest = manifest_of(folder)
        self.report: Report = REPORT.load(folder / "report.json")
        self.sections: tuple[Section, ...] = SECTIONS.load(folder / "sections.json")
        self.passages: tuple[Passage, ...] = PASSAGES.load(folder / "passages.json")
        self.lexical = _load_lexical(folder / "lexical")
        if not (len(self.passages) == manifest.passages == self.lexical.size):
            raise Damaged(folder)
        self._store = _store(folder / "chroma")
        if len(self._store) != manifest.entries:
            self._store.close()
            raise Damaged(folder)

    def nearest(self, vector: Sequence[float], k: int) -> list[Hit]:
        """The `k` sentences and clauses nearest to `vector`, nearest first."""
        return self._store.nearest(vector, k)

    def vectors(self, places: Sequence[int]) -> Vectors:
        """The vectors of the passages at these places: float32, shape (len(places), dimensions)."""
        return self._store.vectors([sentence_entry(place, self.passages[place]).id for place in places])

    def clause_vectors(self) -> Vectors:
        """The vectors of all clauses, in the order of the passages and of `clauses(passage)` in each."""
        return self._store.vectors(
            [e.id for i, passage in enumerate(self.passages) for e in clause_entries(i, passage)]
        )

    def close(self) -> None:
        self._store.close()


def write_shard(report: Report, folder: Path, embedder: Embeddings, progress: Progress, fingerprint: str) -> None:
    """Write the shard of `report` into the empty `folder`. Raises UnreadableFile for a report without a sentence."""
    write_cut(Cut(report, sections(report), passages(report)), folder, embedder, progress, fingerprint)


def write_cut(cut: Cut, folder: Path, embedder: Embeddings, progress: Progress, fingerprint: str) -> None:
    """The same for a report that is cut already."""
    report, parts, found = cut
    if not found:
        raise UnreadableFile(f"《{report.title}》里没有可用的句子", "请检查文件内容")
    REPORT.save(report, folder / "report.json")
    SECTIONS.save(parts, folder / "sections.json")
    PASSAGES.save(found, folder / "passages.json")
    LexicalIndex.build(found, report.title).save(folder / "lexical")
    keys = entries(found)
    _write_vectors(keys, folder / "chroma", embedder, progress)
    manifest = ShardManifest(
        fingerprint=fingerprint,
        report_id=report.id,
        title=report.title,
        region=report.region,
        year=report.year,
        pages=len(report.page_starts),
        sections=len(parts),
        passages=len(found),
        indicators=sum(len(indicators(p.text, p.period, p.span.start)) for p in found),
        entries=len(keys),
        files=_sizes(folder),
    )
    MANIFEST.save(manifest, folder / "manifest.json")


def manifest_of(folder: Path) -> ShardManifest:
    """The manifest of a shard whose files are all there in full. Raises Damaged."""
    manifest = MANIFEST.load(folder / "manifest.json")
    found = _sizes(folder)
    for name, size in manifest.files.items():
        # Chroma writes to its database when it only opens it, so that may have grown.
        whole = found.get(name, -1) >= size if name.endswith(DATABASE) else found.get(name) == size
        if not whole:
            raise Damaged(folder / name)
    return manifest


def _write_vectors(keys: Sequence[Entry], folder: Path, embedder: Embeddings, progress: Progress) -> None:
    store = _store(folder, embedder, len(keys))
    try:
        store.add(keys, progress)
    finally:
        store.close()


def _store(folder: Path, embedder: Embeddings | None = None, size: int = 0) -> VectorStore:
    # Not at the top: Chroma takes 1.5 s to import, and to see that an index is up to date needs none of it.
    from vectorstore.store import VectorStore

    return VectorStore(folder, embedder, size)


def _load_lexical(folder: Path) -> LexicalIndex:
    try:
        return LexicalIndex.load(folder)
    except (OSError, ValueError) as error:
        raise Damaged(folder) from error


def _sizes(folder: Path) -> dict[str, int]:
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != "manifest.json")
    return {path.relative_to(folder).as_posix(): path.stat().st_size for path in sorted(files)}
