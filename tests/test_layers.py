"""The encoder's upper layers in torch are those of the ONNX file: read, run and packed without a change of their own.

Names and shapes are tested everywhere; what needs torch and onnx where requirements-tune.txt is installed.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from chatbot.settings import load_settings
from eval.layers import (
    CNN,
    DNN,
    MATRICES,
    ORDERS,
    TABLES,
    VECTORS,
    Array,
    Layers,
    Source,
    encode,
    layers,
    packed,
    read,
    token_ids,
)
from vectorstore.embed import DIMENSIONS, TUNED, OnnxEmbedder, unit
from vectorstore.model import is_present, model_path

MODEL = model_path(load_settings(None).cache)
needs_torch = pytest.mark.skipif(find_spec("torch") is None, reason="torch is not there: requirements-tune.txt has it")
needs_source = pytest.mark.skipif(
    not (find_spec("torch") and find_spec("onnx") and is_present(MODEL)),
    reason="torch, onnx or the model file is not there: requirements-tune.txt has the former, `make setup` the latter",
)
WIDE, NARROW, DEEP = 6, 4, 5  # of an invented encoder: vectors of tokens and texts, of n-grams, of the layer between
SCALE = 0.003  # of its matrices: what goes through them stays where the hyperbolic tangent is steep
TEXTS = (
    "地区生产总值增长6.1%",
    "修建地铁",
    "How many kilometres of metro lines?",
    "筹集保障性住房8000套，解决住房困难。",
)


def shape(name: str) -> tuple[int, ...]:
    """Of a matrix or vector of the invented encoder."""
    found = {
        "projection/dense/kernel": (WIDE, NARROW),
        "projection/dense/bias": (NARROW,),
        "CNN_layers/dense/kernel": (WIDE + len(ORDERS) * NARROW, WIDE),
        "CNN_layers/dense/bias": (WIDE,),
        "CNN_layers/LayerNorm": (WIDE + len(ORDERS) * NARROW,),
        "Hidden_0/dense": (WIDE, DEEP),
        "Hidden_1/dense": (DEEP, DEEP),
        "Hidden_2/dense": (DEEP, WIDE),
        "Hidden_3/dense": (WIDE, WIDE),
        "Hidden_1/Adjust": (WIDE, DEEP),
        "Hidden_3/Adjust": (DEEP, WIDE),
        "/LayerNorm": (NARROW,),
        "/bias": (1, NARROW),
        **{f"Ngram-{order}-": (order * NARROW, NARROW) for order in ORDERS},
    }
    if name.endswith("/bias:0") and "-Conv" in name:
        return found["/bias"]
    return next(size for part, size in found.items() if part in name)


def invented(seed: int = 0) -> Source:
    """An encoder as the ONNX file holds it, much smaller: matrices in 8 bits with their scale, vectors as they are."""
    draw = np.random.default_rng(seed)
    arrays: dict[str, Array] = {}
    for name in MATRICES:
        whole = draw.integers(-127, 128, shape(name)).astype(np.int8)
        whole.flat[0] = 127
        arrays |= {f"{name}_quantized": whole, f"{name}_scale": np.array(SCALE, np.float32)}
        arrays[f"{name}_zero_point"] = np.array(0, np.int8)
    arrays |= {name: draw.normal(size=shape(name)).astype(np.float32) for name in VECTORS}
    return Source(arrays, b"")


def encoded(learned: Layers, *texts: Array) -> Array:
    """Texts given as vectors of their tokens; the shorter ones are padded with what must not be read."""
    # Not at the top: most machines that run the tests are without it.
    import torch

    longest = max(map(len, texts))
    tokens, there = np.full((len(texts), longest, WIDE), 99, np.float32), np.zeros((len(texts), longest), np.float32)
    for row, text in enumerate(texts):
        tokens[row, : len(text)], there[row, : len(text)] = text, 1
    found: Array = encode(learned, torch.tensor(tokens), torch.tensor(there)).detach().numpy()
    return found


def some_text(length: int, seed: int = 1) -> Array:
    return np.random.default_rng(seed).normal(size=(length, WIDE)).astype(np.float32)


def through(source: Source, learned: Layers, texts: tuple[str, ...] = TEXTS) -> Array:
    """Texts through the real tokeniser, the real table and these layers; shape (texts, 512)."""
    # Not at the top: most machines that run the tests are without it.
    import torch

    ids, table = list(token_ids(source, texts)), torch.tensor(source.token_table())
    longest = max(map(len, ids))
    tokens, there = torch.zeros(len(ids), longest, DIMENSIONS), torch.zeros(len(ids), longest)
    for row, text in enumerate(ids):
        tokens[row, : len(text)], there[row, : len(text)] = table[torch.tensor(text)], 1
    found: Array = encode(learned, tokens, there).detach().numpy()
    return found


@pytest.fixture(scope="module")
def source() -> Source:
    return read(MODEL)


# Names and shapes


def test_a_matrix_in_8_bits_is_read_with_its_scale_and_zero():
    stored = {
        "m_quantized": np.array([[3, 5]], np.uint8),
        "m_scale": np.array(0.5, np.float32),
        "m_zero_point": np.array(4, np.uint8),
    }
    read = Source(stored, b"").matrix("m")
    assert read.tolist() == [[-0.5, 0.5]] and read.dtype == np.float32


def test_a_token_stands_in_the_part_of_the_table_that_its_number_leaves_over():
    """Two rows a part: token i is row i // 17 of part i mod 17, which begin with 1."""
    arrays: dict[str, Array] = {}
    for part in range(TABLES):
        name = f"Func/StatefulPartitionedCall/input/_{part + 1}:0"
        arrays[f"{name}_quantized"] = np.array([[part], [part + TABLES]], np.uint8)
        arrays |= {f"{name}_scale": np.array(1.0, np.float32), f"{name}_zero_point": np.array(0, np.uint8)}
    assert Source(arrays, b"").token_table()[:, 0].tolist() == list(range(2 * TABLES))


