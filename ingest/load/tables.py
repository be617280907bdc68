"""Records of csv and tsv files. A row that is not as wide as the header is named and left out; the others are kept."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from clew.ingest.extract.names.dates import typed_value
from clew.ingest.load.decode import open_text
from clew.ingest.load.items import Fields, Loaded, Origin, Problem
from clew.ingest.load.ready_triples import ROWS, delimiter_of, is_triples, read_triples
from clew.ingest.load.records.json_records import Records
from clew.ingest.load.records.row_tables import RowTable

_LONGEST_CELL = 1 << 28  # the csv module's own limit of 131,072 characters would refuse a long text


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of a row, or what is wrong with it, and the number of its first line."""

    line: int
    cells: tuple[str, ...] = ()
    wrong: str = ""
    raw: str = ""


def read_table(origin: Origin) -> Iterator[Loaded | Problem]:
    """A document for each row below the header; ready triples where the header or the caller says so."""
    if is_triples(origin):
        yield from read_triples(origin)
        return
    fields = origin.fields
    with open_text(origin.path) as (lines, note):
        first = lines.readline()
        lines.seek(0)
        delimiter = fields.delimiter or delimiter_of(first)
        rows = _rows(lines, delimiter)
        header = next(rows, Row(1))
        names = [name.strip() for name in header.cells]
        wrong = header.wrong or _wrong_header(names, fields.text)
        if wrong:
            yield Problem(origin.uri, wrong)
        elif fields.text in names:
            yield from _records(origin, names, rows, note)
        else:
            yield from _table(origin, header, rows, RowTable(origin, note, *_head(header), delimiter))


def _records(origin: Origin, names: list[str], rows: Iterator[Row], note: str) -> Iterator[Loaded | Problem]:
    """A document for each row, by its column of text."""
    records, number = Records(origin, note), 0
    for number, row in enumerate(rows, start=1):
        if wrong := _wrong_row(row, len(names)):
            yield Problem(f"{origin.uri}#line={row.line}", f"line {row.line} {wrong}; it is left out")
            continue
        text = origin.fields.text
        record = {name: cell for name, cell in zip(names, row.cells, strict=True) if cell or name == text}
        yield records.read(record, number, f"line {row.line}")
    if not number:
        yield Problem(origin.uri, "holds no rows")


def _table(origin: Origin, header: Row, rows: Iterator[Row], table: RowTable) -> Iterator[Loaded | Problem]:
    """The rows as they stand, some thousand a document; each is read as facts of what it is about."""
    for row in rows if table.header else chain([header], rows):
        if wrong := _wrong_row(row, len(header.cells)):
            yield Problem(f"{origin.uri}#line={row.line}", f"line {row.line} {wrong}; it is left out")
        else:
            yield from table.add(row.raw, row.cells)
    if not table.count:
        yield Problem(origin.uri, "holds no rows")
    yield from table.rest()


def _head(header: Row) -> tuple[str]:
    """The header's line; "" where the first row is one of values, not of names."""
    return ("" if any(typed_value(cell) is not None for cell in header.cells) else header.raw,)


def _wrong_row(row: Row, width: int) -> str:
    if row.wrong or len(row.cells) == width:
        return row.wrong
    return f"has {len(row.cells)} columns where the header has {width}"


def count_table(origin: Origin) -> int:
    """How many documents the rows make."""
    with open_text(origin.path) as (lines, _):
        first = lines.readline()
        rows = _rows(chain([first], lines), origin.fields.delimiter or delimiter_of(first))
        named = origin.fields.text in [name.strip() for name in next(rows, Row(1)).cells]
        number = sum(1 for _ in rows)
        return number if named else -(-number // ROWS)


def _wrong_header(names: list[str], text: str) -> str:
    if not any(names):
        return "is empty"
    twice = next((name for place, name in enumerate(names) if name in names[:place]), None)
    if twice is not None and text in names:
        return f"has two columns named {twice!r}"
    if text not in names and text != Fields().text:
        return f"has no column {text!r} (it has {', '.join(map(repr, names))}): say which column holds the text"
    return ""


class _Lines:
    """Lines that can be given back: an open quotation mark swallows rows, which must be read again without it."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self._returned: deque[str] = deque()
        self.taken: list[str] = []
        self.read = 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._returned.popleft() if self._returned else next(self._lines)
        self.taken.append(line)
        self.read += 1
        return line

    def give_back_all_but_first(self) -> None:
        self._returned.extendleft(reversed(self.taken[1:]))
        self.read -= len(self.taken) - 1


def _rows(raw: Iterator[str], delimiter: str) -> Iterator[Row]:
    lines = _Lines(raw)
    width = 0
    while True:
        lines.taken = []
        row = _row(lines, delimiter, width)
        if row is None:
            return
        width = width or len(row.cells)
        if row.wrong or row.cells:
            yield row


def _row(lines: _Lines, delimiter: str, width: int) -> Row | None:
    """The next row; None at the end, no cells for a blank line. One that spans lines and does not fit is taken to be
    one line with an open quotation mark."""
    line = lines.read + 1
    previous = csv.field_size_limit(_LONGEST_CELL)
    try:
        cells = tuple(next(csv.reader(lines, delimiter=delimiter, strict=True)))
        if len(lines.taken) > 1 and width and len(cells) != width:
            raise csv.Error("ragged over several lines")
        return Row(line, cells, raw="".join(lines.taken))
    except StopIteration:
        return None
    except csv.Error:
        lines.give_back_all_but_first()
        if lines.taken[0].count('"') % 2:
            return Row(line, wrong="opens a quotation mark that it does not close")
        # A mark in the middle of a cell is sloppy, but clear.
        return Row(line, tuple(next(csv.reader(lines.taken[:1], delimiter=delimiter), ())), raw=lines.taken[0])
    finally:
        csv.field_size_limit(previous)
