"""The one door to Chroma: sentences and clauses of one report as vectors, and the nearest of them.

One collection a report, each in a folder of its own: a search inside a report needs no metadata filter, and a folder
can be built aside and moved into place in one step.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import chromadb
import numpy as np
from chromadb.api.collection_configuration import CreateCollectionConfiguration
from chromadb.config import Settings
from chromadb.errors import ChromaError
from langchain_chroma import Chroma
from langchain_core.embeddings import Embeddings

from chatbot.archive import Progress
from chatbot.settings import stop_reporting
from chatbot.types import Span
from vectorstore.embed import Vectors
from vectorstore.keys import Entry, Hit
from vectorstore.saved import Damaged

COLLECTION = "passages"
BATCH = 512


class VectorStore:
    """The vectors of one report. To be closed: an open store holds files."""

    def __init__(self, folder: Path, embeddings: Embeddings | None = None, size: int = 0) -> None:
        """Open the store in `folder`; with `embeddings`, make one of `size` vectors. Raises Damaged."""
        if embeddings is None and not (folder / "chroma.sqlite3").is_file():
            raise Damaged(folder)  # Chroma itself would make an empty store here
        self._folder = folder
        self._client = _client(folder)
        try:
            self._chroma = self._collection(embeddings, size)
        except BaseException:
            self.close()
            raise

    def _collection(self, embeddings: Embeddings | None, size: int) -> Chroma:
        with _chroma_errors(self._folder):
            return Chroma(
                COLLECTION,
                embeddings,
                client=self._client,
                collection_configuration=_shape(size) if embeddings else None,
                create_collection_if_not_exists=embeddings is not None,
            )

    def add(self, entries: Sequence[Entry], progress: Progress) -> None:
        for start in range(0, len(entries), BATCH):
            batch = entries[start : start + BATCH]
            self._chroma.add_texts([e.text for e in batch], [_metadata(e) for e in batch], [e.id for e in batch])
            progress(f"已编入 {start + len(batch)}/{len(entries)}")

    def __len__(self) -> int:
        with _chroma_errors(self._folder):
            count: int = self._client.get_collection(COLLECTION, None).count()
            return count

    def nearest(self, vector: Sequence[float], k: int) -> list[Hit]:
        """The `k` search keys nearest to `vector`, nearest first."""
        with _chroma_errors(self._folder):
            found = self._chroma.similarity_search_by_vector_with_relevance_scores(list(vector), k)
        return [_hit(document.metadata, 1.0 - distance) for document, distance in found]

    def vectors(self, ids: Sequence[str]) -> Vectors:
        """The vectors of the entries with these ids, in their order: float32, shape (len(ids), dimensions)."""
        if not ids:
            return np.zeros((0, 0), np.float32)
        # In batches: on their way out of Chroma vectors are lists of Python floats, eight times as large.
        return np.concatenate([self._batch(ids[start : start + BATCH]) for start in range(0, len(ids), BATCH)])

    def _batch(self, ids: Sequence[str]) -> Vectors:
        with _chroma_errors(self._folder):
            found = self._chroma.get(ids=list(dict.fromkeys(ids)), include=["embeddings"])
        places = {id: place for place, id in enumerate(found["ids"])}
        array: Vectors = np.asarray(found["embeddings"], np.float32)[[places[id] for id in ids]]
        return array

    def close(self) -> None:
        self._client.close()


def _shape(size: int) -> CreateCollectionConfiguration:
    """How a store of `size` vectors searches, and when it syncs.

    Vectors not synced yet stay in a log that the first question has to read in; but each sync writes out the whole, so
    that there are no more than 50 of them. There is always one: Chroma empties the files of a store never synced and
    writes them anew whenever it opens it, and another process would find them damaged meanwhile.
    """
    threshold = max(2, min(size, max(100, size // 50)))  # Chroma takes no less than 2
    return {
        "hnsw": {
            "space": "cosine",
            "ef_search": 120,  # twice what is asked for: near enough, for words propose passages too
            "sync_threshold": threshold,
            "batch_size": min(100, threshold),
        }
    }


def _client(folder: Path) -> Any:
    """A client of the store in `folder`; Any, because Chroma's own type of it has no `close`."""
    stop_reporting()
    with _chroma_errors(folder):  # an absolute path: Chroma tells stores apart by the path as written
        return chromadb.PersistentClient(str(folder.absolute()), Settings(anonymized_telemetry=False))


@contextmanager
def _chroma_errors(folder: Path) -> Iterator[None]:
    """Chroma's own errors become Damaged, and what it lets through when it stumbles over a store it cannot read."""
    try:
        yield
    except (ChromaError, ValueError, RuntimeError, KeyError, AttributeError) as error:
        raise Damaged(folder) from error


def _metadata(entry: Entry) -> dict[str, str | int]:
    return {"passage": entry.passage, "kind": entry.kind, "start": entry.span.start, "end": entry.span.end}


def _hit(metadata: dict[str, Any], similarity: float) -> Hit:
    return Hit(metadata["passage"], metadata["kind"], Span(metadata["start"], metadata["end"]), similarity)
