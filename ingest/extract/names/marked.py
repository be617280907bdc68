"""Names that a text marks as such: its title in small letters, what it defined, what stands between quotation marks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from clew.ingest.extract.rules.parse import Parse

_OPEN = {'"', "“", "``", "„", "''", "”"}
_BREAKS = re.compile(r"(?<=\w)-\s+(?=\w)")
_SPACE = re.compile(r"\s+")
_EDGE = " \t\n\"'“”‘’`´,;:()[]{}«»"


@dataclass(slots=True)
class Name:
    """A named mention of tokens `[first, last)`. `short` is the token at which its short form ends ("Arthur
    Wellesley" of "Arthur Wellesley, 1st Duke of Wellington"); 0 where it has none. `means` is the entity that the
    source itself says it is."""

    first: int
    last: int
    type: str
    confidence: float
    subject: bool = False
    short: int = 0
    means: str = ""


@dataclass(slots=True)
class Names:
    """The named mentions of one parse, in order; `at[i]` is the place of token i's mention in `spans`, -1 where
    none. `dates` likewise, as (first, last, ISO date), with `date_at`."""

    spans: list[Name]
    at: list[int]
    dates: list[tuple[int, int, str]] = field(default_factory=list)
    date_at: list[int] = field(default_factory=list)


def tidy(text: str) -> str:
    """The name as it should be written: one blank between words, no stray blank after a hyphen, bare edges."""
    text = _SPACE.sub(" ", _BREAKS.sub("-", text)).strip(_EDGE)
    if text.endswith(("'s", "’s")):
        text = text[:-2].rstrip()
    return text


def titles(parse: Parse, words: list[str], first: int) -> Iterator[Name]:
    """Where the title stands in small letters, which no tagger takes for a name: "maintains the payments service"."""
    size = len(words)
    for index in range(first, len(parse) - size + 1) if size > 1 else ():
        if parse.low[index] == words[0] and parse.low[index : index + size] == words and parse.words[index].islower():
            yield Name(index, index + size, "OTHER", 0.85)


def defined_term(parse: Parse, words: list[str], taken: Sequence[Name]) -> Iterator[Name]:
    """Where a defined term stands as it was defined."""
    size = len(words)
    for index in range(len(parse) - size + 1):
        inside = index > 0 and parse.pos[index - 1] == "PROPN" and parse.dep[index - 1] in {"compound", "flat"}
        free = not inside and not any(name.first < index + size and index < name.last for name in taken)
        if free and parse.words[index : index + size] == words:
            yield Name(index, index + size, "OTHER", 0.85)


def quoted(parse: Parse, owner: list[int], date_at: list[int]) -> tuple[list[Name], set[int]]:
    """Capitalised titles between quotation marks; and the tokens of nicknames, as in Kenny "Dope" Gonzalez."""
    marks = [index for index, word in enumerate(parse.words) if word in _OPEN]
    spans: list[Name] = []
    nicknames: set[int] = set()
    place = 0
    while place + 1 < len(marks):
        first, last = marks[place] + 1, marks[place + 1]
        inner = parse.words[first:last]
        good = (
            0 < len(inner) <= 10
            and (inner[0][0].isupper() or inner[0][0].isdigit())
            and inner[-1] not in {".", ","}
            and sum(word[0].isupper() for word in inner) * 2
            >= sum(word[0].isalpha() and len(word) > 3 for word in inner)
        )
        if not good:
            place += 1
            continue
        around = parse.pos[max(first - 2, 0)], parse.pos[min(last + 1, len(parse) - 1)]
        if len(inner) == 1 and around == ("PROPN", "PROPN") and parse.words[last + 1][0].isupper():
            nicknames.update(range(first - 1, last + 1))
            place += 2
            continue
        kind = "WORK"
        entity = owner[first]
        if entity >= 0 and owner[last - 1] == entity and parse.low[max(first - 2, 0)] in {"as", "nicknamed", "called"}:
            kind = parse.entities[entity][2]
        if not all(date_at[index] >= 0 for index in range(first, last)):
            spans.append(Name(first, last, kind, 0.7))
        place += 2
    return spans, nicknames
