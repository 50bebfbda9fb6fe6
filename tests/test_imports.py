"""Imports point one way, strangers stand behind their doors; read from the code with `ast`."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from chatbot.settings import CODE_FOLDER
from vectorstore.fingerprint import LISTS, SHAPING

ROOMS = ("app", "chatbot", "eval", "prompts", "vectorstore")
MAY_IMPORT = {
    "prompts": {"prompts"},
    "chatbot": {"prompts", "chatbot"},
    "vectorstore": {"prompts", "chatbot", "vectorstore"},
    "app": {"prompts", "chatbot", "vectorstore"},
    "eval": {"prompts", "chatbot", "vectorstore", "app", "eval"},
}
DOORS = {  # a foreign library → the only places that know it
    "chromadb": ("vectorstore/store.py",),
    "langchain_chroma": ("vectorstore/store.py",),
    "gradio": ("chatbot/web/", "app.py"),
    "fastapi": ("chatbot/web/",),
    "mcp": ("chatbot/web/tools.py",),
    "openai": ("chatbot/models.py", "vectorstore/embed.py"),
    "langchain_openai": ("chatbot/models.py", "vectorstore/embed.py"),
    "onnxruntime": ("vectorstore/embed.py", "eval/export.py"),
    "tokenizers": ("vectorstore/embed.py", "eval/encoder.py", "eval/tune.py"),
    "playwright": ("eval/page.py",),
    "torch": ("eval/encoder.py", "eval/export.py", "eval/tune.py"),
    "bm25s": ("vectorstore/lexical.py",),
    "httpx2": ("chatbot/bounded.py",),
    "pybreaker": ("chatbot/models.py",),
    "tiktoken": ("chatbot/budget.py",),
    "rjieba": ("chatbot/segment.py",),
    "opencc": ("chatbot/segment.py",),
    "docx": ("vectorstore/formats.py", "chatbot/official.py"),
    "openpyxl": ("chatbot/sheets.py",),
    "pypdfium2": ("vectorstore/formats.py",),
    "sqlalchemy": ("chatbot/records/",),
    "alembic": ("chatbot/records/",),
    "argon2": ("chatbot/records/",),
    "psycopg": ("chatbot/records/",),
    "ir_measures": ("eval/ir_metrics.py",),
}
SHAPERS = ("reports", "sections", "passages", "keys", "lexical")  # what shard.py and library.py make a shard with
BESIDE_THE_POINT = {"chatbot/errors.py", "chatbot/settings.py", "chatbot/types.py"}


def modules() -> list[str]:
    paths = [CODE_FOLDER / "app.py", *(p for room in ROOMS for p in sorted((CODE_FOLDER / room).rglob("*.py")))]
    return [path.relative_to(CODE_FOLDER).as_posix() for path in paths if path.is_file()]


def tree(module: str) -> ast.Module:
    return ast.parse((CODE_FOLDER / module).read_text(encoding="utf-8"))


def imports(module: str) -> Iterator[str]:
    """Dotted names of what a module imports, wherever in it; relative imports count as imports of its own room."""
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module if node.module and not node.level else Path(module).parts[0]


def room(module: str) -> str:
    return Path(module).parts[0].removesuffix(".py")


def file_of(name: str) -> str | None:
    path = name.replace(".", "/") + ".py"
    return path if (CODE_FOLDER / path).is_file() else None


def test_every_room_is_looked_at():
    assert {"app.py", "chatbot/types.py", "vectorstore/index.py", "eval/__init__.py"} <= set(modules())


@pytest.mark.parametrize("module", modules())
def test_arrows_point_one_way(module: str):
    ours = {name.split(".")[0] for name in imports(module)} & set(ROOMS)
    doors = {"app"} if module == "chatbot/__main__.py" else set()  # a door opens the bot through the composition root
    assert ours <= MAY_IMPORT[room(module)] | doors


@pytest.mark.parametrize("module", modules())
def test_strangers_stand_behind_their_doors(module: str):
    strangers = {name.split(".")[0] for name in imports(module)} & DOORS.keys()
    assert {name for name in strangers if not module.startswith(DOORS[name])} == set()


@pytest.mark.parametrize("module", sorted(set(modules()) - {"chatbot/settings.py"}))
def test_the_environment_is_read_in_settings_only(module: str):
    names = {node.attr for node in ast.walk(tree(module)) if isinstance(node, ast.Attribute)}
    names |= {alias.name for n in ast.walk(tree(module)) if isinstance(n, ast.ImportFrom) for alias in n.names}
    assert not names & {"environ", "getenv", "putenv"}


@pytest.mark.parametrize("module", modules())
def test_an_import_inside_a_function_says_why(module: str):
    lines = (CODE_FOLDER / module).read_text(encoding="utf-8").splitlines()
    functions = [n for n in ast.walk(tree(module)) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    inside = {n.lineno for f in functions for n in ast.walk(f) if isinstance(n, ast.Import | ast.ImportFrom)}
    first = {line for line in inside if line - 1 not in inside}
    assert [line for line in sorted(first) if not lines[line - 2].lstrip().startswith("#")] == []


@pytest.mark.parametrize("package", [module for module in modules() if module.endswith("__init__.py")])
def test_package_files_are_empty(package: str):
    assert (CODE_FOLDER / package).read_text(encoding="utf-8").strip() == ""


def test_the_fingerprint_covers_the_code_that_cuts_reports():
    """Everything that the makers of a shard import, directly or through others."""
    found: set[str] = set()
    waiting = [f"vectorstore/{name}.py" for name in SHAPERS]
    while waiting:
        module = waiting.pop()
        if module not in found | BESIDE_THE_POINT:
            found.add(module)
            waiting += filter(None, map(file_of, imports(module)))
    assert set(SHAPING) == found


def test_the_fingerprint_covers_the_word_lists_that_this_code_reads():
    folders = ("vectorstore", "chatbot/words")
    lists = [path for folder in folders for path in (CODE_FOLDER / folder).glob("*.t[os][mv]*")]
    code = [(CODE_FOLDER / module).read_text("utf-8") for module in SHAPING if module != "chatbot/wordlists.py"]
    read = {path for path in lists if any(f'"{path.name}"' in text for text in code)}
    assert set(LISTS) == {path.relative_to(CODE_FOLDER).as_posix() for path in read}
