"""Keys, columns and values as facts write them: relations in small letters, tails typed."""

from __future__ import annotations

import re
from typing import NamedTuple

from clew.graph.model import Value
from clew.ingest.extract.names.dates import date_in, number_value, typed_value
from clew.ingest.extract.rules.word_lists import WEEKDAYS
from clew.ingest.structure.facts.phrases import NameSpan, Phrase, is_code

_LONGEST = 300  # characters of a value
_LONGEST_DATE = 50
_TITLES = re.compile(r"(?:[A-ZÀ-Þ][\w.]*\s+)+(?=\|)")  # "Dr", "Lord Justice" before a name
_PART = re.compile(r"[^,;(:–—]+")
_YEARS = range(1400, 2101)
_TIME = re.compile(r"\b\d{1,2}:\d{2}(?::\d{2})?(?:\s*[ap]m)?(?:\s*[+-]\d{4})?", re.IGNORECASE)
_BETWEEN = re.compile(r"[\s,;/&+·|]|\b(?:and|und|et)\b|\([^()]*\)|\.$")
_BEHIND = re.compile(r"\s*(?:$|[,;(–—:]|- )|\s+(?:of|for|at|in|from|by|with|on)\s")


class Tail(NamedTuple):
    """What a key or column says: an entity with its place in the words, or a Value (`entity` false)."""

    start: int
    end: int
    type: str
    entity: bool
    value: Value | None = None


def relation(words: str) -> str:
    """The key's words in small letters, single-spaced, without marks at their ends."""
    return " ".join(words.replace("_", " ").split()).casefold().strip(" .:*#-–") or " ".join(words.split()).casefold()


def tidy(words: str) -> str:
    """Single-spaced, without the full stop that ends it."""
    words = " ".join(words.split())
    return words[:-1].rstrip() if words.endswith((".", ";", ",")) and not words.endswith("..") else words


def tails(words: str, phrase: Phrase) -> list[Tail]:
    """What a value names or states: each name of a list, the name that it begins with, else a number, date or text."""
    end = len(words.rstrip())
    plain = tidy(words)
    if not any(letter.isalnum() for letter in plain):
        return []
    if (typed := cell_value(plain)) is not None:
        return [Tail(0, end, "", entity=False, value=typed)]
    if is_code(plain):
        return [Tail(0, len(plain), "OTHER", entity=True)]
    named = _named(words, phrase)
    if named:
        return [Tail(name.start, name.end, name.type, entity=True) for name in named]
    return [Tail(0, end, "", entity=False, value=Value(plain[:_LONGEST], "text"))] if len(plain) <= _LONGEST else []


def only_names(words: str, phrase: Phrase) -> bool:
    """Do the words consist of names and what parts them, or of one name and its number?"""
    rest = _rest(words, phrase.names) if phrase.names else "x"
    return not rest or (len(phrase.names) == 1 and rest.replace(" ", "").isdigit())


def _named(words: str, phrase: Phrase) -> list[NameSpan]:
    if not phrase.names:
        return []
    rest = _rest(words, phrase.names)
    if rest.replace(" ", "").isdigit() and len(phrase.names) == 1:  # "PostgreSQL 14"
        return [NameSpan(0, len(words.rstrip(" .;,")), phrase.names[0].type)]
    return _leading(words, phrase) if rest else _listed(words, list(phrase.names))


def _listed(words: str, names: list[NameSpan]) -> list[NameSpan]:
    """The names of a list, unless they are one: "Berlin, Germany" is Berlin, "Lund, Kim" a person."""
    if "," not in words or ";" in words:
        return names
    if all(name.type == "PLACE" for name in names):
        return names[:1]
    single = all(" " not in words[name.start : name.end].strip() for name in names)
    return [] if len(names) == 2 and single and words.count(",") == 1 and not any(map(str.isdigit, words)) else names


def _leading(words: str, phrase: Phrase) -> list[NameSpan]:
    """The name that the words begin with, titles before it aside, where that is what they are about."""
    first = phrase.names[0]
    before = words[: first.start].split()
    leads = all(word[0].isupper() for word in before) or [word.lower() for word in before] == ["the"]
    whole = first.start <= phrase.root[0] < first.end or bool(before)
    if leads and whole and _BEHIND.match(words, first.end):
        return [first]
    return _named_part(words, first, phrase)


def _named_part(words: str, first: NameSpan, phrase: Phrase) -> list[NameSpan]:
    """What stands before the first comma, where it begins and ends like a name: "Museum aan de Kil, in Lund"."""
    part = _PART.match(words)
    if part is None or phrase.root[0] >= part.end() or first.start or part.end() == len(words):
        return []
    parts = part.group().split()
    named = len(parts) <= 6 and parts[-1][0].isupper() and parts[0][0].isupper()
    return [NameSpan(0, len(part.group().rstrip()), first.type)] if named else []


def _rest(words: str, names: tuple[NameSpan, ...]) -> str:
    """The words outside the names, without what parts a list."""
    left = words
    for name in reversed(names):
        left = left[: name.start] + "|" + left[name.end :]
    return _BETWEEN.sub("", _TITLES.sub("", left)).strip()


def cell_value(words: str) -> Value | None:
    """The Value of words that are a number, or a date with its weekday or time, and nothing else. A bare whole number
    is a year only if it could be one of the last centuries."""
    words = words.strip()
    if words.isascii() and words.isdigit() and int(words[:6]) not in _YEARS:
        return number_value(words)
    typed = typed_value(words)
    if typed is not None or len(words) > _LONGEST_DATE:
        return typed
    found = date_in(words)
    if found is None:
        return None
    rest = _TIME.sub(" ", words[: found.start] + " " + words[found.end :]).casefold()
    left = [part for part in re.split(r"[\s,.]+", rest) if part]
    dated = all(part in WEEKDAYS or (len(part) == 3 and any(day.startswith(part) for day in WEEKDAYS)) for part in left)
    return Value(words, "date", found.normal) if dated else None


__all__ = ["Tail", "cell_value", "only_names", "relation", "tails", "tidy"]
