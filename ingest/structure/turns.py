"""Who says what, and which words mean exactly which entity: what the source itself tells about stretches of a text."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from clew.graph.model import Chunk, Document


@dataclass(frozen=True, slots=True)
class Turn:
    """`text[start:end]` is said by `speaker`: "I" is the speaker, "we" the `group`, "you" the `addressee`, and
    "tomorrow" counts from `date` (ISO). What nobody tells is empty, and then such a word stands for nothing. `at` is
    when it is said: a date, or a time within a recording. Turns do not overlap."""

    start: int
    end: int
    speaker: str = ""
    addressee: str = ""
    group: str = ""
    date: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """`text[start:end]` means exactly the entity of this `name`, whatever else these words could mean."""

    start: int
    end: int
    name: str
    type: str = "OTHER"


@dataclass(frozen=True, slots=True)
class Annotations:
    """What is known of a text before it is read. `subject` is the entity of which its lines without a subject are
    said (None: as the title tells; "": there is none); `names` are other names of entities, each with the entity's
    name. Turns and links are in the order of the text."""

    subject: str | None = None
    subject_type: str = ""
    turns: tuple[Turn, ...] = ()
    links: tuple[Link, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    date: str = ""


def turns_of(document: Document) -> tuple[Turn, ...]:
    """The document's turns; none where nobody is known to speak."""
    told = document.annotations
    return told.turns if isinstance(told, Annotations) else ()


def spoken(chunk: Chunk, turns: Sequence[Turn]) -> Iterator[tuple[Turn | None, int, int]]:
    """What of the chunk is to be read, as offsets in its text, with who says it: all of it where there are no turns,
    else what lies in them."""
    if not turns:
        yield None, 0, len(chunk.text)
        return
    at = bisect_right(turns, chunk.start, key=lambda turn: turn.end)
    while at < len(turns) and turns[at].start < chunk.end:
        turn = turns[at]
        yield turn, max(turn.start - chunk.start, 0), min(turn.end, chunk.end) - chunk.start
        at += 1


__all__ = ["Annotations", "Link", "Turn", "spoken", "turns_of"]
