"""Mutations of words: direction, year, status, names, lists, negation, quantifiers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import islice

from chatbot.segment import words
from eval.claims import Claim, Shelf, figures, lists, templates
from eval.mutant import Mutant

_QUOTED = re.compile(r"“([^“”]{2,14})”|《([^《》]{2,14})》")
_MEMBER = re.compile(r"(?<=、)(“[^“”、]{2,14}”|[^、，。；：“”《》（）()\d\s和等]{2,12})(?=、)")
_NUMBERED = re.compile(r"(\d{1,2})(?=号)|(?<=T)(\d)|(?<=第)([一二三四五六七八九])(?=届|批|次)")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?=年)")
_CLAUSE_END = re.compile(r"[，；。：]|$")
_NAMES = 40  # of one kind tried on a claim


def direction_flipped(claim: Claim, _: Shelf) -> Iterator[Mutant]:
    rules = lists()["direction"]
    for one, two in rules["pairs"]:
        for old, new in ((one, two), (two, one)):
            for place in _places(claim.body, old):
                if not any(claim.body[max(0, place - 2) :].startswith(word) for word in rules["not_in"]):
                    yield _put(claim, place, old, new)


def year_changed(claim: Claim, shelf: Shelf) -> Iterator[Mutant]:
    """A year in the text, the year said before it, or 今年 of what was last year."""
    for stated in _YEAR.finditer(claim.body):
        for other in _other_years(claim, int(stated[0])):
            yield Mutant(claim.body[: stated.start()] + other + claim.body[stated.end() :])
    kind, year = claim.passage.period
    if year is None or _YEAR.search(claim.body):
        return
    for frame in templates(claim.passage)[1:]:
        for other in _other_years(claim, year):
            yield Mutant(frame.replace(str(year), other).format(claim.body), whole=True)
    if shelf.report.year == year + (kind == "review"):
        yield from (Mutant(word + claim.body, whole=True) for word in lists()["year"].get(f"relative_{kind}", ()))


def _other_years(claim: Claim, year: int) -> list[str]:
    """Years near it that the passage does not name."""
    return [other for shift in (-2, -1, 1, 2) if (other := str(year + shift)) not in claim.passage.text]


def status_changed(claim: Claim, _: Shelf) -> Iterator[Mutant]:
    """A result told as a plan, or a plan as a result."""
    kind, year = claim.passage.period
    if year is None or _YEAR.search(claim.body) or len(templates(claim.passage)) == 1:
        return
    yield from _as_plan(claim.body, year) if kind == "review" else _as_result(claim.body, year)


def _as_plan(body: str, year: int) -> Iterator[Mutant]:
    yield Mutant(f"{year}年目标或安排：{body}", whole=True)
    yield Mutant(f"{year}年的目标是{body}", whole=True)
    for verb, rest in _opened_by_verb(body):
        for word in lists()["status"]["intended"]:
            yield Mutant(f"{year}年{word}{verb}{rest}", whole=True)
            yield Mutant(f"{word}{verb}{rest}", whole=True)


def _as_result(body: str, year: int) -> Iterator[Mutant]:
    yield Mutant(f"{year}年：{body}", whole=True)
    for verb, rest in _opened_by_verb(body):
        yield Mutant(f"{year}年：{verb}了{rest}", whole=True)
        yield Mutant(f"{verb}了{rest}", whole=True)
        for word in lists()["status"]["done"]:
            yield Mutant(f"{word}{verb}{rest}", whole=True)
            yield Mutant(f"{year}年，{word}{verb}{rest}", whole=True)
    if figures(body) and "达到" in body:
        yield Mutant(f"{year}年，{body.replace('达到', '已达到')}", whole=True)


def _opened_by_verb(body: str) -> Iterator[tuple[str, str]]:
    verb = next((v for v in lists()["status"]["verbs"] if body.startswith(v)), "")
    rest = body.removeprefix(verb)
    if verb and rest and rest[0] not in "、和实建改并及":
        yield verb, rest


def name_swapped(claim: Claim, shelf: Shelf) -> Iterator[Mutant]:
    """A name gives way to another of its kind that the passage does not hold."""
    for kind, found in _named(claim.body):
        others = (name for name in _names(shelf).get(kind, ()) if name not in claim.passage.text)
        for name in islice(others, _NAMES):
            yield Mutant(claim.body.replace(found, name, 1))
    for numbered in _NUMBERED.finditer(claim.body):
        yield from _renumbered(claim, numbered)


def _renumbered(claim: Claim, found: re.Match[str]) -> Iterator[Mutant]:
    numerals = "一二三四五六七八九"
    place = numerals.find(found[0])
    said = numerals[(place + 2) % 9] if place >= 0 else str(int(found[0]) + 2)
    changed = claim.body[: found.start()] + said + claim.body[found.end() :]
    if changed[found.start() : found.end() + 2] not in claim.passage.text:
        yield Mutant(changed)


def _named(text: str) -> Iterator[tuple[str, str]]:
    """The names in `text`, each with its kind: members of lists are of one kind when they end alike."""
    for quoted in _QUOTED.finditer(text):
        yield "quoted", quoted[1] or quoted[2]
    for member in _MEMBER.finditer(text):
        yield "member" + member[0][-1], member[0]
    for word in words(text):
        if word.pos == "ns" and len(word.text) > 1 and word.text not in lists()["entity"]["no_places"]:
            yield "place", word.text


@cache
def _names(shelf: Shelf) -> dict[str, tuple[str, ...]]:
    """Every name of the report by kind, in the order of the text."""
    found: dict[str, dict[str, None]] = {}
    for evidence in shelf.offered.values():
        for kind, name in _named(evidence.passage.text):
            found.setdefault(kind, {})[name] = None
    return {kind: tuple(names) for kind, names in found.items()}


def member_removed(claim: Claim, _: Shelf) -> Iterator[Mutant]:
    """Only from a list that claims to be whole: no 等 after it, its verb and heading kept, its quote shows the rest."""
    for member in _MEMBER.finditer(claim.body):
        if "等" not in _after(claim.body, member.end()) and "要" not in member[0]:
            yield Mutant(claim.body[: member.start()] + claim.body[member.end() + 1 :])


def member_added(claim: Claim, shelf: Shelf) -> Iterator[Mutant]:
    for member in _MEMBER.finditer(claim.body):
        for name in _other_members(claim, shelf, member[0]):
            yield Mutant(claim.body[: member.end()] + "、" + name + claim.body[member.end() :])


def member_replaced(claim: Claim, shelf: Shelf) -> Iterator[Mutant]:
    for member in _MEMBER.finditer(claim.body):
        for name in _other_members(claim, shelf, member[0]):
            yield Mutant(claim.body[: member.start()] + name + claim.body[member.end() :])


def _other_members(claim: Claim, shelf: Shelf, member: str) -> Iterator[str]:
    near = [name for kind, names in _names(shelf).items() if kind.startswith("member") for name in names]
    alike = sorted(near, key=lambda name: (name[-1] != member[-1], abs(len(name) - len(member))))
    return islice((name for name in alike if name not in claim.passage.text), 4)


def _after(text: str, place: int) -> str:
    """The rest of the clause."""
    end = _CLAUSE_END.search(text, place)
    return text[place : end.start() if end else None]


def negation_added(claim: Claim, _: Shelf) -> Iterator[Mutant]:
    rules, text = lists()["negation"], claim.body
    added = rules["added_review" if claim.passage.period.kind == "review" else "added_plan"]
    for verb in (*rules["predicates"], *rules["openers"]):
        for place in _places(text, verb):
            opens = not place or text[place - 1] in "，；"
            if opens or (verb in rules["predicates"] and _is_predicate(text, place, verb)):
                yield from (Mutant(text[:place] + word + text[place:]) for word in added)


def negation_removed(claim: Claim, _: Shelf) -> Iterator[Mutant]:
    for old, new in lists()["negation"]["removed"]:
        for place in _places(claim.body, old):
            if claim.body[place - 1 : place] != "、":  # 不松劲、懈怠 denies both still
                yield _put(claim, place, old, new)


def _is_predicate(text: str, place: int, verb: str) -> bool:
    """Whether a verb at `place` follows its subject, and no noun is made of it by what follows."""
    noun = text[place + len(verb) :].startswith(tuple(lists()["negation"]["noun"]))
    return not noun and place > 3 and text[place - 1] not in "的新再和拟将未不已、"


def quantifier_changed(claim: Claim, _: Shelf) -> Iterator[Mutant]:
    for old, new in lists()["quantifier"]["changed"]:
        for place in _places(claim.body, old):
            if old != "均" or claim.body[place - 1 : place] not in ("人", "平", "年", "月", "亩"):  # no 人均
                yield _put(claim, place, old, new)


def quantifier_added(claim: Claim, _: Shelf) -> Iterator[Mutant]:
    rules, text = lists()["quantifier"], claim.body
    for verb in rules["settled"]:
        for place in _places(text, verb):
            if place > 4 and text[place - 1] not in "面部已分新年的" and (place + len(verb) == len(text)):
                yield from (Mutant(text[:place] + word + text[place:]) for word in rules["added_before_verb"])
    if text.startswith(tuple(rules["figure_verbs"])) and figures(text):
        yield from (Mutant(word + text) for word in rules["added_before_figure_verb"])


def _places(text: str, word: str) -> list[int]:
    return [found.start() for found in re.finditer(re.escape(word), text)]


def _put(claim: Claim, place: int, old: str, new: str) -> Mutant:
    return Mutant(claim.body[:place] + new + claim.body[place + len(old) :])
