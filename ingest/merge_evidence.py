"""How well a name in one document fits an entity that it may stand for: a sum of plain terms, each of them named.

The weights were set on the dev half of `benchmarks/resolution.py`; a wrong merge hurts more than a missed one, so what
is not supported by the text falls below the threshold.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from clew.graph.blocking import bracket
from clew.ingest.merge_units import Unit
from clew.ingest.words import noun_type

PRIOR = {
    "spelling": 3.0,
    "company": 1.5,
    "alias": 1.5,
    "bracket": 0.0,
    "longer name": 0.5,
    "own title": 1.0,
    "homograph": 0.5,
}
SAME_TYPE, OTHER_TYPE = 0.5, -4.0
SPOKEN_OF, SHARED, MOST_SHARED = 3.0, 1.0, 2.0
CUE, SAME_YEAR, OTHER_YEAR, ALONE = 2.0, 2.5, -3.0, 0.5
NEAR, MIDDLE = 5.0, 0.35  # of the cosine between what both texts say
HIGHEST = 1.75  # what that term comes to in most cases
ACCEPTED, MARGIN = 2.0, 1.0
BOTH_NAMED = -4.0  # a text that uses the shorter and the longer name means two people
SHORT = 3  # letters of a name below which its spelling alone says nothing
_YEAR = re.compile(r"\b1[0-9]{3}\b|\b20[0-9]{2}\b")
_CUES = {
    "direct": "direct film", "film": "film movi direct star remak cinem", "actor": "star play cast actor role film",
    "actress": "star play cast actress role film", "produc": "produc film", "writ": "writ author novel screenpl",
    "playwright": "writ play screenpl", "sing": "song album sing music", "musician": "song album music band",
    "song": "song singl album record", "album": "album record song", "band": "band album song music",
    "novel": "novel book author", "football": "football club leagu", "politic": "elect minist polit parti member",
    "photograph": "photograph", "architect": "architect design build", "poet": "poet poem writ",
    "compos": "compos music", "painter": "paint", "disambiguation": "",
}  # fmt: skip


@dataclass(slots=True)
class Profile:
    """What is known of a candidate: the units that speak of it, those of documents titled by it where there are any."""

    id: str
    name: str
    home: bool
    units: tuple[Unit, ...]
    kind: str = ""
    words: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    documents: set[str] = field(default_factory=set)

    @property
    def text(self) -> str:
        """What the embedding is taken of."""
        return f"{self.name}. {self.units[0].text}" if self.units else self.name


def profile(id_: str, units: Sequence[Unit]) -> Profile:
    """The candidate of these units, of which those at home say most."""
    homes = sorted((unit for unit in units if unit.home), key=lambda unit: unit.document)
    chosen = tuple(homes or sorted(units, key=lambda unit: unit.document)[:5])
    made = Profile(id_, chosen[0].name, bool(homes), chosen)
    kinds = [unit.kind for unit in chosen if unit.kind]
    words = bracket(made.name)[1].casefold().split()
    told = next((kind for kind in map(noun_type, words) if kind not in {"", "OTHER"}), "")
    made.kind = told or (min(kinds, key=lambda kind: (-kinds.count(kind), kind)) if kinds else "")
    for unit in chosen:
        made.words |= unit.words
        made.names |= unit.names
        made.documents.add(unit.document)
    return made


def fit(unit: Unit, title: str, candidate: Profile, relation: str) -> float:
    """The score of the candidate for this unit, before the embedding has its say. `title` is the key of the title of
    the unit's document."""
    score = PRIOR[relation] + _types(unit.kind, candidate.kind)
    if relation == "longer name" and not {unit.kind, candidate.kind} <= {"PERSON"}:
        score += OTHER_TYPE
    if relation == "longer name" and candidate.units[0].key in unit.names and candidate.units[0].key != title:
        score += BOTH_NAMED
    if relation in {"spelling", "alias"} and len(unit.key) <= SHORT and not unit.name.isupper():
        score += OTHER_TYPE
    if title in candidate.names:
        score += SPOKEN_OF
    elif candidate.home:
        score += min(SHARED * len(_telling(unit.names & candidate.names, candidate)), MOST_SHARED)
    return score + _bracket(unit, bracket(candidate.name)[1])


def _types(mine: str, other: str) -> float:
    if not mine or not other:
        return 0.0
    return SAME_TYPE if mine == other else OTHER_TYPE


def _telling(names: Iterable[str], candidate: Profile) -> list[str]:
    return [name for name in names if " " in name and name != candidate.units[0].key]


def _bracket(unit: Unit, inside: str) -> float:
    """Whether the text around the name says what the candidate's bracket says."""
    score = 0.0
    years = set(_YEAR.findall(inside))
    if years:
        said = set(_YEAR.findall(_behind(unit)))
        near = set(_YEAR.findall(unit.text))
        score += SAME_YEAR if years & near else OTHER_YEAR if said else 0.0
    stems = {
        stem
        for word in inside.casefold().split()
        for cue, told in _CUES.items()
        if word.startswith(cue)
        for stem in told.split()
    }
    words = [word for word in re.findall(r"\w{4,}", inside.casefold()) if not word.isdigit()]
    told = any(word.startswith(tuple(stems)) for word in unit.words) if stems else False
    return score + (CUE if told or any(word in unit.words for word in words) else 0.0)


def _behind(unit: Unit) -> str:
    """What stands right behind the name: `Carousel"( 1956)`."""
    at = unit.text.find(unit.name)
    return unit.text[at + len(unit.name) : at + len(unit.name) + 12] if at >= 0 else ""
