"""Rows of tables as a reader takes them: each cell behind its column's name, with its place in the text."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

LEAST = 3  # lines of a table
MOST = 60  # rows of one table that are read
_RULE = re.compile(r"[\s|:=+-]*-[\s|:=+-]*")
_DIGIT = re.compile(r"\d")


class Cell(NamedTuple):
    """A cell begins at `at` in its row's text and lies in `start` to `end` of the chunk; `column` is what stands above
    it, "" where nothing does."""

    at: int
    start: int
    end: int
    column: str


@dataclass(frozen=True, slots=True)
class Row:
    """A row's `text`, "city: Porto; manager: ...", and its cells. The row lies in `start` to `end` of the chunk;
    `table` is where its table begins."""

    text: str
    cells: tuple[Cell, ...]
    start: int
    end: int
    table: int = 0

    def cell(self, start: int, end: int) -> Cell | None:
        """The cell that `chunk.text[start:end]` is in; None where it is in none."""
        return next((one for one in self.cells if one.start <= start and end <= one.end), None)

    def place(self, start: int, end: int) -> tuple[int, int] | None:
        """Where in the chunk that lies which `text[start:end]` has of one cell, the one that it has most of; None where
        it has of none."""
        best: tuple[int, int, int] | None = None
        for cell in self.cells:
            low, high = max(start, cell.at), min(end, cell.at + cell.end - cell.start)
            if low < high and (best is None or high - low > best[0]):
                best = (high - low, cell.start + low - cell.at, cell.start + high - cell.at)
        return best and best[1:]


Line = tuple[int, str]
"""Where a line begins in the chunk, and the line."""


def rows_of(text: str) -> list[Row]:
    """The rows of all tables in a text: the whole of it where it is one delimited table, else lines with bars or tabs
    that follow one another and have as many cells each."""
    lines = list(_lines(text))
    for mark in (";", ","):
        if len(lines) >= LEAST and (found := _table([line for line in lines if line[1].strip()], mark)):
            return found
    found = []
    for mark in ("|", "\t"):
        for block in _blocks(lines, mark):
            found += _table(block, mark)
    return sorted(found, key=lambda row: row.start)


def _lines(text: str) -> Iterator[Line]:
    at = 0
    for line in text.split("\n"):
        yield at, line
        at += len(line) + 1


def _blocks(lines: Sequence[Line], mark: str) -> Iterator[list[Line]]:
    """Runs of lines that hold the mark; a ruled line belongs to its run."""
    run: list[Line] = []
    for line in [*lines, (0, "")]:
        if mark in line[1]:
            run.append(line)
        elif run:
            yield run
            run = []


def _table(lines: Sequence[Line], mark: str) -> list[Row]:
    """The rows of a table whose lines these are; none where they are something else."""
    kept = [(at, line) for at, line in lines if not _RULE.fullmatch(line)]
    parsed = [_cells(line, mark) for _, line in kept]
    if len(kept) < (2 if mark == "|" else LEAST) or any(len(cells) != len(parsed[0]) for cells in parsed):
        return []
    first = [name.strip().replace("_", " ") for name, _ in parsed[0]]
    if len(first) < 2:
        return []
    if mark in ",;" and any(name.endswith((".", "!", "?")) for name in first):
        return []  # prose
    headed = all(first) and not any(_DIGIT.match(name) for name in first) and not _same_kind(first, parsed[1:])
    if not headed and mark in ",;\t":
        return []
    header = first if headed else [""] * len(first)
    rows = list(zip(parsed, kept, strict=True))[headed:]
    return [_row(header, cells, at, line, kept[0][0]) for cells, (at, line) in rows[:MOST]]


def _same_kind(first: Sequence[str], rest: Sequence[Sequence[tuple[str, int]]]) -> bool:
    """Whether the first row has numbers where the others have, or what others have, and so is no header."""
    body = {value.strip().casefold() for row in rest for value, _ in row}
    if any(name.casefold() in body for name in first):
        return True
    return any(_DIGIT.search(name) and all(_DIGIT.search(row[n][0]) for row in rest) for n, name in enumerate(first))


def _cells(line: str, mark: str) -> list[tuple[str, int]]:
    """Each cell with its place in the line; quoted cells are read by the csv module and looked up."""
    if mark == "|":
        low = len(line) - len(line.lstrip()) + line.lstrip().startswith("|")
        found, at = [], low
        for value in line.rstrip().removesuffix("|")[low:].split("|"):
            found.append((value, at))
            at += len(value) + 1
        return found
    try:
        values = next(csv.reader(io.StringIO(line), delimiter=mark, strict=True), [])
    except csv.Error:
        return []
    found, at = [], 0
    for value in values:
        place = line.find(value, at) if value else at
        if place < 0:
            return []
        found.append((value, place))
        at = place + len(value)
    return found


def _row(header: Sequence[str], cells: Sequence[tuple[str, int]], at: int, line: str, table: int) -> Row:
    text, places = "", []
    for number, (name, (value, place)) in enumerate(zip(header, cells, strict=True)):
        own = value.strip()
        if not own:
            continue
        before = f"{name}: " if name else ""
        text += (": " if number == 1 and not name else "; ") + before if text else before
        start = at + place + value.find(own)
        places.append(Cell(len(text), start, start + len(own), name))
        text += own
    return Row(text, tuple(places), at, at + len(line), table)
