"""The encoder in torch: padding changes nothing, the file of the product says what it says, and it learns.

Needs what requirements-tune.txt has; most machines that run the tests are without it, and skip this.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="torch is not there: requirements-tune.txt has it")

import torch
from tokenizers import Tokenizer

from eval import encoder as encoders
from eval import tune
from eval.base import Piece
from eval.encoder import Encoder, tokeniser_of
from eval.export import eased, write_model
from eval.train import Pair
from vectorstore.embed import LONGEST_TEXT, OnnxEmbedder, padded

LETTERS = "地区生产总值增长新开通轨道交通里程修建铁多少公园个"
PIECES = [Piece(text, -1.0) for text in ("<s>", "<pad>", "</s>", "<unk>", "▁", *dict.fromkeys(LETTERS), "A")]
TEXTS = ["生产总值增长多少", "修建地铁", "新开通轨道交通里程" * 5]
PAIRS = [
    Pair("修了多少地铁", "轨道交通里程新增长", "新开通公园"),
    Pair("地铁多少", "轨道交通里程", ""),
    Pair("公园个", "新开通公园", "轨道交通里程"),
    Pair("生产多少", "地区生产总值增长", "轨道交通里程"),
]


@pytest.fixture
def encoder(monkeypatch: pytest.MonkeyPatch) -> Encoder:
    monkeypatch.setattr(encoders, "LAYERS", 1)
    torch.manual_seed(0)
    return Encoder(len(PIECES)).eval()


@pytest.fixture(scope="module")
def tokeniser() -> Tokenizer:
    return tokeniser_of(PIECES)


def ids(tokeniser: Tokenizer, *texts: str) -> list[list[int]]:
    return [encoding.ids[:LONGEST_TEXT] for encoding in tokeniser.encode_batch(list(texts))]


def vectors(encoder: Encoder, numbers: list[list[int]]) -> np.ndarray:
    with torch.no_grad():
        found: np.ndarray = encoder(**{name: torch.tensor(array) for name, array in padded(numbers).items()}).numpy()
    return found


def test_a_text_is_cut_into_pieces_between_its_ends(tokeniser: Tokenizer):
    assert tokeniser.encode("修\x01建　地\u200b铁").tokens == ["<s>", "▁", "修", "建", "▁", "地", "▁", "铁", "</s>"]
    assert tokeniser.encode("Ａ").tokens == ["<s>", "▁", "A", "</s>"]


def test_what_fills_a_batch_up_changes_no_vector(encoder: Encoder, tokeniser: Tokenizer):
    numbers = ids(tokeniser, *TEXTS)
    alone = np.vstack([vectors(encoder, [row]) for row in numbers])
    assert np.allclose(vectors(encoder, numbers), alone, atol=1e-5)
    assert np.allclose(np.linalg.norm(alone, axis=1), 1, atol=1e-5)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of the exporter that needs no package more
def test_the_file_of_the_product_says_what_torch_says(encoder: Encoder, tokeniser: Tokenizer, tmp_path: Path):
    write_model(encoder, ids(tokeniser, *TEXTS), tmp_path / "encoder.onnx")
    tokeniser.save(str(tmp_path / "encoder.tokens.json"))
    found = OnnxEmbedder(tmp_path / "encoder.onnx").embed_array(TEXTS)
    assert (np.sum(found * vectors(encoder, ids(tokeniser, *TEXTS)), axis=1) > 0.99).all()


def test_easing_evens_the_inputs_out_and_changes_no_vector(encoder: Encoder, tokeniser: Tokenizer):
    numbers = ids(tokeniser, *TEXTS)
    encoder.layers[0].inner.bias.data[5] = 60.0  # one input of the outer matrix far larger than all others
    plain, easy = vectors(encoder, numbers), eased(encoder, numbers)
    assert np.allclose(vectors(easy, numbers), plain, atol=1e-5)
    inverse = easy.layers[0].outer.inverse
    assert inverse[5] == inverse.min() < inverse.median() / 5


def test_other_right_clauses_of_a_batch_are_left_out_of_the_comparison():
    told = [*(pair.clause for pair in PAIRS), "新开通公园"]
    also = tune._also_right(PAIRS, told, tune._answers([*PAIRS, Pair("修了多少地铁", "轨道交通里程", "")]))
    assert [tuple(place) for place in np.argwhere(also)] == [(0, 1), (2, 4)]


def test_after_learning_every_question_finds_its_clause_first(
    encoder: Encoder, tokeniser: Tokenizer, monkeypatch: pytest.MonkeyPatch
):
    for name, value in {"ROUNDS": 40, "BATCH": 4, "WARM_UP": 1}.items():
        monkeypatch.setattr(tune, name, value)
    said: list[str] = []
    learned = tune.tuned(encoder, tokeniser, PAIRS, said.append).eval()
    asked = vectors(learned, ids(tokeniser, *(pair.question for pair in PAIRS)))
    told = vectors(learned, ids(tokeniser, *(pair.clause for pair in PAIRS)))
    assert (asked @ told.T).argmax(axis=1).tolist() == [0, 1, 2, 3]
    assert len(said) == 40
