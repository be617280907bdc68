"""What loading hands on: documents with their headings and ready triples, and the problems met on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from clew.graph.model import Chunk, Document
from clew.graph.store import DocumentRecord
from clew.ingest.structure.blocks import Block

LINKS_TO = "links to"  # the relation of a bare link: something else that ties the two says more
READER_VERSION = "4"  # grows when the same file would be read as another text


@dataclass(frozen=True, slots=True)
class Fields:
    """Which columns (csv, tsv) or keys (json, jsonl) hold a record's id, title and text; the rest is metadata.

    `delimiter` is the character between columns, `""` to see it from the first line. With `triples` every txt, csv
    and tsv file holds ready triples, one a line, even where no header says so.
    """

    id: str = "id"
    title: str = "title"
    text: str = "text"
    delimiter: str = ""
    triples: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, at character `start` of the document's text. Level 1 is the highest; level 0 is a page, which
    names a place but is no reason to end a chunk."""

    start: int
    title: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class ReadyTriple:
    """A triple that a source states as such, by names; `document.text[start:end]` is its row. A `tail_type` of `text`
    makes the tail a value as it stands, `value` one that may be a number or a date. `confidence` is in 0..1."""

    head: str
    relation: str
    tail: str
    start: int
    end: int
    head_type: str = ""
    tail_type: str = ""
    flags: tuple[str, ...] = ()
    qualifiers: Mapping[str, str] = field(default_factory=dict)
    exact: bool = False
    normal: str = ""
    language: str = ""
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Loaded:
    """A document with its text and the blocks that it is made of (read off the text where there are none).

    Where `triples` is not empty, its text is rows and no prose: chunk it with `rows=True` and read nothing else out of
    it; but where the document has annotations, its text is prose beside the triples. Where `read` is given, it makes
    the record of the document and its chunks, which are rows too where `rows` says so. `note` says what a reader of the
    report should know.
    """

    document: Document
    triples: tuple[ReadyTriple, ...] = ()
    sections: tuple[Section, ...] = ()
    note: str = ""
    read: Callable[[Document, Sequence[Chunk]], DocumentRecord] | None = None
    rows: bool = False
    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """A source, or a part of one, that gave no document; `reason` completes the sentence that `uri` begins.
    `skipped` is true where nothing is wrong with it: hidden, of a kind that is not read, or already read."""

    uri: str
    reason: str
    skipped: bool = False

    def __str__(self) -> str:
        parts = urlsplit(self.uri)
        name = unquote(parts.path) if parts.scheme == "file" else self.uri
        return f"{name} {self.reason}"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that another source holds: its `name`, bytes, the URI it goes by, and what is known of where it lay."""

    uri: str
    name: str
    data: bytes = field(repr=False)
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Remark:
    """What a reader of the report should know of a source as a whole; `text` completes the sentence that `uri`
    begins."""

    uri: str
    text: str


@dataclass(frozen=True, slots=True)
class Origin:
    """A file to read: where its bytes are, the URI and name it goes by, its kind (`csv` for any
    table), and how its records are named. Where the folder that it lies in is of a kind of its own, `reader` reads it
    as a part of that; a `plain` one is read as the text that it is and no more."""

    path: Path
    uri: str
    name: str
    kind: str
    fields: Fields = field(default_factory=Fields)
    reader: Callable[[Origin], Iterator[Loaded | Problem | Attachment]] | None = None
    plain: bool = False

    @property
    def stem(self) -> str:
        """Its name as a title: without suffixes, underscores as spaces."""
        return Path(self.name.removesuffix(".gz")).stem.replace("_", " ").strip() or self.name
