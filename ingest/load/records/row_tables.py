"""Tables whose rows are no documents of their own: some thousand rows make one, with the places of their cells."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from clew.graph.model import Document
from clew.ingest.load.decode import clean
from clew.ingest.load.items import Loaded, Origin
from clew.ingest.load.ready_triples import ROWS
from clew.ingest.structure.blocks import Block, Span
from clew.ingest.structure.build import Builder
from clew.ingest.structure.plain import read_plain

_MOST_KEYS = 60  # columns of a table that records make
_LONGEST_LIST = 50
_LONGEST = 200_000  # characters of a table that is one document


@dataclass
class RowTable:
    """Rows of one file as documents of `ROWS` rows each, the header at the top of each. `header` is its line, "" for
    none."""

    origin: Origin
    note: str
    header: str
    delimiter: str
    rows: list[tuple[Span, ...]] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    length: int = 0
    first: int = 1
    count: int = 0

    def add(self, line: str, cells: Sequence[str]) -> Iterator[Loaded]:
        """The row stands in the table; yields the document that was full before it."""
        if self.count - self.first + 1 == ROWS or self.length > _LONGEST:
            yield self._loaded()
            self.first, self.rows, self.lines, self.length, self.note = self.count + 1, [], [], 0, ""
        if not self.lines and self.header:
            self._append(self.header, None)
        self._append(line, cells)
        self.count += 1

    def rest(self) -> Iterator[Loaded]:
        """The document of the last rows."""
        if self.lines:
            yield self._loaded(last=True)

    def _append(self, line: str, cells: Sequence[str] | None) -> None:
        line = clean(line).rstrip("\n")
        spans = cell_spans(line, self.delimiter)
        if cells is not None and len(spans) != len(cells):
            spans = _found(line, cells)
        self.rows.append(tuple((start + self.length, end + self.length) for start, end in spans))
        self.lines.append(line)
        self.length += len(line) + 1

    def _loaded(self, *, last: bool = False) -> Loaded:
        width = max(map(len, self.rows))
        rows = tuple(row + ((row[-1][1],) * 2,) * (width - len(row)) for row in self.rows)
        text = "\n".join(self.lines)
        block = Block("table", 0, len(text), rows=rows, header=int(bool(self.header)))
        whole = last and self.first == 1
        uri = self.origin.uri if whole else f"{self.origin.uri}#row={self.first}"
        title = self.origin.stem if whole else f"{self.origin.stem}, rows {self.first} to {self.count}"
        return Loaded(Document.make(uri, text, title=title), note=self.note, blocks=(block,))


def cell_spans(line: str, delimiter: str) -> list[Span]:
    """Where the cells of a row stand, without the quotation marks around them."""
    spans: list[Span] = []
    at, size = 0, len(line)
    while True:
        if line.startswith('"', at):
            end = _closing(line, at + 1)
            spans.append((at + 1, end))
            end += 1
        else:
            end = line.find(delimiter, at)
            end = size if end < 0 else end
            spans.append((at, end))
        following = line.find(delimiter, end)
        if following < 0 or end >= size:
            return spans
        at = following + len(delimiter)


def _closing(line: str, at: int) -> int:
    """Where the quotation mark stands that ends the cell; doubled ones do not."""
    while (end := line.find('"', at)) >= 0:
        if not line.startswith('""', end):
            return end
        at = end + 2
    return len(line)


def _found(line: str, cells: Sequence[str]) -> list[Span]:
    spans, at = [], 0
    for cell in cells:
        start = line.find(cell, at)
        at = start + len(cell) if start >= 0 else at
        spans.append((start, at) if start >= 0 else (at, at))
    return spans


@dataclass
class RecordTable:
    """Records without a text as tables of `ROWS` lines each: a line for each record, a column for each key."""

    origin: Origin
    note: str = ""
    records: list[dict[str, str]] = field(default_factory=list)
    length: int = 0
    first: int = 1

    def add(self, record: Mapping[str, object]) -> Iterator[Loaded]:
        """The record is a row; yields the document that was full before it."""
        if len(self.records) == ROWS or self.length > _LONGEST:
            yield self._loaded()
            self.first, self.records, self.length, self.note = self.first + len(self.records), [], 0, ""
        self.records.append(dict(fields_of(record)))
        self.length += sum(map(len, self.records[-1].values()))

    def rest(self) -> Iterator[Loaded]:
        """The document of the last rows."""
        if self.records:
            yield self._loaded(whole=self.first == 1)

    def _loaded(self, *, whole: bool = False) -> Loaded:
        names = list(dict.fromkeys(name for record in self.records for name in record))[:_MOST_KEYS]
        built = Builder()
        built.table([names, *([record.get(name, "") for name in names] for record in self.records)])
        uri = self.origin.uri if whole else f"{self.origin.uri}#row={self.first}"
        last = self.first + len(self.records) - 1
        title = self.origin.stem if whole else f"{self.origin.stem}, rows {self.first} to {last}"
        return Loaded(Document.make(uri, built.text, title=title), note=self.note, blocks=tuple(built.blocks))


def fields_of(record: Mapping[str, object], above: str = "") -> Iterator[tuple[str, str]]:
    """The fields of a record as words; a record inside it lends its key to its own fields, a list is parted by
    semicolons."""
    for key, value in record.items():
        name = clean(f"{above} {key}".strip())
        if isinstance(value, dict) and len(name) < 200:
            yield from fields_of(value, name)
        elif (words := _words(value)) and not isinstance(value, bool | type(None)):
            yield name, words
        elif isinstance(value, bool):
            yield name, "yes" if value else "no"


def _words(value: object) -> str:
    if isinstance(value, list):
        if len(value) > _LONGEST_LIST or all(isinstance(each, int | float) for each in value):
            return ""  # data for a program, and not for a reader
        return "; ".join(filter(None, (_words(each) for each in value)))
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_words(each)}" for key, each in value.items() if each not in (None, "", [], {}))
    return "" if value is None else clean(value if isinstance(value, str) else json.dumps(value)).strip()


def with_fields(text: str, fields: Iterable[tuple[str, str]]) -> tuple[str, tuple[Block, ...]]:
    """A record's text with its other fields as key-value lines below it, and the blocks of both (none where it has no
    other fields: they are read off the text)."""
    built = Builder()
    built.write(text)
    for name, words in fields:
        built.pair(name, " ".join(words.split()))
    return built.text, (*read_plain(text), *built.blocks) if built.blocks else ()


__all__ = ["RecordTable", "RowTable", "cell_spans", "fields_of", "with_fields"]
