"""The sentence encoder as the product reads it: ONNX in 8 bits, all matrices with whole numbers.

Needs requirements-tune.txt. Read by vectorstore/embed.py.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from copy import deepcopy
from functools import partial
from pathlib import Path
from typing import Any

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import nn

from eval.encoder import Encoder, Tensor
from vectorstore.embed import padded

SAMPLE = 400  # pairs by whose texts the sizes of values are seen
_BATCH = 40
_EASE = 0.7  # how far the scales follow the values rather than the weights
_SMALL = 1e-3  # no value or weight counts as less


class Eased(nn.Module):  # type: ignore[misc]  # torch is not there when types are checked
    """A linear layer whose inputs are divided by a scale each and whose weights are multiplied by it.

    SmoothQuant (Xiao et al. 2023): one input in a thousand is ten times as large as the others, and 8 bits that hold
    it leave next to nothing for the rest. Divided, all are of a size; the product stays the same.
    """

    def __init__(self, linear: Any, largest: Tensor) -> None:
        super().__init__()
        weights = linear.weight.detach().abs().amax(0).clamp(min=_SMALL)
        scales = largest.clamp(min=_SMALL) ** _EASE / weights ** (1 - _EASE)
        scales = scales / scales.median()
        self.linear = deepcopy(linear)
        self.linear.weight.data *= scales
        self.register_buffer("inverse", 1 / scales)

    def forward(self, given: Tensor) -> Tensor:
        return self.linear(given * self.inverse)


def write_model(encoder: Encoder, sample: Sequence[Sequence[int]], out: Path) -> None:
    """Write `encoder`; inputs `ids` and `mask`, both int64. `sample` are texts as numbers of tokens."""
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "whole.onnx"
        _write_whole(eased(encoder, sample), whole)
        options = {"weight_type": QuantType.QInt8, "per_channel": True, "extra_options": {"MatMulConstBOnly": True}}
        quantize_dynamic(whole, out, op_types_to_quantize=["MatMul", "Gather", "Gemm"], **options)


def eased(encoder: Encoder, sample: Sequence[Sequence[int]]) -> Encoder:
    """The same encoder with the inputs of the perceptrons' matrices eased, whose values differ most in size."""
    encoder = deepcopy(encoder).eval()
    for layer, name, largest in _largest(encoder, sample):
        setattr(layer, name, Eased(getattr(layer, name), largest))
    return encoder


def _largest(encoder: Encoder, sample: Sequence[Sequence[int]]) -> list[tuple[Any, str, Tensor]]:
    """Layer, name of the matrix, and the largest size of each of its inputs over the sample."""
    places = [(layer, name) for layer in encoder.layers for name in ("inner", "outer")]
    found: list[list[Tensor]] = [[] for _ in places]
    hooks = [
        getattr(layer, name).register_forward_hook(partial(_note, kept))
        for (layer, name), kept in zip(places, found, strict=True)
    ]
    with torch.no_grad():
        for start in range(0, len(sample), _BATCH):
            fed = padded(sample[start : start + _BATCH])
            encoder(**{name: torch.tensor(array) for name, array in fed.items()})
    for hook in hooks:
        hook.remove()
    return [(*place, torch.stack(kept).amax(0)) for place, kept in zip(places, found, strict=True)]


def _note(kept: list[Tensor], _: Any, given: tuple[Tensor, ...], __: Tensor) -> None:
    kept.append(given[0].abs().amax((0, 1)))


def _write_whole(encoder: Encoder, out: Path) -> None:
    ids = torch.zeros((3, 11), dtype=torch.int64)
    mask = torch.ones_like(ids)
    mask[0, 7:] = 0
    free = {"ids": {0: "texts", 1: "longest"}, "mask": {0: "texts", 1: "longest"}, "vectors": {0: "texts"}}
    names = {"input_names": ["ids", "mask"], "output_names": ["vectors"], "dynamic_axes": free}
    torch.onnx.export(encoder, (ids, mask), str(out), opset_version=17, dynamo=False, **names)
