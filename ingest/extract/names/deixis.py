"""Words that mean something else in every mouth and on every day: "I", "we", "you", "tomorrow", "on Thursday"."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta

from clew.ingest.extract.names.coreference import Reference
from clew.ingest.extract.names.marked import Name
from clew.ingest.extract.rules.parse import Parse
from clew.ingest.structure.turns import Link, Turn

I = frozenset({"i", "me", "my", "mine", "myself"})  # noqa: E741 - the word itself
WE = frozenset({"we", "us", "our", "ours", "ourselves"})
YOU = frozenset({"you", "your", "yours", "yourself"})
SPEAKING = I | WE | YOU
_DAYS = {"today": 0, "tonight": 0, "tomorrow": 1, "yesterday": -1}
_WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def speaking(word: str, turn: Turn | None, called: str = "") -> Reference | None:
    """Whom a word of the first or second person means in this turn; None where nobody tells. `called` is who is
    addressed by name in the sentence."""
    if turn is None:
        return None
    if word in I:
        return Reference(turn.speaker, "PERSON", 0.95) if turn.speaker else None
    if word in WE:
        return Reference(turn.group, "ORGANISATION", 0.85) if turn.group else None
    name = called or turn.addressee
    return Reference(name, "PERSON", 0.85) if name else None


def relative_dates(parse: Parse, day: str) -> list[tuple[int, int, str]]:
    """Days told relative to this one, as (first token, token after the last, ISO date). A weekday is the next one, or
    the one before where the verb is in the past; what "next Monday" is, people do not agree on."""
    try:
        base = date.fromisoformat(day)
    except ValueError:
        return []
    found = []
    for index, low in enumerate(parse.low):
        if low in _DAYS:
            found.append((index, index + 1, (base + timedelta(days=_DAYS[low])).isoformat()))
        elif low in _WEEK and parse.words[index][0].isupper() and (not index or parse.low[index - 1] != "next"):
            ahead = (_WEEK.index(low) - base.weekday() - 1) % 7 + 1
            back = _past(parse, index) or (index > 0 and parse.low[index - 1] == "last")
            found.append((index, index + 1, (base + timedelta(days=ahead - 7 if back else ahead)).isoformat()))
    return found


def _past(parse: Parse, index: int) -> bool:
    """Does the day hang on a verb in the past?"""
    place = index
    for _ in range(6):
        place = parse.head[place]
        if parse.pos[place] == "VERB" or parse.child(place, "cop") >= 0:
            break
    tags = {
        parse.tag[place],
        *(parse.tag[kid] for kid in parse.kids[place] if parse.dep[kid] in {"aux", "aux:pass", "cop"}),
    }
    return "VBD" in tags


def linked_names(parse: Parse, links: Sequence[Link]) -> Iterator[Name]:
    """The tokens of each link as a name that means its entity; `links` are in order and may lie outside the parse."""
    if not len(parse):
        return
    token = 0
    for link in links[bisect_right(links, parse.start[0], key=lambda link: link.end) :]:
        if link.start >= parse.end[-1]:
            return
        while token < len(parse) and parse.end[token] <= link.start:
            token += 1
        first = token
        while token < len(parse) and parse.start[token] < link.end:
            token += 1
        if token > first:
            kind = next((kind for low, high, kind in parse.entities if low < token and first < high), link.type)
            yield Name(first, token, kind, 1.0, means=link.name)


def called(parse: Parse, index: int, names: Iterable[tuple[int, str]]) -> str:
    """Who is addressed by name in the sentence of this token; `names` are the tokens and what they stand for."""
    sentence = parse.sentence[index]
    found = {name for token, name in names if parse.sentence[token] == sentence and parse.dep[token] == "vocative"}
    return found.pop() if len(found) == 1 else ""


__all__ = ["SPEAKING", "called", "linked_names", "relative_dates", "speaking"]
