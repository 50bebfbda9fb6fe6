"""The sentence encoder's layers above its token table, in torch: read from the ONNX file, run, and packed again.

The encoder is universal-sentence-encoder-multilingual v3 (Yang et al. 2019): n-gram convolutions over token vectors,
their sum over the root of their number, and a small residual network. Needs requirements-tune.txt; see eval/tune.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

ROOT = "StatefulPartitionedCall/EncoderDNN/"
CNN, DNN = f"{ROOT}CNN_layers/", f"{ROOT}DNN/"
TABLES = 17  # parts of the token table: token i stands in part i mod 17
ORDERS = (2, 3, 5)  # lengths of the n-grams
MATRICES = (
    *(f"{CNN}ngram_order_{n}/input_size_projection/dense/kernel:0" for n in ORDERS),
    *(f"{CNN}ngram_order_{n}/Ngram-{n}-Conv{which}/weights:0" for n in ORDERS for which in ("", "_1")),
    f"{CNN}dense/kernel:0",
    *(f"{DNN}ResidualHidden_{i}/dense/kernel:0" for i in range(4)),
    *(f"{DNN}ResidualHidden_{i}/AdjustDepth/projection/kernel:0" for i in (1, 3)),
)
VECTORS = (
    *(f"{CNN}ngram_order_{n}/input_size_projection/dense/bias:0" for n in ORDERS),
    *(f"{CNN}ngram_order_{n}/Ngram-{n}-Conv{which}/bias:0" for n in ORDERS for which in ("", "_1")),
    *(f"{CNN}ngram_order_{n}/LayerNorm/{part}:0" for n in ORDERS for part in ("gamma", "beta")),
    *(f"{CNN}LayerNorm/{part}:0" for part in ("gamma", "beta")),
    f"{CNN}dense/bias:0",
)
_EPSILON = 1e-12  # of the layer norms, as in the model

Array = npt.NDArray[Any]
Tensor = Any  # torch.Tensor: torch is not there when types are checked
Layers = dict[str, Tensor]


@dataclass(frozen=True, slots=True)
class Source:
    """The arrays of the ONNX file by name, and its tokeniser as a model of its own."""

    arrays: Mapping[str, Array]
    tokeniser: bytes

    def matrix(self, name: str) -> Array:
        """float32, whatever it is stored in."""
        stored = self.arrays[f"{name}_quantized"].astype(np.float32)
        values: Array = (stored - float(self.arrays[f"{name}_zero_point"])) * float(self.arrays[f"{name}_scale"])
        return values

    def token_table(self) -> Array:
        """The vector of each token: float32, shape (tokens, 512)."""
        parts = [self.matrix(f"Func/StatefulPartitionedCall/input/_{part}:0") for part in range(1, TABLES + 1)]
        return np.stack(parts, axis=1).reshape(-1, parts[0].shape[1])


def read(path: Path) -> Source:
    # Not at the top: only the commands that learn the encoder need it.
    import onnx

    model = onnx.load(str(path))
    arrays = {array.name: onnx.numpy_helper.to_array(array) for array in model.graph.initializer}
    node = model.graph.node[0]
    del model.graph.node[1:], model.graph.output[:]
    kept = [array for array in model.graph.initializer if array.name in node.input]
    del model.graph.initializer[:]
    model.graph.initializer.extend(kept)
    kinds = (onnx.TensorProto.INT32, onnx.TensorProto.INT64)
    model.graph.output.extend(
        onnx.helper.make_tensor_value_info(name, kind, None) for name, kind in zip(node.output, kinds, strict=False)
    )
    return Source(arrays, model.SerializeToString())


def layers(source: Source) -> Layers:
    """The layers that are learned, as torch tensors under their names in the model."""
    # Not at the top: users never need it.
    import torch

    found = {name: source.matrix(name) for name in MATRICES}
    found |= {name: source.arrays[name].astype(np.float32).reshape(-1) for name in VECTORS}
    return {name: torch.tensor(array, requires_grad=True) for name, array in found.items()}


def packed(learned: Layers, source: Source) -> dict[str, Array]:
    """The arrays that take the place of those in the model: matrices in 8 bits with a scale each."""
    found: dict[str, Array] = {}
    for name in MATRICES:
        values = learned[name].detach().numpy()
        scale = np.float32(np.abs(values).max() / 127)
        found[f"{name}_quantized"] = np.round(values / scale).astype(np.int8)
        found[f"{name}_scale"] = np.array(scale).reshape(source.arrays[f"{name}_scale"].shape)
    for name in VECTORS:
        found[name] = learned[name].detach().numpy().reshape(source.arrays[name].shape)
    return found


def encode(learned: Layers, tokens: Tensor, there: Tensor) -> Tensor:
    """Unit vectors of shape (texts, 512).

    `tokens`: their vectors, shape (texts, longest, 512); `there`: 1 where a text has a token, else 0, shape (texts,
    longest). Matrices are rounded to 8 bits on the way, as they will be, with the slope passed straight through.
    """
    # Not at the top: users never need it.
    import torch

    mask, rounded = there[..., None], {name: _rounded(learned[name]) for name in MATRICES}
    grams = [_grams(learned, rounded, order, tokens, mask) for order in ORDERS]
    mixed = _normed(learned, CNN, torch.cat([tokens, *grams], dim=2))
    words = mixed @ rounded[f"{CNN}dense/kernel:0"] + learned[f"{CNN}dense/bias:0"]
    text = (words * mask).sum(1) / mask.sum(1).clamp(min=1).sqrt()
    return torch.nn.functional.normalize(_residual(rounded, text), dim=1)


def _grams(learned: Layers, rounded: Layers, order: int, tokens: Tensor, mask: Tensor) -> Tensor:
    """Two convolutions over n-grams of this order, each added to what it was fed."""
    path = f"{CNN}ngram_order_{order}/"
    fed = tokens @ rounded[f"{path}input_size_projection/dense/kernel:0"]
    fed = _normed(learned, path, fed + learned[f"{path}input_size_projection/dense/bias:0"]) * mask
    for which in ("", "_1"):
        name = f"{path}Ngram-{order}-Conv{which}/"
        windows = _windows(fed, order) @ rounded[f"{name}weights:0"] + learned[f"{name}bias:0"]
        fed = (windows.relu() + fed) * mask
    return fed


def _windows(fed: Tensor, order: int) -> Tensor:
    """Each token with those around it, side by side; of an even number one more behind it than before."""
    # Not at the top: users never need it.
    import torch

    before, length = (order - 1) // 2, fed.shape[1]
    padded = torch.nn.functional.pad(fed, (0, 0, before, order - 1 - before))
    return torch.cat([padded[:, start : start + length] for start in range(order)], dim=2)


def _normed(learned: Layers, path: str, values: Tensor) -> Tensor:
    # Not at the top: users never need it.
    import torch

    gamma, beta = learned[f"{path}LayerNorm/gamma:0"], learned[f"{path}LayerNorm/beta:0"]
    return torch.nn.functional.layer_norm(values, gamma.shape, gamma, beta, _EPSILON)


def _residual(rounded: Layers, text: Tensor) -> Tensor:
    hidden = [rounded[f"{DNN}ResidualHidden_{i}/dense/kernel:0"] for i in range(4)]
    adjust = {i: rounded[f"{DNN}ResidualHidden_{i}/AdjustDepth/projection/kernel:0"] for i in (1, 3)}
    second = ((text @ hidden[0]).relu() @ hidden[1] + text @ adjust[1]).relu()
    fourth = (second @ hidden[2]).relu() @ hidden[3] + second @ adjust[3]
    return fourth.tanh()


def _rounded(matrix: Tensor) -> Tensor:
    scale = matrix.detach().abs().max() / 127
    return matrix + ((matrix / scale).round() * scale - matrix).detach()


def token_ids(source: Source, texts: Sequence[str]) -> Iterator[Array]:
    """The numbers of the tokens of each text, those of its beginning and end with them."""
    # Not at the top: as in vectorstore/embed.py.
    import onnxruntime
    import onnxruntime_extensions

    options = onnxruntime.SessionOptions()
    options.register_custom_ops_library(onnxruntime_extensions.get_library_path())
    session = onnxruntime.InferenceSession(source.tokeniser, options, providers=["CPUExecutionProvider"])
    ids, ends = session.run(None, {session.get_inputs()[0].name: list(texts)})
    yield from (ids[start:end].astype(np.int64) for start, end in pairwise(ends))
