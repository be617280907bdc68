"""Tables of web pages: their cells with all that they span, and which tables only arrange a page."""

from __future__ import annotations

from collections.abc import Callable
from itertools import takewhile

from bs4.element import Tag

from clew.ingest.load.text_builder import Words

_ARRANGED = ["h1", "h2", "h3", "h4", "h5", "h6", "table", "form", "section", "article", "main", "nav"]
_WIDEST = 100  # columns or rows that a cell is taken to span
_PROSE = 3  # paragraphs in a cell that arranges text


def is_layout(table: Tag) -> bool:
    """Whether the table only arranges a page: it says so, or its cells hold headings, tables or several paragraphs."""
    if table.get("role") in {"presentation", "none"}:
        return True
    if table.find(_ARRANGED) is not None:
        return True
    cells = table.find_all(["td", "th"])
    long = sum(len(cell.find_all(["p", "div"], limit=_PROSE)) >= _PROSE for cell in cells)
    return len(cells) <= 1 or 2 * long >= len(cells)


def cells_of(table: Tag, read: Callable[[Tag], Words]) -> tuple[list[list[Words | None]], int]:
    """The cells row by row, one that spans several places being one object in each, and how many rows name columns."""
    rows = [row for row in table.find_all("tr") if row.find_parent("table") is table]
    grid: list[list[Words | None]] = []
    below: dict[int, tuple[Words, int]] = {}  # column -> the cell from above and in how many more rows it stands
    for row in rows:
        line: list[Words | None] = []
        for cell in row.find_all(["td", "th"], recursive=False):
            _fill(line, below)
            said = read(cell)
            wide, high = _span(cell, "colspan"), _span(cell, "rowspan")
            for _ in range(wide):
                if high > 1:
                    below[len(line)] = (said, high - 1)
                line.append(said)
        _fill(line, below)
        grid.append(line)
    return grid, _header(rows)


def _fill(line: list[Words | None], below: dict[int, tuple[Words, int]]) -> None:
    while len(line) in below:
        said, more = below.pop(len(line))
        if more > 1:
            below[len(line)] = (said, more - 1)
        line.append(said)


def _span(cell: Tag, name: str) -> int:
    value = cell.get(name)
    return min(max(int(value), 1), _WIDEST) if isinstance(value, str) and value.isdecimal() and len(value) < 6 else 1


def _header(rows: list[Tag]) -> int:
    """How many rows at the top name the columns: those in a head, or of heading cells alone."""
    named = sum(1 for _ in takewhile(_names_columns, rows))
    if named:
        return min(named, len(rows) - 1)
    return 0 if any(row.find("th") is not None for row in rows) else 1


def _names_columns(row: Tag) -> bool:
    return row.find_parent("thead") is not None or row.find("td") is None
