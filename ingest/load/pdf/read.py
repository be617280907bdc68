"""PDF files, by PDFium: each page's text in reading order, with headings, tables, form values and comments."""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pypdfium2 as pdfium
from pypdfium2 import raw

from clew.graph.errors import SourceError
from clew.ingest.load.decode import read_bytes
from clew.ingest.load.items import Loaded, Origin, Section
from clew.ingest.load.pdf.flow import Flow, Stretch, body_size, known_words
from clew.ingest.load.pdf.form import filled
from clew.ingest.load.pdf.layout import Column, Line, columns_of
from clew.ingest.load.pdf.pieces import Piece, pieces_of
from clew.ingest.load.text_builder import TextBuilder, Words, words

_ONE_AT_A_TIME = threading.Lock()  # PDFium is not made for threads
_DIGITS = re.compile(r"\d+")
_REPEATED = 3  # pages that make a line at their edge a running head
_XFA = 2


@dataclass
class _Page:
    number: int
    columns: list[Column]
    comments: list[str]

    @property
    def lines(self) -> list[Line]:
        return [line for column in self.columns for line in column.lines]


@dataclass
class _Pdf:
    """What was taken out of the file."""

    title: str = ""
    pages: list[_Page] = field(default_factory=list)
    unread: list[int] = field(default_factory=list)
    losses: Counter[str] = field(default_factory=Counter)


def read(origin: Origin) -> Loaded:
    """One document of the text of all pages; each page is a section of level 0, and one without text is named."""
    with _ONE_AT_A_TIME:
        pdf = _pdf(read_bytes(origin.path))
    builder = TextBuilder(pdf.losses)
    _write(pdf, builder)
    if not builder.text:
        raise SourceError("holds no text, only pictures perhaps:", hint="run text recognition (OCR) on it first")
    unread = f"no text on page {', '.join(map(str, pdf.unread[:20]))}" if pdf.unread else ""
    more = f" and {len(pdf.unread) - 20} more pages" if len(pdf.unread) > 20 else ""
    return builder.loaded(origin, pdf.title, note=unread + more)


def _pdf(data: bytes) -> _Pdf:
    try:
        opened = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if "password" in str(error).casefold():
            raise SourceError("is encrypted:", hint="remove the password") from error
        raise SourceError(f"is a broken PDF: {error}") from error
    try:
        if not len(opened):
            raise SourceError("is a PDF without pages")
        if opened.get_formtype() != raw.FORMTYPE_NONE:
            opened.init_forms()
        found = _Pdf(opened.get_metadata_value("Title"))
        found.losses["embedded files not read"] += opened.count_attachments()
        if opened.get_formtype() >= _XFA:
            found.losses["form of the XFA kind, whose own texts are not read"] += 1
        for number in range(len(opened)):
            _page(opened, number, found)
        return found
    finally:
        opened.close()


def _page(opened: Any, number: int, found: _Pdf) -> None:
    """The page's lines are in `found`, or its number among those without text."""
    groups: list[list[Piece]] = []
    comments: list[str] = []
    width = 0.0
    try:
        page = opened[number]
        text_page = page.get_textpage()
        groups = pieces_of(text_page)
        width = page.get_width()
        form = opened.formenv.raw if opened.formenv else None
        level, comments = filled(groups[0] if groups else [], page, form)
        groups = [level, *groups[1:]]
        text_page.close()
        page.close()
    except Exception:  # a page of untrusted bytes can fail in any way; the other pages are still of use
        found.losses["pages that could not be read whole"] += 1
    columns = [column for group in groups for column in columns_of(group, _reach(group, width))]
    if columns or comments:
        found.pages.append(_Page(number + 1, columns, comments))
    else:
        found.unread.append(number + 1)


def _reach(group: list[Piece], width: float) -> float:
    """How far to the right text may go on a page whose margins are alike."""
    left = min((one.left for one in group), default=0.0)
    return width - left if 0 <= left < width / 3 else 0.0


def _write(pdf: _Pdf, builder: TextBuilder) -> None:
    repeated = _repeated(pdf.pages)
    pieces = [piece for page in pdf.pages for line in page.lines for piece in line]
    flow = Flow(body_size(iter(pieces)), known_words(iter(pieces)))
    seen: set[str] = set()
    for page in pdf.pages:
        edges = [line for line in _edges(page) if _key(line) in repeated]
        flow.page(page.number, [_without(column, edges, seen) for column in page.columns])
        flow.stretches += [Stretch("comment", said) for said in page.comments]
    if left := sum(repeated.values()):
        builder.losses["running heads and page numbers left out"] += left
    levels = _levels(flow)
    for stretch in flow.stretches:
        _stretch(builder, stretch, levels)


def _stretch(builder: TextBuilder, stretch: Stretch, levels: dict[float, int]) -> None:
    held = len(builder.blocks)
    if stretch.kind == "heading":
        builder.heading(words(stretch.text), levels.get(_rounded(stretch.size), 6))
    elif stretch.kind == "pair":
        builder.pair(words(stretch.text), words(stretch.value))
    elif stretch.kind == "table":
        rows: list[list[Words | None]] = [[words(cell) if cell else None for cell in row] for row in stretch.rows]
        builder.table(rows, header=_header(stretch.rows))
    elif stretch.kind == "item":
        builder.item(words(stretch.text), mark=stretch.mark or "-")
    else:
        builder.paragraph(words(stretch.text), quoted=stretch.kind == "comment")
    start = builder.blocks[held].start if len(builder.blocks) > held else len(builder.text)
    builder.places += [Section(start + place, f"page {number}", 0) for place, number in stretch.pages]


def _header(rows: Sequence[Sequence[str]]) -> int:
    """1 where the first row names the columns: it is full, and no number stands in it."""
    return int(len(rows) > 1 and all(cell and not _DIGITS.search(cell) for cell in rows[0]))


def _levels(flow: Flow) -> dict[float, int]:
    sizes = sorted({_rounded(one.size) for one in flow.stretches if one.kind == "heading"}, reverse=True)
    return {size: level for level, size in enumerate(sizes, start=1)}


def _rounded(size: float) -> float:
    return round(size * 2) / 2


def _repeated(pages: Sequence[_Page]) -> Counter[str]:
    """Lines at the top or bottom of pages that several pages share but for their numbers, each with the times that it
    is left out: all but the first, or all where a number is all that it says."""
    counts: Counter[str] = Counter()
    for page in pages:
        counts.update({_key(line) for line in _edges(page)})
    repeated = {key: count for key, count in counts.items() if count >= _REPEATED and 3 * count >= len(pages)}
    return Counter({key: count if _is_number(key) else count - 1 for key, count in repeated.items()})


def _edges(page: _Page) -> list[Line]:
    """The highest and the lowest two lines of the page."""
    lines = sorted(page.lines, key=lambda line: line[0].top)
    return lines if len(lines) <= 4 else [*lines[:2], *lines[-2:]]


def _without(column: Column, running: Sequence[Line], seen: set[str]) -> Column:
    kept = []
    for line in column.lines:
        if any(line is one for one in running):
            key = _key(line)
            if key in seen or _is_number(key):
                continue
            seen.add(key)
        kept.append(line)
    return Column(kept, column.right)


def _key(line: Line) -> str:
    return _DIGITS.sub("#", " ".join(piece.text for piece in line)).casefold()


def _is_number(key: str) -> bool:
    return "#" in key and sum(letter.isalpha() for letter in key) <= 6