def test_the_file_of_the_product_holds_every_layer_that_is_learned_and_nothing_else():
    with np.load(TUNED) as arrays:
        names, kinds = set(arrays.files), {name: arrays[name].dtype for name in arrays.files}
    assert names == {f"{name}_{part}" for name in MATRICES for part in ("quantized", "scale")} | set(VECTORS)
    assert {str(kinds[f"{name}_quantized"]) for name in MATRICES} == {"int8"}
    assert {str(kinds[name]) for name in VECTORS} == {"float32"}


def test_no_layer_is_named_twice():
    assert len({*MATRICES, *VECTORS}) == len(MATRICES) + len(VECTORS)
    assert all(name.startswith((CNN, DNN)) for name in (*MATRICES, *VECTORS))


# In torch


@needs_torch
def test_layers_that_have_learned_nothing_are_packed_as_they_were_read():
    source = invented()
    arrays = packed(layers(source), source)
    assert all(np.array_equal(arrays[f"{name}_quantized"], source.arrays[f"{name}_quantized"]) for name in MATRICES)
    assert all(arrays[f"{name}_scale"] == pytest.approx(SCALE) for name in MATRICES)
    assert all(np.array_equal(arrays[name], source.arrays[name]) for name in VECTORS)


@needs_torch
def test_what_is_packed_has_the_names_shapes_and_kinds_of_what_it_takes_the_place_of():
    source = invented()
    arrays = packed(layers(source), source)
    given = {name: (array.shape, array.dtype) for name, array in arrays.items()}
    assert given == {name: (source.arrays[name].shape, source.arrays[name].dtype) for name in arrays}


@needs_torch
def test_packing_loses_no_more_than_half_a_step_of_the_scale():
    source, learned = invented(), layers(invented(seed=1))
    again = layers(Source({**source.arrays, **packed(learned, source)}, b""))
    for name in MATRICES:
        step = float(learned[name].detach().abs().max()) / 127
        assert float((again[name] - learned[name]).detach().abs().max()) <= 0.51 * step


