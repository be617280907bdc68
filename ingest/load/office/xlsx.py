"""Excel workbooks, by openpyxl: each sheet's tables as they are shown, with comments."""

from __future__ import annotations

import datetime
import io
import re
from collections.abc import Iterator, Sequence
from typing import Any

from openpyxl import load_workbook

from clew.graph.errors import SourceError
from clew.ingest.load.items import Loaded, Origin
from clew.ingest.load.office.package import opened
from clew.ingest.load.text_builder import TextBuilder, Words, words

_MOST_CELLS = 5_000_000
_SIGN = re.compile(r'\[\$([^\]-]{1,3})[^\]]*\]|"([^"\d]{1,4})"|([$€£¥])')
_LITERAL = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')
Grid = list[list[Words | None]]


def read(origin: Origin) -> Loaded:
    """One document of all sheets, each a place of its own; what blank rows part is a table of its own."""
    builder, named = opened(origin, "Excel", "workbook", _read)
    return builder.loaded(origin, named)


def _read(data: bytes) -> tuple[TextBuilder, str]:
    builder = TextBuilder()
    shown = load_workbook(io.BytesIO(data), data_only=True, rich_text=False)
    written = load_workbook(io.BytesIO(data), data_only=False, rich_text=False)
    for sheet in shown.worksheets:
        builder.losses["hidden sheets read too"] += sheet.sheet_state != "visible"
        builder.losses["charts not read"] += len(sheet._charts)
        builder.losses["pictures not read"] += len(sheet._images)
        if (sheet.max_row or 0) * (sheet.max_column or 0) > _MOST_CELLS:
            raise SourceError(f"has over {_MOST_CELLS:,} cells in the sheet {sheet.title}:", hint="save it as .csv")
        builder.place(sheet.title)
        if len(shown.worksheets) > 1:
            builder.heading(words(sheet.title), 1)
        comments: list[str] = []
        for table in _tables(_grid(sheet, written[sheet.title], builder, comments)):
            _write(builder, table)
        for comment in comments:
            builder.paragraph(words(comment), quoted=1)
    return builder, shown.properties.title or ""


def _grid(sheet: Any, written: Any, builder: TextBuilder, comments: list[str]) -> Grid:
    """The sheet's cells as they are shown; a merged one is one object in every place that it covers."""
    grid: Grid = []
    for row in sheet.iter_rows():
        line: list[Words | None] = []
        for cell in row:
            said = _shown(cell.value, cell.number_format) if cell.value is not None else ""
            if not said and str(written[cell.coordinate].value or "").startswith("="):
                builder.losses["formulas without a stored value left out"] += 1
            line.append(words(said) if said else None)
            if getattr(cell, "comment", None) is not None:
                author = f" by {cell.comment.author}" if cell.comment.author else ""
                comments.append(f"Comment{author} on {cell.coordinate}: {cell.comment.text}")
        grid.append(line)
    for merged in sheet.merged_cells.ranges:
        _spread(grid, merged)
    return grid


def _spread(grid: Grid, merged: Any) -> None:
    rows, columns = (merged.min_row - 1, merged.max_row), (merged.min_col - 1, merged.max_col)
    if rows[0] < len(grid) and columns[0] < len(grid[rows[0]]):
        said = grid[rows[0]][columns[0]]
        for row in grid[slice(*rows)]:
            for column in range(columns[0], min(columns[1], len(row))):
                row[column] = said


def _tables(grid: Grid) -> Iterator[Grid]:
    """What blank rows part, in order."""
    table: Grid = []
    for row in [*grid, []]:
        if any(row):
            table.append(row)
        elif table:
            yield table
            table = []


def _write(builder: TextBuilder, table: Grid) -> None:
    """Rows of one cell above a table are its title; the rest is the table, named by its first row if that is words."""
    titles = 0
    while titles < len(table) and len({id(cell) for cell in table[titles] if cell}) == 1:
        titles += 1
    if titles == len(table) and len(table) > 1 and _is_column(table):
        titles = 0
    for row in table[:titles]:
        builder.paragraph(next(cell for cell in row if cell is not None and cell.text))
    rows = table[titles:]
    if rows:
        builder.table(rows, header=int(len(rows) > 1 and _names_columns(rows)))


def _is_column(table: Grid) -> bool:
    """Whether all of its cells stand in one column, so that it is a list."""
    return len({place for row in table for place, cell in enumerate(row) if cell}) == 1


def _names_columns(rows: Sequence[Sequence[Words | None]]) -> bool:
    """Whether the first row names the columns: words in it, and none of its cells is a number."""
    first = [cell for cell in rows[0] if cell]
    most = max(sum(cell is not None for cell in row) for row in rows)
    return 2 * len(first) > most and not any(cell.text[:1].isdigit() for cell in first)


def _shown(value: object, style: str) -> str:
    """The value as the sheet shows it, nearly: dates in ISO form, per cent and currency with their signs."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime.datetime):
        whole = value.time() == datetime.time()
        return value.date().isoformat() if whole else value.isoformat(" ", "minutes" if not value.second else "seconds")
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, int | float):
        return _number(value, style)
    return str(value)


def _number(value: float, style: str) -> str:
    plain = _LITERAL.sub("", style)
    if "%" in plain:
        return f"{value * 100:.10g}%"
    said = f"{value:.15g}" if isinstance(value, float) else str(value)
    sign = _SIGN.search(style)
    mark = next(filter(None, sign.groups()), "").strip() if sign else ""
    if not mark:
        return said
    return f"{said} {mark}" if sign and sign.start() > style.find("0") >= 0 else f"{mark} {said}"
