"""Texts → unit vectors, by the built-in model or by an OpenAI-compatible service."""

from __future__ import annotations

import os
import re
import threading
from abc import abstractmethod
from collections.abc import Iterator, Sequence
from functools import cached_property
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt
from langchain_core.embeddings import Embeddings
from pydantic import SecretStr

from chatbot.errors import SetupError, UpstreamError
from chatbot.settings import Settings, stop_reporting
from vectorstore.model import USE_MULTILINGUAL, Progress, model_file, model_path

Vectors = npt.NDArray[np.float32]
DIMENSIONS = 512
TUNED = Path(__file__).parent / "encoder.npz"
LONGEST_TEXT = 512  # characters; the encoder's memory grows with the square, and no sentence carries more than that
BATCH_AREA = 1000  # characters × texts of a batch, padding included: the fastest on 2 cores, and bounded memory
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
    """universal-sentence-encoder-multilingual: 16 languages, string in, 512 dimensions out. Loads on first use.

    Its layers above the token table are ours, learned from `eval/pairs` (eval/tune.py); they lie in `tuned` under the
    names that they have in the model, and take the place of those in it. None: the encoder as it comes.
    """

    def __init__(self, path: Path, threads: int = 2, tuned: Path | None = TUNED) -> None:
        self.name = f"{USE_MULTILINGUAL.name}-{USE_MULTILINGUAL.sha256[:8]}"
        self._layers, digest = _layers(tuned) if tuned else ({}, "")
        self.name += digest
        self._path = path
        self._threads = threads
        self._loading = threading.Lock()

    @cached_property
    def _session(self) -> Any:
        stop_reporting()
        # Not at the top: onnxruntime starts reporting to its maker on import, unless told not to beforehand.
        import onnxruntime
        import onnxruntime_extensions

        options = onnxruntime.SessionOptions()
        options.register_custom_ops_library(onnxruntime_extensions.get_library_path())
        options.intra_op_num_threads = self._threads
        options.enable_mem_pattern = False  # every batch has another shape: patterns only hold memory
        self._held = {name: onnxruntime.OrtValue.ortvalue_from_numpy(layer) for name, layer in self._layers.items()}
        for name, value in self._held.items():  # the session does not hold them itself
            options.add_initializer(name, value)
        try:
            return onnxruntime.InferenceSession(str(self._path), options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime's errors have no common root below Exception
            raise SetupError(f"嵌入模型打不开：{self._path}", "请删去这个文件，再执行 make setup") from error

    def load(self) -> None:
        """Load the model now (0.5 s), so that the first question does not wait for it."""
        with self._loading:
            self._session  # noqa: B018

    def embed_array(self, texts: Sequence[str]) -> Vectors:
        self.load()
        cleaned = [clean(text) for text in texts]
        vectors = np.zeros((len(texts), DIMENSIONS), np.float32)
        for places in batches(cleaned):
            vectors[places] = self._session.run(None, {self._input: [cleaned[i] for i in places]})[0]
        return unit(vectors)

    @cached_property
    def _input(self) -> str:
        name: str = self._session.get_inputs()[0].name
        return name


def _layers(tuned: Path) -> tuple[dict[str, npt.NDArray[Any]], str]:
    """The learned layers by name, and what tells them from any others. Raises SetupError when they cannot be read."""
    try:
        learned = tuned.read_bytes()
        with np.load(BytesIO(learned)) as arrays:
            return dict(arrays), f"-{sha256(learned).hexdigest()[:8]}"
    except (OSError, ValueError, BadZipFile) as error:
        raise SetupError(f"学得的编码层 {tuned.name} 读不出来", "请恢复这个文件（git checkout）后重试") from error


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


def open_embedder(settings: Settings, progress: Progress | None = None) -> Embedder:
    """The embedder of the settings. The built-in model is fetched only when `progress` is given to report to."""
    if settings.embeddings_url:
        key = settings.embeddings_key.get_secret_value()
        return ServiceEmbedder(settings.embeddings_url, settings.embeddings_model, key)
    path = model_file(settings.cache, progress) if progress else model_path(settings.cache)
    return OnnxEmbedder(path, threads=min(2, os.cpu_count() or 1))


def clean(text: str) -> str:
    """What an encoder may be fed: no control characters, no lone surrogates, not empty, not endless."""
    return CONTROLS.sub(" ", text[:LONGEST_TEXT]).strip() or " "


def batches(texts: Sequence[str]) -> Iterator[list[int]]:
    """Places in `texts`, shortest text first, in batches of bounded area."""
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
