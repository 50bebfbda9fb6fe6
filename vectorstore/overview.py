"""Which passages a brief rests on: the sections whose headings name its topic, else the passages that say it.

For each period asked for (else each told of) and each member of the topic:
the section with the best heading → its passages, without sub-sections in which search found nothing;
several members and no such heading → the one section that holds most of what search found;
else → the passages found that say the member, of long ones the part that does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from chatbot.figures import quantities
from chatbot.lists import is_heading
from chatbot.topic import Member, heads, is_row, kind_asked, members, spoken
from chatbot.types import MASTHEAD, Evidence, Passage, Question, Span
from vectorstore.excerpt import SAID, excerpt, focus
from vectorstore.passages import clauses

_NAMED = 0.5  # share of a member from which a heading names it
_NAMED_PART = 0.9  # the same for the heading of a part of the report
_ALL_SAID = 0.9
_NEAR_BEST = 0.55  # of the best score, from which a passage counts beside it
_AS_GOOD = 0.75  # the same outside of the section that is about the topic
_ALIKE = 0.7  # likeness in meaning from which a passage may say a topic in other words
_SEVERAL = 3  # members of a topic from which one section may hold them together
_GATHERED = 0.5  # share of what search found from which one section holds it
_GATHERED_TOO = 1 / 3  # the same of a topic that has a section of its own in another period
_ALONE = 2.0  # how much more than the next that is
_TOLD_OF = 1 / 3  # share of its passages from which a sub-section is about a member that its heading only mentions
_BESIDE = 1 / 5  # share of its clauses from which a passage elsewhere tells of what a section is about
_AMONG = 1 / 12  # the same where there is no such section: a sentence that names everything tells of nothing
_LABEL = 5  # characters of a sentence that is only the label of those behind it
_LIST = 4  # entries from which a section is a list, which stays whole

Path = tuple[str, ...]


class Chosen(NamedTuple):
    """A passage of a brief by its place, and the stretches of it to be quoted."""

    place: int
    quotes: tuple[Span, ...]


class Ground:
    """The passages of a report with what search found, seen by one topic."""

    def __init__(self, question: Question, passages: Sequence[Passage], found: Mapping[int, Evidence]) -> None:
        self.question, self.passages, self.found = question, passages, found
        self.members = members(question, passages)
        self.scores = {place: evidence.score for place, evidence in found.items()}
        everywhere = self.paths(range(len(passages)))
        self.named = any(spoken(member, path[-1]) >= _NAMED for member in self.members for path in everywhere)

    def paths(self, places: Iterable[int]) -> list[Path]:
        """Those of all headings above these passages."""
        found = (self.passages[i].path for i in places)
        return list(dict.fromkeys(path[:depth] for path in found for depth in range(1, len(path) + 1)))

    def said(self, member: Member, place: int) -> float:
        return spoken(member, self.passages[place].text)

    def under(self, path: Path, inside: Sequence[int]) -> list[int]:
        return [i for i in inside if self.passages[i].path[: len(path)] == path]

    def support(self, places: Iterable[int]) -> float:
        return sum(max(0.0, self.scores.get(i, 0.0)) for i in places)

    def best(self, member: Member) -> float:
        """The best score of a passage that says the member; 0 without one."""
        return max((score for i, score in self.scores.items() if self.tells(member, i)), default=0.0)

    def tells(self, member: Member, place: int) -> bool:
        alike = place in self.found and self.found[place].best.feature("dense") >= _ALIKE
        return alike or self.said(member, place) >= SAID


def overview(question: Question, passages: Sequence[Passage], found: Mapping[int, Evidence]) -> list[Chosen]:
    """What a brief on the topic of `question` tells, in the order of the report; nothing where nothing says it.

    `found` are the passages that search found, by their places.
    """
    ground = Ground(question, passages, found)
    chosen: dict[int, Chosen] = {}
    for inside in _periods(ground):
        for each in _of_period(ground, inside):
            chosen.setdefault(each.place, each)
    return [chosen[place] for place in sorted(chosen)]


def _periods(ground: Ground) -> Iterator[list[int]]:
    """The places of the passages of each period to be told of."""
    asked, kind = ground.question.periods, kind_asked(ground.question)
    body = [i for i, passage in enumerate(ground.passages) if passage.path[0] != MASTHEAD]
    for period in dict.fromkeys(ground.passages[i].period for i in body):
        if period.kind == "standing" or period in asked or (not asked and kind in (None, period.kind)):
            yield [i for i in body if ground.passages[i].period == period]


def _of_period(ground: Ground, inside: Sequence[int]) -> list[Chosen]:
    standing = ground.passages[inside[0]].period.kind == "standing"
    if not ground.members:
        return [] if standing else _all(ground, [i for i in inside if quantities(ground.passages[i].text)] or inside)
    sections = {member: _sections(ground, member, inside) for member in ground.members}
    held = [c for member, paths in sections.items() for path in paths for c in _held(ground, member, path, inside)]
    if standing and ground.question.periods:
        return held
    if not held and len(ground.members) >= _SEVERAL and _mostly_said(ground, inside):
        held = _gathered(ground, inside, _GATHERED)
    if standing and ground.named and not held:
        return []
    chosen = held + [
        each for member, paths in sections.items() for each in _beside(ground, member, paths, inside, held)
    ]
    if chosen or standing or not ground.named:
        return chosen
    return _gathered(ground, inside, _GATHERED_TOO)


def _mostly_said(ground: Ground, inside: Sequence[int]) -> bool:
    """Whether these passages say half of the members and more."""
    said = [any(ground.said(member, i) >= SAID for i in inside) for member in ground.members]
    return 2 * sum(said) >= len(said)


def _beside(
    ground: Ground, member: Member, paths: Sequence[Path], inside: Sequence[int], held: Sequence[Chosen]
) -> list[Chosen]:
    """The passages outside of the sections taken that say a member which none of them is about, or all of one."""
    taken = {each.place for each in held}
    if not paths and any(ground.said(member, place) >= SAID for place in taken):
        return []
    share = _ALL_SAID if paths else SAID
    return [each for each in _saying(ground, member, inside, share) if each.place not in taken]


# sections


def _sections(ground: Ground, member: Member, inside: Sequence[int]) -> list[Path]:
    """The path whose last heading names the member best, and others that name it as well and are about it too."""
    named = {path: spoken(member, path[-1]) for path in ground.paths(inside)}
    apt = [path for path, share in named.items() if share >= (_NAMED if len(path) > 1 else _NAMED_PART)]

    def worth(path: Path) -> tuple[float, bool, float]:
        return round(named[path], 1), heads(member, path[-1]), ground.support(ground.under(path, inside))

    best = max(apt, key=worth, default=None)
    if best is None or not worth(best)[1]:
        return [best] if best else []
    alike = [path for path in apt if worth(path)[:2] == worth(best)[:2]]
    return [path for path in alike if path == best or not (_holds(path, best) or _holds(best, path))]


def _holds(path: Path, other: Path) -> bool:
    return other[: len(path)] == path


def _held(ground: Ground, member: Member, path: Path, inside: Sequence[int]) -> list[Chosen]:
    """The passages of a section that are about the member."""
    parts = _parts(ground, path, ground.under(path, inside))
    if len(path) == 1:
        kept = [i for part in parts for i in part]
    elif heads(member, path[-1]):
        kept = [i for part in parts for i in part if _searched(ground, path, part)]
    else:
        kept = [i for part in parts for i in _telling(ground, member, path, part)]
    return _all(ground, kept or [i for part in parts for i in part])


def _parts(ground: Ground, path: Path, places: Sequence[int]) -> list[list[int]]:
    """The passages right below a section's heading, and those of each of its sub-sections."""
    parts: dict[Path, list[int]] = {}
    for i in places:
        parts.setdefault(ground.passages[i].path[: len(path) + 1], []).append(i)
    return list(parts.values())


