"""What a shard is made from, as one hash: the report, the encoder, and the code and lists that cut the text."""

from __future__ import annotations

from functools import cache
from hashlib import sha256

from chatbot.settings import CODE_FOLDER

FORMAT = 2  # to be raised when shard.py writes something else, or the values in chatbot/types.py are built otherwise
# The modules that decide what passages, search keys and tokens there are: a test compares this with their imports.
SHAPING = (
    "chatbot/segment.py",
    "chatbot/wordlists.py",
    "vectorstore/files.py",
    "vectorstore/formats.py",
    "vectorstore/headings.py",
    "vectorstore/keys.py",
    "vectorstore/lexical.py",
    "vectorstore/metadata.py",
    "vectorstore/normalise.py",
    "vectorstore/numbering.py",
    "vectorstore/paragraphs.py",
    "vectorstore/passages.py",
    "vectorstore/periods.py",
    "vectorstore/places.py",
    "vectorstore/reports.py",
    "vectorstore/runins.py",
    "vectorstore/sections.py",
    "vectorstore/sentences.py",
)
LISTS = ("vectorstore/chrome.toml", "vectorstore/headings.toml", "vectorstore/periods.toml", "chatbot/words/places.tsv")


def fingerprint_of(stamp: str, encoder: str) -> str:
    """12 hexadecimal digits for the report of that stamp under the encoder of that name."""
    parts = (str(FORMAT), _shaping_code(), encoder, stamp)
    return sha256("\n".join(parts).encode()).hexdigest()[:12]


@cache
def _shaping_code() -> str:
    return sha256(b"\0".join((CODE_FOLDER / name).read_bytes() for name in SHAPING + LISTS)).hexdigest()
