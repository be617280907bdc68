"""Pieces to lines in reading order: columns of prose one after the other, rows of a table side by side.

Columns are told from tables by their lines: prose fills its column and is drawn column by column, the cells of a
table are short and drawn row by row. What crosses a gutter (a title above two columns) parts what is above it from
what is below, as in the recursive cut of Nagy and Seth (1984).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from clew.ingest.load.pdf.pieces import Piece

Line = list[Piece]
_TOUCHING = 0.3  # of the font's size: a gap that parts no pieces
_LEAST = 3  # lines that make a column
_PROSE = 4  # words a line of prose
_DEEPEST = 4  # columns within columns


@dataclass(frozen=True, slots=True)
class Column:
    """Lines that follow each other, and how far to the right they may reach."""

    lines: list[Line]
    right: float


def columns_of(pieces: Sequence[Piece], right: float = 0.0, depth: int = 0) -> list[Column]:
    """The pieces as columns of lines, in reading order; a line's pieces go from left to right. `right` is how far the
    lines may reach at least."""
    if not pieces:
        return []
    right = max(right, *(one.right for one in pieces))
    gutter = _gutter(pieces) if depth < _DEEPEST else None
    if gutter is None:
        return [Column(_rows(pieces), right)]
    found: list[Column] = []
    reach = max((one.right for one in pieces if one.right <= gutter), default=right)
    over = _across(pieces, gutter)
    across = [one for one in pieces if id(one) in over]
    rest = [one for one in pieces if id(one) not in over]
    together = False
    for line in [*_rows(across), None]:
        floor = min(one.bottom for one in line) if line else float("-inf")
        band = [one for one in rest if (one.top + one.bottom) / 2 > floor]
        rest = [one for one in rest if (one.top + one.bottom) / 2 <= floor]
        for side, limit in _sides(band, gutter, reach, right):
            found += columns_of(side, limit, depth + 1)
        if line and together and not band:
            found[-1].lines.append(line)
        elif line:
            found.append(Column([line], right))
        together = line is not None
    return found


def _across(pieces: Sequence[Piece], gutter: float) -> set[int]:
    """Ids of the pieces that cross the gutter, and of those on lines that are drawn from one side to the other."""
    found = {id(one) for one in pieces if one.left < gutter < one.right}
    for row in _level_rows(pieces):
        orders = sorted(one.order for one in row)
        sides = {one.left >= gutter for one in row}
        if len(sides) > 1 and orders[-1] - orders[0] == len(orders) - 1:
            found |= {id(one) for one in row}
    return found


def _sides(band: Sequence[Piece], gutter: float, reach: float, right: float) -> list[tuple[list[Piece], float]]:
    """What stands left of the gutter, what right of it, and what is drawn after both and stands below both."""
    before = [one for one in band if one.right <= gutter]
    behind = [one for one in band if one.left >= gutter]
    last = max((one.order for one in behind), default=len(band) + max((one.order for one in before), default=0))
    floor = min((one.bottom for one in behind), default=0.0)
    below = [one for one in before if one.order > last and one.top < floor + one.height / 2]
    before = [one for one in before if not any(one is other for other in below)]
    return [(before, reach), (behind, right), (below, right)]


def _rows(pieces: Sequence[Piece]) -> list[Line]:
    return [_closed(sorted(row, key=lambda one: (one.left, one.order))) for row in _level_rows(pieces)]


def _level_rows(pieces: Sequence[Piece]) -> list[Line]:
    """The pieces that stand on one line each, from top to bottom."""
    rows: list[Line] = []
    for piece in sorted(pieces, key=lambda one: (-(one.top + one.bottom), one.left)):
        row = next((row for row in rows[-3:] if row[0].beside(piece)), None)
        if row is None:
            rows.append([piece])
        else:
            row.append(piece)
    return rows


def _closed(row: Line) -> Line:
    """The row with pieces that touch made one."""
    closed: Line = []
    for piece in row:
        before = closed[-1] if closed else None
        gap = piece.left - before.right if before else 0.0
        if before is None or before.value or gap > _TOUCHING * max(piece.size, before.size):
            closed.append(piece)
            continue
        closed[-1] = replace(
            before,
            text=before.text + (" " if gap > 0.15 * piece.size else "") + piece.text,
            bottom=min(before.bottom, piece.bottom),
            right=max(before.right, piece.right),
            top=max(before.top, piece.top),
            size=max(before.size, piece.size),
            bold=before.bold and piece.bold,
            order=piece.order,
            value=piece.value,
        )
    return closed


def _gutter(pieces: Sequence[Piece]) -> float | None:
    """Where a column ends and another begins, the best such place; None where there is none."""
    best, fewest = None, len(pieces)
    for place in _places(pieces):
        over = _across(pieces, place)
        left = [one for one in pieces if one.right <= place and id(one) not in over]
        right = [one for one in pieces if one.left >= place and id(one) not in over]
        across = sum(one.left < place < one.right for one in pieces)
        high = min(_heights(left), _heights(right)) >= _LEAST
        if high and across < min(fewest, len(pieces) / 2) and _are_columns(left, right):
            best, fewest = place, across
    return best


def _places(pieces: Sequence[Piece]) -> list[float]:
    """Left edges that several pieces share, a little to the left."""
    edges = sorted(one.left for one in pieces)
    shared: list[tuple[int, float]] = []
    start = 0
    for end in range(1, len(edges) + 1):
        if end == len(edges) or edges[end] - edges[start] > 3:
            if end - start >= 2:
                shared.append((end - start, edges[start] - 1))
            start = end
    best = sorted(shared, reverse=True)[:12]
    return sorted(place for _, place in best)


def _are_columns(left: Sequence[Piece], right: Sequence[Piece]) -> bool:
    """Whether two sides are columns and no parts of one table."""
    drawn = sorted([(one.order, 0) for one in left] + [(one.order, 1) for one in right])
    switches = sum(first[1] != second[1] for first, second in pairwise(drawn))
    fewer = min(len(left), len(right))
    if min(_words(left), _words(right)) < _PROSE and _level(left, right) > 0.8:  # labels and what they label
        return False
    if switches <= 1 + fewer // 8:  # drawn one after the other
        return True
    return switches > fewer >= 8 and min(_words(left), _words(right)) >= _PROSE + 1


def _level(left: Sequence[Piece], right: Sequence[Piece]) -> float:
    """The share of the fewer pieces that have one of the other side on their line."""
    fewer, more = sorted((left, right), key=len)
    return sum(any(one.beside(other) for other in more) for one in fewer) / len(fewer)


def _words(side: Sequence[Piece]) -> float:
    """Words a line."""
    return sum(one.text.count(" ") + 1 for one in side) / max(_heights(side), 1)


def _heights(side: Sequence[Piece]) -> int:
    """How many lines these pieces make, nearly."""
    return len({round(one.bottom / 4) for one in side})