def _searched(ground: Ground, path: Path, part: Sequence[int]) -> bool:
    return ground.passages[part[0]].path == path or any(i in ground.scores for i in part)


def _telling(ground: Ground, member: Member, path: Path, part: Sequence[int]) -> Sequence[int]:
    """A part that is about the member, whole; of any other, the passages that say it."""
    body = [i for i in part if not is_heading(ground.passages[i])]
    said = [i for i in body if ground.said(member, i) >= SAID]
    below = ground.passages[part[0]].path[len(path) : len(path) + 1]
    listed = not below and sum(ground.passages[i].text[-1] in "；;" for i in body) >= _LIST
    named = any(spoken(member, heading) >= _NAMED for heading in below)
    return part if named or listed or len(said) >= _TOLD_OF * len(body) > 0 else said


def _gathered(ground: Ground, inside: Sequence[int], share: float) -> list[Chosen]:
    """The section below a part that holds at least that share of what search found here, and twice that of the next."""
    support = {path: ground.support(ground.under(path, inside)) for path in ground.paths(inside) if len(path) == 2}
    first, second = [*sorted(support, key=lambda path: -support[path]), None, None][:2]
    if not first or support[first] < share * ground.support(inside) or support[first] == 0:
        return []
    alone = second is None or support[first] >= _ALONE * support[second]
    return _all(ground, ground.under(first, inside)) if alone else []


# passages


def _saying(ground: Ground, member: Member, inside: Sequence[int], share: float) -> list[Chosen]:
    """The passages found that say the member at that share and score well, each with the parts of it that do."""
    if is_row(member):
        return [Chosen(i, excerpt(member, ground.passages[i])) for i in inside if _has_figure(ground, member, i)]
    elsewhere = share > SAID
    least = (_AS_GOOD if elsewhere else _NEAR_BEST) * ground.best(member)
    found = [i for i in inside if ground.scores.get(i, -1.0) >= least > 0]
    told = [i for i in found if ground.said(member, i) >= share or (not elsewhere and ground.tells(member, i))]
    few = _BESIDE if elsewhere else _AMONG
    chosen = [Chosen(i, excerpt(member, ground.passages[i])) for i in told if focus(member, ground.passages[i]) >= few]
    return [each for one in chosen for each in (one, *_all(ground, _labelled(ground, one.place)))]


def _labelled(ground: Ground, place: int) -> list[int]:
    """The passages that a bare label stands before (兴乡村。…), up to the next label."""
    if not _is_label(ground.passages[place]):
        return []
    found: list[int] = []
    for i in range(place + 1, len(ground.passages)):
        if ground.passages[i].path != ground.passages[place].path or _is_label(ground.passages[i]):
            break
        found.append(i)
    return found


def _is_label(passage: Passage) -> bool:
    return len(passage.text) <= _LABEL and passage.text.endswith("。") and not is_heading(passage)


def _has_figure(ground: Ground, member: Member, place: int) -> bool:
    """Whether a clause of the passage names one of a row of indicators with a figure."""
    passage = ground.passages[place]
    return any(spoken(member, text) >= SAID and quantities(text) for text in map(passage.slice, clauses(passage)))


def _all(ground: Ground, places: Iterable[int]) -> list[Chosen]:
    return [Chosen(place, (ground.passages[place].span,)) for place in places]
