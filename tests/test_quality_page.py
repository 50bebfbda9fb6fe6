"""The quality card as a page of the web app."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from chatbot.web.quality import add_quality
from chatbot.web.texts import Texts

TEXTS = Texts.of("zh")


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    (tmp_path / "quality.md").write_text(
        "# 质量卡\n\n| 题 | 对 |\n| --- | --- |\n| 1 | .9 |\n\n<b>x</b>\n", encoding="utf-8"
    )
    (tmp_path / "quality-kinds.png").write_bytes(b"\x89PNG")
    (tmp_path / "secret.png").write_bytes(b"no")
    app = FastAPI()
    add_quality(app, TEXTS, tmp_path / "quality.md")
    return TestClient(app)


def test_the_card_is_drawn_with_its_tables(client: TestClient):
    page = client.get("/quality")
    assert page.status_code == 200 and "<h1>质量卡</h1>" in page.text and "<td>.9</td>" in page.text


def test_html_in_the_card_is_shown_as_text(client: TestClient):
    assert "<b>x</b>" not in client.get("/quality").text and "&lt;b&gt;x" in client.get("/quality").text


def test_a_plot_of_the_card_is_served(client: TestClient):
    plot = client.get("/quality-kinds.png")
    assert (plot.status_code, plot.headers["content-type"]) == (200, "image/png")


@pytest.mark.parametrize("path", ["/quality-none.png", "/quality-..%2Fsecret.png", "/quality-%2e%2e%2fsecret.png"])
def test_nothing_else_is_served(client: TestClient, path: str):
    assert client.get(path).status_code == 404


def test_without_a_card_the_page_says_what_to_do(tmp_path: Path):
    app = FastAPI()
    add_quality(app, TEXTS, tmp_path / "quality.md")
    answer = TestClient(app).get("/quality")
    assert (answer.status_code, answer.text) == (404, TEXTS.no_card)
