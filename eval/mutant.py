"""What a mutation makes of a claim. A mutator yields all it can make; the suite chooses among them by its seed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from chatbot.types import Span
from eval.claims import Claim, Shelf


class Mutant(NamedTuple):
    """A false sentence. Year and status are still to be said around `text` unless it is `whole`.

    `keys` are the evidence it claims when that is not the claim's own; `quote` the span it rests on when that is not
    for the product to choose.
    """

    text: str
    whole: bool = False
    keys: tuple[str, ...] = ()
    quote: Span | None = None


Mutator = Callable[[Claim, Shelf], Iterator[Mutant]]
