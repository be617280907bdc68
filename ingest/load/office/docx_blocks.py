"""The blocks of a Word document's stories: paragraphs, tables, and what hangs on them (text boxes, notes, comments)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from clew.ingest.load.office.docx_runs import Hanging, Runs
from clew.ingest.load.office.docx_styles import Styles
from clew.ingest.load.office.package import Element, attribute, local
from clew.ingest.load.text_builder import TextBuilder, Words, words

_THROUGH = {"sdtContent", "customXml", "ins", "moveTo", "smartTag", "Choice", "body", "hdr", "ftr"}
_DEEPEST = 40


@dataclass
class Story:
    """Reads containers of blocks into the builder. `notes` holds footnotes, endnotes and comments by kind and id."""

    builder: TextBuilder
    styles: Styles
    part: Any
    notes: Mapping[tuple[str, str], Element] = field(default_factory=dict)
    quoted: int = 0
    _depth: int = 0

    def blocks(self, container: Element) -> None:
        """All blocks of the container are in the text, in order."""
        self._depth += 1
        if self._depth > _DEEPEST:
            self.builder.losses["parts nested too deeply, left out"] += 1
        else:
            for element in children(container):
                name = local(element)
                if name == "p":
                    self._paragraph(element)
                elif name == "tbl":
                    self._table(element)
                elif name == "altChunk":
                    self.builder.losses["embedded files not read"] += 1
        self._depth -= 1

    def _paragraph(self, element: Element) -> None:
        said, hanging = self._words(element, lines=True)
        style = self.styles.paragraph(element)
        if style.level:
            self.builder.heading(said, style.level)
        elif style.contents:
            self.builder.code(said.text)
        elif style.depth:
            self.builder.item(said, level=style.depth, quoted=self.quoted)
        else:
            self.builder.paragraph(said, quoted=self.quoted)
        self._hanging(hanging)

    def _words(self, element: Element, *, lines: bool) -> tuple[Words, list[Hanging]]:
        runs = Runs(self.builder.losses, self.part, Words(lines))
        runs.read(element)
        return runs.said, runs.hanging

    def _hanging(self, hanging: list[Hanging]) -> None:
        """Text boxes, notes, comments and what pictures show, after the block that they hang on."""
        for one in hanging:
            if one.kind == "box":
                self.blocks(one.element)
            elif one.kind == "said":
                self.builder.paragraph(words(one.text), quoted=self.quoted)
            elif (note := self.notes.get((one.kind, one.text))) is not None:
                self._note(one.kind, note)

    def _note(self, kind: str, note: Element) -> None:
        if kind == "comment":
            self.quoted += 1
            author = attribute(note, "author")
            self.builder.paragraph(words(f"Comment by {author}:" if author else "Comment:"), quoted=self.quoted)
        self.blocks(note)
        if kind == "comment":
            self.quoted -= 1

    def _table(self, table: Element) -> None:
        rows = [row for row in children(table) if local(row) == "tr"]
        kept = [row for row in rows if not _deleted(row)]
        self.builder.losses["deleted table rows left out"] += len(rows) - len(kept)
        cells = [_cells(row) for row in kept]
        if _is_layout([cell for row in cells for cell, _, _ in row]):
            for row in cells:
                for cell, _, merged in row:
                    if not merged:
                        self.blocks(cell)
            return
        hanging: list[Hanging] = []
        grid = self._grid(kept, cells, hanging)
        header = sum(1 for _ in _leading(kept)) or 1
        self.builder.table(grid, header=header, quoted=self.quoted)
        self._hanging(hanging)

    def _grid(
        self, rows: list[Element], cells: list[list[tuple[Element, int, bool]]], hanging: list[Hanging]
    ) -> list[list[Words | None]]:
        grid: list[list[Words | None]] = []
        for row, found in zip(rows, cells, strict=True):
            line: list[Words | None] = [None] * _before(row)
            for cell, span, merged in found:
                above = grid[-1][len(line)] if merged and grid and len(line) < len(grid[-1]) else None
                said = above if merged else self._cell(cell, hanging)
                line += [said] * span
            grid.append(line)
        return grid

    def _cell(self, cell: Element, hanging: list[Hanging]) -> Words:
        said = Words()
        for place, paragraph in enumerate(_paragraphs(cell)):
            if place:
                said.add(" ")
            runs = Runs(self.builder.losses, self.part, said)
            runs.read(paragraph)
            hanging += runs.hanging
        return said


def children(container: Element) -> Iterator[Element]:
    """The blocks of the container, those within wrappers included; alternatives once; deleted and moved ones not."""
    for element in container:
        name = local(element)
        if name == "AlternateContent":
            yield from children(alternative(element))
        elif name == "sdt":
            yield from children([child for child in element if local(child) == "sdtContent"])
        elif name in _THROUGH:
            yield from children(element)
        else:
            yield element


def alternative(element: Element) -> Element:
    """The first way in which the content may be shown."""
    return next((child for child in element if local(child) in {"Choice", "Fallback"}), [])


def _paragraphs(cell: Element) -> Iterator[Element]:
    """The paragraphs of a cell, those of tables within it included."""
    for element in children(cell):
        if local(element) == "p":
            yield element
        elif local(element) in {"tbl", "tr", "tc"}:
            yield from _paragraphs(element)


def _is_layout(cells: list[Element]) -> bool:
    """Whether a table only arranges text: one cell, or cells of several blocks each."""
    if len(cells) <= 1:
        return True
    long = sum(sum(bool("".join(one.itertext()).strip()) for one in children(cell)) > 2 for cell in cells)
    return 2 * long >= len(cells)


def _cells(row: Element) -> list[tuple[Element, int, bool]]:
    """Each cell with the number of columns that it spans and whether it goes on from the row above."""
    found = []
    for cell in children(row):
        if local(cell) == "tc":
            properties = next((child for child in cell if local(child) == "tcPr"), ())
            span = next((attribute(one, "val") for one in properties if local(one) == "gridSpan"), "1")
            merged = next((attribute(one, "val") for one in properties if local(one) == "vMerge"), "restart")
            found.append((cell, min(int(span), 1000) if span.isdigit() else 1, merged in {"", "continue"}))
    return found


def _before(row: Element) -> int:
    """How many columns the row leaves out at its start."""
    for properties in row:
        if local(properties) == "trPr":
            left = next((attribute(one, "val") for one in properties if local(one) == "gridBefore"), "0")
            return min(int(left), 1000) if left.isdigit() else 0
    return 0


def _deleted(row: Element) -> bool:
    return any(local(one) == "del" for properties in row if local(properties) == "trPr" for one in properties)


def _leading(rows: list[Element]) -> Iterator[Element]:
    """The rows at the start that are marked to be repeated on every page: the table's header."""
    for row in rows:
        if not any(
            local(one) == "tblHeader" for properties in row if local(properties) == "trPr" for one in properties
        ):
            return
        yield row
