"""Text and blocks made together, for loaders whose files say themselves what each part is (HTML, Word, Markdown)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from clew.ingest.load.items import Section
from clew.ingest.structure.blocks import Block, Place, Span
from clew.ingest.structure.prose import prose


class Builder:
    """Collects the parts of a document in their order; `text`, `blocks` and `sections` are what they make."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self.blocks: list[Block] = []

    @property
    def text(self) -> str:
        """All that was written."""
        return "".join(self._parts)

    @property
    def sections(self) -> tuple[Section, ...]:
        """The headings among the blocks."""
        return sections(self.text, self.blocks)

    def write(self, words: str, *, before: str = "\n\n") -> Span:
        """The words stand at the end of the text, behind what has to stand `before` them; returns their span."""
        if self._parts:
            self._append(before)
        self._append(words)
        return self._length - len(words), self._length

    def _append(self, words: str) -> None:
        self._parts.append(words)
        self._length += len(words)

    def heading(self, words: str, level: int = 1) -> None:
        """A heading is added."""
        start, end = self.write(words)
        self.blocks.append(Block("heading", start, end, level=level))

    def paragraph(
        self, words: str, *, quoted: int = 0, silent: Sequence[Span] = (), wrapped: bool = True, before: str = "\n\n"
    ) -> None:
        """A paragraph is added, and the key-value lines in it as what they are. `silent` are offsets in the words; the
        lines join unless not `wrapped`."""
        start, _ = self.write(words, before=before)
        self._read(words, start, 0, quoted, silent, wrapped=wrapped)

    def item(
        self, words: str, *, level: int = 1, mark: str = "- ", quoted: int = 0, silent: Sequence[Span] = ()
    ) -> None:
        """An item of a list is added, with its mark, at its depth."""
        before = "\n" if self.blocks and self.blocks[-1].level and self.blocks[-1].kind in {"item", "pair"} else "\n\n"
        self.write("  " * (level - 1) + mark, before=before)
        start = self.write(words, before="")[0]
        self._read(words, start, level, quoted, silent, wrapped=True)

    def _read(self, words: str, start: int, level: int, quoted: int, silent: Sequence[Span], *, wrapped: bool) -> None:
        for block in prose(words, 0, len(words), level=level, wrapped=wrapped):
            inside = tuple((a + start, b + start) for a, b in silent if block.start <= a and b <= block.end)
            self.blocks.append(replace(shifted(block, start), quoted=quoted, silent=inside))

    def pair(self, key: str, value: str, *, level: int = 0, place: Place = "", quoted: int = 0) -> None:
        """A key and its value are added as a line."""
        last = self.blocks[-1] if self.blocks else None
        near = last is not None and last.kind == "pair" and last.place == place
        keyed = self.write(key, before="\n" if near else "\n\n")
        self.write(": ", before="")
        valued = self.write(value, before="")
        self.blocks.append(
            Block("pair", keyed[0], valued[1], level=level, key=keyed, value=valued, place=place, quoted=quoted)
        )

    def table(self, rows: Iterable[Sequence[str]], *, header: int = 1, quoted: int = 0) -> None:
        """A table is added, a line for each row; rows that are too short are filled up with empty cells."""
        spans: list[tuple[Span, ...]] = []
        first = 0
        for row in rows:
            cells = []
            for place, cell in enumerate(row):
                before = " | " if place else "\n" if spans else "\n\n"
                cells.append(self.write(" ".join(cell.split()), before=before))
            first = first if spans else cells[0][0] if cells else self._length
            spans.append(tuple(cells))
        width = max(map(len, spans), default=0)
        if width:
            filled = tuple(
                row + ((row[-1][1], row[-1][1]) if row else (first, first),) * (width - len(row)) for row in spans
            )
            self.blocks.append(Block("table", first, self._length, rows=filled, header=header, quoted=quoted))

    def code(self, words: str) -> None:
        """Code is added: searched, never read."""
        start, end = self.write(words)
        self.blocks.append(Block("code", start, end))


def shifted(block: Block, by: int) -> Block:
    """The block at its place in a text that begins `by` characters earlier."""
    moved = replace(block, start=block.start + by, end=block.end + by)
    if block.kind == "pair":
        key, value = block.key, block.value
        moved = replace(moved, key=(key[0] + by, key[1] + by), value=(value[0] + by, value[1] + by))
    return moved


def sections(text: str, blocks: Iterable[Block]) -> tuple[Section, ...]:
    """The headings among the blocks, their white space single."""
    return tuple(
        Section(block.start, " ".join(text[block.start : block.end].split()), block.level)
        for block in blocks
        if block.kind == "heading"
    )


__all__ = ["Builder", "sections", "shifted"]
