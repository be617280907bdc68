"""Lines of running text: which of them make one paragraph, and which are key-value lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from clew.ingest.structure.blocks import Block, Span
from clew.ingest.structure.pairs import pair_at, run_in

_LINE = re.compile(r"[^\n]+")
_GAP = re.compile(r"[ \t]{3,}")
_ENDS = '.!?:;…"”»)'
_FULL = 0.75  # a line of at least this part of the width may go on in the next


@dataclass(slots=True)
class _Group:
    """Lines that belong together; `pair` where they begin with a key."""

    start: int
    end: int
    last: int  # where its last line begins
    indent: int
    pair: bool


def prose(
    text: str, start: int, end: int, *, level: int = 0, quoted: int = 0, wrapped: bool = True, width: int = 0
) -> list[Block]:
    """The blocks of `text[start:end]`, in which no other structure is: paragraphs (items, where `level` is not 0) and
    pairs. Lines join where the text is `wrapped` (a format says that line ends mean nothing), else where the next word
    would not have fitted into `width` characters or the sentence plainly goes on."""
    lines = _Lines(text, level, wrapped, width)
    return [block for group in lines.groups(start, end) for block in _blocks(text, group, level, quoted)]


@dataclass(frozen=True, slots=True)
class _Lines:
    text: str
    level: int
    wrapped: bool
    width: int

    def groups(self, start: int, end: int) -> Iterator[_Group]:
        """The lines of a stretch, those together that make one paragraph or one value."""
        group: _Group | None = None
        for match in _LINE.finditer(self.text, start, end):
            first, last = trim(self.text, *match.span())
            if first == last:
                continue
            pair = pair_at(self.text, first, last, dash=self.level > 0) is not None
            line = _Group(first, last, first, first - match.start(), pair)
            if group is not None and self._joins(group, line):
                group.end, group.last = last, first
                continue
            if group is not None:
                yield group
            group = line
        if group is not None:
            yield group

    def _joins(self, group: _Group, line: _Group) -> bool:
        """Does this line go on with what the group says?"""
        before = self.text[group.last : group.end]
        small = self.text[line.start].islower()
        full = fills(before, self.text[line.start : line.end], self.width)
        if line.pair:
            return (self.wrapped or full) and not group.pair and before[-1] not in _ENDS and (small or full)
        if group.pair:
            return small or line.indent > group.indent or full
        return self.wrapped or small or full


def fills(before: str, after: str, width: int) -> bool:
    """Would the first word of the next line not have fitted into the line before?"""
    if not width or len(before) < _FULL * width:
        return False
    word = after.split(maxsplit=1)[0] if after else ""
    return len(before) + 1 + len(word) > 0.9 * width


def trim(text: str, start: int, end: int) -> Span:
    """The span without white space at its edges."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _blocks(text: str, group: _Group, level: int, quoted: int) -> Iterator[Block]:
    if not group.pair:
        yield Block("item" if level else "paragraph", group.start, group.end, level=level, quoted=quoted)
        return
    rest: Span | None = None
    for number, (start, end) in enumerate(_stretches(text, group.start, group.end)):
        found = pair_at(text, start, end, dash=level > 0 and not number)
        if found is None:
            rest = (rest[0] if rest else start, end)
            continue
        if rest is not None:
            yield Block("item" if level else "paragraph", *rest, level=level, quoted=quoted)
            rest = None
        yield Block("pair", start, end, level=level, key=found[0], value=found[1], quoted=quoted)
    if rest is not None:
        yield Block("item" if level else "paragraph", *rest, level=level, quoted=quoted)


def _stretches(text: str, start: int, end: int) -> Iterator[Span]:
    """The sentences of a group that begins with a key; pairs set side by side in columns are apart too."""
    cells = [start]
    for match in _GAP.finditer(text, start, end):
        if pair_at(text, match.end(), end) is not None:
            cells.append(match.end())
    for first, following in zip(cells, [*cells[1:], end], strict=True):
        yield from run_in(text, *trim(text, first, following))


__all__ = ["fills", "prose", "trim"]
