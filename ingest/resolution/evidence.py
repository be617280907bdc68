"""How well a name in one document fits an entity that it may stand for: a sum of plain terms, each of them named.

The weights were set on the dev half of `benchmarks/resolution.py`; a wrong merge hurts more than a missed one, so what
is not supported by the text falls below the threshold.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from clew.graph.name_keys import bracket
from clew.ingest.extract.rules.word_lists import noun_type
from clew.ingest.resolution.units import Unit

PRIOR = {
    "spelling": 3.0,
    "company": 1.5,
    "acronym": 2.0,
    "alias": 1.5,
    "nickname": 0.0,
    "bracket": 0.0,
    "title": -0.5,
    "blanks": 2.0,
    "initials": 1.5,
    "initial": 0.5,
    "longer name": -0.5,
    "own title": 1.0,
    "homograph": 0.5,
}
SAME_TYPE, OTHER_TYPE, OTHER_TYPE_OF_ACRONYM = 0.5, -4.0, -0.5
SPOKEN_OF, SHARED, MOST_SHARED = 3.0, 1.0, 2.0
CUE, CUE_OF_WORK = 2.0, 0.5  # most texts that name a film speak of films
SAME_YEAR, OTHER_YEAR_BEHIND, OTHER_YEAR = 2.5, -4.0, -1.0
NEAR, MIDDLE, FAR = 5.0, 0.35, -0.25  # of the cosine between what both texts say; it takes little away
HIGHEST = 1.25  # what that term comes to in most cases
SHOWN = 150  # characters of a document's beginning that are embedded: enough to say what it is about
ACCEPTED, MARGIN = 2.0, 1.0
BOTH_NAMED = -4.0  # a text that uses the shorter and the longer name means two people
SHORT = 3  # letters of a name below which its spelling alone says nothing
_YEAR = re.compile(r"\b1[0-9]{3}\b|\b20[0-9]{2}\b")
_NUMERAL = re.compile(r"(?<= )(?:[ivx]+|\d+(?:st|nd|rd|th))(?![\w.])")
_WORD = re.compile(r"\w{4,}")
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
        return f"{self.name}. {self.units[0].text[:SHOWN]}"


def profile(id_: str, units: Sequence[Unit]) -> Profile:
    """The candidate of these units, of which those at home say most."""
    homes = sorted((unit for unit in units if unit.home), key=lambda unit: unit.document)
    chosen = tuple(homes or sorted(units, key=lambda unit: unit.document)[:5])
    made = Profile(id_, chosen[0].name, bool(homes), chosen)
    kinds = [unit.kind for unit in chosen if unit.kind]
    told = noun_type(bracket(made.name)[1].casefold().rpartition(" ")[2])
    made.kind = (told if told != "OTHER" else "") or (
        min(kinds, key=lambda kind: (-kinds.count(kind), kind)) if kinds else ""
    )
    for unit in chosen:
        made.words |= unit.words
        made.names |= unit.names
        made.documents.add(unit.document)
    return made


def fit(unit: Unit, title: str, candidate: Profile, relation: str) -> float:
    """The score of the candidate for this unit, before the embedding has its say. `title` is the key of the title of
    the unit's document."""
    score = PRIOR[relation] + _types(unit, candidate.kind)
    if relation in {"longer name", "initial", "initials"}:
        score += OTHER_TYPE * (not {unit.kind, candidate.kind} <= {"PERSON"})
        score += BOTH_NAMED * (candidate.units[0].key in unit.names and candidate.units[0].key != title)
    score += OTHER_TYPE * (_numerals(unit.key) != _numerals(candidate.units[0].key))
    if relation in {"spelling", "acronym", "nickname"} and (len(unit.key) <= SHORT or acronym(candidate.name)):
        score += OTHER_TYPE * (not unit.name.isupper())
    if title in candidate.names:
        score += SPOKEN_OF
    elif candidate.home:
        score += min(SHARED * len(_telling(unit.names & candidate.names, candidate)), MOST_SHARED)
    return score + _bracket(unit, candidate)


def _types(unit: Unit, other: str) -> float:
    if not unit.kind or not other:
        return 0.0
    if unit.kind == other:
        return SAME_TYPE
    return OTHER_TYPE_OF_ACRONYM if acronym(unit.name) else OTHER_TYPE


def _numerals(key: str) -> set[str]:
    """What tells the bearers of one name apart: `ii` of `henry ii, lord of ligny`."""
    return set(_NUMERAL.findall(bracket(key)[0]))


def acronym(name: str) -> bool:
    """Whether it is one word of capitals, of which taggers can make little."""
    letters = [char for char in name if char.isalpha()]
    return 2 <= len(letters) <= 6 and " " not in name and all(char.isupper() for char in letters)


def _telling(names: Iterable[str], candidate: Profile) -> list[str]:
    return [name for name in names if " " in name and name != candidate.units[0].key]


def _bracket(unit: Unit, candidate: Profile) -> float:
    """Whether the text around the name says what the candidate's bracket says."""
    inside = bracket(candidate.name)[1].casefold()
    score = _years(unit, set(_YEAR.findall(inside)))
    stems = tuple(
        stem for word in inside.split() for cue, told in _CUES.items() if word.startswith(cue) for stem in told.split()
    )
    own = set(_WORD.findall(unit.key))
    words = [word for word in _WORD.findall(inside) if not word.isdigit() and word not in own]
    told = bool(stems) and any(word.startswith(stems) for word in unit.words - own)
    if not told and unit.words.isdisjoint(words):
        return score
    return score + (CUE_OF_WORK if candidate.kind == "WORK" else CUE)


def _years(unit: Unit, wanted: set[str]) -> float:
    near = set(_YEAR.findall(unit.text))
    if not wanted or not near:
        return 0.0
    if wanted & near:
        return SAME_YEAR
    return OTHER_YEAR_BEHIND if _YEAR.search(_behind(unit)) else OTHER_YEAR


def _behind(unit: Unit) -> str:
    """What stands right behind the name: `Carousel"( 1956)`."""
    at = unit.text.find(unit.name)
    return unit.text[at + len(unit.name) : at + len(unit.name) + 12] if at >= 0 else ""
