"""Texts → unit vectors, by the built-in model or by an OpenAI-compatible service."""

from __future__ import annotations

import os
import re
import threading
from abc import abstractmethod
from collections.abc import Iterator, Sequence
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from langchain_core.embeddings import Embeddings
from pydantic import SecretStr
from tokenizers import Tokenizer

from chatbot.errors import SetupError, UpstreamError
from chatbot.settings import Settings, stop_reporting

Vectors = npt.NDArray[np.float32]
MODEL = Path(__file__).parent / "encoder.onnx"
DIMENSIONS = 384
LONGEST_TEXT = 192  # tokens that are read of a text, its beginning and end with them: as many places as the encoder has
PADDING = 1  # the number of the token that fills a batch up
BATCH_AREA = 1000  # tokens of a batch, padding included: the fastest on 2 cores, and bounded memory
LONGEST_READ = 2000  # characters of a text that are cut into tokens
CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


class Embedder(Embeddings):
    """An encoder with a name that tells its vectors from any other's."""

    name: str

    @abstractmethod
    def embed_array(self, texts: Sequence[str]) -> Vectors:
        """One unit vector a text: float32, shape (len(texts), dimensions)."""

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        vectors: list[list[float]] = self.embed_array(texts).tolist()
        return vectors

    def embed_query(self, text: str) -> list[float]:
        return self.embed_documents([text])[0]


class OnnxEmbedder(Embedder):
    """The built-in encoder: multilingual-e5-small, cut and learned from our pairs (eval/tune.py). Loads on first use.

    Two files lie beside this module, `encoder.onnx` and its tokeniser; what they come from and their licence stand in
    `encoder.LICENSE.txt`.
    """

    def __init__(self, model: Path = MODEL, threads: int = 2) -> None:
        self._bytes = _read(model)
        self._tokens = model.with_suffix(".tokens.json")
        self.name = f"e5-small-{sha256(self._bytes).hexdigest()[:8]}"
        self._threads = threads
        self._loading = threading.Lock()

    @cached_property
    def _session(self) -> Any:
        stop_reporting()
        # Not at the top: onnxruntime starts reporting to its maker on import, unless told not to beforehand.
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self._threads
        options.enable_mem_pattern = False  # every batch has another shape: patterns only hold memory
        try:
            return onnxruntime.InferenceSession(self._bytes, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime's errors have no common root below Exception
            raise _broken("encoder.onnx") from error

    @cached_property
    def _tokeniser(self) -> Tokenizer:
        try:
            tokeniser = Tokenizer.from_file(str(self._tokens))
        except Exception as error:  # the tokeniser's errors have no common root below Exception
            raise _broken(self._tokens.name) from error
        tokeniser.enable_truncation(LONGEST_TEXT)
        return tokeniser

    def load(self) -> None:
        """Load the model now (0.1 s), so that the first question does not wait for it."""
        with self._loading:
            self._session, self._tokeniser  # noqa: B018

    def embed_array(self, texts: Sequence[str]) -> Vectors:
        self.load()
        ids = [encoding.ids for encoding in self._tokeniser.encode_batch([clean(text) for text in texts])]
        vectors = np.zeros((len(texts), DIMENSIONS), np.float32)
        for places in batches(ids):
            vectors[places] = self._session.run(None, padded([ids[i] for i in places]))[0]
        return unit(vectors)


def padded(ids: Sequence[Sequence[int]]) -> dict[str, npt.NDArray[np.int64]]:
    """Token numbers as the model takes them: `ids` and `mask`, int64, shape (texts, longest)."""
    shape = (len(ids), max(map(len, ids)))
    numbers, mask = np.full(shape, PADDING, np.int64), np.zeros(shape, np.int64)
    for row, tokens in enumerate(ids):
        numbers[row, : len(tokens)], mask[row, : len(tokens)] = tokens, 1
    return {"ids": numbers, "mask": mask}


def _read(model: Path) -> bytes:
    try:
        return model.read_bytes()
    except OSError as error:
        raise _broken(model.name) from error


def _broken(file: str) -> SetupError:
    return SetupError(f"随附的编码器文件 {file} 读不出来", f"请恢复这个文件（git checkout vectorstore/{file}）后重试")


class ServiceEmbedder(Embedder):
    """An OpenAI-compatible embeddings endpoint."""

    def __init__(self, url: str, model: str, key: str = "") -> None:
        # Slow to import (2 s) and needed only when an endpoint is set.
        from langchain_openai import OpenAIEmbeddings
        from openai import OpenAIError

        self.name = f"{model}@{url}"
        self._url = url
        self._failures = (OpenAIError, ValueError, TypeError, AttributeError)  # the latter for malformed replies
        self._service = OpenAIEmbeddings(
            base_url=url,
            model=model,
            api_key=SecretStr(key or "none"),  # never None: the client would send OPENAI_API_KEY to this endpoint
            check_embedding_ctx_length=False,  # other servers take strings, not token numbers
            chunk_size=64,
            timeout=60,
        )

    def embed_array(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.zeros((0, 0), np.float32)
        try:
            vectors = np.array(self._service.embed_documents([clean(text) for text in texts]), np.float32)
        except self._failures as error:
            raise self._unusable(str(error)) from error
        if vectors.ndim != 2 or len(vectors) != len(texts):
            raise self._unusable(f"发去 {len(texts)} 段，收到 {len(vectors)} 个向量")
        return unit(vectors)

    def _unusable(self, why: str) -> UpstreamError:
        return UpstreamError(f"嵌入服务 {self._url} 不可用：{why[:200]}", "请检查 ZHENGWEN_EMBEDDINGS_ 各项设置")


def open_embedder(settings: Settings) -> Embedder:
    """The embedder of the settings: the built-in encoder, or a service."""
    if settings.embeddings_url:
        key = settings.embeddings_key.get_secret_value()
        return ServiceEmbedder(settings.embeddings_url, settings.embeddings_model, key)
    return OnnxEmbedder(threads=min(2, os.cpu_count() or 1))


def clean(text: str) -> str:
    """What an encoder may be fed: no control characters, no lone surrogates, not empty, not endless."""
    return CONTROLS.sub(" ", text[:LONGEST_READ]).strip() or " "


def batches(texts: Sequence[Sequence[int]]) -> Iterator[list[int]]:
    """Places in `texts` (their token numbers), shortest text first, in batches of bounded area."""
    batch: list[int] = []
    for place in sorted(range(len(texts)), key=lambda i: len(texts[i])):
        if batch and len(texts[place]) * (len(batch) + 1) > BATCH_AREA:
            yield batch
            batch = []
        batch.append(place)
    if batch:
        yield batch


def unit(vectors: Vectors) -> Vectors:
    """Rows scaled to length 1; a row of zeros stays as it is."""
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    return (vectors / np.where(length > 0, length, 1)).astype(np.float32)
