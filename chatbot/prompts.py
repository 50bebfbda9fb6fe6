"""Our words to a model: the files of `prompts/`, filled strictly, and their hashes for the receipt."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path
from string import Template

FOLDER = Path(__file__).resolve().parent.parent / "prompts"
NAMES = ("answer", "rewrite")


@cache
def prompt(name: str) -> str:
    return (FOLDER / f"{name}.txt").read_text(encoding="utf-8").strip()


def filled(name: str, **values: str) -> str:
    """The prompt with its places filled. Raises ValueError when a place is left over or a value has no place."""
    template = Template(prompt(name))
    places = set(template.get_identifiers())
    if places != set(values):
        raise ValueError(f"prompts/{name}.txt has places {sorted(places)}, given are {sorted(values)}")
    return template.substitute(values)


def fingerprint(name: str) -> str:
    """Twelve hex digits that change with every character of the prompt."""
    return sha256(prompt(name).encode()).hexdigest()[:12]
