"""What the lines of a note state by their form: properties, fields in brackets, tags, tasks and their signs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from clew.ingest.extract.rules.word_lists import noun_type
from clew.ingest.structure.blocks import Span
from clew.ingest.structure.front_matter import properties

_FRONT = re.compile(r"\s*---[ \t]*\n(.*?)\n?(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_LINE = re.compile(r"[ \t]*(?:[-*+][ \t]+)?([^\W\d_][\w -]{0,40}?)::[ \t]*(\S[^\n]*)")
_BRACKETED = re.compile(r"[\[(]([^\[\]():,;.]{1,60}?)[ \t]*(::?)[ \t]*([^\[\]()\n]{1,300})[\])]")
_TAG = re.compile(r"(?<![\w/#&;@.-])#([^\W\d_][\w/-]{0,80}|\d[\w/-]{0,60}[^\W\d_][\w/-]{0,60})")
_BOX = re.compile(r"\[([^\[\]\n])\][ \t]+")
_STATE_WORD = re.compile(r"([A-Z]{3,12})[ \t]+(?=\S)")
_SIGN = re.compile(
    r"([\u2705\u274c\u23f3\u23f0\U0001f4c5\U0001f5d3\U0001f6eb\u2795\u231b])\ufe0f?[ \t]*(\d{4}-\d{2}-\d{2})"
)
_CALLOUT = re.compile(r"\[!([\w -]{1,40})\][+-]?[ \t]*")
_LONGEST = 100_000

ALIASES = frozenset({"alias", "aliases"})
TAGS = frozenset({"tag", "tags"})
KINDS = ("type", "class", "kind")  # properties that tell what a note's entity is
STATES = {" ": "open", "x": "done", "X": "done", "-": "cancelled", "/": "in progress", ">": "moved", "!": "important"}
WORD_STATES = {
    "TODO": "open",
    "LATER": "open",
    "WAITING": "waiting",
    "WAIT": "waiting",
    "DOING": "in progress",
    "NOW": "in progress",
    "DONE": "done",
    "CANCELED": "cancelled",
    "CANCELLED": "cancelled",
}  # fmt: skip - the words that Logseq and Org write before a task
SIGNS = {
    "\U0001f4c5": "due",
    "\U0001f5d3": "due",
    "\u2705": "done on",
    "\u274c": "cancelled on",
    "\u23f3": "scheduled",
    "\u231b": "scheduled",
    "\u23f0": "reminder",
    "\U0001f6eb": "start",
    "\u2795": "created",
}  # fmt: skip - the signs of Obsidian's tasks


@dataclass(frozen=True, slots=True)
class Field:
    """`text[key]` is the name of a property, `text[value]` its value; `span` holds both and their brackets."""

    name: str
    value: Span
    span: Span


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be done, its state, and where the task begins and ends behind its mark."""

    state: str
    words: str
    span: Span


def front(text: str) -> tuple[str, int]:
    """The YAML at the head of a note, "" where there is none, and where the text begins behind it."""
    if not text.lstrip().startswith("---"):
        return "", 0
    match = _FRONT.match(text[: _LONGEST + 10])
    return (match.group(1), match.end()) if match else ("", 0)


def property_name(key: str) -> str:
    """The relation that a key names: `depends_on` and `depends-on` are "depends on"."""
    words = key.strip().strip("*_ ")
    if " " not in words:
        parts = re.split(r"[_-]", words)
        words = " ".join(part for part in parts if part) if all(len(part) > 1 for part in parts) else words
    return " ".join(words.split()).lower()


def told_type(word: str) -> str:
    """The type of entity that a tag or the value of a property such as `type` tells; "" where it tells none."""
    low = word.strip().rsplit("/", 1)[-1].strip("\"'# ").casefold()
    return noun_type(low) or noun_type(low.removesuffix("s"))


def head_properties(text: str) -> dict[str, list[str]]:
    """The properties at the head of a note, by name, as front matter or as `key:: value` lines has them."""
    yaml, end = front(text)
    found: dict[str, list[str]] = {}
    for each in properties(yaml) if yaml else ():
        found.setdefault(property_name(each.name), []).append(each.text)
    for line in text[end : end + 4_000].lstrip("\n").split("\n"):
        match = _LINE.fullmatch(line)
        if match is None:
            break
        found.setdefault(property_name(match.group(1)), []).append(match.group(2).strip())
    return found


def listed(name: str, values: list[str]) -> list[str]:
    """Aliases and tags one by one: a single text may hold several, parted by commas, tags by blanks too."""
    pattern = r"[,\s]+" if name in TAGS else r","
    parts = [part for value in values for part in re.split(pattern, value)]
    return [part.strip().strip("\"'#").strip() for part in parts if part.strip().strip("\"'#").strip()]


def bracketed(text: str, start: int, end: int, *, single: bool = False) -> Iterator[Field]:
    """The fields in brackets between these offsets: `[key:: value]`; with `single`, `(key: value)` too."""
    for match in _BRACKETED.finditer(text, start, end):
        if match.group(2) == "::" or single:
            name = property_name(match.group(1))
            if name and any(letter.isalpha() for letter in name):
                yield Field(name, match.span(3), match.span())


def lines(text: str, start: int, end: int) -> Iterator[Field]:
    """The lines between these offsets that are `key:: value` and no more."""
    at = start
    while at < end:
        stop = text.find("\n", at, end)
        stop = end if stop < 0 else stop
        match = _LINE.fullmatch(text, at, stop)
        if match is not None:
            yield Field(property_name(match.group(1)), match.span(2), match.span())
        at = stop + 1


def tags(text: str, start: int, end: int) -> Iterator[tuple[str, Span]]:
    """The tags between these offsets, without their sign."""
    for match in _TAG.finditer(text, start, end):
        yield match.group(1).rstrip("/-"), match.span()


def signed_dates(text: str, start: int, end: int) -> Iterator[Field]:
    """What the signs of a task and the dates behind them say."""
    for match in _SIGN.finditer(text, start, end):
        yield Field(SIGNS[match.group(1)], match.span(2), match.span())


def box(text: str, start: int, end: int) -> tuple[str, int] | None:
    """The state that a box or a word such as TODO tells at the start of an item, and where its task begins."""
    match = _BOX.match(text, start, end)
    if match is not None:
        return STATES.get(match.group(1), "open"), match.end()
    match = _STATE_WORD.match(text, start, end)
    if match is not None and match.group(1) in WORD_STATES:
        return WORD_STATES[match.group(1)], match.end()
    return None


def callout(text: str, start: int, end: int) -> tuple[str, int] | None:
    """The kind of a callout, and where its words begin."""
    match = _CALLOUT.match(text, start, end)
    return (property_name(match.group(1)), match.end()) if match else None


def without(text: str, start: int, end: int, spans: list[Span]) -> str:
    """The words between these offsets that stand in none of the spans."""
    pieces, at = [], start
    for first, last in sorted(spans):
        pieces.append(text[at : max(at, first)])
        at = max(at, last)
    pieces.append(text[at:end])
    return " ".join("".join(pieces).split()).strip(" ,;:-–—")


__all__ = [
    "ALIASES", "KINDS", "STATES", "TAGS", "Field", "Task", "box", "bracketed", "callout", "front", "head_properties",
    "listed", "property_name", "signed_dates", "tags", "told_type", "without",
]  # fmt: skip
