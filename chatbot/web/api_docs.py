"""The documents of the interfaces as one plain page without scripts, drawn from what describes the interfaces."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt

from chatbot.web.texts import ApiTexts, Texts

_STYLE = (Path(__file__).parent / "quality.css").read_text(encoding="utf-8")
Endpoints = Mapping[str, Mapping[str, Any]]


def _none() -> Endpoints:
    return {}


@dataclass(frozen=True, slots=True)
class Described:
    """The interfaces beside `/v1`, as Gradio describes them when it is asked; `tools` are those of the MCP server."""

    endpoints: Callable[[], Endpoints] = _none
    tools: Callable[[], Endpoints] = _none


def docs_page(openapi: Mapping[str, Any], described: Described, texts: Texts) -> str:
    """HTML of all interfaces: `openapi` is FastAPI's description of `/v1`."""
    words = texts.api
    lines = (
        f"# {words.docs}",
        words.docs_lead,
        f"{words.docs_raw}[openapi.json](openapi.json)",
        f"## {words.docs_http}",
        *_operations(openapi, words),
        f"## {words.docs_gradio}",
        *_endpoints(described.endpoints(), words),
        *_tools(described.tools(), words),
        f"## {words.docs_values}",
        *_values(openapi, words),
    )
    return _html("\n\n".join(lines), texts)


def _operations(openapi: Mapping[str, Any], words: ApiTexts) -> Iterator[str]:
    base = openapi["servers"][0]["url"]
    for path, methods in openapi["paths"].items():
        for method, operation in methods.items():
            yield f"### `{method.upper()} {base}{path}` {operation['summary']}"
            yield operation.get("description", "")
            if "requestBody" in operation:
                schema = operation["requestBody"]["content"]["application/json"]["schema"]
                yield f"{words.docs_body}：{_named(schema)}"
            yield f"{words.docs_answers}："
            yield "\n".join(_answers(operation["responses"]))


def _answers(responses: Mapping[str, Any]) -> Iterator[str]:
    for status, answer in responses.items():
        schema = answer["content"]["application/json"]["schema"]
        yield f"- {status} {_named(schema)} {answer['description']}"


def _endpoints(endpoints: Endpoints, words: ApiTexts) -> Iterator[str]:
    for name, endpoint in endpoints.items():
        yield f"### `{name}`"
        yield _inert(endpoint["description"])
        rows = (
            (f"`{p['parameter_name']}`", p["python_type"]["type"], not p["parameter_has_default"], "")
            for p in endpoint["parameters"]
        )
        yield _table(rows, words)


def _tools(tools: Endpoints, words: ApiTexts) -> Iterator[str]:
    if tools:
        yield f"## {words.docs_mcp}"
        yield words.docs_mcp_lead
        yield from _endpoints({name.lstrip("/"): tool for name, tool in tools.items()}, words)


def _values(openapi: Mapping[str, Any], words: ApiTexts) -> Iterator[str]:
    for name, schema in openapi["components"]["schemas"].items():
        yield f"### {name}"
        yield schema.get("description", "")
        needed = schema.get("required", ())
        rows = (
            (f"`{field}`", _named(kind), field in needed, kind.get("description", ""))
            for field, kind in schema["properties"].items()
        )
        yield _table(rows, words)


def _named(schema: Mapping[str, Any]) -> str:
    """The type of a value in a word: `list[ChatMessage]`, `string / null`."""
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    if "anyOf" in schema:
        return " / ".join(map(_named, schema["anyOf"]))
    if "const" in schema or "enum" in schema:
        return " / ".join(f'"{value}"' for value in schema.get("enum", [schema.get("const")]))
    if schema.get("type") == "array":
        return f"list[{_named(schema['items'])}]"
    return str(schema.get("type", "any"))


def _table(rows: Iterator[tuple[str, str, bool, str]], words: ApiTexts) -> str:
    columns = words.docs_columns.split(",")
    head = [f"| {' | '.join(columns)} |", "|---" * len(columns) + "|"]
    drawn = (
        f"| {name} | {_inert(kind)} | {words.yes if needed else words.no} | {_inert(told)} |"
        for name, kind, needed, told in rows
    )
    return "\n".join((*head, *drawn))


def _inert(text: str) -> str:
    """Text that Markdown shows as it is, on one line of a table."""
    marked = "".join(f"\\{c}" if c in "\\`*_[]<>|#" else c for c in text)
    return " ".join(marked.split())


def _html(markdown: str, texts: Texts) -> str:
    body = MarkdownIt("commonmark", {"html": False}).enable("table").render(markdown)
    return (
        f'<!doctype html><html lang="{texts.lang}"><head><meta charset="utf-8"><title>{texts.api.docs}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head>'
        f'<body><main>{body}<p><a href="../">{texts.back}</a></p></main></body></html>'
    )
