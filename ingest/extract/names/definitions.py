"""Names that a text gives in passing: terms and abbreviations in brackets, and names written last part first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from clew.ingest.extract.names.cleaning import Aside

_TERM = re.compile(
    r"\s*(?:(?:hereinafter|hereafter|herein)\b[^\"“”‘’']{0,50})?(?:the\s+|each\s+an?\s+)?"
    r"[\"“‘']\s*(?:the\s+)?(?P<term>[A-Z][\w .&/-]{0,40}?)\s*[\"”’']\s*",
    re.IGNORECASE,
)
_SHORT = re.compile(r"\s*(?P<term>[A-Z][A-Za-z.&-]{1,9})\s*")
_APPOSED = re.compile(r"\s*,\s+[a-z]")
_WORD = re.compile(r"[A-Za-z]+")


class Definition(NamedTuple):
    """`text[start:end]` is from here on another name of what stands before `anchor`."""

    term: str
    start: int
    end: int
    anchor: int
    initials: bool


class Named(NamedTuple):
    """A name in the text, and where."""

    name: str
    start: int
    end: int


def definitions(text: str, asides: Iterable[Aside]) -> list[Definition]:
    """The terms that the brackets define, in order: ("Supplier"), (hereinafter the "Licensee"), (DHW)."""
    found: list[Definition] = []
    for aside in asides:
        inner = text[aside.start : aside.end]
        if aside.kind != "bracket":
            continue
        if (match := _TERM.fullmatch(inner)) and match["term"][0].isupper():
            start, end = match.span("term")
            found.append(Definition(match["term"], aside.start + start, aside.start + end, aside.anchor, False))
        elif (match := _SHORT.fullmatch(inner)) and sum(map(str.isupper, match["term"])) > 1:
            start, end = match.span("term")
            found.append(Definition(match["term"], aside.start + start, aside.start + end, aside.anchor, True))
    return sorted(found, key=lambda each: each.anchor)


def defined(text: str, definition: Definition, named: Sequence[Named], since: int) -> Named | None:
    """Whose other name it is: of "Fenwick Ltd, a company registered in Leeds" the first one's. `named` are the names
    before it, in order; those before `since` belong to an earlier definition."""
    before = [each for each in named if since <= each.start and each.end <= definition.anchor]
    beside = before[-1] if before and not text[before[-1].end : definition.anchor].strip(" ,.\"”'’") else None
    if definition.initials:
        return beside if beside is not None and _abbreviates(definition.term, beside.name) else None
    for each in before:
        if _APPOSED.match(text, each.end) and each.end < definition.anchor:
            return each
    return beside


def _abbreviates(short: str, name: str) -> bool:
    """Are the letters of the short form in the name, in this order, the first of a word first?"""
    letters = [char for char in short.lower() if char.isalpha()]
    initials = [word[0].lower() for word in _WORD.findall(name)]
    at = 0
    for letter in initials:
        at += at < len(letters) and letter == letters[at]
    return at == len(letters)


def inverted(text: str, last: str, first: str, between: str) -> str:
    """The name that is written last part first, where the text has it the other way round too: "Okafor, Chinedu"."""
    if between.strip() != "," or " " in last:
        return ""
    name = f"{first} {last}"
    return name if name in text else ""
