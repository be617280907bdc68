"""Ready triples: a text file with a head, a relation and a tail on each line, and perhaps the types of both.

They become documents of 2,000 rows each, whose text is those rows as they stand, so that a triple's source is a place
in a text like any other, and a changed row makes one document new and not the whole file.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from clew.graph.errors import SourceError
from clew.graph.model import Document
from clew.ingest.load.decode import clean, open_bytes, open_text
from clew.ingest.load.items import Loaded, Origin, Problem, ReadyTriple

ROWS = 2000
COLUMNS = ("head", "relation", "tail", "head_type", "tail_type")
LONGEST_ROW = 10_000


def is_triples(origin: Origin) -> bool:
    """True where the caller says so, or the first line names the columns head, relation and tail."""
    if origin.fields.triples:
        return True
    with open_bytes(origin.path) as stream:
        head = stream.read(1000).replace(b"\0", b"").lower()
    if not all(name.encode() in head for name in COLUMNS[:3]):
        return False
    with open_text(origin.path) as (lines, _):
        first = lines.readline(1000)
    return _header(_cells(clean(first), origin.fields.delimiter or delimiter_of(first))) is not None


def delimiter_of(line: str) -> str:
    """The character that parts this line's columns: of tab, bar, semicolon and comma the most frequent."""
    return max(",;|\t", key=line.count)


def read_triples(origin: Origin) -> Iterator[Loaded | Problem]:
    """A document for every 2,000 rows, and a problem for every row that is no triple."""
    with open_text(origin.path) as (lines, note):
        first = lines.readline(LONGEST_ROW)
        delimiter = origin.fields.delimiter or next(
            (mark for mark in "\t|" if first.count(mark) > 1), delimiter_of(first)
        )
        header = _header(_cells(clean(first), delimiter))
        columns = header or {name: place for place, name in enumerate(COLUMNS)}
        if header is None:
            lines.seek(0)
        group, row = _Group(1), 0
        for number, raw in enumerate(lines, start=2 if header else 1):
            line = clean(raw).rstrip("\n")
            if not line or line.isspace():
                continue
            if row == group.first + ROWS - 1:
                yield from group.loaded(origin, row, note if group.first == 1 else "")
                group = _Group(row + 1)
            row += 1
            try:
                group.add(line, _triple(line, delimiter, columns, headless=header is None))
            except SourceError as error:
                yield Problem(f"{origin.uri}#row={row}", f"line {number} {error}; it is left out")
        yield from group.loaded(origin, row, note if group.first == 1 else "")
        if not row:
            yield Problem(origin.uri, "holds no rows")


def count_triples(origin: Origin) -> int:
    """How many documents the rows make."""
    with open_bytes(origin.path) as lines:
        return -(-sum(not line.isspace() for line in lines) // ROWS)


def _header(cells: Sequence[str]) -> dict[str, int] | None:
    names = [cell.strip().lower() for cell in cells]
    if not set(COLUMNS[:3]) <= set(names) or len(set(names)) < len(names):
        return None
    return {name: place for place, name in enumerate(names)}


def _cells(line: str, delimiter: str) -> list[str]:
    """The columns of a line. Quotation marks bind only where commas or semicolons part: elsewhere they are data."""
    if delimiter not in ",;":
        return line.rstrip("\n").split(delimiter)
    try:
        return next(csv.reader([line], delimiter=delimiter, strict=True), [])
    except csv.Error:
        return []


def _triple(line: str, delimiter: str, columns: dict[str, int], *, headless: bool) -> dict[str, str]:
    if len(line) > LONGEST_ROW:
        raise SourceError(f"has over {LONGEST_ROW:,} characters")
    cells = _cells(line, delimiter)
    wanted = {3, 5} if headless else {len(columns)}
    if len(cells) not in wanted:
        found = f"{len(cells)} columns" if cells else "an open quotation mark"
        raise SourceError(f"has {found} where {' or '.join(map(str, sorted(wanted)))} columns are expected")
    triple = {name: cells[place].strip() for name, place in columns.items() if place < len(cells) and name in COLUMNS}
    empty = [name for name in COLUMNS[:3] if not triple[name]]
    if empty:
        raise SourceError(f"has no {' and no '.join(empty)}")
    return triple


@dataclass
class _Group:
    """Rows that become one document; `first` is the number of its first row."""

    first: int
    lines: list[str] = field(default_factory=list)
    triples: list[ReadyTriple] = field(default_factory=list)
    length: int = 0

    def add(self, line: str, triple: dict[str, str]) -> None:
        head, relation, tail = (triple[name] for name in COLUMNS[:3])
        head_type, tail_type = (triple.get(name, "") for name in COLUMNS[3:])
        end = self.length + len(line)
        self.triples.append(ReadyTriple(head, relation, tail, self.length, end, head_type, tail_type))
        self.lines.append(line)
        self.length += len(line) + 1

    def loaded(self, origin: Origin, last: int, note: str) -> Iterator[Loaded]:
        if not self.triples:
            return
        rows = f"{self.first}-{self.first + ROWS - 1}"  # fixed by its place, so that a longer file has the same ones
        title = f"{origin.stem}, rows {self.first} to {last}"
        document = Document.make(f"{origin.uri}#rows={rows}", "\n".join(self.lines), title=title)
        yield Loaded(document, triples=tuple(self.triples), note=note)
