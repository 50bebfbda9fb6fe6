"""Texts become unit vectors, whatever the texts hold; a service's failure is an upstream failure."""

from __future__ import annotations

import json
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
from chatbot.settings import CODE_FOLDER, Settings, load_settings
from vectorstore.embed import (
    BATCH_AREA,
    LONGEST_TEXT,
    TUNED,
    OnnxEmbedder,
    ServiceEmbedder,
    batches,
    clean,
    open_embedder,
)
from vectorstore.model import is_present, model_path

MODEL = model_path(load_settings(None).cache)
needs_model = pytest.mark.skipif(not is_present(MODEL), reason="the model file is not there; `make setup` fetches it")


@pytest.fixture(scope="module")
def onnx() -> OnnxEmbedder:
    return OnnxEmbedder(MODEL)


@given(st.text())
def test_what_is_fed_to_the_encoder_is_never_empty_nor_endless_and_always_utf8(text: str):
    fed = clean(text + "\ud800\x00")
    assert 0 < len(fed) <= LONGEST_TEXT
    assert fed.encode("utf-8")


@given(st.lists(st.text(max_size=600), max_size=40))
def test_batches_hold_every_text_once_and_keep_within_their_area(texts: list[str]):
    found = list(batches(texts))
    assert sorted(place for batch in found for place in batch) == list(range(len(texts)))
    assert all(len(b) == 1 or len(b) * max(len(texts[i]) for i in b) <= BATCH_AREA for b in found)


def test_a_model_file_that_is_not_a_model_is_a_setup_error(tmp_path: Path):
    (tmp_path / "model.onnx").write_bytes(b"nonsense")
    with pytest.raises(SetupError, match="make setup"):
        OnnxEmbedder(tmp_path / "model.onnx").embed_query("你好")


def test_opening_the_built_in_embedder_loads_and_fetches_nothing(tmp_path: Path):
    assert open_embedder(Settings(cache=tmp_path, _env_file=None)).name.startswith("universal-sentence-encoder")
    assert list(tmp_path.iterdir()) == []


@needs_model
def test_the_encoder_leaves_no_traces_of_its_makers_reporting(tmp_path: Path):
    """onnxruntime keeps an identifier of the machine in the home folder while its reporting is on."""
    code = f"from pathlib import Path; from vectorstore.embed import *; OnnxEmbedder(Path({str(MODEL)!r})).load()"
    env = {"HOME": str(tmp_path), "PYTHONPATH": str(CODE_FOLDER), "PYTHONDONTWRITEBYTECODE": "1"}
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=env, check=True)
    assert list(tmp_path.rglob("*")) == []


@needs_model
def test_vectors_are_512_unit_float32(onnx: OnnxEmbedder):
    vectors = onnx.embed_array(["地区生产总值增长6.1%", "修建地铁", "x"])
    assert (vectors.shape, vectors.dtype) == ((3, 512), np.float32)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


@needs_model
def test_vectors_come_back_in_the_order_of_the_texts(onnx: OnnxEmbedder):
    texts = ["很长的一句话，" * 20, "短", "不长不短的一句话"]
    alone = np.vstack([onnx.embed_array([text]) for text in texts])
    assert (np.sum(onnx.embed_array(texts) * alone, axis=1) > 0.99).all()


@needs_model
@pytest.mark.parametrize("text", ["", " ", "\x00", "\ud800", "a\x00b", "中" * 5000], ids=ascii)
def test_no_text_crashes_the_encoder(onnx: OnnxEmbedder, text: str):
    assert np.isfinite(onnx.embed_query(text)).all()


@needs_model
def test_an_english_question_is_nearest_to_the_chinese_sentence_it_asks_for(onnx: OnnxEmbedder):
    sentences = onnx.embed_array(["新增城镇就业70万人。", "轨道交通运营里程超过500公里。", "粮食产量保持稳定。"])
    question = onnx.embed_array(["How many kilometres of metro lines are in operation?"])
    assert int((sentences @ question[0]).argmax()) == 1


@needs_model
def test_no_texts_give_no_vectors(onnx: OnnxEmbedder):
    assert onnx.embed_array([]).shape == (0, 512)


def changed(folder: Path, by: float) -> Path:
    """The layers that we have learned, but for one bias that is larger by so much."""
    with np.load(TUNED) as arrays:
        layers = dict(arrays)
    name = next(name for name in layers if name.endswith("CNN_layers/dense/bias:0"))
    layers[name] = layers[name] + np.float32(by)
    path = folder / f"encoder{by}.npz"
    np.savez(path, **layers)
    return path


def test_the_name_of_the_encoder_tells_its_layers_from_any_others(tmp_path: Path):
    """By what is in the file, not where it lies: vectors of other layers are never taken for these."""
    one, other = changed(tmp_path, 0.0), changed(tmp_path, 0.5)
    copy = tmp_path / "copy.npz"
    copy.write_bytes(one.read_bytes())
    names = [OnnxEmbedder(MODEL, tuned=path).name for path in (None, TUNED, one, other)]
    assert len(set(names)) == 4 and all(name.startswith(f"{names[0]}-") for name in names[1:])
    assert OnnxEmbedder(MODEL, tuned=copy).name == names[2]


@needs_model
def test_the_layers_learned_take_the_place_of_those_in_the_model(onnx: OnnxEmbedder):
    texts = ["地区生产总值增长6.1%", "修建地铁"]
    as_it_comes = OnnxEmbedder(MODEL, tuned=None).embed_array(texts)
    assert (np.sum(onnx.embed_array(texts) * as_it_comes, axis=1) < 0.9).all()
    assert np.allclose(np.linalg.norm(as_it_comes, axis=1), 1, atol=1e-5)


@needs_model
@pytest.mark.parametrize(("by", "same"), [(0.0, True), (0.5, False)], ids=["the same layers", "another bias"])
def test_vectors_are_those_of_the_layers_in_the_file(onnx: OnnxEmbedder, tmp_path: Path, by: float, same: bool):
    texts = ["地区生产总值增长6.1%", "修建地铁"]
    found = OnnxEmbedder(MODEL, tuned=changed(tmp_path, by)).embed_array(texts)
    assert np.allclose(found, onnx.embed_array(texts), atol=1e-6) is same


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