@needs_torch
def test_texts_become_unit_vectors():
    found = encoded(layers(invented()), some_text(3), some_text(1), some_text(7))
    assert found.shape == (3, WIDE)
    assert np.linalg.norm(found, axis=1) == pytest.approx([1, 1, 1], abs=1e-5)


@needs_torch
@pytest.mark.parametrize("length", [1, 2, 4, 6])
def test_what_stands_behind_a_text_is_not_read(length: int):
    """Alone or beside a longer one, a text has the same vector, also where an n-gram reaches over its end."""
    learned, text = layers(invented()), some_text(length)
    alone, beside = encoded(learned, text), encoded(learned, text, some_text(7, seed=2))
    assert beside[0] == pytest.approx(alone[0], abs=1e-5)
    assert np.abs(beside[1] - alone[0]).max() > 1e-3


@needs_torch
def test_the_order_of_tokens_counts():
    learned, text = layers(invented()), some_text(5)
    assert np.abs(encoded(learned, text) - encoded(learned, text[::-1])).max() > 1e-3


@needs_torch
def test_every_layer_learns_though_it_is_rounded_on_the_way():
    # Not at the top: most machines that run the tests are without it.
    import torch

    learned = layers(invented())
    encode(learned, torch.tensor(some_text(5))[None], torch.ones(1, 5))[0, 0].backward()
    assert [name for name, layer in learned.items() if layer.grad is None or not layer.grad.abs().sum() > 0] == []


@needs_torch
def test_layers_are_seen_as_they_will_be_packed():
    """What lies within half a step of the rounding makes no difference."""
    source = invented()
    learned, nudged = layers(source), layers(source)
    for name in MATRICES:
        nudged[name].data[nudged[name].abs() < 126 * SCALE] += 0.4 * SCALE  # the largest stay: they set the scale
    assert encoded(nudged, some_text(5)) == pytest.approx(encoded(learned, some_text(5)), abs=1e-5)


# The real encoder


@needs_source
def test_the_table_has_a_vector_for_each_token(source: Source):
    assert source.token_table().shape == (128010, DIMENSIONS)


@needs_source
def test_a_text_has_the_tokens_of_its_beginning_and_end(source: Source):
    nothing, one, two = token_ids(source, ["", "地区", "地区生产总值"])
    assert len(nothing) == 2 < len(one) < len(two)
    assert {(ids[0], ids[-1]) for ids in (nothing, one, two)} == {tuple(nothing)}


@needs_source
def test_the_layers_in_torch_are_the_encoder_as_it_comes(source: Source):
    """Up to what the model loses by rounding what goes through it to 8 bits."""
    theirs = OnnxEmbedder(MODEL, tuned=None).embed_array(TEXTS)
    ours = through(source, layers(source))
    assert (np.sum(ours * theirs, axis=1) > 0.97).all()
    assert np.abs(ours @ ours.T - theirs @ theirs.T).max() < 0.05


@needs_source
def test_what_was_learned_is_what_the_product_computes(source: Source, tmp_path: Path):
    learned = layers(source)
    for name in (f"{CNN}dense/kernel:0", f"{DNN}ResidualHidden_3/dense/kernel:0", f"{CNN}dense/bias:0"):
        layer = learned[name].data
        layer += 0.5 * layer.flip(0)
    np.savez(tmp_path / "encoder.npz", **packed(learned, source))  # type: ignore[arg-type]
    theirs = OnnxEmbedder(MODEL, tuned=tmp_path / "encoder.npz").embed_array(TEXTS)
    before = OnnxEmbedder(MODEL, tuned=None).embed_array(TEXTS)
    ours = unit(through(source, learned))
    assert (np.sum(ours * theirs, axis=1) > 0.98).all() and (np.sum(ours * before, axis=1) < 0.95).all()
