"""The documents of the interfaces: drawn from what the server is, closed to other hosts, and their examples run."""

from __future__ import annotations

import contextlib
import io
import re
import shlex
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from web_fakes import GROWTH, TOPIC, FakeBot, report
from web_server import serving

from chatbot.errors import IndexMissing
from chatbot.settings import CODE_FOLDER
from chatbot.web.api_docs import Described, docs_page
from chatbot.web.failures import Failure
from chatbot.web.gate import LARGEST_BODY
from chatbot.web.protocol import MODES
from chatbot.web.server import AT_ONCE, QUEUE, Doors
from chatbot.web.texts import Texts
from chatbot.web.tools import MOST

DOCS = (CODE_FOLDER / "docs" / "api.md").read_text(encoding="utf-8")
LOCAL = "http://127.0.0.1:7860"
ZH = Texts.of("zh")


def examples(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", DOCS, re.M | re.S)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving(FakeBot(), Doors(mcp=True)) as url:
        yield url


@pytest.fixture(scope="module")
def page(address: str) -> str:
    return httpx.get(f"{address}/v1/docs").text


@pytest.fixture(scope="module")
def openapi(address: str) -> dict[str, Any]:
    return httpx.get(f"{address}/v1/openapi.json").json()


def test_openapi_describes_every_path_with_its_request_answer_and_errors(openapi: dict[str, Any]) -> None:
    assert list(openapi["paths"]) == ["/chat/completions", "/models", "/models/{model}"]
    assert openapi["servers"] == [{"url": "/v1"}]
    asked = openapi["paths"]["/chat/completions"]["post"]
    assert asked["requestBody"]["content"]["application/json"]["schema"]["$ref"].endswith("/ChatRequest")
    assert {"200", "400", "401", "404", "413", "429", "503"} <= set(asked["responses"]) and "422" not in asked[
        "responses"
    ]
    assert {"ChatRequest", "ChatCompletion", "ChatChunk", "AnswerObject", "ErrorBody"} <= set(
        openapi["components"]["schemas"]
    )


def test_the_page_has_every_path_every_object_and_every_field(page: str, openapi: dict[str, Any]) -> None:
    for path in openapi["paths"]:
        assert f"/v1{path}" in page
    for name, schema in openapi["components"]["schemas"].items():
        assert f"<h3>{name}</h3>" in page
        for field in schema["properties"]:
            assert f"<code>{field}</code>" in page


def test_the_page_has_the_gradio_endpoints_and_the_tools(page: str) -> None:
    for name in ("/ask", "/brief", "ask", "find_figure"):
        assert f"<h3><code>{name}</code></h3>" in page
    assert "<code>topic</code>" in page and "<code>status</code>" in page and "/mcp" in page


def test_without_the_mcp_server_the_page_does_not_speak_of_it() -> None:
    with serving(FakeBot()) as url:
        page = httpx.get(f"{url}/v1/docs").text
    assert "/mcp" not in page and "find_figure" not in page


def test_the_page_needs_no_script_and_nothing_from_elsewhere(page: str) -> None:
    assert "<script" not in page and "src=" not in page and "@import" not in page and "url(" not in page
    assert re.findall(r'href="([^"]*)"', page) == ["openapi.json", "../"]


def test_the_page_is_served_under_the_policy(address: str) -> None:
    assert "default-src 'self'" in httpx.get(f"{address}/v1/docs").headers["content-security-policy"]


def test_the_page_is_there_without_an_index_too() -> None:
    with serving(IndexMissing("还没有可用的索引", "请运行 `make setup`"), Doors(mcp=True)) as url:
        answer = httpx.get(f"{url}/v1/docs")
    assert answer.status_code == 200 and "ChatRequest" in answer.text


def test_names_of_reports_are_inert_on_the_page() -> None:
    held = report(id="x", title="<script>alert(1)</script>`[a](javascript:b)`|")
    with serving(FakeBot(held), Doors(mcp=True)) as url:
        page = httpx.get(f"{url}/v1/docs").text
    assert "<script" not in page and "javascript:" not in "".join(re.findall(r'href="([^"]*)"', page))


def test_the_page_speaks_both_languages(openapi: dict[str, Any]) -> None:
    page = docs_page(openapi, Described(), Texts.of("en"))
    assert 'lang="en"' in page and "Returns" in page and ZH.api.docs not in page.replace(openapi["info"]["title"], "")


@pytest.mark.parametrize("code", examples("python"), ids=lambda code: code.split("\n")[0])
def test_the_examples_in_python_run(address: str, code: str) -> None:
    said = io.StringIO()
    assert LOCAL in code
    with contextlib.redirect_stdout(said):
        exec(compile(code.replace(LOCAL, address), "docs/api.md", "exec"), {"__name__": "__main__"})
    assert "3000亿元" in said.getvalue() or "7.2万人" in said.getvalue()


def from_curl(command: str) -> httpx.Request:
    """The request that a curl command makes."""
    curl, url, *options = shlex.split(command.replace("\\\n", " "))
    given = list(zip(options[::2], options[1::2], strict=True))
    assert curl == "curl" and {option for option, _ in given} <= {"-H", "-d"}
    headers = [tuple(value.split(": ", 1)) for option, value in given if option == "-H"]
    body = dict(given).get("-d")
    return httpx.Request("POST" if body else "GET", url, headers=headers, content=body)


@pytest.mark.parametrize("command", examples("bash"), ids=["ask", "key"])
def test_the_examples_for_curl_are_answered(address: str, command: str) -> None:
    with httpx.Client() as client:
        answer = client.send(from_curl(command.replace(LOCAL, address)))
    assert answer.status_code == 200, answer.text
    assert (
        GROWTH.text == answer.json()["choices"][0]["message"]["content"] if "-d" in command else "data" in answer.json()
    )


def test_there_are_examples_for_every_door() -> None:
    told = "".join(examples("python") + examples("bash"))
    for word in ("curl", "from openai", "stream=True", "gradio_client", '"/ask"', '"/brief"', "mcp", TOPIC):
        assert word in told


def test_the_document_names_the_models_limits_and_codes_that_there_are() -> None:
    assert all(f"`{model}`" in DOCS for model in MODES)
    assert f"{LARGEST_BODY // 1024} KB" in DOCS and f"{AT_ONCE} answers" in DOCS and f"{QUEUE} callers" in DOCS
    assert f"At most {MOST} figures" in DOCS


def test_every_code_of_an_error_is_in_the_document() -> None:
    room = CODE_FOLDER / "chatbot" / "web"
    code = "".join(
        (room / f"{name}.py").read_text(encoding="utf-8") for name in ("asked", "completions", "gate", "failures")
    )
    kinds = "invalid|model|report|not|method|request|too|answer|upstream|internal"
    codes = set(re.findall(rf'"((?:{kinds})_[a-z_]+)"', code)) - {"invalid_request_error"}
    assert len(codes) >= 12 and {name for name in codes if f"`{name}`" not in DOCS} == set()


def test_a_failure_is_one_line() -> None:
    assert Failure(400, "甲\n乙", "x").as_json()["error"]["message"] == "甲 乙"
