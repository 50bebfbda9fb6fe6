"""Ready-made scripts: models that only repeat, one that only lies, and an endpoint that fails every other time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import chain, cycle
from random import Random

from eval.scripted.faulty import faults_of
from eval.scripted.lies import LIES
from eval.scripted.reading import Line, evidence, question, which
from eval.scripted.reply import Call, Message, Reply
from eval.scripted.rewrites import REWRITES
from eval.scripted.server import Script

NOTHING = "报告没有提到这一点。"
_CANNOT = "我只会照抄，不会改写。"
_USAGE = (400, 40)  # tokens


def parrot() -> Script:
    """Answers with the first passage, word for word, with its year and key; leaves follow-ups as they are."""
    return _says({"answer": repeated, "rewrite": lambda _: _CANNOT})


def reciter() -> Script:
    """As the parrot, but with the first three passages, a sentence each."""
    return _says({"answer": lambda asked: repeated(asked, 3), "rewrite": lambda _: _CANNOT})


def liar(seed: int = 0) -> Script:
    """Answers with one to three lies, and puts other questions in the place of follow-ups."""
    random = Random(seed)

    def lies(asked: str) -> str:
        lines = evidence(asked)
        told = random.sample(list(LIES.values()), random.randint(1, 3))
        return "".join(lie(lines, question(asked), random) for lie in told) if lines else NOTHING

    return _says({"answer": lies, "rewrite": lambda asked: random.choice(list(REWRITES.values()))(asked)})


def faults(seed: int = 0) -> Script:
    """Fails in every way there is, in an order of its own, with a good answer after each."""
    shuffled = list(faults_of(_answer).values())
    Random(seed).shuffle(shuffled)
    replies = cycle(chain.from_iterable((bad, None) for bad in shuffled))
    good = parrot()
    return lambda call: next(replies) or good(call)


SCRIPTS: Mapping[str, Callable[[], Script]] = {"parrot": parrot, "reciter": reciter, "liar": liar, "faults": faults}


def slowed(script: Script, delay: float) -> Script:
    """The same, with `delay` seconds before each piece of a text."""

    def slow(call: Call) -> Reply | None:
        reply = script(call)
        return replace(reply, token_delay=max(reply.token_delay, delay)) if reply else None

    return slow


def repeated(asked: str, count: int = 1) -> str:
    """The first passages with their keys, each under its year and status."""
    lines = evidence(asked)[:count]
    return "".join(f"{_framed(line).rstrip('。')}。[{line.key}]" for line in lines) or NOTHING


def _framed(line: Line) -> str:
    if not line.year:
        return line.text
    plan = "目标或安排" if line.status == "目标或安排" else ""
    return f"{line.year}年{plan}：{line.text.removeprefix(f'{line.year}年')}"


def _says(by_prompt: Mapping[str, Callable[[str], str]]) -> Script:
    """A script for the prompts that have a name, and for no other."""

    def script(call: Call) -> Reply | None:
        say = by_prompt.get(which(call.prompt))
        return Reply(say(call.prompt), usage=_USAGE) if say else None

    return script


def _answer(messages: tuple[Message, ...]) -> str:
    return repeated(str(messages[-1]["content"]))
