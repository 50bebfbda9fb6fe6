"""Texts become unit vectors, whatever the texts hold; a service's failure is an upstream failure."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.errors import SetupError, UpstreamError
from chatbot.settings import CODE_FOLDER, Settings
from vectorstore.embed import (
    BATCH_AREA,
    DIMENSIONS,
    LONGEST_READ,
    LONGEST_TEXT,
    MODEL,
    PADDING,
    OnnxEmbedder,
    ServiceEmbedder,
    batches,
    clean,
    open_embedder,
    padded,
)


@pytest.fixture(scope="module")
def onnx() -> OnnxEmbedder:
    return OnnxEmbedder()


@given(st.text())
def test_what_is_fed_to_the_encoder_is_never_empty_nor_endless_and_always_utf8(text: str):
    fed = clean(text + "\ud800\x00")
    assert 0 < len(fed) <= LONGEST_READ
    assert fed.encode("utf-8")


@given(st.lists(st.lists(st.integers(0, 9), min_size=2, max_size=LONGEST_TEXT), max_size=40))
def test_batches_hold_every_text_once_and_keep_within_their_area(texts: list[list[int]]):
    found = list(batches(texts))
    assert sorted(place for batch in found for place in batch) == list(range(len(texts)))
    assert all(len(b) == 1 or len(b) * max(len(texts[i]) for i in b) <= BATCH_AREA for b in found)


def test_a_batch_is_filled_up_with_padding_that_the_mask_leaves_out():
    fed = padded([[0, 7, 2], [0, 2]])
    assert fed["ids"].tolist() == [[0, 7, 2], [0, 2, PADDING]]
    assert fed["mask"].tolist() == [[1, 1, 1], [1, 1, 0]]


@pytest.mark.parametrize("broken", ["encoder.onnx", "encoder.tokens.json"])
def test_an_encoder_file_that_is_none_is_a_setup_error(tmp_path: Path, broken: str):
    for name in ("encoder.onnx", "encoder.tokens.json"):
        shutil.copy(MODEL.with_name(name), tmp_path)
    (tmp_path / broken).write_bytes(b"nonsense")
    with pytest.raises(SetupError, match=f"git checkout vectorstore/{broken}"):
        OnnxEmbedder(tmp_path / "encoder.onnx").embed_query("你好")


def test_an_encoder_file_that_is_missing_is_a_setup_error(tmp_path: Path):
    with pytest.raises(SetupError, match="git checkout"):
        OnnxEmbedder(tmp_path / "encoder.onnx")


def test_the_name_of_the_encoder_changes_with_what_is_in_its_file(tmp_path: Path):
    """And not with where it lies: vectors of another encoder are never taken for those of this one."""
    copy, other = tmp_path / "copy.onnx", tmp_path / "other.onnx"
    copy.write_bytes(MODEL.read_bytes())
    other.write_bytes(MODEL.read_bytes() + b"x")
    assert OnnxEmbedder(copy).name == OnnxEmbedder().name != OnnxEmbedder(other).name


def test_the_encoder_leaves_no_traces_of_its_makers_reporting(tmp_path: Path):
    """onnxruntime keeps an identifier of the machine in the home folder while its reporting is on."""
    code = "from vectorstore.embed import *; OnnxEmbedder().load()"
    env = {"HOME": str(tmp_path), "PYTHONPATH": str(CODE_FOLDER), "PYTHONDONTWRITEBYTECODE": "1"}
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=env, check=True)
    assert list(tmp_path.rglob("*")) == []


def test_vectors_are_unit_float32(onnx: OnnxEmbedder):
    vectors = onnx.embed_array(["地区生产总值增长6.1%", "修建地铁", "x"])
    assert (vectors.shape, vectors.dtype) == ((3, DIMENSIONS), np.float32)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_vectors_come_back_in_the_order_of_the_texts(onnx: OnnxEmbedder):
    texts = ["很长的一句话，" * 20, "短", "不长不短的一句话"]
    alone = np.vstack([onnx.embed_array([text]) for text in texts])
    assert (np.sum(onnx.embed_array(texts) * alone, axis=1) > 0.99).all()


@pytest.mark.parametrize("text", ["", " ", "\x00", "\ud800", "a\x00b", "中" * 5000], ids=ascii)
def test_no_text_crashes_the_encoder(onnx: OnnxEmbedder, text: str):
    assert np.isfinite(onnx.embed_query(text)).all()


def test_an_english_question_is_nearest_to_the_chinese_sentence_it_asks_for(onnx: OnnxEmbedder):
    sentences = onnx.embed_array(["新增城镇就业70万人。", "轨道交通运营里程超过500公里。", "粮食产量保持稳定。"])
    question = onnx.embed_array(["How many kilometres of metro lines are in operation?"])
    assert int((sentences @ question[0]).argmax()) == 1


def test_no_texts_give_no_vectors(onnx: OnnxEmbedder):
    assert onnx.embed_array([]).shape == (0, DIMENSIONS)


def test_a_text_longer_than_the_encoder_reads_has_the_vector_of_its_beginning(onnx: OnnxEmbedder):
    begun = "建成投用充电桩，" * 200
    assert np.allclose(onnx.embed_query(begun), onnx.embed_query(begun + "新增就业70万人"), atol=1e-6)


class Endpoint(BaseHTTPRequestHandler):
    """Speaks the embeddings protocol: the vector of a text is (its length, 1); behaves as `mode` says."""

    mode = "well"
    keys: list[str] = []  # noqa: RUF012

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        Endpoint.keys.append(self.headers.get("Authorization", ""))
        data = [{"index": i, "embedding": [len(t), 1], "object": "embedding"} for i, t in enumerate(body["input"])]
        if Endpoint.mode == "short":
            data = data[:-1]
        reply = b"<html>" if Endpoint.mode == "nonsense" else json.dumps({"data": data, "model": "m"}).encode()
        self.send_response(401 if Endpoint.mode == "refuses" else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(reply)))
        self.end_headers()
        self.wfile.write(reply)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Endpoint)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()
    thread.join()
    server.server_close()


def test_an_endpoint_is_a_setting_away(url: str):
    Endpoint.mode = "well"
    embedder = open_embedder(Settings(embeddings_url=url, embeddings_model="m", _env_file=None))
    assert np.allclose(embedder.embed_array(["四个汉字"]), np.array([[4, 1]]) / np.sqrt(17))
    assert embedder.name == f"m@{url}"


def test_the_chat_key_is_never_sent_to_the_embeddings_endpoint(url: str, monkeypatch: pytest.MonkeyPatch):
    Endpoint.mode = "well"
    monkeypatch.setenv("OPENAI_API_KEY", "sk-chat")
    ServiceEmbedder(url, "m").embed_query("你好")
    assert "sk-chat" not in Endpoint.keys[-1]


@pytest.mark.parametrize("mode", ["refuses", "nonsense", "short"])
def test_a_service_that_fails_is_an_upstream_error_in_one_line(url: str, mode: str):
    Endpoint.mode = mode
    with pytest.raises(UpstreamError) as caught:
        ServiceEmbedder(url, "m").embed_array(["一", "二"])
    assert "\n" not in str(caught.value)


def test_a_service_that_is_not_there_is_an_upstream_error():
    with pytest.raises(UpstreamError):
        ServiceEmbedder("http://127.0.0.1:9/v1", "m").embed_query("你好")
