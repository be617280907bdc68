"""What an extractor hands over: mentions and triples by name, with offsets into the document's text.

Any callable of the type `Extractor` can take the place of the local one; `resolve` turns what it returns into the
stored nouns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from clew.graph.model import Chunk, Document, Value
from clew.ingest.structure.blocks import Block

TYPES = ("PERSON", "ORGANISATION", "PLACE", "WORK", "EVENT", "PRODUCT", "OTHER")


@dataclass(frozen=True, slots=True)
class RawMention:
    """`document.text[start:end]` names an entity of `type`. `name` is what it resolves to within the document;
    `form` is `name`, `alias`, `nominal` or `pronoun`; `confidence` in 0..1."""

    start: int
    end: int
    text: str
    type: str
    confidence: float
    form: str
    name: str


@dataclass(frozen=True, slots=True)
class RawTriple:
    """`head` (a name) stands in `relation` to `tail` (a name or a Value); `document.text[start:end]` says so.

    `flags` and `valid_from`, `valid_to` are as in `Source`; of `qualifiers`, `verb` is the verb as the text has it
    ("chairs", "was founded"), `object` what the act was done to where the tail is its time, place or the like.
    """

    head: str
    head_type: str
    relation: str
    tail: str | Value
    tail_type: str
    start: int
    end: int
    confidence: float
    flags: tuple[str, ...] = ()
    qualifiers: Mapping[str, str] = field(default_factory=dict)
    valid_from: str = ""
    valid_to: str = ""


@dataclass(frozen=True, slots=True)
class Extraction:
    """All that one document says, mentions and triples in the order of the text. Where there is a `problem`, it was
    not read, and this completes the sentence that its URI begins. `subject` names what the document is about ("":
    nothing in particular; None: the extractor does not tell)."""

    mentions: tuple[RawMention, ...] = ()
    triples: tuple[RawTriple, ...] = ()
    problem: str = ""
    subject: str | None = None


class Chunked(NamedTuple):
    """A document with its chunks and the blocks of its text: what is handed to an extractor. Without blocks they are
    read off the text."""

    document: Document
    chunks: Sequence[Chunk]
    blocks: Sequence[Block] = ()


Extractor = Callable[[Iterable[Chunked | tuple[Document, Sequence[Chunk]]]], Iterator[Extraction]]

__all__ = ["TYPES", "Chunked", "Extraction", "Extractor", "RawMention", "RawTriple"]
