"""The base of the encoder is read out of its file to the bit, and only the tokens that we need are kept of it."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from chatbot.errors import SetupError
from eval.base import Base, chosen_pieces, parse

PIECES = ("<s>", "<pad>", "</s>", "<unk>", "▁", "的", "▁the", "轨道", "軌道", "é", "。", "ру", "k", "<mask>")
SCALES = (0.5, -0.25)  # of the two blocks of the one row of the matrix
FOURS = np.arange(64) % 16  # what stands in the matrix, before zero and scale


def block(scale: float, fours: np.ndarray) -> bytes:
    """32 numbers of 4 bits behind their scale: the first half in the low bits, the other in the high ones."""
    return np.float16(scale).tobytes() + (fours[:16] | fours[16:] << 4).astype(np.uint8).tobytes()


def file() -> bytes:
    """A base of a few pieces, a matrix of one row and a vector, as the package writes it."""
    letters = [piece.encode() for piece in PIECES]
    offsets = np.cumsum([0, *map(len, letters)], dtype="<u4")
    head = b"E5S1" + struct.pack("<i", 1) + struct.pack("<7ifi", *range(7), 1e-12, 1)
    tokens = struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, sum(map(len, letters)))
    tokens += offsets.tobytes() + np.arange(len(PIECES), dtype="<f4").tobytes() + b"".join(letters)
    table = struct.pack("<iI", 1, 9) + b"character"
    matrix = block(SCALES[0], FOURS[:32]) + block(SCALES[1], FOURS[32:])
    vector = np.array([1.5, -2.5], "<f4").tobytes()
    names = (b"l0.q.w", b"emb.ln.b")
    start = len(head + tokens + table) + 4 + sum(2 + len(name) + 21 for name in names)
    entries = zip(names, (start, start + len(matrix)), (len(matrix), len(vector)), strict=True)
    directory = struct.pack("<i", len(names))
    for name, offset, size in entries:
        directory += struct.pack("<H", len(name)) + name + struct.pack("<BIQQ", 2, 0, offset, size)
    return head + tokens + table + directory + matrix + vector


@pytest.fixture(scope="module")
def base() -> Base:
    return parse(file())


def test_the_pieces_come_with_their_scores_in_the_order_of_their_numbers(base: Base):
    assert [piece.text for piece in base.pieces] == list(PIECES)
    assert [piece.score for piece in base.pieces] == list(range(len(PIECES)))


def test_a_matrix_is_read_out_of_4_bits_with_the_scale_of_each_block(base: Base):
    found = base.matrix("l0.q.w", 64)
    assert found.shape == (1, 64) and found.dtype == np.float32
    assert found[0].tolist() == [*((FOURS[:32] - 8) * SCALES[0]), *((FOURS[32:] - 8) * SCALES[1])]


def test_a_vector_is_read_as_it_stands(base: Base):
    assert base.vector("emb.ln.b").tolist() == [1.5, -2.5]


def test_another_format_is_a_setup_error():
    with pytest.raises(SetupError, match="requirements-tune"):
        parse(b"E5S2" + file()[4:])


def test_kept_are_marks_single_characters_simplified_words_and_what_our_texts_hold(base: Base):
    def texts(counts: list[int]) -> list[str]:
        return [PIECES[number] for number in chosen_pieces(base, counts)]

    unseen = texts([0] * len(PIECES))
    assert unseen == ["<s>", "<pad>", "</s>", "<unk>", "▁", "的", "轨道", "。", "k"]
    assert set(texts([1] * len(PIECES))) - set(unseen) == {"▁the", "軌道", "é", "ру"}
