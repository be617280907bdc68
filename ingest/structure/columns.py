"""Tables that plain text sets in columns of a fixed width: logs, listings, what a program printed."""

from __future__ import annotations

from collections.abc import Sequence

from clew.ingest.structure.blocks import Span
from clew.ingest.structure.lists import is_mark
from clew.ingest.structure.prose import trim

_MOST = 12  # columns
_LEAST_ROWS = 3
_LONGEST_LINE = 400


def columns(text: str, lines: Sequence[Span]) -> tuple[tuple[Span, ...], ...]:
    """The cells of these lines, row by row, where at least three rows keep to the same columns, two blanks or more
    apart; else nothing. A line with nothing but its last column goes
    on with the row above."""
    if len(lines) < _LEAST_ROWS or any(end - start > _LONGEST_LINE for start, end in lines):
        return ()
    width = max(end - start for start, end in lines)
    used = [False] * width
    for start, end in lines:
        for place in range(start, end):
            used[place - start] = used[place - start] or not text[place].isspace()
    bounds = _bounds(used)
    if not 2 <= len(bounds) <= _MOST:
        return ()
    rows: list[list[Span]] = []
    for start, end in lines:
        cells = [trim(text, min(start + first, end), min(start + last, end)) for first, last in bounds]
        if cells[0][0] < cells[0][1]:
            rows.append(cells)
        elif rows and all(cell[0] == cell[1] for cell in cells[:-1]):  # the last cell goes on
            rows[-1] = [_joined(above, cell) for above, cell in zip(rows[-1], cells, strict=True)]
        else:
            return ()
    full = sum(all(cell[0] < cell[1] for cell in row) for row in rows)
    listed = sum(is_mark(text[slice(*row[0])]) for row in rows)  # "1.", "2.": a list
    table = len(rows) >= _LEAST_ROWS and 5 * full >= 4 * len(rows) and 2 * listed < len(rows)
    return tuple(map(tuple, rows)) if table else ()


def _joined(above: Span, cell: Span) -> Span:
    if cell[0] == cell[1]:
        return above
    return cell if above[0] == above[1] else (above[0], cell[1])


def _bounds(used: Sequence[bool]) -> list[Span]:
    """The columns: runs of places that some line uses, parted by two blanks or more."""
    bounds: list[Span] = []
    start, blank = -1, 0
    for place, filled in enumerate(used):
        if filled:
            start = place if start < 0 else start
            blank = 0
            continue
        blank += 1
        if blank == 2 and start >= 0:
            bounds.append((start, place - 1))
            start = -1
    if start >= 0:
        bounds.append((start, len(used)))
    return bounds


__all__ = ["columns"]
