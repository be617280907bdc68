"""A document's text put together block by block by the loaders of office files, web pages and PDF, with a count of
what was left out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from clew.graph.errors import SourceError
from clew.graph.model import Document
from clew.ingest.load.decode import clean
from clew.ingest.load.items import Loaded, Origin, Section
from clew.ingest.load.titles import title_of
from clew.ingest.structure.blocks import Block, Span
from clew.ingest.structure.build import Builder

_SPACES = re.compile(r"\s+")
_BLANKS = re.compile(r"[^\S\n]+")
_LINES = re.compile(r" ?\n[ \n]*")


@dataclass(slots=True)
class Words:
    """Words of one block on their way; `silent` are the spans that state nothing. With `lines`, line ends stay."""

    lines: bool = False
    text: str = ""
    silent: list[Span] = field(default_factory=list)

    def add(self, piece: str, *, silent: bool = False) -> None:
        """The piece stands at the end, its white space reduced to single blanks."""
        said = clean(piece)
        said = _LINES.sub("\n", _BLANKS.sub(" ", said)) if self.lines else _SPACES.sub(" ", said)
        if not self.text or self.text[-1].isspace():
            said = said.lstrip()
        start = len(self.text)
        self.text += said
        if silent and said.strip():
            self.silent.append((start, len(self.text)))

    def __bool__(self) -> bool:
        return any(letter.isalnum() for letter in self.text)

    def cut(self) -> Words:
        """The same without white space at its end."""
        text = self.text.rstrip()
        silent = [(start, min(end, len(text))) for start, end in self.silent if start < len(text)]
        return Words(self.lines, text, silent)


def words(text: str, *, lines: bool = False) -> Words:
    """The text as Words."""
    made = Words(lines)
    made.add(text)
    return made


@dataclass
class TextBuilder:
    """The text so far and its blocks in `built`, the pages, slides or sheets in `places`, and a count of what was left
    out in `losses`."""

    losses: Counter[str] = field(default_factory=Counter)
    built: Builder = field(default_factory=Builder)
    places: list[Section] = field(default_factory=list)
    _next: str = ""

    @property
    def text(self) -> str:
        """The whole text."""
        return self.built.text

    @property
    def blocks(self) -> list[Block]:
        """The blocks so far."""
        return self.built.blocks

    @property
    def sections(self) -> tuple[Section, ...]:
        """Headings and places, in order."""
        return tuple(sorted([*self.places, *self.built.sections], key=lambda section: (section.start, section.level)))

    def place(self, title: str) -> None:
        """What follows stands on this page, slide or sheet."""
        self._next = title

    def heading(self, said: Words, level: int) -> None:
        """A heading is written."""
        if said:
            self.built.heading(_SPACES.sub(" ", said.cut().text), level)
            self._placed(len(self.blocks) - 1)

    def paragraph(self, said: Words, *, quoted: int = 0) -> None:
        """A paragraph is written, where it says anything; its lines stay lines."""
        if said:
            said, held = said.cut(), len(self.blocks)
            self.built.paragraph(said.text, quoted=quoted, silent=said.silent, wrapped=not said.lines)
            self._placed(held)

    def item(self, said: Words, *, level: int = 1, quoted: int = 0, mark: str = "-") -> None:
        """An item of a list is written, where it says anything."""
        if said:
            said, held = said.cut(), len(self.blocks)
            self.built.item(said.text, level=level, mark=mark + " ", quoted=quoted, silent=said.silent)
            self._placed(held)

    def code(self, said: str) -> None:
        """Words are written that may be searched and state nothing."""
        if said.strip():
            self.built.code(said.strip("\n"))
            self._placed(len(self.blocks) - 1)

    def pair(self, key: Words, value: Words, *, level: int = 0, quoted: int = 0) -> None:
        """A key with its value is written on one line."""
        key, value = key.cut(), value.cut()
        named = key.text.rstrip(" :")
        if not named or not value.text:
            for said in (key, value):
                self.paragraph(said, quoted=quoted)
            return
        self.built.pair(_SPACES.sub(" ", named), value.text, level=level, quoted=quoted)
        start = self.blocks[-1].value[0]
        silent = tuple((start + first, start + last) for first, last in value.silent)
        self.blocks[-1] = replace(self.blocks[-1], silent=silent)
        self._placed(len(self.blocks) - 1)

    def table(self, rows: Sequence[Sequence[Words | None]], *, header: int = 1, quoted: int = 0) -> None:
        """A table is written, a line for each row. A merged cell is one object in every place that it covers, and is
        written once. A table of one column is none."""
        grid = _oblong([row for row in rows if any(cell is not None and cell.text.strip() for cell in row)])
        if not grid:
            return
        if len(grid[0]) == 1:
            for cell in {id(cell): cell for row in grid for cell in row}.values():
                self.paragraph(cell or Words(), quoted=quoted)
            return
        header = min(header, len(grid) - 1)
        table = _Table(self.built)
        spans = tuple(table.row(row) for row in grid)
        block = Block("table", spans[0][0][0], table.end, rows=spans, header=header, quoted=quoted)
        self.blocks.append(replace(block, start=table.start, silent=tuple(table.silent)))
        self._placed(len(self.blocks) - 1)

    def loaded(
        self,
        origin: Origin,
        named: object = "",
        *,
        title: str = "",
        note: str = "",
        metadata: dict[str, str] | None = None,
    ) -> Loaded:
        """The document that was built, called `title`, or what the text bears out of the title `named` in the file's
        metadata. Raises SourceError where nothing was built."""
        text, sections = self.text, self.sections
        if not text:
            left_out = told(self.losses)
            raise SourceError(f"holds no text that can be read: {left_out}" if left_out else "is empty")
        title = title or title_of(named, text, sections, origin.stem)
        document = Document.make(origin.uri, text, title=title, metadata=metadata)
        return Loaded(document, sections=sections, note=joined((note, told(self.losses))), blocks=tuple(self.blocks))

    def _placed(self, block: int) -> None:
        if self._next and block < len(self.blocks):
            self.places.append(Section(self.blocks[block].start, self._next, 0))
            self._next = ""


@dataclass
class _Table:
    """Writes the rows of one table."""

    built: Builder
    start: int = -1
    end: int = 0
    silent: list[Span] = field(default_factory=list)
    written: dict[int, Span] = field(default_factory=dict)

    def row(self, row: Sequence[Words | None]) -> tuple[Span, ...]:
        """The row is written; returns the spans of its cells."""
        before = "\n\n" if self.start < 0 else "\n"
        spans = []
        for cell in row:
            if cell is not None and cell.text.strip() and id(cell) not in self.written:
                self._write(cell.cut(), id(cell), before)
                before = " | "
            spans.append(self.written.get(id(cell), (self.end, self.end)))
        return tuple(spans)

    def _write(self, cell: Words, key: int, before: str) -> None:
        start, end = self.built.write(_SPACES.sub(" ", cell.text), before=before)
        self.start = start if self.start < 0 else self.start
        self.end = end
        self.written[key] = (start, end)
        self.silent += [(start + first, start + last) for first, last in cell.silent]


def _oblong(rows: Sequence[Sequence[Words | None]]) -> list[list[Words | None]]:
    """Rows of one length, without columns that are empty throughout."""
    width = max((len(row) for row in rows), default=0)
    full = [[*row, *[None] * (width - len(row))] for row in rows]
    kept = [place for place in range(width) if any(row[place] is not None for row in full)]
    return [[row[place] for place in kept] for row in full]


def told(losses: Counter[str]) -> str:
    """What was left out or is approximate, with its counts, for the report."""
    return "; ".join(f"{count:,} {what}" for what, count in sorted(losses.items()) if count > 0)


def joined(notes: Iterable[str]) -> str:
    """One note of several."""
    return "; ".join(filter(None, notes))


__all__ = ["TextBuilder", "Words", "joined", "told", "words"]
