"""Rows of delimited tables as a reader takes them: each cell behind its column's name, with its place in the text."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

LEAST = 3  # lines of a table
MOST = 60  # rows of one chunk that are read


@dataclass(frozen=True, slots=True)
class Row:
    """A row's `text`, "city: Porto; manager: ...", and where each cell lies: (start in `text`, start and end in the
    chunk). The row itself is the chunk's `start` to `end`."""

    text: str
    cells: tuple[tuple[int, int, int], ...]
    start: int
    end: int

    def place(self, start: int, end: int) -> tuple[int, int] | None:
        """Where in the chunk the cell lies that `text[start:end]` is in; None where it is in none."""
        for at, low, high in self.cells:
            if at <= start and end <= at + (high - low):
                return low + start - at, low + end - at
        return None


def rows_of(text: str) -> list[Row]:
    """The rows of a text that is a delimited table with a header; none where it is something else."""
    lines: list[tuple[int, str]] = []
    at = 0
    for line in text.split("\n"):
        if line.strip():
            lines.append((at, line))
        at += len(line) + 1
    if len(lines) < LEAST:
        return []
    for mark in ("\t", ";", ",", "|"):
        parsed = [_cells(line, mark) for _, line in lines]
        width = len(parsed[0])
        if width > 1 and all(len(cells) == width for cells in parsed):
            header = [name.strip().strip("|").replace("_", " ") for name, _ in parsed[0]]
            if all(name and not name[0].isdigit() for name in header):
                kept = list(zip(parsed, lines, strict=True))[1 : MOST + 1]
                return [_row(header, cells, at, line) for cells, (at, line) in kept]
    return []


def _cells(line: str, mark: str) -> list[tuple[str, int]]:
    """Each cell with its place in the line; quoted cells are read by the csv module and looked up."""
    if mark == "|" and line.count("|") < 2:
        return []
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


def _row(header: list[str], cells: list[tuple[str, int]], at: int, line: str) -> Row:
    text, places = "", []
    for name, (value, place) in zip(header, cells, strict=True):
        own = value.strip()
        if not own:
            continue
        text += ("; " if text else "") + f"{name}: "
        start = at + place + value.find(own)
        places.append((len(text), start, start + len(own)))
        text += own
    return Row(text, tuple(places), at, at + len(line))
